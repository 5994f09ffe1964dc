from __future__ import annotations

import pytest

from dandifile.archive.instance import Instance
from dandifile.archive.instances import find_instance, known_instances
from dandifile.archive.reader import Reader
from dandifile.errors import ArchiveError, UserError
from dandifile.run.state import MemoryCache
from tests.net.scripted import Reply, Scripted


def info(api: str, web: str | None = None) -> Reply:
    services = {"api": {"url": api}} | ({"webui": {"url": web}} if web else {})
    return Reply(body={"services": services, "schema_version": "0.7.0"})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("dandi", "dandi"),
        (" dandi-sandbox ", "dandi-sandbox"),
        ("https://dandiarchive.org", "dandi"),
        ("https://DandiArchive.org:443/", "dandi"),
        ("https://api.dandiarchive.org/api/", "dandi"),
        ("https://sandbox.dandiarchive.org/dandiset/000123/draft", "dandi-sandbox"),
        ("http://localhost:8000/api", "dandi-api-local-docker-tests"),
        ("https://dandi.emberarchive.org", "ember-dandi"),
    ],
)
def test_a_known_archive_is_found_by_name_and_by_any_of_its_urls(text: str, name: str) -> None:
    assert find_instance(text) == known_instances()[name]


@pytest.mark.parametrize("name", known_instances())
def test_names_urls_and_key_places_are_those_of_the_dandi_client(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANDI_NO_ET", "1")
    from dandi.consts import known_instances as dandi_instances

    theirs = dandi_instances[name]
    ours = known_instances()[name]
    assert (ours.web_url, ours.api_url) == (theirs.gui, theirs.api)
    assert ours.key_variable == name.upper().replace("-", "_") + "_API_KEY"
    assert ours.keyring_service == f"dandi-api-{name}"


def test_all_archives_of_the_dandi_client_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANDI_NO_ET", "1")
    from dandi.consts import known_instances as dandi_instances

    assert set(known_instances()) == set(dandi_instances)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dandi-staging", "dandi-sandbox"),
        ("https://gui-staging.dandiarchive.org", "dandi-sandbox"),
        ("https://api-staging.dandiarchive.org/api", "dandi-sandbox"),
        ("https://gui.dandiarchive.org/", "dandi"),
    ],
)
def test_an_old_name_is_refused_with_the_right_one(old: str, new: str) -> None:
    with pytest.raises(UserError) as refused:
        find_instance(old)
    assert f"instance: {new}" in refused.value.fix


def test_an_unknown_name_is_refused_with_the_nearest_and_the_list() -> None:
    with pytest.raises(UserError) as refused:
        find_instance("dandi-sandbx")
    assert "did you mean dandi-sandbox" in refused.value.fix
    assert "ember-dandi" in refused.value.fix
    assert "local" in refused.value.fix


@pytest.mark.parametrize("url", ["http://archive.example.org", "http://dandiarchive.org/api"])
def test_plain_http_to_another_machine_is_refused(url: str) -> None:
    with pytest.raises(UserError, match="plain HTTP"):
        find_instance(url)


@pytest.mark.parametrize(
    "url",
    ["ftp://dandiarchive.org", "https://", "https://host:port", "https://[", "http://[::1", "https://a]b"],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(UserError):
        find_instance(url)


def test_another_archive_is_asked_at_server_info_first(server: Scripted) -> None:
    server.on("/server-info", info(f"{server.origin}/api/", f"{server.origin}/"))
    found = find_instance(f"{server.origin}/dandiset/000001")
    host = server.origin.removeprefix("http://")
    assert found == Instance.with_name(host, server.origin, f"{server.origin}/api")
    assert found.key_variable == f"{host}_API_KEY"
    assert found.keyring_service == f"dandi-api-{host}"
    assert server.paths() == ["/server-info"]


def test_the_api_is_asked_only_where_there_is_no_server_info(server: Scripted) -> None:
    server.on("/api/info/", info(f"{server.origin}/api"))
    found = find_instance(server.origin)
    assert found.api_url == f"{server.origin}/api"
    assert found.web_url == server.origin
    assert server.paths() == ["/server-info", "/api/info/"]


@pytest.mark.parametrize(
    "reply", [Reply(body={"hello": 1}), Reply(body=["x"]), Reply(body=b"<html>log in</html>"), Reply(404)]
)
def test_what_is_no_archive_is_told(server: Scripted, reply: Reply) -> None:
    server.on("/server-info", reply)
    with pytest.raises(ArchiveError):
        find_instance(server.origin)


def test_a_server_that_claims_to_be_a_known_archive_is_refused(server: Scripted) -> None:
    server.on("/server-info", info("https://api.dandiarchive.org/api"))
    with pytest.raises(UserError, match="which is dandi") as refused:
        find_instance(server.origin)
    assert "instance: dandi" in refused.value.fix


def test_a_server_that_sends_the_key_over_plain_http_is_refused(server: Scripted) -> None:
    server.on("/server-info", info("http://archive.example.org/api"))
    with pytest.raises(UserError, match="plain HTTP"):
        find_instance(server.origin)


def test_the_embedded_archive_is_called_local() -> None:
    local = Instance.of_store("http://127.0.0.1:9/", "http://127.0.0.1:9/api/")
    assert (local.name, local.web_url, local.api_url) == (
        "local",
        "http://127.0.0.1:9",
        "http://127.0.0.1:9/api",
    )


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("dandi-sandbox", "DANDI_SANDBOX_API_KEY"),
        ("archive.lab.org", "ARCHIVE_LAB_ORG_API_KEY"),
        ("127.0.0.1:80", "_127_0_0_1_80_API_KEY"),
    ],
)
def test_every_archive_has_a_key_variable_that_a_shell_can_export(name: str, variable: str) -> None:
    assert Instance.with_name(name, "https://x", "https://x/api").shell_variable == variable


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410])
@pytest.mark.parametrize("path", ["/server-info", "/api/info/"])
def test_a_host_that_is_no_archive_is_told_so_and_not_to_run_again(
    server: Scripted, status: int, path: str
) -> None:
    server.on(path, Reply(status, body=b"<html>no</html>"))
    with pytest.raises(ArchiveError, match="is not a DANDI archive") as refused:
        find_instance(server.origin)
    assert "check `instance`" in refused.value.fix
    assert "again" not in refused.value.fix


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_a_known_address_that_is_another_server_by_now_is_told_so(server: Scripted, status: int) -> None:
    server.on("/api/info/", Reply(status, body=b"<html>no</html>"))
    instance = Instance.with_name("dandi-api-local-docker-tests", server.origin, f"{server.origin}/api")
    with pytest.raises(UserError) as refused:
        Reader(instance, None, None, MemoryCache()).check_instance()
    assert "is not a DANDI archive" in refused.value.what
    assert "check `instance`" in refused.value.fix
