"""What maintainers run: the scripts in `.ci/`, which are no package."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

from tests.frame import ROOT


def load_script(name: str) -> Any:
    """The module of `.ci/NAME.py`."""
    found = spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert found
    assert found.loader
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module
