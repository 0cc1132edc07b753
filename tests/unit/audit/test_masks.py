"""Masks hide the person and keep the fault."""

from __future__ import annotations

import pytest

from leadline.audit.masks import masked


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("email", "ann.smith@example.com", "a***@example.com"),
        ("email", " ann@@example.com", "␣a***@@example.com"),
        ("email", "ann.example.com", "a***"),
        ("mended", "ann@acme.de", "a***@acme.de"),
        ("notes", "ask Ann, ann@acme.de, first", "a***"),
        ("value", "ask ann@acme.de first", "ask a***@acme.de first"),
        ("phone", "+49 170 1234567", "+49 ***67"),
        ("value", "0171/1234567", "0***67"),
        ("last_name", "Smith", "S***"),
        ("first_name", "n/a", "n/a"),
        ("first_name", "Ann\u200b", "A***"),
        ("city", "Berlin\u200b", "Berlin⟨zero width space⟩"),
        ("created_at", "2026-03-04 10:00", "2026-03-04 10:00"),
        ("company_name", "Acme", "Acme"),
        ("street", "Weg 1", "W***"),
        ("reason", "550 no such user ann@acme.de", "550 no such user a***@acme.de"),
    ],
)
def test_a_person_s_value_is_masked_and_the_fault_is_seen(
    field: str, value: str, shown: str
) -> None:
    found = masked({field: value})[field]
    assert found == shown


def test_values_are_shown_when_asked_for_and_long_ones_are_cut() -> None:
    assert masked({"email": "ann@acme.de"}, show=True) == {"email": "ann@acme.de"}
    assert len(masked({"value": "x" * 5000})["value"]) < 200
