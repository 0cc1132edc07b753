"""The one gate that every action passes when it is claimed: may it be sent, now, to them?

At claim and not at enrollment, because the answer changes while an action waits. The rule that
refuses is the recorded reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leadline.ledger.transitions import State


class Purpose(StrEnum):
    """Why a message is sent; the words of the project files."""

    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"


class Rule(StrEnum):
    """The rules of the gate, in the order in which they are asked."""

    ENVIRONMENT = "environment"
    DEADLINE = "deadline"
    SUPPRESSION = "suppression"
    CONSENT = "consent"
    EVERYTHING_PAUSED = "everything paused"
    CONNECTION_PAUSED = "connection paused"
    WORKFLOW_PAUSED = "workflow paused"


@dataclass(frozen=True, slots=True)
class GateRequest:
    """One action at the gate.

    ``address`` is the person's email address, for every kind of action that concerns one
    person (None for a chat post); ``purpose`` is there for messages to that address only.
    """

    connection: str
    workflow: str
    address: str | None
    purpose: Purpose | None
    not_after: datetime | None


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What holds at this moment.

    ``environment`` and its ``only_to`` (addresses or ``@domains``; empty: everyone);
    ``suppressed``: why mail to this address is suppressed, None where it is not. The pauses
    give the reason that the person who paused wrote: of everything (the kill switch), of this
    action's connection, of its workflow.
    """

    environment: str
    only_to: tuple[str, ...] = ()
    suppressed: str | None = None
    everything_paused: str | None = None
    connection_paused: str | None = None
    workflow_paused: str | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """It may be sent."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not. ``final`` is the state that settles it; None: it waits until resumed."""

    rule: Rule
    reason: str
    final: State | None


def admit(send: GateRequest, facts: GateFacts, now: datetime) -> Admitted | Refused:
    """Ask every rule. Those that end the action come before those that make it wait.

    So an action whose time passes during a pause expires then, and does not go out late or
    wait for ever.
    """
    refused = (
        _environment(send, facts)
        or _deadline(send, now)
        or _suppression(send, facts)
        or _consent(send)
        or _pause(send, facts)
    )
    return refused or Admitted()


def _environment(send: GateRequest, facts: GateFacts) -> Refused | None:
    if send.address is None or not facts.only_to or listed(send.address, facts.only_to):
        return None
    return Refused(
        Rule.ENVIRONMENT,
        f'"{facts.environment}" may only reach the addresses under only_to in leadline.yaml, '
        "and this one is not among them.",
        State.SKIPPED,
    )


def listed(address: str, only_to: tuple[str, ...]) -> bool:
    """Whether an address is in a list of addresses and ``@domains``, whatever the case.

    >>> [listed(a, ("@acme.example",)) for a in ("Ann@Acme.example", "ann@sub.acme.example")]
    [True, False]
    """
    plain = address.casefold()
    domain = "@" + plain.rpartition("@")[2]
    return any(entry.casefold() in {plain, domain} for entry in only_to)


def _deadline(send: GateRequest, now: datetime) -> Refused | None:
    if send.not_after is None or now <= send.not_after:
        return None
    return Refused(
        Rule.DEADLINE,
        f"late: it was to be sent by {send.not_after:%Y-%m-%d %H:%M:%S %Z}.",
        State.EXPIRED,
    )


def _suppression(send: GateRequest, facts: GateFacts) -> Refused | None:
    if send.purpose is None or facts.suppressed is None:
        return None
    return Refused(
        Rule.SUPPRESSION, f"the address is suppressed: {facts.suppressed}.", State.SKIPPED
    )


def _consent(send: GateRequest) -> Refused | None:
    """Marketing needs a recorded consent; no consent is recorded yet, so none is sent."""
    if send.purpose is not Purpose.MARKETING:
        return None
    return Refused(
        Rule.CONSENT,
        "marketing mail needs a recorded consent, which this version does not keep yet; "
        "only mail that is `as: transactional` is sent.",
        State.SKIPPED,
    )


def _pause(send: GateRequest, facts: GateFacts) -> Refused | None:
    if facts.everything_paused is not None:
        what, rule, why = "everything", Rule.EVERYTHING_PAUSED, facts.everything_paused
    elif facts.connection_paused is not None:
        rule, why = Rule.CONNECTION_PAUSED, facts.connection_paused
        what = f'the connection "{send.connection}"'
    elif facts.workflow_paused is not None:
        rule, why = Rule.WORKFLOW_PAUSED, facts.workflow_paused
        what = f'the workflow "{send.workflow}"'
    else:
        return None
    return Refused(rule, f"{what} is paused: {why}. Resume it to go on.", None)
