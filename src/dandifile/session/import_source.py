"""What an import starts from: the metadata of a dandiset on an archive, or in a downloaded export."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dandifile.archive.addresses import Address, instance_of, parse_address
from dandifile.archive.instances import known_instances
from dandifile.archive.versions import VersionReader, find_version, list_versions
from dandifile.errors import ArchiveError, CredentialsError, Problem, SpecError, UserError
from dandifile.model import EMBARGOED, RELEASING, EmbargoState, Json, JsonObject
from dandifile.reading.document import read_document
from dandifile.reading.files import SPEC_LIMIT, read_text
from dandifile.session.opening import open_reader
from dandifile.spec.licenses import SCHEMA_LICENSES, allowed_licenses

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader

_NOT_FOUND = 404


@dataclass(frozen=True)
class ImportSource:
    """A dandiset's metadata and where they are from.

    `instance` and `identifier` are as the spec has them. `on_archive` is None for a file. `owners` and
    `embargo` are what the spec is to declare of them, None for nothing.
    """

    document: JsonObject
    instance: str
    identifier: str | None
    shown: str
    version: str = "draft"
    licenses: tuple[str, ...] = SCHEMA_LICENSES
    owners: list[str] | None = None
    embargo: Json = None
    notes: tuple[str, ...] = ()
    on_archive: VersionReader | None = field(default=None, compare=False)


@contextmanager
def open_source(text: str, instance: str = "") -> Iterator[ImportSource]:
    """The source that `text` names: an export's file, or a dandiset. `instance` names its archive.

    UserError for a text that means neither, ArchiveError or CredentialsError if the archive does not give it.
    """
    file = Path(text)
    if file.is_file() or (file.suffix in {".yaml", ".yml", ".json"} and "://" not in text):
        yield _of_file(file, instance)
        return
    address = parse_address(text)
    archive = instance_of(address, instance)
    with open_reader(archive, address.identifier) as reader:
        yield _of_archive(reader, archive, address)


def _of_archive(reader: Reader, archive: str, address: Address) -> ImportSource:
    reader.check_instance()
    where = reader.instance.name
    try:
        dandiset = reader.dandiset()
        version = find_version(reader, list_versions(reader), address.version)
        document = version.document()
    except ArchiveError as error:
        if error.status != _NOT_FOUND:
            raise
        raise ArchiveError(
            f"{where} has no dandiset {address.identifier}",
            status=_NOT_FOUND,
            where=error.where,
            fix="check the number; `--instance NAME` names another archive, such as dandi-sandbox",
        ) from None
    except CredentialsError as error:
        if reader.key is not None and not error.where:  # the archive rejects the key as such
            raise
        what = f"dandiset {address.identifier} on {where} is under embargo: only its owners can see it"
        raise CredentialsError(what, where=error.where, fix=error.fix) from None
    owners, notes = _owners(reader)
    status = dandiset["embargo_status"]
    if status == RELEASING:
        notes = (*notes, "the archive is releasing the embargo: the spec does not declare `embargo`")
    licenses = allowed_licenses(reader.info())
    return ImportSource(
        document=document,
        instance=where if where in known_instances() else archive,
        identifier=address.identifier,
        shown=_page(reader, address),
        version=address.version,
        licenses=tuple(each for each in SCHEMA_LICENSES if each in licenses),
        owners=owners,
        embargo=_embargo(document) if status == EMBARGOED else None,
        notes=notes,
        on_archive=version,
    )


def _page(reader: Reader, address: Address) -> str:
    page = reader.instance.page(address.identifier)
    return page if address.is_draft else page.replace("/draft", f"/{address.version}")


def _owners(reader: Reader) -> tuple[list[str] | None, tuple[str, ...]]:
    """The owners where this user is one of them: others could neither add nor remove any."""
    if reader.key is None:
        return None, ()
    try:
        user, owners = reader.me(), list(reader.owners())
    except CredentialsError:
        return None, ()
    if user in owners:
        return owners, ()
    return None, (f"you ({user}) are not an owner of this dandiset, so the spec does not declare `owners`",)


def _embargo(document: JsonObject) -> Json:
    """With its end date, where the draft has one."""
    until = EmbargoState.of(EMBARGOED, document).until
    return {"until": until} if until else True


# --- Exports --------------------------------------------------------------------------------------


def _of_file(file: Path, named: str) -> ImportSource:
    shown = str(file)
    found = read_document(read_text(file, "the export", SPEC_LIMIT, shown), shown)
    if found.problems:
        raise SpecError(f"{shown} cannot be read", found.problems)
    document = found.value
    if not isinstance(document, dict) or document.get("schemaKey") != "Dandiset":
        raise SpecError(f"{shown} is not an export of a dandiset", [_other_file(document, shown)])
    if "dandifile" in document:
        what = "the dandi client wrote the archive's metadata into a spec"
        raise SpecError(
            f"{shown} is not an export of a dandiset",
            [
                Problem(
                    f"{shown}:1:1", what, "restore the spec from git, and import the dandiset by its number"
                )
            ],
        )
    address = _address_in(document)
    if address is None:
        raise UserError(
            "the export does not say of which dandiset it is: it has no `url` and no `identifier`",
            where=shown,
            fix="import the dandiset by its number, or add `identifier: DANDI:000123`",
        )
    return ImportSource(document, instance_of(address, named), address.identifier, shown, address.version)


def _other_file(document: Json, shown: str) -> Problem:
    if isinstance(document, dict) and "dandifile" in document:
        return Problem(f"{shown}:1:1", "it is a spec already", "run `dandifile plan`, or name a dandiset")
    return Problem(
        f"{shown}:1:1",
        "it has no `schemaKey: Dandiset`",
        "name the dandiset.yaml that `dandi download` wrote, or a dandiset by its number",
    )


def _address_in(document: JsonObject) -> Address | None:
    """The dandiset that the export names: by its page, which is on its archive, else by its identifier."""
    for key in ("url", "id", "identifier"):
        value = document.get(key)
        try:
            if isinstance(value, str):
                return parse_address(value)
        except UserError:  # such as the page of an archive that is gone
            continue
    return None
