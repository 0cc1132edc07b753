"""A forecast of what would happen: times, limits, failures, the ends of runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from leadline.blueprint.forecast.connection import Failing
from leadline.blueprint.forecast.figures import Figures, StepFigures, figures
from leadline.blueprint.forecast.moves import Heard, Moved, Moves, Node, Person
from leadline.ledger.budget import Fixed, Rolling, attainable_bound
from leadline.ledger.vendor_limits import SMTP
from tests.unit.blueprint.forecasts import (
    MONDAY,
    SAVE,
    SEND,
    asked,
    changed,
    foretold,
    simulated,
    workflow,
)

MEAN_ANSWER_S = 0.05 * 1.032
POST = """
- step: tell
  post_to: slack sales
  text: messages/hot
  if_missing: { contact.first_name: somebody }
"""


def step(found: Figures, name: str) -> StepFigures:
    return next(each for each in found.steps if each.step == name)


def test_the_last_mail_goes_out_when_the_limit_lets_it() -> None:
    tally = simulated(asked(SEND), 500)
    last = max(tally.steps["webinar", "hello"].over_at)
    bound = attainable_bound(500, Rolling("messages", 14, timedelta(seconds=1)), MEAN_ANSWER_S)
    assert bound * 0.97 < last < bound * 1.03 + 1


def test_no_window_is_ever_over_full() -> None:
    calls = sorted(simulated(asked(SEND), 300).books["mail"].calls)
    assert all(later - first > 1.0 for first, later in zip(calls, calls[14:], strict=False))


def test_the_same_seed_gives_the_same_forecast_and_another_seed_another() -> None:
    one = asked(SEND + SAVE)
    first, again, other = simulated(one), simulated(one), simulated(one, seed=2)
    key = ("webinar", "crm")
    assert first.steps[key].over_at == again.steps[key].over_at
    assert first.steps[key].over_at != other.steps[key].over_at


def test_a_changed_limit_changes_nobody_and_no_arrival() -> None:
    one = asked(SEND)
    quick = tuple(replace(p, window=replace(p.window, limit=28)) for p in _windows(one, "mail"))
    slow, fast = simulated(one), simulated(changed(one, "mail", windows=quick))
    assert list(slow.books["mail"].intended) == list(fast.books["mail"].intended)
    assert max(fast.books["mail"].settled) < max(slow.books["mail"].settled)


def _windows(one: tuple[object, object], name: str):
    return one[1].connections[name].windows  # type: ignore[attr-defined]


def test_kept_moves_are_those_of_asking_each_time() -> None:
    class Forgetful(Moves):
        def move(self, person: Person, node: Node, heard: Heard, now: float, until: float) -> Moved:
            self.kept.clear()
            return super().move(person, node, heard, now, until)

    steps = f"""
{SEND.strip()}
  not_after: event.starts_at
- step: short
  wait: 2 seconds
- step: clock
  wait_until: 2026-11-30 09:00
  at_most: 1 hour
  if_not: carry on
- step: which
  choose:
    - if:
        all: [ contact.company_size is at least 200 ]
      then:
        - step: mark
          set: {{ contact.tags: big }}
    - else:
        - step: later
          wait_until: 1 hour before event.starts_at
{SAVE.strip()}
- step: seen
  wait_until: hubspot has seen crm
  at_most: 1 hour
  if_not: carry on
"""
    # The clock of "clock" passes in the middle of the burst.
    begin = datetime(2026, 11, 30, 7, 59, 58, tzinfo=UTC)
    one = asked(steps, begin=begin)
    keeping = Moves(one[1].programs, begin)
    kept = simulated(one, moves=keeping)
    anew = simulated(one, moves=Forgetful(one[1].programs, begin))
    for key in kept.steps:
        assert kept.steps[key].over_at == anew.steps[key].over_at, key
    assert kept.entered == anew.entered
    assert kept.moves == anew.moves > 10 * keeping.asked


def test_a_condition_over_the_last_days_is_asked_at_each_move() -> None:
    steps = """
    - step: which
      choose:
        - if:
            all: [ contact.renewal is within the next 7 days ]
          then:
            - step: soon
              stop: soon
        - else:
            - step: far
              stop: far
    """
    tally = simulated(asked(steps, begin=MONDAY))
    # People are drawn with a renewal seven days after the begin: at the first move it is within.
    assert len(tally.steps["webinar", "soon"].over_at) == 100
    assert sum(n for note, n in tally.notes.items() if note.what == "ended") == 100


def test_a_field_whose_every_value_counts_is_written_twice() -> None:
    others = {"workflows/other.yaml": workflow(SAVE.replace("crm", "also"), name="Other")}
    both = simulated(asked(SAVE, others=others, entered=("webinar", "other")), 50)
    assert both.books["hubspot"].superseded == 0
    assert len(both.steps["other", "also"].over_at) == 50


def test_branches_share_people_evenly_where_nobody_counted() -> None:
    steps = """
    - step: which
      choose:
        - if:
            all: [ contact.company_size is at least 200 ]
          then:
            - { step: big, stop: big }
        - else:
            - { step: small, stop: small }
    """
    tally = simulated(asked(steps), 1000)
    assert 430 < len(tally.steps["webinar", "big"].over_at) < 570


def test_two_workflows_that_write_one_record_share_its_calls() -> None:
    save = SAVE.replace("last_webinar: event.title", "tags: event.title")
    others = {"workflows/other.yaml": workflow(save.replace("crm", "also"), name="Other")}
    alone = simulated(asked(save, others=others), 300)
    both = simulated(asked(save, others=others, entered=("webinar", "other")), 300)
    assert both.books["hubspot"].actions == 600
    assert both.books["hubspot"].superseded > 200
    assert len(both.books["hubspot"].calls) < 1.2 * len(alone.books["hubspot"].calls)
    assert len(both.steps["other", "also"].over_at) == 300


def test_a_burst_that_takes_longer_than_a_step_may_wait_fails_for_the_rest() -> None:
    impatient = SEND + "  if_it_fails: { retry_for: 10 seconds, then: stop }\n"
    tally = simulated(asked(impatient), 500)
    times = tally.steps["webinar", "hello"]
    assert max(times.after) < 11
    assert times.failed + len(times.over_at) == 500
    assert times.failed > 300


def test_a_mail_that_would_be_late_does_not_go_out() -> None:
    late = SEND + "  not_after: 2026-11-30 09:00:10\n".replace(":10", "")
    begin = datetime(2026, 11, 30, 7, 59, 50, tzinfo=UTC)
    tally = simulated(asked(late, begin=begin), 500)
    times = tally.steps["webinar", "hello"]
    assert max(times.over_at) < 10.5
    assert times.failed > 300


def test_a_message_with_a_value_that_is_missing_is_refused() -> None:
    one = asked("- step: hello\n  send: messages/welcome\n  as: transactional\n")
    found, wanted = one
    tally = simulated((found, wanted), 10)
    assert tally.steps["webinar", "hello"].failed == 0
    empty = replace(found, fields={n: f for n, f in found.fields.items() if n != "first_name"})
    tally = simulated((empty, wanted), 10)
    assert tally.steps["webinar", "hello"].failed == 10
    assert not tally.books["mail"].calls


def test_more_than_max_burst_waits_for_a_person() -> None:
    rules = "starts: { when: webinar.registered, once_per: event.webinar, max_burst: 30 }\n"
    tally = simulated(asked(SEND, rules), 100)
    assert (tally.entered["webinar"], tally.waiting["webinar"]) == (30, 70)


def test_whom_the_condition_keeps_out_does_not_enter() -> None:
    rules = """
    starts:
      when: webinar.registered
      once_per: event.webinar
      if: contact.company_size is at least 200
    """
    found = foretold(asked(SEND, rules), 200)
    assert 60 < found.figures.entered["webinar"] < 140
    assert any("do not enter webinar: the condition does not hold" in s for s in found.said)


def test_a_step_that_is_skipped_is_told() -> None:
    late = SEND + "  not_after: 2026-11-30 08:00\n"  # an hour before people come
    found = foretold(asked(late), 20)
    assert '"hello" of webinar is skipped for 20: it was past not_after.' in found.said


def test_a_circle_ends_as_a_loop_and_is_said() -> None:
    circle = """
    - step: again
      wait: 1 hour
    - step: back
      wait_for: webinar.attended
      at_most: 1 hour
      if_not: { go_to: again }
    """.replace("{ go_to: again }", '"go to: again"')
    found = foretold(asked(circle), 5)
    assert any('5 runs of webinar end as "loop"' in s for s in found.said), found.said


def test_calls_that_fail_are_made_again_and_cost_time() -> None:
    well = simulated(asked(SEND), 300)
    failing = {"mail": Failing(unavailable=0.05)}
    ill = simulated(asked(SEND, failing=failing), 300)
    assert len(ill.steps["webinar", "hello"].over_at) == 300
    assert 305 < len(ill.books["mail"].calls) < 340
    assert max(ill.books["mail"].settled) > max(well.books["mail"].settled)


def test_an_answer_that_is_lost_is_held_until_the_deadline_or_shown_by_reading_back() -> None:
    lost = Failing(lost=1.0)
    held = simulated(asked(SEND, failing={"mail": lost}), 5)  # evidence: none
    assert held.steps["webinar", "hello"].failed == 5  # nothing certain is known
    assert sum(n for note, n in held.notes.items() if note.what == "ended") == 5
    shown = simulated(asked(SAVE, failing={"hubspot": lost}), 5)
    # Its claim's lease of 20 s, then 6 s in which HubSpot may still carry it out and show it.
    assert 25 < max(shown.steps["webinar", "crm"].over_at) < 28


def test_a_refused_action_fails_its_step() -> None:
    tally = simulated(asked(SAVE, failing={"hubspot": Failing(refused=0.2)}), 500)
    assert 60 < tally.steps["webinar", "crm"].failed < 140


def test_a_daily_limit_spreads_a_burst_over_days() -> None:
    daily = tuple(p for p in SMTP.tiers["ses sandbox"] if p.window.name == "day")
    patient = SEND + "  if_it_fails: { retry_for: 5 days, then: stop }\n"
    tally = simulated(changed(asked(patient), "mail", windows=daily), 500)
    assert len(tally.steps["webinar", "hello"].over_at) == 500
    assert 2 * 86_400 < max(tally.steps["webinar", "hello"].over_at) < 2.1 * 86_400
    quota = figures(changed(asked(patient), "mail", windows=daily)[1], [tally]).connections[0]
    assert [(q.window, q.limit) for q in quota.quotas] == [("day", 200)]
    assert 200 <= quota.quotas[0].used <= 400  # a rolling day lies in two days of the calendar


def test_a_fixed_day_ends_at_midnight_of_its_zone_when_the_clocks_change() -> None:
    hubspot = asked(SAVE, begin=datetime(2027, 3, 27, 22, 59, tzinfo=UTC))
    day = replace(
        hubspot[1].connections["hubspot"].windows[1],
        window=Fixed("day", 2, timedelta(days=1), zone="Europe/Berlin"),
    )
    tally = simulated(changed(hubspot, "hubspot", windows=(day,)), 150, 20_000)
    local = [datetime(2027, 3, 27, 22, 59, tzinfo=UTC) + timedelta(seconds=c) for c in
             tally.books["hubspot"].calls]  # fmt: skip
    # 23:59 in Berlin; the first calls take two days' room, for the clocks may differ by a minute.
    # The day of 23 hours ends at 22:00 UTC: from then on, and a minute, there is room again.
    assert len(local) == 4
    assert local[2] >= datetime(2027, 3, 28, 22, 1, tzinfo=UTC)


def test_a_wall_clock_wait_across_the_change_of_the_clocks_wakes_once() -> None:
    steps = "- step: early\n  wait_until: 2027-03-28 03:30\n" + SEND
    tally = simulated(asked(steps, begin=datetime(2027, 3, 27, 23, 0, tzinfo=UTC)), 10)
    woken = tally.steps["webinar", "early"].over_at
    assert len(woken) == 10
    assert all(abs(at - 2.5 * 3600) < 1 for at in woken)  # 03:30 by the clock


def test_what_is_not_over_at_the_horizon_is_said() -> None:
    found = foretold(asked("- step: long\n  wait: 40 days\n" + SEND), 7)
    assert any(s.startswith("7 runs not over after 30 days") for s in found.said)


def test_the_first_sentence_says_what_takes_the_time_and_what_would_relieve_it() -> None:
    found = foretold(asked(SEND), 300)
    first = found.said[0]
    assert first.startswith('The last of 300 "hello" goes out after 2')
    assert "the limit of mail (14 a second) is what takes the time. With 28 a second: 1" in first
    assert found.outlook is not None
    as_it_is, doubled = found.outlook.last_s, found.outlook.reliefs[0].last_s
    assert 0.4 < doubled / as_it_is < 0.6
    spread = next(r for r in found.outlook.reliefs if r.what == "spread")
    assert spread.slowest_s < found.outlook.slowest_s / 3


def test_where_no_limit_holds_anybody_up_none_is_blamed() -> None:
    found = foretold(asked(SEND), 20, within_s=600)
    assert found.outlook is not None
    assert found.outlook.bottleneck is None
    assert "no limit holds anybody up" in found.said[0]


def test_posts_one_by_one_are_relieved_by_a_digest() -> None:
    found = foretold(asked(POST), 200)
    assert found.outlook is not None
    reliefs = {r.what: r for r in found.outlook.reliefs}
    assert found.outlook.last_s > 180
    assert reliefs["digest"].last_s < 80
    assert "bundle: 1 minute" in reliefs["digest"].change


def test_a_higher_tier_is_tried_by_its_name() -> None:
    slow = tuple(
        replace(p, window=replace(p.window, limit=2)) if p.window.name == "ten seconds" else p
        for p in asked(SAVE)[1].connections["hubspot"].windows
    )
    found = foretold(changed(asked(SAVE), "hubspot", windows=slow), 400)
    assert found.outlook is not None
    assert 'the tier "professional"' in found.outlook.reliefs[0].change


@pytest.mark.parametrize(("within", "holds"), [("1 minute", True), ("5 seconds", False)])
def test_a_promise_is_judged(within: str, holds: bool) -> None:
    rules = (
        "starts: { when: webinar.registered, once_per: event.webinar }\n"
        f"promise: {{ step: hello, within: {within}, share: 99 % }}\n"
    )
    found = foretold(asked(SEND, rules), 300, replications=3)
    promise = found.figures.promises[0]
    assert promise.holds is holds
    assert (promise.share.middle == 1.0) is holds
    assert any(("DOES NOT HOLD" in s) is not holds for s in found.said if "promise" in s)


def test_replications_differ_and_their_spread_is_told() -> None:
    found = foretold(asked(SEND), 100, within_s=30, replications=10)
    last = step(found.figures, "hello").last
    assert last is not None
    assert last.low < last.middle < last.high


def test_who_does_what_is_waited_for_goes_on_at_once() -> None:
    steps = """
    - step: come
      wait_for: webinar.attended
      at_most: 10 days
      if_not: stop
    """ + SEND.replace("\n", "\n    ")
    found, wanted = asked(steps)
    nobody = simulated((found, wanted))
    some = simulated((found, replace(wanted, does={"webinar.attended": 0.4})))
    assert len(nobody.steps["webinar", "hello"].over_at) == 0
    assert 25 < len(some.steps["webinar", "hello"].over_at) < 55


def test_a_look_waits_for_the_lag_of_its_system() -> None:
    steps = SAVE + "- step: seen\n  wait_until: hubspot has seen crm\n  at_most: 30 minutes\n"
    steps += "  if_not: carry on\n"
    one = asked(steps)
    at_once = simulated(one, 20)
    later = simulated(changed(one, "hubspot", lag_s=60.0), 20)
    assert len(at_once.steps["webinar", "seen"].over_at) == 20
    wrote = min(later.steps["webinar", "crm"].over_at)
    assert max(at_once.steps["webinar", "seen"].over_at) < 15
    assert min(later.steps["webinar", "seen"].over_at) > wrote + 60
