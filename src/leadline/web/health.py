"""Health that means it: alive is the process, ready is all that an answer of 200 needs."""

from __future__ import annotations

from dataclasses import dataclass

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from leadline.errors import LeadlineError
from leadline.runtime.ingest.intake import Intake
from leadline.store.migrate import pending
from leadline.store.pool import Store
from leadline.web import answers

READY_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class _Health:
    store: Store
    intake: Intake

    async def alive(self, request: Request) -> Response:
        del request
        return Response(b'{"alive": true}', media_type=answers.JSON)

    async def ready(self, request: Request) -> Response:
        del request
        try:
            with anyio.fail_after(READY_TIMEOUT_S):
                why_not = await self.why_not_ready()
        except TimeoutError:
            why_not = f"The database did not answer within {READY_TIMEOUT_S:.0f} s. See its load."
        except LeadlineError as error:
            why_not = str(error)
        if why_not is not None:
            return answers.error(503, "not-ready", why_not)
        return Response(b'{"ready": true}', media_type=answers.JSON)

    async def why_not_ready(self) -> str | None:
        if not self.intake.is_open():
            return "Events are not taken in at this moment. Wait until the server has started."
        async with self.store.connection() as conn:
            missing = await pending(conn)
        if missing:
            return f"The database lacks {len(missing)} migrations. Run leadline db migrate."
        return None


def routes(store: Store, intake: Intake) -> list[Route]:
    """Return the addresses that a supervisor or load balancer asks."""
    health = _Health(store, intake)
    return [Route("/healthz", health.alive), Route("/readyz", health.ready)]
