"""A lab's folder for tests: NWB files written by pynwb, a spec that names them, and a plain runner."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dandifile.errors import UserError
from dandifile.model import Json, PathEntry, Record, Recorded, Result, Spec, Status, Step
from dandifile.survey import tasks
from tests.real import NWB

START = datetime(2024, 3, 1, 10, 30, tzinfo=UTC)

needs_shared_data = pytest.mark.skipif(
    not NWB.is_dir(), reason="no real NWB files: run `python -m tests.real`"
)


class Runner:
    """Runs steps one after another in this process, remembers results, and counts what it did."""

    def __init__(self) -> None:
        self.cache: dict[tuple[str, str], Json] = {}
        self.performed: list[str] = []

    def __call__(self, steps: Sequence[Step]) -> Mapping[str, Result]:
        return {step.id: self._result(step) for step in steps}

    def count(self, kind: str) -> int:
        return sum(name.startswith(f"{kind}:") for name in self.performed)

    def _result(self, step: Step) -> Result:
        key = tasks.cache_key(step)
        if key is not None and (step.kind, key) in self.cache:
            return Result(step.id, Status.FRESH, self.cache[step.kind, key])
        self.performed.append(step.id)
        try:
            output = tasks.perform(step, {})
        except UserError as error:
            return Result(step.id, Status.FAILED, error=f"{error.what} ({error.fix})")
        if key is not None:
            self.cache[step.kind, key] = output
        return Result(step.id, Status.DONE, output)


def spec_of(root: Path, *entries: PathEntry | str, **more: Any) -> Spec:
    paths = tuple(PathEntry(entry) if isinstance(entry, str) else entry for entry in entries)
    return Spec(root / "dandiset.yaml", "local", "000001", paths=paths, **more)


def record_of(**assets: tuple[str, str]) -> Record:
    """Sources (with `__` for a slash) and what they became: path and digest."""
    return Record({source.replace("__", "/"): Recorded(*made) for source, made in assets.items()})


def write(path: Path, content: str | bytes = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def aged(path: Path) -> Path:
    """A file that was not written just now, as far as its time of modification tells."""
    past = time.time() - 3600
    os.utime(path, (past, past))
    return path


def write_nwb(
    path: Path,
    subject: Mapping[str, Any] | None = None,
    *,
    external_video: str = "",
    **fields: Any,
) -> Path:
    """A small NWB file; `subject` defaults to a complete one, `fields` are NWBFile's own."""
    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.file import Subject
    from pynwb.image import ImageSeries

    complete = {"subject_id": "m1", "species": "Mus musculus", "sex": "M", "age": "P90D"}
    given = {
        "session_description": "a test",
        "identifier": path.name,
        "session_start_time": START,
        "session_id": "s1",
    }
    nwb = NWBFile(**(given | fields))
    if subject is None or subject:
        nwb.subject = Subject(**(complete if subject is None else complete | dict(subject)))
    if external_video:
        nwb.add_acquisition(
            ImageSeries(
                name="video",
                description="v",
                external_file=[external_video],
                format="external",
                timestamps=[0.0, 1.0],
            )
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    return path
