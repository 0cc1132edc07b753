"""Who enters, once for which value, what counts as success, and times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from leadline.expression.types import Value
from leadline.journey.facts import EventFact, Facts
from leadline.journey.match import once_value
from leadline.journey.reentry import Enter, NotEntered, WhyNot, enter, enter_by_step
from leadline.journey.run import answer, row_of
from leadline.journey.set_field import apply
from leadline.journey.success import counts_as_success, promised_by
from leadline.journey.timing import FIRST, LAST, in_zone, instant, moment, plus
from leadline.ledger.coalesce import AddTo, Clear, FieldWrite, Forward, IfEmpty, Increment, SetTo
from leadline.project.workflow import WallTime
from tests.unit.journey_runs import ANN, HEAD, NOON, REGISTERED, STARTS, compiled, event, program

SEND = "- { step: welcome, send: messages/welcome, as: transactional }\n"
POST = "- { step: tell, post_to: slack sales, text: messages/hot }\n"
DAY = timedelta(days=1)


def entering(
    steps: str = SEND,
    rules: str = STARTS,
    contact: dict[str, Value] | None = None,
    trigger: EventFact = REGISTERED,
    late_after: timedelta | None = DAY,
) -> Enter | NotEntered:
    facts = Facts(dict(ANN) if contact is None else contact, trigger)
    return enter(program(steps, rules), trigger, facts, NOON + timedelta(minutes=1), late_after)


def test_a_trigger_enters_once_per_the_value_of_its_event() -> None:
    assert entering() == Enter("w1")


def test_no_once_per_is_once_ever() -> None:
    assert entering(rules="starts: { when: webinar.registered }\n") == Enter("")


def test_an_unknown_once_per_value_enters_nobody() -> None:
    bare = EventFact(REGISTERED.id, "webinar.registered", {}, NOON)
    assert entering(trigger=bare) == NotEntered(WhyNot.ONCE_PER_UNKNOWN, "event.webinar")


def test_an_event_that_starts_nothing_enters_nobody() -> None:
    found = entering(trigger=event("webinar.attended", NOON))
    assert found == NotEntered(WhyNot.NOT_A_TRIGGER, "webinar.attended")


def test_a_late_event_enters_nobody_unless_it_may_be_late() -> None:
    now = NOON + timedelta(minutes=1)
    late = event("webinar.registered", now - DAY - timedelta(microseconds=1))
    found = entering(trigger=late)
    assert isinstance(found, NotEntered)
    assert found.reason is WhyNot.TOO_LATE
    assert entering(trigger=late, late_after=None) == Enter("w1")
    assert entering(trigger=event("webinar.registered", now - DAY)) == Enter("w1")


@pytest.mark.parametrize(
    ("email", "why"),
    [
        (None, WhyNot.NO_ADDRESS),
        ("", WhyNot.NO_ADDRESS),
        ("ann", WhyNot.IMPOSSIBLE_ADDRESS),
        ("@example.org", WhyNot.IMPOSSIBLE_ADDRESS),
        ("ann@", WhyNot.IMPOSSIBLE_ADDRESS),
        ("ann@example.org\r\nBcc: x@example.org", WhyNot.IMPOSSIBLE_ADDRESS),
        ("an n@example.org", WhyNot.IMPOSSIBLE_ADDRESS),
        ("ann\ud800@example.org", WhyNot.IMPOSSIBLE_ADDRESS),
    ],
)
def test_whom_no_step_could_reach_does_not_enter(email: str | None, why: WhyNot) -> None:
    found = entering(contact={"email": email})
    assert isinstance(found, NotEntered)
    assert found.reason is why
    assert bool(found.detail) == (why is WhyNot.IMPOSSIBLE_ADDRESS)
    assert entering(POST, contact={"email": email}) == Enter("w1"), "a post needs no address"


def test_the_condition_must_hold_and_says_what_it_saw() -> None:
    rules = (
        "starts: { when: webinar.registered, once_per: event.webinar, "
        "if: contact.company_size is at least 200 }\n"
    )
    assert entering(rules=rules) == Enter("w1")
    small: dict[str, Value] = {**ANN, "company_size": Decimal(5)}
    assert entering(rules=rules, contact=small) == NotEntered(
        WhyNot.CONDITION_FALSE, "contact.company_size is 5"
    )
    assert entering(rules=rules, contact={"email": "x@example.org"}) == NotEntered(
        WhyNot.CONDITION_UNKNOWN, "contact.company_size is unknown"
    )


def test_enrolling_hands_the_trigger_on() -> None:
    assert enter_by_step(program(SEND), Facts(ANN, REGISTERED), NOON) == Enter("w1")
    unknown = enter_by_step(program(SEND), Facts(ANN, None), NOON)
    assert isinstance(unknown, NotEntered)
    assert unknown.reason is WhyNot.ONCE_PER_UNKNOWN
    ever = program(SEND, "starts: { when: webinar.registered }\n")
    assert enter_by_step(ever, Facts(ANN, None), NOON) == Enter("")


def test_enrolling_asks_for_an_address_as_the_door_does() -> None:
    nobody = enter_by_step(program(SEND), Facts({}, REGISTERED), NOON)
    assert isinstance(nobody, NotEntered)
    assert nobody.reason is WhyNot.NO_ADDRESS


def once(value: Value, field: str = "last_webinar") -> str | None:
    rules = f"starts: {{ when: webinar.registered, once_per: contact.{field} }}\n"
    return once_value(program(POST, rules), {}, {field: value})


def test_equal_values_are_one_once_per_value() -> None:
    assert once("A") != once("a"), "texts differ by case"
    assert once("Ann@Example.org", "email") == once("ann@example.org", "email")
    assert once(Decimal("1.50"), "company_size") == once(Decimal("1.5"), "company_size")
    assert once(Decimal("-0.0"), "company_size") == once(Decimal(0), "company_size")
    assert once(Decimal(100), "company_size") == once(Decimal("1E2"), "company_size")
    there = NOON.astimezone(timezone(timedelta(hours=2)))
    assert once(NOON, "renewal") == once(there, "renewal")
    long = Decimal("1." + "1" * 40)
    assert once(long, "company_size") != once(long + Decimal("1e-20"), "company_size")
    assert once(None) is None
    assert {once(True), once(False), once(date(2026, 1, 1))} == {"yes", "no", "2026-01-01"}
    assert once(Decimal("NaN")) == "nan"


# ---------------------------------------------------------------- success and promise


def test_success_counts_in_time_and_by_once_per_value() -> None:
    rules = STARTS + "success: { event: webinar.attended, within: 14 days }\n"
    found = program(SEND, rules)

    def counts(what: EventFact) -> bool:
        return counts_as_success(found, "w1", NOON, what)

    assert counts(event("webinar.attended", NOON))
    assert counts(event("webinar.attended", NOON + timedelta(days=14)))
    assert not counts(event("webinar.attended", NOON + timedelta(days=14, microseconds=1)))
    assert not counts(event("webinar.attended", NOON - timedelta(microseconds=1)))
    assert not counts(event("webinar.attended", NOON, webinar="w2"))
    assert not counts(event("webinar.cancelled", NOON))
    assert not counts_as_success(program(SEND), "w1", NOON, event("webinar.attended", NOON))


def test_success_may_say_which_events_count() -> None:
    rules = STARTS + (
        "success: { event: webinar.attended, within: 14 days, "
        "where: event.minutes is at least 30 }\n"
    )
    found = program(SEND, rules)
    assert not counts_as_success(found, "w1", NOON, event("webinar.attended", NOON))
    long = event("webinar.attended", NOON, webinar="w2", minutes=Decimal(30))
    assert counts_as_success(found, "w1", NOON, long)


def test_a_promise_is_counted_from_the_event() -> None:
    rules = STARTS + "promise: { step: welcome, within: 5 minutes, share: 99 % }\n"
    promise = compiled(HEAD + rules + "steps:\n  " + SEND).promises["webinar"]
    assert promised_by(promise, NOON) == NOON + timedelta(minutes=5)


# ---------------------------------------------------------------- writes of our own contact


@pytest.mark.parametrize(
    ("write", "current", "left"),
    [
        (SetTo("a"), "b", "a"),
        (Clear(), "b", None),
        (IfEmpty("a"), None, "a"),
        (IfEmpty("a"), "", "a"),
        (IfEmpty("a"), "b", "b"),
        (Forward("b", ("a", "b", "c")), None, "b"),
        (Forward("b", ("a", "b", "c")), "a", "b"),
        (Forward("b", ("a", "b", "c")), "c", "c"),
        (Forward("b", ("a", "b", "c")), "odd", "b"),
        (Forward("odd", ("a", "b", "c")), "a", "a"),
        (Forward("b", ("a", "b", "c")), Decimal("sNaN"), "b"),
        (AddTo(("x",)), None, "x"),
        (AddTo(("x",)), "w", "w;x"),
        (AddTo(("x",)), "x;w", "x;w"),
        (Increment(Decimal(2)), None, Decimal(2)),
        (Increment(Decimal(2)), Decimal("0.5"), Decimal("2.5")),
        (Increment(Decimal(2)), "odd", Decimal(2)),
        (Increment(Decimal(2)), Decimal("sNaN"), "unchanged"),
    ],
)
def test_what_a_write_leaves(write: FieldWrite, current: Value, left: Value) -> None:
    found = apply(write, current)
    assert found is current if left == "unchanged" else found == left


# ---------------------------------------------------------------- times


def test_a_span_is_exact_over_the_change_of_clocks() -> None:
    eve = in_zone(datetime(2026, 3, 28, 11, tzinfo=UTC), "Europe/Berlin")
    assert plus(eve, DAY) == datetime(2026, 3, 29, 11, tzinfo=UTC)


def test_no_span_leaves_the_calendar() -> None:
    assert plus(NOON, timedelta.max) == LAST
    assert plus(NOON, timedelta.min) == FIRST
    west = datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5)))
    assert plus(west, timedelta(0)) == LAST
    east = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))
    assert plus(east, timedelta(0)) == FIRST


@pytest.mark.parametrize(
    ("local", "in_utc"),
    [
        (datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # skipped
        (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice
        (datetime(2026, 7, 1, 9), datetime(2026, 7, 1, 7, tzinfo=UTC)),
        (datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 8, tzinfo=UTC)),
        (datetime(1, 1, 1), FIRST),
    ],
)
def test_a_time_on_the_wall(local: datetime, in_utc: datetime) -> None:
    assert instant(WallTime(local, "Europe/Berlin")) == in_utc


@pytest.mark.parametrize("zone", ["Nowhere/Land", "Europe", "../etc", ""])
def test_an_unknown_zone_gives_no_time(zone: str) -> None:
    assert instant(WallTime(datetime(2026, 1, 1), zone)) is None
    assert in_zone(NOON, zone) == NOON


def test_only_a_moment_is_a_moment() -> None:
    assert moment(NOON) == NOON
    assert moment(datetime(2026, 1, 1)) is None
    assert moment(date(2026, 1, 1)) is None
    assert moment("2026-01-01") is None
    assert moment(None) is None


def test_days_are_counted_in_the_projects_zone() -> None:
    rules = STARTS.replace("once_per", "if: contact.joined is within the last 1 day, once_per")
    found = program(POST, rules)
    condition = found.starts.only_if
    assert condition is not None
    past_midnight_in_berlin = datetime(2026, 5, 3, 22, 30, tzinfo=UTC)
    row = row_of(Facts({"joined": date(2026, 5, 4)}, None))
    assert answer(condition, row, past_midnight_in_berlin, found.time_zone) is True
    assert answer(condition, row, past_midnight_in_berlin, "UTC") is False


@pytest.mark.parametrize("odd", ["text", NOON, datetime(2026, 1, 1), date(2026, 1, 1)])
def test_a_condition_over_a_value_of_another_type_is_unknown(odd: Value) -> None:
    rules = STARTS.replace("once_per", "if: contact.company_size is at least 2, once_per")
    condition = program(POST, rules).starts.only_if
    assert condition is not None
    row = row_of(Facts({"company_size": odd}, None))
    assert answer(condition, row, NOON, "UTC") is None
