"""Where one action stands, and why: from its work and its outcomes to a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadline.explain import words
from leadline.explain.causes import ActionsLike, Cause, Finding, StepFinding
from leadline.explain.read import Known
from leadline.ledger.transitions import State
from leadline.store.gate import Pause
from leadline.store.report import OutcomeLine
from leadline.store.why import IntendedRow

KINDS = {"mail": "mail", "save": "write", "post": "post", "look": "look-up"}
WAITING = frozenset({State.PENDING, State.SENDING, State.UNKNOWN, State.HELD})


@dataclass(frozen=True, slots=True)
class _Seen:
    """One action as it is explained."""

    row: IntendedRow
    outcomes: Sequence[OutcomeLine]
    known: Known

    @property
    def what(self) -> str:
        """The action in words: ``The mail of the step "confirmation"``."""
        return f'The {KINDS.get(self.row.kind, self.row.kind)} of the step "{self.row.step}"'

    @property
    def key(self) -> str:
        """The key as people write it."""
        return f"{self.row.enrollment_id}/{self.row.step}/{self.row.visit}"

    @property
    def last(self) -> OutcomeLine | None:
        """What became of it last."""
        return self.outcomes[-1] if self.outcomes else None

    @property
    def reason(self) -> str:
        """The words of the last outcome, or of the work."""
        said = (self.last.reason if self.last else None) or self.row.reason
        return plain_reason(said) or "no reason was given"

    @property
    def at(self) -> datetime:
        """Since when it is so."""
        return self.last.at if self.last else self.row.intended_at

    def entered(self, state: State) -> OutcomeLine | None:
        """The outcome by which it last came into a state."""
        return next((o for o in reversed(self.outcomes) if o.state == state), None)


def plain_reason(reason: str | None) -> str:
    """Return the words of an outcome without those that its state says already.

    >>> plain_reason("given up: the server is down")
    'the server is down'
    """
    said = (reason or "").strip()
    for known in ("given up: ", "late: "):
        said = said.removeprefix(known)
    return said.rstrip(".")


def state_of(row: IntendedRow, outcomes: Sequence[OutcomeLine]) -> State:
    """Where an action stands: its work while that is open, else its last outcome."""
    if row.state is not None and row.state in WAITING:
        return State(row.state)
    if outcomes:
        return State(outcomes[-1].state)
    return State(row.state or State.PENDING)


def vendor_id_of(outcomes: Sequence[OutcomeLine]) -> str | None:
    """The vendor's name for what took effect, where it gave one."""
    return next((o.vendor_id for o in reversed(outcomes) if o.vendor_id), None)


def explain_action(row: IntendedRow, known: Known) -> StepFinding:
    """Say where an action stands and why."""
    outcomes = known.outcomes.get(row.key, ())
    state = state_of(row, outcomes)
    seen = _Seen(row, outcomes, known)
    finding = _pending(seen) if state is State.PENDING else _BY_STATE[state](seen)
    return StepFinding(
        row.step, seen.key, row.connection, row.kind, state, vendor_id_of(outcomes), finding
    )


# ---------------------------------------------------------------- waiting


def _pending(seen: _Seen) -> Finding:
    row, moment = seen.row, seen.known.now
    likes = ActionsLike(row.workflow, row.step, State.PENDING)
    paused = _pause(seen)
    if paused is not None:
        return _paused(seen, paused)
    if row.due_at is not None and row.due_at > moment:
        if row.attempt:
            return Finding(
                Cause.RETRYING,
                f"{seen.what} was tried {words.many(row.attempt, 'time')} and waits until "
                f"{words.at(row.due_at)} for the next attempt: {words.sentence(seen.reason)} "
                f"It is tried until {words.at(row.retry_until)}.",
                row.due_at,
                f'It would be over if "{row.connection}" '
                f"{'showed the write' if row.kind == 'look' else 'had taken it'}.",
                f'Nothing while "{row.connection}" may still do so; see: leadline status.',
                likes=likes,
            )
        return Finding(
            Cause.BUNDLING,
            f"{seen.what} waits until {words.at(row.due_at)}, so that several become one post.",
            row.due_at,
            "It would have gone out by itself if its step had no bundle.",
            "Nothing; it goes out then.",
            likes=likes,
        )
    return _limit(seen, likes)


def _limit(seen: _Seen, likes: ActionsLike) -> Finding:
    row = seen.row
    due = seen.known.expected.get(row.key)
    when = f" It should go out about {words.at(due)}." if due is not None else ""
    tried = (
        f" It was tried {words.many(row.attempt, 'time')}: {seen.reason}." if row.attempt else ""
    )
    return Finding(
        Cause.WAITING_FOR_LIMIT,
        f'{seen.what} waits for its turn within the limits of "{row.connection}".{tried}{when} '
        f"It may wait until {words.at(_end(row))}.",
        seen.at,
        f'It would have gone out if "{row.connection}" could be called more often, and a worker '
        "runs.",
        "Nothing while a worker runs; see the queues: leadline status.",
        likes=likes,
    )


def _end(row: IntendedRow) -> datetime:
    return row.retry_until if row.not_after is None else min(row.retry_until, row.not_after)


def _pause(seen: _Seen) -> Pause | None:
    row = seen.row
    wanted = {("connection", row.connection), ("workflow", row.workflow)}
    for pause in seen.known.pauses:
        if pause.kind == "everything" or (pause.kind, pause.name) in wanted:
            return pause
    return None


def _paused(seen: _Seen, pause: Pause) -> Finding:
    name = "everything" if pause.kind == "everything" else f'the {pause.kind} "{pause.name}"'
    command = "everything" if pause.kind == "everything" else f"{pause.kind} {pause.name}"
    return Finding(
        Cause.PAUSED,
        f"{seen.what} waits, for {name} is paused since {words.at(pause.at)} by {pause.by}: "
        f"{words.sentence(pause.reason)} It may wait until {words.at(_end(seen.row))}.",
        pause.at,
        f"It would have gone out if {name} were not paused.",
        f"leadline resume {command}",
        likes=ActionsLike(seen.row.workflow, seen.row.step, State.PENDING),
    )


def _sending(seen: _Seen) -> Finding:
    return Finding(
        Cause.SENDING,
        f'{seen.what} is with "{seen.row.connection}" at this moment; the answer is awaited.',
        seen.at,
        None,
        "Nothing; ask again in a moment.",
        likes=ActionsLike(seen.row.workflow, seen.row.step, State.SENDING),
    )


# ---------------------------------------------------------------- over, with an effect


def _id(seen: _Seen) -> str:
    vendor_id = vendor_id_of(seen.outcomes)
    return f' There it is "{vendor_id}".' if vendor_id else ""


def _accepted(seen: _Seen) -> Finding:
    row, last = seen.row, seen.entered(State.ACCEPTED)
    by = ""
    if last is not None and last.cause not in {"answer"}:
        by = f" That is known by {_CAUSES.get(last.cause, last.cause)}."
    if row.kind == "look":
        return Finding(
            Cause.ACCEPTED, f'"{row.connection}" shows what was written.', seen.at, None, None
        )
    return Finding(
        Cause.ACCEPTED,
        f'{seen.what} was accepted by "{row.connection}" at {words.at(seen.at)}.{_id(seen)}{by}',
        seen.at,
        "It would be confirmed if the delivery were reported back." if row.kind == "mail" else None,
        None,
        likes=ActionsLike(row.workflow, row.step, State.ACCEPTED),
    )


def _confirmed(seen: _Seen) -> Finding:
    accepted = seen.entered(State.ACCEPTED)
    before = f" It was accepted at {words.at(accepted.at)}." if accepted else ""
    return Finding(
        Cause.CONFIRMED,
        f'{seen.what} is confirmed: "{seen.row.connection}" reported the delivery at '
        f"{words.at(seen.at)}.{before}{_id(seen)}",
        seen.at,
        likes=ActionsLike(seen.row.workflow, seen.row.step, State.CONFIRMED),
    )


def _bounced(seen: _Seen) -> Finding:
    return Finding(
        Cause.BOUNCED,
        f"{seen.what} was taken and came back at {words.at(seen.at)}: "
        f"{words.sentence(seen.reason)}",
        seen.at,
        "It would have arrived if the mailbox took mail.",
        "Ask for another address. After a hard bounce this one is suppressed; once it works "
        f"again: leadline unsuppress {seen.known.asked}",
        likes=ActionsLike(seen.row.workflow, seen.row.step, State.BOUNCED),
    )


# ---------------------------------------------------------------- over, without an effect


def _skipped(seen: _Seen) -> Finding:
    reason = seen.reason
    cause, would_have, mend = Cause.REFUSED, "It would have gone out if the rule let it.", None
    if reason.startswith("the address is suppressed"):
        cause = Cause.SUPPRESSED
        would_have = "It would have gone out if the address were not suppressed."
        mend = f"If the address may be written to again: leadline unsuppress {seen.known.asked}"
    elif "only_to" in reason:
        cause = Cause.NOT_ALLOWED
        would_have = "It would have gone out if the address, or its domain, stood under only_to."
        mend = "Write the address or @domain under only_to in leadline.yaml, and deploy."
    elif reason.startswith("marketing mail"):
        cause = Cause.NO_CONSENT
        would_have = "It would have gone out if it were `as: transactional`."
        mend = "Send only what people asked for, `as: transactional`, until consent is kept."
    return Finding(
        cause,
        f"{seen.what} was not sent at {words.at(seen.at)}: {words.sentence(reason)}",
        seen.at,
        would_have,
        mend,
        likes=ActionsLike(seen.row.workflow, seen.row.step, State.SKIPPED, reason),
    )


def _superseded(seen: _Seen) -> Finding:
    return Finding(
        Cause.SUPERSEDED,
        f"{seen.what} was not written by itself: a later write of the same record said all of it "
        f"({seen.reason.rstrip('.')}).",
        seen.at,
        "It would have been written by itself if no later one had waited with it.",
        None,
        likes=ActionsLike(seen.row.workflow, seen.row.step, State.SUPERSEDED),
    )


def _expired(seen: _Seen) -> Finding:
    by = f" by {words.at(seen.row.not_after)}" if seen.row.not_after else " in time"
    return Finding(
        Cause.EXPIRED,
        f"{seen.what} was not sent, for it would have come too late: it was to go{by}.",
        seen.at,
        f"It would have gone out if it had been taken{by}.",
        "Nothing can be sent late; see what kept it waiting in the timeline above.",
        likes=ActionsLike(seen.row.workflow, seen.row.step, State.EXPIRED),
    )


def _rejected(seen: _Seen) -> Finding:
    return Finding(
        Cause.REJECTED,
        f'{seen.what} was refused by "{seen.row.connection}" at {words.at(seen.at)}: '
        f"{words.sentence(seen.reason)}",
        seen.at,
        "It would have been taken if what it holds were right for the vendor.",
        f"Mend what the reason names, then: leadline replay {seen.key}",
        likes=ActionsLike(
            seen.row.workflow, seen.row.step, state_of(seen.row, seen.outcomes), seen.reason
        ),
    )


def _dead(seen: _Seen) -> Finding:
    before = seen.outcomes[-2].state if len(seen.outcomes) > 1 else None
    if before == State.REJECTED:
        return _rejected(seen)
    return Finding(
        Cause.DEAD,
        f"{seen.what} was given up at {words.at(seen.at)}: {words.sentence(seen.reason)}",
        seen.at,
        f"It would have gone out if the trouble had ended before {words.at(_end(seen.row))}.",
        f"When the trouble is over: leadline replay {seen.key}",
        likes=ActionsLike(seen.row.workflow, seen.row.step, State.DEAD),
    )


# ---------------------------------------------------------------- not known


def _unknown(seen: _Seen) -> Finding:
    due = seen.row.due_at
    when = f" It is looked up at {words.at(due)}." if due and due > seen.known.now else ""
    return Finding(
        Cause.UNKNOWN,
        f"It is not known yet whether {_lower(seen.what)} took effect: "
        f"{words.sentence(seen.reason)}{when} Until then it is not sent again.",
        seen.at,
        "It would be known if the answer had not been lost.",
        "Nothing; the vendor is asked as soon as its answer proves something.",
        likes=ActionsLike(seen.row.workflow, seen.row.step, State.UNKNOWN),
    )


def _held(seen: _Seen) -> Finding:
    return Finding(
        Cause.HELD,
        f"Nobody can say whether {_lower(seen.what)} took effect: {words.sentence(seen.reason)} "
        "It is held, and not sent again by itself.",
        seen.at,
        f'It would be known if "{seen.row.connection}" could be asked what it did.',
        f"Find out, then: leadline settle {seen.key} accepted|pending|dead --why …",
        likes=ActionsLike(seen.row.workflow, seen.row.step, State.HELD),
    )


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


_CAUSES = {
    "proof": "asking the vendor",
    "evidence": "what the vendor told later",
    "person": "a person who settled it",
    "followed": "a later write of the same record",
}

_BY_STATE: Mapping[State, Callable[[_Seen], Finding]] = {
    State.SENDING: _sending,
    State.ACCEPTED: _accepted,
    State.CONFIRMED: _confirmed,
    State.BOUNCED: _bounced,
    State.SKIPPED: _skipped,
    State.SUPERSEDED: _superseded,
    State.EXPIRED: _expired,
    State.REJECTED: _rejected,
    State.DEAD: _dead,
    State.UNKNOWN: _unknown,
    State.HELD: _held,
}
