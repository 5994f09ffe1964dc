"""The nine promises of docs/architecture.md, kept against a served archive."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from dandifile.archive.credentials import Secret
from dandifile.archive.instance import Instance
from dandifile.archive.writer import Writer
from dandifile.errors import Exit, UserError
from dandifile.model import Json
from dandifile.run.state import MemoryCache
from tests.conftest import CONTACT, Lab, begin_upload, owners_of, set_owners, write_document

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
PRUNED = "paths: [{source: data, standard: any, layout: as-is, prune: true}]\n"
SPEC = f"description: Rats on a track\nlicense: CC-BY-4.0\nkeywords: [rat, track]\n{CONTACT}\n"
FUNDER = "  - {organization: National Institutes of Health, award: R21, roles: [Funder]}\n"
FILES = {"a.csv": "a", "sub/b.csv": "bb", "sub/c.csv": "ccc"}
WRITES = "POST|PUT|DELETE"
NOTICED = r"/dandisets/$|/users/$|/unembargo/$|/versions/draft/$|/assets/|/uploads/initialize/$"
"""What others see of a dandiset. How an upload that has begun survives is proven once, for every request."""


@pytest.fixture
def applied(lab: Lab) -> Lab:
    lab.spec(SPEC + PATHS)
    lab.files(FILES)
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.err + ran.out
    return lab


# --- 1: plan writes nothing -------------------------------------------------------------------


def test_plan_writes_nothing_to_the_archive_and_only_its_cache_here(applied: Lab) -> None:
    applied.spec(SPEC.replace("track]", "maze]") + PATHS)
    applied.files({"new.csv": "new", "a.csv": "changed"})
    before = _tree(applied.folder)
    writes = applied.archive.writes()
    ran = applied.run("plan", "--detailed-exitcode")
    assert ran.code == Exit.CHANGES, ran.err
    assert applied.archive.writes() == writes
    assert _tree(applied.folder) == before


def test_plan_of_a_dandiset_still_to_be_created_writes_nothing(lab: Lab) -> None:
    lab.spec(SPEC + PATHS)
    lab.files(FILES)
    assert lab.run("plan").code == Exit.DONE
    assert lab.archive.writes() == 0


# --- 2: apply converges -----------------------------------------------------------------------


def test_after_apply_there_is_nothing_left_to_do(applied: Lab) -> None:
    ran = applied.run("plan", "--detailed-exitcode")
    assert (ran.code, "No changes" in ran.out) == (Exit.DONE, True), ran.out


def test_a_second_apply_writes_nothing(applied: Lab) -> None:
    writes = applied.archive.writes()
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert applied.archive.writes() == writes


def test_it_stays_so_without_any_local_memory(applied: Lab) -> None:
    import shutil

    shutil.rmtree(applied.folder / ".dandifile")
    ran = applied.run("plan", "--detailed-exitcode")
    assert ran.code == Exit.DONE, ran.out


# --- 3: apply resumes -------------------------------------------------------------------------


def test_killed_between_any_two_requests_and_run_again_it_ends_in_the_same_state(lab: Lab) -> None:
    """Each round kills a fresh apply at its next request, until one gets through: from the first write on."""
    lab.spec(SPEC + PATHS)
    lab.files(_round(0))
    first = killed = lab.requests_of("plan")
    while _killed_at(lab, killed):
        ran = lab.run("apply", "--create", "--yes")
        assert ran.code == Exit.DONE, f"after {killed} requests: {ran.err}{ran.out}"
        assert {path: asset["size"] for path, asset in lab.assets(_identifier(lab)).items()} == {
            path: len(text) for path, text in _round(killed).items()
        }
        assert lab.document(_identifier(lab))["keywords"] == ["rat", "track"]
        again = lab.run("plan", "--detailed-exitcode")
        assert again.code == Exit.DONE, f"after {killed} requests: {again.out}"
        draft = lab.get(f"/dandisets/{_identifier(lab)}/")["draft_version"]
        assert draft["active_uploads"] == 0, f"after {killed} requests"
        killed += 1
    assert killed - first > 12  # a creation, two uploads of five requests each, their assets
    dandisets = lab.get("/dandisets/?page_size=1000")["results"]
    assert len(dandisets) == killed - first + 1, "a killed creation was adopted, not repeated"


def _killed_at(lab: Lab, skip: int) -> bool:
    """Kills an apply of a new dandiset at its request number `skip`; False if it ended first."""
    (lab.folder / "dandiset.lock.yaml").unlink(missing_ok=True)
    lab.spec(SPEC + PATHS, name=f"Round {skip}")
    lab.files(_round(skip))
    return lab.kill_at(skip, "apply", "--create", "--yes")


def _round(number: int) -> dict[str, str]:
    """Content of its own for every round, so that every round uploads."""
    return {path: f"{FILES[path]}-{number:03}" for path in ("a.csv", "sub/b.csv")}


def _identifier(lab: Lab) -> str:
    lock = (lab.folder / "dandiset.lock.yaml").read_text("utf-8")
    return next(line.split("'")[1] for line in lock.splitlines() if "identifier:" in line)


def test_assets_that_trade_places_survive_a_kill_with_their_metadata(lab: Lab) -> None:
    """Killed at each of the writes of a swap: content and what the web form gave each asset stay together."""
    lab.spec(SPEC + PATHS)
    lab.files({"a.csv": "a", "b.csv": "b"})
    lab.spec(SPEC + PATHS + "assets: [{match: a.csv, metadata: {keywords: [of a]}}]\n")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.spec(SPEC + PATHS)
    names = ("a.csv", "b.csv")
    for number in range(4):
        names = names[::-1]
        lab.files({names[0]: "a", names[1]: "b"})
        lab.kill_at(number, "apply", "--yes", method="PUT")
        ran = lab.run("apply", "--yes")
        assert ran.code == Exit.DONE, ran.out + ran.err
        assets = lab.assets()
        assert set(assets) == {"a.csv", "b.csv"}, f"killed at write {number}"
        assert assets[names[0]]["metadata"].get("keywords") == ["of a"]
        assert "keywords" not in assets[names[1]]["metadata"]
        assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE


@pytest.mark.parametrize("embargo", [False, True], ids=["open", "embargoed"])
def test_owners_survive_a_kill_at_each_write_that_people_notice(lab: Lab, *, embargo: bool) -> None:
    """Nobody is doubled, lost or forgotten; under embargo no data arrives before an owner is removed."""
    for login in ("jdoe", "rroe"):
        lab.archive.add_user(login)
    lab.spec(SPEC + PATHS)
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    if embargo:
        with lab.archive.serving.archive.database.write() as db:
            db.execute("UPDATE dandisets SET embargo_status = 'EMBARGOED'")
    lab.spec("owners: {exactly: [admin, jdoe]}\n" + SPEC + PATHS)
    killed = 0
    while True:
        set_owners(lab, "admin", "rroe")
        lab.files({"b.csv": "b" * (killed + 1)})
        reached = lab.kill_at(killed, "apply", "--yes", "--allow", "owners", method=WRITES, route=NOTICED)
        if embargo and "rroe" in owners_of(lab):
            assert lab.assets().get("b.csv", {}).get("size") != killed + 1
        ran = lab.run("apply", "--yes", "--allow", "owners")
        assert ran.code == Exit.DONE, f"killed at write {killed}: {ran.out}{ran.err}"
        assert owners_of(lab) == ["admin", "jdoe"]
        assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE
        if not reached:
            break
        killed += 1
    assert killed > 2  # an upload begun, its asset, the owners


def test_an_embargo_survives_a_kill_at_each_write_that_people_notice(lab: Lab) -> None:
    """Each round creates a dandiset under embargo and releases it, and kills both at the next write."""
    create = ("apply", "--create", "--yes")
    release = ("apply", "--yes", "--allow", "unembargo")
    killed, going = 0, True
    while going:
        name, data = f"Round {killed}", {"a.csv": f"a {killed}"}
        lab.lock.unlink(missing_ok=True)
        (lab.folder / "data" / "b.csv").unlink(missing_ok=True)
        lab.spec(f"embargo: {{funding_source: NIH, award: R21}}\n{PATHS}{SPEC}{FUNDER}", name=name)
        lab.files(data)
        going = lab.kill_at(killed, *create, method=WRITES, route=NOTICED)
        ran = lab.run(*create)
        assert ran.code == Exit.DONE, f"created, killed at write {killed}: {ran.out}{ran.err}"
        made = _identifier(lab)
        assert lab.get(f"/dandisets/{made}/")["embargo_status"] == "EMBARGOED"
        contributors = [one["name"] for one in lab.document(made)["contributor"]]
        assert contributors == ["Doe, Jane", "National Institutes of Health"]
        assert set(lab.assets(made)) == set(data)
        assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE
        lab.spec(f"embargo: false\n{PATHS}{SPEC}{FUNDER}", name=name)
        lab.files(data := {**data, "b.csv": f"b {killed}"})
        going = lab.kill_at(killed, *release, method=WRITES, route=NOTICED) or going
        ran = lab.run(*release)
        assert ran.code == Exit.DONE, f"released, killed at write {killed}: {ran.out}{ran.err}"
        assert lab.get(f"/dandisets/{made}/")["embargo_status"] == "OPEN"
        assert set(lab.assets(made)) == set(data)
        assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE
        killed += going
    assert killed > 3  # a creation, an upload begun, its asset, the metadata
    listed = lab.get("/dandisets/?user=me&embargoed=true&page_size=1000")["results"]
    assert len(listed) == killed + 1, "a killed creation was adopted, not repeated"


def test_a_kill_while_the_archive_releases_is_made_good_by_waiting(lab: Lab) -> None:
    lab.spec(f"embargo: true\n{SPEC}{PATHS}")
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.spec(f"embargo: false\n{SPEC}{PATHS}")
    lab.archive.settings.background = False
    with lab.archive.at_rest():  # the pass that was under way has ended
        process = lab.start("apply", "--yes", "--allow", "unembargo")
    while lab.get("/dandisets/000001/")["embargo_status"] != "UNEMBARGOING":
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    lab.archive.settings.background = True
    ran = lab.run("apply", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert lab.get("/dandisets/000001/")["embargo_status"] == "OPEN"
    assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_no_finished_upload_is_sent_twice(lab: Lab) -> None:
    """Killed before the very last asset is made, everything was uploaded: the rerun sends no byte."""
    lab.spec(SPEC + PATHS)
    lab.files(FILES)
    lab.archive.misbehave(method="POST", route="/assets/$", stall=True, times=-1)
    process = lab.start("apply", "--create", "--yes", "-j", "1")
    assert lab.archive.stalled(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    lab.archive.behave()
    uploaded = _parts_put(lab)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    assert _parts_put(lab) == len(FILES)
    assert uploaded >= 1


def _parts_put(lab: Lab) -> int:
    return sum(
        count
        for (method, route), count in lab.archive.counts().items()
        if method == "PUT" and "/api/" not in route
    )


# --- 4: only what is declared is owned --------------------------------------------------------


def test_a_field_that_the_spec_does_not_name_is_never_changed(applied: Lab) -> None:
    _put_fields(applied, acknowledgement="the web form's", dateModified="2020-01-01T00:00:00+00:00")
    assert applied.run("plan", "--detailed-exitcode").code == Exit.DONE
    applied.spec(SPEC.replace("track]", "maze]") + PATHS)
    assert applied.run("apply", "--yes").code == Exit.DONE
    document = applied.document()
    assert document["acknowledgement"] == "the web form's"
    assert document["dateModified"] == "2020-01-01T00:00:00+00:00"
    assert document["keywords"] == ["rat", "maze"]


def test_neither_the_end_of_an_embargo_nor_a_schema_version_is_touched_in_passing(applied: Lab) -> None:
    access = [
        {"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess", "embargoedUntil": "2023-05-01"}
    ]
    _put_fields(applied, access=access, schemaVersion="0.6.4")
    applied.spec(SPEC.replace("track]", "maze]") + PATHS)
    assert applied.run("apply", "--yes").code == Exit.DONE
    document = applied.document()
    assert (document["access"], document["schemaVersion"]) == (access, "0.6.4")


def test_declared_and_empty_makes_it_empty(applied: Lab) -> None:
    applied.spec(SPEC.replace("[rat, track]", "[]") + PATHS)
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert not applied.document().get("keywords")
    assert applied.run("plan", "--detailed-exitcode").code == Exit.DONE


def _put_fields(lab: Lab, **fields: Json) -> None:
    write_document(lab, {**lab.document(), **fields})


def test_an_edit_on_the_archive_is_not_undone_without_a_word(applied: Lab) -> None:
    _put_fields(applied, keywords=["edited", "by hand"])
    ran = applied.run("apply", "--yes")
    assert ran.code == Exit.BLOCKED
    assert "--overwrite-remote keywords" in ran.out
    assert applied.document()["keywords"] == ["edited", "by hand"]
    assert applied.run("apply", "--yes", "--overwrite-remote", "keywords").code == Exit.DONE
    assert applied.document()["keywords"] == ["rat", "track"]
    assert applied.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_an_edit_that_the_spec_takes_over_needs_nothing(applied: Lab) -> None:
    _put_fields(applied, keywords=["rat", "maze"])
    applied.spec(SPEC.replace("track]", "maze]") + PATHS)
    assert applied.run("apply", "--yes").code == Exit.DONE
    _put_fields(applied, keywords=["edited again"])
    assert applied.run("apply", "--yes").code == Exit.BLOCKED


# --- 5: absent is unknown ---------------------------------------------------------------------


@pytest.mark.parametrize("paths", [PATHS, PRUNED])
def test_data_that_is_not_here_is_left_as_it_is(applied: Lab, paths: str) -> None:
    applied.spec(SPEC + paths)
    (applied.folder / "data").rename(applied.folder / "elsewhere")
    ran = applied.run("apply", "--yes", "--allow", "delete")
    assert ran.code == Exit.DONE, ran.out
    assert "data is not on this machine" in ran.out
    assert set(applied.assets()) == set(FILES)


def test_an_empty_folder_deletes_nothing(applied: Lab) -> None:
    applied.spec(SPEC + PRUNED)
    (applied.folder / "data").rename(applied.folder / "elsewhere")
    (applied.folder / "data").mkdir()
    assert applied.run("apply", "--yes", "--allow", "delete").code == Exit.DONE
    assert set(applied.assets()) == set(FILES)


def test_a_partial_checkout_moves_nothing(applied: Lab) -> None:
    """A second machine that has one file under another name makes a copy, not a move."""
    other = Lab(applied.folder.parent / "other", applied.archive)
    other.folder.mkdir()
    other.spec(f"identifier: '000001'\n{SPEC}{PATHS}")
    other.files({"z.csv": FILES["a.csv"]})
    ran = other.run("apply", "--yes")
    assert ran.code == Exit.DONE, ran.out
    assert set(applied.assets()) == {*FILES, "z.csv"}


# --- 6: nothing irreversible without its own flag ---------------------------------------------


def test_yes_alone_deletes_nothing(applied: Lab) -> None:
    applied.spec(SPEC + PRUNED + 'policy: {max_deletions: "100%"}\n')
    (applied.folder / "data" / "a.csv").unlink()
    ran = applied.run("apply", "--yes")
    assert ran.code == Exit.BLOCKED
    assert "--allow delete" in ran.out
    assert set(applied.assets()) == set(FILES)
    assert applied.run("apply", "--yes", "--allow", "delete").code == Exit.DONE
    assert set(applied.assets()) == set(FILES) - {"a.csv"}


def test_nothing_is_deleted_when_something_could_not_be_written(applied: Lab) -> None:
    applied.spec(SPEC + PRUNED + 'policy: {max_deletions: "100%"}\n')
    (applied.folder / "data" / "a.csv").unlink()
    applied.files({"new.csv": "new"})
    applied.archive.misbehave(method="POST", route="/assets/$", status=400, times=-1)
    ran = applied.run("apply", "--yes", "--allow", "delete")
    assert ran.code == Exit.FAILED, ran.out
    applied.archive.behave()
    assert set(applied.assets()) == set(FILES)


def test_a_dandiset_is_not_created_without_its_flag(lab: Lab) -> None:
    lab.spec(SPEC + PATHS)
    lab.files(FILES)
    ran = lab.run("apply", "--yes")
    assert (ran.code, "--create" in ran.err) == (Exit.BLOCKED, True)
    assert lab.archive.writes() == 0


def test_nothing_becomes_public_that_the_spec_puts_under_embargo(lab: Lab) -> None:
    lab.spec(SPEC)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.spec("embargo: true\n" + SPEC + PATHS)
    lab.files(FILES)
    writes = lab.archive.writes()
    ran = lab.run("apply", "--create", "--yes", "--allow", "delete")
    assert (ran.code, "embargo" in ran.out) == (Exit.BLOCKED, True)
    assert lab.archive.writes() == writes


def test_yes_alone_releases_no_embargo(lab: Lab) -> None:
    lab.spec("embargo: true\n" + SPEC + PATHS)
    lab.files(FILES)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.spec("embargo: false\n" + SPEC + PATHS)
    ran = lab.run("apply", "--yes", "--allow", "delete")
    assert (ran.code, "--allow unembargo" in ran.out) == (Exit.BLOCKED, True)
    assert lab.get("/dandisets/000001/")["embargo_status"] == "EMBARGOED"
    assert lab.run("apply", "--yes", "--allow", "unembargo").code == Exit.DONE
    assert lab.get("/dandisets/000001/")["embargo_status"] == "OPEN"


def test_yes_alone_removes_no_owner(applied: Lab) -> None:
    applied.archive.add_user("rroe")
    set_owners(applied, "admin", "rroe")
    applied.spec("owners: {exactly: [admin]}\n" + SPEC + PATHS)
    ran = applied.run("apply", "--yes")
    assert (ran.code, "--allow owners" in ran.out) == (Exit.BLOCKED, True)
    assert owners_of(applied) == ["admin", "rroe"]
    assert applied.run("apply", "--yes", "--allow", "owners").code == Exit.DONE
    assert owners_of(applied) == ["admin"]
    assert applied.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_yes_alone_drops_no_upload_that_is_not_finished(applied: Lab) -> None:
    begin_upload(applied, "somewhere else, perhaps")
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert applied.get("/dandisets/000001/")["draft_version"]["active_uploads"] == 1
    assert applied.run("apply", "--yes", "--allow", "delete-uploads").code == Exit.DONE
    assert applied.get("/dandisets/000001/")["draft_version"]["active_uploads"] == 0


# --- 7: the right archive ---------------------------------------------------------------------


@pytest.fixture
def impostor() -> Iterator[tuple[str, list[str]]]:
    """A server that says it is another one: its origin, and the methods of the requests it got."""
    info = {
        "services": {"api": {"url": "https://api.example.org/api"}, "webui": {"url": "https://example.org"}},
        "schema_version": "0.7.0",
    }
    methods: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            methods.append(self.command)
            self.send_response(404 if self.path == "/server-info" else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(info).encode())

        do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 - the base class's names

        def log_message(self, *args: object) -> None:
            """Keeps the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", methods
        server.shutdown()


def test_a_server_that_says_it_is_another_archive_gets_no_write(impostor: tuple[str, list[str]]) -> None:
    origin, methods = impostor
    instance = Instance.with_name("dandi", origin, f"{origin}/api")
    writer = Writer(instance, Secret("a" * 40), "000001", MemoryCache())
    with pytest.raises(UserError, match=r"https://api\.example\.org/api"):
        writer.put_metadata("x", {})
    assert set(methods) == {"GET"}


# --- 8: no secret leaves ----------------------------------------------------------------------


def test_the_key_is_nowhere_in_what_is_printed_or_kept(applied: Lab) -> None:
    applied.files({"new.csv": "new"})
    saved = applied.folder / "plan.json"
    printed = [
        applied.run("plan", "--out", str(saved), "--format", "json"),
        applied.run("apply", "--yes", "-v"),
    ]
    applied.archive.misbehave(status=401, times=-1)
    printed.append(applied.run("apply", "--yes"))
    applied.archive.behave()
    key = applied.archive.key
    assert all(key not in ran.out + ran.err for ran in printed)
    kept = [file for file in applied.folder.rglob("*") if file.is_file()]
    assert all(key.encode() not in file.read_bytes() for file in kept)


# --- 9: what was reviewed is what is done -----------------------------------------------------


@pytest.fixture
def saved(applied: Lab) -> Path:
    applied.spec(SPEC.replace("track]", "maze]") + PATHS)
    applied.files({"a.csv": "changed", "new.csv": "new"})
    plan = applied.folder / "plan.json"
    assert applied.run("plan", "--out", str(plan)).code == Exit.DONE
    return plan


def test_a_saved_plan_does_what_it_says_and_doing_it_again_does_nothing(applied: Lab, saved: Path) -> None:
    ran = applied.run("apply", str(saved), "--yes")
    assert ran.code == Exit.DONE, ran.err + ran.out
    assert applied.run("plan", "--detailed-exitcode").code == Exit.DONE
    writes = applied.archive.writes()
    assert applied.run("apply", str(saved), "--yes").code == Exit.DONE
    assert applied.archive.writes() == writes


def test_a_plan_half_done_is_finished(applied: Lab, saved: Path) -> None:
    applied.archive.misbehave(method="POST", route="/assets/$", status=400, times=-1)
    assert applied.run("apply", str(saved), "--yes").code == Exit.FAILED
    applied.archive.behave()
    assert applied.run("apply", str(saved), "--yes").code == Exit.DONE
    assert applied.run("plan", "--detailed-exitcode").code == Exit.DONE


@pytest.mark.parametrize("what", ["spec", "file", "field"])
def test_a_plan_that_no_longer_fits_is_refused(applied: Lab, saved: Path, what: str) -> None:
    if what == "spec":
        applied.spec(SPEC + PATHS)
    elif what == "file":
        applied.files({"new.csv": "changed after the plan"})
    else:
        _put_fields(applied, keywords=["by", "hand"])
    writes = applied.archive.writes()
    ran = applied.run("apply", str(saved), "--yes")
    assert ran.code == Exit.BLOCKED, ran.out
    assert "stale" in ran.err
    assert applied.archive.writes() == writes


def test_a_saved_plan_carries_its_permits(applied: Lab) -> None:
    applied.spec(SPEC + PRUNED + 'policy: {max_deletions: "100%"}\n')
    (applied.folder / "data" / "a.csv").unlink()
    plan = applied.folder / "plan.json"
    assert applied.run("plan", "--out", str(plan), "--allow", "delete").code == Exit.DONE
    assert json.loads(plan.read_text("utf-8"))["allow"] == ["delete"]
    assert applied.run("apply", str(plan), "--yes").code == Exit.DONE
    assert set(applied.assets()) == set(FILES) - {"a.csv"}


def _tree(folder: Path) -> dict[str, bytes]:
    """Everything in the lab's folder but the cache, which a plan may fill."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith("cache.sqlite")
    }
