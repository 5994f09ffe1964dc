"""The forms that ids have in URLs. What has another form fits no route: a web page's 404."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor


class _Text(Convertor[str]):
    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Dandiset(_Text):
    regex = "[0-9]{6}"


class _Version(_Text):
    regex = r"0\.[0-9]{6}\.[0-9]{4}|draft"


class _Uuid4(_Text):
    regex = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def register() -> None:
    """Makes `{name:dandiset}`, `{name:version}` and `{name:uuid4}` known to routes."""
    register_url_convertor("dandiset", _Dandiset())
    register_url_convertor("version", _Version())
    register_url_convertor("uuid4", _Uuid4())
