"""JSON with every digit, and what the store cannot hold."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.runtime.ingest.json_values import Malformed, clean, dumps, loads

NUL = "A text holds a NUL character (\\u0000), which cannot be stored."
NO_UNICODE = "A text is not valid Unicode (half a surrogate pair, or not UTF-8)."


@pytest.mark.parametrize(
    "number",
    ["0.1", "1e5", "-0.00", "123456789012345678901234567890", "12345678901234567.891", "1E-30"],
)
def test_numbers_keep_every_digit(number: str) -> None:
    written = dumps(loads(f'{{"n":{number}}}'.encode()))
    assert written is not None
    found = json.loads(written, parse_float=Decimal, parse_int=Decimal)["n"]
    assert str(found) == str(Decimal(number))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "line 1, column 1: Expecting value"),
        (b'{"a": }', "line 1, column 7: Expecting value"),
        (b'{"a": 1} x', "line 1, column 10: Extra data"),
        (b"[" * 100_000, "it is nested too deeply"),
    ],
)
def test_what_is_not_json_is_told_with_its_place(body: bytes, complaint: str) -> None:
    assert loads(body) == Malformed(complaint)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert loads(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(
    ("body", "cleaned", "fault"),
    [
        (rb'{"a": "x\u0000y"}', {"a": "x�y"}, NUL),
        (rb'{"x\u0000": 1}', {"x�": 1}, NUL),
        (rb'{"a": ["\ud800"]}', {"a": ["�"]}, NO_UNICODE),
        (b'{"a": "\xff"}', {"a": "�"}, NO_UNICODE),
        (b'{"a": "\xed\xa0\x80"}', {"a": "���"}, NO_UNICODE),
        (
            b'{"a": NaN}',
            {"a": "NaN"},
            "NaN and Infinity are not numbers in JSON; leave the value out.",
        ),
        (b'{"a": 1e999999}', {"a": "1E+999999…"}, "A number has more than 400 digits."),
    ],
)
def test_what_cannot_be_stored_is_replaced_and_said(
    body: bytes, cleaned: object, fault: str
) -> None:
    value = loads(body)
    assert dumps(value) is None
    assert clean(value) == (cleaned, (fault,))
    assert dumps(cleaned) is not None


def test_deep_nesting_is_cut_and_said() -> None:
    value = loads(b"[" * 300 + b"]" * 300)
    assert dumps(value) is None
    cleaned, faults = clean(value)
    assert faults == ("It is nested deeper than 100 levels.",)
    assert dumps(cleaned) is not None


@pytest.mark.parametrize("text", ["\\u0000", "a\\\\u0000", "\\", "😀", "\x01"])
def test_a_text_that_only_looks_like_a_nul_is_kept(text: str) -> None:
    written = dumps({"a": text})
    assert written is not None
    assert json.loads(written) == {"a": text}


texts = st.text(st.characters(exclude_categories=[]), max_size=12)
# As loads makes them: what may not fit into 64 bits is Decimal.
integers = st.integers(-(10**17), 10**18 - 1)
values = st.recursive(
    st.none() | st.booleans() | integers | st.decimals(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(texts, values, max_size=3))
def test_whatever_comes_can_be_stored_after_cleaning(value: dict[str, object]) -> None:
    cleaned, faults = clean(value)
    assert dumps(cleaned) is not None
    if dumps(value) is not None:
        assert (cleaned, faults) == (value, ())
    else:
        assert faults
