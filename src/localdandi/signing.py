"""Presigned URLs: whoever has one may do one thing to one object, for a while."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlencode

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
        query["X-Amz-Signature"] = self._sign(method, path, query, headers)
        return f"{quote(path)}?{urlencode(query, quote_via=quote)}"

    def fault(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> str | None:
        """Why a request's signature does not hold; None when it does."""
        params = dict(parse_qsl(query, keep_blank_values=True))
        given = params.pop("X-Amz-Signature", "")
        names = params.get("X-Amz-SignedHeaders", "").split(";")
        signed = {name: headers.get(name, "") for name in names if name != "host"}
        if not hmac.compare_digest(given.encode(), self._sign(method, path, params, signed).encode()):
            return "SignatureDoesNotMatch"
        age = datetime.now(UTC) - datetime.strptime(params["X-Amz-Date"], _FORMAT).replace(tzinfo=UTC)
        return "AccessDenied" if age.total_seconds() > int(params["X-Amz-Expires"]) else None

    def _sign(self, method: str, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> str:
        material = [method, path, urlencode(sorted(params.items()))]
        material += [f"{name}:{value}" for name, value in headers.items()]
        return hmac.new(self.secret.encode(), "\n".join(material).encode(), hashlib.sha256).hexdigest()
