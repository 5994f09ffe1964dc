"""What a Dask worker is asked to do: one step, named by a function and JSON, with small JSON as its answer.

An expected error comes back as its words. Nothing secret is in a step: what needs a key finds
it on the worker.
"""

from __future__ import annotations

import functools
import os
import socket
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from dandifile.errors import GivenUpError, UserError
from dandifile.model import Json, JsonObject, Step
from dandifile.run.child import in_child
from dandifile.run.limits import within
from dandifile.survey.task import tool_versions


def run_step(task: JsonObject) -> JsonObject:
    """`{function, step, inputs, alone, seconds, versions}` → `{"output": …}` or `{"error": {…}}`.

    `function` is `module:name`, called with the step and its inputs. `alone`: in a process of its own,
    which may hang or crash. `seconds` is its time limit. A `path` in the step's params is the file that
    it reads, or a folder, of which `files`, each a list that begins with its path in it, are those
    that it reads. An error has `what`, `where`, `fix`, and `given_up` where the step hung or crashed.
    """
    os.environ["DANDI_NO_ET"] = "1"
    try:
        _refuse_other_versions(task["versions"])
        _refuse_absent(Step(**task["step"]))
        if task["alone"]:
            return {"output": in_child(task, task["seconds"])}
        return {"output": within(task["seconds"], perform, task)}
    except UserError as error:
        given_up = isinstance(error, GivenUpError)
        return {"error": {"what": error.what, "where": error.where, "fix": error.fix, "given_up": given_up}}


def perform(task: JsonObject) -> Json:
    """Does a task in this process and this thread."""
    module, _, name = task["function"].partition(":")
    function = getattr(import_module(module), name)
    return function(Step(**task["step"]), task["inputs"])


@functools.cache
def versions() -> Mapping[str, str]:
    """Of the packages that a result depends on, on this machine."""
    from importlib.metadata import version

    return {"dandifile": version("dandifile"), **tool_versions()}


def _refuse_other_versions(wanted: Mapping[str, str]) -> None:
    """Results are remembered under the versions of whoever asked."""
    other = [f"{name} {has}, not {wanted[name]}" for name, has in versions().items() if has != wanted[name]]
    if other:
        raise UserError(
            f"the worker on {socket.gethostname()} has {', '.join(other)}",
            fix="install the same versions there and here",
        )


def _refuse_absent(step: Step) -> None:
    path = step.params.get("path")
    if path is None:
        return
    files = (Path(path) / name for name, *_ in step.params.get("files", ()))
    for file in (Path(path), *files):
        if not os.path.lexists(file):
            raise UserError(
                f"{file} is not there on the worker on {socket.gethostname()}",
                where=path,
                fix="let the workers see the data under the same path, or use --executor local",
            )
