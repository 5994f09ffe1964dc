"""A small made-up lab on the archive: two published versions, a draft with faults, Zarr, README, embargo."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import requests

from tests.localdandi.conftest import Client

EVIL = '<script>document.title="owned"</script><img src=x onerror=alert(1)>"\'{{ 7*7 }}'
NOTES = "# Files\n\n- **added** [one](https://lab.example.org/notes)\n- [x](javascript:x) [y](README.md)\n"

DOCUMENT: dict[str, Any] = {
    "description": "Recordings from CA1.",
    "license": ["spdx:CC-BY-4.0"],
    "contributor": [
        {
            "schemaKey": "Person",
            "name": "Doe, Jane",
            "email": "jane@example.org",
            "roleName": ["dcite:ContactPerson", "dcite:Author"],
            "includeInCitation": True,
        },
        {
            "schemaKey": "Organization",
            "name": "NIMH & Co",
            "awardNumber": "R21MH117788",
            "roleName": ["dcite:Funder"],
            "includeInCitation": True,
        },
    ],
}

README = f"""# About

Read [the tones](stimuli/tones.csv), not [nothing](missing.txt) nor [this](javascript:alert(1)).
[The lab](https://lab.example.org) has a ![picture](https://lab.example.org/x.png).

| a | b |
|---|---|
| 1 | 2 |

{EVIL}
"""


def recording(subject: str, session: str) -> dict[str, Any]:
    """The metadata of a recording."""
    return {
        "schemaVersion": "0.7.0",
        "encodingFormat": "application/x-nwb",
        "wasAttributedTo": [
            {
                "schemaKey": "Participant",
                "identifier": subject,
                "age": {"schemaKey": "PropertyValue", "value": "P90D", "unitText": "ISO-8601 duration"},
                "sex": {"schemaKey": "SexType", "name": "Male"},
                "species": {"schemaKey": "SpeciesType", "name": "Rattus norvegicus - Norway rat"},
            }
        ],
        "wasGeneratedBy": [
            {
                "schemaKey": "Session",
                "name": session,
                "identifier": session,
                "startDate": "2024-03-02T10:30:00-05:00",
            }
        ],
        "approach": [{"schemaKey": "ApproachType", "name": "electrophysiological approach"}],
    }


def hdf5(file: Path) -> bytes:
    """A file like NWB: groups, arrays with units, links, a device."""
    with h5py.File(file, "w") as opened:
        series = opened.create_group("acquisition/ElectricalSeries")
        series.attrs["neurodata_type"] = "ElectricalSeries"
        series["data"] = np.zeros((2000, 8), "float32")
        series["data"].attrs["unit"] = "volts"
        opened.create_group("general/devices/Neuropixels 2.0").attrs["description"] = f"Four shanks {EVIL}"
        opened["session_description"] = "On the track"
        opened["again"] = opened["acquisition"]
        opened["elsewhere"] = h5py.ExternalLink("other.h5", "/data")
    return file.read_bytes()


def add_zarr(client: Client, dandiset: str, path: str, files: dict[str, bytes]) -> dict[str, Any]:
    """A Zarr with these files as an asset of the draft; returns the asset's `info`."""
    zarr = client("POST", "/zarr/", json={"name": path, "dandiset": dandiset}).json()["zarr_id"]
    md5s = {name: base64.b64encode(hashlib.md5(data).digest()).decode() for name, data in files.items()}
    asked = [{"path": name, "base64md5": md5} for name, md5 in md5s.items()]
    urls = client("POST", f"/zarr/{zarr}/files/", json=asked).json()
    for (name, data), url in zip(files.items(), urls, strict=True):
        headers = {"Content-MD5": md5s[name]}
        assert requests.put(url, data=data, headers=headers, timeout=30).status_code == 200
    assert client("POST", f"/zarr/{zarr}/finalize/").status_code == 204
    _wait(lambda: client("GET", f"/zarr/{zarr}/").json()["status"] == "Complete")
    document = {"schemaKey": "Asset", "encodingFormat": "application/x-zarr", "path": path}
    body = {"metadata": document, "zarr_id": zarr}
    answer = client("POST", f"/dandisets/{dandiset}/versions/draft/assets/", json=body)
    assert answer.status_code == 200, answer.text
    info: dict[str, Any] = answer.json()
    return info


ZARR_FILES = {
    ".zgroup": b'{"zarr_format": 2}',
    ".zattrs": b'{"description": "a pyramid"}',
    "0/.zarray": b'{"zarr_format": 2, "shape": [64, 32], "chunks": [8, 8], "dtype": "<u2"}',
    "0/.zattrs": b'{"unit": "counts"}',
    **{f"0/{row}/{column}": b"chunk %d %d" % (row, column) for row in range(3) for column in range(3)},
    "labels/zarr.json": json.dumps(
        {
            "zarr_format": 3,
            "node_type": "array",
            "shape": [7],
            "data_type": "int8",
            "attributes": {"unit": "V"},
        }
    ).encode(),
}


def publish(client: Client, dandiset: str, notes: str) -> str:
    """Publishes a draft with its release notes; returns the version."""
    draft = f"/dandisets/{dandiset}/versions/draft/"
    _wait(lambda: client("POST", f"{draft}publish/", json={"release_notes": notes}).status_code == 202)
    _wait(lambda: client("GET", draft + "info/").json()["status"] == "Published")
    newest = client("GET", f"/dandisets/{dandiset}/").json()["most_recent_published_version"]
    return str(newest["version"])


def wait_for_validation(client: Client, dandiset: str) -> None:
    """Until every asset of a draft has a verdict."""
    waiting = "currently being validated"
    draft = f"/dandisets/{dandiset}/versions/draft/info/"
    _wait(lambda: waiting not in client("GET", draft).text and '"Pending"' not in client("GET", draft).text)


def _wait(done: Any) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)
