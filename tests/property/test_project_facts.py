"""Whatever was counted: the file that is written reads back as the same figures."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leadline.project.files import Files
from leadline.project.fmt import format_file
from leadline.project.known import Known, Seen, Volume
from leadline.project.parse import parse
from leadline.project.read import example_files
from leadline.project.write_known import facts_text

EXAMPLE = dict(example_files())
FIELDS = ["email", "first_name", "country", "company_size", "lifecycle_stage"]
EVENTS = ["webinar.registered", "webinar.cancelled", "webinar.attended"]
# An inspection keeps printable values only.
words = st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable() and text.strip())
counts = st.integers(0, 10**9)


@st.composite
def seen(draw: st.DrawFn) -> tuple[int, int, dict[str, int]]:
    values = draw(st.dictionaries(words, counts, max_size=5))
    empty = draw(counts)
    return empty, empty + sum(values.values()) + draw(counts), values


volumes = st.builds(
    Volume,
    st.integers(1, 10**7).map(lambda tenths: tenths / 10),
    counts,
    st.sampled_from([timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)]),
)


@given(
    st.dates(),
    counts,
    st.dictionaries(st.sampled_from(FIELDS), seen()),
    st.dictionaries(st.sampled_from(EVENTS), volumes),
    st.dictionaries(words, counts, max_size=4),
)
def test_facts_read_back_as_they_were_counted(
    day: date,
    contacts: int,
    fields: dict[str, tuple[int, int, dict[str, int]]],
    events: dict[str, Volume],
    blocking: dict[str, int],
) -> None:
    known = Known(day, contacts, {n: Seen(*f) for n, f in fields.items()}, events, blocking)
    text = facts_text(known)
    project, problems = parse(Files({**EXAMPLE, "facts.yaml": text}))
    assert problems == ()
    assert project is not None
    assert project.known is not None
    back = project.known
    assert (back.as_of, back.contacts) == (day, contacts)
    assert {n: (s.empty, s.of, dict(s.values)) for n, s in back.fields.items()} == fields
    assert (dict(back.events), dict(back.blocking)) == (events, blocking)
    assert format_file("facts.yaml", text) == (text, ())
