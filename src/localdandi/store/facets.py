"""What the assets of open dandisets are, to search by."""

from __future__ import annotations

# ruff: noqa: S608  queries are put together from constants; what is sent goes in as parameters
import sqlite3

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


def dandisets_with(db: sqlite3.Connection, wanted: dict[str, list[str]]) -> set[int]:
    """Dandisets that have an asset which fits every facet."""
    where, values = _where(wanted)
    return {row[0] for row in db.execute(f"SELECT DISTINCT d.id FROM {_ASSETS} WHERE {where}", values)}


def asset_counts(db: sqlite3.Connection, dandiset: int, wanted: dict[str, list[str]]) -> dict[str, int]:
    """How many of a dandiset's assets fit each facet; both sizes count as one facet."""
    sizes = {name: values for name, values in wanted.items() if name.startswith("file_size")}
    others = {name: {name: values} for name, values in wanted.items() if name not in sizes}
    counts = {}
    for name, facet in ({**others, "file_size": sizes} if sizes else others).items():
        where, values = _where(facet)
        query = f"SELECT count(DISTINCT a.id) FROM {_ASSETS} WHERE d.id = ? AND {where}"
        counts[name] = int(db.execute(query, (dandiset, *values)).fetchone()[0])
    return counts


def genotypes(db: sqlite3.Connection, part: str) -> list[str]:
    return _values(db, _GENOTYPE, part)


def species(db: sqlite3.Connection, part: str) -> list[str]:
    return _values(db, _SPECIES, part)


def _values(db: sqlite3.Connection, what: str, part: str) -> list[str]:
    """The distinct values that contain `part`, sorted."""
    query = (
        f"SELECT DISTINCT {what} AS value FROM {_ASSETS}"
        " WHERE coalesce(value, '') <> '' AND instr(lower(value), lower(?)) ORDER BY value"
    )
    return [row[0] for row in db.execute(query, (part,))]
