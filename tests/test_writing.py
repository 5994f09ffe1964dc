from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dandifile.archive.create import Intent
from dandifile.archive.create import _write_intent as write_intent
from dandifile.commands.fmt import fmt
from dandifile.commands.init import SpecSource, init
from dandifile.errors import Exit, UserError
from dandifile.lookup.lock import add_identifier
from dandifile.model import Plan, Record, Target
from dandifile.planning import planfile
from dandifile.run.state import save_record
from dandifile.session import local_identifiers as identifiers
from dandifile.survey import manifest
from dandifile.writing import create_content, replace_content

LINKS = pytest.mark.skipif(os.name == "nt", reason="links need a right there")
PLAN = Plan(Target("local", "http://127.0.0.1/api", "http://127.0.0.1", None), (), (), (), (), (), 0, 0)

WRITERS: dict[str, Callable[[Path], object]] = {
    "dandiset.lock.yaml": lambda file: add_identifier(file, "", "https://x/api", "000001"),
    "dandiset.assets.tsv": lambda file: manifest.save(file, []),
    "plan.json": lambda file: planfile.write(PLAN, file, file.with_name("dandiset.yaml")),
    "create.json": lambda file: write_intent(file, Intent("x", "https://x/api", "2026-01-01T00:00:00Z")),
    "identifiers.json": lambda file: identifiers.remember_identifier(
        file.parent, identifiers.Place(file, ""), "000001"
    ),
    "own": lambda file: replace_content(file, "new"),
    "new": lambda file: create_content(file, "new"),
}


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)


@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("name", WRITERS)
def test_on_a_full_disk_nothing_changes_and_nothing_is_left_behind(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match="No space"):
        WRITERS[name](tmp_path / name)
    assert [file.name for file in tmp_path.iterdir() if not file.name.endswith(".json.lock")] == []


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_the_record_stays_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        save_record(tmp_path, "https://x/api", "000001", Record())
    assert list((tmp_path / "records").iterdir()) == []


@LINKS
@pytest.mark.parametrize("name", [name for name in WRITERS if name not in ("new", "identifiers.json")])
def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path: Path, name: str) -> None:
    real, here = tmp_path / "elsewhere" / "real", tmp_path / "lab"
    real.parent.mkdir()
    here.mkdir()
    WRITERS[name](here / name)
    (here / name).rename(real)
    (here / name).symlink_to(real)
    expected = real.read_bytes()
    real.write_bytes(b"")
    WRITERS[name](here / name)
    assert (here / name).is_symlink()
    assert real.read_bytes() == expected
    assert list(real.parent.iterdir()) == [real]


@LINKS
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_an_existing_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "x"
    file.write_text("old", "utf-8")
    file.chmod(mode)
    replace_content(file, "new")
    assert (file.read_text("utf-8"), stat.S_IMODE(file.stat().st_mode)) == ("new", mode)


@LINKS
def test_a_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    replace_content(tmp_path / "x", "new")
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_line_ends_are_written_as_they_are(tmp_path: Path) -> None:
    replace_content(tmp_path / "x", "ä\nb\r\n")
    assert (tmp_path / "x").read_bytes() == b"\xc3\xa4\nb\r\n"


def test_many_at_once_leave_one_whole(tmp_path: Path) -> None:
    texts = [str(number) * 50_000 for number in range(10)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda text: replace_content(tmp_path / "x", text), texts))
    assert (tmp_path / "x").read_text("utf-8") in texts
    assert list(tmp_path.iterdir()) == [tmp_path / "x"]


def test_what_is_there_is_not_created_again(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", "utf-8")
    with pytest.raises(FileExistsError):
        create_content(tmp_path / "x", "other")
    assert (tmp_path / "x").read_text("utf-8") == "mine"


@pytest.mark.usefixtures("full_disk")
def test_a_spec_that_cannot_be_tidied_stays_as_it_was(tmp_path: Path) -> None:
    spec = tmp_path / "dandiset.yaml"
    spec.write_text("name:   x\n", "utf-8")
    with pytest.raises(OSError, match="No space"):
        fmt(spec, check=False)
    assert (spec.read_text("utf-8"), list(tmp_path.iterdir())) == ("name:   x\n", [spec])


@LINKS
def test_tidying_keeps_a_link_and_the_mode(tmp_path: Path) -> None:
    real, spec = tmp_path / "real.yaml", tmp_path / "dandiset.yaml"
    real.write_text("name:   x\n", "utf-8")
    real.chmod(0o640)
    spec.symlink_to(real)
    assert fmt(spec, check=False) == Exit.DONE
    assert (spec.is_symlink(), real.read_text("utf-8")) == (True, "name: x\n")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.usefixtures("full_disk")
def test_a_new_spec_that_cannot_be_written_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(UserError, match="No space"):
        init(tmp_path / "dandiset.yaml", SpecSource((), (tmp_path / "data",), "dandi-sandbox", offline=True))
    assert [file.name for file in tmp_path.iterdir()] == ["data"]
