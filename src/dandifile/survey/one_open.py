"""One open NWB file, lent to all the tools that would each open it again.

The dandi package's extraction reads a file whole, pynwb's validation does, nwbinspector does.
While `one_open` lasts they are given the file as it was read once; what they make of it
stays theirs. Where anything about a file is unusual, nothing is lent and each opens it itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from dandifile.survey.specs import SpecsByContent, load

_specs = SpecsByContent(load)  # this process's


@dataclass(frozen=True)
class _Read:
    """A file that was read: the open `NWBHDF5IO`, its `NWBFile`, and what pynwb's validation found."""

    io: Any
    nwb: Any
    errors: tuple[Any, ...]


class _LeftOpen:
    """Stands for an IO that its borrower shall not close."""

    def close(self) -> None:
        pass


@contextlib.contextmanager
def one_open(path: str) -> Iterator[bool]:
    """Says whether the file is lent. It acts on the whole process, as `quiet` does."""
    with ExitStack() as stack:
        try:
            read = _read(path, stack)
        except Exception:  # noqa: BLE001  # the tools will meet it themselves, each in its own way
            read = None
        if read is not None:
            for module, name, lent in _loans(read):
                stack.enter_context(_in_place_of(module, name, lent))
        yield read is not None


def _read(path: str, stack: ExitStack) -> _Read | None:
    import h5py
    from hdmf.build import BuildManager
    from pynwb import NWBHDF5IO

    with h5py.File(path, "r") as file:
        specs = _specs.of(file)
    if specs is None:
        return None
    io = stack.enter_context(NWBHDF5IO(path, "r", manager=BuildManager(specs.type_map)))
    builder = io.read_builder()
    errors = tuple(error for validator in specs.validators for error in validator.validate(builder))
    return _Read(io, io.read(), errors)


def _loans(read: _Read) -> list[tuple[ModuleType, str, Callable[..., Any]]]:
    """By which name each tool opens a file, and what it gets from that for now."""
    import dandi.pynwb_utils
    import nwbinspector._nwb_inspection
    import pynwb

    return [
        (dandi.pynwb_utils, "NWBHDF5IO", lambda **_: nullcontext(read.io)),
        (pynwb, "validate", lambda **_: list(read.errors)),
        (nwbinspector._nwb_inspection, "_read_nwbfile_and_io", lambda **_: (read.nwb, _LeftOpen())),  # noqa: SLF001
    ]


@contextlib.contextmanager
def _in_place_of(module: ModuleType, name: str, lent: Callable[..., Any]) -> Iterator[None]:
    """A version of a tool that has no such name is lent nothing."""
    own = getattr(module, name, None)
    if own is None:
        yield
        return
    setattr(module, name, lent)
    try:
        yield
    finally:
        setattr(module, name, own)
