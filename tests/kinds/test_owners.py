"""Owners: added where missing, removed with their flag; whatever is wrong is said before a write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dandifile.errors import Exit
from dandifile.kinds.logins import Directory, look_up_login
from dandifile.kinds.owners import NAME
from dandifile.model import JsonObject
from tests.conftest import CONTACT, Lab, owners_of, set_owners, squeeze

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
SPEC = f"description: Rats on a track\nlicense: CC-BY-4.0\n{CONTACT}\n{PATHS}"
FLAG = ("--allow", "owners")
USERS = {"jdoe": "Doe, Jane", "rroe": "Roe, Richard", "asmith": "Smith, Ann"}


@pytest.fixture
def shared(lab: Lab) -> Lab:
    """A dandiset of `admin` and `rroe`, on an archive that also knows `jdoe` and `asmith`."""
    for login, name in USERS.items():
        lab.archive.add_user(login, name)
    lab.spec(SPEC)
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    set_owners(lab, "admin", "rroe")
    return lab


def declare(lab: Lab, owners: str, more: str = "") -> None:
    lab.spec(f"identifier: '000001'\nowners: {owners}\n{SPEC}{more}")


# --- What is done ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owners", "flags", "code", "after"),
    [
        ("[jdoe]", (), Exit.DONE, ["admin", "jdoe", "rroe"]),
        ("[jdoe, admin, asmith]", (), Exit.DONE, ["admin", "asmith", "jdoe", "rroe"]),
        ("[jdoe]", FLAG, Exit.DONE, ["admin", "jdoe", "rroe"]),
        ("[]", FLAG, Exit.DONE, ["admin", "rroe"]),
        ("{exactly: [admin, rroe]}", (), Exit.DONE, ["admin", "rroe"]),
        ("{exactly: [admin, jdoe]}", (), Exit.BLOCKED, ["admin", "jdoe", "rroe"]),
        ("{exactly: [admin, jdoe]}", FLAG, Exit.DONE, ["admin", "jdoe"]),
        ("{exactly: [admin]}", FLAG, Exit.DONE, ["admin"]),
    ],
)
def test_a_list_adds_and_exactly_also_removes_with_its_flag(
    shared: Lab, owners: str, flags: tuple[str, ...], code: Exit, after: list[str]
) -> None:
    declare(shared, owners)
    shared.files({"b.csv": "b"})
    ran = shared.run("apply", "--yes", *flags)
    assert ran.code == code, ran.out + ran.err
    assert owners_of(shared) == after
    assert set(shared.assets()) == {"a.csv", "b.csv"}
    again = shared.run("plan", "--detailed-exitcode", *flags)
    assert again.code == (Exit.CHANGES if code == Exit.BLOCKED else Exit.DONE), again.out


def test_the_plan_names_them_in_full_and_says_that_they_get_an_e_mail(shared: Lab) -> None:
    declare(shared, "{exactly: [admin, jdoe]}")
    writes = shared.archive.writes()
    ran = shared.run("plan")
    said = squeeze(ran.out)
    assert "- owners rroe Richard Roe; 127.0.0.1" in said
    assert "+ owners jdoe Jane Doe;" in said
    assert said.count("sends an e-mail") == 2
    assert "owners: 1 to add, 1 to remove" in said
    assert "apply needs --allow owners for 1 owner" in said
    assert shared.archive.writes() == writes


def test_one_request_writes_them_all_and_a_second_apply_none(shared: Lab) -> None:
    declare(shared, "{exactly: [admin, jdoe, asmith]}")
    writes = shared.archive.writes()
    ran = shared.run("apply", "--yes", *FLAG)
    assert (ran.code, "owners: 2 added, 1 removed" in ran.out) == (Exit.DONE, True), ran.out
    assert shared.archive.writes() == writes + 1
    assert shared.run("apply", "--yes", *FLAG).code == Exit.DONE
    assert shared.archive.writes() == writes + 1


def test_whoever_creates_a_dandiset_shares_it_in_the_same_run(lab: Lab) -> None:
    for login, name in USERS.items():
        lab.archive.add_user(login, name)
    lab.spec("owners: {exactly: [admin, jdoe]}\n" + SPEC)
    lab.files({"a.csv": "a"})
    planned = json.loads(lab.run("plan", "--format", "json").out)
    assert planned["counts"][NAME] == {"create": 1}
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert owners_of(lab) == ["admin", "jdoe"]
    assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_an_environment_may_have_other_owners_or_none(shared: Lab) -> None:
    shared.spec(
        "identifier: '000001'\nowners: [jdoe]\n"
        "environments: {a: {owners: [asmith]}, b: {owners: null}}\n" + SPEC
    )
    names = {
        environment: [change["name"] for change in json.loads(ran.out)["changes"]]
        for environment in ("a", "b")
        if (ran := shared.run("plan", "-e", environment, "--format", "json"))
    }
    assert names == {"a": ["asmith"], "b": []}


def test_owners_who_are_not_declared_are_not_asked_for(shared: Lab) -> None:
    declare(shared, "null")
    shared.archive.reset_counts()
    assert shared.run("plan", "--detailed-exitcode").code == Exit.DONE
    assert not [route for _, route in shared.archive.counts() if "users/search" in route]


# --- What stops it before anything is written -------------------------------------------------------


@pytest.mark.parametrize(
    ("owners", "says", "fix"),
    [
        ("[nobody]", "no approved user with the login 'nobody'", "ask nobody to log in"),
        ("[jdeo]", "no approved user with the login 'jdeo'", "write 'jdoe' (Jane Doe)"),
        ("[JDoe]", "no approved user with the login 'JDoe'", "write 'jdoe' (Jane Doe)"),
        ("[RRoe]", "'RRoe' in `owners` is not the login", "write 'rroe': upper and lower case count"),
        ('["Doe, Jane"]', "no approved user with the login 'Doe, Jane'", "write 'jdoe' (Jane Doe)"),
        ("[Jane Doe]", "no approved user with the login 'Jane Doe'", "write 'jdoe' (Jane Doe)"),
        ("[jdoe@example.org]", "'jdoe@example.org' in `owners` is an e-mail", "write 'jdoe' (Jane Doe)"),
        ("[x@example.com]", "'x@example.com' in `owners` is an e-mail", "write the login"),
        ("[waiting]", "no approved user with the login 'waiting'", "until the account is approved"),
        ("{exactly: [rroe]}", "`owners` leaves you (admin) out", "add admin to `owners`"),
    ],
)
@pytest.mark.parametrize("flags", [(), FLAG], ids=["", "allowed"])
def test_whatever_is_wrong_is_said_and_nothing_is_written(
    shared: Lab, owners: str, says: str, fix: str, flags: tuple[str, ...]
) -> None:
    shared.archive.add_user("waiting", "Waiting, Wendy", approved=False)
    declare(shared, owners)
    shared.files({"b.csv": "b"})
    writes = shared.archive.writes()
    for command in (("plan",), ("apply", "--yes")):
        ran = shared.run(*command, *flags)
        said = squeeze(ran.out)
        assert (ran.code, says in said, fix in said) == (Exit.BLOCKED, True, True), ran.out + ran.err
    assert shared.archive.writes() == writes
    assert owners_of(shared) == ["admin", "rroe"]


def test_all_wrong_owners_are_reported_at_once(shared: Lab) -> None:
    declare(shared, "{exactly: [nobody, nemo]}")
    said = squeeze(shared.run("plan").out)
    assert all(part in said for part in ("'nobody'", "'nemo'", "leaves you (admin) out"))


def test_a_dandiset_of_which_you_would_be_no_owner_is_not_created(lab: Lab) -> None:
    lab.archive.add_user("jdoe", "Doe, Jane")
    lab.spec("owners: {exactly: [jdoe]}\n" + SPEC)
    ran = lab.run("apply", "--create", "--yes")
    assert (ran.code, "leaves you (admin) out" in squeeze(ran.out)) == (Exit.BLOCKED, True), ran.out
    assert lab.archive.writes() == 0


def test_no_list_leaves_nobody(shared: Lab) -> None:
    declare(shared, "{exactly: []}")
    ran = shared.run("apply", "--yes", *FLAG)
    assert ran.code == Exit.INPUT
    assert "owners.exactly" in "".join(ran.err.split())
    assert owners_of(shared) == ["admin", "rroe"]


def test_whoever_is_no_owner_learns_it(shared: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(shared, "[jdoe]")
    key = shared.archive.add_user("stranger", "Strange, Sam")
    with monkeypatch.context() as patch:
        patch.setenv(next(iter(shared.environ)), key)
        ran = shared.run("apply", "--yes")
    assert (ran.code, "stranger is not an owner of 000001" in squeeze(ran.out)) == (Exit.INPUT, True)
    assert owners_of(shared) == ["admin", "rroe"]


def test_an_account_that_may_not_search_is_told_that_alone(
    shared: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(shared, "[nobody]")
    key = shared.archive.add_user("waiting", "Waiting, Wendy", approved=False)
    with monkeypatch.context() as patch:
        patch.setenv(next(iter(shared.environ)), key)
        ran = shared.run("plan")
    assert (ran.code, "waiting" in ran.out, "not approved" in squeeze(ran.out)) == (Exit.INPUT, True, True)


def test_without_a_key_an_open_dandiset_is_planned_and_a_note_says_what_is_not_known(
    shared: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(shared, "{exactly: [jdoe, nobody]}")
    with monkeypatch.context() as patch:
        patch.delenv(next(iter(shared.environ)))
        ran = shared.run("plan", "--detailed-exitcode", "--format", "json")
    assert ran.code == Exit.CHANGES, ran.err
    plan = json.loads(ran.out)
    assert plan["counts"][NAME] == {"create": 2, "delete": 2}
    assert any(
        "whether" in note and "a user jdoe and a user nobody" in note for note in plan["plan"]["notes"]
    )


# --- Saved plans -----------------------------------------------------------------------------------


@pytest.fixture
def saved(shared: Lab) -> Path:
    """A plan that adds jdoe, removes rroe, and uploads b.csv."""
    declare(shared, "{exactly: [admin, jdoe]}")
    shared.files({"b.csv": "b"})
    plan = shared.folder / "plan.json"
    assert shared.run("plan", "--out", str(plan), *FLAG).code == Exit.DONE
    return plan


@pytest.mark.parametrize(
    ("meanwhile", "after"),
    [
        (["admin", "rroe", "asmith"], ["admin", "asmith", "jdoe"]),
        (["admin", "rroe", "jdoe"], ["admin", "jdoe"]),
        (["admin", "asmith"], ["admin", "asmith", "jdoe"]),
        (["admin", "jdoe"], ["admin", "jdoe"]),
    ],
    ids=["another added", "one added already", "one removed already", "all done"],
)
def test_owners_that_changed_since_a_plan_was_saved_stay_changed(
    shared: Lab, saved: Path, meanwhile: list[str], after: list[str]
) -> None:
    set_owners(shared, *meanwhile)
    ran = shared.run("apply", str(saved), "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert owners_of(shared) == after


def test_a_saved_plan_stops_for_a_user_who_is_gone(shared: Lab, saved: Path) -> None:
    with shared.archive.serving.archive.database.write() as db:
        db.execute("UPDATE users SET status = 'REJECTED' WHERE login = 'jdoe'")
    ran = shared.run("apply", str(saved), "--yes")
    assert (ran.code, "'jdoe'" in ran.err) == (Exit.BLOCKED, True), ran.out + ran.err
    assert (set(shared.assets()), owners_of(shared)) == ({"a.csv"}, ["admin", "rroe"])


def test_nobody_is_removed_by_their_own_hand_with_a_saved_plan_either(
    shared: Lab, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key(shared, "rroe")
    with monkeypatch.context() as patch:
        patch.setenv(next(iter(shared.environ)), key)
        ran = shared.run("apply", str(saved), "--yes")
    assert (ran.code, "leaves you (rroe) out" in squeeze(ran.err)) == (Exit.BLOCKED, True), ran.err
    assert owners_of(shared) == ["admin", "rroe"]


def new_key(lab: Lab, login: str) -> str:
    from localdandi.store import users

    with lab.archive.serving.archive.database.write() as db:
        user = users.by_name(db, login)
        assert user
        return users.new_key(db, user)


def test_the_last_owner_is_not_removed_when_the_others_left_meanwhile(shared: Lab) -> None:
    """The archive's admin, who is no owner, removes rroe and adds nobody: jdoe left in the meantime."""
    set_owners(shared, "jdoe", "rroe")
    declare(shared, "{exactly: [jdoe]}")
    plan = shared.folder / "plan.json"
    assert shared.run("plan", "--out", str(plan), *FLAG).code == Exit.DONE
    set_owners(shared, "rroe")
    ran = shared.run("apply", str(plan), "--yes")
    assert (ran.code, "no owner would be left" in squeeze(ran.out)) == (Exit.FAILED, True), ran.out + ran.err
    assert owners_of(shared) == ["rroe"]


# --- When ------------------------------------------------------------------------------------------


def test_owners_come_after_everything_else(shared: Lab) -> None:
    declare(shared, "{exactly: [admin, jdoe]}", "keywords: [new]\n")
    shared.files({"b.csv": "b"})
    order = steps(shared, *FLAG)
    assert order[-1] == NAME, order
    assert "assets" in order
    assert "metadata" in order


def test_under_embargo_a_removal_comes_first_and_all_else_needs_it(shared: Lab) -> None:
    embargo(shared)
    declare(shared, "{exactly: [admin, jdoe]}", "keywords: [new]\n")
    shared.files({"b.csv": "b"})
    assert steps(shared, *FLAG)[0] == NAME
    shared.archive.misbehave(method="PUT", route="/users/$", status=400, times=-1)
    ran = shared.run("apply", "--yes", *FLAG)
    assert ran.code == Exit.FAILED, ran.out
    assert set(shared.assets()) == {"a.csv"}
    shared.archive.behave()
    assert shared.run("apply", "--yes", *FLAG).code == Exit.DONE
    assert (set(shared.assets()), owners_of(shared)) == ({"a.csv", "b.csv"}, ["admin", "jdoe"])


@pytest.mark.parametrize("only", [(), ("--only", "assets"), ("--only", "owners")])
def test_under_embargo_nothing_is_written_while_another_owner_sees_it(
    shared: Lab, only: tuple[str, ...]
) -> None:
    embargo(shared)
    declare(shared, "{exactly: [admin, jdoe]}")
    shared.files({"b.csv": "b"})
    writes = shared.archive.writes()
    ran = shared.run("apply", "--yes", *only)
    said = squeeze(ran.out)
    assert (ran.code, "leaves out rroe" in said, "--allow owners" in said) == (Exit.BLOCKED, True, True), said
    assert shared.archive.writes() == writes


def test_an_owner_added_since_the_plan_was_saved_stops_it_under_embargo(shared: Lab) -> None:
    embargo(shared)
    declare(shared, "{exactly: [admin, rroe]}")
    shared.files({"b.csv": "b"})
    plan = shared.folder / "plan.json"
    assert shared.run("plan", "--out", str(plan)).code == Exit.DONE
    set_owners(shared, "admin", "rroe", "asmith")
    ran = shared.run("apply", str(plan), "--yes")
    assert (ran.code, "leaves out asmith" in squeeze(ran.err)) == (Exit.BLOCKED, True), ran.err
    assert set(shared.assets()) == {"a.csv"}


def embargo(lab: Lab) -> None:
    with lab.archive.serving.archive.database.write() as db:
        db.execute("UPDATE dandisets SET embargo_status = 'EMBARGOED'")


def steps(lab: Lab, *flags: str) -> list[str]:
    """The kinds of the steps that write, in their order."""
    plan = json.loads(lab.run("plan", "--format", "json", *flags).out)["plan"]
    return [step["kind"] for step in plan["steps"] if step["kind"] != "join"]


# --- Whether a login is a user's ---------------------------------------------------------------------


def user(login: str, name: str = "") -> JsonObject:
    return {"username": login, "name": name, "admin": False, "status": "APPROVED"}


def test_where_the_search_finds_too_many_the_plan_says_that_it_cannot_tell() -> None:
    found = [user(f"li{number}") for number in range(10)]
    looked_up = look_up_login("li", (), Directory(lambda text: found))
    assert looked_up.block is None
    assert "'li'" in looked_up.note


def test_an_archive_whose_logins_are_addresses_takes_them() -> None:
    """So do archives without GitHub accounts, such as a developer's."""
    found = [user("jane@example.org", "Jane Doe")]
    looked_up = look_up_login("jane@example.org", (), Directory(lambda text: found))
    assert (looked_up.block, looked_up.name) == (None, "Jane Doe")


def test_where_nothing_can_be_asked_an_address_is_still_none() -> None:
    assert look_up_login("jane@example.org", (), Directory()).block
    assert not look_up_login("jane", (), Directory()).block


def test_the_embedded_archive_takes_new_users() -> None:
    block = look_up_login("jdoe", (), Directory(lambda text: (), is_embedded=True)).block
    assert block
    assert "dandifile archive add-user jdoe" in block.fix


def test_users_are_only_suggested_where_they_are_alike() -> None:
    users = [user("jdoe", "Jane Doe"), user("jones", "Bob Jones"), user("jadoe", "Jan Adoe")]

    def search(text: str) -> list[JsonObject]:
        return [one for one in users if text.casefold() in f"{one['username']} {one['name']}".casefold()]

    block = look_up_login("jane.doe", (), Directory(search)).block
    assert block
    assert "'jdoe' (Jane Doe)" in block.fix
    assert "jones" not in block.fix
