"""The dandi package's own tests against this archive: they do what they do against the real one.

The suite runs once, as two processes side by side, and each of its tests is a test here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path

import pytest

from localdandi.testing import TestArchive, archive

# All of it, even if it is slow on a busy machine.
pytestmark = pytest.mark.timeout(1800)

_RECORDED = "0.81.0"
_NEEDED = ("anys", "cv2", "pytest_mock", "pytest_rerunfailures", "responses", "vcr")
# About the same work each.
_HALVES = (
    ("tests/test_upload.py", "tests/test_dandiapi.py"),
    (
        "cli/tests/test_service_scripts.py",
        "tests/test_dandiarchive.py",
        "tests/test_delete.py",
        "tests/test_download.py",
        "tests/test_files.py",
        "tests/test_keyring.py",
        "tests/test_metadata.py",
        "tests/test_move.py",
    ),
)


# The client knows the archive of its tests by this address alone, but for the host's name. Where the
# whole of 127.0.0.0/8 is this machine, one of our own leaves localhost:8000 to others.
_HOST = f"127.0.{os.getpid() % 250 + 1}.7" if sys.platform == "linux" else "127.0.0.1"


def _expected() -> dict[str, str]:
    text = (Path(__file__).parent / "outcomes.txt").read_text(encoding="utf-8")
    pairs = (line.split(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: outcome for outcome, name in pairs}


EXPECTED = _expected()


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What every test of the suite did: passed, failed, error, skipped or xfailed."""
    for module in _NEEDED:
        pytest.importorskip(module, reason="the dandi package's tests need the extra `dandi[test]`")
    if version("dandi") != _RECORDED:
        pytest.skip(f"the outcomes are those of dandi {_RECORDED}, and this is {version('dandi')}")
    folder = tmp_path_factory.mktemp("suite")
    with archive(folder / "store", host=_HOST, port=8000) as running:
        halves = [_start(running, folder / f"half{place}", half) for place, half in enumerate(_HALVES)]
        for half in halves:
            half.wait()
    return {
        name: what for place in range(len(_HALVES)) for name, what in _read(folder / f"half{place}").items()
    }


def _start(running: TestArchive, folder: Path, modules: tuple[str, ...]) -> subprocess.Popen[bytes]:
    import dandi

    folder.mkdir()
    package = Path(dandi.__file__).parent
    command = [sys.executable, "-m", "pytest", *(str(package / module) for module in modules)]
    options = ["--dandi-api", "-q", "-p", "no:cacheprovider", "--rootdir", str(package), "--timeout", "600"]
    report = [f"--junitxml={folder / 'report.xml'}", f"--basetemp={folder / 'tmp'}"]
    environment = os.environ | {
        "DANDI_INSTANCEHOST": _HOST,
        "DANDI_TESTS_API_URL": running.api_url,
        "DANDI_TESTS_DJANGO_API_KEY": running.key,
        "DANDI_NO_ET": "1",
        # Its logs and caches are not the user's, nor the other half's.
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "GIT_TERMINAL_PROMPT": "0",
    }
    with (folder / "output.txt").open("wb") as output:
        return subprocess.Popen(
            [*command, *options, *report], cwd=folder, env=environment, stdout=output, stderr=output
        )


def _read(folder: Path) -> dict[str, str]:
    report = folder / "report.xml"
    assert report.exists(), (folder / "output.txt").read_text(encoding="utf-8", errors="replace")[-5000:]
    cases = ET.parse(report).getroot().iter("testcase")
    return {
        f"dandi.{case.get('classname', '').rpartition('dandi.')[2]}::{case.get('name')}": _outcome(case)
        for case in cases
    }


def _outcome(case: ET.Element) -> str:
    for kind in ("error", "failure"):
        found = case.find(kind)
        if found is not None:
            return f"{kind}: {found.get('message', '')[:300]}"
    skipped = case.find("skipped")
    if skipped is None:
        return "passed"
    return "xfailed" if skipped.get("type") == "pytest.xfail" else f"skipped: {skipped.get('message')}"


@pytest.mark.parametrize("name", EXPECTED)
def test_as_against_the_real_archive(outcomes: dict[str, str], name: str) -> None:
    expected, found = EXPECTED[name], outcomes.get(name, "not run")
    if expected == "network" and "git" in found and found.startswith("error"):
        pytest.skip("it clones a repository from the network first")
    assert found == ("passed" if expected == "network" else expected)


def test_no_test_of_the_suite_is_left_out(outcomes: dict[str, str]) -> None:
    assert outcomes.keys() == EXPECTED.keys()
    assert list(EXPECTED.values()).count("passed") == 296
