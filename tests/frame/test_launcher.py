"""The launcher, as a copy in a checkout of the test's own."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from tests.frame import ROOT

posix = pytest.mark.skipif(sys.platform == "win32", reason="scripts and signals as on POSIX")

PROJECT = '[project]\nname = "sample"\nversion = "1"\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the launcher, a pyproject.toml and no .venv; its name has a space."""
    folder = tmp_path / "a checkout"
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / "dandifile", folder / "dandifile")
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (folder / ".ci" / "constraints.txt").write_text("", encoding="utf-8")
    return folder


def load(checkout: Path) -> ModuleType:
    loader = SourceFileLoader("launcher", str(checkout / "dandifile"))
    spec = spec_from_loader("launcher", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def install_by_hand(checkout: Path, command: str, extra: str = "local") -> None:
    """A finished installation, as the launcher knows it, whose command is the given Python source."""
    folder = checkout / ".venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    (folder / "dandifile").write_text(command, encoding="utf-8")
    load(checkout).write_stamp(extra)


def start(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, checkout / "dandifile", *arguments],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


# --- A start when everything is there -----------------------------------------------------------


@posix
def test_it_hands_over_arguments_and_exit_code_and_says_nothing(checkout: Path) -> None:
    install_by_hand(checkout, "import sys; print(sys.argv[1:]); sys.exit(4)")
    ended = start(checkout, "plan", "--path", "sub 1/**", PYTHONPATH="elsewhere")
    assert (ended.returncode, ended.stdout, ended.stderr) == (4, "['plan', '--path', 'sub 1/**']\n", "")


@posix
def test_other_software_on_pythonpath_stays_out(checkout: Path) -> None:
    install_by_hand(checkout, "import sys; print('elsewhere' in ' '.join(sys.path))")
    assert start(checkout, PYTHONPATH="elsewhere").stdout == "False\n"


@posix
def test_it_imports_almost_nothing(checkout: Path) -> None:
    install_by_hand(checkout, "")
    # -S leaves out site and what it imports; -X importtime prints a line an import.
    light = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "importtime", checkout / "dandifile"],
        capture_output=True,
        text=True,
        check=True,
    )
    mine = light.stderr.split("import time: self [us]")[1]
    imported = {line.split("|")[-1].strip() for line in mine.splitlines()}
    assert "os" in imported
    assert imported & {"pathlib", "re", "subprocess", "typing", "venv", "shutil", "time"} <= {"time"}


# --- When it installs again -----------------------------------------------------------------------


@posix
@pytest.mark.parametrize(("installed", "wanted", "ready"), [
    ("local", "local", True),
    ("dev", "local", True),
    ("dev", "dev", True),
    ("local", "dev", False),
])  # fmt: skip
def test_an_extra_that_holds_the_wanted_one_will_do(
    checkout: Path, installed: str, wanted: str, ready: bool
) -> None:
    install_by_hand(checkout, "", extra=installed)
    assert load(checkout).is_ready(wanted) is ready


def test_without_a_stamp_nothing_is_ready(checkout: Path) -> None:
    assert not load(checkout).is_ready("local")


@posix
@pytest.mark.parametrize("file", ["pyproject.toml", ".ci/constraints.txt"])
def test_a_changed_ingredient_asks_for_an_installation(checkout: Path, file: str) -> None:
    install_by_hand(checkout, "")
    with (checkout / file).open("a", encoding="utf-8") as ingredient:
        ingredient.write("# more\n")
    assert not load(checkout).is_ready("local")


@posix
def test_a_moved_checkout_asks_for_an_installation(checkout: Path) -> None:
    install_by_hand(checkout, "")
    moved = checkout.rename(checkout.with_name("moved"))
    assert not load(moved).is_ready("local")


@posix
def test_another_interpreter_asks_for_an_installation(checkout: Path) -> None:
    install_by_hand(checkout, "")
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    shutil.copy(sys.executable, python)
    assert not load(checkout).is_ready("local")


# --- What can go wrong ---------------------------------------------------------------------------


def test_an_old_python_can_read_the_launcher() -> None:
    assert ast.parse((ROOT / "dandifile").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize(("version", "told"), [((3, 6, 8), True), ((3, 10, 13), True), ((3, 11, 0), False)])
def test_an_old_python_is_told(checkout: Path, version: tuple[int, ...], told: bool) -> None:
    fault = load(checkout).python_fault(version)
    assert ("needs Python 3.11 or newer" in fault and "hint:" in fault) is told


def test_the_last_complaint_of_pip_is_shown(checkout: Path) -> None:
    output = "ERROR: could not connect\nmore\n   ERROR: No matching distribution for x\n[notice] hello\n"
    fault = load(checkout).pip_fault(1, output)
    assert "No matching distribution for x" in fault
    assert "dandifile-install.log" in fault


def test_an_environment_that_works_is_kept_and_any_other_is_made_anew(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    launcher = load(checkout)
    launcher.make_environment()
    shutil.rmtree(launcher.BIN)
    launcher.make_environment()
    assert capfd.readouterr().err.count("making .venv") == 2
    mine = checkout / ".venv" / "mine.txt"
    mine.touch()
    launcher.make_environment()
    assert mine.exists()
    assert capfd.readouterr().err == ""


@posix
def test_a_failed_installation_is_told_and_repeated(checkout: Path) -> None:
    install_by_hand(checkout, "")
    (checkout / "pyproject.toml").write_text(PROJECT.replace("sample", "another"), encoding="utf-8")
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    for _ in range(2):
        ended = start(checkout, "plan", **offline)
        assert ended.returncode == 3
        assert ended.stdout == ""
        assert "installing dandifile" in ended.stderr
        log = next(line.split(": ", 1)[1] for line in ended.stderr.splitlines() if line.startswith("  at: "))
        assert "ERROR" in Path(log).read_text(encoding="utf-8")
        assert not load(checkout).is_ready("local")


@posix
def test_a_checkout_that_cannot_be_written_is_told(checkout: Path) -> None:
    (checkout / ".venv.lock").mkdir()
    ended = start(checkout)
    assert ended.returncode == 3
    assert "error: " in ended.stderr
    assert "Traceback" not in ended.stderr


@posix
def test_a_second_launcher_waits_for_the_first_and_installs_nothing(checkout: Path) -> None:
    launcher = load(checkout)
    (checkout / ".venv").mkdir()
    with launcher.take_lock():
        second = subprocess.Popen(
            [sys.executable, checkout / "dandifile"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr
        assert "waiting" in second.stderr.readline()
        (checkout / ".venv").rmdir()
        install_by_hand(checkout, "print('handed over')")
    output, said = second.communicate(timeout=30)
    assert (second.returncode, output, said) == (0, "handed over\n", "")


@posix
def test_an_interruption_ends_with_its_exit_code(checkout: Path) -> None:
    launcher = load(checkout)
    with launcher.take_lock():
        waiting = subprocess.Popen(
            [sys.executable, checkout / "dandifile"], stderr=subprocess.PIPE, text=True
        )
        assert waiting.stderr
        waiting.stderr.readline()
        waiting.send_signal(signal.SIGINT)
        _, said = waiting.communicate(timeout=30)
    assert waiting.returncode == 130
    assert "Traceback" not in said


@posix
def test_a_link_to_the_launcher_starts_the_checkout_that_it_is_in(checkout: Path, tmp_path: Path) -> None:
    install_by_hand(checkout, "print('it ran')")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "dandifile").symlink_to(checkout / "dandifile")
    ran = start(tmp_path / "bin")
    assert ran.stdout == "it ran\n"
    assert [file.name for file in (tmp_path / "bin").iterdir()] == ["dandifile"]
