"""The way of every request through an HTTP sandbox: arrival, limits, faults, effect, answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from leadline.sandbox.faults import AFTER_EFFECT, BATCH, UNCLEAR_ERRORS, Fault, FaultKind, Faults
from leadline.sandbox.limits import Limits, Refusal, Window
from leadline.sandbox.listener import Answer, Cut, Link, Request
from leadline.sandbox.timing import AnswerTime, Clock, Delays
from leadline.sandbox.truth import OURS, Call, Ending, Truth

HANG_S = 600.0
"""A caller that never leaves is let go after this time."""

BEFORE_EFFECT = frozenset(
    {
        FaultKind.CUT_BEFORE_EFFECT,
        FaultKind.HALF_OPEN,
        FaultKind.LATE_EFFECT,
        FaultKind.SLOW_ANSWER,
        FaultKind.ERROR,
        FaultKind.THROTTLED,
        FaultKind.REFUSE_WHOLE,
        FaultKind.REFUSE_PART,
    }
)


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks for.

    ``members`` is the number of records it is about; ``has_rows`` says that one of them can be
    refused for itself.
    """

    name: str
    effectful: bool
    members: int = 1
    has_rows: bool = False


class HttpVendor(Protocol):
    """What one vendor's file provides; all of it synchronous, so that a batch is one moment."""

    kind: str
    truth: Truth
    faults: Faults
    limits: Limits

    def operation(self, request: Request) -> Operation | None:
        """What the request asks for; None if this vendor has no such door."""
        ...

    def caller(self, request: Request) -> str | None:
        """Who calls, by the credential: ``ours``, a stranger's name, or None if unknown."""
        ...

    def windows(self, request: Request, operation: Operation, by: str) -> list[Window]:
        """The limits this request counts against."""
        ...

    def perform(self, request: Request, call: Call, fault: Fault | None) -> Answer:
        """Do it, note the effects under the call, and answer in the vendor's words."""
        ...

    def unknown_door(self, request: Request) -> Answer:
        """The answer for a path that does not exist."""
        ...

    def unauthorised(self, request: Request) -> Answer:
        """The answer for a missing or unknown credential."""
        ...

    def throttled(self, request: Request, operation: Operation, refusal: Refusal) -> Answer:
        """The answer when a window has no room."""
        ...

    def failing(self, fault: Fault) -> Answer:
        """The answer of a fault that answers an error."""
        ...


class Front:
    """Takes requests to a vendor, with the delays and faults that are switched on."""

    def __init__(
        self, vendor: HttpVendor, clock: Clock, answer_time: AnswerTime, seed: int
    ) -> None:
        self._vendor = vendor
        self._clock = clock
        self._delays = Delays(answer_time, seed)
        self._outage: Fault | None = None

    def answer_outage_with(self, fault: Fault | None) -> None:
        """Answer everything with this fault's status until told None."""
        self._outage = fault

    async def handle(self, request: Request, link: Link) -> Answer:
        """Answer one request to the vendor. Raises Cut where the connection is to be reset."""
        there_s, back_s = self._delays.draw()
        await asyncio.sleep(there_s)
        vendor = self._vendor
        operation = vendor.operation(request)
        if operation is None:
            return vendor.unknown_door(request)
        by = vendor.caller(request)
        if by is None:
            call = self._begin("unknown", operation)
            return await self._answered(call, vendor.unauthorised(request), link, back_s)
        call = self._begin(by, operation)
        if self._outage is not None:
            call.fault = FaultKind.OUTAGE
            return await self._answered(call, vendor.failing(self._outage), link, back_s)
        windows = vendor.windows(request, operation, by)
        refusal = vendor.limits.admit(self._clock.now(), windows, ours=by == OURS)
        if refusal is not None:
            call.throttled_by = refusal.window
            call.caused_by_us = refusal.caused_by_us
            answer = vendor.throttled(request, operation, refusal)
            return await self._answered(call, answer, link, back_s)
        return await self._act(request, operation, call, link, back_s)

    def _begin(self, by: str, operation: Operation) -> Call:
        return self._vendor.truth.begin(
            by, operation.name, effectful=operation.effectful, members=operation.members
        )

    async def _act(
        self, request: Request, operation: Operation, call: Call, link: Link, back_s: float
    ) -> Answer:
        vendor = self._vendor
        kinds = BEFORE_EFFECT if operation.has_rows else BEFORE_EFFECT - BATCH
        fault = self._strike(kinds, operation) if call.by == OURS else None
        if fault is not None:
            call.fault = fault.kind
            early = await self._before_effect(request, operation, call, fault, link)
            if early is not None:
                return await self._answered(call, early, link, back_s)
        answer = vendor.perform(request, call, fault)
        if fault is not None and fault.kind is FaultKind.SLOW_ANSWER:
            await asyncio.sleep(fault.delay_s)
        if call.effects and call.by == OURS:
            after = self._strike(AFTER_EFFECT, operation)
            if after is not None:
                call.fault = after.kind
                answer = await self._after_effect(call, after, link)
        return await self._answered(call, answer, link, back_s)

    def _strike(self, kinds: frozenset[FaultKind], operation: Operation) -> Fault | None:
        return self._vendor.faults.strike(
            kinds, operation.name, effectful=operation.effectful, members=operation.members
        )

    async def _before_effect(
        self, request: Request, operation: Operation, call: Call, fault: Fault, link: Link
    ) -> Answer | None:
        """Make the fault happen. None: go on to the effect."""
        truth = self._vendor.truth
        match fault.kind:
            case FaultKind.CUT_BEFORE_EFFECT:
                truth.end(call, Ending.WITHHELD)
                raise Cut
            case FaultKind.HALF_OPEN:
                truth.end(call, Ending.WITHHELD)
                await link.wait_until_gone(HANG_S)
                raise Cut
            case FaultKind.LATE_EFFECT:
                await asyncio.sleep(fault.delay_s)
                return None
            case FaultKind.ERROR:
                call.error = fault.error
                call.unclear = fault.error in UNCLEAR_ERRORS
                return self._vendor.failing(fault)
            case FaultKind.THROTTLED:
                call.throttled_by = "fault"
                refusal = Refusal("fault", 1.0, caused_by_us=False)
                return self._vendor.throttled(request, operation, refusal)
            case _:
                return None

    async def _after_effect(self, call: Call, fault: Fault, link: Link) -> Answer:
        if fault.kind is FaultKind.COMMIT_THEN_ERROR:
            call.error = fault.error
            call.unclear = True
            return self._vendor.failing(fault)
        self._vendor.truth.end(call, Ending.WITHHELD)
        if fault.kind is FaultKind.COMMIT_THEN_HANG:
            await link.wait_until_gone(HANG_S)
        raise Cut

    async def _answered(self, call: Call, answer: Answer, link: Link, back_s: float) -> Answer:
        await asyncio.sleep(back_s)
        call.status = answer.status
        call.unclear = call.unclear or answer.status >= 500
        self._vendor.truth.end(call, Ending.LEFT if link.is_gone() else Ending.ANSWERED)
        return answer
