"""`dandifile schema`: the JSON Schemas of the files that people and machines write for us."""

from __future__ import annotations

from dandifile.commands.showing import print_json
from dandifile.errors import Exit, UserError
from dandifile.plan.planfile import plan_schema
from dandifile.spec.schema import spec_schema

SCHEMAS = {"spec": spec_schema, "plan": plan_schema}


def schema(name: str) -> int:
    if name not in SCHEMAS:
        raise UserError(f"there is no schema of {name!r}", fix=f"use one of {', '.join(SCHEMAS)}")
    print_json(SCHEMAS[name]())
    return Exit.DONE
