"""Notify: what people must be told goes out as mail, once a cause and hour.

A notice is marked before it is mailed: a crash in between costs one mail and never sends two.
The notice itself stays in the store, and `leadline status` shows it in any case. Whom the gate
would not let a message go to (`only_to`, suppression) is not mailed a notice either, and the
notice says so. In a sandbox environment the mail goes to the sandbox like every other.
"""

from __future__ import annotations

from uuid_utils.compat import uuid7

from leadline.connectors.contract import Mail
from leadline.ledger import gate as law
from leadline.ledger.budget import Lane
from leadline.runtime.allowance import Budget, ClaimAllowance
from leadline.runtime.link import Link
from leadline.runtime.worker import Worker
from leadline.store import control, gate
from leadline.store.control import ToMail
from leadline.store.pool import Connection, now
from leadline.store.secret_key import keyed_digest

AT_ONCE = 10


async def mail_notices(worker: Worker, link: Link, budget: Budget, epoch: int) -> int:
    """Mail what was not mailed yet, through a connection that sends mail; return how many."""
    if Mail not in link.connector.actions:
        return 0

    async def take(conn: Connection) -> list[ToMail]:
        if gate.stands_still(await gate.pauses(conn), link.name):
            return []
        only_to = worker.only_to
        if only_to is None:
            return []
        going: list[ToMail] = []
        for notice in await control.notices_to_mail(conn, AT_ONCE):
            refusal = await _refusal(conn, worker, link, notice, only_to)
            await control.notice_mailed(conn, notice, refusal)
            if refusal is None:
                going.append(notice)
        return going

    notices = await worker.steps.transaction("take notices", take)
    for notice in notices:
        allowance = ClaimAllowance(
            budget,
            worker.steps,
            worker.name,
            epoch,
            uuid7(),
            Lane.TRANSACTIONAL,
            {},
            budget.clock.now() + link.timing.time_out + link.timing.margin,
        )
        door = worker.open_door(link, allowance)
        mail = _mail(worker, link, notice)
        await worker.steps.call(
            "mail notice", lambda m=mail, d=door: link.connector.perform(d, (m,))
        )
    return len(notices)


async def _refusal(
    conn: Connection, worker: Worker, link: Link, notice: ToMail, only_to: tuple[str, ...]
) -> str | None:
    digest = worker.suppression_digest(notice.recipient)
    verdict = law.admit(
        law.GateRequest(link.name, "", notice.recipient, law.Purpose.TRANSACTIONAL, None),
        law.GateFacts(
            environment=worker.environment,
            only_to=only_to,
            suppressed=(await gate.suppressed(conn, [digest])).get(digest),
        ),
        await now(conn),
    )
    return verdict.reason if isinstance(verdict, law.Refused) else None


def _mail(worker: Worker, link: Link, notice: ToMail) -> Mail:
    sender = link.settings.values["from"]
    domain = sender.rpartition("@")[2].strip(" >")
    name = keyed_digest(
        worker.secret,
        worker.environment,
        "notice",
        notice.cause,
        notice.hour.isoformat(),
        notice.recipient,
    )[:40]
    times = "once" if notice.times == 1 else f"{notice.times} times so far"
    text = (
        f"{notice.sentence}\n\nThis happened {times} since {notice.first_at:%H:%M} UTC. "
        f"You are told at most once an hour.\n\nSee what it is about: leadline status\n"
        f"The dead letters: leadline dead-letters\n"
    )
    return Mail(
        members=(),
        to=notice.recipient,
        from_=sender,
        subject=f"[{worker.environment}] {notice.sentence}"[:150],
        html=None,
        text=text,
        message_id=f"<{name}@{domain}>",
        envid=name,
    )
