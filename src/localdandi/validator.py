"""Validation by dandischema, in a process of its own.

It is slow to load and slow to run, and must not hold up requests. The process reads questions
and writes answers, a line of JSON each.

    {"document": {...}, "model": "PublishedAsset"}   ->  [{"field": ..., "message": ...}, ...]
    {"schema": "Dandiset"}                           ->  the JSON Schema
    {"ready": true}                                  ->  true, once dandischema is loaded
    {"summary": true}, a line an asset, an empty line  ->  the assetsSummary

An answer is {"result": ...}, or {"error": "..."} where a document made dandischema fail.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from localdandi import schemas
from localdandi.document import ISOLATED, Json, JsonObject
from localdandi.instance import Instance


class ValidatorError(Exception):
    """A question had no answer."""


class Validator:
    """The process, started with the first question; safe to use from several threads."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._asking = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def findings(self, document: JsonObject, model: str) -> list[dict[str, str]]:
        """What is wrong with a document, in the archive's words; nothing if it is valid."""
        try:
            found: list[dict[str, str]] = self._ask({"document": document, "model": model})
        except ValidatorError as error:
            return [{"field": "", "message": f"It cannot be validated: {error}"}]
        return found

    def warm_up(self) -> None:
        """Waits until the process has loaded dandischema, which takes it a second or more."""
        with contextlib.suppress(ValidatorError):  # the findings will say so
            self._ask({"ready": True})

    def schema(self, model: str) -> JsonObject:
        schema: JsonObject = self._ask({"schema": model})
        return schema

    def summary(self, assets: Iterable[str]) -> JsonObject:
        """The summary of assets whose metadata comes as JSON texts, one at a time."""
        summary: JsonObject = self._ask({"summary": True}, more=assets)
        return summary

    def _ask(self, question: Json, more: Iterable[str] | None = None) -> Json:
        with self._asking:
            process = self._live_process()
            try:
                line = _exchange(process, question, more)
            except OSError:
                line = ""
            except BaseException:  # half a question was put: the next one needs a new process
                process.kill()
                raise
        if not line:
            process.kill()
            raise ValidatorError(f"the validator ended with exit code {process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise ValidatorError(answer["error"])
        return answer["result"]

    def _live_process(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
                [*ISOLATED, "localdandi.validator", self._instance.schema_version],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(self._instance),
                encoding="utf-8",
            )
        return self._process

    def close(self) -> None:
        """Ends the process; it also ends by itself when ours does."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
            self._process.wait()


def _exchange(process: subprocess.Popen[str], question: Json, more: Iterable[str] | None) -> str:
    """Sends a question and whatever goes with it; the line that answers, or nothing."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(question) + "\n")
    if more is not None:
        process.stdin.writelines(f"{line}\n" for line in more)
        process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline()


def _environment(instance: Instance) -> dict[str, str]:
    """The caller's own environment without what dandischema would take for settings of the archive."""
    theirs = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("DANDI_", "DJANGO_DANDI_"))
    }
    return theirs | instance.dandischema_environment() | {"PYTHONUTF8": "1"}


@cache
def shared_validator(instance: Instance) -> Validator:
    """One validator for all archives of this process that are the same instance."""
    validator = Validator(instance)
    atexit.register(validator.close)
    return validator


# --- In the process ---------------------------------------------------------------------------


@cache
def _json_validator(model: str, version: str) -> Any:
    from dandischema.utils import dandi_jsonschema_validator

    return dandi_jsonschema_validator(schemas.json_schema(model, version))


def _findings(document: JsonObject, model: str, version: str) -> list[dict[str, str]]:
    """What an archive of a schema version finds.

    A document of an older version would need a schema that has to be fetched: it is held to the models alone.
    """
    from dandischema.exceptions import JsonschemaValidationError
    from dandischema.utils import validate_json
    from pydantic import ValidationError

    given, allowed = document.get("schemaVersion"), schemas.allowed_versions(version)
    if given not in allowed:
        message = f"Metadata version {given} is not allowed. Allowed are: {', '.join(allowed)}."
        return [{"field": "", "message": message}]
    try:
        if given == version:
            validate_json(document, _json_validator(model, version))
        schemas.model(model, version)(**document)
    except JsonschemaValidationError as error:
        return [{"field": ".".join(map(str, one.path)), "message": one.message} for one in error.errors]
    except ValidationError as error:
        return [
            {"field": str(one["loc"][0]) if one["loc"] else "", "message": one["msg"]}
            for one in error.errors()
        ]
    except ValueError as error:
        return [{"field": "", "message": str(error)}]
    return []


def _summary(lines: Iterator[str]) -> Json:
    from dandischema.metadata import aggregate_assets_summary

    texts = iter(lambda: next(lines).strip(), "")
    try:
        return aggregate_assets_summary(json.loads(text) for text in texts)
    finally:
        for _ in texts:  # what a failure left unread
            pass


def _answer(question: JsonObject, lines: Iterator[str], version: str) -> Json:
    if "ready" in question:
        return bool(schemas.model("Dandiset", version))
    if "schema" in question:
        return schemas.json_schema(question["schema"], version)
    if "summary" in question:
        return _summary(lines)
    return _findings(question["document"], question["model"], version)


def main() -> None:
    version, lines = sys.argv[1], iter(sys.stdin)
    for line in lines:
        try:
            answer = {"result": _answer(json.loads(line), lines, version)}
        except Exception as error:  # noqa: BLE001  reported to the caller
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
