"""Why no answer came, in words of our own.

Those of `requests` quote whole URLs, and a signed URL is a password.
"""

from __future__ import annotations

from enum import Enum


class Cause(Enum):
    """What went wrong, and what to do about it; `{setting}` in the fix names where the URL comes from."""

    NOT_A_URL = ("this is not a URL to send anything to", "check {setting}")
    UNTRUSTED = ("its certificate is not trusted here", "check {setting}, the clock and the network's proxy")
    PROXY = ("the proxy does not let it through", "check HTTPS_PROXY and NO_PROXY")
    NO_HOST = ("there is no host of this name", "check the network and {setting}")
    REFUSED = ("no connection", "check the network and that the server is up")
    UNCONNECTED = ("no connection in time", "check the network, or run again later")
    SILENT = ("no answer in time", "check the network, or run again later")
    BROKEN = ("the connection broke", "run again; what was done is kept")
    UNREADABLE = ("the answer cannot be read", "check {setting} and the network's proxy")
    TOO_LARGE = ("the answer is too large", "check {setting} and the network's proxy")

    def __init__(self, why: str, fix: str) -> None:
        self.why = why
        self._fix = fix

    def fix(self, setting: str) -> str:
        """What to do next. `setting` is where the user gave the URL, such as "`instance` in the spec"."""
        return self._fix.format(setting=setting)

    @property
    def is_unsent(self) -> bool:
        """Whether the request certainly never reached a server, and so had no effect."""
        return self in _UNSENT

    @property
    def is_timeout(self) -> bool:
        return self in _TIMEOUTS

    @property
    def is_hopeless(self) -> bool:
        """Whether another try would end in the same way."""
        return self in _HOPELESS


_UNSENT = {Cause.NO_HOST, Cause.REFUSED, Cause.UNCONNECTED}
_TIMEOUTS = {Cause.UNCONNECTED, Cause.SILENT}
_HOPELESS = {Cause.NOT_A_URL, Cause.UNREADABLE, Cause.TOO_LARGE}


class NoAnswerError(Exception):
    """A request got no answer that can be used. The caller says what that means."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.why)
        self.cause = cause


def cause_of(error: Exception) -> Cause:
    """The cause behind what `requests` raised, or what it lets through from `urllib3`."""
    import requests
    from requests import exceptions
    from urllib3.exceptions import NameResolutionError, NewConnectionError, ProtocolError, ReadTimeoutError

    inner = _reason(error)
    causes: list[tuple[bool, Cause]] = [
        (isinstance(error, ReadTimeoutError), Cause.SILENT),  # these two while a body is read
        (isinstance(error, ProtocolError), Cause.BROKEN),
        (not isinstance(error, requests.RequestException), Cause.UNREADABLE),
        (isinstance(error, exceptions.SSLError), Cause.UNTRUSTED),
        (isinstance(error, exceptions.ProxyError), Cause.PROXY),
        (isinstance(inner, NameResolutionError), Cause.NO_HOST),
        (isinstance(error, requests.ConnectTimeout), Cause.UNCONNECTED),
        (isinstance(inner, NewConnectionError), Cause.REFUSED),
        (isinstance(error, requests.Timeout), Cause.SILENT),
        (isinstance(error, requests.ConnectionError), Cause.BROKEN),
        (isinstance(error, exceptions.ChunkedEncodingError), Cause.BROKEN),
        (isinstance(error, exceptions.ContentDecodingError), Cause.BROKEN),
    ]
    return next((cause for found, cause in causes if found), Cause.NOT_A_URL)


def _reason(error: Exception) -> object:
    """What `urllib3` gave up for, where it gave up a connection."""
    from urllib3.exceptions import MaxRetryError

    inner = error.args[0] if error.args else None
    return inner.reason if isinstance(inner, MaxRetryError) else inner
