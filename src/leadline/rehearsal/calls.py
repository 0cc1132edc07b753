"""Actions of a test: past the gate, called, settled, by the rules of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from leadline.expression.types import Value
from leadline.journey.action import PostMessage, SaveRecord, SendEmail
from leadline.journey.timing import plus
from leadline.ledger import coalesce, gate
from leadline.ledger.budget import Lane
from leadline.ledger.key import ActionKey
from leadline.ledger.lease import VERIFY_FOR
from leadline.ledger.outcome import (
    Accepted,
    Bounced,
    Outcome,
    Policy,
    Rejected,
    Verdict,
    settle,
    too_late,
    weigh,
)
from leadline.ledger.transitions import State
from leadline.message.render import RenderProblem, render
from leadline.project.cases import TroubleKind
from leadline.rehearsal import vendors
from leadline.rehearsal.happened import Settled
from leadline.rehearsal.world import Standing, World, time_is_over

ASKED_AFTER = timedelta(minutes=1)
"""A system is asked about a lost answer this long after the call: claims end within that."""
BOUNCES_AFTER = timedelta(minutes=1)
"""A bounce comes back this long after the mail was taken."""
LONGEST_WAIT = 1.0
"""In a test every wait between two attempts is the longest that chance could make it."""
IN_DOUBT = frozenset({State.SENDING, State.UNKNOWN})


def work(world: World, key: ActionKey) -> None:
    """Do what is due for an action; nothing where it was done in the meantime."""
    standing = world.actions[key]
    if standing.state is State.PENDING and time_is_over(standing.action) <= world.now:
        not_after = standing.action.not_after if isinstance(standing.action, SendEmail) else None
        state, reason = too_late(not_after, standing.action.retry_until, standing.reason)
        _stand(world, standing, state, reason)
    elif standing.due > world.now:
        return
    elif standing.state is State.PENDING:
        _send(world, standing)
    elif standing.state is State.UNKNOWN:
        standing.looks += 1
        _settle(world, standing, vendors.verdict(world, standing), standing.looks)
    elif standing.state is State.ACCEPTED and _bounces(standing):
        reason = "it came back, as the test says"
        for state in weigh(State.ACCEPTED, Bounced(reason, world.now)):
            _stand(world, standing, state, reason)
        world.suppressed = "hard bounce"


def is_open(standing: Standing) -> bool:
    """Whether something may still become of an action by itself."""
    if standing.state is State.ACCEPTED:
        return _bounces(standing)
    return standing.state in (State.PENDING, State.UNKNOWN)


def _send(world: World, standing: Standing) -> None:
    refused = _at_the_gate(world, standing)
    if refused is not None:
        assert refused.final is not None  # nothing is paused in a test
        _stand(world, standing, refused.final, refused.reason)
        return
    members = [standing]
    if isinstance(standing.action, SaveRecord):
        members = _one_write(world, standing.action.record)
    if not members:
        return  # an earlier write of the record comes first
    trouble = world.trouble_of(members[0])
    for one in members:
        one.calls += 1
        one.trouble = trouble
    found = _prepared(world, standing)
    outcome = found or vendors.answer(world, members[0], trouble)
    for one in members:
        _settle(world, one, outcome, one.calls)


def _at_the_gate(world: World, standing: Standing) -> gate.Refused | None:
    action = standing.action
    mail = action if isinstance(action, SendEmail) else None
    request = gate.GateRequest(
        connection=action.connection,
        workflow=standing.workflow,
        address=None if mail is None else mail.to,
        purpose=None if mail is None else gate.Purpose(mail.purpose.value),
        not_after=None if mail is None else mail.not_after,
    )
    facts = gate.GateFacts(environment="test", suppressed=world.suppressed)
    verdict = gate.admit(request, facts, world.now)
    return verdict if isinstance(verdict, gate.Refused) else None


def _one_write(world: World, record: str) -> list[Standing]:
    """The writes that go out as one; those that it overwrites are settled at once.

    None goes while another of the record is in doubt, or an earlier one waits for its turn.
    """
    of_record = world.open_writes[record].values()
    waiting = [s for s in of_record if s.state is State.PENDING]
    if any(s.state in IN_DOUBT for s in of_record) or waiting[0].due > world.now:
        return []
    first = coalesce.coalesce([_write(s) for s in waiting])[0]
    for key, by in first.superseded.items():
        _stand(world, world.actions[key], State.SUPERSEDED, f"overwritten by {by}")
    return [world.actions[key] for key in first.members]


def _write(standing: Standing) -> coalesce.Write:
    action = standing.action
    assert isinstance(action, SaveRecord)
    return coalesce.Write(
        action.key,
        action.record,
        action.fields,
        standing.ordinal,
        Lane.TRANSACTIONAL,
        action.every_value,
    )


def _prepared(world: World, standing: Standing) -> Outcome | None:
    """Fill the message in; what cannot be filled in is refused before anything is sent."""
    action = standing.action
    if not isinstance(action, SendEmail | PostMessage):
        return None
    message = world.project.messages[action.message]
    rendered = render(message, _scoped(action.values), world.project.time_zone)
    if isinstance(rendered, RenderProblem):
        return Rejected(f"{rendered.message} {rendered.fix}", action.message)
    standing.sent = rendered
    return None


def _scoped(values: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for dotted, value in values.items():
        scope, _, name = dotted.partition(".")
        found.setdefault(scope, {})[name] = value
    return found


def _settle(world: World, standing: Standing, said: Verdict, attempt: int) -> None:
    """Move an action as the ledger's rules say of what was answered."""
    before = State.UNKNOWN if standing.state is State.UNKNOWN else State.SENDING
    if before is State.SENDING:
        standing.doubt_since = world.now
    since = standing.doubt_since or world.now
    kind = world.project.systems[standing.action.connection].kind
    policy = Policy(
        settles=vendors.SETTLES[kind],
        give_up_at=standing.action.retry_until,
        verify_at=plus(since, ASKED_AFTER),
        verify_until=plus(since, ASKED_AFTER + VERIFY_FOR),
        draw=LONGEST_WAIT,
    )
    decided = settle(before, said, attempt, policy, world.now)
    if decided.due_at is not None:
        standing.due = decided.due_at
        world.work_at(decided.due_at, standing.action.key)
    _stand(world, standing, decided.next_state(before), decided.reason)
    if isinstance(said, Accepted) and _bounces(standing):
        standing.due = plus(world.now, BOUNCES_AFTER)
        world.work_at(standing.due, standing.action.key)


def _bounces(standing: Standing) -> bool:
    return standing.trouble is not None and standing.trouble.kind is TroubleKind.BOUNCES


def _stand(world: World, standing: Standing, state: State, reason: str | None) -> None:
    """Let an action stand somewhere; its run hears of all that could end its step."""
    if standing.state is not state:
        standing.at = world.now
    standing.state, standing.reason = state, reason
    world.tell(Settled(standing.action.key, state, reason))
    if state not in (State.PENDING, State.UNKNOWN):
        world.hear(standing.action.key)
    if isinstance(standing.action, SaveRecord) and state not in (State.PENDING, *IN_DOUBT):
        _let_go(world, standing.action)


def _let_go(world: World, write: SaveRecord) -> None:
    """Let later writes of the same record have their turn once this one is out of the way."""
    writes = world.open_writes[write.record]
    writes.pop(write.key, None)
    for key in writes:
        world.work_at(world.now, key)
