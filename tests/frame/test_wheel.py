"""What is shipped works without a checkout next to it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.frame import ROOT

SOURCE = ROOT / "src"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w"]
    subprocess.run([*command, folder, ROOT], check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installation does, far from the checkout."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_installed(installed: Path, source: str) -> str:
    source = f"import sys; sys.path.insert(0, {str(installed)!r}); {source}"
    command = [sys.executable, "-I", "-c", source]
    ended = subprocess.run(command, cwd=installed, check=True, capture_output=True, text=True)
    return ended.stdout


def test_it_holds_every_file_of_the_package_and_the_schemas(wheel: Path) -> None:
    sources = {
        file.relative_to(SOURCE).as_posix()
        for file in SOURCE.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    schemas = {f"dandifile/schemas/{file.name}" for file in (ROOT / "schemas").glob("*.json")}
    assert schemas
    with zipfile.ZipFile(wheel) as archive:
        assert sources | schemas <= set(archive.namelist())


def test_an_installed_package_prints_its_schema(installed: Path) -> None:
    printed = run_installed(
        installed, "sys.argv = ['dandifile', 'schema']; import dandifile.boundary as b; b.main()"
    )
    assert json.loads(printed)["title"] == "dandiset.yaml"


def test_an_installed_package_finds_its_own_schema(installed: Path) -> None:
    source = "from dandifile.schemafiles import schema_file; print(schema_file('dandiset.schema.json'))"
    assert Path(run_installed(installed, source).strip()).is_relative_to(installed)
