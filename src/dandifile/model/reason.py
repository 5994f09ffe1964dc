"""Why a step runs, as a value: a code for programs, a detail, and the two in words.

Who decides: for the survey `survey.reasons`, by what the result that is missing would be kept by; for apply
the kind, by its changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """The codes. What the detail of a code holds is in the braces of its text in `_TEXTS`."""

    # a step of the survey: why its result is not known already
    NEW_FILE = "new_file"
    STAT_CHANGED = "stat_changed"
    CONTENT_CHANGED = "content_changed"
    TOOLS_CHANGED = "tools_changed"
    OPTIONS_CHANGED = "options_changed"
    RULES_CHANGED = "rules_changed"
    ASKED_FOR = "asked_for"
    NOT_CACHED = "not_cached"
    NEVER_KEPT = "never_kept"
    # a step of apply: what differs
    NO_DANDISET = "no_dandiset"
    NOT_ON_DRAFT = "not_on_draft"
    CONTENT_DIFFERS = "content_differs"
    PATH_DIFFERS = "path_differs"
    METADATA_DIFFERS = "metadata_differs"
    SPEC_CHANGED = "spec_changed"
    EDITED_ON_DRAFT = "edited_on_draft"
    SCHEMA_NOT_ACCEPTED = "schema_not_accepted"
    NOT_DECLARED = "not_declared"
    CONTENT_NEEDED = "content_needed"
    PATH_TAKEN = "path_taken"
    UNFINISHED = "unfinished"
    OTHER_OWNERS = "other_owners"
    RELEASED = "released"


_TEXTS = {
    Why.NEW_FILE: "new file",
    Why.STAT_CHANGED: "{} changed",
    Why.CONTENT_CHANGED: "content changed",
    Why.TOOLS_CHANGED: "{}",
    Why.OPTIONS_CHANGED: "option changed: {}",
    Why.RULES_CHANGED: "dandifile's own rules changed",
    Why.ASKED_FOR: "asked for by {}",
    Why.NOT_CACHED: "not in the cache",
    Why.NEVER_KEPT: "quicker to read again than to keep",
    Why.NO_DANDISET: "there is no dandiset yet",
    Why.NOT_ON_DRAFT: "not on the draft",
    Why.CONTENT_DIFFERS: "content differs from the draft's",
    Why.PATH_DIFFERS: "path differs: {} on the draft",
    Why.METADATA_DIFFERS: "different on the draft: {}",
    Why.SPEC_CHANGED: "changed in the spec since the last apply or import: {}",
    Why.EDITED_ON_DRAFT: "edited on the draft since the last apply or import: {}",
    Why.SCHEMA_NOT_ACCEPTED: "the archive does not accept schema version {}",
    Why.NOT_DECLARED: "pruned: no file here has it any more",
    Why.CONTENT_NEEDED: "its content is needed by {}",
    Why.PATH_TAKEN: "it is in the way of another asset that moves",
    Why.UNFINISHED: "begun and never finished",
    Why.OTHER_OWNERS: "the owners differ",
    Why.RELEASED: "the spec says `embargo: false`",
}


@dataclass(frozen=True)
class Reason:
    """Why a step runs. Steps with the same code have the same cause, whatever the details."""

    code: Why
    detail: str = ""

    def __str__(self) -> str:
        return reason_text(self.code, self.detail)


def reason_text(code: Why, detail: str) -> str:
    """The words for a code; `detail` may name what several reasons of that code are about."""
    return _TEXTS[code].format(detail)
