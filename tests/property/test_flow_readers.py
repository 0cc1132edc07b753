"""Whatever stands in a definition: a flow or a named part, never an exception, nothing secret."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.blueprint.graph.flow import Flow
from leadline.inspection.flows import registry
from leadline.inspection.recognition import Content, Recognition, Unread
from tests.unit.flows.reading import document

DOCUMENTS = {
    name: document(name)
    for name in (
        "hubspot-webinar.json",
        "n8n-registrations.json",
        "klaviyo-welcome.json",
        "mautic-nurture.json",
    )
}
XML = str(document("Lead_Routing.flow-meta.xml"))
SHAPES = [shape for reader in registry.READERS for shape in reader.shapes]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        ["", "\x00", "={{ $json.x", "{{", "{!", "-1", "\ud800", "1" * 50, "a@b.example"]
    ),
)
junk = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in the document."""
    found: list[tuple[Any, Any]] = []
    pending = [value]
    while pending:
        current = pending.pop()
        keys = current.keys() if isinstance(current, dict) else range(len(current))
        for key in keys:
            found.append((current, key))
            if isinstance(current[key], dict | list):
                pending.append(current[key])
    return found


@st.composite
def mutated(draw: st.DrawFn, name: str) -> Any:
    """A real document in which a few places hold something else, or are gone."""
    root = {"root": copy.deepcopy(DOCUMENTS[name])}
    for _ in range(draw(st.integers(1, 6))):
        found = places(root)
        holder, key = found[draw(st.integers(0, len(found) - 1))]
        match draw(st.sampled_from(["replace", "delete", "wrap", "borrow"])):
            case "replace":
                holder[key] = draw(junk)
            case "delete" if isinstance(holder, dict) and key != "root":
                del holder[key]
            case "wrap":
                holder[key] = [holder[key]]
            case _:
                other, there = found[draw(st.integers(0, len(found) - 1))]
                holder[key] = copy.deepcopy(other[there])
    return root.get("root")


def read_as(found: object, shape: str) -> tuple[tuple[Flow, ...], tuple[Unread, ...]]:
    content = Content.LISTING if "listing" in shape else Content.FLOWS
    claim = Recognition(shape, shape.partition("-")[0], content, 1.0, ())
    return registry.read(found, "a/b.json", claim, found)


def check(flows: tuple[Flow, ...]) -> None:
    for flow in flows:
        assert flow.name
        assert flow.id
        for key, step in flow.steps.items():
            assert step.id == key
            assert step.words
            for edge in step.edges:
                assert edge.to is None or edge.to in flow.steps
        assert flow.start is None or flow.start in flow.steps
        repr(flow)


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_a_changed_document_is_read_or_named(name: str, data: st.DataObject) -> None:
    found = data.draw(mutated(name))
    claim = registry.recognise(found, "x.json")
    if claim is not None:
        flows, unread = registry.read(found, "x.json", claim, found)
        assert flows or unread or claim.content is Content.DEFINITIONS
        check(flows)
    shape = {"hubspot": "hubspot-flows", "n8n": "n8n-workflows"}.get(
        name.partition("-")[0], f"{name.partition('-')[0]}-flows"
    )
    flows, _ = read_as(found, shape)
    check(flows)


@settings(max_examples=200, deadline=None)
@given(found=junk, shape=st.sampled_from(SHAPES))
def test_no_reader_breaks_on_what_is_none_of_its_own(found: Any, shape: str) -> None:
    registry.recognise(found, "x.json")
    check(read_as(found, shape)[0])


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_changed_xml_is_read_or_named(data: st.DataObject) -> None:
    tags = sorted(set(re.findall(r"<(\w+)>", XML)))
    text = XML
    for _ in range(data.draw(st.integers(1, 4))):
        match data.draw(st.sampled_from(["rename", "cut", "empty", "insert"])):
            case "rename":
                old, new = data.draw(st.sampled_from(tags)), data.draw(st.sampled_from(tags))
                text = re.sub(rf"<(/?){old}>", rf"<\1{new}>", text)
            case "empty":
                tag = data.draw(st.sampled_from(tags))
                text = re.sub(rf"<{tag}>[^<]*</{tag}>", f"<{tag}></{tag}>", text)
            case "insert":
                at = data.draw(st.integers(0, len(text)))
                text = text[:at] + data.draw(st.text(max_size=5)) + text[at:]
            case _ if data.draw(st.booleans()):
                text = text[: data.draw(st.integers(0, len(text)))]
            case _:
                pass
    flows, unread = read_as(text, "salesforce-flow")
    assert flows or unread
    check(flows)


CANARY = "CANARY-7f3a"


def hidden(value: Any, fits: Callable[[str], bool], *, inside: bool = False) -> Any:
    """The document with the canary in every text that lies under a key that fits."""
    if isinstance(value, dict):
        return {k: hidden(v, fits, inside=inside or fits(k)) for k, v in value.items()}
    if isinstance(value, list):
        return [hidden(v, fits, inside=inside) for v in value]
    return f"{CANARY} {value}" if inside and isinstance(value, str) else value


SECRET = re.compile(
    r"^(body|subject|subject_line|sourceCode|jsCode|pinData|html|message|value1|apiKey|_token|"
    r"custom_html|authCreds|staticData|content|headerParameters|headers|preview_text)$"
)
NAMES_KEPT = frozenset({"message", "headers", "headerParameters", "content", "subject"})


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_messages_code_and_pinned_data_say_is_never_kept(name: str) -> None:
    found = hidden(DOCUMENTS[name], lambda key: bool(SECRET.match(key)) and key not in NAMES_KEPT)
    planted = json.dumps(found)
    assert CANARY in planted
    flows, _ = read_as(found, registry.recognise(found, "x.json").shape)  # type: ignore[union-attr]
    assert flows
    assert CANARY not in repr(flows)


def test_depth_without_end_is_read_or_named() -> None:
    deep: Any = {"filterBranchType": "AND"}
    for _ in range(900):
        deep = {"filterBranchType": "OR", "filterBranches": [deep], "a": deep if _ < 1 else None}
    found = copy.deepcopy(DOCUMENTS["hubspot-webinar.json"])
    found["enrollmentCriteria"]["listFilterBranch"] = deep
    found["actions"][0]["fields"] = {"value": deep, "property_name": "x"}
    for shape in SHAPES:
        check(read_as(found, shape)[0])
