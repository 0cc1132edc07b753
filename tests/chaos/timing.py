"""Invariants about time and states: windows, paths, and coming to rest (9, 11, 12)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.history import Declared, Limit
from tests.chaos.law import (
    BUCKET_LEASE_S,
    CONNECTION_LEASE_S,
    OPEN,
    PENDING,
    PROBE_S,
    SETTLED,
    backoff_s,
    lawful,
)
from tests.chaos.world import World

AT_THE_EDGE_S = 1e-3
"""Two calls exactly one window apart do not share it; clocks are written with microseconds."""


def windows_hold(world: World) -> Iterator[str]:
    """9. No window is over-full on the vendor's clock by our calls."""
    for limit in world.limits:
        for key, moments in _arrivals(world, limit).items():
            for first, last in zip(moments, moments[limit.count :], strict=False):
                if last - first < limit.span_s - AT_THE_EDGE_S:
                    place = f" of {key}" if limit.by_key else ""
                    yield (
                        f"{limit.connection}: the window {limit.name}{place} held "
                        f"{limit.count + 1} of our calls in {last - first:.3f} s of {limit.span_s}"
                    )
                    break


def _arrivals(world: World, limit: Limit) -> dict[str, list[float]]:
    """When our calls came, but for those of a process that was frozen before its socket."""
    found: dict[str, list[float]] = defaultdict(list)
    for call in world.calls_of_ours:
        if call.connection != limit.connection or call.operation not in limit.operations:
            continue
        if (call.connection, call.call) not in world.matched.late:
            found[call.key if limit.by_key else ""].append(call.at)
    return found


def paths_are_lawful(world: World) -> Iterator[str]:
    """11. Every state path lies in the table."""
    for action in world.actions.values():
        last = PENDING
        for move in world.path(action.key):
            if not lawful(move.before, move.after, move.cause):
                yield (
                    f"{action.connection}: {action} went from {move.before} to {move.after} "
                    f"by {move.cause}"
                )
            last = move.after
        work = world.work.get(action.key)
        if work is None and last not in SETTLED:
            yield f"{action.connection}: {action} is {last} and has no work"
        if work is not None and work["state"] in OPEN | SETTLED and work["state"] != last:
            yield (
                f"{action.connection}: {action} stands at {last}, and its work at {work['state']}"
            )
    for key in world.work.keys() | world.outcomes.keys():
        if key not in world.actions:
            yield f"there is no action {'/'.join(map(str, key))}, only what became of it"


def rest_comes_in_time(world: World) -> Iterator[str]:
    """12. At rest within the attainable bound after the last fault, and after the last event."""
    assert world.ceased is not None
    assert world.rested is not None
    took_s = world.rested.at - max(world.ceased.at, world.last_acknowledged)
    bound_s = bound_after_faults_s(world)
    if not world.rested.at_rest:
        yield f"not at rest {took_s:.0f} s after the last fault: {world.rested.words}"
    elif took_s > bound_s:
        yield f"at rest {took_s:.1f} s after the last fault; {bound_s:.1f} s were attainable"


def bound_after_faults_s(world: World) -> float:
    """How long a perfect scheduler may need once nothing disturbs it any more.

    The leases that the dead hold, the longest wait of a retry that is under way, proof of what
    is in doubt, the waits of the workflow, and then the calls that are left through their
    windows, one connection after the other.
    """
    assert world.ceased is not None
    plan_s = world.plan.longest_wait_s if world.plan is not None else 0.0
    leases_s = BUCKET_LEASE_S + CONNECTION_LEASE_S + PROBE_S
    proof_s = max((_proof_s(d) for d in world.declared.values()), default=0.0)
    backoff = max((backoff_s(n) for n in _attempts(world).values()), default=0.0)
    windows_s = 0.0
    for limit in world.limits:
        left = sum(
            call.at >= world.ceased.at
            and call.connection == limit.connection
            and call.operation in limit.operations
            for call in world.calls_of_ours
        )
        windows_s += max(0, left - 1) // limit.count * limit.span_s
    return plan_s + leases_s + proof_s + backoff + windows_s


def _proof_s(declared: Declared) -> float:
    """Until a doubt is cleared: the claim ends, the vendor is done, one look, one more try."""
    claim_s = declared.time_out_s + declared.margin_s
    return 2 * claim_s + declared.vendor_processing_s + declared.read_back_s + declared.time_out_s


def _attempts(world: World) -> Counter[tuple[str, str, int]]:
    """How often each action that was still open when the faults ceased had to be tried again."""
    assert world.ceased is not None
    found: Counter[tuple[str, str, int]] = Counter()
    for key, outcomes in world.outcomes.items():
        if outcomes[-1].at >= world.ceased.at:
            found[key] = sum(o.state == PENDING for o in outcomes)
    return found
