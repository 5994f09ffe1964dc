"""Whether a draft can be published now, and everything that prevents it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Obstacle(StrEnum):
    """What sort of thing prevents publishing: a code for programs."""

    RIGHTS = "rights"  # the user may not write to the dandiset
    EMBARGO = "embargo"
    RELEASING = "releasing"  # the archive is opening the dandiset
    ZARR = "zarr"
    PLAN = "plan"  # the draft is not as the spec declares it
    POLICY = "policy"  # a rule of the spec's `policy.require` fails
    METADATA = "metadata"  # the dandiset's own metadata are not valid
    SCHEMA = "schema"  # they are in a version that the archive does not accept
    NO_FILES = "no_files"
    ASSETS = "assets"  # assets are not valid
    SUMMARY = "summary"  # the archive cannot sum up the files, so publishing would never end
    PENDING = "pending"  # the archive has not validated all of it yet
    PUBLISHING = "publishing"
    UNCHANGED = "unchanged"  # the last version has all that the draft has


_PASSING = (Obstacle.RELEASING, Obstacle.PENDING, Obstacle.PUBLISHING)


@dataclass(frozen=True)
class Blocker:
    """One reason why a draft cannot be published now: what is wrong, where, and what to do about it.

    `assets` are the paths of all assets that it is about, `sources` the files here that they come from.
    """

    code: Obstacle
    what: str
    where: str
    fix: str
    assets: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether it ends without anyone doing something: the archive is at work."""
        return self.code in _PASSING


@dataclass(frozen=True)
class Readiness:
    """Every blocker at once, in the order in which they are best dealt with.

    `status` is the archive's own word for the draft. `notes` do not prevent publishing.
    """

    status: str
    blockers: tuple[Blocker, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether the draft can be published now, and is what the spec declares."""
        return not self.blockers

    @property
    def is_waiting(self) -> bool:
        """Whether only the archive's own work is left, so that waiting helps."""
        return bool(self.blockers) and all(blocker.passes for blocker in self.blockers)

    @property
    def is_unchanged(self) -> bool:
        """Whether there is nothing to publish: the last version has all that the draft has."""
        return any(blocker.code is Obstacle.UNCHANGED for blocker in self.blockers)

    def as_is(self) -> Readiness:
        """The same for the draft as it is now, whatever the spec declares."""
        kept = tuple(blocker for blocker in self.blockers if blocker.code is not Obstacle.PLAN)
        return Readiness(self.status, kept, self.notes)
