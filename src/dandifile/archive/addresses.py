"""Which dandiset of which archive a text means: an identifier, the address of a page or of the API, a DOI."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dandifile.archive.instance import LOCAL
from dandifile.archive.instances import built_in_instance, check_name, current_name, known_instances
from dandifile.errors import UserError
from dandifile.net.urls import origin_of, split

DRAFT = "draft"
DEFAULT = "dandi"
"""The archive of an identifier that says nothing of its archive, as the dandi client has it."""

_ID, _VERSION = r"(?P<identifier>[0-9]{6})", rf"(?P<version>{DRAFT}|[0-9]+\.[0-9]+\.[0-9]+)"
_IDENTIFIER = re.compile(rf"(?:(?P<prefix>[A-Za-z][A-Za-z-]*):)?{_ID}(?:[/@]{_VERSION})?")
_CLIENTS_URL = re.compile(rf"dandi://(?P<prefix>[\w-]+)/{_ID}(?:@{_VERSION})?(?:/.*)?")
_DOI = re.compile(
    rf"(?:doi:|https?://(?:dx\.)?doi\.org/)?10\.[0-9]+/(?P<prefix>[a-z-]+)\.{_ID}(?:/{_VERSION})?",
    re.IGNORECASE,
)
_RESOLVED = re.compile(
    rf"https?://identifiers\.org/(?P<prefix>[A-Za-z-]+):{_ID}(?:/{_VERSION})?", re.IGNORECASE
)
_PAGE = re.compile(rf"/?(?:dandiset/)?{_ID}(?:/{_VERSION})?(?:/(?:files|search|metadata))?/?")
_API = re.compile(rf"/api/dandisets/{_ID}(?:/versions(?:/{_VERSION}(?:/.*)?)?)?/?")

_LONG = 100  # characters of a text that are shown
_ALLOWED = (
    "write an identifier (DANDI:000123, 000123), the address of a dandiset's page or of the API "
    "(https://dandiarchive.org/dandiset/000123/draft), or the name of a downloaded dandiset.yaml"
)


@dataclass(frozen=True)
class Address:
    """A version of a dandiset. `archive` is the name or the URL of its archive; "" if the text does not say.

    `is_bound`: the text names that archive itself. A prefix such as `DANDI:` does not, as copies of an
    archive use it as well.
    """

    identifier: str
    version: str = DRAFT
    archive: str = ""
    is_bound: bool = False

    @property
    def is_draft(self) -> bool:
        return self.version == DRAFT

    @property
    def shown(self) -> str:
        return self.identifier if self.is_draft else f"{self.identifier}/{self.version}"


def parse_address(text: str) -> Address:
    """The dandiset that `text` means. UserError, with what is allowed, if it means none."""
    text = text.strip()
    for form in (_IDENTIFIER, _CLIENTS_URL, _DOI, _RESOLVED):
        if found := form.fullmatch(text):
            archive = _archive_called(found["prefix"] or "")
            return _address(found, archive, is_bound=form in (_CLIENTS_URL, _DOI))
    if text.startswith(("http://", "https://")):
        return _of_url(text)
    if re.fullmatch(r"[0-9]{1,5}", text):
        raise UserError(f"{text!r} is not an identifier: it has six digits", fix=f"write {text:0>6}")
    raise UserError(f"{text[:_LONG]!r} does not name a dandiset", fix=_ALLOWED)


def _address(found: re.Match[str], archive: str, *, is_bound: bool) -> Address:
    return Address(found["identifier"], found["version"] or DRAFT, archive, is_bound)


def _archive_called(prefix: str) -> str:
    """The archive with this prefix before its identifiers: its name in capitals. "" for no prefix."""
    name = prefix.lower()
    if not name:
        return ""
    if name != LOCAL and name not in known_instances():
        names = ", ".join(each.upper() for each in known_instances())
        raise UserError(
            f"no archive that dandifile knows has identifiers that begin with {prefix}:",
            fix=f"known: {names}; for another archive, give the address of the dandiset's page",
        )
    return name


def _of_url(url: str) -> Address:
    parts = split(url.replace("/#/", "/", 1))  # pages of older archives have their path behind a `#`
    found = _API.fullmatch(parts.path) or _PAGE.fullmatch(parts.path)
    if not found:
        raise UserError(f"{url[:_LONG]} is not the address of a dandiset", fix=_ALLOWED)
    archive = current_name(parts.hostname or "")
    if not archive:
        instance = built_in_instance(origin_of(url))
        archive = instance.name if instance else origin_of(url)
    return _address(found, archive, is_bound=True)


def instance_of(address: Address, named: str) -> str:
    """The archive's name or URL: as `named` by the user, else by the address. UserError if they differ."""
    if not named:
        return address.archive or DEFAULT
    check_name(named)
    if address.is_bound and _home(named) != _home(address.archive):
        raise UserError(
            f"the address is one of {address.archive}, and --instance says {named}",
            fix="leave --instance out",
        )
    return named


def _home(archive: str) -> str:
    """The API of a known archive, or the origin of another one."""
    if archive == LOCAL:
        return LOCAL
    instance = built_in_instance(archive)
    return instance.api_url if instance else origin_of(archive)
