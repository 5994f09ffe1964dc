"""URLs in a form that can be compared, and in one that can be shown."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from dandifile.errors import UserError

_LONG = 200  # characters of a URL that are shown


def normal_url(url: str) -> str:
    """The one spelling that can be compared: lower-case host, no default port, no slash at the end."""
    return f"{origin_of(url)}{split(url).path.rstrip('/')}"


def split(url: str) -> SplitResult:
    """The parts of a URL. UserError if it is not one, such as with a bracket that is never closed."""
    try:
        return urlsplit(url.strip())
    except ValueError as error:
        raise UserError(f"{url[:_LONG]!r} is not a URL: {error}", fix="write it as https://HOST") from None


def origin_of(url: str) -> str:
    """Scheme, host and port: what a key is for."""
    parts = split(url)
    try:
        port = parts.port
    except ValueError:
        raise UserError(
            f"{url[:_LONG]!r} has no usable port number", fix="write it as https://HOST:PORT"
        ) from None
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    if port is None or port == {"http": 80, "https": 443}.get(parts.scheme):
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this very machine."""
    host = split(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def without_query(url: str) -> str:
    """For messages: the query of a signed URL is a password."""
    return url.partition("?")[0]
