"""Assets by folder, and open dandisets by what their assets are (those that were there `until` a time)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

# ruff: noqa: S608  queries are put together from constants; what is sent goes in as parameters

_ASSETS = (
    "assets a JOIN membership m ON m.asset = a.id JOIN versions v ON v.id = m.version"
    " JOIN dandisets d ON d.id = v.dandiset AND d.embargo_status = 'OPEN'"
    " LEFT JOIN blobs b ON b.id = a.blob LEFT JOIN zarrs z ON z.id = a.zarr"
)
_SPECIES = "json_extract(a.metadata, '$.wasAttributedTo[0].species.name')"
_GENOTYPE = "json_extract(a.metadata, '$.wasAttributedTo[0].genotype')"
_SIZE = "coalesce(b.size, z.size)"

# Of a facet that is given several times, one value has to fit.
_CONDITIONS = {
    "file_type": "instr(lower(json_extract(a.metadata, '$.encodingFormat')), lower(?)) = 1",
    "file_size_min": f"{_SIZE} >= CAST(? AS INTEGER)",
    "file_size_max": f"{_SIZE} <= CAST(? AS INTEGER)",
    "genotype": f"{_GENOTYPE} = ?",
    "species": f"{_SPECIES} = ?",
    "measurement_technique": (
        "EXISTS (SELECT 1 FROM json_each(a.metadata, '$.measurementTechnique') t"
        " WHERE json_extract(t.value, '$.name') = ?)"
    ),
}
NAMES = tuple(_CONDITIONS)


def _where(wanted: dict[str, list[str]]) -> tuple[str, list[str]]:
    clauses = ["(" + " OR ".join([_CONDITIONS[name]] * len(values)) + ")" for name, values in wanted.items()]
    return " AND ".join(["1", *clauses]), [value for values in wanted.values() for value in values]


def dandisets_with(db: sqlite3.Connection, wanted: dict[str, list[str]], until: str) -> set[int]:
    """Dandisets that have an asset which fits every facet."""
    where, values = _where(wanted)
    return {
        row[0]
        for row in db.execute(
            f"SELECT DISTINCT d.id FROM {_ASSETS} WHERE a.created <= ? AND {where}", (until, *values)
        )
    }


def asset_counts(
    db: sqlite3.Connection, dandiset: int, wanted: dict[str, list[str]], until: str
) -> dict[str, int]:
    """How many of a dandiset's assets fit each facet; both sizes count as one facet."""
    sizes = {name: values for name, values in wanted.items() if name.startswith("file_size")}
    others = {name: {name: values} for name, values in wanted.items() if name not in sizes}
    counts = {}
    for name, facet in ({**others, "file_size": sizes} if sizes else others).items():
        where, values = _where(facet)
        query = f"SELECT count(DISTINCT a.id) FROM {_ASSETS} WHERE d.id = ? AND a.created <= ? AND {where}"
        counts[name] = int(db.execute(query, (dandiset, until, *values)).fetchone()[0])
    return counts


def genotypes(db: sqlite3.Connection, part: str, until: str) -> list[str]:
    return _values(db, _GENOTYPE, part, until)


def species(db: sqlite3.Connection, part: str, until: str) -> list[str]:
    return _values(db, _SPECIES, part, until)


def _values(db: sqlite3.Connection, what: str, part: str, until: str) -> list[str]:
    """The distinct values that contain `part`, sorted."""
    query = (
        f"SELECT DISTINCT {what} AS value FROM {_ASSETS}"
        " WHERE a.created <= ? AND coalesce(value, '') <> '' AND instr(lower(value), lower(?)) ORDER BY value"
    )
    return [row[0] for row in db.execute(query, (until, part))]


# ruff: noqa: S608  queries are put together from constants; what is sent goes in as parameters


@dataclass(frozen=True)
class Node:
    """A file (`asset_id` is given) or a folder, with all that is below it."""

    path: str
    files: int
    size: int
    asset_id: str | None


_SIZES = (
    "membership m JOIN assets a ON a.id = m.asset LEFT JOIN blobs b ON b.id = a.blob"
    " LEFT JOIN zarrs z ON z.id = a.zarr"
)


def folder_children(db: sqlite3.Connection, version: int, folder: str) -> list[Node]:
    """What lies directly in a folder ("" for the root), in the order of the paths."""
    start = f"{folder}/" if folder else ""
    above = f"{folder}0" if folder else "\U0010ffff"  # "0" is the character after "/"
    rest = f"substr(m.path, {len(start) + 1})"
    query = (
        f"SELECT ? || substr({rest}, 1, instr({rest} || '/', '/') - 1) AS child, count(*) AS files,"
        f" coalesce(sum(coalesce(b.size, z.size)), 0) AS size,"
        f" max(CASE WHEN instr({rest}, '/') THEN NULL ELSE a.asset_id END) AS asset_id"
        f" FROM {_SIZES} WHERE m.version = ? AND m.path >= ? AND m.path < ? GROUP BY child ORDER BY child"
    )
    rows = db.execute(query, (start, version, start, above))
    return [Node(*row) for row in rows]


def node_at(db: sqlite3.Connection, version: int, path: str) -> Node | None:
    """The file or folder at a path (without a slash at its end, not the root)."""
    query = (
        f"SELECT count(*), coalesce(sum(coalesce(b.size, z.size)), 0),"
        f" max(CASE WHEN m.path = ?1 THEN a.asset_id END)"
        f" FROM {_SIZES} WHERE m.version = ?2 AND (m.path = ?1 OR m.path > ?1 || '/' AND m.path < ?1 || '0')"
    )
    files, size, asset_id = db.execute(query, (path, version)).fetchone()
    return Node(path, files, size, asset_id) if files else None
