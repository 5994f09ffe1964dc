from __future__ import annotations

from socket import gaierror
from typing import Any

import pytest
import requests
from urllib3 import HTTPSConnectionPool
from urllib3.exceptions import LocationParseError, MaxRetryError, NameResolutionError, NewConnectionError

from dandifile.net.connections import Connections, Timeouts
from dandifile.net.failures import Cause, NoAnswerError, cause_of

URL = "https://example.org/thing?X-Amz-Signature=verysecret"
POOL: Any = HTTPSConnectionPool("example.org")
NO_NAME = NameResolutionError("example.org", POOL, gaierror("unknown"))
REFUSED = NewConnectionError(POOL, "refused")


@pytest.mark.parametrize(
    ("error", "cause", "is_unsent"),
    [
        (requests.exceptions.SSLError("bad certificate"), Cause.UNTRUSTED, False),
        (requests.exceptions.ProxyError("no"), Cause.PROXY, False),
        (requests.ConnectionError(MaxRetryError(POOL, URL, NO_NAME)), Cause.NO_HOST, True),
        (requests.ConnectionError(MaxRetryError(POOL, URL, REFUSED)), Cause.REFUSED, True),
        (requests.ConnectTimeout("slow"), Cause.UNCONNECTED, True),
        (requests.ReadTimeout("slow"), Cause.SILENT, False),
        (requests.ConnectionError("reset"), Cause.BROKEN, False),
        (requests.exceptions.ChunkedEncodingError("reset"), Cause.BROKEN, False),
        (requests.exceptions.ContentDecodingError("not gzip"), Cause.BROKEN, False),
        (requests.exceptions.InvalidURL("no host"), Cause.NOT_A_URL, False),
        (LocationParseError("x"), Cause.UNREADABLE, False),
        (ValueError("x"), Cause.UNREADABLE, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_failure_has_a_cause(error: Exception, cause: Cause, is_unsent: bool) -> None:
    assert cause_of(error) is cause
    assert cause.is_unsent is is_unsent


def test_words_have_a_fix_and_no_url() -> None:
    for cause in Cause:
        said = f"{cause.why}{cause.fix('`instance` in the spec')}{NoAnswerError(cause)}"
        assert cause.why
        assert cause.fix("x")
        assert "{" not in said
    error = requests.ConnectionError(MaxRetryError(POOL, URL, REFUSED))
    assert "verysecret" not in f"{NoAnswerError(cause_of(error))!r}"


def test_a_host_that_has_no_address_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with pytest.raises(NoAnswerError) as error:
        Connections("").send("GET", "http://no-such-host.invalid/", Timeouts(2, 2, 2, 20))
    assert error.value.__suppress_context__
