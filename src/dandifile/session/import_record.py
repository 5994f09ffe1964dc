"""What an import leaves on record: the metadata that spec and draft agree on, as an apply notes them.

An edit on either side is then known as one of that side. Of files nothing is noted: whether one that an
asset was made of is here, only an apply or a pull has seen, and a later move or deletion rests on that.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from dandifile.archive.listing import DRAFT
from dandifile.desired.spec_and_lock import read_spec_and_lock
from dandifile.kinds import metadata
from dandifile.kinds.metadata import ObservedMetadata
from dandifile.kinds.special_fields import own_part
from dandifile.model import Local
from dandifile.run.state import load_record, save_record
from dandifile.session.import_source import ImportSource
from dandifile.session.opening import keep_out_of_git
from dandifile.spec.need import ONLINE


def note_import(file: Path, source: ImportSource) -> None:
    """Notes it next to the spec in `file` that was just written from `source`, if that is a draft.

    A folder that takes no record has none: all that it tells is which side has changed.
    """
    if source.on_archive is None or source.version != DRAFT or source.identifier is None:
        return
    spec = read_spec_and_lock(file, need=ONLINE).pinned_spec()
    home, state = source.on_archive.reader.instance.home, spec.root / ".dandifile"
    record = load_record(state, home, source.identifier)
    observed = ObservedMetadata(own_part(source.document), {})
    noted = metadata.TRAITS.note(spec, Local(record=record), observed, record)
    with suppress(OSError):
        keep_out_of_git(state)
        save_record(state, home, source.identifier, noted)
