"""Why a field of the dandiset's metadata changes, or not: what declares it, what the merge says. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dandifile.explanation.declared import declarations, spec_key
from dandifile.explanation.view import View
from dandifile.kinds.metadata import NAME
from dandifile.model import Block, Change, Explanation, Json, Key, Saying, Verdict, Voice, Why
from dandifile.planning.merge import is_empty, is_same
from dandifile.reading.document import KeyPath, value_at
from dandifile.spec.fields import COMPUTED_DANDISET_FIELDS


def explain_field(view: View, field: str, inside: KeyPath = ()) -> Explanation:
    """A field by DANDI's name, or what is `inside` it: keys, and indices of the list that is declared."""
    key = Key(NAME, field)
    change, blocks = view.change(key), view.blocks(key)
    now, wanted = view.document.document.get(field), view.declared.fields.get(field)
    said = [*declarations(view, field, inside)]
    value = value_at(wanted, inside)
    if len(said) > 1 and not is_empty(value):
        said.append(Saying(Voice.RULE, "together this makes", "", value))
    said.append(_on_draft(view, value_at(now, _matched(inside, now, wanted))))
    said += _record(change)
    verdict, rule = _rule(view, field, change, blocks)
    said += [*_inner_ignores(view, field), rule]
    said += [Saying(Voice.RULE, f"blocked: {block.reason}") for block in blocks]
    name = "/".join(map(str, (field, *inside)))
    return Explanation(
        NAME, name, verdict, tuple(said), tuple(_remedies(view, field, verdict, blocks)), change
    )


def _on_draft(view: View, there: Json) -> Saying:
    if not view.document.document:
        return Saying(Voice.DRAFT, "there is no dandiset yet", view.page)
    return Saying(Voice.DRAFT, "has nothing there" if is_empty(there) else "has", view.page, there)


def _matched(inside: KeyPath, now: Json, wanted: Json) -> KeyPath:
    """The same item on the draft, where a declared list has it at another place: by id or name."""
    if not inside or not isinstance(now, list) or not isinstance(inside[0], int):
        return inside
    item = value_at(wanted, inside[:1])
    for key in ("identifier", "name", "url"):
        if isinstance(item, dict) and item.get(key):
            same = [at for at, one in enumerate(now) if isinstance(one, dict) and one.get(key) == item[key]]
            if same:
                return (same[0], *inside[1:])
    return inside


def _record(change: Change | None) -> Iterator[Saying]:
    code = change.reason.code if change and change.reason else None
    if code is Why.SPEC_CHANGED:
        yield Saying(
            Voice.RECORD,
            "the last apply or import here left the field as it is on the draft: the spec has changed since",
        )
    elif code is Why.EDITED_ON_DRAFT:
        yield Saying(
            Voice.RECORD,
            "the last apply or import here left another value: the field was edited on the archive since",
        )


# --- What decides ---------------------------------------------------------------------------------


def _rule(view: View, field: str, change: Change | None, blocks: list[Block]) -> tuple[Verdict, Saying]:
    if (foreign := _not_owned(view, field)) and not blocks:
        return Verdict.NOT_DECLARED, foreign
    verdict = view.verdict(change, blocks)
    return verdict, Saying(Voice.RULE, _comparison(view, field, change, blocks))


def _not_owned(view: View, field: str) -> Saying | None:
    """Why a field is not the spec's; None where it is."""
    if ignored := _ignoring(view, field):
        where = view.places.of_spec("ignore", ignored[0])
        return Saying(
            Voice.SPEC, f"`ignore: {ignored[1]}` leaves the whole field as it is on the draft", where
        )
    if field in COMPUTED_DANDISET_FIELDS:
        return Saying(Voice.ARCHIVE, "writes this field itself: no spec can set it")
    if field not in view.declared.fields:
        text = "the spec does not name this field, so it is not compared and stays as it is"
        return Saying(Voice.RULE, text)
    return None


def _comparison(view: View, field: str, change: Change | None, blocks: list[Block]) -> str:
    if change is not None:
        return _difference(change)
    if blocks:
        return "what is declared is not known, so nothing is compared"
    now, wanted = view.document.document.get(field), view.declared.fields[field]
    if now == wanted or (is_empty(now) and is_empty(wanted)):
        return "both are the same"
    if is_same(wanted, now):
        return "both mean the same, so the draft keeps its own spelling"
    return "they differ only in what the spec does not own"


def _difference(change: Change) -> str:
    if change.after is None:
        return "the spec declares the field as empty, and the draft has a value: it is removed"
    if change.before is None:
        return "the draft has no such field: it is added"
    if isinstance(change.after, list):
        texts = all(isinstance(item, str) for item in change.after)
        how = (
            "lists of text are compared as sets"
            if texts
            else "lists are compared item by item, in their order"
        )
        return f"the values differ ({how}): a declared list replaces the one on the draft"
    return "the values differ in more than spelling: the declared one replaces the one on the draft"


def _ignoring(view: View, field: str) -> tuple[int, str] | None:
    """The entry of `ignore` that leaves the whole field out: its place in the list, and itself."""
    found = (entry for entry in enumerate(view.spec.ignore) if entry[1].strip("/") == field)
    return next(found, None)


def _inner_ignores(view: View, field: str) -> Iterator[Saying]:
    for number, pointer in enumerate(view.spec.ignore):
        head, slash, rest = pointer.strip("/").partition("/")
        if head == field and slash:
            where = view.places.of_spec("ignore", number)
            yield Saying(Voice.SPEC, f"`ignore: {pointer}` takes {rest} from the draft", where)


# --- What would change it -------------------------------------------------------------------------


def _remedies(view: View, field: str, verdict: Verdict, blocks: list[Block]) -> Iterator[str]:
    key = spec_key(view, field)
    if blocks:
        yield from dict.fromkeys(block.fix for block in blocks if block.fix)
    elif ignored := _ignoring(view, field):
        yield f"remove the pointer at {view.places.of_spec('ignore', ignored[0])} to have it compared again"
    elif field in COMPUTED_DANDISET_FIELDS:
        return
    elif verdict is Verdict.NOT_DECLARED:
        yield f"write {key} into {view.places.file} to declare it"
    elif verdict is Verdict.UNCHANGED:
        yield f"declare another value: {key} in {view.places.file}"
    else:
        yield f"change {key} in {view.places.file}"
        yield f"write `ignore: [/{field}]` to leave the field as it is on the draft"
