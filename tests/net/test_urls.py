from __future__ import annotations

import pytest

from dandifile.net.urls import is_loopback, normal_url


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://Host.org:443/api/", "https://host.org/api"),
        ("http://host:80", "http://host"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_a_url_has_one_spelling(url: str, normal: str) -> None:
    assert normal_url(url) == normal


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost:1", True),
        ("http://a.localhost", True),
        ("http://127.9.0.1", True),
        ("http://[::1]:8000", True),
        ("http://localhost.example.org", False),
        ("http://10.0.0.1", False),
    ],
)
def test_this_machine_is_told_from_others(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback
