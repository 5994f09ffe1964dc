"""Counts and misbehaviour over HTTP, for tests of another process; for the admin alone."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_type_hints

from localdandi import errors, fields
from localdandi.access import identity_proof
from localdandi.archive import Settings
from localdandi.document import Json, JsonObject
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.misbehave import OURS, Behaviour, Fault
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
    return errors.empty_response()


def _add_fault(call: Call) -> Response:
    behaviour, body = _behaviour(call), fields.as_object(call.json())
    _refuse_unknown_fields(body, Fault)
    behaviour.add(replace(Fault(), **body))
    return errors.empty_response()


def _clear_faults(call: Call) -> Response:
    _behaviour(call).clear()
    return errors.empty_response()


def _settings(call: Call) -> Response:
    _behaviour(call)
    body = fields.as_object(call.json())
    _refuse_unknown_fields(body, Settings)
    for name, value in body.items():
        setattr(call.archive.settings, name, value)
    return json_response(vars(call.archive.settings))


def _add_user(call: Call) -> Response:
    """`login`, `first_name`, `last_name`, `email`, `status`; answers with the key."""
    _behaviour(call)
    body = {"status": "APPROVED", **fields.as_object(call.json())}
    names = ("login", "first_name", "last_name", "email", "status")
    login, *rest = fields.check_together(*[lambda name=name: fields.text(body, name) for name in names])
    with call.write() as db:
        if users.by_name(db, login):
            raise errors.refused_error({"login": ["This user exists already."]})
        return json_response({"key": users.add(db, login, **dict(zip(names[1:], rest, strict=True)))})


def _refuse_unknown_fields(body: JsonObject, shape: type) -> None:
    """Refuses fields that a dataclass does not have, and values of another type."""
    types = get_type_hints(shape)
    known = {one.name: types[one.name] for one in dataclass_fields(shape) if not one.name.startswith("_")}
    problems = {
        name: [f"Known are: {', '.join(sorted(known))}."] if name not in known else ["Has another type."]
        for name, value in body.items()
        if name not in known or not _fits(value, known[name])
    }
    if problems:
        raise errors.refused_error(problems)


def _fits(value: Json, wanted: Any) -> bool:
    if isinstance(value, bool) or wanted is bool:
        return isinstance(value, bool) and wanted is bool
    return isinstance(value, wanted) or (isinstance(value, int) and isinstance(0.0, wanted))


ROUTES = [
    resource(f"{OURS}identity", GET=_identity),
    resource(f"{OURS}counts", GET=_counts, DELETE=_reset_counts),
    resource(f"{OURS}faults", POST=_add_fault, DELETE=_clear_faults),
    resource(f"{OURS}settings", PATCH=_settings),
    resource(f"{OURS}users", POST=_add_user),
]
