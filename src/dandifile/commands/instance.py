"""Whether what a spec names as its archives can be any: as far as it is known without asking one."""

from __future__ import annotations

from collections.abc import Iterator

from dandifile.archive.instance import LOCAL
from dandifile.archive.instances import built_in
from dandifile.errors import UserError
from dandifile.model import JsonObject
from dandifile.reading.document import KeyPath
from dandifile.spec.faults import Fault, is_gap


def instance_faults(declared: JsonObject) -> Iterator[Fault]:
    """A fault for every `instance` that is none, also in the environments that are not chosen."""
    for path, instance in _instances(declared):
        try:
            refuse(instance)
        except UserError as error:
            yield Fault(path, error.what, error.fix)


def refuse(instance: str) -> None:
    """UserError for what names no archive."""
    if instance != LOCAL:
        built_in(instance)


def _instances(declared: JsonObject) -> Iterator[tuple[KeyPath, str]]:
    if not is_gap(declared["instance"]):  # the command does not need it, or `read` would have said so
        yield ("instance",), declared["instance"]
    for name, override in (declared.get("environments") or {}).items():
        if "instance" in (override or {}):
            yield ("environments", name, "instance"), override["instance"]
