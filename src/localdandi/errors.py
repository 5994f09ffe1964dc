"""How the archive says no. Its error bodies have no one shape, and clients must cope with all."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import HTMLResponse, Response

from localdandi.document import Json
from localdandi.store.dandisets import dump


class RefusedError(Exception):
    """Ends a request with `response`."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def json_response(content: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return json_text(dump(content), status, headers)


def json_text(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(text, status, dict(headers or {}), media_type="application/json")


def empty_response(status: int = 204) -> Response:
    return Response(status_code=status)


def refused_error(content: Json, status: int = 400, headers: Mapping[str, str] | None = None) -> RefusedError:
    """A body of JSON: a bare string, a list of messages, or messages by field."""
    return RefusedError(json_response(content, status, headers))


def detail(text: str, status: int, headers: Mapping[str, str] | None = None) -> RefusedError:
    return refused_error({"detail": text}, status, headers)


_CHALLENGE = 'Bearer realm="api"'
BEARER_CHALLENGE = f'{_CHALLENGE},error="invalid_token",error_description="The access token is invalid."'


def unauthorised_error(text: str) -> RefusedError:
    return detail(text, 401, {"WWW-Authenticate": _CHALLENGE})


def not_authenticated() -> RefusedError:
    return unauthorised_error("Authentication credentials were not provided.")


def invalid_token() -> RefusedError:
    return unauthorised_error("Invalid token.")


def forbidden() -> RefusedError:
    return detail("You do not have permission to perform this action.", 403)


def not_owner() -> RefusedError:
    """An owner check on versions and assets answers with nothing at all."""
    return RefusedError(HTMLResponse("", 403))


def not_found() -> RefusedError:
    return detail("Not found.", 404)


def fatal() -> RefusedError:
    """Ends a request as the real archive does where it did not foresee what was sent."""
    return RefusedError(internal_error_response())


def no_such_page() -> Response:
    """A URL that fits no route: a web page, not JSON."""
    return HTMLResponse("<!doctype html><html lang=en><title>Not Found</title><h1>Not Found</h1></html>", 404)


def internal_error_response() -> Response:
    """What the real archive says to a body that it did not foresee."""
    return HTMLResponse(
        "<!doctype html><html lang=en><title>Server Error</title><h1>Server Error (500)</h1></html>", 500
    )
