from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from localdandi.pages.picture import draw, panels


@pytest.fixture
def nwb(tmp_path: Path) -> Path:
    """All that can be drawn, with more of it than is."""
    path = tmp_path / "a.nwb"
    with h5py.File(path, "w") as file:
        for name, kind, data in (
            ("acquisition/probe", "ElectricalSeries", np.random.default_rng(1).normal(size=(500, 32))),
            ("acquisition/wheel", b"TimeSeries", np.arange(10)),
            ("acquisition/flat", "SpatialSeries", np.zeros(4)),
            ("acquisition/plane", "TwoPhotonSeries", np.ones((7, 4, 5))),
            ("acquisition/text", "TimeSeries", np.array([b"a", b"b"])),
            ("acquisition/empty", "TimeSeries", np.zeros(0)),
        ):
            group = file.create_group(name)
            group.attrs["neurodata_type"] = kind
            group["data"] = data
        file["acquisition/wheel/timestamps"] = np.arange(10) / 2
        units = file.create_group("units")
        units.attrs["neurodata_type"] = "Units"
        units["spike_times"] = [0.5, 1.0, 40.0, 0.1]
        units["spike_times_index"] = [3, 3, 4]
    return path


def test_what_is_drawn_of_a_file(nwb: Path) -> None:
    with h5py.File(nwb) as file:
        titles = [title for title, _ in panels(file)]
    assert titles == ["units: 3 units", "acquisition/plane: mean of 7 frames", "acquisition/flat"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_drawn(nwb: Path, tmp_path: Path, theme: str) -> None:
    draw(str(nwb), tmp_path / "a.png", theme)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_traces_of_many_channels_and_of_flat_ones(nwb: Path, tmp_path: Path) -> None:
    with h5py.File(nwb, "a") as file:
        del file["units"], file["acquisition/plane"]
        titles = [title for title, _ in panels(file)]
    assert titles == ["acquisition/flat", "acquisition/probe", "acquisition/wheel"]
    draw(str(nwb), tmp_path / "a.png", "light")


def test_nothing_to_draw_is_said(tmp_path: Path) -> None:
    draw("", tmp_path / "a.png", "light")
    assert (tmp_path / "a.png").stat().st_size > 0
