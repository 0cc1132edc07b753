"""What holds for every connector, tried against its sandbox and judged by the sandbox's truth."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

import anyio
import pytest

from leadline.connectors.contract import Batch, Digest, PastCall, Settings, Single
from leadline.connectors.registry import connector_for, kinds
from leadline.errors import UsageError
from leadline.ledger import vendor_limits
from leadline.ledger.outcome import (
    Absent,
    Accepted,
    Outcome,
    Rejected,
    Settles,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
)
from leadline.sandbox import AnswerTime, FaultKind
from tests.connectors.benches import BENCHES, SECRET, Tried, trying

pytestmark = pytest.mark.anyio
every_kind = pytest.mark.parametrize("kind", kinds())
NO_EFFECT = (Rejected, Throttled, Unavailable, Unauthorised)


def test_every_connector_is_tried_here() -> None:
    assert set(kinds()) <= set(BENCHES)
    assert kinds()


def test_a_kind_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(UsageError) as refused:
        connector_for("pigeon")
    assert "hubspot" in str(refused.value)
    with pytest.raises(UsageError):
        connector_for("contract")


@every_kind
def test_a_connector_is_what_it_says(kind: str) -> None:
    connector = connector_for(kind)
    assert connector.kind == kind
    assert connector.limits is vendor_limits.ALL[kind]
    assert connector.actions
    for rule in connector.actions.values():
        match rule:
            case Single():
                pass
            case Batch(size=size) | Digest(size=size):
                assert size > 1
    timing = connector.timing
    assert timing.time_out >= timedelta(seconds=5)
    assert min(timing.margin, timing.vendor_processing, timing.read_back) > timedelta(0)
    plain = connector.settles(Settings(kind, {}, {}))
    assert plain is not Settles.VERIFIED or connector.verify is not None
    assert plain is not Settles.HELD or connector.verify is None
    assert (connector.has_seen is not None) == bool(connector.objects)


@every_kind
async def test_all_goes_well_once_for_each(kind: str) -> None:
    async with trying(kind) as tried:
        effects = tuple(tried.bench.effect(n) for n in range(tried.bench.together))
        outcomes = await tried.connector.perform(tried.door, effects)
        assert len(outcomes) == len(effects)
        assert [type(outcome) for outcome in outcomes] == [Accepted] * len(effects)
        assert [tried.count(effect) for effect in effects] == [1] * len(effects)
        assert all(isinstance(o, Accepted) and o.vendor_id for o in outcomes)
        _calls_are_in_order(tried, effects)


def _faults(kind: str) -> list[Any]:
    """Every surprise that this vendor's sandbox can make of one call, with a name."""
    usual = [
        (FaultKind.CUT_BEFORE_EFFECT, {}),
        (FaultKind.HALF_OPEN, {}),
        (FaultKind.LATE_EFFECT, {"delay_s": 0.6}),
        (FaultKind.SLOW_ANSWER, {"delay_s": 0.6}),
        (FaultKind.COMMIT_THEN_HANG, {}),
        (FaultKind.COMMIT_THEN_CUT, {}),
        (FaultKind.THROTTLED, {}),
    ]
    if kind != "smtp":  # a mail server that says 4yz has not taken the mail (RFC 5321, 4.2.5)
        usual.append((FaultKind.COMMIT_THEN_ERROR, {"status": 500}))
    if kind != "slack":
        usual += [(FaultKind.REFUSE_WHOLE, {}), (FaultKind.REFUSE_PART, {})]
    errors = [(FaultKind.ERROR, dict(settings)) for settings in BENCHES[kind].errors]
    return [
        pytest.param(kind, fault, settings, id=f"{kind} {fault} {settings or ''}")
        for fault, settings in [*usual, *errors]
    ]


@pytest.mark.parametrize(
    ("kind", "fault", "settings"), [fault for kind in kinds() for fault in _faults(kind)]
)
async def test_no_outcome_lies_about_the_effect(
    kind: str, fault: FaultKind, settings: dict[str, Any]
) -> None:
    async with trying(kind, timeout_s=0.3) as tried:
        tried.fault(fault, **settings)
        effects = tuple(tried.bench.effect(n) for n in range(tried.bench.together))
        outcomes = await tried.connector.perform(tried.door, effects)
        assert len(outcomes) == len(effects)
        for effect, outcome in zip(effects, outcomes, strict=True):
            if isinstance(outcome, Accepted):
                assert tried.count(effect) == 1
            elif not isinstance(outcome, Unknown):
                assert isinstance(outcome, NO_EFFECT)
                assert tried.count(effect) == 0
        _calls_are_in_order(tried, effects)
        _reasons_are_plain(outcomes)
        await _verdicts_are_true(tried, effects, outcomes)


def _calls_are_in_order(tried: Tried, effects: tuple[Any, ...]) -> None:
    """Each call ended once; each effectful one named members of these effects and no others."""
    known = {member for effect in effects for member in effect.members}
    for noted in tried.allowance.calls:
        assert noted.answer is not None
        assert set(noted.intent.members) <= known
        assert set(noted.intent.refs) == set(noted.intent.members)
        assert bool(noted.intent.members) or not noted.intent.records
    effectful = [c for c in tried.running.truth.calls() if c.effectful]
    # A sandbox cannot see a call that never got through; no other is unknown to the ledger.
    assert len(effectful) <= len(tried.allowance.effectful)


def _reasons_are_plain(outcomes: tuple[Outcome, ...]) -> None:
    for outcome in outcomes:
        reason = getattr(outcome, "reason", "a reason")
        assert 3 < len(reason) <= 400
        assert SECRET not in reason
        assert "Traceback" not in reason


async def _verdicts_are_true(
    tried: Tried, effects: tuple[Any, ...], outcomes: tuple[Outcome, ...]
) -> None:
    verify = tried.connector.verify
    if verify is None or not any(isinstance(o, Unknown) for o in outcomes):
        return
    with anyio.fail_after(5):
        # The sandbox rings no bell when its last effect is over.
        while any(c.answered_at is None for c in tried.running.truth.calls()):  # noqa: ASYNC110
            await anyio.sleep(0.02)
    tried.running.faults.clear()
    past = tuple(
        PastCall(uuid4(), c.began_at, c.began_at + timedelta(seconds=1))
        for c in tried.allowance.effectful
    )
    doubtful = tuple(e for e, o in zip(effects, outcomes, strict=True) if isinstance(o, Unknown))
    verdicts = await verify(tried.door, doubtful, past)
    assert len(verdicts) == len(doubtful)
    for effect, verdict in zip(doubtful, verdicts, strict=True):
        assert isinstance(verdict, Accepted if tried.count(effect) else Absent)


@every_kind
async def test_wrong_credentials_are_unauthorised_and_do_nothing(kind: str) -> None:
    async with trying(kind) as tried:
        wrong = tried.with_secrets(**dict.fromkeys(tried.connector.secrets, "wrong"))
        outcomes = await tried.connector.perform(wrong, (tried.bench.effect(1),))
        assert [type(outcome) for outcome in outcomes] == [Unauthorised]
        assert tried.running.truth.effects() == []
        checks = await tried.connector.check(wrong, ())
        assert any(not c.ok for c in checks)
        assert all(c.fix for c in checks if not c.ok)


@every_kind
async def test_nobody_there_is_unavailable_and_takes_no_room(kind: str) -> None:
    async with trying(kind) as tried:
        tried.fault(FaultKind.OUTAGE)
        outcomes = await tried.connector.perform(tried.door, (tried.bench.effect(1),))
        assert [type(outcome) for outcome in outcomes] == [Unavailable]
        assert tried.allowance.slots == {}
        assert all(c.answer and not c.answer.sent for c in tried.allowance.calls)


@every_kind
async def test_a_good_account_passes_its_check(kind: str) -> None:
    async with trying(kind) as tried:
        checks = await tried.connector.check(tried.door, ())
        assert checks
        assert [c for c in checks if not c.ok] == []
        assert all(c.message.endswith(".") for c in checks)
        assert tried.running.truth.effects() == []
        assert tried.allowance.effectful == []


@every_kind
async def test_no_secret_is_shown(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with trying(kind) as tried:
        effects = (tried.bench.effect(1),)
        shown = [repr(await tried.connector.perform(tried.door, effects))]
        shown.append(repr(await tried.connector.check(tried.door, ())))
        shown += [repr(tried.allowance.calls), repr(tried.door), repr(tried.door.settings)]
        shown += [record.getMessage() for record in caplog.records]
        assert not [text for text in shown if SECRET in text]


@every_kind
async def test_many_at_once_pass_no_window(kind: str) -> None:
    jittering = AnswerTime(0.05, 0.5)
    async with trying(kind, answer_time=jittering, narrow=True, timeout_s=10) as tried:
        together = tried.bench.together
        groups = {"hubspot": 8, "slack": 3}.get(kind, 30)
        found: list[Outcome] = []

        async def perform(group: int) -> None:
            effects = tuple(
                tried.bench.effect(n) for n in range(group * together, (group + 1) * together)
            )
            found.extend(await tried.connector.perform(tried.door, effects))

        async with anyio.create_task_group() as tasks:
            for group in range(groups):
                tasks.start_soon(perform, group)
        assert {type(outcome) for outcome in found} == {Accepted}
        figures = tried.running.limits.figures(tried.sandbox.clock.now())
        assert [w.name for w in figures if w.own_over_full] == []
        assert any(w.own_peak == w.limit for w in figures)
        assert sum(w.throttled for w in figures) == 0
