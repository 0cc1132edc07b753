"""Tests are played by the rules that the runtime follows, on a clock that is moved."""

from __future__ import annotations

from decimal import Decimal

import pytest

from leadline.connectors import hubspot, slack, smtp
from leadline.connectors.contract import Connector, Settings
from leadline.journey.action import SaveRecord
from leadline.journey.reentry import WhyNot
from leadline.journey.state import Ended, EndReason
from leadline.ledger.coalesce import SetTo
from leadline.ledger.transitions import State
from leadline.project.case_kinds import ENDS, KEPT_OUT, OUTCOMES
from leadline.rehearsal.happened import Came, Entered, Played
from leadline.rehearsal.vendors import SETTLES
from tests.unit.rehearsal.stage import at, done, failing, one, sentences

MAIL = """
starts: { when: joined, once_per: event.club }
steps:
  - { step: hello, send: messages/hello, as: transactional }
"""
SAVE = """
    starts: { when: joined, once_per: event.club }
    steps:
      - { step: crm, save_to: hubspot contact, set: { stage: lead } }
      - { step: hello, send: messages/hello, as: transactional }
    """
JOINS = "when: [ { event: joined } ]\nexpect: []"


def end(played: Played, workflow: str = "club") -> tuple[EndReason, str]:
    (state,) = [ran.state for ran in played.runs if ran.workflow == workflow]
    assert isinstance(state, Ended)
    return state.reason, state.detail


def test_a_nurture_of_thirty_days_is_played_to_its_end() -> None:
    steps = "".join(
        f"  - {{ step: mail-{n}, send: messages/again, as: transactional }}\n"
        f"  - {{ step: wait-{n}, wait: 6 days }}\n"
        for n in range(1, 6)
    )
    played = one(f"starts: {{ when: joined }}\nsteps:\n{steps}", JOINS)
    assert [at(each)[:10] for each in played.done] == [
        "2026-12-01", "2026-12-07", "2026-12-13", "2026-12-19", "2026-12-25",
    ]  # fmt: skip
    assert end(played)[0] is EndReason.COMPLETED


def test_the_same_test_gives_the_same_story_each_time() -> None:
    assert one(SAVE, JOINS) == one(SAVE, JOINS)


def test_a_day_is_24_hours_and_a_time_on_the_wall_stays_one_when_the_clocks_change() -> None:
    workflow = """
        starts: { when: joined }
        steps:
          - { step: day, wait: 1 day }
          - { step: first, send: messages/again, as: transactional }
          - { step: wall, wait_until: 2027-03-29 09:00 }
          - { step: second, send: messages/again, as: transactional }
        """
    played = one(workflow, "at: 2027-03-27 09:00\n" + JOINS)
    assert at(done(played, "first")) == "2027-03-28 10:00"
    assert at(done(played, "second")) == "2027-03-29 09:00"


# ---------------------------------------------------------------- who enters


def test_the_same_once_per_value_enters_once() -> None:
    played = one(MAIL, "when: [ { event: joined }, { event: joined } ]\nexpect: []")
    assert len(played.done) == 1
    assert [h.what.reason for h in played.story if isinstance(h.what, Entered)] == [
        None, WhyNot.ALREADY_ENTERED,
    ]  # fmt: skip


def test_a_late_event_starts_nothing_unless_it_is_declared_to() -> None:
    late = "when: [ { event: joined, late_by: 2 days } ]\nexpect: []"
    played = one(MAIL, late)
    assert played.runs == ()
    (came,) = [h for h in played.story if isinstance(h.what, Came)]
    assert isinstance(came.what, Came)
    assert (came.at - came.what.happened).days == 2


def test_without_an_address_nobody_enters() -> None:
    played = one(MAIL, "given: { email: unknown }\n" + JOINS)
    assert [h.what.reason for h in played.story if isinstance(h.what, Entered)] == [
        WhyNot.NO_ADDRESS
    ]


def test_a_stop_ends_the_run_of_the_same_club_only() -> None:
    workflow = """
        starts: { when: joined, once_per: event.club }
        stops: { when: [ left ] }
        steps:
          - { step: pause, wait: 3 days }
          - { step: again, send: messages/again, as: transactional }
        """
    left = "when: [ { event: joined }, { after: 1 day }, { event: left } ]\nexpect: []"
    stopped = one(workflow, left)
    assert end(stopped)[0] is EndReason.STOPPED
    other = "when: [ { event: joined }, { event: left, with: { club: golf } } ]\nexpect: []"
    assert end(one(workflow, other))[0] is EndReason.COMPLETED


def test_a_wait_for_an_event_looks_back_and_else_gives_up() -> None:
    workflow = """
        starts: { when: joined, once_per: event.club }
        steps:
          - { step: pause, wait: 1 day }
          - { step: money, wait_for: paid, at_most: 2 days, if_not: stop }
          - { step: again, send: messages/again, as: transactional }
        """
    paid = "when: [ { event: joined }, { after: 1 hour }, { event: paid } ]\nexpect: []"
    assert at(done(one(workflow, paid), "again")) == "2026-12-02 09:00"
    assert end(one(workflow, JOINS))[0] is EndReason.FAILED


def test_what_another_workflow_enrolls_goes_by_its_own_rules() -> None:
    workflow = "starts: { when: joined }\nsteps: [ { step: next, enroll_in: vip } ]"
    vip = """
        starts: { if: contact.size is at least 100 }
        steps: [ { step: again, send: messages/again, as: transactional } ]
        """
    assert len(one(workflow, "given: { size: 200 }\n" + JOINS, ("vip", vip)).done) == 1
    small = one(workflow, "given: { size: 20 }\n" + JOINS, ("vip", vip))
    assert [h.what.reason for h in small.story if isinstance(h.what, Entered)] == [
        None, WhyNot.CONDITION_FALSE,
    ]  # fmt: skip


# ---------------------------------------------------------------- what systems do


def test_a_short_outage_is_waited_for() -> None:
    played = troubled(MAIL, "mail is down for 1 hour")
    mail = done(played, "hello")
    assert mail.state is State.ACCEPTED
    assert "2026-12-01 10:00" <= at(mail) <= "2026-12-01 10:15:59"
    assert mail.calls > 5


def troubled(workflow: str, trouble: str, *others: tuple[str, str]) -> Played:
    test = f"when: [ {{ trouble: {trouble} }}, {{ event: joined }} ]\nexpect: []"
    return one(workflow, test, *others)


def test_an_outage_beyond_the_policy_fails_the_step_when_its_time_is_over() -> None:
    played = troubled(SAVE, "hubspot is down for 2 days")
    crm = done(played, "crm")
    assert (crm.state, at(crm)) == (State.DEAD, "2026-12-02 09:00")
    assert end(played)[0] is EndReason.DEAD_LETTER
    assert [each for each in played.done if each.action.key.step == "hello"] == []


def test_what_is_refused_into_the_dead_letters_is_dead() -> None:
    played = troubled(SAVE, "hubspot refuses crm")
    assert done(played, "crm").state is State.DEAD
    assert any("ops@acme.example is told" in sentence for sentence in sentences(played))


def test_a_lost_answer_of_a_mail_is_held_and_the_run_carries_on_at_its_deadline() -> None:
    workflow = MAIL + "  - { step: crm, save_to: hubspot contact, set: { stage: lead } }\n"
    played = troubled(workflow, "mail loses the answer")
    assert done(played, "hello").state is State.HELD
    assert at(done(played, "crm")) == "2026-12-02 09:00"


def test_a_lost_answer_is_found_where_the_system_can_be_asked() -> None:
    crm = done(troubled(SAVE, "hubspot loses the answer of crm"), "crm")
    assert (crm.state, crm.calls, at(crm)) == (State.ACCEPTED, 1, "2026-12-01 09:01")


def test_a_system_that_never_answers_leaves_it_held() -> None:
    crm = done(troubled(SAVE, "hubspot never answers crm"), "crm")
    assert (crm.state, crm.calls) == (State.HELD, 1)


def test_a_mail_that_would_be_late_expires_during_the_outage() -> None:
    workflow = """
        starts: { when: joined }
        steps:
          - step: hello
            send: messages/hello
            as: transactional
            not_after: 1 hour after event.starts_at
            if_it_fails: { retry_for: 5 days, then: carry on }
        """
    hello = done(troubled(workflow, "mail is down for 4 days"), "hello")
    assert (hello.state, at(hello)) == (State.EXPIRED, "2026-12-03 16:00")


def test_a_bounce_keeps_later_mails_back() -> None:
    workflow = MAIL + (
        "  - { step: day, wait: 1 day }\n"
        "  - { step: again, send: messages/again, as: transactional }\n"
    )
    played = troubled(workflow, "mail bounces hello")
    assert done(played, "hello").state is State.BOUNCED
    assert done(played, "again").state is State.SKIPPED
    assert end(played)[0] is EndReason.COMPLETED


def test_a_system_that_works_again_is_used_again() -> None:
    test = """
        when:
          - trouble: mail is down
          - event: joined
          - after: 2 hours
          - trouble: mail works again
        expect: []
        """
    hello = done(one(MAIL, test), "hello")
    assert hello.state is State.ACCEPTED
    assert "2026-12-01 11:00" <= at(hello) <= "2026-12-01 11:15:59"


def test_a_wait_until_a_system_shows_a_write_ends_at_its_bound_when_the_system_lags() -> None:
    workflow = """
        starts: { when: joined }
        steps:
          - { step: crm, save_to: hubspot contact, set: { stage: lead } }
          - step: seen
            wait_until: hubspot has seen crm
            at_most: 30 minutes
            if_not: carry on
          - { step: again, send: messages/again, as: transactional }
        """
    assert at(done(one(workflow, JOINS), "again")) == "2026-12-01 09:00"
    assert at(done(troubled(workflow, "hubspot lags for 10 minutes"), "again")) > "2026-12-01 09:10"
    assert at(done(troubled(workflow, "hubspot lags"), "again")) == "2026-12-01 09:30"


def test_a_write_that_is_in_doubt_is_not_seen() -> None:
    workflow = """
        starts: { when: joined }
        steps:
          - { step: crm, save_to: hubspot contact, set: { stage: lead } }
          - step: seen
            wait_until: hubspot has seen crm
            at_most: 30 minutes
            if_not: stop
        """
    assert end(troubled(workflow, "hubspot never answers crm"))[0] is EndReason.FAILED


def test_the_trouble_that_was_said_last_counts() -> None:
    test = """
        when:
          - trouble: hubspot refuses
          - trouble: hubspot loses the answer of crm
          - event: joined
        expect: []
        """
    assert done(one(SAVE, test), "crm").state is State.ACCEPTED


def test_a_mail_that_cannot_be_filled_in_is_refused_before_it_is_sent() -> None:
    hello = done(one(MAIL, "given: { first_name: unknown }\n" + JOINS), "hello")
    assert (hello.state, hello.sent) == (State.DEAD, None)
    assert "contact.first_name" in (hello.reason or "")


ALONE = """
starts: { when: joined }
steps:
  - { step: crm, save_to: hubspot contact, set: { stage: lead } }
"""
ALSO = """
starts: { when: paid }
steps:
  - { step: also, save_to: hubspot contact, set: { stage: customer, size: 5 } }
"""
BOTH = """
when:
  - trouble: {trouble}
  - event: joined
  - after: 1 minute
  - event: paid
expect: []
"""


def test_writes_of_one_record_wait_for_one_another_and_become_one() -> None:
    played = one(ALONE, BOTH.format(trouble="hubspot is down for 1 hour"), ("zoo", ALSO))
    first, second = done(played, "crm"), done(played, "also")
    assert (first.state, second.state) == (State.SUPERSEDED, State.ACCEPTED)
    # The second one does not go before the next attempt of the first.
    assert at(first) == "2026-12-01 09:01:03"
    assert isinstance(second.action, SaveRecord)
    assert second.action.fields["size"] == SetTo(Decimal(5))


def test_no_write_of_a_record_goes_while_another_is_in_doubt() -> None:
    played = one(ALONE, BOTH.format(trouble="hubspot never answers crm"), ("zoo", ALSO))
    first, second = done(played, "crm"), done(played, "also")
    assert (first.state, second.state) == (State.HELD, State.ACCEPTED)
    assert at(second) == at(first) == "2026-12-01 10:01"


# ---------------------------------------------------------------- odd projects


def test_a_circle_with_a_wait_in_it_ends_as_a_loop_and_fails_the_test() -> None:
    workflow = """
        starts: { when: joined }
        steps:
          - { step: pause, wait: 1 day }
          - { step: money, wait_for: paid, where: event.amount is known, at_most: 1 day,
              if_not: { go to: pause } }
        """
    (sentence,) = failing(workflow, JOINS)
    assert sentence == ('the run of "club" ended: loop, it came by "pause" again and again.')
    expected = "when: [ { event: joined } ]\nexpect: [ { ends: loop } ]"
    assert failing(workflow, expected) == []


@pytest.mark.parametrize("late", ["", ", late_by: 9 weeks"])
@pytest.mark.parametrize("begins", ["0001-01-02 00:00", "9999-12-31 22:00"])
def test_the_first_and_the_last_days_of_the_calendar_are_days(begins: str, late: str) -> None:
    workflow = """
        starts: { when: joined }
        steps:
          - { step: crm, save_to: hubspot contact, set: { stage: lead } }
          - { step: pause, wait_until: 1 day after event.starts_at }
          - { step: note, post_to: slack sales, text: messages/note, bundle: 1 minute }
        """
    test = f"""
        at: {begins}
        when: [ {{ trouble: hubspot is down for 1 day }}, {{ event: joined{late} }} ]
        expect: []
        """
    assert sentences(one(workflow, test))


def test_ten_thousand_steps_are_played() -> None:
    steps = "".join(f"  - {{ step: s{n}, set: {{ visits: {n} }} }}\n" for n in range(10_000))
    played = one(f"starts: {{ when: joined }}\nsteps:\n{steps}", JOINS)
    assert played.contact["visits"] == Decimal(9_999)


# ---------------------------------------------------------------- words of other packages


def test_the_words_of_test_files_are_those_of_the_runs() -> None:
    assert set(ENDS) <= set(EndReason)
    assert set(KEPT_OUT) == set(WhyNot) - {WhyNot.NOT_A_TRIGGER}
    assert set(OUTCOMES) <= set(State)


@pytest.mark.parametrize("connector", [hubspot.connector, slack.connector, smtp.connector])
def test_systems_are_as_sure_as_their_connectors(connector: Connector) -> None:
    settings = Settings(connector.kind, {}, {})  # a mail system without a feed
    assert connector.settles(settings) is SETTLES[connector.kind]
