"""Plans of every shape, also such as no kind would make: what a report must survive."""

from __future__ import annotations

from hypothesis import strategies as st

from dandifile.model import Block, Change, Effect, JsonObject, Key, Plan, Reason, Step, Target, Why

texts = st.text(st.characters(codec=None), max_size=24)
names = st.from_regex(r"\A(?:[a-zé世-]{1,9}/){0,3}[a-z0-9_é世-]{1,12}\.(?:nwb|json)\Z")
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
_items = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("name", "identifier", "url", "awardNumber", "email", "roleName"), json)
)
values = json | st.lists(_items | json, max_size=5)
metadata = st.dictionaries(st.sampled_from(["about", "keywords", "wasAttributedTo"]), values, max_size=2)
permits = st.sampled_from(["", "", "delete", "create", "owners", "later"])


@st.composite
def _asset(draw: st.DrawFn, path: str) -> JsonObject:
    side = {
        "path": path,
        "digest": draw(st.sampled_from(["a-1", "b-1"])),
        "size": draw(st.integers(0, 10**13)),
        "metadata": draw(metadata),
    }
    return {**side, "blob": "known"} if draw(st.booleans()) else side


@st.composite
def _asset_change(draw: st.DrawFn) -> Change:
    path = draw(names)
    before = draw(st.none() | _asset(path) | _asset("old/" + path))
    after = draw(_asset(path) if before is None else st.none() | _asset(path))
    return Change(Key("assets", path), before, after, draw(permits))


_reasons = st.none() | st.builds(Reason, st.sampled_from(Why), texts)
_other_changes = st.builds(
    Change,
    st.builds(Key, st.sampled_from(["dandiset", "metadata", "badges", "manifest"]), texts),
    values,
    values,
    permits,
    _reasons,
)
_steps = st.builds(
    Step,
    texts,
    texts,
    st.dictionaries(texts, json, max_size=3),
    st.lists(texts, max_size=2).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    st.sampled_from(Effect),
    _reasons,
)
_targets = st.builds(
    Target,
    texts,
    texts,
    texts,
    st.none() | texts,
    texts,
    st.none() | texts,
    st.none() | texts,
    st.sampled_from(["OPEN", "EMBARGOED"]),
    texts,
)
plans = st.builds(
    Plan,
    _targets,
    st.lists(_asset_change() | _other_changes, max_size=12).map(tuple),
    st.lists(_steps, max_size=4).map(tuple),
    st.lists(st.builds(Block, texts, texts, st.none() | st.builds(Key, texts, texts)), max_size=3).map(tuple),
    st.lists(texts, max_size=7).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
    st.integers(0, 10**6),
    st.integers(0, 10**15),
    st.lists(st.sampled_from(["delete", "owners"]), max_size=2).map(tuple),
    st.dictionaries(texts, texts, max_size=2),
)
