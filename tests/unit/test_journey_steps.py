"""What each step does, and what it writes down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from leadline.journey.action import (
    Enroll,
    Look,
    PostMessage,
    SaveRecord,
    SendEmail,
    SetField,
)
from leadline.journey.record import (
    Because,
    Defaulted,
    Done,
    Entered,
    GaveUpWaiting,
    Intended,
    Missing,
    Over,
    Skipped,
    Took,
    Waited,
    WhySkipped,
    Woke,
)
from leadline.journey.state import (
    AwaitingAction,
    AwaitingEvent,
    AwaitingSync,
    Ended,
    EndReason,
    Sleeping,
)
from leadline.ledger.coalesce import AddTo, Clear, Forward, IfEmpty, Increment, SetTo
from leadline.ledger.transitions import State as Ledger
from leadline.project.workflow import Purpose, WallTime
from tests.unit.journey_runs import ANN, NOON, STARTS, Story, begin, event, program

SEND = """
- step: welcome
  send: messages/welcome
  as: transactional
  if_missing: { contact.first_name: there }
"""
SAVE = """
- step: crm
  save_to: hubspot contact
  set: { last_webinar: event.title, lifecycle_stage: { to: lead, only: forward } }
"""


# ---------------------------------------------------------------- send


def test_a_send_fixes_its_values_and_waits_for_its_action() -> None:
    story = begin(SEND)
    assert story.actions == [
        SendEmail(
            key=story.key("welcome"),
            connection="mail",
            message="messages/welcome",
            to="ann@example.org",
            values={"contact.first_name": "Ann", "event.title": "Data that carries"},
            purpose=Purpose.TRANSACTIONAL,
            not_after=None,
            retry_until=NOON + timedelta(days=1),
        )
    ]
    until = NOON + timedelta(days=1)
    assert story.state == AwaitingAction("welcome", story.key("welcome"), until, {"welcome": 1})
    assert story.records == [
        Entered("webinar.registered"),
        Intended("welcome", story.key("welcome"), "mail"),
    ]
    story.accepted()
    assert story.state == Ended(EndReason.COMPLETED, "", {"welcome": 1})
    assert story.records[2:] == [
        Done("welcome", story.key("welcome"), Ledger.ACCEPTED, None),
        Over(EndReason.COMPLETED, ""),
    ]


def test_a_missing_value_is_replaced_by_what_if_missing_says() -> None:
    story = begin(SEND, contact={"email": "x@example.org"})
    (mail,) = story.intended(SendEmail)
    assert mail.values["contact.first_name"] == "there"
    assert story.recorded(Defaulted) == [Defaulted("welcome", "contact.first_name", "there")]


def test_a_missing_value_without_stand_in_is_empty_and_written_down() -> None:
    story = begin(
        SEND.replace("if_missing: { contact.first_name: there }", ""),
        contact={"email": "x@example.org"},
    )
    (mail,) = story.intended(SendEmail)
    assert mail.values["contact.first_name"] is None
    assert story.recorded(Missing) == [Missing("welcome", "contact.first_name")]


def test_nobody_without_an_address_is_mailed() -> None:
    for contact in ({}, {"email": None}, {"email": ""}):
        story = begin(SEND, contact=contact)
        assert story.actions == []
        assert story.recorded(Skipped) == [Skipped("welcome", WhySkipped.NO_ADDRESS)]
        assert story.state == Ended(EndReason.COMPLETED, "", {"welcome": 1})


def test_a_mail_that_would_be_late_is_not_intended() -> None:
    late = SEND + "  not_after: 8 days before event.starts_at\n"
    story = begin(late)
    assert story.actions == []
    assert story.recorded(Skipped) == [
        Skipped("welcome", WhySkipped.TOO_LATE, "not after 2026-05-03 12:00:00 UTC")
    ]


def test_not_after_itself_is_not_late_and_goes_with_the_mail() -> None:
    story = begin(SEND + "  not_after: 7 days before event.starts_at\n")
    (mail,) = story.intended(SendEmail)
    assert mail.not_after == NOON


def test_a_deadline_that_is_not_known_is_written_down_and_holds_nothing_up() -> None:
    story = begin(SEND + "  not_after: contact.renewal\n")
    (mail,) = story.intended(SendEmail)
    assert mail.not_after is None
    assert story.recorded(Missing) == [Missing("welcome", "contact.renewal")]


# ---------------------------------------------------------------- save and set


def test_a_save_writes_by_the_systems_names_and_in_the_modes_of_the_file() -> None:
    story = begin("""
        - step: crm
          save_to: hubspot contact
          set:
            last_webinar: event.title
            lifecycle_stage: { to: lead, only: forward }
            first_name: { to: contact.first_name, only: if empty }
            tags: { add_to: event.webinar }
            company_size: { increment: 2 }
            email: clear
        """)
    (save,) = story.intended(SaveRecord)
    assert save.record == "ann@example.org"
    assert (save.connection, save.object) == ("hubspot", "contact")
    assert save.fields == {
        "last_webinar": SetTo("Data that carries"),
        "lifecyclestage": Forward("lead", ("subscriber", "lead", "customer")),
        "firstname": IfEmpty("Ann"),
        "tags": AddTo(("w1",)),
        "numberofemployees": Increment(Decimal(2)),
        "email": Clear(),
    }
    assert save.every_value == frozenset({"last_webinar"})
    assert isinstance(story.state, AwaitingAction)


def test_a_save_leaves_out_what_is_not_known() -> None:
    story = begin(SAVE, trigger=event("webinar.registered", NOON, 1))
    (save,) = story.intended(SaveRecord)
    assert set(save.fields) == {"lifecyclestage"}
    assert save.every_value == frozenset()
    assert story.recorded(Missing) == [Missing("crm", "event.title")]


def test_a_save_of_nothing_is_skipped() -> None:
    story = begin(
        """
        - step: crm
          save_to: hubspot contact
          set: { last_webinar: event.title }
        """,
        trigger=event("webinar.registered", NOON, 1),
    )
    assert story.actions == []
    assert story.recorded(Skipped) == [Skipped("crm", WhySkipped.NOTHING_TO_WRITE)]


def test_a_save_without_an_address_is_skipped() -> None:
    story = begin(SAVE, contact={})
    assert story.actions == []
    assert story.recorded(Skipped) == [Skipped("crm", WhySkipped.NO_ADDRESS)]


def test_our_own_contact_is_written_at_once_and_the_next_step_sees_it() -> None:
    story = begin("""
        - step: mark
          set: { contact.tags: { add_to: event.webinar }, contact.company_size: { increment: 100 } }
        - step: big
          choose:
            - if: contact.company_size is at least 350
              then:
                - { step: tell, post_to: slack sales, text: messages/hot }
            - else:
                - { step: small, stop: small }
        """)
    (write,) = story.intended(SetField)
    assert write.key == story.key("mark")
    assert write.fields == {"tags": AddTo(("w1",)), "company_size": Increment(Decimal(100))}
    assert story.recorded(Took) == [
        Took("big", "if 1", {"contact.company_size": Decimal(350)}, unknown=False)
    ]
    assert story.contact == ANN, "the facts of the caller are left alone"


# ---------------------------------------------------------------- post, enroll, stop


def test_a_post_carries_its_bundle() -> None:
    story = begin("""
        - { step: tell, post_to: slack sales-hot, text: messages/hot, bundle: 1 minute }
        """)
    assert story.actions == [
        PostMessage(
            key=story.key("tell"),
            connection="slack",
            channel="sales-hot",
            message="messages/hot",
            values={"contact.first_name": "Ann"},
            bundle=timedelta(minutes=1),
            retry_until=NOON + timedelta(days=1),
        )
    ]


def test_a_post_needs_no_address() -> None:
    story = begin("- { step: tell, post_to: slack sales, text: messages/hot }\n", contact={})
    assert len(story.intended(PostMessage)) == 1


def test_enrolling_does_not_wait() -> None:
    other = """
name: Other
why: A test.
owner: ops@acme.example
starts: { once_per: event.webinar }
steps:
  - { step: done, stop: enough }
"""
    found = program(
        "- { step: follow-up, enroll_in: other }\n", others={"workflows/other.yaml": other}
    )
    story = Story(found).start()
    assert story.actions == [Enroll(story.key("follow-up"), "other")]
    assert isinstance(story.state, Ended)


def test_a_stop_step_ends_the_run_with_its_reason() -> None:
    story = begin("- { step: enough, stop: nothing more to do }\n" + SEND)
    assert story.state == Ended(
        EndReason.STOP_STEP, "nothing more to do", {"enough": 1}, step="enough"
    )
    assert story.actions == []


# ---------------------------------------------------------------- choose

CHOICE = """
- step: hot
  choose:
    - if: contact.company_size is at least 1000
      then:
        - { step: huge, stop: huge }
    - if: contact.company_size is at least 200
      then:
        - { step: big, set: { contact.tags: big } }
    - else:
        - { step: small, set: { contact.tags: small } }
- { step: after, stop: after }
"""


def test_the_first_branch_that_holds_is_taken_and_leads_to_what_follows() -> None:
    story = begin(CHOICE)
    values = {"contact.company_size": Decimal(250)}
    assert story.recorded(Took) == [Took("hot", "if 2", values, unknown=False)]
    assert story.state.visits == {"hot": 1, "big": 1, "after": 1}


def test_else_takes_the_rest_and_says_so() -> None:
    story = begin(CHOICE, contact={"company_size": Decimal(3)})
    assert story.recorded(Took)[0].branch == "else"
    assert not story.recorded(Took)[0].unknown
    assert story.state.visits == {"hot": 1, "small": 1, "after": 1}


def test_else_takes_the_unknown_where_no_branch_stands_for_it() -> None:
    story = begin(CHOICE, contact={})
    assert story.recorded(Took) == [
        Took("hot", "else", {"contact.company_size": None}, unknown=True)
    ]


def test_the_unknown_branch_takes_the_unknown() -> None:
    steps = CHOICE.replace(
        "    - else:", "    - unknown:\n        - { step: ask, stop: ask }\n    - else:"
    )
    story = begin(steps, contact={})
    assert story.recorded(Took)[0] == Took(
        "hot", "unknown", {"contact.company_size": None}, unknown=True
    )
    assert story.state.visits == {"hot": 1, "ask": 1}
    assert begin(steps, contact={"company_size": Decimal(1)}).recorded(Took)[0].branch == "else"


def test_one_branch_that_cannot_be_decided_makes_the_choice_unknown() -> None:
    steps = CHOICE.replace("is at least 200", "is known")
    story = begin(steps, contact={})
    assert story.recorded(Took)[0].unknown, "the first branch is unknown, the second false"


def test_a_value_that_is_not_of_its_type_is_unknown() -> None:
    story = begin(CHOICE, contact={"company_size": "many"})
    assert story.recorded(Took)[0].unknown


# ---------------------------------------------------------------- waiting for a time


def test_a_wait_is_exact_and_ends_when_it_is_due() -> None:
    story = begin("- { step: pause, wait: 3 days }\n" + SEND)
    until = NOON + timedelta(days=3)
    assert story.state == Sleeping("pause", until, None, False, {"pause": 1})
    assert story.recorded(Waited) == [Waited("pause", until, "time")]
    before = story.state
    story.after(days=3, seconds=-1).due()
    assert story.state is before, "due too early changes nothing"
    story.after(seconds=1).due()
    assert story.recorded(Woke) == [Woke("pause", Because.TIME)]
    assert len(story.intended(SendEmail)) == 1


def test_a_time_before_an_event_is_waited_for() -> None:
    story = begin("- { step: near, wait_until: 1 hour before event.starts_at }\n" + SEND)
    assert story.state == Sleeping(
        "near", NOON + timedelta(days=7, hours=-1), None, False, {"near": 1}
    )


def test_a_time_in_the_past_is_no_wait() -> None:
    story = begin("- { step: near, wait_until: 8 days before event.starts_at }\n" + SEND)
    assert story.recorded(Woke) == [Woke("near", Because.PAST)]
    assert len(story.intended(SendEmail)) == 1


def test_a_time_that_is_not_known_takes_if_not() -> None:
    story = begin(
        "- { step: near, wait_until: contact.renewal, at_most: 30 days, if_not: stop }\n" + SEND
    )
    assert story.recorded(GaveUpWaiting) == [GaveUpWaiting("near", "stop", Because.TIME_UNKNOWN)]
    assert isinstance(story.state, Ended)
    assert story.state.reason is EndReason.FAILED


def test_a_time_that_is_not_known_carries_on_where_nothing_else_is_said() -> None:
    story = begin("- { step: near, wait_until: contact.renewal }\n" + SEND)
    assert len(story.intended(SendEmail)) == 1


def test_at_most_bounds_a_wait_for_a_time() -> None:
    story = begin(
        "- { step: near, wait_until: event.starts_at, at_most: 2 days, if_not: stop }\n" + SEND
    )
    assert story.state == Sleeping("near", NOON + timedelta(days=2), None, True, {"near": 1})
    story.after(days=2).due()
    assert story.recorded(GaveUpWaiting) == [GaveUpWaiting("near", "stop", Because.AT_MOST)]
    assert story.actions == []


def test_a_time_on_the_wall_is_meant_in_the_projects_zone() -> None:
    story = begin("- { step: dawn, wait_until: 2026-12-01 09:00 }\n")
    assert story.state == Sleeping(
        "dawn",
        datetime(2026, 12, 1, 8, tzinfo=UTC),
        WallTime(datetime(2026, 12, 1, 9), "Europe/Berlin"),
        False,
        {"dawn": 1},
    )


def test_a_time_on_the_wall_follows_the_rules_that_its_zone_has_when_it_wakes() -> None:
    story = begin("- { step: dawn, wait_until: 2026-12-01 09:00 }\n")
    assert isinstance(story.state, Sleeping)
    # As stored by a program whose rules had summer time last until then.
    story.state = Sleeping(
        "dawn", story.state.until - timedelta(hours=1), story.state.local, False, {"dawn": 1}
    )
    story.now = datetime(2026, 12, 1, 7, tzinfo=UTC)
    story.due()
    assert isinstance(story.state, Sleeping)
    assert story.state.until == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert isinstance(story.after(hours=1).due().state, Ended)


# ---------------------------------------------------------------- waiting for a system

SEEN = (
    SAVE
    + """
- step: caught-up
  wait_until: hubspot has seen crm
  at_most: 30 minutes
  if_not: stop
- { step: after, stop: after }
"""
)


def test_a_wait_for_a_system_looks_for_the_record_that_was_saved() -> None:
    story = begin(SEEN).accepted()
    until = NOON + timedelta(minutes=30)
    look = Look(story.key("caught-up"), "hubspot", story.key("crm"), until)
    assert story.intended(Look) == [look]
    assert story.state == AwaitingSync(
        "caught-up", "hubspot", story.key("crm"), look.key, until, {"crm": 1, "caught-up": 1}
    )
    story.accepted()
    assert story.recorded(Woke) == [Woke("caught-up", Because.SEEN)]
    assert isinstance(story.state, Ended)
    assert story.state.reason is EndReason.STOP_STEP


def test_a_system_that_shows_nothing_in_time_takes_if_not() -> None:
    waited = begin(SEEN).accepted().after(minutes=30).due()
    expired = begin(SEEN).accepted().settle(Ledger.EXPIRED, "late")
    for story in (waited, expired):
        assert story.recorded(GaveUpWaiting)[0].because is Because.AT_MOST
        assert isinstance(story.state, Ended)
        assert story.state.reason is EndReason.FAILED


def test_a_system_that_cannot_be_asked_takes_if_not_with_its_reason() -> None:
    story = begin(SEEN).accepted().settle(Ledger.REJECTED, "slack cannot be asked")
    assert story.recorded(GaveUpWaiting) == [
        GaveUpWaiting("caught-up", "stop", Because.NOT_SEEN, "slack cannot be asked")
    ]


def test_a_look_that_is_still_unknown_waits_on() -> None:
    story = begin(SEEN).accepted()
    before = story.state
    assert story.settle(Ledger.UNKNOWN).state is before


def test_nothing_saved_is_never_seen() -> None:
    story = begin("""
        - step: way
          choose:
            - if: contact.company_size is at least 1000
              then:
                - { step: crm, save_to: hubspot contact, set: { tags: big } }
            - else:
                - { step: small, set: { contact.tags: small } }
        - { step: caught-up, wait_until: hubspot has seen crm, at_most: 1 hour, if_not: stop }
        """)
    assert [type(action) for action in story.actions] == [SetField]
    assert story.recorded(GaveUpWaiting)[0].because is Because.NEVER_SAVED


# ---------------------------------------------------------------- waiting for an event

WAIT_FOR = (
    """
- { step: came, wait_for: webinar.attended, at_most: 14 days, if_not: stop }
"""
    + SEND
)


def test_an_event_ends_the_wait_for_it() -> None:
    story = begin(WAIT_FOR)
    until = NOON + timedelta(days=14)
    assert story.state == AwaitingEvent("came", "webinar.attended", until, {"came": 1})
    attended = event("webinar.attended", NOON + timedelta(days=7))
    story.after(days=7).arrives(attended)
    assert story.recorded(Woke) == [Woke("came", Because.EVENT, attended.at)]
    assert len(story.intended(SendEmail)) == 1


def test_an_event_since_the_trigger_is_found_by_looking_back() -> None:
    story = begin(WAIT_FOR, events=(event("webinar.attended", NOON),))
    assert story.recorded(Waited) == []
    assert len(story.intended(SendEmail)) == 1


def test_an_event_before_the_trigger_does_not_count() -> None:
    early = event("webinar.attended", NOON - timedelta(seconds=1))
    assert isinstance(begin(WAIT_FOR, events=(early,)).state, AwaitingEvent)


def test_an_event_of_another_once_per_value_does_not_count() -> None:
    story = begin(WAIT_FOR)
    before = story.state
    other = event("webinar.attended", NOON + timedelta(days=1), webinar="w2")
    assert story.after(days=1).arrives(other).state is before


def test_every_event_counts_where_once_per_is_not_of_the_event() -> None:
    for starts in (
        "starts: { when: webinar.registered }\n",
        STARTS.replace("event.webinar", "contact.email"),
    ):
        found = event("webinar.attended", NOON, webinar="w2")
        story = begin(WAIT_FOR, starts, events=(found,))
        assert len(story.intended(SendEmail)) == 1


def test_where_says_which_events_count() -> None:
    steps = WAIT_FOR.replace("at_most:", "where: event.minutes is at least 30, at_most:")
    short = event("webinar.attended", NOON + timedelta(days=1), minutes=Decimal(5))
    unknown = event("webinar.attended", NOON + timedelta(days=1), n=3)
    long = event(
        "webinar.attended", NOON + timedelta(days=1), n=4, webinar="w2", minutes=Decimal(45)
    )
    story = begin(steps).after(days=1).arrives(short).arrives(unknown)
    assert isinstance(story.state, AwaitingEvent)
    assert len(story.arrives(long).intended(SendEmail)) == 1


def test_the_trigger_itself_does_not_end_a_wait_for_its_kind() -> None:
    steps = WAIT_FOR.replace("webinar.attended", "webinar.registered")
    story = begin(steps, events=(event("webinar.registered", NOON, 1),))
    assert isinstance(story.state, AwaitingEvent)


def test_a_wait_for_an_event_ends_at_most() -> None:
    story = begin(WAIT_FOR).after(days=14).due()
    assert story.recorded(GaveUpWaiting) == [GaveUpWaiting("came", "stop", Because.AT_MOST)]
    assert story.actions == []


def test_an_event_in_time_counts_though_it_is_heard_of_late() -> None:
    story = begin(WAIT_FOR)
    story.events = (event("webinar.attended", NOON + timedelta(days=14)),)
    assert len(story.after(days=20).due().intended(SendEmail)) == 1


def test_an_event_after_the_wait_does_not_count_though_nobody_had_looked() -> None:
    story = begin(WAIT_FOR)
    story.events = (event("webinar.attended", NOON + timedelta(days=15)),)
    assert story.after(days=20).due().actions == []


def test_an_event_that_says_it_is_from_the_future_counts_while_the_wait_is_open() -> None:
    story = begin(WAIT_FOR)
    fast_clock = event("webinar.attended", NOON + timedelta(days=15))
    assert len(story.after(days=13).arrives(fast_clock).intended(SendEmail)) == 1
