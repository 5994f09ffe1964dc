"""Counts and misbehaviour over HTTP, for tests of another process; for the admin alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import TYPE_CHECKING

from localdandi import errors, fields
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.identity import identity_proof
from localdandi.misbehave import OURS, Behaviour, Fault
from localdandi.settings import Settings
from localdandi.store import users

if TYPE_CHECKING:
    from starlette.responses import Response


def _behaviour(call: Call) -> Behaviour:
    if not call.known().admin:
        raise errors.forbidden()
    behaviour: Behaviour = call.request.app.state.behaviour
    return behaviour


def _identity(call: Call) -> Response:
    """Proves that this server has a store open and knows its key, to those who know both."""
    proof = identity_proof(call.archive.key, call.archive.store, call.query.get("nonce", ""))
    return json_response({"proof": proof})


def _counts(call: Call) -> Response:
    behaviour = _behaviour(call)
    counts = [{"method": m, "route": r, "count": n} for (m, r), n in sorted(behaviour.counts().items())]
    return json_response(
        {"writes": behaviour.writes(), "stalled": behaviour.stalled.is_set(), "counts": counts}
    )


def _reset_counts(call: Call) -> Response:
    _behaviour(call).reset()
    return errors.nothing()


def _add_fault(call: Call) -> Response:
    behaviour, body = _behaviour(call), fields.mapping(call.json())
    _only(body.keys(), Fault)
    behaviour.add(replace(Fault(), **body))
    return errors.nothing()


def _clear_faults(call: Call) -> Response:
    _behaviour(call).clear()
    return errors.nothing()


def _settings(call: Call) -> Response:
    _behaviour(call)
    body = fields.mapping(call.json())
    _only(body.keys(), Settings)
    for name, value in body.items():
        setattr(call.archive.settings, name, value)
    return json_response(vars(call.archive.settings))


def _add_user(call: Call) -> Response:
    """`login`, `first_name`, `last_name`, `email`, `status`; answers with the key."""
    _behaviour(call)
    body = fields.mapping(call.json())
    with call.write() as db:
        return json_response({"key": users.add(db, body.pop("login"), **body)})


def _only(names: Iterable[str], shape: type) -> None:
    known = {one.name for one in dataclass_fields(shape)}
    unknown = sorted(set(names) - known)
    if unknown:
        raise errors.refused({name: [f"Known are: {', '.join(sorted(known))}."] for name in unknown})


ROUTES = [
    resource(f"{OURS}identity", GET=_identity),
    resource(f"{OURS}counts", GET=_counts, DELETE=_reset_counts),
    resource(f"{OURS}faults", POST=_add_fault, DELETE=_clear_faults),
    resource(f"{OURS}settings", PATCH=_settings),
    resource(f"{OURS}users", POST=_add_user),
]
