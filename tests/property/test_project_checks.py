"""Whatever stands in the files: checks never fail, and say what they find in short sentences."""

from __future__ import annotations

from datetime import date

from hypothesis import event, given, settings
from hypothesis import strategies as st

from leadline.blueprint.check import Subject
from leadline.blueprint.judge import CHECKS, judge
from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.problems import Problem
from tests.property.test_project_parse import EXAMPLE, LINES, PATHS, PIECES, well_said

CONTACT, EVENTS = EXAMPLE["data/contact.yaml"], EXAMPLE["events.yaml"]
LONG = "a_field_whose_name_is_as_long_as_a_name_may_be_wri"
FIELDS = ["email", "first_name", "company_size", "country", "lifecycle_stage", "score", LONG]
MORE = f"""
score: {{ type: number, names: {{ hubspot: createdate }} }}
{LONG}: {{ type: flag, pii: true, from: hubspot }}
"""
REPORTED = """
hubspot.contact.updated: { change: text, webinar: text, starts_at: time }
lifecycle_stage changed: { webinar: text, change: text, starts_at: time }
"""
# Steps that can stand in any workflow; the place is filled in with its number.
STEPS = [
    "- { step: a%d, wait: 10 minutes }",
    "- { step: b%d, wait_until: 1 hour before event.starts_at }",
    "- { step: c%d, wait_for: webinar.attended, where: contact.score is known, "
    "at_most: 1 day, if_not: carry on }",
    "- step: d%d\n    save_to: hubspot contact\n    set: { lifecycle_stage: lead, country: de }",
    "- step: e%d\n    save_to: hubspot contact\n    set: { score: { increment: 1 } }",
    f"- step: f%d\n    set: {{ contact.country: event.webinar, contact.{LONG}: contact.{LONG} }}",
    "- step: g%d\n    choose:\n      - if: { any: [ contact.country is one of de or at, "
    "contact.company_size is at least 5 ] }\n        then:\n          - { step: h%d, stop: x }\n"
    "      - if: contact.score is known\n        then:\n          - { step: l%d, wait: 1 day }\n"
    "      - else:\n          - { step: i%d, stop: y }",
    "- { step: j%d, post_to: slack general, text: messages/hot-lead }",
    "- { step: k%d, enroll_in: webinar-follow-up }",
]
STARTS = [
    "when: webinar.registered\n  once_per: event.webinar",
    "when: hubspot.contact.updated\n  once_per: event.change",
    "when: [ lifecycle_stage changed ]\n  once_per: contact.country",
    "when: webinar.registered\n  if: contact.country is de",
]
texts = st.text(st.characters(blacklist_categories=["C", "Z"]), min_size=1, max_size=60)


@st.composite
def workflows(draw: st.DrawFn) -> str:
    steps = draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=6))
    written = "\n  ".join(s.replace("%d", str(n)) for n, s in enumerate(steps))
    return (
        f"name: X\nowner: a@b.example\nstarts:\n  {draw(st.sampled_from(STARTS))}\nsteps:\n  "
        + (written + "\n")
    )


@st.composite
def facts(draw: st.DrawFn) -> str:
    lines = [f"as_of: {draw(st.dates())}", "contacts: 100", "fields:", "  email:"]
    lines += ["    empty: 40", "    of: 100"]
    for field in draw(st.lists(st.sampled_from(FIELDS[1:]), unique=True)):
        values = draw(st.lists(texts, unique=True, max_size=4))
        empty = draw(st.integers(0, 90))
        lines += [f"  {field}:", f"    empty: {empty}", "    of: 100"]
        if values:
            lines.append("    values:")
            quoted = [v.replace("'", "''") for v in values]
            lines += [f"      '{v}': {draw(st.integers(0, 2))}" for v in quoted]
    return "\n".join(lines) + "\n"


def judged(files: dict[str, str], today: date = date(2026, 11, 28)) -> tuple[Problem, ...]:
    project, _ = parse(Files(files))
    if project is None:
        event("not a project")
        return ()
    event("a project")
    found = judge(Subject(project, today))
    for problem in found:
        well_said(problem)
        assert len(problem.fix) < 200, problem
        assert problem.code in CHECKS
    return found


@settings(max_examples=150)
@given(
    several=st.lists(workflows(), min_size=1, max_size=4),
    known=facts(),
    reads=st.sampled_from(["", "reads: { contact: 15 minutes }\n", "lag: 90 seconds\n"]),
    today=st.dates(),
)
def test_checks_of_any_workflows_with_any_facts(
    several: list[str], known: str, reads: str, today: date
) -> None:
    files = {
        **EXAMPLE,
        "data/contact.yaml": CONTACT + MORE,
        "events.yaml": EVENTS + REPORTED,
        "systems/hubspot.yaml": EXAMPLE["systems/hubspot.yaml"] + reads,
        "facts.yaml": known,
    }
    files |= {f"workflows/x{n}.yaml": text for n, text in enumerate(several)}
    judged(files, today)


@settings(max_examples=200)
@given(data=st.data())
def test_checks_of_any_small_change_of_the_example(data: st.DataObject) -> None:
    files = dict(EXAMPLE)
    path = data.draw(st.sampled_from(PATHS))
    text = files[path]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    piece = data.draw(st.sampled_from([*PIECES, *LINES, ""]))
    judged({**files, path: text[:start] + piece + text[end:]})


@given(known=st.text(max_size=200))
def test_any_text_as_facts(known: str) -> None:
    judged({**EXAMPLE, "facts.yaml": known})
