"""Validation by dandischema, in a process of its own.

It is slow to load and slow to run, and must not hold up requests. The process reads questions
and writes answers, a line of JSON each.

    {"document": {...}, "model": "PublishedAsset", "own": "0.8.0"}  ->  [{"field": ..., "message": ...}, ...]
    {"schema": "Dandiset"}                           ->  the JSON Schema
    {"summary": true}, a line an asset, an empty line  ->  the assetsSummary

An answer is {"result": ...}, or {"error": "..."} where a document made dandischema fail.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from functools import cache

from localdandi import instance
from localdandi.document import Json, JsonObject


class ValidatorError(Exception):
    """A question had no answer."""


class Validator:
    """The process, started with the first question; safe to use from several threads."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def findings(self, document: JsonObject, model: str, own: str) -> list[dict[str, str]]:
        """What is wrong with a document, in the words of an archive whose own schema version is `own`."""
        try:
            found: list[dict[str, str]] = self._ask({"document": document, "model": model, "own": own})
        except ValidatorError as error:
            return [{"field": "", "message": f"It cannot be validated: {error}"}]
        return found

    def schema(self, model: str) -> JsonObject:
        schema: JsonObject = self._ask({"schema": model})
        return schema

    def summary(self, assets: Iterable[str]) -> JsonObject:
        """The summary of assets whose metadata comes as JSON texts, one at a time."""
        summary: JsonObject = self._ask({"summary": True}, more=assets)
        return summary

    def _ask(self, question: Json, more: Iterable[str] | None = None) -> Json:
        with self._asking:
            process = self._running()
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

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "localdandi.validator"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | instance.ENVIRONMENT | {"PYTHONUTF8": "1"},
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


@cache
def shared() -> Validator:
    """One validator for all archives of this process."""
    validator = Validator()
    atexit.register(validator.close)
    return validator


# --- In the process ---------------------------------------------------------------------------


def _findings(document: JsonObject, model: str, own: str) -> list[dict[str, str]]:
    """Findings. An older schema would have to be fetched, so its documents are held to the models alone."""
    from dandischema.consts import DANDI_SCHEMA_VERSION
    from dandischema.exceptions import JsonschemaValidationError, PydanticValidationError
    from dandischema.metadata import validate

    version, allowed = document.get("schemaVersion"), instance.allowed_versions(own)
    if version not in allowed:
        message = f"Metadata version {version} is not allowed. Allowed are: {', '.join(allowed)}."
        return [{"field": "", "message": message}]
    try:
        validate(document, schema_key=model, json_validation=version == DANDI_SCHEMA_VERSION)
    except JsonschemaValidationError as error:
        return [{"field": ".".join(map(str, one.path)), "message": one.message} for one in error.errors]
    except PydanticValidationError as error:
        return [
            {"field": str(one["loc"][0]) if one["loc"] else "", "message": one["msg"]} for one in error.errors
        ]
    except ValueError as error:
        return [{"field": "", "message": str(error)}]
    return []


def _schema(model: str) -> Json:
    from dandischema import models
    from dandischema.utils import TransitionalGenerateJsonSchema

    return getattr(models, model).model_json_schema(schema_generator=TransitionalGenerateJsonSchema)


def _summary(lines: Iterator[str]) -> Json:
    from dandischema.metadata import aggregate_assets_summary

    texts = iter(lambda: next(lines).strip(), "")
    try:
        return aggregate_assets_summary(json.loads(text) for text in texts)
    finally:
        for _ in texts:  # what a failure left unread
            pass


def _answer(question: JsonObject, lines: Iterator[str]) -> Json:
    if "schema" in question:
        return _schema(question["schema"])
    if "summary" in question:
        return _summary(lines)
    return _findings(question["document"], question["model"], question["own"])


def main() -> None:
    lines = iter(sys.stdin)
    for line in lines:
        try:
            answer = {"result": _answer(json.loads(line), lines)}
        except Exception as error:  # noqa: BLE001  told to the one who asked
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
