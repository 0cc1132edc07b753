"""Why, over what was read: the causes that no deployed project comes to, and words that count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from leadline.explain.causes import Cause, Finding
from leadline.explain.pace import ANSWER, Pace, expected
from leadline.explain.read import Known, KnownRun
from leadline.explain.why import why
from leadline.journey.state import AwaitingAction, Ended, EndReason, State
from leadline.ledger.budget import Fixed, Rolling, Slot
from leadline.ledger.key import ActionKey
from leadline.store.report import EntryLine, OutcomeLine
from leadline.store.why import IntendedRow

RUN = UUID("018f0000-0000-7000-8000-000000000001")
PERSON = UUID("018f0000-0000-7000-8000-000000000002")
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def known(*runs: KnownRun, entries: tuple[EntryLine, ...] = (), **more: object) -> Known:
    nothing: dict[str, object] = {
        "asked": "ann@people.example",
        "now": NOW,
        "current": None,
        "releases": {},
        "known": True,
        "values": {},
        "events": (),
        "rejected": (),
        "entries": entries,
        "runs": runs,
        "outcomes": {},
        "pauses": (),
        "suppressed": None,
    }
    return Known(**(nothing | more))  # type: ignore[arg-type]


def run(state: State, *actions: IntendedRow) -> KnownRun:
    return KnownRun(
        id=RUN,
        workflow="welcome",
        release="r",
        once_value="pro",
        trigger=None,
        started_at=NOW,
        state=state,
        ended_at=NOW if isinstance(state, Ended) else None,
        decisions=(),
        actions=actions,
        asked=(),
    )


def mail() -> IntendedRow:
    later = NOW + timedelta(hours=1)
    return IntendedRow(
        7, RUN, "hello", 1, 1, "welcome", "mail", "mail", "transactional", {}, NOW, None, later,
        None, None, None, None, None,
    )  # fmt: skip


def skipped(reason: str) -> Known:
    key = (7, RUN, "hello", 1)
    line = OutcomeLine(RUN, "hello", 1, NOW, "skipped", "gate", None, None, reason, None)
    ended = Ended(EndReason.COMPLETED, "", {})
    return known(run(ended, mail()), outcomes={key: (line,)})


def only(stories: object) -> Finding:
    (story,) = stories  # type: ignore[misc]
    return story.finding  # type: ignore[no-any-return]


def test_a_loop_says_that_it_went_in_a_circle() -> None:
    loop = Ended(EndReason.LOOP, 'it came by "a" again and again', {}, "a")
    finding = only(why(known(run(loop))))
    assert finding.cause is Cause.LOOP
    assert 'for it went in a circle: it came by "a" again and again.' in finding.sentence
    assert finding.mend == "Mend the `go to` of the workflow, and deploy."


def test_a_step_that_is_gone_is_named() -> None:
    gone = Ended(EndReason.STEP_MISSING, 'the step "a" is not there any more', {}, "a")
    finding = only(why(known(run(gone))))
    assert finding.cause is Cause.STEP_MISSING
    assert 'the step "a" is not there any more.' in finding.sentence


def test_an_action_that_is_not_read_is_still_waited_for() -> None:
    waits = AwaitingAction("hello", ActionKey(RUN, "hello", 1), NOW, {})
    assert only(why(known(run(waits)))).cause is Cause.AWAITING_ACTION


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("marketing mail needs a recorded consent, which is not kept yet", Cause.NO_CONSENT),
        ("a rule that a later version knows", Cause.REFUSED),
        ("the address is suppressed: hard bounce.", Cause.SUPPRESSED),
    ],
)
def test_each_rule_of_the_gate_is_a_cause_of_its_own(reason: str, cause: Cause) -> None:
    (story,) = why(skipped(reason))
    (step,) = story.steps
    assert step.finding.cause is cause
    assert reason.rstrip(".") in step.finding.sentence


def test_a_reason_that_nobody_foresaw_is_told_as_it_stands() -> None:
    entry = EntryLine(7, RUN, "welcome", PERSON, "not entered", "new", {}, None, NOW, NOW)
    finding = only(why(known(entries=(entry,))))
    assert finding.cause is Cause.REFUSED
    assert finding.sentence.endswith('"welcome" was not entered: new.')


def test_somebody_known_without_any_workflow_gets_an_answer() -> None:
    finding = only(why(known()))
    assert finding.cause is Cause.NO_TRIGGER
    assert finding.mend == "leadline deploy"


def test_nobody_known_is_an_answer() -> None:
    assert only(why(known(known=False))).cause is Cause.NEVER_SEEN


# ---------------------------------------------------------------- expected times

PER_SECOND = Rolling("messages", 2, SECOND)


def test_what_fits_now_goes_now() -> None:
    assert expected(Pace((PER_SECOND,)), 1, [], NOW) == NOW
    assert expected(Pace(()), 1_000, [], NOW) == NOW


def test_what_waits_goes_when_its_window_has_room() -> None:
    taken = [Slot("messages", "", NOW + SECOND)] * 2
    assert expected(Pace((PER_SECOND,)), 0, taken, NOW) == NOW + SECOND
    # Four more calls before it: two windows later, and the answers between them.
    assert expected(Pace((PER_SECOND,)), 4, taken, NOW) == NOW + 3 * SECOND + 2 * ANSWER


def test_a_batch_carries_many() -> None:
    assert expected(Pace((PER_SECOND,), size=100), 199, [], NOW) == NOW
    assert expected(Pace((PER_SECOND,), size=100), 200, [], NOW) > NOW


def test_the_narrowest_window_decides_and_no_number_is_too_large() -> None:
    daily = Fixed("day", 1, timedelta(days=1))
    late = expected(Pace((PER_SECOND, daily)), 10**7, [], NOW)
    assert late.year == 9999
