"""Locations in NWB files: which places are read, and what is no place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dandifile.model import Location, Record, Regions, Vocabulary
from dandifile.survey.nwb.glimpse import read_locations
from dandifile.survey.stages import locate_everywhere
from dandifile.survey.survey import survey
from tests.survey.lab import Runner, aged, spec_of, write
from tests.survey.located import MOUSE, RAT, write_located

ASKED = Regions(from_nwb=True)

PLACES: dict[str, tuple[Mapping[str, Any], list[str]]] = {
    "nothing": ({}, []),
    "electrodes, each word once and sorted": ({"electrodes": ["VISp", "CA1", "VISp"]}, ["CA1", "VISp"]),
    "imaging planes": ({"planes": ["V1", "V2"]}, ["V1", "V2"]),
    "intracellular electrodes": ({"cells": ["layer 5"]}, ["layer 5"]),
    "optogenetic sites": ({"sites": ["CA3"]}, ["CA3"]),
    "all of them": (
        {"electrodes": ["a"], "planes": ["b"], "cells": ["c"], "sites": ["d"]},
        ["a", "b", "c", "d"],
    ),
    "blanks around words do not count": ({"planes": [" CA1 ", "CA1"]}, ["CA1"]),
    "what says nothing": ({"electrodes": ["unknown", " ", "n/a", "None", "N/A", "CA1"]}, ["CA1"]),
    "a group speaks for electrodes that do not": ({"electrodes": ["unknown"], "group": "CA1"}, ["CA1"]),
    "it is silent beside electrodes that do": ({"electrodes": ["CA3"], "group": "see electrodes"}, ["CA3"]),
    "a group without electrodes": ({"group": "CA2"}, ["CA2"]),
}


@pytest.mark.parametrize("name", PLACES)
def test_words_are_taken_from(tmp_path: Path, name: str) -> None:
    given, words = PLACES[name]
    path = write_located(tmp_path / "a.nwb", **given)
    assert read_locations({"path": str(path)}) == {"words": words, "mouse": True}


@pytest.mark.parametrize(("species", "mouse"), [
    (MOUSE, True),
    ("mus musculus domesticus", True),
    ("Mouse", True),
    ("house mouse", True),
    ("http://purl.obolibrary.org/obo/NCBITaxon_10090", True),
    (RAT, False),
    ("Musculus", False),
    ("http://purl.obolibrary.org/obo/NCBITaxon_10116", False),
    ("http://purl.obolibrary.org/obo/NCBITaxon_100901", False),
    ("mouse lemur", False),
    ("", False),
])  # fmt: skip
def test_whether_it_is_a_mouse(tmp_path: Path, species: str, mouse: bool) -> None:
    path = write_located(tmp_path / "a.nwb", species=species, planes=["CA1"])
    assert read_locations({"path": str(path)}) == {"words": ["CA1"], "mouse": mouse}


def test_what_is_no_nwb_file_says_nothing_known(tmp_path: Path) -> None:
    assert read_locations({"path": str(write(tmp_path / "a.nwb"))}) is None


def test_the_survey_gives_each_asset_its_locations(tmp_path: Path) -> None:
    write_located(tmp_path / "data/m.nwb", electrodes=["VISp"])
    write_located(tmp_path / "data/r.nwb", species=RAT, planes=["CA1"])
    write_located(tmp_path / "data/none.nwb")
    write(tmp_path / "data/film.mp4")
    local = survey(spec_of(tmp_path, "data", regions=ASKED), Runner(), known={}, record=Record())
    found = {asset.source: asset.locations for asset in local.assets}
    assert found == {
        "data/m.nwb": (Location("VISp", mouse=True),),
        "data/r.nwb": (Location("CA1", mouse=False),),
        "data/none.nwb": (),
        "data/film.mp4": None,
    }


def test_nobody_looks_for_them_unless_they_are_wanted(tmp_path: Path) -> None:
    write_located(tmp_path / "data/m.nwb", electrodes=["VISp"])
    run = Runner()
    local = survey(spec_of(tmp_path, "data"), run, known={}, record=Record())
    assert [asset.locations for asset in local.assets] == [None]
    assert run.count("locations") == 0


def test_a_file_is_opened_again_only_when_it_has_changed(tmp_path: Path) -> None:
    path = aged(write_located(tmp_path / "data/m.nwb", electrodes=["VISp"]))
    spec, run = spec_of(tmp_path, "data", regions=ASKED), Runner()
    local = survey(spec, run, known={}, record=Record())
    known = {asset.digest: (asset.path,) for asset in local.assets}
    run.performed.clear()
    again = survey(spec, run, known=known, record=Record())
    assert [asset.locations for asset in again.assets] == [(Location("VISp", mouse=True),)]
    write_located(path, electrodes=["CA1"])
    changed = survey(spec, run, known=known, record=Record())
    assert [asset.locations for asset in changed.assets] == [(Location("CA1", mouse=True),)]


def test_everywhere_says_whether_all_is_here(tmp_path: Path) -> None:
    write_located(tmp_path / "data/m.nwb", electrodes=["VISp"])
    run = Runner()
    said = {"data/m.nwb": (Location("VISp", mouse=True),)}
    assert locate_everywhere(spec_of(tmp_path, "data"), run) == (said, True)
    assert locate_everywhere(spec_of(tmp_path, "data", "more"), run) == (said, False)
    write(tmp_path / "data/b.nwb")
    assert locate_everywhere(spec_of(tmp_path, "data"), run) == (said | {"data/b.nwb": None}, False)
    assert run.count("digest") == 0


def test_the_vocabulary_says_what_else_is_a_mouse(tmp_path: Path) -> None:
    aged(write_located(tmp_path / "raw" / "a.nwb", species="Lab  Mouse", planes=["CA1"]))
    run = Runner()
    for species, mouse in (({}, False), ({"lab mouse": "NCBITaxon:10090"}, True), ({}, False)):
        spec = spec_of(tmp_path, "raw", regions=ASKED, vocabulary=Vocabulary(species=species))
        found, _ = locate_everywhere(spec, run)
        assert found == {"raw/a.nwb": (Location("CA1", mouse),)}
