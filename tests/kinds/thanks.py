"""A kind made by the steps of CONTRIBUTING.md: the draft thanks everybody, in its field `acknowledgement`.

It does what a kind has to do and no more; `test_new_kind` registers it and uses it through the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dandifile.model import Change, JsonObject, Key, Local, Spec, Step, Wording
from dandifile.planning.kind import Difference, Standing, Traits, standing_of

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.planning.kind import Options, StepContext

NAME = "thanks"
TRAITS = Traits(
    reads=("name",),
    docs="docs/spec.md#metadata-of-the-dandiset",
    permits=("thanks",),
    wording=Wording(planned="line of thanks", done="line of thanks", held="line of thanks"),
)

_FIELD = "acknowledgement"


def observe(reader: Reader) -> str:
    return str(reader.draft()["metadata"].get(_FIELD) or "") if reader.identifier else ""


def desired(spec: Spec, local: Local) -> str:
    return f"Thanks to all who recorded {spec.fields['name']}."


def diff(desired: str, observed: str, options: Options) -> Difference:
    if desired == observed:
        return Difference()
    return Difference((Change(Key(NAME, "all"), observed or None, desired, permit="thanks"),))


def steps(changes: tuple[Change, ...]) -> tuple[Step, ...]:
    return tuple(Step(NAME, NAME, {"text": change.after}) for change in changes)


def standing(change: Change, observed: str) -> Standing:
    return standing_of(change.before, change.after, observed or None)


def rebase(change: Change, observed: str) -> Change:
    return change


def perform(step: Step, context: StepContext, inputs: Mapping[str, JsonObject]) -> JsonObject:
    document = context.writer.reader.fresh().draft()["metadata"]
    context.writer.put_metadata(document["name"], {**document, _FIELD: step.params["text"]})
    return {}
