"""A small lab folder to rehearse with: recordings under raw names, stimuli next to them, a spec.

Everything is made up, and the same arguments give the same recordings (HDF5's own object ids
apart). pynwb is imported inside, because only the demo, benchmarks and tests come here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from pynwb import NWBFile

FIRST_DAY = datetime(2024, 3, 1, 10, 30, tzinfo=UTC)
RATE = 500.0  # samples a second
SAMPLES = 1000

SPEC = """\
dandifile: 1
instance: local

name: Place cells in CA1 during sleep
description: |
  Extracellular recordings from hippocampal area CA1 of rats that ran on a
  linear track and slept afterwards, with the animals' position.
license: CC-BY-4.0
keywords: [hippocampus, place cells, sleep]
contributors:
  - name: Doe, Jane
    orcid: 0000-0002-1825-0097
    email: jane@example.org
    roles: [Author, ContactPerson]
    cite: true
  - {name: "Roe, Richard", roles: [Author, DataCurator], cite: true}

paths:
  - recordings                              # named from what the files hold
  - {source: stimuli, into: stimuli, standard: any}   # every file, as it is
"""

STIMULI = {
    "README.md": "# Stimuli\n\nTones that were played on the track, and the track's reward sites.\n",
    "tones.csv": "tone,frequency_hz,duration_s\nlow,4000,0.2\nhigh,12000,0.2\n",
    "track.csv": "site,position_m\nleft,0.05\nright,1.55\n",
}


def make_lab(folder: Path, *, subjects: int, sessions: int, seed: int = 0) -> None:
    """Fills `folder` with `subjects * sessions` recordings, the stimuli and a `dandiset.yaml`."""
    make_recordings(folder / "recordings", subjects=subjects, sessions=sessions, seed=seed)
    (folder / "stimuli").mkdir(parents=True, exist_ok=True)
    for name, text in STIMULI.items():
        (folder / "stimuli" / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "dandiset.yaml").write_text(SPEC, encoding="utf-8", newline="\n")


def make_recordings(folder: Path, *, subjects: int, sessions: int, seed: int = 0) -> None:
    """Writes small NWB files such as `2024-03-01_rat_C005.nwb`, each session on a day of its own.

    Sessions alternate between track (electrodes, position) and sleep (electrodes, units).
    """
    import numpy as np
    from pynwb import NWBHDF5IO

    folder.mkdir(parents=True, exist_ok=True)
    for subject in range(subjects):
        for session in range(sessions):
            day = FIRST_DAY + timedelta(days=session)
            nwb = _session(f"C{subject + 5:03}", day)
            noise = np.random.default_rng([seed, subject, session])
            _add_raw_signal(nwb, noise)
            if session % 2:
                _add_units(nwb, noise)
            else:
                _add_position(nwb, noise)
            with NWBHDF5IO(folder / f"{day:%Y-%m-%d}_rat_{nwb.subject.subject_id}.nwb", "w") as io:
                io.write(nwb)


def _session(subject_id: str, day: datetime) -> NWBFile:
    from pynwb import NWBFile
    from pynwb.file import Subject

    return NWBFile(
        identifier=f"{subject_id}-{day:%Y%m%d}",
        session_id=f"{day:%Y%m%d}",
        session_description="A rat runs on a linear track for rewards, or sleeps in its home cage.",
        session_start_time=day,
        file_create_date=day + timedelta(hours=6),
        experimenter=["Doe, Jane"],
        experiment_description="Replay of place cell sequences in CA1 during sleep.",
        institution="Columbia University",
        lab="Doe Lab",
        keywords=["hippocampus", "place cells"],
        subject=Subject(
            subject_id=subject_id,
            species="Rattus norvegicus",
            strain="Long Evans",
            sex="F" if int(subject_id[1:]) % 2 else "M",
            age="P120D",
            description="Implanted with a four-shank probe in CA1.",
        ),
    )


def _add_raw_signal(nwb: NWBFile, noise: np.random.Generator) -> None:
    """Four electrodes in CA1 and what they recorded, as integers with a conversion to volts."""
    from pynwb.ecephys import ElectricalSeries

    device = nwb.create_device(name="probe", description="Silicon probe")
    shank = nwb.create_electrode_group(name="shank", description="One shank", location="CA1", device=device)
    for channel in range(4):
        nwb.add_electrode(group=shank, location="CA1", rel_x=0.0, rel_y=20.0 * channel, rel_z=0.0)
    nwb.add_acquisition(
        ElectricalSeries(
            name="ElectricalSeries",
            description="Broadband voltage.",
            data=noise.integers(-500, 500, (SAMPLES, 4), dtype="int16"),
            electrodes=nwb.create_electrode_table_region(list(range(4)), "All channels."),
            rate=RATE,
            conversion=1.95e-7,
        )
    )


def _add_position(nwb: NWBFile, noise: np.random.Generator) -> None:
    from pynwb.behavior import Position, SpatialSeries

    series = SpatialSeries(
        name="SpatialSeries",
        description="Along the track, from its left end.",
        data=noise.uniform(0.05, 1.55, (SAMPLES, 1)),
        reference_frame="The left end of the track is 0.",
        unit="meters",
        rate=RATE,
    )
    module = nwb.create_processing_module(name="behavior", description="Where the rat was.")
    module.add(Position(spatial_series=series))


def _add_units(nwb: NWBFile, noise: np.random.Generator) -> None:
    """Three sorted units; no spike follows another within 3 ms, as after a real one."""
    from pynwb.misc import Units

    nwb.units = Units(name="units", description="Sorted by hand.", resolution=1 / 30000)
    for _ in range(3):
        intervals = 0.003 + noise.exponential(0.05, 20)
        nwb.add_unit(spike_times=intervals.cumsum(), electrodes=[0, 1])
