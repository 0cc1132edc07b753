"""An exhaustive breadth-first search of the protocol, and what must hold in every state."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.model.protocol import Event, Work, Worker, World, enabled, step
from tests.model.rules import Rules, Vendor


@dataclass
class Result:
    states: int = 0
    cut: int = 0  # states not followed because they have too many calls: mutants may loop
    violation: str | None = None
    path: list[Event] = field(default_factory=list)
    edges: set[tuple[str, str]] = field(default_factory=set)  # transitions of actions seen
    ends: set[tuple[str, ...]] = field(default_factory=set)  # states of the actions at rest


def violation(world: World, rules: Rules) -> str | None:
    """What is wrong with this state, None where nothing is.

    A call that was frozen between the check and the socket is injected ambiguity: its effect
    may double or come late, except where the vendor has a key.
    """
    for place, effect in enumerate(world.effects):
        call = world.calls[effect]
        for before in world.effects[:place]:
            if rules.vendor is not Vendor.KEY and {before, effect} & world.frozen:
                continue
            earlier = world.calls[before]
            if set(call.members) & set(earlier.members) and call.follows != before:
                return "an effect is doubled"
            same = rules.records[call.members[-1]] == rules.records[earlier.members[-1]]
            if same and call.members[-1] < earlier.members[-1]:
                return "an older write wins over a newer one"
    for i, work in enumerate(world.work):
        if work.state == "accepted" and not any(i in world.calls[e].members for e in world.effects):
            return "an action is called accepted without an effect"
    return None


def two_unsettled(world: World, rules: Rules) -> bool:
    """Whether a record has two unsettled calls (what the partial unique index refuses)."""
    records = [rules.records[call.members[0]] for call in world.calls if call.row == "open"]
    return len(records) > len(set(records))


def at_rest(world: World, rules: Rules) -> str | None:
    """What is wrong with a state after which nothing comes."""
    for i, work in enumerate(world.work):
        effects = any(i in world.calls[e].members for e in world.effects)
        if i in world.evidence and work.state != "accepted":
            return f"an action whose effect is proved is called {work.state}"
        if work.state == "accepted" and effects:
            continue
        if work.state == "held" and rules.vendor is Vendor.NONE:
            continue
        return f"an action is lost: it stays {work.state}, with{'' if effects else 'out'} an effect"
    return None


def canonical(world: World) -> World:
    """Workers are interchangeable."""
    return world._replace(workers=tuple(sorted(world.workers)))


def start(rules: Rules, workers: int, faults: int) -> World:
    """Every action pending, every worker idle."""
    return World((Work(),) * len(rules.records), (Worker(),) * workers, faults)


def search(
    rules: Rules,
    workers: int = 2,
    faults: int = 2,
    also: Callable[[World], str | None] | None = None,
) -> Result:
    """All states; stops at the first violation, which is then one of the nearest."""
    most_calls = 2 * (len(rules.records) + faults)
    result = Result()
    first = canonical(start(rules, workers, faults))
    came: dict[World, tuple[World, Event] | None] = {first: None}
    queue = deque([first])
    while queue:
        world = queue.popleft()
        wrong = violation(world, rules) or (also(world) if also else None)
        moves = [] if wrong else list(enabled(world, rules))
        if not moves and not wrong:
            wrong = at_rest(world, rules)
            result.ends.add(tuple(work.state for work in world.work))
        if wrong:
            result.violation = wrong
            result.path = _path(came, world)
            break
        for event in moves:
            after = step(world, event, rules)
            result.edges.update(
                (a.state, b.state)
                for a, b in zip(world.work, after.work, strict=True)
                if a.state != b.state
            )
            after = canonical(after)
            if len(after.calls) > most_calls:
                result.cut += 1
            elif after not in came:
                came[after] = (world, event)
                queue.append(after)
    result.states = len(came)
    return result


def told(path: list[Event]) -> str:
    """A path as one line an event."""
    return "\n".join(
        f"  {event.kind.replace('_', ' ')} {event.who}"
        + (f" takes {', '.join(map(str, event.members))}" if event.members else "")
        + (f" following call {event.follows}" if event.follows >= 0 else "")
        for event in path
    )


def _path(came: dict[World, tuple[World, Event] | None], world: World) -> list[Event]:
    path: list[Event] = []
    link = came[world]
    while link is not None:
        path.append(link[1])
        link = came[link[0]]
    return path[::-1]
