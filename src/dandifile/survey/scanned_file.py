"""The survey's nouns: a file as the scan found it, its content, and what reading contents gave."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from dandifile.model import JsonObject, PathEntry, Refusal, Result, Step

if TYPE_CHECKING:
    from dandifile.survey.format import Format

LEFTOVER = ".dandidownload"
"""Part of the name of what an interrupted dandi download leaves."""

PARTIAL = ".partial-dandifile"
"""Where `pull` keeps what has not arrived as a whole.

While it is there, the folder that it is in holds only a part of what the dandiset has for it.
"""

Runner: TypeAlias = Callable[[Sequence[Step]], Mapping[str, Result]]
"""Does steps of effect none (`tasks.perform`), through the cache and on pools; results by step id."""

Known: TypeAlias = Mapping[str, tuple[str, ...]]
"""The draft's paths by digest, sorted."""

Objection: TypeAlias = tuple[str, str]
"""What is wrong with a file or folder, and what to do about it."""


class Dataset(NamedTuple):
    """A folder whose files belong together by the rules of a format, such as a BIDS dataset."""

    format: Format
    folder: str  # absolute


@dataclass(frozen=True)
class ScannedFile:
    """A file that an entry of `paths` takes, and the stat that tells whether it changed.

    Of a folder that is one asset (a Zarr) it is the folder's stat, and `size` is 0: its files are
    looked at when they are hashed.
    """

    entry: PathEntry
    source: str  # relative to the spec's folder, or absolute if outside it
    below: str  # relative to the entry's source; the name where the entry is a single file
    path: str  # absolute, for opening
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    format: Format  # its own
    dataset: Dataset | None = None  # the outermost one that it is in

    @property
    def formats(self) -> tuple[Format, ...]:
        """Its own format, then the one of the dataset that it is in."""
        return (self.format, self.dataset.format) if self.dataset else (self.format,)

    @property
    def is_named_by_content(self) -> bool:
        """Whether it can get an organised name: all its formats must agree."""
        return all(each.NAMED_BY_CONTENT for each in self.formats)


def stat_params(file: ScannedFile) -> JsonObject:
    """Params of a step whose result is remembered by the file's stat."""
    return {
        "path": file.path,
        "source": file.source,
        "size": file.size,
        "mtime_ns": file.mtime_ns,
        "ctime_ns": file.ctime_ns,
        "inode": file.inode,
    }


@dataclass(frozen=True)
class Content:
    """A file with its digest; `labels` are what its name is made of (`Format`), where they were asked for."""

    file: ScannedFile
    digest: str
    labels: JsonObject | None = None

    @property
    def source(self) -> str:
        return self.file.source

    def entity(self, key: str) -> str | None:
        """A part of its name, as a name can hold it; None where it has none."""
        value: str | None = self.labels["entities"].get(key) if self.labels else None
        return value

    def given(self, key: str) -> str | None:
        """The id as the file has it, which `entity` is made of; None where it has none."""
        value: str | None = self.labels.get("ids", {}).get(key) if self.labels else None
        return value


def content_params(content: Content) -> JsonObject:
    """Params of a step whose result is remembered by the file's content."""
    stat = stat_params(content.file)
    return {**{key: stat[key] for key in stat if key != "source"}, "digest": content.digest}


@dataclass(frozen=True)
class Digested:
    """Files with their digests; those that cannot be read; and sources whose content was not fetched."""

    contents: tuple[Content, ...] = ()
    refused: tuple[Refusal, ...] = ()
    pointers: tuple[str, ...] = ()

    def __or__(self, other: Digested) -> Digested:
        return Digested(
            self.contents + other.contents, self.refused + other.refused, self.pointers + other.pointers
        )


@dataclass(frozen=True)
class Extracts:
    """By digest: what was read from contents (an extract, as `Format` says), or why it could not be read."""

    outputs: Mapping[str, JsonObject] = field(default_factory=dict)
    failures: Mapping[str, Objection] = field(default_factory=dict)
    inspected: Mapping[str, JsonObject] = field(default_factory=dict)  # the format's own, for its `validate`

    def __or__(self, other: Extracts) -> Extracts:
        return Extracts(
            {**self.outputs, **other.outputs},
            {**self.failures, **other.failures},
            {**self.inspected, **other.inspected},
        )

    def failure(self, content: Content) -> Objection | None:
        """Why a content could not be read, if its format reads contents at all."""
        return self.failures.get(content.digest) if content.file.format.READS_CONTENT else None

    def media(self, content: Content) -> Sequence[str]:
        """The media files that a content refers to, by their names in it."""
        names: Sequence[str] = self.outputs.get(content.digest, {}).get("media", ())
        return names


@dataclass(frozen=True)
class Look:
    """What a format may use when it looks at files whose contents are known."""

    run: Runner
    extracts: Extracts = field(default_factory=Extracts)
    contents: Sequence[Content] = ()  # all files here, since a dataset is seen whole
    away: Collection[str] = ()  # absolute paths of files on other machines: they count as there
    made: Mapping[str, JsonObject] = field(default_factory=dict)  # metadata by source, so far


@dataclass(frozen=True)
class Glimpse:
    """What a quick look at a file of neurodata gives: texts as the file has them, "" where it has none."""

    subject: str = ""
    species: str = ""
    session: str = ""
    started: str = ""  # a day
    protocol: str = ""
    people: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    in_zarr: bool = False

    @classmethod
    def of(cls, said: JsonObject) -> Glimpse:
        """From JSON, in which tuples are lists."""
        fields: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in said.items()
        }
        return cls(**fields)

    def as_json(self) -> JsonObject:
        return asdict(self)
