"""What somebody changed on the archive, brought into the text of the spec. Nothing is written here.

Every field is tried out: it is taken over only where the new text is a valid spec whose plan leaves the
field, and all others, as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dandifile.desired.spec_and_lock import SpecAndLock, complete_spec
from dandifile.errors import BlockedError, SpecError, UserError
from dandifile.importing.access import EMBARGO, OWNERS, embargo_after, owners_after, place_of, with_value
from dandifile.importing.document import import_document
from dandifile.importing.takeover import Written, rewrite, take_over
from dandifile.kinds import metadata
from dandifile.kinds.metadata import ObservedMetadata, Side, changed_sides
from dandifile.model import Json, JsonObject, Local, Record, Spec
from dandifile.planning.merge import carry, is_empty
from dandifile.reading.files import SPEC_LIMIT, decode_text, read_bytes, read_text
from dandifile.run.state import load_record, save_record
from dandifile.spec.comments import Comment
from dandifile.spec.editing import edit, lost_comments
from dandifile.spec.fields import DANDISET_FIELDS, FIELD_OF_KEY
from dandifile.spec.licenses import allowed_licenses
from dandifile.spelling import nearest_word
from dandifile.writing import replace_content

if TYPE_CHECKING:
    from dandifile.session.session import Session

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class UpdateRequest:
    """`fields`: no others, declared or not. `every`: undeclared ones too.

    `overwrite`: also where the spec has changed. A field is named as the spec's key or as DANDI has it.
    """

    fields: tuple[str, ...] = ()
    every: bool = False
    overwrite: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stuck:
    """A field that cannot be taken over, and why."""

    field: str
    why: str


@dataclass(frozen=True)
class SpecUpdate:
    """The spec's file before and after, and what became of each field that differs, under DANDI's name.

    Of those `taken`, it is not known which side changed the `unsure` ones, and the user named those that are
    `overwritten`. `left` were changed in the spec
    alone, `conflicts` on both sides. `lost` are comments of what was removed.
    """

    file: Path
    before: str
    after: str
    has_mark: bool = False  # a byte order mark
    record: Record = field(default_factory=Record)  # the last apply's, with what is as declared now
    taken: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    overwritten: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    lost: tuple[Comment, ...] = ()

    @property
    def content(self) -> bytes:
        return (_BOM if self.has_mark else b"") + self.after.encode()


def find_update(session: Session, asked: UpdateRequest) -> SpecUpdate:
    """Looks at the draft's metadata. UserError where there is no draft, or a field is not known."""
    identifier = session.access.require_identifier()
    only, overwrite = _names("--field", asked.fields), _names("--overwrite-spec", asked.overwrite)
    only |= overwrite if only else frozenset()  # who names a field with either flag asks for it
    data = read_bytes(session.source.file, "the spec", SPEC_LIMIT)
    text = decode_text(data, session.source.file.name)
    reader = session.reader
    reader.check_instance()
    observed = metadata.observe(reader)
    record = load_record(session.state, session.instance.home, identifier)
    sides = changed_sides(metadata.desired(session.spec, Local(record=record)), observed)
    more = set(_undeclared(session.spec, observed)) & (set(DANDISET_FIELDS) if asked.every else only)
    sides = {name: side for name, side in sides.items() if not only or name in only}
    due = [name for name, side in sides.items() if side in _TAKEN or name in overwrite]
    work = _Work(session, observed, Local(record=record), tuple(allowed_licenses(reader.info())), text)
    for name in (*due, *sorted(more)):
        work.take(name)
    sides |= work.take_access(only, overwrite, every=asked.every)
    return SpecUpdate(
        file=session.source.file,
        before=text,
        after=work.text,
        has_mark=data.startswith(_BOM),
        taken=tuple(work.taken),
        unsure=tuple(
            name for name in work.taken if sides.get(name) is Side.UNKNOWN and name not in overwrite
        ),
        overwritten=tuple(name for name in work.taken if name in overwrite),
        left=tuple(_with_side(Side.SPEC, sides, due)),
        conflicts=tuple(_with_side(Side.BOTH, sides, due)),
        record=metadata.TRAITS.note(work.spec, work.local, observed, record) if record.fields else record,
        stuck=tuple(work.stuck),
        lost=tuple(lost_comments(text, work.text)),
    )


def write_update(session: Session, update: SpecUpdate) -> None:
    """Writes the spec, and that both sides agree now: a later edit on either side is then known as one."""
    if read_text(update.file, "the spec", SPEC_LIMIT) != update.before:
        raise BlockedError(
            f"{update.file.name} was changed meanwhile, and nothing was written", fix="run it again"
        )
    try:
        replace_content(update.file, update.content)
        if update.record.fields:
            save_record(session.state, session.instance.home, str(session.identifier), update.record)
    except OSError as error:
        raise UserError(
            f"the spec cannot be written: {error.strerror}",
            where=str(update.file),
            fix="make the file and its folder writable",
        ) from error


_TAKEN = (Side.ARCHIVE, Side.UNKNOWN)


def _with_side(side: Side, sides: dict[str, Side], due: Collection[str]) -> Iterator[str]:
    return (name for name, its in sides.items() if its is side and name not in due)


def _undeclared(spec: Spec, observed: ObservedMetadata) -> Iterator[str]:
    """Fields that only the draft has; not those that the spec says to leave alone."""
    unclear = {block.key.name for block in spec.unresolved if block.key}
    ignored = {pointer.strip("/") for pointer in spec.ignore}
    for name in DANDISET_FIELDS:
        if name not in {*spec.fields, *unclear, *ignored} and not is_empty(observed.document.get(name)):
            yield name


def _names(flag: str, words: Iterable[str]) -> frozenset[str]:
    """DANDI's names of fields that are named in either way."""
    known = list(dict.fromkeys((*FIELD_OF_KEY, OWNERS, EMBARGO, *DANDISET_FIELDS)))
    for word in words:
        if word not in known:
            near = nearest_word(word, known)
            raise UserError(
                f"{flag} {word}: no such field",
                fix=f"did you mean `{near}`?" if near else f"use one of {', '.join(known)}",
            )
    return frozenset(FIELD_OF_KEY.get(word, word) for word in words)


@dataclass
class _Work:
    """The text as it becomes, field by field."""

    session: Session
    observed: ObservedMetadata
    local: Local
    licenses: tuple[str, ...]
    text: str

    def __post_init__(self) -> None:
        self.taken: list[str] = []
        self.stuck: list[Stuck] = []
        self.source, self.spec = self.session.source, self.session.spec

    def take(self, name: str) -> None:
        if why := self._try(name):
            self.stuck.append(Stuck(name, why))
        else:
            self.taken.append(name)

    def take_access(
        self, only: Collection[str], overwrite: Collection[str], *, every: bool
    ) -> dict[str, Side]:
        """Owners and embargo, where the spec declares them; of neither is it on record which side changed."""
        reader, sides = self.session.reader, {OWNERS: Side.UNKNOWN, EMBARGO: Side.UNKNOWN}
        for key in sides if not only else sides.keys() & {*only}:
            declared = getattr(self.spec, key)
            if declared is None:
                continue
            if key == OWNERS:
                now = frozenset(str(user["username"]) for user in reader.users())
                asked = every or OWNERS in only
                wanted = owners_after(declared, now, is_asked=asked, is_overwritten=OWNERS in overwrite)
            else:
                state = reader.embargo()
                wanted = embargo_after(declared, state.status, state.until)
            if wanted != declared:
                self._take_key(key, wanted)
        return sides

    def _take_key(self, key: str, value: Json) -> None:
        document = self.source.declared.document
        path = place_of(document.value, self.spec.environment, key)
        text = edit(self.text, document.file, with_value(document.value, path, value)).text
        self.source = self.source.with_text(text)
        self.text, self.spec = text, complete_spec(self.source, self.session.lookups)
        self.taken.append(key)

    def _try(self, name: str) -> str:
        """Why the field cannot be taken over; "" where it is."""
        if name == "about" and self.spec.regions.from_nwb_to_dandiset:
            return (
                "its regions also come from the NWB files (`from_nwb`), so they cannot be written as a list"
            )
        value = self._own_part(name)
        found = import_document({name: value}, self.licenses)
        if found.undeclared:
            return found.undeclared[0].why
        written = Written(
            self.source.declared.document.value, self.source.filled_in(), self.source.from_papers()
        )
        why = self._write(name, value, take_over(written, name, value, found.values))
        if why and found.values and not written.papers.get(name):
            return self._write(name, value, rewrite(written, name, found.values)) and why
        return why

    def _write(self, name: str, value: Json, raw: JsonObject) -> str:
        """Why a spec that says this cannot be used; "" where it is the new text."""
        try:
            text = edit(self.text, self.source.declared.document.file, raw).text
            source = self.source.with_text(text)
            spec = complete_spec(source, self.session.lookups)
        except SpecError as error:
            return "; ".join(f"{each.where}: {each.what}" for each in error.problems) or error.what
        open_ = self._differing(spec)
        if name in open_ or (name not in spec.fields and not is_empty(value)):
            return "the spec cannot say it in a way that leaves it as it is on the archive" + _advice(source)
        if more := open_ - self._differing(self.spec):
            return f"the spec would then change {', '.join(sorted(more))}"
        self.text, self.source, self.spec = text, source, spec
        return ""

    def _own_part(self, name: str) -> Json:
        """What the draft has, without what `ignore` leaves to others."""
        value = self.observed.document.get(name)
        for pointer in metadata.desired(self.spec, self.local).ignore:
            head, *rest = pointer
            if head == name:
                value = carry(value, None, rest)
        return value

    def _differing(self, spec: Spec) -> frozenset[str]:
        return frozenset(changed_sides(metadata.desired(spec, self.local), self.observed))


def _advice(source: SpecAndLock) -> str:
    return ": the paper (`doi`) says the rest of it" if source.from_papers() else ""
