"""URLs in a form that can be compared."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from dandifile.errors import UserError


def normal_url(url: str) -> str:
    """A URL in the one spelling that can be compared: small host, no default port, no slash at the end."""
    parts = urlsplit(url.strip())
    return f"{origin_of(url)}{parts.path.rstrip('/')}"


def origin_of(url: str) -> str:
    parts = urlsplit(url.strip())
    try:
        port = parts.port
    except ValueError:
        raise UserError(f"{url!r} has no usable port number", fix="write it as https://HOST:PORT") from None
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    if port is None or port == {"http": 80, "https": 443}.get(parts.scheme):
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this very machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
