"""Webhooks of outside systems: handed on as raw bytes, verified by their connector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from leadline.errors import LeadlineError
from leadline.runtime.ingest.hook import Hook, HookAnswer, ReceiveHook
from leadline.web import answers
from leadline.web.reading import READ_TIMEOUT_S, Buffers, Overloaded, Refusal, read_capped

# SNS sends 256 KB at most, HubSpot 100 small events; nobody has been seen to send more.
HOOK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Endpoint:
    receive_hook: ReceiveHook
    buffers: Buffers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with self.buffers.hold() as take:
                answer = await self.answer(Request(scope, receive), take)
        except ClientDisconnect:
            return  # it comes again
        await answer(scope, receive, send)

    async def answer(self, request: Request, take: Callable[[int], None]) -> ASGIApp:
        try:
            body = await read_capped(request, HOOK_BYTES, take)
        except Overloaded as error:
            return Refusal(answers.error(429, "overloaded", str(error), {"retry-after": "1"}))
        except TimeoutError:
            slow = f"The body did not arrive within {READ_TIMEOUT_S} s. Send it again."
            return Refusal(answers.error(408, "slow-body", slow))
        if body is None:
            large = f"The body has more than {HOOK_BYTES:,} bytes. Send less at once."
            return Refusal(answers.error(413, "hook-too-large", large))
        connection = str(request.path_params["connection"])
        headers = dict(request.headers.items())
        hook = Hook(connection, body, headers, dict(request.query_params.items()))
        try:
            return _answer(await self.receive_hook(hook), connection)
        except LeadlineError as error:  # ours to mend; the sender is to come again
            return answers.error(503, "not-stored", str(error), {"retry-after": "5"})


def routes(receive_hook: ReceiveHook) -> list[Route]:
    """Return the address of webhooks."""
    return [Route("/v1/hooks/{connection}", _Endpoint(receive_hook, Buffers()), methods=["POST"])]


def _answer(answer: HookAnswer, connection: str) -> Response:
    match answer:
        case HookAnswer.TAKEN:
            return answers.success()
        case HookAnswer.UNKNOWN_CONNECTION:
            unknown = (
                f'No connection "{connection[:40]}" takes webhooks here. Compare the address '
                "with the files in systems/."
            )
            return answers.error(404, "unknown-connection", unknown)
        case HookAnswer.NOT_GENUINE:
            wrong = (
                "The signature does not fit the body, or is too old. Compare the signing "
                "secret of the connection with the sender's."
            )
            return answers.error(401, "not-genuine", wrong)
        case HookAnswer.UNREADABLE:
            wrong = f'The body is not what "{connection[:40]}" sends. See its documentation.'
            return answers.error(400, "unreadable-hook", wrong)
        case _:
            assert_never(answer)
