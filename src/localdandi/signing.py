"""Presigned URLs: each permits one thing to one object, for a while, without a key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

if TYPE_CHECKING:
    from starlette.types import Scope

SIGNATURE = "X-Amz-Signature"
_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Signer:
    secret: str

    def url(
        self,
        method: str,
        path: str,
        params: Mapping[str, str],
        lifetime: int,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Path and query (no origin) that allow `method` on `path` for `lifetime` seconds.

        `headers` must then be sent as they are here (lower-case names); the URL names them.
        """
        headers = dict(sorted((headers or {}).items()))
        query = {
            **params,
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": datetime.now(UTC).strftime(_FORMAT),
            "X-Amz-Expires": str(lifetime),
            "X-Amz-SignedHeaders": ";".join(sorted(["host", *headers])),
        }
        query[SIGNATURE] = self._sign(method, path, query, headers)
        return f"{quote(path)}?{urlencode(query, quote_via=quote)}"

    def fault(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> str | None:
        """Why a request's signature is not valid; None when it is."""
        params = _params(query)
        given = params.pop(SIGNATURE, "")
        names = params.get("X-Amz-SignedHeaders", "").split(";")
        signed = {name: headers.get(name, "") for name in names if name != "host"}
        if not hmac.compare_digest(given.encode(), self._sign(method, path, params, signed).encode()):
            return "SignatureDoesNotMatch"
        age = datetime.now(UTC) - datetime.strptime(params["X-Amz-Date"], _FORMAT).replace(tzinfo=UTC)
        return "AccessDenied" if age.total_seconds() > int(params["X-Amz-Expires"]) else None

    def fault_of(self, scope: Scope) -> str | None:
        """The same for a request as the server received it.

        The only check of a signature, for the guard and for the object's route.
        """
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return self.fault(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers)

    def _sign(self, method: str, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> str:
        material = [method, path, urlencode(sorted(params.items()))]
        material += [f"{name}:{value}" for name, value in headers.items()]
        return hmac.new(self.secret.encode(), "\n".join(material).encode(), hashlib.sha256).hexdigest()


def claims_signature(scope: Scope) -> bool:
    """Whether a request has a parameter that is a signature; not whether it is valid."""
    return SIGNATURE in _params(scope["query_string"].decode("latin-1"))


def _params(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True))
