from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.errors import UserError
from dandifile.spec.load import find_spec, spec_file


def test_finds_the_spec_here_or_in_the_nearest_parent(tmp_path: Path) -> None:
    deep = tmp_path / "lab" / "data" / "raw"
    deep.mkdir(parents=True)
    (tmp_path / "dandiset.yaml").touch()
    (tmp_path / "lab" / "dandiset.yaml").touch()
    assert find_spec(deep) == find_spec(tmp_path / "lab") == (tmp_path / "lab" / "dandiset.yaml").resolve()
    assert find_spec(tmp_path) == (tmp_path / "dandiset.yaml").resolve()


def test_a_folder_of_that_name_is_no_spec(tmp_path: Path) -> None:
    (tmp_path / "dandiset.yaml").touch()
    (tmp_path / "lab" / "dandiset.yaml").mkdir(parents=True)
    assert find_spec(tmp_path / "lab") == (tmp_path / "dandiset.yaml").resolve()


def test_a_folder_that_is_named_names_the_spec_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dandiset.yaml").touch()
    assert spec_file(tmp_path) == tmp_path / "dandiset.yaml"
    assert spec_file(tmp_path / "other.yaml") == tmp_path / "other.yaml"
    monkeypatch.chdir(tmp_path)
    assert spec_file(None) == (tmp_path / "dandiset.yaml").resolve()


def test_says_what_to_do_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no dandiset\.yaml") as caught:
        find_spec(tmp_path)
    assert "dandifile init" in caught.value.fix
