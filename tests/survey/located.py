"""NWB files that say where something was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.survey.lab import START

MOUSE = "Mus musculus"
RAT = "Rattus norvegicus"


def write_located(  # noqa: PLR0913 - a keyword for each kind of place
    path: Path,
    *,
    species: str = MOUSE,
    electrodes: Sequence[str] = (),
    group: str = "unknown",
    planes: Sequence[str] = (),
    cells: Sequence[str] = (),
    sites: Sequence[str] = (),
) -> Path:
    """`electrodes` are in one group, at `group`; `cells` have intracellular electrodes, `sites` get light."""
    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.file import Subject
    from pynwb.ogen import OptogeneticStimulusSite
    from pynwb.ophys import OpticalChannel

    nwb = NWBFile("a test", path.name, START, session_id=path.stem)
    nwb.subject = Subject(subject_id=path.stem, species=species, sex="M", age="P90D")
    device = nwb.create_device("device")
    if electrodes or group != "unknown":
        shank = nwb.create_electrode_group("shank", "d", group, device)
        for location in electrodes:
            nwb.add_electrode(location=location, group=shank)
    for number, location in enumerate(planes):
        nwb.create_imaging_plane(
            name=f"plane{number}",
            optical_channel=OpticalChannel(name=f"channel{number}", description="d", emission_lambda=500.0),
            description="d",
            device=device,
            excitation_lambda=600.0,
            indicator="GCaMP",
            location=location,
        )
    for number, location in enumerate(cells):
        nwb.create_icephys_electrode(name=f"cell{number}", description="d", device=device, location=location)
    for number, location in enumerate(sites):
        named = {"name": f"site{number}", "description": "d", "location": location}
        nwb.add_ogen_site(OptogeneticStimulusSite(device=device, excitation_lambda=470.0, **named))
    path.parent.mkdir(parents=True, exist_ok=True)
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    return path
