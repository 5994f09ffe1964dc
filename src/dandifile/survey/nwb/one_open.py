"""One open NWB file, lent to all the tools that would each open it again.

The dandi package's extraction, pynwb's validation and nwbinspector each read a file whole. Within
`lend_file` they are given the file as it was read once, and do what they always do. If anything
about a file is unusual, nothing is lent, and each tool opens it itself.

Most of pynwb's validation of a small file goes into loading the specifications that the file brings
along, and the files of a lab bring the same ones. They are kept by their content alone, so that
no file sees another's.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from types import ModuleType
from typing import Any

_KEPT = 4  # a lab has few; each takes some 20 MB


@contextlib.contextmanager
def lend_file(path: str) -> Iterator[bool]:
    """Gives whether the file is lent. It acts on the whole process, as `silence_packages` does."""
    with ExitStack() as stack:
        try:
            read = _read(path, stack)
        except Exception:  # noqa: BLE001  # the tools meet it themselves, each in its own way
            read = None
        if read is not None:
            for module, name, lent in _loans(read):
                stack.enter_context(replaced_attribute(module, name, lent))
        yield read is not None


@contextlib.contextmanager
def replaced_attribute(module: ModuleType, name: str, replacement: Any) -> Iterator[None]:
    """Within it, the module has another attribute of this name, unless it has none of its own."""
    own = getattr(module, name, None)
    if own is None:
        yield
        return
    setattr(module, name, replacement)
    try:
        yield
    finally:
        setattr(module, name, own)


@dataclass(frozen=True)
class NwbSpecs:
    """What pynwb makes of cached specifications: types to read by, and what to validate against."""

    type_map: Any  # hdmf.build.TypeMap
    validators: tuple[Any, ...]  # a hdmf.validate.ValidatorMap for each namespace that no other includes


class NwbSpecCache:
    """The specifications used last, by their content; None for those that pynwb cannot load."""

    def __init__(self, load: Callable[[Any], NwbSpecs | None], limit: int = _KEPT) -> None:
        self._load = load
        self._limit = limit
        self._kept: OrderedDict[str, NwbSpecs | None] = OrderedDict()

    def of(self, file: Any) -> NwbSpecs | None:
        """The specifications in an open h5py.File; None if it has none or they are unusual."""
        key = content_digest(file)
        if key is None:
            return None
        if key not in self._kept:
            first = not self._kept
            self._kept[key] = self._load(file)
            if first:  # from now on, garbage collection skips the packages and these
                gc.freeze()
        self._kept.move_to_end(key)
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return self._kept[key]


def load_specs(file: Any) -> NwbSpecs | None:
    """Loads the specifications in an open file as `pynwb.validate` and `NWBHDF5IO` do."""
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
    except Exception:  # noqa: BLE001  # whatever it is, the tools meet it again and report it
        return None
    return NwbSpecs(type_map, validators)


def content_digest(file: Any) -> str | None:
    """A digest of all names and texts in the group that hdmf keeps specifications in."""
    import h5py

    location = file.attrs.get(".specloc")
    if location is None:
        return None
    group = file[location]
    digest = hashlib.sha256()
    for name, kind in _links_below(group).items():
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


_specs = NwbSpecCache(load_specs)  # this process's


@dataclass(frozen=True)
class _Read:
    """A file that was read: the open `NWBHDF5IO`, its `NWBFile`, and what pynwb's validation found."""

    io: Any
    nwb: Any
    errors: tuple[Any, ...]
    whole: bool  # as `_is_whole` says


def _read(path: str, stack: ExitStack) -> _Read | None:
    import h5py
    from hdmf.build import BuildManager
    from pynwb import NWBHDF5IO

    with h5py.File(path, "r") as file:
        specs = _specs.of(file)
        whole = _is_whole(file)
    if specs is None:
        return None
    io = stack.enter_context(NWBHDF5IO(path, "r", manager=BuildManager(specs.type_map)))
    builder = io.read_builder()
    errors = tuple(error for validator in specs.validators for error in validator.validate(builder))
    return _Read(io, io.read(), errors, whole)


def _is_whole(file: Any) -> bool:
    """Whether all its links lead to something within it: it can then have no external ones."""
    from h5py import h5l, h5o

    links = _links_below(file)
    soft = [name.encode() for name, kind in links.items() if kind == h5l.TYPE_SOFT]
    return set(links.values()) <= {h5l.TYPE_HARD, h5l.TYPE_SOFT} and all(
        h5o.exists_by_name(file.id, name) for name in soft
    )


def _links_below(group: Any) -> dict[str, int]:
    """All links below an h5py.Group by name, with their types: `h5py.h5l.TYPE_HARD` and so on."""
    links = {}

    def visit(name: bytes, info: Any) -> None:
        links[name.decode()] = info.type

    group.id.links.visit(visit, info=True)
    return links


class _UnclosedIO:
    """An IO that its borrower closes without effect."""

    def close(self) -> None:
        pass


def _loans(read: _Read) -> list[tuple[ModuleType, str, Any]]:
    """By which name each tool opens a file, and what it gets instead."""
    import dandi.metadata.nwb
    import dandi.pynwb_utils
    import nwbinspector._nwb_inspection
    import pynwb

    loans: list[tuple[ModuleType, str, Any]] = [
        (dandi.pynwb_utils, "h5py", _h5py_with(read.io._file)),  # noqa: SLF001  # hdmf has no name for it
        (dandi.pynwb_utils, "NWBHDF5IO", lambda **_: nullcontext(read.io)),
        (pynwb, "validate", lambda **_: list(read.errors)),
        (nwbinspector._nwb_inspection, "_read_nwbfile_and_io", lambda **_: (read.nwb, _UnclosedIO())),  # noqa: SLF001
    ]
    if read.whole:
        loans.append((dandi.metadata.nwb, "nwb_has_external_links", lambda *_: False))
    return loans


def _h5py_with(file: Any) -> ModuleType:
    """The module h5py, except that it opens nothing but this file."""
    import h5py

    lent = ModuleType("h5py")
    lent.__dict__.update({**vars(h5py), "File": lambda *_: nullcontext(file)})
    return lent
