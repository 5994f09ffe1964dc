"""What is wrong with an NWB file, in words, from the error that a tool ended with.

hdmf puts a dump of the file into its errors and pydantic puts the field on another line; the cause
is in there. The name of the file is in none of the reasons: the same fault reads the same in every file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dandifile.errors import DataError
from dandifile.survey.nwb.references import References, dead_references, missing_filters, references_of
from dandifile.survey.nwb.remarks import Reason

_LONG = 300  # characters
_BUILDER_AND_WHY = 2  # the arguments of hdmf's ConstructError
_SHOWN = 3  # places, of many
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_WRONG_TYPE = re.compile(r"incorrect type for '(\w+)' \(got '(.+?)', expected '(.+)'\)")
_WRONG_SHAPE = re.compile(r"incorrect shape for '(\w+)' \(got '?(.+?)'?, expected '?(.+?)'?\)$")
_FILTER = re.compile(r"required filter|filter.* not (available|registered)|plugin")
_MISSING = re.compile(r"missing argument '(\w+)'")
_ABOUT = re.compile(r"^Could not construct (\w+) object due to: (?:\w+\.__init__: )?")
_TYPES = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "datetime": "a date and time",
}
_LISTS = ("ndarray", "list", "tuple")
_COPY = "copy it again; if it was like that where it was written, write it again"


def _why_unread(path: str, error: Exception) -> Reason:
    """Why a file could not be read, by what pynwb raised."""
    reason = _of_file(references_of(path), error) or why_data_unread(error) or _of_object(error)
    reason = reason or _of_reference(path) or _text_probe(path, error)
    return reason or _of_text(path, error)


def _of_file(inside: References | None, error: Exception) -> Reason | None:
    if inside is None:
        return "it is an HDF5 file, but its structure is damaged", _COPY
    if isinstance(error, json.JSONDecodeError):
        return "its cached specifications are not readable JSON: the file is damaged", _COPY
    if inside.empty and not _construct_error(error):
        return f"{_some(inside.empty)} has no value at all (an empty HDF5 dataspace)", "write a value there"
    return None


def _of_object(error: Exception) -> Reason | None:
    built = _construct_error(error)
    return _why_unbuilt(*built) if built else None


def _of_reference(path: str) -> Reason | None:
    dead = dead_references(path)
    if not dead:
        return None
    return (
        f"{_some(tuple(dead))} refers to an object that is not in the file",
        "write what it refers to, or write it again",
    )


def _of_text(path: str, error: Exception) -> Reason:
    said = f"{type(error).__name__}: {shorten(last_line(str(error)))}"
    place = _quoted_field(path, str(error))
    if place:
        return f"{place} cannot be read: {said}", f"write {place} as NWB asks for it"
    return f"pynwb cannot read it: {said}", "write it again with a current pynwb or MatNWB"


def why_data_unread(error: Exception | str) -> Reason | None:
    """Where HDF5 could not read what a file holds: damaged, or packed by a filter that is not here."""
    said = str(error)
    if isinstance(error, Exception) and not isinstance(error, OSError | KeyError | RuntimeError):
        return None
    if _FILTER.search(said):
        return None
    if re.search(r"filter returned failure|inflate|checksum|Can't (synchronously )?read data", said):
        return "data in it cannot be read: the file is damaged", _COPY
    if re.search(r"bad (object header|symbol table|heap|B-tree)|wrong .*signature|by token|address", said):
        return "it is an HDF5 file, but its structure is damaged", _COPY
    return None


def why_packed(path: str, said: str) -> Reason | None:
    """Where an error is about data that are packed by a filter of HDF5 that is not installed here."""
    missing = missing_filters(path) if _FILTER.search(said) else []
    if not missing:
        return None
    place, packed = missing[0]
    more = f" (and {len(missing) - 1} more like it)" if len(missing) > 1 else ""
    return (
        f"{place} is packed with {packed}, which is not installed here, so it cannot be read{more}",
        "install the Python package hdf5plugin in the environment of dandifile",
    )


def why_no_metadata(error: Exception, flat: Mapping[str, Any]) -> Reason:
    """Why no metadata can be made of what a file says, by what the schema's models raised."""
    if type(error).__name__ == "ValidationError" and hasattr(error, "errors"):  # pydantic's
        faults = [_invalid_field(one, getattr(error, "title", ""), flat) for one in error.errors()]
        fields = ", ".join(dict.fromkeys(field for field, _ in faults))
        return "; ".join(dict.fromkeys(text for _, text in faults)), f"change {fields} in the file"
    said = shorten(last_line(str(error)) or type(error).__name__)
    odd = [key for key, value in flat.items() if _nested(value)]
    where = f" (see to {', '.join(odd)}, which is a list of lists)" if odd else ""
    return (
        f"no metadata can be made of it: {said}{where}",
        "mend that field in the file; the dandi client would not upload it either",
    )


def _nested(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(hasattr(each, "shape") and each.shape for each in value)


def shorten(said: str) -> str:
    """An error in the same words each time: it may hold the whole file, and where in memory."""
    said = _ADDRESS.sub("", said)
    return said if len(said) <= _LONG else f"{said[: _LONG // 3]} … {said[-_LONG * 2 // 3 :]}"


def last_line(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1].strip() if lines else ""


def _some(places: tuple[str, ...]) -> str:
    more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
    return f"{places[0]}{more}"


def _construct_error(error: Exception | None) -> tuple[Any, str, str] | None:
    """(builder, type, why) of the innermost object that hdmf could not make."""
    from hdmf.build import ConstructError

    found = None
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, ConstructError) and len(error.args) == _BUILDER_AND_WHY:
            found = error
        cause = error.__cause__ or error.__context__
        error = cause if isinstance(cause, Exception) else None
    if found is None:
        return None
    builder, said = found.args
    kind = _ABOUT.match(str(said))
    return builder, kind[1] if kind else "object", _ABOUT.sub("", str(said), count=1)


def _why_unbuilt(builder: Any, kind: str, why: str) -> Reason:
    place = _builder_place(builder)
    if of_table := _table_fault(builder, f"{place} ({kind})", why):
        return of_table
    if said := _WRONG_TYPE.search(why):
        field = _field(builder, said[1])
        wanted = _type_text(said[3])
        has = f"of the type {said[2]}" if field is None else _value_text(field.data)
        where = _builder_place(field) if field is not None else f"{said[1]} of {place}"
        return f"{where} is {has}, and must be {wanted}", f"write {where} as {wanted}"
    if said := _WRONG_SHAPE.search(why):
        field = _field(builder, said[1])
        where = _builder_place(field) if field is not None else f"{said[1]} of {place}"
        return (
            f"{where} has the shape {said[2]}, and must have {said[3]}",
            f"write {where} in the shape that NWB asks for",
        )
    if said := _MISSING.search(why):
        return f"{place} ({kind}) has no {said[1]}, which it must have", f"write {said[1]} into it"
    return (
        f"{place} ({kind}) cannot be read: {shorten(last_line(why))}",
        f"mend {place}, or write it again",
    )


def _builder_place(builder: Any) -> str:
    """Where a builder is, as paths in a file are written."""
    path = str(getattr(builder, "path", "") or getattr(builder, "name", ""))
    return re.sub(r"^root(/|$)|^/", "", path) or "the file"


def _table_fault(builder: Any, table: str, why: str) -> Reason | None:
    """What is wrong with the columns of a table, as an append that failed leaves them."""
    names = [str(name) for name in getattr(builder, "attributes", {}).get("colnames", ())]
    columns = {**getattr(builder, "datasets", {}), **getattr(builder, "links", {})}
    missing = [name for name in names if name not in columns]
    if missing:
        some = ", ".join(missing[:_SHOWN])
        return (
            f"{table} names {some} in its colnames, and has no such column",
            "write the column, or take its name out of colnames",
        )
    # Of a ragged column the index has a row for each row of the table.
    rows = {
        name: _rows(columns.get(f"{name}_index", columns[name])) for name in (*names, "id") if name in columns
    }
    if "length" in why and len(set(rows.values())) > 1:
        lengths = ", ".join(f"{name} {count}" for name, count in rows.items())
        return (
            f"{table} cannot be read: {shorten(last_line(why))} ({lengths})",
            "write the rows that are missing, or remove those that are too many",
        )
    return None


def _rows(column: Any) -> int | None:
    shape = getattr(getattr(column, "data", None), "shape", None)
    return shape[0] if shape else None


def _field(builder: Any, name: str) -> Any | None:
    """The dataset of this name in a builder, or in groups of it that are no objects of their own."""
    datasets, groups = getattr(builder, "datasets", {}), getattr(builder, "groups", {})
    if name in datasets:
        return datasets[name]
    for group in groups.values():
        if "neurodata_type" not in getattr(group, "attributes", {}) and (found := _field(group, name)):
            return found
    return None


def _type_text(types: str) -> str:
    first = re.split(r",| or ", types, maxsplit=1)[0].strip()
    if first in _LISTS:
        return "a list"
    return _TYPES.get(first, f"of the type {shorten(types)}")


def _value_text(value: Any) -> str:
    value = value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value
    if isinstance(value, bool):
        return f"the value {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str | bytes):
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        return f"the text {shorten(text)!r}"
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"a list of {shape[0]}" if len(shape) == 1 else f"an array of the shape {shape}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return f"a {type(value).__name__}"


def _quoted_field(path: str, said: str) -> str | None:
    """The field whose text an error quotes."""
    import h5py

    quoted = set(re.findall(r"'([^']+)'", said))
    found: list[str] = []

    def visit(name: str, item: Any) -> None:
        if name.startswith("specifications/") or not isinstance(item, h5py.Dataset) or item.size != 1:
            return
        if h5py.check_string_dtype(item.dtype) and _one_text(item) in quoted:
            found.append(name)

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return found[0] if found else None


def _one_text(dataset: Any) -> str:
    value = dataset[()]
    value = value.tolist() if hasattr(value, "tolist") else value
    value = value[0] if isinstance(value, list) else value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _text_probe(path: str, error: Exception) -> Reason | None:
    """The dandi package takes the probe_id of a device for a number, and a text has no `item`."""
    if not (isinstance(error, AttributeError) and "'item'" in str(error)):
        return None
    said = list(_probe_ids(path))
    if not said:
        return None
    place, text = said[0]
    return (
        f"{place} is the text {text!r}, and the dandi package takes a number there",
        f"write {place} as a number, and keep the text in the device's description or serial number",
    )


def _probe_ids(path: str) -> Iterator[tuple[str, str]]:
    import h5py

    with h5py.File(path, "r") as file:
        devices = file.get("general/devices")
        for name, device in devices.items() if isinstance(devices, h5py.Group) else ():
            dataset = device.get("probe_id") if isinstance(device, h5py.Group) else None
            value = dataset[()] if isinstance(dataset, h5py.Dataset) else device.attrs.get("probe_id")
            if isinstance(value, str | bytes):
                text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
                yield f"general/devices/{name}/probe_id", text


def _invalid_field(error: Mapping[str, Any], model: str, flat: Mapping[str, Any]) -> tuple[str, str]:
    """(the field of the file, what is wrong with it) of one of pydantic's errors."""
    value = error.get("input")
    named = [key for key, said in flat.items() if isinstance(said, str) and said == value]
    field = named[0] if named else f"{model}.{'.'.join(map(str, error['loc']))}"
    limit = error.get("ctx", {}).get("max_length")
    if error["type"] == "string_too_long" and isinstance(value, str) and limit:
        return field, f"{field} has {len(value)} characters, and the archive takes at most {limit}"
    has = f" {_value_text(value)}" if isinstance(value, str | int | float) else ""
    said = str(error["msg"])
    return field, f"{field} is{has}: {said}" if has else f"{field}: {said}"


_EXTENSION = re.compile(r"which extension provides (\S+?)\.")


def why_unreadable(path: str, error: Exception) -> Reason:
    """Why a file cannot be read; raises DataError where another machine might read it."""
    what = shorten(last_line(str(error)) or type(error).__name__)
    if isinstance(error, MemoryError):
        raise DataError(
            "there is not enough memory to read it", where=path, fix="use a machine with more"
        ) from error
    if isinstance(error, OSError) and error.errno is not None:
        raise DataError(
            f"it cannot be read: {what}", where=path, fix="check the file and its permissions"
        ) from error
    if packed := why_packed(path, str(error)):
        raise DataError(packed[0], where=path, fix=packed[1]) from error
    extension = _EXTENSION.search(str(error))
    if isinstance(error, ImportError) or extension:
        raise DataError(
            f"it needs an NWB extension that is not installed: {extension[1] if extension else what}",
            where=path,
            fix="install the extension's Python package here, or write the file with cached specifications",
        ) from error
    return _why_unread(path, error)
