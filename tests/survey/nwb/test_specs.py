from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import pytest

from dandifile.survey.nwb.one_open import NwbSpecCache, NwbSpecs, content_digest, load_specs
from dandifile.survey.quiet import quiet
from tests.survey.lab import write_nwb


def specs_file(
    path: Path, text: str = '{"a": 1}', change: Callable[[Any], object] = lambda group: None
) -> Path:
    with h5py.File(path, "w") as file:
        group = file.create_group("specifications")
        group["core/1.0/namespace"] = text
        file.attrs[".specloc"] = group.ref
        change(group)
    return path


def digest_of(path: Path) -> str | None:
    with h5py.File(path) as file:
        return content_digest(file)


def test_the_same_content_has_the_same_digest_whatever_else_the_file_holds(tmp_path: Path) -> None:
    one, other = specs_file(tmp_path / "a"), specs_file(tmp_path / "b")
    with h5py.File(other, "a") as file:
        file["data"] = [1, 2, 3]
    assert digest_of(one) == digest_of(other) is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda group: group.move("core/1.0", "core/1.1"),
        lambda group: group.move("core", "lab"),
        lambda group: group.__setitem__("core/1.0/more", "{}"),
        lambda group: group.create_group("core/2.0"),
    ],
)
def test_another_name_version_or_text_is_another_content(
    tmp_path: Path, change: Callable[[Any], object]
) -> None:
    own = digest_of(specs_file(tmp_path / "a"))
    assert digest_of(specs_file(tmp_path / "b", change=change)) not in (own, None)
    assert digest_of(specs_file(tmp_path / "c", text='{"a": 2}')) not in (own, None)


@pytest.mark.parametrize(
    "change",
    [
        lambda group: group.__setitem__("link", h5py.SoftLink("/specifications/core")),
        lambda group: group.__setitem__("link", h5py.ExternalLink("x.h5", "/")),
        lambda group: group.__setitem__("numbers", [1, 2]),
        lambda group: group.file.attrs.__delitem__(".specloc"),
    ],
)
def test_what_hdmf_does_not_write_has_no_digest(tmp_path: Path, change: Callable[[Any], object]) -> None:
    assert digest_of(specs_file(tmp_path / "a", change=change)) is None


def test_what_is_loaded_is_kept_and_the_least_used_is_dropped(tmp_path: Path) -> None:
    loaded: list[str] = []

    def fake(file: Any) -> NwbSpecs | None:
        loaded.append(Path(file.filename).name)
        return None if "bad" in file.filename else NwbSpecs(file.filename, ())

    specs = NwbSpecCache(fake, limit=2)

    def of(name: str) -> NwbSpecs | None:
        with h5py.File(specs_file(tmp_path / name, text=name)) as file:
            return specs.of(file)

    assert of("a") == of("a")
    assert of("bad") is of("bad") is None
    assert loaded == ["a", "bad"]
    of("a"), of("c"), of("a"), of("bad")
    assert loaded == ["a", "bad", "c", "bad"]


def test_specifications_of_a_real_file_are_loaded_for_reading_and_validating(tmp_path: Path) -> None:
    with quiet(), h5py.File(write_nwb(tmp_path / "a.nwb")) as file:
        specs = load_specs(file)
    assert specs is not None
    assert [validator.namespace.name for validator in specs.validators] == ["core"]
    assert "core" in specs.type_map.namespace_catalog.namespaces


def test_specifications_that_pynwb_cannot_load_are_none(tmp_path: Path) -> None:
    with quiet(), h5py.File(specs_file(tmp_path / "a")) as file:
        assert load_specs(file) is None
