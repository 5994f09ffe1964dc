"""Jinja2 in the spec's strings: sandboxed, strict, after YAML parsing."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from dandifile.model import Json, JsonObject
from dandifile.spec.fault import Fault, Path
from dandifile.spec.near import choices

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

_MARKS = ("{{", "{%", "{#")
_KNOWN = ("environment", "paper")
_UNTOUCHED = ("instance", "environments")  # what templates are told about cannot be a template


def render(document: JsonObject, environment: JsonObject) -> tuple[JsonObject, list[Fault]]:
    """`document` with its templates filled in, and what is wrong with them (those stay as they were).

    Templates see `environment` (name, instance) and nothing else; `paper` is known, but
    only `dandifile resolve` can fill it.
    """
    renderer = _Renderer({"environment": environment})
    rendered = {
        key: value if key in _UNTOUCHED else renderer.value(value, (key,)) for key, value in document.items()
    }
    return rendered, renderer.faults


@dataclass
class _Renderer:
    context: JsonObject
    faults: list[Fault] = field(default_factory=list)

    @cached_property
    def jinja(self) -> SandboxedEnvironment:
        from jinja2 import StrictUndefined
        from jinja2.sandbox import SandboxedEnvironment

        return SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)

    def value(self, value: Json, path: Path) -> Json:
        if isinstance(value, dict):
            return {key: self.value(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, str) and any(mark in value for mark in _MARKS):
            return self._text(value, path)
        return value

    def _text(self, text: str, path: Path) -> str:
        from jinja2 import TemplateError

        try:
            unknown = sorted(self._names(text) - self.context.keys())
            if unknown:
                self.faults.append(_unknown_name(unknown[0], path))
                return text
            return self.jinja.from_string(text).render(self.context)
        except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
            what = f"the template cannot be filled in: {error}"
            self.faults.append(
                Fault(path, what, "templates see `environment.name` and `environment.instance`")
            )
            return text

    def _names(self, text: str) -> set[str]:
        from jinja2.meta import find_undeclared_variables

        return find_undeclared_variables(self.jinja.parse(text)) - self.jinja.globals.keys()


def _unknown_name(name: str, path: Path) -> Fault:
    if name == "paper":
        what = "the template uses `paper`, and no doi has been resolved"
        return Fault(path, what, "write the text itself: this version looks no paper up")
    return Fault(path, f"the template uses `{name}`, which nothing fills in", choices(name, _KNOWN))
