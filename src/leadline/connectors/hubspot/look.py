"""Reading contacts by id or address: what stands there, and what became of a write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from leadline.connectors.contract import Effect, PastCall, RecordWrite
from leadline.connectors.door import Door, Reply
from leadline.connectors.hubspot.answers import of_read
from leadline.connectors.hubspot.values import STAGE, as_sent, is_further, is_same
from leadline.connectors.hubspot.wire import CONTACTS, MOST_RECORDS, read
from leadline.connectors.replies import as_object, as_objects, as_text
from leadline.ledger.coalesce import AddTo, Clear, FieldWrite, Forward, IfEmpty, Increment, SetTo
from leadline.ledger.outcome import Absent, Accepted, Outcome, Unknown, Verdict

ADDRESSES = ("email", "hs_additional_emails")


@dataclass(frozen=True, slots=True)
class Record:
    """A contact as HubSpot shows it; ``updated_at`` by its clock."""

    id: str
    values: Mapping[str, str | None]
    updated_at: datetime | None
    trace_id: str | None = None

    def addresses(self) -> set[str]:
        """Every address by which it is found, in lower case."""
        more = (self.values.get("hs_additional_emails") or "").split(";")
        return {a.strip().lower() for a in (self.values.get("email") or "", *more) if a.strip()}


def records(fields: Mapping[str, object]) -> tuple[Record, ...]:
    """The contacts of an answer."""
    return tuple(_record(one) for one in as_objects(fields.get("results")))


def _record(shown: Mapping[str, object]) -> Record:
    values = {k: as_text(v) for k, v in as_object(shown.get("properties")).items()}
    return Record(
        as_text(shown.get("id")) or "",
        values,
        moment(shown.get("updatedAt")),
        as_text(shown.get("objectWriteTraceId")),
    )


def moment(value: object) -> datetime | None:
    """A time as HubSpot writes it."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


async def by_address(
    door: Door, addresses: Sequence[str], names: Iterable[str]
) -> dict[str, Record] | Outcome:
    """The contacts that have these addresses, by lower-case address; those missing are left out.

    A batch read sees every write at once; a search would not (vendors.md, "read lag").
    """
    wanted = list(dict.fromkeys(a.strip().lower() for a in addresses))
    found: dict[str, Record] = {}
    for start in range(0, len(wanted), MOST_RECORDS):
        body = {
            "idProperty": "email",
            "properties": sorted({*names, *ADDRESSES}),
            "inputs": [{"id": a} for a in wanted[start : start + MOST_RECORDS]],
        }
        answer = await read(door, f"{CONTACTS}/batch/read", body)
        if not isinstance(answer, Reply) or answer.status not in {200, 207}:
            return of_read(answer)
        for record in records(answer.fields):
            found |= {a: record for a in record.addresses() if a in wanted}
    return found


async def by_id(
    door: Door, ids: Sequence[str], names: Iterable[str]
) -> dict[str, Record] | Outcome:
    """The contacts with these record ids; the id of a merged one leads to the survivor."""
    body = {"properties": sorted({*names, "email"}), "inputs": [{"id": i} for i in ids]}
    answer = await read(door, f"{CONTACTS}/batch/read", body)
    if not isinstance(answer, Reply) or answer.status not in {200, 207}:
        return of_read(answer)
    return {record.id: record for record in records(answer.fields)}


async def verify(
    door: Door, effects: tuple[Effect, ...], past: tuple[PastCall, ...]
) -> tuple[Verdict, ...]:
    """Whether the records show what was to be written."""
    del past
    writes = cast("tuple[RecordWrite, ...]", effects)
    names = {name for write in writes for name in write.fields}
    found = await by_address(door, [w.record for w in writes], names)
    if not isinstance(found, dict):
        return tuple(found for _ in writes)
    return tuple(_verdict(w, found.get(w.record.strip().lower())) for w in writes)


def _verdict(write: RecordWrite, record: Record | None) -> Verdict:
    if record is None:
        return Absent("HubSpot has no such contact")
    if any(isinstance(one, Increment) for one in write.fields.values()):
        return Unknown("whether a number was already increased cannot be seen")
    differing = [
        name for name, one in write.fields.items() if not _shows(name, one, record.values.get(name))
    ]
    if differing:
        return Absent(f"the contact does not show {', '.join(sorted(differing))} as written")
    return Accepted(record.id, record.updated_at, "the contact shows what was written")


def _shows(name: str, write: FieldWrite, held: str | None) -> bool:
    now = held or ""
    match write:
        case SetTo(value=value):
            return is_same(as_sent(value), now) or (
                name == STAGE and is_further(name, now, as_sent(value), ())
            )
        case Clear():
            return now == ""
        case IfEmpty():
            return now != ""
        case Forward(value=value, order=order):
            return is_same(value, now) or is_further(name, now, value, order)
        case AddTo(values=values):
            return {as_sent(v) for v in values} <= set(now.split(";"))
        case Increment():
            return False


async def has_seen(door: Door, record_id: str, since: datetime) -> bool:
    """Whether a contact was changed at or after a moment of HubSpot's own clock."""
    answer = await read(door, f"{CONTACTS}/{record_id}", params={"properties": "email"})
    if not isinstance(answer, Reply) or answer.status != 200:
        return False
    updated = moment(answer.fields.get("updatedAt"))
    return updated is not None and updated >= since
