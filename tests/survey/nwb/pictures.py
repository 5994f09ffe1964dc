"""An NWB file that refers to media from every place that can hold them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.survey.lab import START, write

MEDIA = ("films/acquired.mp4", "films/1.avi", "films/2.avi", "films/shown.mov", "pictures/face.png")


def write_with_media(path: Path, *, picture: str = MEDIA[4], video: str = MEDIA[0]) -> Path:
    """Image series in acquisition, in a processing module and as a stimulus, and an external image."""
    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.base import ExternalImage, Images
    from pynwb.file import Subject

    nwb = NWBFile("a test", "media", START, session_id="s1")
    nwb.subject = Subject(subject_id="m1", species="Mus musculus", sex="M", age="P90D")
    nwb.add_acquisition(_series("acquired", [video]))
    module = nwb.create_processing_module("behavior", "what it does")
    module.add(_series("tracked", list(MEDIA[1:3])))
    nwb.add_stimulus(_series("shown", [MEDIA[3]]))
    image = ExternalImage(name="face", data=picture, image_format="PNG")
    nwb.add_acquisition(Images(name="pictures", images=[image], description="of a face"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    return path


def write_media(folder: Path) -> None:
    for name in MEDIA:
        write(folder / name, name)


def _series(name: str, files: list[str]) -> Any:
    from pynwb.image import ImageSeries

    return ImageSeries(
        name=name,
        description="v",
        external_file=files,
        starting_frame=list(range(len(files))),
        format="external",
        timestamps=[0.0, 1.0],
    )
