"""An inspection becomes a project that the check accepts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Every,
    Flow,
    Live,
    Membership,
    Neither,
    Some,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Write,
)
from leadline.inspection.draft.conditions import lines, said
from leadline.inspection.draft.fields import DraftField, DraftFields
from leadline.inspection.draft.words import comment, scalar, slug, unique
from leadline.inspection.to_project import DraftProject, to_project
from leadline.project.problems import Severity
from leadline.release.deploy import check_project
from tests.unit.inspection import sample
from tests.unit.inspection.sample import COUNTRY, STAGE


def drafted(*flows: Flow) -> DraftProject:
    stack = sample.with_options(
        sample.stack(flows or None),
        ("lifecyclestage", "lead", "Lead"),
        ("lifecyclestage", "customer", "Customer"),
    )
    return to_project(stack, "Acme GmbH")


def errors(project: DraftProject, folder: Path) -> list[str]:
    for name, text in project.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [str(p) for p in check_project(folder).problems if p.severity is Severity.ERROR]


def test_the_drafted_project_passes_the_check(tmp_path: Path) -> None:
    project = drafted()
    assert errors(project, tmp_path) == []
    assert not project.put_aside
    assert project.drafted == 5


def test_fields_have_types_options_and_their_name_in_each_system() -> None:
    contact = drafted().files["data/contact.yaml"]
    assert 'values: [ "lead", "customer" ]' in contact
    assert 'names: { hubspot: "lifecyclestage" }' in contact
    assert "# in mailchimp: FNAME\nfirst_name:\n  type: text\n  pii: true" in contact


def test_what_is_understood_is_carried_over_and_the_rest_is_said() -> None:
    project = drafted()
    text = project.files["workflows/welcome-b-new-b-leads.yaml"]
    assert "if: 'contact.lifecycle_stage is not \"customer\" or unknown'" in text
    assert "wait: 1 day" in text
    assert "- if: 'contact.country is \"DE\"'" in text
    assert 'lifecycle_stage: "lead"' in text
    assert "# OPEN: an action of an installed app" in text
    assert "m***@acme.example" in text
    assert "maria.huber" not in text
    assert any("marketing mail" in each for each in project.open["welcome-b-new-b-leads"])
    assert "enroll_in: welcome-b-new-b-leads" in project.files["workflows/austria.yaml"]


def test_a_branch_that_cannot_be_said_ends_the_run_instead_of_guessing(tmp_path: Path) -> None:
    flow = sample.welcome()
    edges = list(flow.steps["2"].edges)
    edges[0] = replace(edges[0], condition=Membership("7", inside=True, words="is in list 7"))
    steps = {**flow.steps, "2": replace(flow.steps["2"], edges=tuple(edges))}
    project = drafted(replace(flow, steps=MappingProxyType(steps)))
    text = project.files["workflows/welcome-b-new-b-leads.yaml"]
    assert "choose:" not in text
    assert 'stop: "the branch here is open"' in text
    assert errors(project, tmp_path) == []


def test_flows_that_enroll_in_a_circle_are_put_aside_and_told(tmp_path: Path) -> None:
    def enrolls(own: str, other: str) -> Flow:
        step = Step("1", StepKind.ENROLL, f"enroll in {other}", "0-15", calls_flows=(other,))
        return Flow("hubspot", own, f"Flow {own}", "f", Live.ON, "contact",
                    (Trigger(TriggerKind.CALLED, "called"),), "1", {"1": step})  # fmt: skip

    project = drafted(enrolls("a", "b"), enrolls("b", "a"))
    assert project.put_aside
    assert errors(project, tmp_path) == []
    assert "circle" in project.files["OPEN.md"]


def test_names_of_other_tools_cannot_break_a_file(tmp_path: Path) -> None:
    hostile = 'x": {{ boom }}\n- step: evil\n# \u2028 & *anchor !tag'
    write = Step("1", StepKind.WRITE, hostile, "0-5", writes=(Write(COUNTRY, 'D"E\n: {'),))
    flow = Flow("hubspot", "1", hostile, hostile, Live.ON, "contact",
                (Trigger(TriggerKind.EVENT, hostile),), "1", {"1": write},
                cannot_say=(hostile,))  # fmt: skip
    project = drafted(flow)
    assert errors(project, tmp_path) == []
    assert not project.put_aside


FIELDS = DraftFields(
    {
        "country": DraftField("country", "text", names={"hubspot": "country"}),
        "stage": DraftField("stage", "choice", ("lead", "customer"), names={"hubspot": "s"}),
        "size": DraftField("size", "number", names={"hubspot": "size"}),
    },
    {COUNTRY: "country", STAGE: "stage", replace(COUNTRY, name="size"): "size"},
    0,
)
SIZE = replace(COUNTRY, name="size")


def asks(field: object, operator: str, *values: str, blank: Blank = Blank.FAILS) -> Comparison:
    return Comparison(field, operator, "x", values, blank=blank)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "phrase"),
    [
        (asks(COUNTRY, "IS_KNOWN"), "contact.country is known"),
        (asks(COUNTRY, "IS_UNKNOWN"), "contact.country is unknown"),
        (asks(STAGE, "IS_ANY_OF", "lead", "customer"),
         'contact.stage is one of "lead" or "customer"'),
        (asks(STAGE, "IS_NONE_OF", "lead"), 'contact.stage is not "lead" and known'),
        (asks(COUNTRY, "IS_NOT_EQUAL_TO", "DE", blank=Blank.PASSES),
         'contact.country is not "DE" or unknown'),
        (asks(COUNTRY, "CONTAINS", "DE"), 'contact.country contains "DE"'),
        (asks(SIZE, "IS_GREATER_THAN_OR_EQUAL_TO", "200"), "contact.size is at least 200"),
    ],
)  # fmt: skip
def test_a_comparison_is_said_in_our_words(condition: Condition, phrase: str) -> None:
    found = said(condition, FIELDS)
    assert found is not None
    assert lines(found, 0) == [f"if: '{phrase}'"]


@pytest.mark.parametrize(
    "condition",
    [
        asks(STAGE, "IS_ANY_OF", "evangelist"),
        asks(SIZE, "IS_GREATER_THAN", "many"),
        asks(STAGE, "IS_NONE_OF", "lead", blank=Blank.UNSAID),
        asks(replace(COUNTRY, name="other"), "IS_KNOWN"),
        asks(COUNTRY, "HAS_EVER_BEEN_EQUAL_TO", "DE"),
        Membership("7", inside=True, words="x"),
        Every((asks(COUNTRY, "IS_KNOWN"), Membership("7", inside=True, words="x"))),
        Every(()),
    ],
)
def test_what_cannot_be_said_in_full_is_not_said(condition: Condition) -> None:
    assert said(condition, FIELDS) is None


def test_groups_keep_their_meaning() -> None:
    known = asks(COUNTRY, "IS_KNOWN")
    large = asks(SIZE, "IS_GREATER_THAN", "5")
    found = said(Every((known, Some((known, Neither((large,)))))), FIELDS)
    assert found is not None
    assert lines(found, 2) == [
        "  if:",
        "      all:",
        "        - 'contact.country is known'",
        "        - any:",
        "            - 'contact.country is known'",
        "            - none:",
        "                - 'contact.size is more than 5'",
    ]


def test_names_and_texts_are_always_valid() -> None:
    assert slug("", "flow") == "flow"
    assert slug("日本", "flow") == "flow"
    assert len(slug("a" * 500, "x")) == 50
    taken: set[str] = set()
    assert [unique("a", taken), unique("a", taken)] == ["a", "a-2"]
    assert scalar("a\nb\x00c") == '"a b c"'
    assert comment("one\ntwo") == ["# one two"]
