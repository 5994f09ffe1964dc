"""What the archive calls itself: settings, and nothing of the caller's environment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from localdandi import validator
from localdandi.document import StartError
from localdandi.instance import Instance
from localdandi.serving import listen
from localdandi.testing import archive
from tests.localdandi.conftest import client_of

_OTHER = Instance(
    name="EMBER-DANDI",
    identifier="RRID:SCR_026700",
    web_url="https://dandi.example.org",
    doi_prefix="10.12345",
    licenses=("spdx:MIT",),
)


def test_the_defaults_are_production_s() -> None:
    default = Instance()
    assert (default.name, default.schema_version) == ("DANDI", "0.7.0")
    assert set(default.licenses) == {"spdx:CC0-1.0", "spdx:CC-BY-4.0"}


def test_an_instance_goes_by_its_own_name(store: Path) -> None:
    with archive(store, instance=_OTHER) as running:
        client = client_of(running, running.key)
        info = client("GET", "/info/").json()
        dandiset = client.create()
        draft = client("GET", f"/dandisets/{dandiset}/versions/draft/").json()
        taken = client(
            "POST", "/dandisets/", json={"name": "x", "metadata": {"identifier": "EMBER-DANDI:000001"}}
        )
        foreign = client(
            "POST", "/dandisets/", json={"name": "x", "metadata": {"identifier": "DANDI:000009"}}
        )
        licenses = client("GET", "/schemas/?model=Dandiset").json()["$defs"]["LicenseType"]
    assert info["instance_config"] == {
        "instance_name": "EMBER-DANDI",
        "instance_identifier": "RRID:SCR_026700",
        "instance_url": "https://dandi.example.org/",
        "doi_prefix": "10.12345",
        "licenses": ["spdx:MIT"],
    }
    assert info["services"]["webui"]["url"] == draft["repository"] == "https://dandi.example.org"
    assert info["services"]["api"]["url"] == running.api_url
    assert draft["identifier"] == f"EMBER-DANDI:{dandiset}"
    assert draft["url"] == f"https://dandi.example.org/dandiset/{dandiset}/draft"
    assert taken.json() == "Dandiset 000001 already exists"
    assert foreign.json() == "Invalid Identifier DANDI:000009"
    assert "spdx:MIT" in json.dumps(licenses)


def test_sending_back_what_was_read_changes_nothing_where_the_page_is_here(store: Path) -> None:
    with listen("127.0.0.1", 0) as listening:
        here = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with archive(store, instance=Instance(web_url=here), port=int(here.rpartition(":")[2])) as running:
        client = client_of(running, running.key)
        url = f"/dandisets/{client.create('Here', keywords=['a'])}/versions/draft/"
        changed = client("GET", url).json() | {"keywords": ["b"]}
        written = client("PUT", url, json={"name": "Here", "metadata": changed}).json()
        read = client("GET", url).json()
        with running.at_rest():
            before = client("GET", f"{url}info/").json()["modified"]
            assert client("PUT", url, json={"name": "Here", "metadata": read}).json()["modified"] == before
    assert written["metadata"]["repository"] == read["repository"] == here


def test_its_documents_are_valid_by_its_own_rules() -> None:
    found = validator.shared_validator(_OTHER).findings(
        {"schemaVersion": "0.7.0", "id": "DANDI:000001/draft"}, "Dandiset"
    )
    assert "EMBER" in json.dumps(found)


def test_the_caller_s_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DANDI_INSTANCE_NAME": "OTHER",
        "dandi_instance_identifier": "RRID:OTHER",
        "DJANGO_DANDI_WEB_APP_URL": "https://other.example.org",
        "DJANGO_DANDI_DOI_API_PREFIX": "10.99999",
        "Dandi_Licenses": '["spdx:GPL-3.0-only"]',
    }.items():
        monkeypatch.setenv(name, value)
    ours = validator.Validator(Instance())
    try:
        schema = json.dumps(ours.schema("PublishedDandiset"))
    finally:
        ours.close()
    assert "^DANDI:" in schema
    assert "CC-BY-4.0" in schema
    assert not any(theirs in schema for theirs in ("OTHER", "99999", "GPL"))


@pytest.mark.parametrize(
    ("given", "what", "fix"),
    [
        ({"name": "dandi"}, "name of the archive cannot be 'dandi'", "capital letters"),
        ({"identifier": "SCR_1"}, "identifier", "RRID:"),
        ({"web_url": "dandi.example.org"}, "web_url", "https://"),
        ({"doi_prefix": "11.1"}, "doi_prefix", "10.80507"),
        ({"licenses": "CC0"}, "no SPDX license is called 'CC0'", "https://spdx.org/licenses/"),
        ({"licenses": ","}, "allows no license", "CC0-1.0"),
        ({"schema_version": "0.6.0"}, "schema 0.6.0 cannot be served", "choose 0.7.0 or "),
    ],
)
def test_a_setting_that_cannot_be_is_refused(given: dict[str, str], what: str, fix: str) -> None:
    with pytest.raises(StartError) as caught:
        Instance.of_texts(**given)
    assert what in caught.value.what
    assert fix in caught.value.fix


def test_variables_set_an_instance_and_options_count_more() -> None:
    environ = {"LOCALDANDI_NAME": "LINC", "LOCALDANDI_LICENSES": "MIT, spdx:CC0-1.0"}
    found = Instance.of_environment(environ, name="EMBER", web_url="https://x.example.org/", doi_prefix="")
    assert found == Instance(
        name="EMBER", licenses=("spdx:MIT", "spdx:CC0-1.0"), web_url="https://x.example.org"
    )


def test_a_server_of_its_own_says_why_it_does_not_start(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "localdandi", str(tmp_path / "store"), "--schema-version", "9.9.9"]
    ran = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
    )
    assert (ran.returncode, json.loads(ran.stdout)["what"]) == (3, "schema 9.9.9 cannot be served")
    assert not (tmp_path / "store").exists()
