"""A file that is read once says the same as one that each tool opens itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import pytest

from dandifile.errors import DataError
from dandifile.model import JsonObject
from dandifile.survey.nwb.extract import extract
from dandifile.survey.nwb.one_open import (
    NwbSpecCache,
    NwbSpecs,
    content_digest,
    lend_file,
    load_specs,
    replaced_attribute,
)
from dandifile.survey.nwb.validate import inspect, validate
from dandifile.survey.task import silence_packages
from tests.frame import ROOT
from tests.real import NWB
from tests.survey.lab import needs_shared_data, write, write_nwb
from tests.survey.nwb.odd_nwb import NAMES

LENT = {
    "externally_linked.nwb",
    "link_to_nothing.nwb",
    "mistyped.nwb",
    "newer_core.nwb",
    "one.nwb",
    "plain.nwb",
    "second.nwb",
    "texts_in_lists.nwb",
    "two.nwb",
}
"""Those that are read once; with the others something is unusual, and each tool opens them itself."""

ALONE = """
import json, sys
from dandifile.survey.nwb.extract import extract
from dandifile.survey.nwb.validate import validate
params = {"path": sys.argv[1]}
print(json.dumps([extract(params), validate(params)]))
"""


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    program = [sys.executable, "-W", "ignore", "-m", "tests.survey.nwb.odd_nwb", str(folder)]
    subprocess.run(program, cwd=ROOT, check=True)
    return folder


def one_by_one(path: Path) -> tuple[Any, Any]:
    """What extraction and validation say, or the error that a step ends with."""
    params = {"path": str(path)}
    return _said(extract, params), _said(validate, params)


def _said(function: Any, params: JsonObject) -> Any:
    try:
        return function(params)
    except DataError as error:
        return str(error)


def at_once(path: Path) -> tuple[Any, Any]:
    try:
        output = inspect({"path": str(path)})
    except DataError as error:
        return str(error), validate({"path": str(path)})
    return output["extract"], output["validate"]


def dandi_results(path: Path) -> list[str]:
    """All that the dandi client would tell, in its own words."""
    from dandi.files.bases import NWBAsset

    results = NWBAsset(filepath=path, path=path.name, dandiset_path=None).get_validation_errors()
    said = [result.model_dump(mode="json", exclude={"origin_result", "record_version"}) for result in results]
    return [json.dumps(one, sort_keys=True, default=str) for one in said]


@pytest.mark.parametrize("name", NAMES)
def test_metadata_and_findings_are_the_same_however_often_it_is_opened(odd: Path, name: str) -> None:
    assert at_once(odd / name) == one_by_one(odd / name)


@pytest.mark.parametrize("name", NAMES)
def test_which_files_are_read_once(odd: Path, name: str) -> None:
    with silence_packages(), lend_file(str(odd / name)) as lent:
        assert lent == (name in LENT)


@needs_shared_data
@pytest.mark.parametrize("name", sorted(path.name for path in NWB.glob("*.nwb")))
def test_every_real_file_says_the_same(name: str) -> None:
    assert at_once(NWB / name) == one_by_one(NWB / name)


def told_both_ways(paths: Iterable[Path]) -> list[tuple[list[str], list[str]]]:
    told = []
    with silence_packages():
        for path in paths:
            with lend_file(str(path)):
                lent = dandi_results(path)
            told.append((lent, dandi_results(path)))
    return told


def test_the_dandi_client_tells_the_same_word_for_word(odd: Path) -> None:
    told = told_both_ways(odd / name for name in sorted(LENT))
    assert all(lent == own for lent, own in told)
    assert sum(len(own) for _, own in told) > len(LENT)


@needs_shared_data
def test_the_dandi_client_tells_the_same_of_real_files() -> None:
    told = told_both_ways(sorted(NWB.glob("*.nwb")))
    assert all(lent == own for lent, own in told)
    assert any(own for _, own in told)


def test_no_file_sees_what_another_brought_along(odd: Path) -> None:
    """In either order, in one process, as each alone in a fresh one."""
    names = ["one.nwb", "another_meaning.nwb", "plain.nwb"]
    environ = os.environ | {"PYTHONWARNINGS": "ignore"}
    alone = [
        subprocess.Popen([sys.executable, "-c", ALONE, str(odd / name)], stdout=subprocess.PIPE, env=environ)
        for name in names
    ]
    fresh = {name: tuple(json.loads(run.communicate()[0])) for name, run in zip(names, alone, strict=True)}
    for order in (names, names[::-1]):
        assert {name: at_once(odd / name) for name in order} == fresh
    assert fresh["one.nwb"] != fresh["another_meaning.nwb"]


def test_media_that_are_missing_beside_this_copy_are_reported(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "a.nwb", external_video="v.mp4")
    assert inspect({"path": str(path)})["missing_media"] == ["v.mp4"]
    write(tmp_path / "v.mp4")
    there = inspect({"path": str(path)})
    assert there["missing_media"] == []
    assert there["validate"] == validate({"path": str(path)})


def test_the_tools_have_their_own_ways_back_afterwards(odd: Path) -> None:
    import dandi.pynwb_utils
    import nwbinspector._nwb_inspection
    import pynwb

    def ways() -> list[object]:
        inspection = nwbinspector._nwb_inspection
        return [pynwb.validate, dandi.pynwb_utils.NWBHDF5IO, inspection._read_nwbfile_and_io]

    def interrupted() -> None:
        with silence_packages(), lend_file(str(odd / "plain.nwb")):
            assert all(own is not lent for own, lent in zip(before, ways(), strict=True))
            raise KeyboardInterrupt

    before = ways()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert ways() == before


def test_an_error_that_holds_the_whole_file_is_named_in_short(odd: Path) -> None:
    found = validate({"path": str(odd / "another_meaning.nwb")})["findings"]
    [unread] = [finding for finding in found if finding["check"] == "pynwb.read"]
    assert len(unread["message"]) < 400
    assert "level" in unread["message"]


def test_the_file_is_closed_afterwards(odd: Path, tmp_path: Path) -> None:
    import h5py

    path = write(tmp_path / "x.nwb", (odd / "plain.nwb").read_bytes())
    inspect({"path": str(path)})
    with h5py.File(path, "a"):
        path.stat()


def test_a_version_of_the_tools_without_such_a_way_is_lent_nothing() -> None:
    tool = ModuleType("tool")
    with replaced_attribute(tool, "open_file", print):
        assert not hasattr(tool, "open_file")


def test_nothing_reaches_the_terminal(odd: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("plain.nwb", "two.nwb", "newer_core.nwb", "text.nwb"):
        at_once(odd / name)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


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
    with silence_packages(), h5py.File(write_nwb(tmp_path / "a.nwb")) as file:
        specs = load_specs(file)
    assert specs is not None
    assert [validator.namespace.name for validator in specs.validators] == ["core"]
    assert "core" in specs.type_map.namespace_catalog.namespaces


def test_specifications_that_pynwb_cannot_load_are_none(tmp_path: Path) -> None:
    with silence_packages(), h5py.File(specs_file(tmp_path / "a")) as file:
        assert load_specs(file) is None
