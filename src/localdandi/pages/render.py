"""Templates to pages. Everything is escaped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

from localdandi.pages import documents

if TYPE_CHECKING:
    from jinja2 import Environment

# No script runs on these pages, whatever metadata holds; pictures and styles are our own.
_POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'"
HEADERS = {
    "Content-Security-Policy": _POLICY,
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
    return environment


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """`templates/<template>.html` filled with `values`."""
    text = _environment().get_template(f"{template}.html").render(values)
    return HTMLResponse(text, status, headers=HEADERS)
