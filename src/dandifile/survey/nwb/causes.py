"""What is wrong with an NWB file, in words, from the error that a tool ended with.

hdmf puts a dump of the file into its errors, and pydantic names the field on another line: the cause
is in there. No text names the file, so that the same fault reads the same in every file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dandifile.errors import DataError
from dandifile.survey.nwb.recognise import DAMAGED_STRUCTURE
from dandifile.survey.nwb.references import FileReferences, dead_references, missing_filters, references_of
from dandifile.survey.nwb.remarks import Defect, and_more

_LONG = 300  # characters
_BUILDER_AND_WHY = 2  # the arguments of hdmf's ConstructError
_SHOWN = 3  # columns, of many
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_EXTENSION = re.compile(r"which extension provides (\S+?)\.")
_WRONG_TYPE = re.compile(r"incorrect type for '(\w+)' \(got '(.+?)', expected '(.+)'\)")
_WRONG_SHAPE = re.compile(r"incorrect shape for '(\w+)' \(got '?(.+?)'?, expected '?(.+?)'?\)$")
_FILTER = re.compile(r"required filter|filter.* not (available|registered)|plugin")
_UNREAD_DATA = re.compile(r"filter returned failure|inflate|checksum|Can't (synchronously )?read data")
_UNREAD_STRUCTURE = re.compile(
    r"bad (object header|symbol table|heap|B-tree)|wrong .*signature|by token|address"
)
_MISSING = re.compile(r"missing argument '(\w+)'")
_ABOUT = re.compile(r"^Could not construct (\w+) object due to: (?:\w+\.__init__: )?")
_TYPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "datetime": "a date and time",
}
_LISTS = ("ndarray", "list", "tuple")
_COPY = "copy it again from the original; if the original has the same fault, write it again"
_REWRITE = "write it again with a current pynwb or MatNWB"


def why_unreadable(path: str, error: Exception) -> Defect:
    """Why a file cannot be read; raises DataError if another machine might be able to read it."""
    what = shorten(last_line(str(error)) or type(error).__name__)
    if isinstance(error, MemoryError):
        raise DataError(
            "there is not enough memory to read the file", where=path, fix="use a machine with more memory"
        ) from error
    if isinstance(error, OSError) and error.errno is not None:
        raise DataError(
            f"the file cannot be read: {what}", where=path, fix="check the file and its permissions"
        ) from error
    if packed := why_packed(path, str(error)):
        raise DataError(packed.reason, where=path, fix=packed.fix) from error
    extension = _EXTENSION.search(str(error))
    if isinstance(error, ImportError) or extension:
        raise DataError(
            f"the file needs an NWB extension that is not installed: {extension[1] if extension else what}",
            where=path,
            fix="install the extension's Python package, or write the file with `cache_spec=True` in pynwb",
        ) from error
    references = references_of(path)
    defect = _why_unread(references, error) or why_data_unread(error) or _why_unbuilt(error)
    defect = defect or _why_dead(path) or _why_probe(path, error)
    return defect or _why_otherwise(path, error)


def why_data_unread(error: Exception | str) -> Defect | None:
    """If HDF5 could not read what the file holds. That it lacks a filter is another matter (`why_packed`)."""
    text = str(error)
    if isinstance(error, Exception) and not isinstance(error, OSError | KeyError | RuntimeError):
        return None
    if _FILTER.search(text):
        return None
    if _UNREAD_DATA.search(text):
        return Defect("part of the data cannot be read: the file is damaged", _COPY)
    if _UNREAD_STRUCTURE.search(text):
        return DAMAGED_STRUCTURE
    return None


def why_packed(path: str, text: str) -> Defect | None:
    """If an error is about data whose HDF5 filter is not installed here."""
    missing = missing_filters(path) if _FILTER.search(text) else []
    if not missing:
        return None
    place, name = missing[0]
    return Defect(
        f"{place} is compressed with {name}, which is not installed here{and_more(len(missing) - 1)}",
        "install the Python package hdf5plugin in the environment of dandifile",
    )


def why_no_metadata(error: Exception, flat: Mapping[str, Any]) -> Defect:
    """Why the values of a file do not make metadata, from what the schema's models raised."""
    if type(error).__name__ == "ValidationError" and hasattr(error, "errors"):  # pydantic's
        faults = [_invalid_field(one, getattr(error, "title", ""), flat) for one in error.errors()]
        fields = ", ".join(dict.fromkeys(field for field, _ in faults))
        return Defect("; ".join(dict.fromkeys(text for _, text in faults)), f"change {fields} in the file")
    what = shorten(last_line(str(error)) or type(error).__name__)
    nested = ", ".join(key for key, value in flat.items() if _is_nested(value))
    if nested:
        return Defect(
            f"the dandi package cannot make metadata of {nested}, a list of lists: {what}",
            f"write {nested} as a plain list",
        )
    return Defect(
        f"the dandi package cannot make metadata of the file: {what}",
        "correct the field that the error is about; `dandi upload` rejects the file too",
    )


def shorten(text: str) -> str:
    """An error in the same words each time, without addresses in memory and without a dump of the file."""
    text = _ADDRESS.sub("", text)
    return text if len(text) <= _LONG else f"{text[: _LONG // 3]} … {text[-_LONG * 2 // 3 :]}"


def last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else ""


def _why_unread(references: FileReferences | None, error: Exception) -> Defect | None:
    """What the walk over the HDF5 has seen already."""
    if references is None:
        return DAMAGED_STRUCTURE
    if isinstance(error, json.JSONDecodeError):
        return Defect("the cached specifications are not valid JSON: the file is damaged", _COPY)
    if references.empty and not _construct_error(error):
        first, others = references.empty[0], len(references.empty) - 1
        return Defect(
            f"{first} has no value (an HDF5 null dataspace){and_more(others)}", f"write a value to {first}"
        )
    return None


def _why_dead(path: str) -> Defect | None:
    dead = dead_references(path)
    if not dead:
        return None
    return Defect(
        f"{dead[0]} refers to an object that is not in the file{and_more(len(dead) - 1)}",
        "write that object, or write the file again",
    )


def _why_probe(path: str, error: Exception) -> Defect | None:
    """The dandi package takes the probe_id of a device for a number, and a text has no `item`."""
    if not (isinstance(error, AttributeError) and "'item'" in str(error)):
        return None
    place, text = next(_probe_ids(path), ("", ""))
    if not place:
        return None
    return Defect(
        f"{place} is the text {text!r}; the dandi package needs a number there",
        f"write {place} as a number, and keep the text in the device's description or serial_number",
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


def _why_otherwise(path: str, error: Exception) -> Defect:
    """In the error's own words, with the field that it quotes."""
    what = f"{type(error).__name__}: {shorten(last_line(str(error)))}"
    place = _quoted_field(path, str(error))
    if not place:
        return Defect(f"pynwb cannot read the file: {what}", _REWRITE)
    like = ", such as 2024-03-01T10:30:00+01:00" if "isoformat" in what else ""
    return Defect(f"{place} cannot be read: {what}", f"write {place} in the form that NWB defines{like}")


def _quoted_field(path: str, error: str) -> str | None:
    """The field whose text an error quotes."""
    import h5py

    quoted = set(re.findall(r"'([^']+)'", error))
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
    builder, why = found.args
    kind = _ABOUT.match(str(why))
    return builder, kind[1] if kind else "object", _ABOUT.sub("", str(why), count=1)


def _why_unbuilt(error: Exception) -> Defect | None:
    """The field of an object that hdmf could not make, with what it holds and what it must hold.

    The fix names the field as pynwb does: the type's argument has the name of its attribute.
    """
    construct_error = _construct_error(error)
    if construct_error is None:
        return None
    builder, kind, why = construct_error
    place = _builder_place(builder)
    if defect := _why_bad_table(builder, f"{place} ({kind})", why):
        return defect
    if wrong := _WRONG_TYPE.search(why):
        field = _field(builder, wrong[1])
        needed = _type_text(wrong[3])
        has = f"of type {wrong[2]}" if field is None else _value_text(field.data)
        where = _builder_place(field) if field is not None else f"{wrong[1]} of {place}"
        return Defect(f"{where} is {has}; it must be {needed}", f"write {kind}.{wrong[1]} as {needed}")
    if wrong := _WRONG_SHAPE.search(why):
        field = _field(builder, wrong[1])
        where = _builder_place(field) if field is not None else f"{wrong[1]} of {place}"
        return Defect(
            f"{where} has shape {wrong[2]}; it must have shape {wrong[3]}",
            f"write {kind}.{wrong[1]} in that shape",
        )
    if missing := _MISSING.search(why):
        name = missing[1]
        return Defect(f"{place} ({kind}) has no {name}, which is required", f"write {kind}.{name}")
    return Defect(
        f"{place} ({kind}) cannot be read: {shorten(last_line(why))}", f"correct {place}, or write it again"
    )


def _builder_place(builder: Any) -> str:
    """The path of a builder in the file."""
    path = str(getattr(builder, "path", "") or getattr(builder, "name", ""))
    return re.sub(r"^root(/|$)|^/", "", path) or "the file"


def _why_bad_table(builder: Any, table: str, why: str) -> Defect | None:
    """What is wrong with the columns of a table, for example after an append that failed."""
    names = [str(name) for name in getattr(builder, "attributes", {}).get("colnames", ())]
    columns = {**getattr(builder, "datasets", {}), **getattr(builder, "links", {})}
    missing = [name for name in names if name not in columns]
    if missing:
        some = ", ".join(missing[:_SHOWN])
        return Defect(
            f"{table} lists {some} in its colnames, but has no such column",
            "write the column, or remove its name from colnames",
        )
    # The index of a ragged column has one row for each row of the table.
    rows = {
        name: _rows(columns.get(f"{name}_index", columns[name])) for name in (*names, "id") if name in columns
    }
    if "length" in why and len(set(rows.values())) > 1:
        lengths = ", ".join(f"{name} {count}" for name, count in rows.items())
        return Defect(
            f"{table} cannot be read: {shorten(last_line(why))} ({lengths})",
            "write the missing rows, or remove the extra ones",
        )
    return None


def _rows(column: Any) -> int | None:
    shape = getattr(getattr(column, "data", None), "shape", None)
    return shape[0] if shape else None


def _field(builder: Any, name: str) -> Any | None:
    """The dataset of this name in a builder, or in those of its groups that are no objects of their own."""
    datasets, groups = getattr(builder, "datasets", {}), getattr(builder, "groups", {})
    if name in datasets:
        return datasets[name]
    for group in groups.values():
        if "neurodata_type" not in getattr(group, "attributes", {}) and (found := _field(group, name)):
            return found
    return None


def _invalid_field(error: Mapping[str, Any], model: str, flat: Mapping[str, Any]) -> tuple[str, str]:
    """(the field of the file, what is wrong with it) of one of pydantic's errors."""
    value = error.get("input")
    named = [key for key, text in flat.items() if isinstance(text, str) and text == value]
    field = named[0] if named else f"{model}.{'.'.join(map(str, error['loc']))}"
    limit = error.get("ctx", {}).get("max_length")
    if error["type"] == "string_too_long" and isinstance(value, str) and limit:
        return field, f"{field} has {len(value)} characters; DANDI takes {limit} at most"
    message = str(error["msg"])
    if isinstance(value, str | int | float):
        return field, f"{field} is {_value_text(value)}: {message}"
    return field, f"{field}: {message}"


def _type_text(types: str) -> str:
    first = re.split(r",| or ", types, maxsplit=1)[0].strip()
    if first in _LISTS:
        return "a list"
    return _TYPES.get(first, f"of type {shorten(types)}")


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
        return f"a list of length {shape[0]}" if len(shape) == 1 else f"an array of shape {shape}"
    if isinstance(value, list | tuple):
        return f"a list of length {len(value)}"
    return f"a {type(value).__name__}"


def _is_nested(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(hasattr(each, "shape") and each.shape for each in value)
