"""What is said where dandifile was installed without its extras."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dandifile.errors import Exit

WITHOUT = """
import sys

HIDDEN = set(sys.argv[1].split(","))


class Hiding:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Hiding())
sys.argv = ["dandifile", *sys.argv[2:]]
from dandifile.boundary import main
main()
"""
LOCAL = "anyio,httptools,matplotlib,starlette,uvicorn"
SPEC = "dandifile: 1\ninstance: local\nname: Place cells\npaths: [{source: data, standard: any}]\n"


def without(hidden: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT, hidden, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dandiset.yaml").write_text(SPEC, "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("a", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["demo", "new"],
        ["plan"],
        ["apply", "--create", "--yes"],
        ["status"],
        ["archive", "serve", "--port", "0", "--store", "store"],
        ["archive", "reset", "--store", "store", "--yes"],
    ],
    ids=" ".join,
)
def test_the_embedded_archive_names_its_extra(folder: Path, arguments: list[str]) -> None:
    (folder / "store").mkdir()
    ran = without(LOCAL, folder, *arguments)
    assert ran.returncode == Exit.INPUT, ran.stderr
    assert 'pip install "dandifile[local]"' in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (folder / "new").exists()


def test_what_needs_no_archive_needs_no_extra(folder: Path) -> None:
    for arguments in (["check"], ["scan"], ["archive", "list", "--store", "store"]):
        ran = without(f"{LOCAL},distributed,dask", folder, *arguments)
        assert ran.returncode == Exit.DONE, ran.stderr


def test_dask_names_its_extra(folder: Path) -> None:
    (folder / "dandiset.yaml").write_text(SPEC.replace("local", "dandi-sandbox"), "utf-8")
    ran = without("distributed,dask", folder, "scan", "--executor", "dask://127.0.0.1:1")
    assert ran.returncode == Exit.INPUT, ran.stderr
    assert 'pip install "dandifile[dask]"' in ran.stderr
