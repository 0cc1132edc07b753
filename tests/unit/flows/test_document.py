"""Untyped values read with types: what is of another type is empty, never an exception."""

from __future__ import annotations

from typing import Any

import pytest

from leadline.blueprint.graph.flow import Edge, Step, StepKind
from leadline.inspection.flows import document
from leadline.inspection.flows.revising import replace


@pytest.mark.parametrize(
    ("value", "found"),
    [("a", "a"), (3, "3"), (2.0, "2"), (2.5, "2.5"), (True, "true"), (None, ""), ([], ""),
     (float("nan"), ""), (10**400, "")],
)  # fmt: skip
def test_a_text_is_a_text_or_empty(value: object, found: str) -> None:
    assert document.text(value) == found


@pytest.mark.parametrize(
    ("amount", "unit", "length", "words"),
    [
        ("90", "MINUTES", 5400.0, "1 hour 30 minutes"),
        (2, "days", 172800.0, "2 days"),
        (1, "d", 86400.0, "1 day"),
        (1, "month", None, ""),
        ("soon", "days", None, ""),
        (0, "hours", 0.0, "0 seconds"),
        (10**18, "days", 8.64e22, "more than 100 years"),
    ],
)
def test_lengths_are_seconds_and_said_as_people_say_them(
    amount: object, unit: str, length: float | None, words: str
) -> None:
    assert document.seconds(amount, unit) == length
    if length is not None:
        assert document.length_in_words(length) == words


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://User:pw@Hooks.Example.com:8080/x?key=1", "hooks.example.com"),
        ("api.example.com/v1", "api.example.com"),
        ("={{ $json.url }}", None),
        ("https://[broken", None),
        ("localhost", None),
        (5, None),
    ],
)
def test_of_an_address_only_its_host_is_kept(url: object, host: str | None) -> None:
    assert document.host(url) == host


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("customer", "customer"),
        (5, "5"),
        ("write to ann@example.com", None),
        ("{{ contact.firstname }}", None),
        ("two\nlines", None),
        ("x" * 300, None),
        ("@acme.example", "@acme.example"),
    ],
)
def test_values_of_people_and_prose_are_no_constants(value: object, kept: str | None) -> None:
    assert document.constant(value) == kept


def test_what_a_sentence_shows_is_on_one_line_cut_and_without_addresses() -> None:
    assert document.shown("Mail\n ann.lee@example.co.uk  now") == "Mail (an address) now"
    assert len(document.shown("x" * 10_000)) == document.MAX_SHOWN


@pytest.mark.parametrize(
    ("name", "secret"),
    [("X-Api-Key", True), ("Authorization", True), ("authors", False), ("token", True),
     ("Content-Type", False), ("key", True), ("monkey", False)],
)  # fmt: skip
def test_names_of_secrets_are_known(name: str, secret: bool) -> None:
    assert document.names_secret(name) is secret


def test_a_name_that_stands_there_ten_thousand_times_is_made_distinct_each_time() -> None:
    taken: dict[str, None] = {}
    for _ in range(10_000):
        taken[document.distinct("A", taken)] = None
    assert len(taken) == 10_000
    assert "A (2)" in taken


def test_a_revised_step_differs_in_what_was_said_only() -> None:
    step = Step("1", StepKind.WAIT, "wait", "0-1", notes=("a",))
    revised = replace(step, words="rest", edges=(Edge("2"),))
    assert (revised.words, revised.edges, revised.notes) == ("rest", (Edge("2"),), ("a",))
    assert step.words == "wait"
    wrong: dict[str, Any] = {"wrods": "x"}
    with pytest.raises(TypeError, match="wrods"):
        replace(step, **wrong)
