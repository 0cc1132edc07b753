"""From an intended action to its row in the ledger, and back."""

from __future__ import annotations

from typing import cast

import orjson

from leadline.journey.action import Look, PostMessage, SaveRecord, SendEmail
from leadline.journey.encoding import decode, encode
from leadline.ledger.budget import Lane
from leadline.ledger.key import payload_hash
from leadline.store.advance import EnrollmentRow, NewAction
from leadline.store.work import ActionRow

Called = SendEmail | SaveRecord | PostMessage | Look
"""Actions that a connection carries out."""

OVERWRITTEN_BY = "overwritten by "
"""The reason of a superseded action, followed by the key of the one that says the same later."""

KINDS = {SendEmail: "mail", SaveRecord: "save", PostMessage: "post", Look: "look"}


def new_action(run: EnrollmentRow, action: Called, lane: Lane) -> NewAction:
    """Return the row of an intended action; its work waits for its bundle, if it has one."""
    document = orjson.dumps(encode(action), option=orjson.OPT_SORT_KEYS)
    delay_s = 0.0
    if isinstance(action, PostMessage) and action.bundle is not None:
        delay_s = action.bundle.total_seconds()
    return NewAction(
        bucket=run.bucket,
        enrollment_id=run.id,
        step=action.key.step,
        visit=action.key.visit,
        contact_id=run.contact_id,
        workflow=run.workflow,
        release=run.release,
        kind=KINDS[type(action)],
        connection=action.connection,
        lane=lane,
        record=action.record if isinstance(action, SaveRecord) else None,
        payload=document,
        payload_hash=payload_hash(run.release, document),
        not_after=action.not_after if isinstance(action, SendEmail) else None,
        retry_until=action.retry_until,
        delay_s=delay_s,
    )


def read_action(row: ActionRow) -> Called:
    """Return the intended action of a row."""
    return cast(Called, decode(row.payload))
