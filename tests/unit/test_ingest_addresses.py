"""Mail addresses, possible and impossible."""

from __future__ import annotations

import pytest

from leadline.project.address import looks_like_one, spell, why_impossible


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.com",
        "ann.lee+news@sub.example.co.uk",
        "o'hara@example.com",
        "ANN@EXAMPLE.COM",
        "jürgen@müller.example",
        "用户@例子.广告",
        f"{'a' * 64}@example.com",
    ],
)
def test_possible_ones_pass(address: str) -> None:
    assert why_impossible(address) is None


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("n/a", "The address has no @."),
        ("", "The address has no @."),
        ("ann@example", "The part after the @ is not a domain: it has no dot."),
        ("ann@@example.com", "invalid characters: '@'"),
        ("ann..lee@example.com", "two periods in a row"),
        (".ann@example.com", "period"),
        ("ann@example..com", "period"),
        ("ann@-example.com", "hyphen"),
        ("ann@1.2.3.4", "it ends in a number"),
        ('"a b"@example.com', "Quoting"),
        ("ann lee@example.com", "space"),
        ("@example.com", "before the @"),
        (f"{'a' * 65}@example.com", "too long"),
        (f"{'a' * 300}@example.com", "The address has 312 characters; at most 254 are possible."),
        ("ann@example.com\r\nBcc: all@example.com", "line break or another control character"),
        ("ann@example.com\x00", "control character"),
        ("ann@example.com, bo@example.com", "invalid characters"),
    ],
)
def test_impossible_ones_say_why(address: str, why: str) -> None:
    found = why_impossible(address)
    assert found is not None
    assert why.lower() in found.lower()
    assert found.endswith(".")
    assert "\n" not in found


def test_one_person_is_spelled_one_way() -> None:
    assert spell(" Ann@Example.com ") == "ann@example.com"
    assert spell("JU\u0308RGEN@x.example") == spell("jürgen@x.example")


def test_a_user_id_may_be_an_address() -> None:
    assert looks_like_one("ann@example.com")
    assert not looks_like_one("ann@42")
    assert not looks_like_one("12345")
