"""Draws what is inside an NWB file: `python -m localdandi.pages.picture FILE PNG THEME`.

A few traces, a raster of units, the mean of an image series: those that the file has, at most three.
The file is read as HDF5, so that it need not be valid, nor its extensions known. An empty FILE
draws a picture that says that there is none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

from localdandi.archive import Archive
from localdandi.document import ISOLATED

_INK = {"light": ("#ffffff", "#1d2126", "#14606b"), "dark": ("#1b1f23", "#e6e4df", "#6fc3cf")}
THEMES = tuple(_INK)
_MOST_PANELS = 3
_TRACES, _SAMPLES = 6, 20_000
_UNITS, _SPIKES = 60, 50_000
_SECONDS = 30  # of a raster: enough to see, few enough to tell spikes apart
_FRAMES, _MOST_BYTES = 100, 2**26

Panel = tuple[str, Callable[[Any, str], None]]
"""A title, and what draws into axes in a colour."""


def panels(file: Any) -> list[Panel]:
    """What can be drawn of an open HDF5 file."""
    images, series, units = list[Panel](), list[Panel](), list[Panel]()

    def look(name: str, found: Any) -> None:
        kind = found.attrs.get("neurodata_type", "")
        kind = kind.decode() if isinstance(kind, bytes) else str(kind)
        data = found.get("data") if hasattr(found, "get") else None
        if kind == "Units" and {"spike_times", "spike_times_index"} <= set(found):
            units.append(_raster(name, found))
        elif data is not None and hasattr(data, "shape") and data.size:
            if len(data.shape) == 3 and "electrodes" not in found and data.dtype.kind in "iuf":  # noqa: PLR2004
                images.append(_mean(name, data))
            elif len(data.shape) in (1, 2) and data.dtype.kind in "iuf" and "Series" in kind:
                series.append(_traces(name, found, data))

    file.visititems(look)
    return [*units[:1], *images[:1], *series[:_MOST_PANELS]][:_MOST_PANELS]


def _raster(name: str, table: Any) -> Panel:
    times = table["spike_times"]
    ends = [int(end) for end in table["spike_times_index"][:_UNITS]]
    spans = {unit: span for unit, span in enumerate(pairwise([0, *ends])) if span[0] < span[1]}
    first = min((float(times[start]) for start, _ in spans.values()), default=0.0)

    def draw(axes: Any, ink: str) -> None:
        trains = [times[start : min(end, start + _SPIKES)] for start, end in spans.values()]
        axes.eventplot(
            [train[train <= first + _SECONDS] for train in trains],
            lineoffsets=list(spans),
            colors=ink,
            linelengths=0.8,
            linewidths=0.7,
        )
        axes.set(xlabel="time (s)", ylabel="unit", xlim=(first, first + _SECONDS))
        axes.yaxis.get_major_locator().set_params(integer=True)

    return f"{name}: {len(ends)} units", draw


def _mean(name: str, data: Any) -> Panel:
    frame = data.dtype.itemsize * data.shape[1] * data.shape[2]
    frames = max(1, min(_FRAMES, data.shape[0], _MOST_BYTES // frame))

    def draw(axes: Any, _ink: str) -> None:
        axes.imshow(data[:frames].mean(axis=0).T, cmap="gray", aspect="equal")
        axes.set_axis_off()

    return f"{name}: mean of {frames} frames", draw


def _traces(name: str, series: Any, data: Any) -> Panel:
    count = min(_SAMPLES, data.shape[0])
    times, unit = _times(series, count)

    def draw(axes: Any, ink: str) -> None:
        block = data[:count, :_TRACES] if len(data.shape) > 1 else data[:count].reshape(-1, 1)
        spread = float(block.max() - block.min()) or 1.0
        for place in range(block.shape[1]):
            axes.plot(times, block[:, place] - place * spread, color=ink, linewidth=0.7)
        axes.set(xlabel=unit)
        axes.set_yticks([])

    return name, draw


def _times(series: Any, count: int) -> tuple[Any, str]:
    """When the samples were taken; their numbers if that is not known."""
    if "timestamps" in series and len(series["timestamps"]) >= count:
        return series["timestamps"][:count], "time (s)"
    start = series.get("starting_time")
    rate = float(start.attrs.get("rate", 0)) if start is not None else 0.0
    if rate:
        return [float(start[()]) + sample / rate for sample in range(count)], "time (s)"
    return range(count), "sample"


def draw(source: str, target: Path, theme: str) -> None:
    from matplotlib.figure import Figure

    paper, ink, accent = _INK[theme]
    figure = Figure(figsize=(9, 6), dpi=100, facecolor=paper, layout="constrained")
    if source:
        import h5py

        with h5py.File(source, "r") as file:
            found = panels(file)
            _fill(figure, found, paper, ink, accent)
    else:
        found = []
    if not found:
        figure.text(0.5, 0.5, "nothing here that can be drawn", ha="center", color=ink, fontsize=13)
    figure.savefig(target, format="png")


def _fill(figure: Any, found: list[Panel], paper: str, ink: str, accent: str) -> None:
    for place, (title, fill) in enumerate(found):
        axes = figure.add_subplot(len(found), 1, place + 1, facecolor=paper)
        fill(axes, accent)
        axes.set_title(title, color=ink, fontsize=10, loc="left", parse_math=False)
        axes.tick_params(colors=ink, labelsize=8)
        axes.xaxis.label.set_color(ink)
        axes.yaxis.label.set_color(ink)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["bottom", "left"]].set_color(ink)


if __name__ == "__main__":
    draw(sys.argv[1], Path(sys.argv[2]), sys.argv[3])


_PATIENCE = 60  # seconds
_drawing = threading.Lock()  # one at a time is enough for a machine's memory


def file_of(archive: Archive, blob_id: str, theme: str) -> Path:
    """Where the picture of a blob is kept once it is drawn."""
    return archive.store / "pictures" / f"{blob_id}.{theme}.png"


def picture(archive: Archive, blob_id: str, theme: str) -> Path:
    """The picture of a blob, drawn now or earlier; one that says so where nothing can be drawn."""
    file = file_of(archive, blob_id, theme)
    with _drawing:
        if not file.exists():
            _draw(archive.objects.blob(blob_id), file, theme)
    return file


def _draw(source: Path, target: Path, theme: str) -> None:
    target.parent.mkdir(exist_ok=True)
    temporary = target.with_name(f"{uuid4().hex}.{theme}.png")
    command = [*ISOLATED, "localdandi.pages.picture"]
    try:
        # Free of any display, and of locks that another reader of the file may hold.
        environment = os.environ | {"MPLBACKEND": "Agg", "HDF5_USE_FILE_LOCKING": "FALSE"}
        arguments = [*command, str(source), str(temporary), theme]
        drawn = subprocess.run(arguments, env=environment, timeout=_PATIENCE, check=False)  # noqa: S603
        failed = drawn.returncode != 0
    except subprocess.TimeoutExpired:
        failed = True
    if failed:
        subprocess.run([*command, "", str(temporary), theme], check=True)  # noqa: S603
    temporary.replace(target)
