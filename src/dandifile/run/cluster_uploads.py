"""Uploads from the workers of a cluster that can read the files: the bytes don't pass through this machine.

One worker sends a file. A Zarr is compared and finalized here, and all workers send it, each some of its
files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path

from dandifile.model import Json, JsonObject, Step
from dandifile.planning.kind import StepContext
from dandifile.run.execute import Perform


@dataclass(frozen=True)
class ClusterUploads:
    """Sends contents from `workers`, at most `at_once` parts of one Zarr at a time."""

    workers: Executor
    context: StepContext
    at_once: int

    def perform(self, here: Perform, step: Step, inputs: Mapping[str, Json]) -> Json:
        """Uploads of contents run on the workers, all other steps `here`."""
        if step.params.get("do") == "upload":
            return self._finish(self._submit(step, inputs))
        return here(step, inputs)

    def parts(self, steps: Iterable[Step]) -> Iterator[Json]:
        """As `planning.kind.Parts`. The first failure cancels the steps that have not begun."""
        asked: deque[Future[Json]] = deque()
        try:
            for step in steps:
                asked.append(self._submit(step, {}))
                if len(asked) == self.at_once:
                    yield self._finish(asked.popleft())
            while asked:
                yield self._finish(asked.popleft())
        finally:
            for future in asked:
                future.cancel()

    def _submit(self, step: Step, inputs: Mapping[str, Json]) -> Future[Json]:
        return self.workers.submit(upload_from_here, _with_places(step, self.context), inputs)

    def _finish(self, future: Future[Json]) -> Json:
        done = future.result()
        self.context.sent(done["sent"])
        return done


def upload_from_here(step: Step, inputs: Mapping[str, Json]) -> Json:
    """Runs a step that sends on the machine where it is called, with the key that is found there."""
    from dandifile.archive.credentials import require_key
    from dandifile.archive.guard import Guard
    from dandifile.archive.instance import Instance
    from dandifile.archive.writer import Writer
    from dandifile.kinds import KINDS
    from dandifile.run.state import MemoryCache

    at: JsonObject = step.params["at"]
    instance = Instance.with_name(at["instance"], at["web_url"], at["api_url"])
    writer = Writer(instance, require_key(instance), at["identifier"], MemoryCache())
    writer.guard = Guard(at["hides"])
    root = Path(at["root"])
    return KINDS[step.kind].perform(step, StepContext(writer, root, root / ".dandifile"), inputs)


def _with_places(step: Step, context: StepContext) -> Step:
    """The step, with the places of its files and of the draft; no key."""
    instance = context.writer.reader.instance
    root = context.root.absolute()
    at = {
        "instance": instance.name,
        "web_url": instance.web_url,
        "api_url": instance.api_url,
        "identifier": context.writer.identifier,
        "root": str(root),
        "hides": context.writer.guard.hides if context.writer.guard else "",
    }
    return replace(step, params={**step.params, "path": str(root / step.params["source"]), "at": at})
