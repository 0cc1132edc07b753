"""A run from beginning to end: failures, stops, dead letters, loops, signals of no concern."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from leadline.journey.action import SendEmail, SetField
from leadline.journey.advance import MAX_VISITS, facts_needed
from leadline.journey.facts import FactRequest
from leadline.journey.record import (
    Because,
    CarriedOn,
    Done,
    Failed,
    GaveUpWaiting,
    Over,
    Resumed,
    Skipped,
    Told,
    WhySkipped,
)
from leadline.journey.signal import (
    ActionSettled,
    Due,
    EventArrived,
    Replayed,
    Started,
    Stopped,
)
from leadline.journey.state import (
    AwaitingAction,
    AwaitingEvent,
    Ended,
    EndReason,
    Ready,
    Sleeping,
)
from leadline.journey.wake import wake
from leadline.ledger.transitions import State as Ledger
from tests.unit.journey_runs import NOON, STARTS, Story, begin, event, program

CANCELLED = event("webinar.cancelled", NOON + timedelta(hours=1), 9)
STOPS = STARTS + "stops: { when: [ webinar.cancelled ] }\n"


def failing(then: str, tell: str = "") -> Story:
    """A send whose policy says ``then``, waiting for its action."""
    return begin(f"""
        - step: welcome
          send: messages/welcome
          as: transactional
          if_it_fails: {{ retry_for: 6 hours, then: {then}{tell} }}
        - {{ step: after, stop: went on }}
        - {{ step: elsewhere, stop: went elsewhere }}
        """)


# ---------------------------------------------------------------- an action is over


@pytest.mark.parametrize(
    "state", [Ledger.ACCEPTED, Ledger.CONFIRMED, Ledger.BOUNCED, Ledger.SUPERSEDED]
)
def test_an_action_that_had_its_effect_is_over(state: Ledger) -> None:
    story = failing("stop").settle(state, "by another")
    assert story.recorded(Done) == [Done("welcome", story.key("welcome"), state, "by another")]
    assert story.state.visits == {"welcome": 1, "after": 1}


def test_an_action_that_a_rule_refused_is_over_and_no_failure() -> None:
    story = failing("stop").settle(Ledger.SKIPPED, "the address is suppressed: bounced.")
    assert story.recorded(Skipped) == [
        Skipped(
            "welcome",
            WhySkipped.REFUSED,
            "the address is suppressed: bounced.",
            story.key("welcome"),
        )
    ]
    assert story.recorded(Failed) == []
    assert story.state.visits == {"welcome": 1, "after": 1}


@pytest.mark.parametrize("state", [Ledger.REJECTED, Ledger.DEAD, Ledger.EXPIRED])
def test_a_failed_action_takes_its_policy(state: Ledger) -> None:
    story = failing("stop").settle(state, "no such mailbox")
    assert story.recorded(Failed) == [
        Failed("welcome", story.key("welcome"), state, "no such mailbox", "stop")
    ]
    assert story.state == Ended(EndReason.FAILED, "no such mailbox", {"welcome": 1}, step="welcome")


@pytest.mark.parametrize(
    ("then", "visits"),
    [
        ("carry on", {"welcome": 1, "after": 1}),
        ("{ go to: elsewhere }", {"welcome": 1, "elsewhere": 1}),
        ("stop", {"welcome": 1}),
        ("dead letter", {"welcome": 1}),
    ],
)
def test_what_follows_a_failure(then: str, visits: dict[str, int]) -> None:
    story = failing(then).settle(Ledger.REJECTED)
    assert isinstance(story.state, Ended)
    assert story.state.visits == visits


@pytest.mark.parametrize("state", [Ledger.PENDING, Ledger.SENDING, Ledger.UNKNOWN, Ledger.HELD])
def test_an_action_that_is_not_over_is_waited_for_until_its_deadline(state: Ledger) -> None:
    story = failing("stop").after(hours=6, microseconds=-1)
    before = story.state
    assert story.settle(state).state is before
    assert story.due().state is before


@pytest.mark.parametrize("state", [Ledger.UNKNOWN, Ledger.HELD])
def test_past_the_deadline_the_unknown_carries_on_and_is_written_down(state: Ledger) -> None:
    story = failing("stop").after(hours=6).settle(state)
    assert story.recorded(CarriedOn) == [CarriedOn("welcome", story.key("welcome"), state)]
    assert story.recorded(Failed) == []
    assert story.state.visits == {"welcome": 1, "after": 1}


def test_past_the_deadline_what_was_never_sent_has_failed() -> None:
    story = failing("dead letter").after(hours=6).settle(Ledger.PENDING)
    assert story.recorded(Failed)[0].state is Ledger.PENDING
    assert isinstance(story.state, Ended)
    assert story.state.reason is EndReason.DEAD_LETTER


def test_past_the_deadline_what_is_being_sent_is_waited_for() -> None:
    story = failing("stop").after(hours=7)
    before = story.state
    assert story.settle(Ledger.SENDING).state is before


def test_whoever_must_be_told_is_told_once_a_cause() -> None:
    story = failing("carry on", ", tell: owner").settle(Ledger.REJECTED, "ann@example.org is full")
    told = story.recorded(Told)
    assert told == [
        Told(
            "welcome",
            "ops@acme.example",
            'In "webinar" the action of the step "welcome" is rejected.',
        )
    ]
    assert "ann" not in told[0].cause, "a notice names no person"


# ---------------------------------------------------------------- stops


@pytest.mark.parametrize(
    "step",
    [
        "{ step: here, wait: 3 days }",
        "{ step: here, wait_for: webinar.attended, at_most: 3 days, if_not: stop }",
        "{ step: here, send: messages/welcome, as: transactional }",
    ],
)
def test_a_stop_event_ends_a_run_whatever_it_waits_for(step: str) -> None:
    story = begin(f"- {step}\n", STOPS).after(hours=1).arrives(CANCELLED)
    detail = "webinar.cancelled at 2026-05-04 13:00:00 UTC"
    assert story.state == Ended(EndReason.STOPPED, detail, {"here": 1}, step="here")
    assert story.records[-1] == Over(EndReason.STOPPED, detail)


def test_a_stop_event_that_came_first_lets_nothing_begin() -> None:
    story = begin("- { step: mark, set: { contact.tags: in } }\n", STOPS, events=(CANCELLED,))
    assert story.actions == []
    assert isinstance(story.state, Ended)


def test_a_stop_event_is_found_whatever_woke_the_run() -> None:
    story = begin("- { step: here, send: messages/welcome, as: transactional }\n", STOPS)
    story.events = (CANCELLED,)
    story.after(hours=2).accepted()
    assert isinstance(story.state, Ended)
    assert story.state.reason is EndReason.STOPPED


def test_an_event_that_stops_another_run_does_not_stop_this_one() -> None:
    story = begin("- { step: here, wait: 3 days }\n", STOPS)
    before = story.state
    other = event("webinar.cancelled", NOON + timedelta(hours=1), webinar="w2")
    earlier = event("webinar.cancelled", NOON - timedelta(hours=1), 3)
    unsaid = event("webinar.attended", NOON + timedelta(hours=1), 4)
    assert story.arrives(other).arrives(earlier).arrives(unsaid).state is before
    assert story.hear(Stopped(other)).state is before


def test_a_stop_may_say_which_events_count() -> None:
    rules = STARTS + ("stops: { when: [ webinar.attended ], where: event.minutes is at least 5 }\n")
    story = begin("- { step: here, wait: 3 days }\n", rules)
    assert isinstance(story.arrives(event("webinar.attended", NOON)).state, Sleeping)
    long = event("webinar.attended", NOON, 3, webinar="w2", minutes=Decimal(9))
    assert isinstance(story.arrives(long).state, Ended)


def test_a_person_stops_a_run_with_a_reason() -> None:
    story = begin("- { step: here, wait: 3 days }\n").hear(
        Stopped(None, by="ann", why="wrong list")
    )
    assert story.state == Ended(EndReason.BY_PERSON, "ann: wrong list", {"here": 1}, step="here")
    ended = story.state
    assert story.hear(Stopped(None, by="bob", why="again")).state is ended


# ---------------------------------------------------------------- dead letters


def test_a_dead_letter_keeps_what_replay_needs_and_goes_on_under_its_key() -> None:
    story = failing("dead letter").settle(Ledger.DEAD, "gone")
    key = story.key("welcome")
    assert story.state == Ended(EndReason.DEAD_LETTER, "gone", {"welcome": 1}, "welcome", key)
    story.after(days=2).hear(Replayed("ann"))
    assert story.state == AwaitingAction(
        "welcome", key, story.now + timedelta(hours=6), {"welcome": 1}
    )
    assert story.recorded(Resumed) == [Resumed("welcome", "ann")]
    story.accepted()
    assert story.state.visits == {"welcome": 1, "after": 1}
    assert len(story.intended(SendEmail)) == 1, "replay intends nothing new"


def test_a_replayed_action_may_die_again() -> None:
    story = failing("dead letter").settle(Ledger.DEAD).hear(Replayed("ann")).settle(Ledger.DEAD)
    assert isinstance(story.state, Ended)
    assert story.state.reason is EndReason.DEAD_LETTER


def test_late_evidence_of_its_effect_resumes_a_dead_letter() -> None:
    story = failing("dead letter").settle(Ledger.DEAD)
    before = story.state
    key = story.key("welcome")
    assert story.hear(ActionSettled(story.key("welcome", 2), Ledger.ACCEPTED)).state is before
    assert story.hear(ActionSettled(key, Ledger.DEAD)).state is before
    story.hear(ActionSettled(key, Ledger.ACCEPTED))
    assert story.state.visits == {"welcome": 1, "after": 1}
    assert story.recorded(Resumed) == [Resumed("welcome", "late evidence")]


def test_a_dead_letter_that_was_cancelled_meanwhile_is_not_resumed() -> None:
    story = begin("- { step: here, send: messages/welcome, as: transactional }\n", STOPS)
    story.settle(Ledger.DEAD)
    story.events = (CANCELLED,)
    story.after(days=1).hear(Replayed("ann"))
    assert isinstance(story.state, Ended)
    assert story.state.reason is EndReason.STOPPED


def test_a_wait_that_ended_as_dead_letter_is_begun_anew_by_replay() -> None:
    story = begin(
        "- { step: came, wait_for: webinar.attended, at_most: 1 day, if_not: dead letter }\n"
    )
    story.after(days=1).due()
    assert story.recorded(GaveUpWaiting) == [GaveUpWaiting("came", "dead letter", Because.AT_MOST)]
    story.after(days=1).hear(Replayed("ann"))
    until = NOON + timedelta(days=3)
    assert story.state == AwaitingEvent("came", "webinar.attended", until, {"came": 2})


def test_only_dead_letters_are_replayed() -> None:
    stopped = failing("stop").settle(Ledger.DEAD)
    waiting = failing("stop")
    for story in (stopped, waiting):
        before = story.state
        assert story.hear(Replayed("ann")).state is before


def test_a_run_that_is_over_stays_so_though_it_is_replayed_after_a_stop_event() -> None:
    story = begin("- { step: enough, stop: enough }\n", STOPS)
    ended = story.state
    story.events = (CANCELLED,)
    assert story.after(days=1).hear(Replayed("ann")).state is ended


# ---------------------------------------------------------------- loops


def test_a_cycle_without_a_wait_ends_as_a_loop() -> None:
    story = begin("""
        - step: mark
          set: { contact.company_size: { increment: 1 } }
        - { step: when, wait_until: contact.renewal, at_most: 1 day, if_not: { go to: mark } }
        """)
    assert isinstance(story.state, Ended)
    assert story.state.reason is EndReason.LOOP
    assert [action.key.visit for action in story.intended(SetField)] == [1]
    assert story.state.visits == {"mark": 1, "when": 1}


def test_a_cycle_that_waits_ends_as_a_loop_after_many_visits() -> None:
    story = begin("""
        - { step: remind, send: messages/welcome, as: transactional }
        - { step: came, wait_for: webinar.attended, at_most: 7 days, if_not: { go to: remind } }
        """)
    for _ in range(MAX_VISITS):
        story.accepted().after(days=7).due()
    assert isinstance(story.state, Ended)
    assert story.state.reason is EndReason.LOOP
    mails = story.intended(SendEmail)
    assert [mail.key.visit for mail in mails] == list(range(1, MAX_VISITS + 1))


# ---------------------------------------------------------------- signals that change nothing


def test_signals_that_come_twice_or_to_the_wrong_run_change_nothing() -> None:
    story = failing("stop")
    before = story.state
    attended = event("webinar.attended", NOON)
    for signal in (
        Started(),
        Due(),
        EventArrived(attended),
        ActionSettled(story.key("welcome", 2), Ledger.ACCEPTED),
        ActionSettled(story.key("after"), Ledger.REJECTED),
        Replayed("ann"),
    ):
        assert story.hear(signal).state is before
    ended = story.accepted().state
    records = len(story.records)
    for signal in (
        Started(),
        Due(),
        EventArrived(attended),
        ActionSettled(story.key("welcome"), Ledger.DEAD),
    ):
        assert story.hear(signal).state is ended
    assert len(story.records) == records


def test_a_run_whose_step_is_gone_ends_and_says_so() -> None:
    story = begin("- { step: here, wait: 3 days }\n")
    for state in (
        Sleeping("gone", NOON, None, False, {"gone": 1}),
        AwaitingEvent("here", "webinar.attended", NOON, {"here": 1}),
        AwaitingAction("here", story.key("here"), NOON, {"here": 1}),
        Ready("gone", {}),
    ):
        story.state = state
        if isinstance(state, AwaitingAction):
            story.settle(Ledger.ACCEPTED)
        else:
            story.due()
        assert isinstance(story.state, Ended)
        assert story.state.reason is EndReason.STEP_MISSING


def test_a_workflow_without_steps_is_completed_at_once() -> None:
    story = Story(program("- { step: here, wait: 3 days }\n"))
    story.state = Ready(None, {})
    assert story.start().state == Ended(EndReason.COMPLETED, "", {})


# ---------------------------------------------------------------- what is asked for, what wakes


def test_the_facts_that_a_move_needs_are_known_before() -> None:
    found = program(
        """
        - step: crm
          save_to: hubspot contact
          set: { last_webinar: contact.first_name }
        - step: mark
          set: { contact.tags: { add_to: event.webinar } }
        - step: hot
          choose:
            - if: contact.company_size is at least 200
              then:
                - step: welcome
                  send: messages/welcome
                  as: transactional
                  not_after: contact.renewal
            - else:
                - { step: came, wait_for: webinar.attended, at_most: 1 day, if_not: stop }
        """,
        STOPS + "success: { event: webinar.registered, within: 1 day }\n",
    )
    asked = FactRequest(
        frozenset({"email", "first_name", "company_size", "tags", "renewal"}),
        frozenset({"webinar.cancelled", "webinar.attended"}),
    )
    assert facts_needed(found, Ready("crm", {}), Started()) == asked
    ended = Ended(EndReason.COMPLETED, "", {})
    assert facts_needed(found, ended, Due()) == FactRequest(frozenset(), frozenset())
    letter = Ended(EndReason.DEAD_LETTER, "", {}, "crm", None)
    assert facts_needed(found, letter, Replayed("ann")) == asked


def test_a_run_is_woken_by_a_stop_before_an_event_before_the_end_of_its_wait() -> None:
    found = "- { step: came, wait_for: webinar.attended, at_most: 1 day, if_not: stop }\n"
    story = begin(found, STOPS)
    attended = event("webinar.attended", NOON + timedelta(hours=1))

    def woken() -> object:
        return wake(story.program, story.run(), story.facts(), story.now)

    assert woken() is None
    story.after(days=1)
    assert woken() == Due()
    story.events = (attended,)
    assert woken() == EventArrived(attended)
    story.events = (attended, CANCELLED)
    assert woken() == Stopped(CANCELLED)


def test_a_run_that_waits_for_its_action_is_only_woken_by_a_stop() -> None:
    story = begin("- { step: here, send: messages/welcome, as: transactional }\n", STOPS)
    story.after(days=30)
    assert wake(story.program, story.run(), story.facts(), story.now) is None
    story.events = (CANCELLED,)
    assert wake(story.program, story.run(), story.facts(), story.now) == Stopped(CANCELLED)
    story.due()
    assert wake(story.program, story.run(), story.facts(), story.now) is None
