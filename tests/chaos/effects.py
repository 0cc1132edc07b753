"""Invariants about effects: what took place at the vendor against what the ledger says (5 to 8)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator

from tests.chaos.law import HELD, OPEN, PERSON, TAKEN, UNKNOWN
from tests.chaos.world import CLOCKS_S, Action, World, named


def every_effect_belongs_to_one_call(world: World) -> Iterator[str]:
    """5. Every effect belongs to exactly one call; no effect without an action."""
    for request in world.matched.stray:
        yield (
            f"{request.connection}: the vendor got request {request.call} ({request.operation}, "
            f"{named(request.refs)}), which no call of the ledger explains"
        )
    for effect in world.effects:
        place = (effect.connection, effect.call)
        request = world.vendor_calls.get(place)
        if request is None or effect.ref not in request.refs:
            yield f"{effect.connection}: the effect {effect.ref} belongs to no request"
            continue
        call = world.matched.call_of.get(place)
        if call is None:
            continue  # its request is a notice, or stray and said so above
        keys = [key for key, ref in call.members.items() if ref == effect.ref]
        if not keys:
            yield f"{effect.connection}: no member of call {call.id} is called {effect.ref}"
        for key in keys:
            if key not in world.actions:
                yield f"{effect.connection}: the effect {effect.ref} has no action {key}"
    per_request = Counter((e.connection, e.call, e.ref) for e in world.effects)
    for (connection, call_number, ref), times in per_request.items():
        if times > 1:
            yield f"{connection}: request {call_number} took effect {times} times for {ref}"


def outcomes_tell_the_truth(world: World) -> Iterator[str]:
    """6. Accepted or confirmed ⇒ one effect; rejected, skipped, expired, superseded ⇒ none.

    An effect of a process that was frozen between its check and its socket is an ambiguity
    that the freeze injected: it may be there or not (design, rule 4).
    """
    for action in world.actions.values():
        state = world.standing(action.key)
        if state == "lost":
            yield f"{_what(action)} has neither work nor outcome"
        elif not fits(world, action, None if state in OPEN else state in TAKEN):
            times = len(world.effects_of(action.key))
            yield f"{_what(action)} is {state} and took effect {times} times"


def fits(world: World, action: Action, reached: bool | None) -> bool:
    """Whether the vendor's book allows to say that an action took effect, or did not.

    ``reached`` None: it is said that nobody knows. What a person settled may be there or not.
    """
    if action.kind == "look":
        expected = {0}
    elif reached is None or any(move.cause == PERSON for move in world.path(action.key)):
        expected = {0, 1}
    elif reached:
        expected = {0, 1} if _followed(world, action) else {1}
    else:
        expected = {0}
    effects = world.effects_of(action.key)
    least = sum(not world.is_late(effect) for effect in effects)
    return any(least <= times <= len(effects) for times in expected)


def _followed(world: World, action: Action) -> bool:
    """Whether it was settled by the next full write of its record (rule 3)."""
    return any(move.cause == "followed" for move in world.path(action.key))


def doubt_has_a_cause(world: World) -> Iterator[str]:
    """7. ``held`` + ``unknown`` ≤ the ambiguity injected, per connection.

    Judged action by action, which says more: each one in doubt must have had a call whose
    answer was kept back, was unclear, or was lost with the worker that waited for it. Where
    the vendor can be asked nothing may stay in doubt at rest.
    """
    for action in world.actions.values():
        state = world.standing(action.key)
        if state not in {HELD, UNKNOWN}:
            continue
        declared = world.declared.get(action.connection)
        if declared is not None and declared.settles != "held" and _rests(world):
            yield f"{_what(action)} is {state}, though its vendor can be asked"
        elif not ambiguous(world, action):
            yield f"{_what(action)} is {state}, and nothing kept its answer back"


def _rests(world: World) -> bool:
    return world.rested is not None and world.rested.at_rest


def ambiguous(world: World, action: Action) -> bool:
    """Whether something was injected that could hide from an honest client what became of it."""
    for place in world.refs(action.key):
        for request in world.requests_by_ref.get(place, ()):
            if request.ending != "answered" or request.unclear:
                return True
            if world.came_too_late(request):
                return True
    doubts = [m.at for m in world.path(action.key) if m.after == UNKNOWN and m.at is not None]
    return any(
        world.harmed(call.began_at, doubt)
        for call in world.calls_of.get(action.key, ())
        for doubt in doubts
    )


def records_change_in_ledger_order(world: World) -> Iterator[str]:
    """8. The effects of a record are a subsequence of ledger order."""
    latest: dict[tuple[str, str], tuple[int, str]] = {}
    for effect in world.effects:
        call = world.matched.call_of.get((effect.connection, effect.call))
        if effect.what != "write" or call is None or world.is_late(effect):
            continue
        ordinals = [
            world.actions[key].ordinal
            for key, ref in call.members.items()
            if ref == effect.ref and key in world.actions
        ]
        if not ordinals:
            continue
        place = (effect.connection, effect.place)
        before = latest.get(place)
        if before is not None and min(ordinals) < before[0]:
            yield (
                f"{effect.connection}: the record {effect.place} got {effect.ref} "
                f"(ordinal {min(ordinals)}) after {before[1]} (ordinal {before[0]})"
            )
        if before is None or max(ordinals) > before[0]:
            latest[place] = (max(ordinals), effect.ref)


def nothing_begins_after_it_was_forbidden(world: World) -> Iterator[str]:
    """10. No effect after a suppression except calls already begun.

    The gate is asked when an action is claimed, and its call begins within the margin after
    that, or its time-out would end after the claim (design, rule 4): so long after the
    suppression a call may still begin. The same is asked of a connection that a person paused.
    """
    suppressed: dict[str, float] = {}
    for one in world.strikes("suppress"):
        assert one.store_at is not None
        address = one.target.lower()
        suppressed[address] = min(one.store_at, suppressed.get(address, one.store_at))
    for effect in world.effects:
        since = suppressed.get(effect.place.lower()) if effect.what == "mail" else None
        call = world.matched.call_of.get((effect.connection, effect.call))
        if since is None or call is None:
            continue
        if call.began_at > since + _slack_s(world, effect.connection):
            yield (
                f"{effect.connection}: {effect.place} was written to by a call begun "
                f"{call.began_at - since:.1f} s after the suppression"
            )
    yield from _pauses_hold(world)


def _pauses_hold(world: World) -> Iterator[str]:
    began = [call.began_at for call in world.calls]
    for pause in world.strikes("pause"):
        assert pause.store_at is not None
        until = pause.store_at + (pause.until - pause.at)
        during = slice(bisect_right(began, pause.store_at), bisect_left(began, until))
        for call in world.calls[during]:
            if call.void or pause.target not in ("everything", call.connection):
                continue
            since = pause.store_at + _slack_s(world, call.connection)
            if since < call.began_at < until - CLOCKS_S:
                yield (
                    f"{call.connection}: the call {call.id} began "
                    f"{call.began_at - pause.store_at:.1f} s after the pause"
                )


def _slack_s(world: World, connection: str) -> float:
    declared = world.declared.get(connection)
    return CLOCKS_S + (declared.margin_s if declared is not None else 0.0)


def _what(action: Action) -> str:
    return f"{action.connection}: {action}"
