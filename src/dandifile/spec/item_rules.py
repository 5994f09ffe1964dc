"""What holds for a key wherever it stands: checksums of ids, addresses, terms, `metadata` of an item."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from dandifile.identifiers import bare_orcid, ror_url, term_curie
from dandifile.model import JsonObject
from dandifile.spec.fault import Fault
from dandifile.spec.forms import ABOUT, ANATOMY, Item, items

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?"
_IN_PATH = r"([A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*"
_URL = re.compile(
    rf"https?://(({_LABEL}\.)*(?=[A-Za-z]){_LABEL}|[0-9]+(\.[0-9]+){{3}})(:[0-9]+)?([/?]{_IN_PATH})?(#{_IN_PATH})?"
)
_LONGEST_URL = 1000
_TERMS = (ANATOMY, *ABOUT.values())
_NEARLY_A_TERM = re.compile(r"(UBERON|CL|HP)[:_]\w*|https?://\S+", re.IGNORECASE)


def item_faults(raw: JsonObject) -> Iterator[Fault]:
    for item in items(raw):
        for key, check in _CHECKS.items():
            if isinstance(text := item.keys.get(key), str) and text.strip() and (complaint := check(text)):
                yield Fault(item.at(key), *complaint)
        yield from _set_twice(item)
        yield from _not_a_term(item)


def _set_twice(item: Item) -> Iterator[Fault]:
    metadata = item.keys.get("metadata", {})
    for short, dandi in item.form.keys.items():
        if short in item.keys and dandi in metadata:
            what = f"`{dandi}` is set twice: through `{short}` and in `metadata`"
            yield Fault((*item.path, "metadata", dandi), what, "keep one of them", at_key=True)
    if "schemaKey" in metadata:
        what = f"`schemaKey` is {item.form.schema_key} here and cannot be declared"
        yield Fault((*item.path, "metadata", "schemaKey"), what, "take it away", at_key=True)


def _orcid(text: str) -> tuple[str, str] | None:
    if bare_orcid(text):
        return None
    return f"{text!r} is not an ORCID iD, or a digit is wrong (its checksum fails)", "look it up on orcid.org"


def _ror(text: str) -> tuple[str, str] | None:
    if ror_url(text):
        return None
    return f"{text!r} is not a ROR id, or a character is wrong (its checksum fails)", "look it up on ror.org"


def _email(text: str) -> tuple[str, str] | None:
    """As the archive's schema checks it, with the same library."""
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        return f"{text!r} is not an e-mail address: {error}", "write it like jane@example.org"
    return None


def _url(text: str) -> tuple[str, str] | None:
    text = text.strip()
    if len(text) > _LONGEST_URL:
        return f"a URL of {len(text)} characters", f"the archive takes {_LONGEST_URL} at most"
    if _URL.fullmatch(text) and _host_can_be(text):
        return None
    return (
        f"{text!r} is not a URL that the archive takes",
        "write it whole, beginning with http:// or https://",
    )


def _host_can_be(url: str) -> bool:
    """Whether the numbers in the address are in their range."""
    try:
        parts = urlsplit(url)
        assert parts.hostname, "the pattern asks for a host"
        if parts.hostname.replace(".", "").isdigit():
            IPv4Address(parts.hostname)
    except ValueError:
        return False
    else:
        return parts.port is None or parts.port >= 0


def _not_a_term(item: Item) -> Iterator[Fault]:
    """A bare text that is no id is a name, which is looked up."""
    if item.form not in _TERMS:
        return
    text = item.keys.get("id")
    if isinstance(text, str) and not term_curie(text) and (not item.bare or _NEARLY_A_TERM.fullmatch(text)):
        fix = "UBERON, CL and HP ids have seven digits: UBERON:0002421"
        if not _NEARLY_A_TERM.fullmatch(text):
            fix = f"write it like UBERON:0002421, or leave `id` out and write the name: {{name: {text}}}"
        yield Fault(item.at("id"), f"{text!r} is not the id of a term", fix)
    elif not {"id", "name"} & item.keys.keys():
        yield Fault(item.path, "a term needs `name` or `id`", "add one of them; a name is looked up")


_CHECKS: dict[str, Callable[[str], tuple[str, str] | None]] = {
    "orcid": _orcid,
    "ror": _ror,
    "email": _email,
    "url": _url,
}
