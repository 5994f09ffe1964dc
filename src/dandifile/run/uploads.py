"""Uploads from the workers of a cluster, where they see the files: bytes don't pass through this machine."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from dandifile.model import Json, JsonObject, Step
from dandifile.plan.kind import Means
from dandifile.run.execute import Perform


def uploading_on(workers: Executor, means: Means, perform: Perform) -> Perform:
    """`perform`, but the uploads of contents are done by the workers, one after the other on each."""

    def run(step: Step, inputs: Mapping[str, Json]) -> Json:
        if step.params.get("do") != "upload":
            return perform(step, inputs)
        done = workers.submit(upload_from_here, _placed(step, means), inputs).result()
        means.sent(done["sent"])
        return done

    return run


def upload_from_here(step: Step, inputs: Mapping[str, Json]) -> Json:
    """Does an upload step on the machine that it is called on, with the key that is found there."""
    from dandifile.archive.credentials import require_key
    from dandifile.archive.instances import Instance
    from dandifile.archive.writer import Writer
    from dandifile.kinds import KINDS
    from dandifile.run.cache import MemoryCache

    at: JsonObject = step.params["at"]
    instance = Instance.called(at["instance"], at["web_url"], at["api_url"])
    writer = Writer(instance, require_key(instance), at["identifier"], MemoryCache())
    root = Path(at["root"])
    return KINDS[step.kind].perform(step, Means(writer, root, root / ".dandifile"), inputs)


def _placed(step: Step, means: Means) -> Step:
    """The step with where its file is and where it goes; no key."""
    instance = means.writer.reader.instance
    root = means.root.absolute()
    at = {
        "instance": instance.name,
        "web_url": instance.web_url,
        "api_url": instance.api_url,
        "identifier": means.writer.identifier,
        "root": str(root),
    }
    return replace(step, params={**step.params, "path": str(root / step.params["source"]), "at": at})
