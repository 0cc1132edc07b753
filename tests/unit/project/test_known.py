"""facts.yaml: what an inspection counted, read as a file of the project."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from leadline.journey.compiled import compile_project, content_hash
from leadline.project.known import Volume
from leadline.project.problems import Severity, Where
from tests.unit.project.changed import parsed, problems

FACTS = """\
# counted
as_of: 2026-11-20
contacts: 1000
fields:
  email: { empty: 0, of: 1000 }
  lifecycle_stage:
    empty: 100
    of: 1000
    values:
      lead: 890
      "MQL, old": 10
events:
  webinar.registered: { per_day: 42.5, burst: 180, within: 1 hour }
blocking:
  invalid-email: 12
"""


def test_the_figures_are_read_with_their_places() -> None:
    known = parsed(("facts.yaml", "", FACTS)).known
    assert known is not None
    assert (known.as_of, known.contacts) == (date(2026, 11, 20), 1000)
    stage = known.fields["lifecycle_stage"]
    assert stage.values == {"lead": 890, "MQL, old": 10}
    assert stage.where == Where("facts.yaml", 6, 3)
    assert stage.share_empty == 0.1
    assert stage.all_values
    assert not known.fields["email"].all_values
    assert known.events == {"webinar.registered": Volume(42.5, 180, timedelta(hours=1))}
    assert known.blocking == {"invalid-email": 12}


def test_a_project_without_facts_knows_none() -> None:
    assert parsed().known is None


def test_facts_change_no_release() -> None:
    with_facts = parsed(("facts.yaml", "", FACTS))
    assert content_hash(compile_project(with_facts, {})) == content_hash(
        compile_project(parsed(), {})
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("contacts: 1000\n", "", 'facts.yaml:2:1 this facts file has no "contacts".'),
        ("2026-11-20", "yesterday", 'facts.yaml:2:8 "yesterday" is not a day.'),
        ("contacts: 1000", "contacts: many", 'facts.yaml:3:11 "many" is not a whole number.'),
        ("per_day: 42.5", "per_day: -1", 'facts.yaml:13:34 "-1" is not a number.'),
        ("within: 1 hour", "within: 1h", 'facts.yaml:13:60 "1h" is not a duration.'),
        (
            "lead: 890",
            "lead: 891",
            'facts.yaml:6:3 the figures of "lifecycle_stage" count more than its 1,000 records.',
        ),
        ("empty: 0", "emty: 0", 'facts.yaml:5:12 unknown name "emty" in this field of the facts.'),
    ],
)
def test_what_is_wrong_in_the_facts_is_told(old: str, new: str, said: str) -> None:
    found = problems(("facts.yaml", "", FACTS.replace(old, new, 1)))
    assert any(str(problem).startswith(said) for problem in found), [str(p) for p in found]
    assert any(problem.severity is Severity.ERROR for problem in found)


def test_figures_on_a_field_that_is_gone_are_a_warning() -> None:
    change = ("facts.yaml", "", FACTS.replace("  email:", "  mail:", 1))
    (problem,) = problems(change)
    assert problem.severity is Severity.WARNING
    assert str(problem) == (
        'facts.yaml:5:3 the facts count the field "mail", which is not declared. '
        'Did you mean "email"? Write the file anew: leadline inspect EXPORTS --facts PROJECT.'
    )
    known = parsed(change).known
    assert known is not None
    assert set(known.fields) == {"lifecycle_stage"}
