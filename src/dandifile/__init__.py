"""dandifile: a dandiset as one file.

    import dandifile

    plan = dandifile.plan("dandiset.yaml")
    result = dandifile.apply(plan, create=True)

It prints nothing. What is wrong is a `UserError`. All of it is imported when it is first used. The page
`docs/python.md` has examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dandifile.errors import (
        ArchiveError,
        BlockedError,
        CredentialsError,
        DataError,
        Problem,
        SpecError,
        UnfinishedError,
        UserError,
    )
    from dandifile.model import (
        Action,
        Block,
        Change,
        Key,
        Plan,
        Publication,
        Result,
        Spec,
        Status,
        Step,
        Target,
    )
    from dandifile.session.api import apply, plan, publish, pull
    from dandifile.session.api import open_spec as open  # noqa: A004 - as the docs call it
    from dandifile.session.apply_steps import ApplyResult
    from dandifile.session.options import plan_options
    from dandifile.session.session import Planned, Session

__all__ = [
    "Action",
    "ApplyResult",
    "ArchiveError",
    "Block",
    "BlockedError",
    "Change",
    "CredentialsError",
    "DataError",
    "Key",
    "Plan",
    "Planned",
    "Problem",
    "Publication",
    "Result",
    "Session",
    "Spec",
    "SpecError",
    "Status",
    "Step",
    "Target",
    "UnfinishedError",
    "UserError",
    "apply",
    "open",
    "plan",
    "plan_options",
    "publish",
    "pull",
]

_ERRORS = (
    "ArchiveError",
    "BlockedError",
    "CredentialsError",
    "DataError",
    "Problem",
    "SpecError",
    "UnfinishedError",
    "UserError",
)
_NOUNS = (
    "Action",
    "Block",
    "Change",
    "Key",
    "Plan",
    "Publication",
    "Result",
    "Spec",
    "Status",
    "Step",
    "Target",
)
_PLACES = {
    **dict.fromkeys(_ERRORS, "errors"),
    **dict.fromkeys(_NOUNS, "model"),
    "Problem": "errors",
    "ApplyResult": "session.apply_steps",
    "Planned": "session.session",
    "Session": "session.session",
    "apply": "session.api",
    "open": "session.api",
    "plan": "session.api",
    "publish": "session.api",
    "pull": "session.api",
    "plan_options": "session.options",
}


if not TYPE_CHECKING:  # else every name would be allowed

    def __getattr__(name: str) -> object:
        """The public names, imported when they are first used: `dandifile --help` must be instant."""
        if name not in _PLACES:
            raise AttributeError(f"module 'dandifile' has no attribute {name!r}")
        from importlib import import_module

        place = import_module(f"dandifile.{_PLACES[name]}")
        found: object = getattr(place, "open_spec" if name == "open" else name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
