"""`dandifile schema`: the JSON Schemas of the files that people and machines write for us."""

from __future__ import annotations

from dandifile.errors import Exit, UserError
from dandifile.schemafiles import schema as schema_file
from dandifile.terminal.screen import print_json

SCHEMAS = {"spec": "dandiset.schema.json", "plan": "plan.schema.json", "lock": "lock.schema.json"}


def schema(name: str) -> int:
    if name not in SCHEMAS:
        raise UserError(f"there is no schema of {name!r}", fix=f"use one of {', '.join(SCHEMAS)}")
    print_json(schema_file(SCHEMAS[name]))
    return Exit.DONE
