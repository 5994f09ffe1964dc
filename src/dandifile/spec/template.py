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
_OF_THE_PAPER = (
    "name", "description", "license", "keywords", "contributors", "ethics", "related", "metadata",
)  # fmt: skip


@dataclass(frozen=True)
class Rendered:
    """The document, filled in; what is wrong with templates, and where those stand that wait for the paper.

    Both kinds stay as they were written.
    """

    value: JsonObject
    faults: list[Fault]
    waiting: list[Path]


def render(document: JsonObject, environment: JsonObject, paper: JsonObject | None = None) -> Rendered:
    """Fill in the templates of a document.

    They see `environment` (name, instance) and, where a `doi` is declared, `paper` in the fields
    of the dandiset; None: it is not known yet.
    """
    context = {"environment": environment} | ({"paper": paper} if paper is not None else {})
    renderer = _Renderer(context, has_doi=bool(document.get("doi")))
    rendered = {
        key: value if key in _UNTOUCHED else renderer.value(value, (key,)) for key, value in document.items()
    }
    return Rendered(rendered, renderer.faults, renderer.waiting)


@dataclass
class _Renderer:
    context: JsonObject
    has_doi: bool
    faults: list[Fault] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)

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
            names = self._names(text)
            if "paper" in names and (fault := _misplaced_paper(path, has_doi=self.has_doi)):
                self.faults.append(fault)
                return text
            if unknown := sorted(names - {*self.context, "paper"}):
                self.faults.append(_unknown_name(unknown[0], path))
                return text
            if "paper" in names - self.context.keys():
                self.waiting.append(path)
                return text
            return self.jinja.from_string(text).render(self.context)
        except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
            what = f"the template cannot be filled in: {error}"
            self.faults.append(Fault(path, what, self._seen()))
            return text

    def _seen(self) -> str:
        fix = "templates see `environment.name` and `environment.instance`"
        known = ", ".join(f"`paper.{key}`" for key in self.context.get("paper", ()))
        return f"{fix}; of this paper there are {known}" if known else fix

    def _names(self, text: str) -> set[str]:
        from jinja2.meta import find_undeclared_variables

        return find_undeclared_variables(self.jinja.parse(text)) - self.jinja.globals.keys()


def _misplaced_paper(path: Path, *, has_doi: bool) -> Fault | None:
    if not has_doi:
        what = "the template uses `paper`, and the spec has no `doi`"
        return Fault(path, what, "add the paper's `doi`, or write the text itself")
    if path[0] not in _OF_THE_PAPER:
        return Fault(path, f"`{path[0]}` cannot be filled in from the paper", "write the text itself")
    return None


def _unknown_name(name: str, path: Path) -> Fault:
    return Fault(path, f"the template uses `{name}`, which nothing fills in", choices(name, _KNOWN))
