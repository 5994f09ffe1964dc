from __future__ import annotations

from pathlib import Path

from dandifile.model import Record, Recorded
from dandifile.survey.digest import dandi_etag
from dandifile.survey.inventory import names
from dandifile.survey.survey import survey
from tests.survey.lab import Runner, spec_of, write, write_nwb


def test_an_unreadable_file_keeps_the_name_that_it_has_on_the_draft(tmp_path: Path) -> None:
    """As in the survey: what is on the draft needs no reading, not even to be named again."""
    broken = write(tmp_path / "raw" / "broken.nwb", "no NWB")
    write_nwb(tmp_path / "raw" / "day.nwb")
    digest = dandi_etag(broken, broken.stat().st_size)
    record = Record({"raw/broken.nwb": Recorded("sub-m1/sub-m1_ses-old.nwb", digest)})
    spec, run = spec_of(tmp_path, "raw"), Runner()
    named = names(spec, run, record, rename=True)
    paths = {content.source: path for content, path in named.files}
    assert paths == {
        "raw/broken.nwb": "sub-m1/sub-m1_ses-old.nwb",
        "raw/day.nwb": "sub-m1/sub-m1_ses-s1.nwb",
    }
    assert named.refused == ()
    known = {digest: ("sub-m1/sub-m1_ses-old.nwb",)}
    local = survey(spec, run, known=known, record=record, rename=True)
    assert {asset.source: asset.path for asset in local.assets} == paths


def test_an_unreadable_file_that_is_new_gets_no_name(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "broken.nwb", "no NWB")
    named = names(spec_of(tmp_path, "raw"), Runner(), Record())
    assert named.files == ()
    assert [refusal.source for refusal in named.refused] == ["raw/broken.nwb"]
