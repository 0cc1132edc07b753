from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from leadline.ledger.gate import Admitted, GateFacts, GateRequest, Purpose, Refused, Rule, admit
from leadline.ledger.transitions import State, may

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MAIL = GateRequest("mail", "webinar", "ann@acme.example", Purpose.TRANSACTIONAL, None)
SAVE = GateRequest("hubspot", "webinar", "ann@acme.example", None, None)
POST = GateRequest("slack", "webinar", None, None, None)
OPEN = GateFacts("dev")


def refused(send: GateRequest, facts: GateFacts, now: datetime = NOW) -> Refused:
    found = admit(send, facts, now)
    assert isinstance(found, Refused)
    return found


@pytest.mark.parametrize("send", [MAIL, SAVE, POST])
def test_with_nothing_against_it_an_action_is_admitted(send: GateRequest) -> None:
    assert admit(send, OPEN, NOW) == Admitted()


def test_an_environment_reaches_only_those_that_it_lists() -> None:
    facts = replace(OPEN, only_to=("@leadline.example", "Ann@acme.example"))
    assert admit(MAIL, facts, NOW) == Admitted()
    bob = replace(MAIL, address="bob@acme.example")
    assert refused(bob, facts).rule is Rule.ENVIRONMENT
    assert refused(replace(SAVE, address="bob@acme.example"), facts).final is State.SKIPPED
    assert admit(replace(bob, address="bob@LEADLINE.example"), facts, NOW) == Admitted()
    assert isinstance(admit(replace(bob, address="x@notleadline.example"), facts, NOW), Refused)
    assert admit(POST, facts, NOW) == Admitted()


def test_a_late_message_expires_and_one_at_the_last_moment_goes() -> None:
    send = replace(MAIL, not_after=NOW)
    assert admit(send, OPEN, NOW) == Admitted()
    found = refused(send, OPEN, NOW + timedelta(microseconds=1))
    assert (found.rule, found.final) == (Rule.DEADLINE, State.EXPIRED)
    assert found.reason == "late: it was to be sent by 2026-06-01 12:00:00 UTC."


def test_suppression_stops_mail_of_either_purpose_and_not_the_record() -> None:
    facts = replace(OPEN, suppressed="hard bounce on 2026-05-01")
    found = refused(MAIL, facts)
    assert (found.rule, found.final) == (Rule.SUPPRESSION, State.SKIPPED)
    assert found.reason == "the address is suppressed: hard bounce on 2026-05-01."
    assert admit(SAVE, facts, NOW) == Admitted()


def test_marketing_is_refused_until_consent_exists() -> None:
    found = refused(replace(MAIL, purpose=Purpose.MARKETING), OPEN)
    assert (found.rule, found.final) == (Rule.CONSENT, State.SKIPPED)


def test_a_pause_makes_wait_and_names_what_is_paused_and_why() -> None:
    facts = replace(OPEN, workflow_paused="wrong link")
    found = refused(MAIL, facts)
    assert (found.rule, found.final) == (Rule.WORKFLOW_PAUSED, None)
    assert found.reason == 'the workflow "webinar" is paused: wrong link. Resume it to go on.'
    facts = replace(facts, connection_paused="token revoked")
    assert refused(MAIL, facts).rule is Rule.CONNECTION_PAUSED
    facts = replace(facts, everything_paused="incident 12")
    assert refused(MAIL, facts).rule is Rule.EVERYTHING_PAUSED


def test_what_ends_an_action_comes_before_what_makes_it_wait() -> None:
    facts = replace(OPEN, everything_paused="incident 12", suppressed="asked for it")
    late = replace(MAIL, not_after=NOW - timedelta(seconds=1))
    assert refused(late, facts).final is State.EXPIRED
    assert refused(MAIL, facts).final is State.SKIPPED


def test_every_refusal_reads_as_a_sentence_and_ends_where_the_table_allows() -> None:
    facts = GateFacts("dev", ("@x.example",), "asked for it", "a", "b", "c")
    sends = [
        replace(MAIL, address=address, purpose=purpose, not_after=not_after)
        for address in ("ann@acme.example", "ann@x.example")
        for purpose in (None, *Purpose)
        for not_after in (None, NOW - timedelta(seconds=1))
    ]
    variants = [facts, replace(facts, suppressed=None), replace(facts, everything_paused=None)]
    for send in sends:
        for f in variants:
            found = refused(send, f)
            assert found.reason.endswith(".")
            assert len(found.reason) < 200
            assert found.final is None or may(State.PENDING, found.final)
