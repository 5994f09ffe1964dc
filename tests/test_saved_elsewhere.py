"""A saved plan knows its spec, environment and archive; the embedded archive knows a spec in any folder."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path

import pytest
import requests

from dandifile.boundary import run
from dandifile.errors import Exit
from dandifile.session.embedded import default_store
from tests.conftest import CONTACT, Lab, Ran

SPEC = f"""
dandifile: 1
instance: local
name: Place cells
{CONTACT}
paths: [{{source: data, standard: any, layout: as-is}}]
environments:
  rehearsal: {{instance: local}}
"""


def ran(*arguments: str | Path) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Ran(int(code), out.getvalue(), err.getvalue())


def make_lab(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "a.csv").write_text("a", "utf-8")
    spec = folder / "dandiset.yaml"
    spec.write_text(SPEC, "utf-8")
    return spec


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab with its own embedded archive, which no `archive serve` keeps up: each run starts it again."""
    monkeypatch.setenv("DANDIFILE_STORE", str(tmp_path / "store"))
    make_lab(tmp_path / "lab")
    monkeypatch.chdir(tmp_path / "lab")
    return tmp_path / "lab"


def identifier_in(plan: Path) -> str | None:
    found: str | None = json.loads(plan.read_text("utf-8"))["target"]["identifier"]
    return found


def test_a_saved_plan_is_applied_though_the_embedded_archive_has_another_port(here: Path) -> None:
    assert ran("plan", "--out", "p").code == Exit.DONE
    first = ran("apply", "p", "--create", "--yes")
    assert first.code == Exit.DONE, first.out + first.err
    (here / "data" / "b.csv").write_text("b", "utf-8")
    assert ran("plan", "--out", "p").code == Exit.DONE
    second = ran("apply", "p", "--yes")
    assert (second.code, "1 added" in second.out) == (Exit.DONE, True), second.out + second.err
    assert "No changes" in ran("plan").out


def test_a_saved_plan_brings_its_environment(here: Path) -> None:
    assert ran("plan", "-e", "rehearsal", "--out", "p").code == Exit.DONE
    done = ran("apply", "p", "--create", "--yes")
    assert done.code == Exit.DONE, done.out + done.err
    assert "No changes" in ran("plan", "-e", "rehearsal").out


def test_another_environment_than_the_plans_is_refused(here: Path) -> None:
    assert ran("plan", "--out", "p").code == Exit.DONE
    refused = ran("apply", "p", "-e", "rehearsal", "--create", "--yes")
    assert (refused.code, "without --environment" in refused.err) == (Exit.INPUT, True), refused.err


def test_an_environment_that_is_gone_makes_the_plan_stale(here: Path) -> None:
    assert ran("plan", "-e", "rehearsal", "--out", "p").code == Exit.DONE
    (here / "dandiset.yaml").write_text(SPEC.replace("rehearsal:", "another:"), "utf-8")
    refused = ran("apply", "p", "--create", "--yes")
    assert (refused.code, "stale" in refused.err) == (Exit.BLOCKED, True), refused.err


def test_a_saved_plan_brings_its_spec(here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = here / "dandiset.yaml"
    spec.rename(here / "other.yaml")
    assert ran("plan", "-f", "other.yaml", "--out", here / "plans" / "p").code == Exit.DONE
    monkeypatch.chdir(tmp_path)
    done = ran("apply", here / "plans" / "p", "--create", "--yes")
    assert done.code == Exit.DONE, done.err


def test_a_saved_plan_can_be_taken_along_with_its_folder(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ran("plan", "--out", "p").code == Exit.DONE
    monkeypatch.chdir(tmp_path)
    here.rename(tmp_path / "elsewhere")
    done = ran("apply", tmp_path / "elsewhere" / "p", "--create", "--yes")
    assert done.code == Exit.DONE, done.err


@pytest.mark.parametrize("how", ["another store", "reset"])
def test_a_plan_for_another_embedded_archive_is_stale(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    assert ran("apply", "--create", "--yes").code == Exit.DONE
    (here / "data" / "a.csv").write_text("changed", "utf-8")
    assert ran("plan", "--out", "p").code == Exit.DONE
    if how == "reset":
        assert ran("archive", "reset", "--yes").code == Exit.DONE
    else:
        monkeypatch.setenv("DANDIFILE_STORE", str(tmp_path / "another"))
    refused = ran("apply", "p", "--yes")
    assert (refused.code, "another embedded archive" in refused.err) == (Exit.BLOCKED, True), refused.err


@pytest.mark.parametrize("version", [1, 3, 99])
def test_a_plan_of_another_format_is_refused_with_what_to_do(here: Path, version: int) -> None:
    assert ran("plan", "--out", "p").code == Exit.DONE
    plan = json.loads((here / "p").read_text("utf-8"))
    (here / "p").write_text(json.dumps({**plan, "dandifile_plan": version}), "utf-8")
    refused = ran("apply", "p", "--yes")
    assert refused.code == Exit.INPUT
    assert ("older" if version == 1 else "newer") in refused.err
    assert "dandifile plan --out" in refused.err


def test_a_clone_plans_the_same_dandiset(here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ran("apply", "--create", "--yes").code == Exit.DONE
    clone = tmp_path / "clone"
    shutil.copytree(here, clone, ignore=shutil.ignore_patterns(".dandifile"))
    monkeypatch.chdir(clone)
    found = ran("plan", "--out", "p")
    assert "No changes" in found.out, found.out + found.err
    assert identifier_in(clone / "p") == "000001"
    (clone / "dandiset.yaml").write_text(SPEC.replace("name: Place cells", "name: Grid cells"), "utf-8")
    assert "1 dandiset to create" in ran("plan").out  # never applied here, and of another title: another one


def test_another_spec_of_the_same_title_is_asked_for_a_choice(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ran("apply", "--create", "--yes").code == Exit.DONE
    other = tmp_path / "other"
    shutil.copytree(here, other, ignore=shutil.ignore_patterns(".dandifile"))
    (other / "dandiset.yaml").write_text(f"{SPEC}keywords: [another lab]\n", "utf-8")
    monkeypatch.chdir(other)
    asked = ran("apply", "--create", "--yes")
    assert (asked.code, "000001" in asked.out) == (Exit.BLOCKED, True), asked.out + asked.err


def test_a_dandiset_that_was_deleted_on_the_embedded_archive_is_new_again(here: Path) -> None:
    from dandifile.session.embedded import default_store, open_archive

    assert ran("apply", "--create", "--yes").code == Exit.DONE
    with open_archive(default_store()) as archive:
        url = f"{archive.api_url}/dandisets/000001/"
        requests.delete(url, headers={"Authorization": f"token {archive.key}"}, timeout=30).raise_for_status()
        assert "1 dandiset to create" in ran("plan").out


def test_a_clone_that_was_applied_keeps_its_dandiset_when_it_is_renamed(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ran("apply", "--create", "--yes").code == Exit.DONE
    clone = tmp_path / "clone"
    shutil.copytree(here, clone, ignore=shutil.ignore_patterns(".dandifile"))
    monkeypatch.chdir(clone)
    assert ran("apply", "--yes").code == Exit.DONE
    renamed = SPEC.replace("name: Place cells\n", "name: Grid cells\n")
    (clone / "dandiset.yaml").write_text(renamed, "utf-8")
    assert "1 metadata field" in ran("plan").out
    assert ran("apply", "--yes").code == Exit.DONE
    monkeypatch.chdir(here)
    (here / "dandiset.yaml").write_text(renamed, "utf-8")
    assert "No changes" in ran("plan").out


def test_what_is_known_of_one_embedded_archive_is_not_said_of_another(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record of the last apply is of a store: in another one, nothing here was ever moved away."""
    assert ran("apply", "--create", "--yes").code == Exit.DONE
    assert len(list((here / ".dandifile" / "records").iterdir())) == 1
    monkeypatch.setenv("DANDIFILE_STORE", str(tmp_path / "another"))
    assert ran("apply", "--create", "--yes").code == Exit.DONE
    assert len(list((here / ".dandifile" / "records").iterdir())) == 2


def test_no_dead_page_is_printed(here: Path, tmp_path: Path) -> None:
    done = ran("apply", "--create", "--yes")
    assert "127.0.0.1" not in done.out
    assert "dandifile archive serve" in done.out
    assert "/dandiset/000001/draft" in done.out
    after = json.loads(ran("apply", "--yes", "--format", "json").out)["after"]
    assert (after["page"], after["identifier"]) == (None, "000001")


def test_the_page_is_printed_while_the_archive_is_kept_up(here: Path) -> None:
    from localdandi.server import announce
    from localdandi.testing import archive

    with archive(default_store()) as served:
        from dataclasses import replace

        with announce(default_store().resolve(), replace(served.serving.running, lasting=True)):
            done = ran("apply", "--create", "--yes")
            assert f"{served.web_url}/dandiset/000001/draft" in done.out, done.out + done.err
            assert "archive serve" not in done.out


def test_a_creation_that_was_killed_is_taken_up_at_another_port(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note of a creation names the store, and the rerun adopts what the killed run made."""
    from dandifile.archive.writer import Writer
    from dandifile.model import JsonObject

    made = Writer.create

    def killed(self: Writer, name: str, metadata: JsonObject, embargo: None = None) -> str:
        made(self, name, metadata, embargo)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "create", killed)
        assert ran("apply", "--create", "--yes").code == Exit.INTERRUPTED
    done = ran("apply", "--create", "--yes")
    assert done.code == Exit.DONE, done.out + done.err
    assert len(ran("archive", "list").out.splitlines()) == 1


def test_two_specs_in_one_folder_keep_their_own_notes(lab: Lab) -> None:
    from dandifile.archive.create import intent_file
    from dandifile.archive.instance import Instance

    one, two = (Instance.of_store("", "http://127.0.0.1:1/api", store) for store in ("a", "b"))
    files = {intent_file(lab.folder, instance, name) for instance in (one, two) for name in ("x", "y")}
    assert len(files) == 4
