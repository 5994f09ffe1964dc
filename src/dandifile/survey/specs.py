"""The specifications that NWB files bring along, loaded once for all files that bring the same.

Most of pynwb's validation of a small file goes into loading them, and the files of a lab hold
the same ones. What is kept depends on their content alone, so that no file sees another's.
"""

from __future__ import annotations

import gc
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_KEPT = 4  # a lab has few; each takes some 20 MB


@dataclass(frozen=True)
class Specs:
    """What pynwb makes of cached specifications: types to read by, and what to validate against."""

    type_map: Any  # hdmf.build.TypeMap
    validators: tuple[Any, ...]  # a hdmf.validate.ValidatorMap for each namespace that no other includes


class SpecsByContent:
    """The last few specifications by their content; None stands for those that pynwb cannot load."""

    def __init__(self, load: Callable[[Any], Specs | None], limit: int = _KEPT) -> None:
        self._load = load
        self._limit = limit
        self._kept: OrderedDict[str, Specs | None] = OrderedDict()

    def of(self, file: Any) -> Specs | None:
        """The specifications cached in an open h5py.File; None where it has none or they are unusual."""
        key = content_digest(file)
        if key is None:
            return None
        if key not in self._kept:
            first = not self._kept
            self._kept[key] = self._load(file)
            if first:  # from now on no garbage collection goes through the packages and these
                gc.freeze()
        self._kept.move_to_end(key)
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return self._kept[key]


def content_digest(file: Any) -> str | None:
    """A digest of all names and texts below the group that hdmf keeps specifications in."""
    import h5py

    location = file.attrs.get(".specloc")
    if location is None:
        return None
    group = file[location]
    digest = hashlib.sha256()
    for name, kind in links_below(group).items():
        if kind != h5py.h5l.TYPE_HARD:
            return None
        item = group[name]
        if isinstance(item, h5py.Group):
            text = None
        elif item.size == 1:
            text = item[()]
            text = text.tolist() if hasattr(text, "tolist") else text  # MatNWB writes lists of one
        else:
            return None
        digest.update(repr((name, text)).encode())
    return digest.hexdigest()


def links_below(group: Any) -> dict[str, int]:
    """All links below an h5py.Group by name, with their types: `h5py.h5l.TYPE_HARD` and so on."""
    links = {}

    def visit(name: bytes, info: Any) -> None:
        links[name.decode()] = info.type

    group.id.links.visit(visit, info=True)
    return links


def load(file: Any) -> Specs | None:
    """Loads what is cached in an open file as `pynwb.validate` and `NWBHDF5IO` do."""
    from hdmf.validate import ValidatorMap
    from pynwb import NWBHDF5IO, get_type_map
    from pynwb.validation import get_cached_namespaces_to_validate

    path = file.filename
    try:
        names, manager, _ = get_cached_namespaces_to_validate(path=path)
        if not names:
            return None
        catalog = manager.namespace_catalog
        validators = tuple(ValidatorMap(catalog.get_namespace(name=name)) for name in names)
        type_map = get_type_map()
        NWBHDF5IO.load_namespaces(type_map, path)
    except Exception:  # noqa: BLE001  # whatever it is, the ordinary way meets it again and tells it
        return None
    return Specs(type_map, validators)
