"""Makes files and answers that are almost right: seeded, so that each can be made again by its number."""

from __future__ import annotations

import json
from random import Random

from dandifile.model import Json

VALUES: tuple[Json, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", "x", "x" * 3000, "a\0b", "2024-13-45", "https://[", "../..",
    "{{ 1 }}", [], {}, [None], [[]], [{}], {"a": None}, [1, "a"], {"": ""},
)  # fmt: skip

SNIPPETS = (
    "[", "]", "{", "}", ":", ": ", "- ", "  ", "\t", "\n\n", "#", "&a ", "*a", "!x ", "|", ">", "'", '"',
    "%", "null", "~", "[]", "{}", "9" * 500, "1e999", ".inf", "2024-13-45", '"\\0"', '"\\ud800"', "\ufeff",
    "\u2028", "{{ paper }}", "{% if %}", "{{ environment.name|truncate(0) }}", "{a,b}{1..9}", "**/", "\x00",
    "\x7f", "\u017f", "---\n", "...\n", "? ", "<<: ", "@", "`", "[" * 60, "- " * 60,
)  # fmt: skip


def mutated_text(text: str, chance: Random) -> str:
    """With one to three edits: something is put in, taken away, doubled or exchanged."""
    for _ in range(chance.randint(1, 3)):
        start = chance.randint(0, len(text))
        end = min(len(text), start + chance.choice((0, 0, 1, 3, 20)))
        lines = text.splitlines(keepends=True) or [""]
        line = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0 | 1:
                text = text[:start] + chance.choice(SNIPPETS) + text[end:]
            case 2:
                text = "".join(lines[:line] + lines[line + 1 :])
            case 3:
                text = "".join([*lines[: line + 1], lines[line], *lines[line + 1 :]])
            case _:
                key, colon, _ = lines[line].partition(":")
                value = json.dumps(chance.choice(VALUES))
                text = "".join([*lines[:line], f"{key}{colon} {value}\n", *lines[line + 1 :]])
    return text


def mutated_json(value: Json, chance: Random) -> Json:
    """With one thing in it replaced, left out or doubled, at any depth."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(sorted(value))
        if chance.random() < 0.1:
            return {name: inner for name, inner in value.items() if name != key}
        return {**value, key: mutated_json(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        if chance.random() < 0.1:
            return [*value, value[place]]
        return [*value[:place], mutated_json(value[place], chance), *value[place + 1 :]]
    if chance.random() < 0.03:
        return json.loads("[" * 150 + "]" * 150)
    return chance.choice(VALUES)
