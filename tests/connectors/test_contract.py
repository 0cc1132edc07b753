"""Every connector, held to the contract against its own sandbox."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import anyio
import pytest

from leadline.connectors.contract import Batch, Digest, PastCall, Settings
from leadline.connectors.registry import connector_for, kinds
from leadline.errors import UsageError
from leadline.ledger.budget import Rolling
from leadline.ledger.outcome import (
    Absent,
    Accepted,
    Outcome,
    Settles,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
)
from leadline.project.file_kinds import POSTS, SAVES, SENDS, SYSTEM_KINDS
from leadline.sandbox import AnswerTime, Fault
from leadline.sandbox.faults import FaultKind
from tests.connectors.benches import FAULTS, MAKE, SECRETS, Bench, Expected, bench
from tests.connectors.memory_allowance import MemoryAllowance, allowance_for

pytestmark = pytest.mark.anyio
KINDS = kinds()
CASES = [(kind, *case) for kind in KINDS for case in FAULTS[kind]]


def past(allowance: MemoryAllowance) -> tuple[PastCall, ...]:
    return tuple(
        PastCall(i, c.began_at, c.began_at + timedelta(seconds=c.intent.timeout_s))
        for i, c in allowance.calls.items()
        if c.intent.members
    )


def test_every_kind_that_a_project_may_name_has_a_connector_and_a_bench() -> None:
    assert set(KINDS) == set(SYSTEM_KINDS) == set(MAKE) == set(FAULTS)
    with pytest.raises(UsageError, match="hubspot, slack, smtp"):
        connector_for("carrier-pigeon")
    with pytest.raises(UsageError):
        connector_for("contract")


@pytest.mark.parametrize("kind", KINDS)
def test_a_connector_says_of_itself_what_is_so(kind: str) -> None:
    connector = connector_for(kind)
    assert connector.kind == connector.limits.vendor == kind
    shape = SYSTEM_KINDS[kind].keys["secrets"].shape
    assert set(connector.secrets) == set(shape.keys)  # type: ignore[union-attr]
    assert connector.objects == SAVES.get(kind, ())
    names = {effect.__name__ for effect in connector.actions}
    assert ("Post" in names) == (kind in POSTS)
    assert ("Mail" in names) == (kind in SENDS)
    assert ("RecordWrite" in names) == bool(connector.objects)
    assert (connector.has_seen is not None) == bool(connector.objects)
    timing = connector.timing
    assert timing.time_out >= timedelta(seconds=5)
    assert min(timing.margin, timing.vendor_processing, timing.read_back) > timedelta(0)
    for evidence in ("none", "dsn", "feed"):
        claimed = connector.settles(Settings("x", {"evidence": evidence}, {}))
        can_ask = connector.verify is not None
        is_told = connector.receive is not None and evidence == "feed"
        assert (claimed is not Settles.HELD) == (can_ask or is_told)
    for size in (r.size for r in connector.actions.values() if isinstance(r, Batch | Digest)):
        assert size <= connector.limits.sizes.get("batch", connector.limits.sizes.get("text")).most  # type: ignore[union-attr]
    for tier in connector.limits.tiers:
        assert connector.limits.tiers[tier]


@pytest.mark.parametrize("kind", KINDS)
async def test_outcomes_come_in_the_order_and_number_of_the_effects(kind: str) -> None:
    async with bench(kind) as b:
        effects = MAKE[kind](7)
        outcomes = await b.perform(*effects)
        assert len(outcomes) == 7
        assert all(isinstance(o, Accepted) and o.vendor_id for o in outcomes)
        if kind != "slack":  # there many posts are one message
            assert [_record(b, o) for o in outcomes] == [_named(e) for e in effects]
        assert await b.perform() == ()


def _record(b: Bench, outcome: object) -> str:
    """By which name the sandbox knows the effect that an outcome points at."""
    assert isinstance(outcome, Accepted)
    (key,) = {
        e.key for e in b.running.truth.effects() if e.record.startswith(outcome.vendor_id or "?")
    }
    return key or ""


def _named(effect: object) -> str:
    return getattr(effect, "write_id", None) or getattr(effect, "message_id", "")


@pytest.mark.parametrize(
    ("kind", "fault", "first", "then"),
    CASES,
    ids=[f"{k}-{f.kind}-{f.status}" for k, f, *_ in CASES],
)
async def test_each_fault_is_the_outcome_that_it_should_be(
    kind: str, fault: Fault, first: type[object], then: type[object] | None
) -> None:
    async with bench(kind) as b:
        await b.warm_up()
        if fault.kind is FaultKind.OUTAGE:
            await b.outlet.close()  # a kept mail session would not meet the greeting
        effects = MAKE[kind](1)
        allowance = allowance_for(b.connector, b.settings)
        b.running.faults.add(fault)
        door = b.door(allowance, timeout_s=0.4)
        (outcome,) = await b.connector.perform(door, effects)
        assert isinstance(outcome, first), outcome
        assert not isinstance(outcome, Accepted) or _is_done(b, effects)
        if isinstance(outcome, Unavailable):
            assert not _is_done(b, effects), "nothing may have happened"
        if then is not None:
            assert b.connector.verify is not None
            b.running.faults.clear()
            (verdict,) = await b.connector.verify(b.door(), effects, past(allowance))
            assert isinstance(verdict, then), verdict
            assert isinstance(verdict, Accepted) == _is_done(b, effects)


def _is_done(b: Bench, effects: object) -> bool:
    (effect,) = effects  # type: ignore[misc]
    name = _named(effect) or effect.post_id[:20]  # type: ignore[has-type]
    return any(name in key for key in b.effect_keys())


SURPRISES = [
    Fault(FaultKind.CUT_BEFORE_EFFECT),
    Fault(FaultKind.HALF_OPEN),
    Fault(FaultKind.LATE_EFFECT, delay_s=0.5),
    Fault(FaultKind.SLOW_ANSWER, delay_s=0.5),
    Fault(FaultKind.COMMIT_THEN_HANG),
    Fault(FaultKind.COMMIT_THEN_CUT),
    Fault(FaultKind.THROTTLED),
]
OF_BATCHES = [Fault(FaultKind.REFUSE_WHOLE), Fault(FaultKind.REFUSE_PART)]
ANSWERS = {
    "hubspot": [
        Fault(FaultKind.ERROR, status=s) for s in (423, 429, 477, 500, 502, 504, 522, 524, 526)
    ],
    "slack": [
        Fault(FaultKind.ERROR, error=e)
        for e in ("fatal_error", "internal_error", "ratelimited", "invalid_auth", "msg_too_long")
    ],
    "smtp": [Fault(FaultKind.ERROR, status=s) for s in (421, 450, 452, 454, 535, 550, 552, 554)],
}
LIES = [
    pytest.param(kind, fault, id=f"{kind}-{fault.kind}-{fault.status or fault.error}")
    for kind in KINDS
    for fault in [*SURPRISES, *(OF_BATCHES if kind != "slack" else ()), *ANSWERS[kind]]
]


@pytest.mark.parametrize(("kind", "fault"), LIES)
async def test_no_outcome_and_no_verdict_lies_about_the_effect(kind: str, fault: Fault) -> None:
    async with bench(kind) as b:
        b.running.faults.add(fault)
        effects = MAKE[kind](1 if kind == "smtp" else 6)
        allowance = allowance_for(b.connector, b.settings)
        outcomes = await b.connector.perform(b.door(allowance, timeout_s=0.3), effects)
        assert len(outcomes) == len(effects)
        for effect, outcome in zip(effects, outcomes, strict=True):
            if not isinstance(outcome, Unknown):
                assert _times_done(b, effect) == isinstance(outcome, Accepted)
                assert 3 < len(getattr(outcome, "reason", "none")) <= 400
        doubtful = tuple(
            e for e, o in zip(effects, outcomes, strict=True) if isinstance(o, Unknown)
        )
        if b.connector.verify is None or not doubtful:
            return
        with anyio.fail_after(5):
            # The sandbox rings no bell when its last late effect is over.
            while any(c.answered_at is None for c in b.running.truth.calls()):  # noqa: ASYNC110
                await anyio.sleep(0.02)
        b.running.faults.clear()
        verdicts = await b.connector.verify(b.door(), doubtful, past(allowance))
        for effect, verdict in zip(doubtful, verdicts, strict=True):
            assert isinstance(verdict, Accepted if _times_done(b, effect) else Absent)


def _times_done(b: Bench, effect: object) -> int:
    name = _named(effect) or effect.post_id[:20]  # type: ignore[attr-defined]
    return sum(name in key for key in b.effect_keys())


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_there_is_unavailable_and_takes_no_room(kind: str) -> None:
    async with bench(kind) as b:
        b.running.faults.add(Fault(FaultKind.OUTAGE))
        allowance = allowance_for(b.connector, b.settings)
        (outcome,) = await b.connector.perform(b.door(allowance), MAKE[kind](1))
        assert isinstance(outcome, Unavailable)
        assert allowance.slots() == []
        assert all(c.answer and not c.answer.sent for c in allowance.calls.values())


JITTER = AnswerTime(0.05, 0.5)


@pytest.mark.parametrize("kind", KINDS)
async def test_many_calls_at_once_fill_a_window_and_pass_none(kind: str) -> None:
    async with bench(kind, answer_time=JITTER) as b:
        allowance = allowance_for(b.connector, b.settings)
        if kind == "hubspot":  # so that two windows pass in two seconds
            b.running.limits.window("burst", 10, 1.0)
            burst = Rolling("ten seconds", 10, timedelta(seconds=1))
            allowance.windows = {**allowance.windows, burst.name: burst}
        size = 1 if kind == "smtp" else 5
        found: list[Outcome] = []

        async def perform(group: int) -> None:
            effects = MAKE[kind](size, start=group * size)
            found.extend(await b.connector.perform(b.door(allowance), effects))

        async with anyio.create_task_group() as tasks:
            for group in range({"hubspot": 12, "slack": 3, "smtp": 30}[kind]):
                tasks.start_soon(perform, group)
        assert {type(outcome) for outcome in found} == {Accepted}
        figures = b.running.limits.figures(b.sandbox.clock.now())
        assert [w.name for w in figures if w.own_over_full] == []
        assert any(w.own_peak == w.limit for w in figures)
        assert sum(w.throttled for w in figures) == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_a_full_window_is_throttled_and_told_to_the_allowance(kind: str) -> None:
    async with bench(kind) as b:
        b.running.faults.add(Fault(FaultKind.THROTTLED))
        allowance = allowance_for(b.connector, b.settings)
        (outcome,) = await b.connector.perform(b.door(allowance), MAKE[kind](1))
        assert isinstance(outcome, Throttled)
        assert outcome.until is not None
        wait = (outcome.until - datetime.now(UTC)).total_seconds()
        assert 0.0 < wait <= 10.0, "a mistaken unit would show here"
        (told,) = [c.answer for c in allowance.effectful() if c.answer is not None]
        assert told.refused is not None
        assert told.refused.window in allowance.windows


@pytest.mark.parametrize("kind", KINDS)
async def test_wrong_credentials_are_unauthorised_and_checked(kind: str) -> None:
    wrong = dict.fromkeys(SECRETS[kind], "wr0ng-s3cr3t")
    async with bench(kind, secrets=wrong) as b:
        outcomes = await b.perform(*MAKE[kind](2))
        assert all(isinstance(o, Unauthorised) for o in outcomes)
        found = await b.connector.check(b.door(), ())
        assert [c.ok for c in found] == [False]
        assert found[0].fix is not None
        assert all(c.message.endswith(".") and len(c.message) < 200 for c in found)
    async with bench(kind) as b:
        assert all(c.ok for c in await b.connector.check(b.door(), ()))


@pytest.mark.parametrize("kind", KINDS)
async def test_no_secret_is_said_anywhere(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[object] = []
    for fault in (None, Fault(FaultKind.CUT_BEFORE_EFFECT), Fault(FaultKind.COMMIT_THEN_CUT)):
        async with bench(kind) as b:
            if fault is not None:
                b.running.faults.add(fault)
            allowance = allowance_for(b.connector, b.settings)
            door = b.door(allowance, timeout_s=1.0)
            said += [door, b.settings, b.outlet, allowance.calls]
            said += await b.connector.perform(door, MAKE[kind](1))
            said += await b.connector.check(door, ())
    text = f"{said!r} {caplog.text} {[r.__dict__ for r in caplog.records]!r}"
    for secret in SECRETS[kind].values():
        assert secret == "sandbox" or secret not in text
    assert "Bearer" not in text


@pytest.mark.parametrize("kind", KINDS)
async def test_every_effect_belongs_to_a_call_that_was_written_down_before(kind: str) -> None:
    async with bench(kind) as b:
        effects = MAKE[kind](5)
        allowance = allowance_for(b.connector, b.settings)
        await b.connector.perform(b.door(allowance), effects)
        members = [m for c in allowance.effectful() for m in c.intent.members]
        assert sorted(members) == sorted(m for e in effects for m in e.members)
        assert all(c.answer is not None and c.answer.sent for c in allowance.calls.values())
        for call in allowance.effectful():
            assert set(call.intent.refs) == set(call.intent.members)
            assert call.intent.request_hash
            assert "@" not in call.intent.label
        writes = [c for c in b.running.truth.calls() if c.effectful]
        assert len(writes) == len(allowance.effectful())


@pytest.mark.parametrize("kind", KINDS)
async def test_what_may_not_be_sent_is_not_sent(kind: str) -> None:
    until = datetime.now(UTC) + timedelta(minutes=3)
    for when in (until, None):
        async with bench(kind) as b:
            allowance = allowance_for(b.connector, b.settings)
            allowance.refuse_from, allowance.refuse_until = 0, when
            outcomes = await b.connector.perform(b.door(allowance), MAKE[kind](3))
            if when is None:
                assert all(isinstance(o, Unavailable) for o in outcomes)
            else:
                assert all(isinstance(o, Throttled) and o.until == until for o in outcomes)
            assert not b.running.truth.effects()


@pytest.mark.parametrize("kind", ["hubspot", "slack"])
async def test_a_private_address_is_called_only_where_the_file_says_so(kind: str) -> None:
    async with bench(kind) as b:
        strict = Settings(kind, b.settings.values, b.settings.secrets, allow_private=False)
        door = b.door()
        closed = type(door)(strict, door.outlet, door.allowance, door.timeout_s)
        (outcome,) = await b.connector.perform(closed, MAKE[kind](1))
        assert isinstance(outcome, Unavailable)
        assert "private address" in outcome.reason
        assert not b.running.truth.calls()


def test_the_classes_of_faults_are_not_mixed_up() -> None:
    seen: dict[str, set[Expected]] = {kind: set(FAULTS[kind]) for kind in KINDS}
    for kind, cases in seen.items():
        assert {c[1] for c in cases} >= {Accepted, Unavailable, Unknown}, kind
