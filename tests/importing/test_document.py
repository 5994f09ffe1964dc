"""Whatever a draft holds, its import is a valid spec that leaves every field as it is."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from dandifile.importing.document import import_document
from dandifile.importing.text import spec_text
from dandifile.kinds import metadata
from dandifile.kinds.special_fields import own_part
from dandifile.model import JsonObject, Local, Spec
from dandifile.planning.merge import is_empty
from dandifile.reading.document import KeyPath
from dandifile.spec.fields import DANDISET_FIELDS
from dandifile.spec.formatting import format_text
from dandifile.spec.licenses import SCHEMA_LICENSES
from dandifile.spec.load import load
from tests.importing.documents import documents


def import_text(document: JsonObject) -> str:
    found = import_document(document, SCHEMA_LICENSES)
    remarks: defaultdict[KeyPath, list[str]] = defaultdict(list)
    for each in found.remarks:
        remarks[each.path].append(each.what)
    return spec_text(["Imported."], {"dandifile": 1, "instance": "dandi", **found.values}, remarks)


def load_text(text: str) -> Spec:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "dandiset.yaml"
        file.write_bytes(text.encode())
        return load(file)


@settings(max_examples=100)
@given(documents())
def test_any_document_becomes_a_valid_spec_that_changes_nothing(document: JsonObject) -> None:
    text = import_text(document)
    spec = load_text(text)
    assert not spec.unpinned
    observed = metadata.ObservedMetadata(own_part(document), {})
    for name in spec.fields:
        wanted = metadata.desired(spec, Local())
        assert metadata.document_after_apply(wanted, observed.document) == observed.document, name
    assert format_text(text, "dandiset.yaml") == text


@settings(max_examples=50)
@given(documents())
def test_nothing_is_left_out_silently(document: JsonObject) -> None:
    found = import_document(document, SCHEMA_LICENSES)
    spec = load_text(import_text(document))
    said = {*spec.fields, *(each.field for each in found.undeclared)}
    there = {
        name for name, value in own_part(document).items() if not is_empty(value) and name != "schemaKey"
    }
    silent = {name for name in there - said if name in DANDISET_FIELDS and not _is_blank(document[name])}
    assert silent == set()


def _is_blank(value: object) -> bool:
    """Whether it holds names of classes and empty values alone."""
    if isinstance(value, list):
        return all(isinstance(item, dict | list) and _is_blank(item) for item in value)
    if isinstance(value, dict):
        return all(key in {"schemaKey", "status"} or _is_blank(item) for key, item in value.items())
    return value is None or value == ""


def test_a_remark_names_what_the_short_form_would_change() -> None:
    item = {"schemaKey": "Resource", "url": "https://example.org", "relation": "IsDescribedBy"}
    (remark,) = import_document({"name": "x", "relatedResource": [item]}, SCHEMA_LICENSES).remarks
    for part in ('`relation` is "IsDescribedBy"', '"dcite:IsDescribedBy"', "word for word"):
        assert part in remark.what
