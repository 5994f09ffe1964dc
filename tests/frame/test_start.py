"""A start is quick because it imports nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

# pydantic is not among them: typer itself loads it, for flags, where it is installed.
HEAVY = {
    "dandi",
    "dandischema",
    "fastapi",
    "h5py",
    "hdmf",
    "jinja2",
    "jsonschema",
    "keyring",
    "numpy",
    "nwbinspector",
    "pandas",
    "pynwb",
    "requests",
    "ruamel",
    "starlette",
    "uvicorn",
}

PROBE = """
import json, sys
sys.argv = ["dandifile", *{arguments!r}]
from dandifile.boundary import main
try:
    code = main()
except SystemExit as end:
    code = end.code
print("\\n" + json.dumps([code or 0, sorted(sys.modules)]))
"""


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "--help"]], ids=" ".join)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    probe = [sys.executable, "-I", "-c", PROBE.format(arguments=arguments)]
    ended = subprocess.run(probe, capture_output=True, text=True, check=True)
    code, modules = json.loads(ended.stdout.splitlines()[-1])
    assert code == 0
    assert {module.split(".")[0] for module in modules} & HEAVY == set()


def test_what_speaks_http_is_loaded_with_the_first_request() -> None:
    probe = "import sys, dandifile.archive.transfer, dandifile.lookup.resolution; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-I", "-c", probe], capture_output=True, text=True, check=True)
    loaded = set(ended.stdout.split())
    assert "dandifile.net.connections" in loaded
    assert not loaded & {"requests", "urllib3"}


def test_the_help_says_each_command_in_one_whole_line() -> None:
    from typer.testing import CliRunner

    from dandifile.cli import app

    said = CliRunner().invoke(app, ["--help"], terminal_width=80).output
    assert [line for line in said.splitlines() if line.endswith("...")][1:] == []  # after the usage


def test_the_help_lists_the_commands_in_the_order_in_which_a_dandiset_needs_them() -> None:
    from typer.testing import CliRunner

    from dandifile.cli import app

    said = CliRunner().invoke(app, ["--help"], terminal_width=80).output
    listed = [line.split()[0] for line in said.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed[:3] == ["init", "import", "check"]
    assert listed.index("plan") < listed.index("apply") < listed.index("publish") < listed.index("archive")


def test_the_package_can_be_run_as_a_module() -> None:
    ended = subprocess.run(
        [sys.executable, "-I", "-m", "dandifile", "--version"], capture_output=True, text=True, check=True
    )
    assert ended.stdout.startswith("dandifile ")
