"""What happens to one message after its final dot, and what is answered.

After the dot the message is the server's, answer or not (RFC 5321 §4.2.5, §6.1): every fault here
leaves a client that lost the answer without a way to ask.
"""

from __future__ import annotations

import asyncio

from leadline.sandbox.faults import AFTER_EFFECT, Fault, FaultKind
from leadline.sandbox.front import HANG_S
from leadline.sandbox.limits import Refusal
from leadline.sandbox.listener import Cut, Link
from leadline.sandbox.smtp.account import MAX_BYTES, Envelope, MailSandbox
from leadline.sandbox.truth import OURS, Call, Ending

AFTER_DOT = frozenset(
    {
        FaultKind.HALF_OPEN,
        FaultKind.LATE_EFFECT,
        FaultKind.SLOW_ANSWER,
        FaultKind.ERROR,
        FaultKind.THROTTLED,
        FaultKind.REFUSE_WHOLE,
    }
)
RATE_EXCEEDED = "454 Throttling failure: Maximum sending rate exceeded."
QUOTA_EXCEEDED = "454 Throttling failure: Daily message quota exceeded."
TEXTS = {
    421: "421 4.4.2 Service not available, closing transmission channel",
    450: "450 4.2.0 Mailbox busy, try again later",
    451: "451 4.7.1 Greylisted, please try again later",
    452: "452 4.3.1 Insufficient system storage",
    535: "535 Authentication Credentials Invalid",
    550: "550 5.1.1 User unknown",
    552: "552 5.3.4 Message is too long.",
    554: "554 Transaction failed: Message rejected.",
}


async def take(
    sandbox: MailSandbox, link: Link, call: Call, envelope: Envelope, source: bytes
) -> str:
    """What to answer to the final dot. Raises Cut where nothing is to be answered."""
    by = call.by
    if len(source) > MAX_BYTES:
        return text_of(552)
    if not sandbox.may_send(envelope.sender):
        return "554 Message rejected: Email address is not verified."
    refusal = sandbox.admit(by, len(envelope.recipients))
    if refusal is not None:
        return _throttled(call, refusal)
    fault = None
    if by == OURS:
        fault = sandbox.faults.strike(AFTER_DOT, "message", effectful=True)
    if fault is not None:
        call.fault = fault.kind
        early = await _before_effect(sandbox, link, call, fault)
        if early is not None:
            return early
    message = sandbox.accept(call, envelope, source)
    if fault is not None and fault.kind is FaultKind.SLOW_ANSWER:
        await asyncio.sleep(fault.delay_s)
    after = None
    if by == OURS:
        after = sandbox.faults.strike(AFTER_EFFECT, "message", effectful=True)
    if after is None:
        return f"250 Ok {message.id}"
    return await _after_effect(sandbox, link, call, after)


async def _before_effect(sandbox: MailSandbox, link: Link, call: Call, fault: Fault) -> str | None:
    match fault.kind:
        case FaultKind.HALF_OPEN:
            await _fall_silent(sandbox, link, call)
            raise Cut
        case FaultKind.LATE_EFFECT:
            await asyncio.sleep(fault.delay_s)
            return None
        case FaultKind.THROTTLED:
            return _throttled(call, Refusal("fault", 1.0, caused_by_us=False))
        case FaultKind.ERROR:
            return text_of(fault.status or 451)
        case FaultKind.REFUSE_WHOLE:
            return text_of(fault.status or 554)
        case _:
            return None


async def _after_effect(sandbox: MailSandbox, link: Link, call: Call, fault: Fault) -> str:
    call.fault = fault.kind
    if fault.kind is FaultKind.COMMIT_THEN_ERROR:
        call.unclear = True
        return text_of(fault.status or 451)
    if fault.kind is FaultKind.COMMIT_THEN_HANG:
        await _fall_silent(sandbox, link, call)
    sandbox.truth.end(call, Ending.WITHHELD)
    raise Cut


async def _fall_silent(sandbox: MailSandbox, link: Link, call: Call) -> None:
    sandbox.truth.end(call, Ending.WITHHELD)
    await link.wait_until_gone(HANG_S)


def _throttled(call: Call, refusal: Refusal) -> str:
    call.throttled_by = refusal.window
    call.caused_by_us = refusal.caused_by_us
    return QUOTA_EXCEEDED if refusal.window == "day" else RATE_EXCEEDED


def text_of(status: int) -> str:
    """The usual words of a status."""
    return TEXTS.get(status, f"{status} Refused")
