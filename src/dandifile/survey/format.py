"""What a format is to the survey: a class that inherits this Protocol, registered in `formats`."""

# A default leaves unused what it is given.
# ruff: noqa: ARG002

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from dandifile.model import Finding, JsonObject, Location, Vocabulary
from dandifile.survey.digest import digest_files
from dandifile.survey.scanned_file import (
    Content,
    Digested,
    Extracts,
    Glimpse,
    Look,
    Objection,
    Runner,
    ScannedFile,
)
from dandifile.survey.task import Task


class Format(Protocol):
    """All that the survey knows of one format. Every member has a default: a format says what it knows.

    **A file has exactly one format of its own.** The first one in `FORMATS` whose `is_file` takes its
    name, or whose `is_folder` takes a folder that is one asset, is it; any other file is `generic`.

    **A file may also be in a dataset**: a folder that another format knows as a whole (`is_dataset`),
    as BIDS does. Both formats then act on the file, first its own, then the dataset's:

    - its own format alone digests, extracts, inspects, locates and glimpses it;
    - `metadata` of the dataset's format completes what the file's own made (`Look.made`);
    - the findings of `validate` add up, and so do `TOOLS`;
    - a file is named by its content only where both say `NAMED_BY_CONTENT`. So a file in a BIDS dataset
      keeps its name, whatever it is.

    Neither asks what the other one is.

    **An extract** is what a format reads from a content, as JSON. The survey uses its keys `metadata`
    (asset metadata, normalised), `labels` (what an organised name is made of: `entities`, `modalities`
    and `ids`) and `media` (the names of files that it refers to); all others are the format's own.

    Methods take all files of theirs at once, since each makes steps that run side by side, through the
    cache and on other processes. How a step of a kind is done is in the format's `TASKS`.
    """

    NAME: str
    """Its key in `FORMATS`, and the value of `standard` with which an entry of `paths` takes it alone."""

    LABEL: str
    """One file of it, for people: `NWB file`."""

    LABELS: str
    """Several files of it: `NWB files`."""

    TASKS: Mapping[str, Task] = {}
    """How steps are done, by kind. Kinds are also tables of the cache, so that they keep their names."""

    TOOLS: tuple[str, ...] = ()
    """The packages that find something in such a file."""

    ENCODING: str = ""
    """The `encodingFormat` of its metadata, where all its files have the same one."""

    KEYS_OF_ARCHIVE: frozenset[str] = frozenset()
    """Metadata that the archive itself writes for it, whatever it is sent."""

    HIDDEN: frozenset[str] = frozenset()
    """Names with a dot in front that belong to its datasets."""

    MARKER: str = ""
    """The file that makes the folder in which it is a dataset."""

    READS_CONTENT: bool = False
    """Whether it has extracts, which know a file better than its path does."""

    NAMED_BY_CONTENT: bool = False
    """Whether its files get an organised name, made of their labels."""

    HAS_LOCATIONS: bool = False
    """Whether its files may say where in the brain something was recorded."""

    HAS_GLIMPSE: bool = False
    """Whether its files say something of subject, session, people and places."""

    # --- Recognising, by names and markers; nothing is opened -------------------------------------

    def is_file(self, name: str) -> bool:
        """Whether a file of this name is of this format, and is taken without `standard: any`."""
        return False

    def is_folder(self, path: str) -> bool:
        """Whether a folder is one asset of this format."""
        return False

    def is_dataset(self, path: str) -> bool:
        """Whether a folder is a dataset of this format; so are then all files in it."""
        return bool(self.MARKER) and os.path.lexists(os.path.join(path, self.MARKER))  # noqa: PTH118  # strings, as in the scan

    def misnamed_folder(self, path: str) -> Objection | None:
        """Why a folder that is one asset by what is in it cannot be taken under its name."""
        return None

    def near_miss(self, name: str) -> Objection | None:
        """Why a file that was surely meant to be of this format is left out."""
        stem, ending = os.path.splitext(name)  # noqa: PTH122  # a name, not a path
        lower = ending.lower()
        if ending == lower or not self.is_file(stem + lower):
            return None
        reason = f"its ending is {ending}, and the archive's tools know only {lower}"
        return reason, f"rename it to end in {lower}"

    def nothing_found(self) -> Objection | None:
        """Why an entry of this `standard` has nothing, though there are files in its folder."""
        return None

    # --- Contents -----------------------------------------------------------------------------------

    @staticmethod
    def digest(files: Sequence[ScannedFile], run: Runner) -> Digested:
        """The archive's digest of each file. Formats that share this function are digested together."""
        return digest_files(files, run)

    def extract(self, contents: Iterable[Content], vocabulary: Vocabulary, run: Runner) -> Extracts:
        """What contents hold, each content once."""
        return Extracts()

    def inspect(self, contents: Iterable[Content], vocabulary: Vocabulary, run: Runner) -> Extracts:
        """The same, with what the format's tools find, where one look at the file gives both."""
        return self.extract(contents, vocabulary, run)

    def metadata(self, contents: Iterable[Content], look: Look) -> dict[str, JsonObject]:
        """Asset metadata by source. A dataset's format completes `look.made`."""
        return {}

    def validate(self, contents: Collection[Content], look: Look) -> dict[str, tuple[Finding, ...]]:
        """What the tools find in these, by source."""
        return {}

    def layout_faults(self, path: str) -> list[tuple[str, str]]:
        """How an asset's path breaks the archive's layout for this format: (check, message)."""
        return []

    # --- References to media, in a copy of a file ----------------------------------------------------

    def rewrite_references(self, file: Path, path: str) -> dict[str, str]:
        """Gives the media of a file new names that hold at its asset's path, inside the file; old → new.

        Raises DataError where a reference would be lost.
        """
        return {}

    def restore_references(self, file: Path, references: Mapping[str, str]) -> None:
        """Undoes `rewrite_references`, which gave `references`."""
        return

    # --- Quick looks, which need no digest -----------------------------------------------------------

    def locations(
        self,
        files: Iterable[ScannedFile],
        vocabulary: Vocabulary,
        run: Runner,
    ) -> dict[str, tuple[Location, ...] | None]:
        """The locations that files give, by source; None for one that cannot be read."""
        return {}

    def glimpse(self, path: str) -> Glimpse | None:
        """What one file says at a quick look; None where nothing can be read."""
        return None
