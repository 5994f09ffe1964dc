"""The lock as a spec uses it: its terms, its papers' fields and contributors, what is missing and why. Pure.

Satisfies `spec.facts.Facts`. What reads papers is imported only where there is one: every plan comes by here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from dandifile.doi import doi_url, normal_doi
from dandifile.lookup.facts import Lock, Paper, Term, lock_to_json
from dandifile.lookup.wanted import Wanted
from dandifile.model import Json, JsonObject

if TYPE_CHECKING:
    from dandifile.lookup.contributors import MergedContributors


@dataclass(frozen=True)
class LockFacts:
    """What `lock` says of what is `wanted`.

    `reasons` are by what was asked for, where nothing was found; `unasked`: no service was reached.
    """

    lock: Lock
    wanted: Wanted
    unpinned: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    unasked: AbstractSet[str] = frozenset()

    @cached_property
    def papers(self) -> tuple[Paper, ...] | None:
        """The papers with ids that hold; None where one is not known."""
        if not self.wanted.dois:
            return ()
        from dandifile.lookup.pinned_ids import update_ids

        found = [self.lock.paper(doi) for doi in self.wanted.dois]
        known = [paper for paper in found if paper]
        return tuple(update_ids(paper, self.lock)[0] for paper in known) if len(known) == len(found) else None

    @property
    def paper(self) -> JsonObject | None:
        """`doi`, `url`, `title`, `abstract`, `kind`, `published`, `license`; names: `authors`, `funders`."""
        if not self.papers:
            return None
        from dandifile.lookup.authors import full_name
        from dandifile.lookup.credits import merge_authors, merge_funders

        first = self.papers[0]
        said = {
            "doi": first.doi,
            "url": doi_url(first.doi),
            "title": first.title,
            "abstract": first.abstract,
            "kind": first.kind,
            "published": first.published,
            "license": first.license,
            "authors": [full_name(author) for author in merge_authors([first])],
            "funders": list(dict.fromkeys(funder.name for funder in merge_funders([first]))),
        }
        return {key: value for key, value in said.items() if value}

    @property
    def fields(self) -> Mapping[str, Json] | None:
        if not self.papers:
            return None
        from dandifile.lookup.credits import related_resources

        first = self.papers[0]
        said = {
            "name": first.title,
            "description": first.abstract,
            "relatedResource": related_resources(self.papers),
        }
        return {key: value for key, value in said.items() if value}

    @property
    def digest(self) -> str:
        """Of all that is wanted and known."""
        doc = lock_to_json(replace(self.lock, identifiers=(), published=()))
        if not doc:
            return ""
        return hashlib.sha256(json.dumps(doc, sort_keys=True).encode()).hexdigest()

    def term(self, asked: str, about: str) -> Term | None:
        return self.lock.term(asked, about)

    def credits(
        self, declared: Sequence[JsonObject], write: Callable[[JsonObject], JsonObject]
    ) -> MergedContributors | None:
        if self.papers is None:
            return None
        from dandifile.lookup.contributors import merge_contributors

        return merge_contributors(self.papers, declared, write)

    def why(self, asked: str) -> str:
        return self.reasons.get(asked) or self.reasons.get(normal_doi(asked) or "", "")

    def may_be_right(self, asked: str) -> bool:
        return bool({asked, normal_doi(asked)} & self.unasked)
