"""From values to HTML: templates that escape everything, the style, the script, what a browser may load."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from localdandi.pages import documents
from localdandi.pages.addresses import Addresses

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def style_sheet() -> str:
    return (resources.files("localdandi.pages") / "templates" / "style.css").read_text(encoding="utf-8")


@cache
def policy(pictures: str = "'self'") -> str:
    """The Content-Security-Policy: of all scripts only ours runs, by its hash; nothing comes from elsewhere.

    `pictures` says from where pictures and styles may come.
    """
    script = _environment().get_template("page.js").render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; img-src {pictures}; style-src {pictures};"
        " form-action 'self'; base-uri 'none'"
    )


def headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": policy() + "; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("localdandi.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["size"] = documents.size
    environment.filters["words"] = documents.words
    environment.filters["count"] = documents.counted
    environment.filters["day"] = documents.day
    return environment


def render(template: str, to: Addresses, **values: Any) -> str:
    """`templates/<template>.html`, filled with `values`; its links lead where `to` says."""
    values["file_policy"] = policy("'self' file:")
    return _environment().get_template(f"{template}.html").render(values, to=to)
