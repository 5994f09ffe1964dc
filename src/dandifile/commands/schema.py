"""`dandifile schema`: the JSON Schemas of the files that people and machines write for us."""

from __future__ import annotations

from dandifile.commands.showing import print_json
from dandifile.errors import Exit, UserError
from dandifile.schemafiles import schema as schema_file

SCHEMAS = {"spec": "dandiset.schema.json", "plan": "plan.schema.json", "lock": "lock.schema.json"}


def schema(name: str) -> int:
    if name not in SCHEMAS:
        raise UserError(f"there is no schema of {name!r}", fix=f"use one of {', '.join(SCHEMAS)}")
    print_json(schema_file(SCHEMAS[name]))
    return Exit.DONE
