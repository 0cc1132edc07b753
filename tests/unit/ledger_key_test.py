from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from leadline.ledger.key import ActionKey, payload_hash

RUN = UUID("018f0000-0000-7000-8000-000000000001")


def test_a_key_reads_back_what_it_writes_even_with_a_slash_in_the_step() -> None:
    for step in ("crm", "crm/again", "ünïcode"):
        key = ActionKey(RUN, step, 12)
        assert ActionKey.parse(str(key)) == key


def test_keys_sort_by_run_then_step_then_visit() -> None:
    assert ActionKey(RUN, "a", 2) < ActionKey(RUN, "a", 10) < ActionKey(RUN, "b", 1)


@pytest.mark.parametrize(
    "text", ["", "crm", f"{RUN}/crm", f"{RUN}/crm/-1", f"{RUN}//1", "nobody/crm/1", f"{RUN}/crm/²"]
)
def test_other_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an action key.*\.$"):
        ActionKey.parse(text)


def test_the_hash_never_changes() -> None:
    """A hash in the store is compared with one made by a later version: the form is frozen."""
    payload = {
        "template": "ab12",
        "values": {"n": Decimal("1.50"), "at": datetime(2026, 1, 2, tzinfo=UTC), "x": None},
        "to": ["a@b.example", True, date(2026, 1, 2), timedelta(seconds=1), RUN],
    }
    expected = "fd6164af3874d7f04e5ff2e670949a98da7f2e98be4261197c712121bd268fa8"
    assert payload_hash(payload) == expected


def test_equal_values_hash_equal_however_they_are_written() -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    berlin = noon.astimezone(timezone(timedelta(hours=2)))
    assert payload_hash({"a": 1, "t": noon}) == payload_hash({"t": berlin, "a": Decimal("1.0")})
    assert payload_hash({"n": Decimal("-0")}) == payload_hash({"n": 0})
    assert payload_hash({"n": Decimal(1000)}) == payload_hash({"n": Decimal("1E3")})
    assert payload_hash({"l": (1, 2)}) == payload_hash({"l": [1, 2]})


def test_values_that_differ_hash_apart() -> None:
    payloads: list[dict[str, object]] = [
        {"v": "1"},
        {"v": 1},
        {"v": True},
        {"v": None},
        {},
        {"v": "2026-01-01"},
        {"v": date(2026, 1, 1)},
        {"v": datetime(2026, 1, 1, tzinfo=UTC)},
        {"v": datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)},
        {"v": Decimal("0.1000000000000000000000000000000000001")},
        {"v": Decimal("0.1")},
        {"v": ["1"]},
        {"v": ["text", "1"]},
        {"v": {"1": 1}},
        {"v": [["1", 1]]},
        {"v": "\ud800"},
        {"v": "\\ud800"},
    ]
    assert len({payload_hash(p) for p in payloads}) == len(payloads)


@pytest.mark.parametrize(
    "value", [0.1, datetime(2026, 1, 1), b"x", {1: 2}, {1, 2}, Decimal("NaN"), Decimal("Infinity")]
)
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"payload"):
        payload_hash({"v": value})
