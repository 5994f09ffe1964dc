"""Known from the cache, else done and then put there: the one way in which results of steps are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from dandifile.model import Cache, Json, Result, Status, Step


class Keys(Protocol):
    """Under which key a step's output is kept, and whether a kept one can be used: `survey.tasks` is one."""

    @property
    def cache_key(self) -> Callable[[Step], str | None]: ...

    @property
    def fits(self) -> Callable[[Step, Json], bool]: ...


class StepCache:
    """The outputs of earlier steps; the table of a step is its kind."""

    def __init__(self, keys: Keys, cache: Cache) -> None:
        self._of, self._cache = keys, cache
        self._keys: dict[str, str] = {}  # by step id, as they were before the step was done

    def known(self, steps: Sequence[Step]) -> dict[str, Result]:
        """What is kept of steps of one kind, by step id. An output that does not fit is made again."""
        keys = {step.id: key for step in steps if (key := self._of.cache_key(step)) is not None}
        self._keys |= keys
        if not keys:
            return {}
        found: Mapping[str, Json] = self._cache.get_many(steps[0].kind, set(keys.values()))
        return {
            step.id: Result(step.id, Status.FRESH, output=found[keys[step.id]], reason="known by its content")
            for step in steps
            if keys.get(step.id) in found and self._of.fits(step, found[keys[step.id]])
        }

    def keep(self, step: Step, output: Json) -> None:
        """Keeps the output of a step that `known` was asked for, unless it had no key then.

        A file that was young when the step began may have changed since, though it is not young now.
        """
        key = self._keys.pop(step.id, None)
        if key is not None:
            self._cache.put_many(step.kind, {key: output})
