"""Jinja2 in the spec's strings, after YAML parsing: values of `paper` and `environment`, and plain filters.

Jinja can also loop, calculate and repeat without end, which no text of a dandiset needs. So the parts of a
template are checked before it is filled in, and the length of the result is limited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any

from dandifile.model import Json, JsonObject
from dandifile.reading.document import KeyPath
from dandifile.spec.faults import Fault
from dandifile.spelling import suggest

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.sandbox import SandboxedEnvironment

_MARKS = ("{{", "{%", "{#")
_KNOWN = ("environment", "paper")
_FILTERS = (
    "capitalize", "d", "default", "first", "join", "last", "lower", "replace", "striptags", "title", "trim",
    "truncate", "upper",
)  # fmt: skip
_LONGEST_TEMPLATE = 20_000
_LONGEST_TEXT = 200_000  # of a result; twenty times the archive's longest field
_LONGEST_ARGUMENT = 200
_LARGEST_ARGUMENT = 10_000
_DEEPEST = 20  # levels of one expression
_UNTOUCHED = ("instance", "environments")  # templates use these, so they cannot be templates
_OF_THE_PAPER = (
    "name", "description", "license", "keywords", "contributors", "ethics", "related", "metadata",
)  # fmt: skip


@dataclass(frozen=True)
class RenderedSpec:
    """The document with its templates filled in, the faults, and the paths that wait for the paper.

    Faulty and waiting templates stay as they were written.
    """

    value: JsonObject
    faults: list[Fault]
    waiting: list[KeyPath]


def render(document: JsonObject, environment: JsonObject, paper: JsonObject | None = None) -> RenderedSpec:
    """Fill in the templates of a document.

    They see `environment` (name, instance) and, in the fields of the dandiset and if a `doi` is
    declared, `paper`; None: the paper is not known yet.
    """
    context = {"environment": environment} | ({"paper": paper} if paper is not None else {})
    renderer = _Renderer(context, has_doi=bool(document.get("doi")))
    rendered = {
        key: value if key in _UNTOUCHED else renderer.value(value, (key,)) for key, value in document.items()
    }
    return RenderedSpec(rendered, renderer.faults, renderer.waiting)


@dataclass
class _Renderer:
    context: JsonObject
    has_doi: bool
    faults: list[Fault] = field(default_factory=list)
    waiting: list[KeyPath] = field(default_factory=list)

    @cached_property
    def jinja(self) -> SandboxedEnvironment:
        return _make_jinja()

    def value(self, value: Json, path: KeyPath) -> Json:
        if isinstance(value, dict):
            return {key: self.value(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, str) and any(mark in value for mark in _MARKS):
            return self._text(value, path)
        return value

    def _text(self, text: str, path: KeyPath) -> str:
        try:
            names = self._used_names(text)
            if "paper" in names and (fault := _paper_fault(path, has_doi=self.has_doi)):
                self.faults.append(fault)
                return text
            if unknown := sorted(names - {*self.context, "paper"}):
                self.faults.append(_unknown_name_fault(unknown[0], path))
                return text
            if "paper" in names - self.context.keys():
                self.waiting.append(path)
                return text
            return str(_check_length(self.jinja.from_string(text).render(self.context)))
        except Exception as error:  # noqa: BLE001 - any error of Jinja comes from the text
            what = f"the template cannot be filled in: {str(error)[:_LONGEST_ARGUMENT]}"
            self.faults.append(Fault(path, what, self._advice()))
            return text

    def _advice(self) -> str:
        fix = "write it like `{{ environment.name }}` or `{{ environment.instance }}`"
        known = ", ".join(f"`paper.{key}`" for key in self.context.get("paper", ()))
        return f"{fix}; of this paper: {known}" if known else fix

    def _used_names(self, text: str) -> set[str]:
        """The names in a template; ValueError, which says why, if it is not allowed."""
        from jinja2 import nodes

        if len(text) > _LONGEST_TEMPLATE:
            raise ValueError(f"it has {len(text):,} characters; the limit is {_LONGEST_TEMPLATE:,}")
        try:
            template = self.jinja.parse(text)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        for output in template.body:
            if not isinstance(output, nodes.Output):
                raise ValueError(_refusal(output))  # noqa: TRY004 - of the text, not of a type
            for part in output.nodes:
                if not isinstance(part, nodes.TemplateData):
                    _check_expression(part)
        return {name.name for name in template.find_all(nodes.Name)}


def _make_jinja() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.filters import FILTERS
    from jinja2.sandbox import SandboxedEnvironment

    class Environment(SandboxedEnvironment):
        """A dot gives a key of a mapping, never one of Python's methods."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            return self.getitem(obj, attribute)

        def getitem(self, obj: Any, argument: Any) -> Any:
            try:
                return obj[argument]
            except (LookupError, TypeError):
                return self.undefined(obj=obj, name=argument)

    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)
    environment.globals.clear()
    environment.filters = {name: _limit_filter(FILTERS[name]) for name in _FILTERS}
    return environment


def _limit_filter(filter_: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(filter_)  # keeps the marks by which Jinja passes its environment to some filters
    def limited(*arguments: Any, **named: Any) -> Any:
        return _check_length(filter_(*arguments, **named))

    return limited


def _check_length(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        raise ValueError(f"the result is longer than {_LONGEST_TEXT:,} characters")
    return value


def _check_expression(node: nodes.Node) -> None:
    """ValueError for anything but names, their values, constants, and plain filters of these."""
    from jinja2 import nodes

    depth = 0
    level: list[nodes.Node] = [node]
    while level:
        for each in level:
            if isinstance(each, nodes.Const):
                _check_constant(each.value)
            elif not isinstance(each, nodes.Name | nodes.Getattr | nodes.Getitem | nodes.Keyword) and not (
                isinstance(each, nodes.Filter) and each.name in _FILTERS and each.dyn_args is None
            ):
                raise ValueError(_refusal(each))
        depth += 1
        if depth > _DEEPEST:
            raise ValueError("it is nested too deeply")
        level = [inner for each in level for inner in each.iter_child_nodes()]


def _check_constant(value: object) -> None:
    if isinstance(value, str) and len(value) > _LONGEST_ARGUMENT:
        raise ValueError(f"a text in it has {len(value):,} characters; the limit is {_LONGEST_ARGUMENT}")
    if isinstance(value, int) and not 0 <= value <= _LARGEST_ARGUMENT:
        raise ValueError(f"a number in it is not between 0 and {_LARGEST_ARGUMENT:,}")
    if not isinstance(value, str | int | None):
        raise ValueError(f"{str(value)[:40]} is not allowed in templates")  # noqa: TRY004 - as above


def _refusal(node: nodes.Node) -> str:
    from jinja2 import nodes

    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        return f"there is no filter `{node.name}`; allowed are {', '.join(_FILTERS)}"
    kinds: tuple[tuple[Any, str], ...] = (
        (nodes.For, "loops are"),
        ((nodes.If, nodes.CondExpr), "conditions are"),
        (nodes.Call, "calls are"),
        ((nodes.BinExpr, nodes.UnaryExpr), "calculations are"),
        (nodes.Expr, "expressions of this kind are"),
    )
    what = next((words for kind, words in kinds if isinstance(node, kind)), "statements are")
    return f"{what} not allowed in templates, only values and filters"


def _paper_fault(path: KeyPath, *, has_doi: bool) -> Fault | None:
    if not has_doi:
        what = "the template uses `paper`, and the spec has no `doi`"
        return Fault(path, what, "add the paper's `doi`, or replace the template with the text")
    if path[0] not in _OF_THE_PAPER:
        return Fault(
            path, f"`{path[0]}` cannot be filled in from the paper", "replace the template with the text"
        )
    return None


def _unknown_name_fault(name: str, path: KeyPath) -> Fault:
    return Fault(path, f"the template uses `{name}`, which does not exist", suggest(name, _KNOWN))
