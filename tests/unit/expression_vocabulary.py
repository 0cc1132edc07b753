"""The names that the tests of the condition language use."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from leadline.expression.phrases import Fault, RawPhrase, Vocabulary, parse_condition
from leadline.expression.tree import Condition, Operand, Ref
from leadline.expression.types import FieldType, Kind

COUNTRY = FieldType(Kind.CHOICE, ("DE", "AT", "CH", "US"))
STAGE = FieldType(Kind.CHOICE, ("subscriber", "lead", "customer", "Unknown"))
SCOPES = {
    "contact": {
        "email": FieldType(Kind.EMAIL),
        "country": COUNTRY,
        "lifecycle_stage": STAGE,
        "company": FieldType(Kind.TEXT),
        "owner": FieldType(Kind.TEXT),
        "company_size": FieldType(Kind.NUMBER),
        "subscribed": FieldType(Kind.FLAG),
        "created_at": FieldType(Kind.TIME),
        "born": FieldType(Kind.DATE),
    },
    "event": {
        "title": FieldType(Kind.TEXT),
        "starts_at": FieldType(Kind.TIME),
        "seats": FieldType(Kind.NUMBER),
    },
    "hubspot": {"city": FieldType(Kind.TEXT)},
}
BERLIN = Vocabulary(SCOPES, ZoneInfo("Europe/Berlin"))
NO_ZONE = Vocabulary(SCOPES)


def operand(name: str) -> Operand:
    scope, _, field = name.partition(".")
    return Operand(Ref(scope, field), SCOPES[scope][field])


def read(text: str, vocabulary: Vocabulary = BERLIN) -> Condition:
    """Read a phrase that is right."""
    condition, faults = parse_condition(RawPhrase(text, (1, 1)), vocabulary)
    assert condition is not None, faults
    return condition


def faults_of(text: str, vocabulary: Vocabulary = BERLIN) -> tuple[Fault, ...]:
    """Read a phrase that is wrong."""
    condition, faults = parse_condition(RawPhrase(text, (3, 7)), vocabulary)
    assert condition is None
    assert all(fault.position == (3, 7) for fault in faults)
    return faults
