"""Writing contacts: looked up, updated by id or created once, halved where a batch is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from leadline.connectors.contract import Effect, RecordWrite
from leadline.connectors.door import Door, Reply
from leadline.connectors.hubspot.answers import Refused, blame, failure
from leadline.connectors.hubspot.look import Record, by_address, by_id, records
from leadline.connectors.hubspot.values import Plan, is_same, plan
from leadline.connectors.hubspot.wire import KEY, Verb, write
from leadline.connectors.replies import as_object, as_objects, as_text
from leadline.ledger.coalesce import Forward
from leadline.ledger.outcome import Accepted, Outcome, Rejected, Unavailable, Unknown


@dataclass(frozen=True, slots=True)
class _Row:
    """One record to write: to the contact ``id``, or to a new one."""

    at: int
    write: RecordWrite
    plan: Plan
    id: str | None

    def body(self) -> dict[str, object]:
        """The row as HubSpot takes it; the trace id names it in a partial failure."""
        found: dict[str, object] = {
            "id": self.id or self.write.own_key,
            "properties": dict(self.plan.sent),
            "objectWriteTraceId": self.write.write_id,
        }
        if self.id is None:
            found["idProperty"] = KEY
            found["properties"] = {"email": self.write.record.strip()} | {
                **self.plan.sent,
                KEY: self.write.own_key,
            }
        return found


@dataclass(slots=True)
class _Writing:
    """What is known so far of one ``perform``."""

    door: Door
    writes: tuple[RecordWrite, ...]
    outcomes: dict[int, Outcome] = field(default_factory=dict[int, Outcome])
    taken: list[int] = field(default_factory=list[int])
    """New contacts whose address turned out to be there: looked up again, once."""
    opened: set[str] = field(default_factory=set[str])
    moved: list[tuple[_Row, str]] = field(default_factory=list[tuple[_Row, str]])
    """Accepted rows with values that only go forward, with their contact's id."""


async def perform(door: Door, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
    """Write records; each batch is one call, and a half of a refused one a call of its own."""
    writing = _Writing(door, cast("tuple[RecordWrite, ...]", effects))
    await _write_all(writing, list(range(len(effects))))
    if writing.taken:
        again, writing.taken = writing.taken, []
        await _write_all(writing, again)
        for i in writing.taken:
            writing.outcomes[i] = Rejected(
                "HubSpot says that the address is taken, and shows no contact that has it", "email"
            )
    await _read_back(writing)
    return tuple(writing.outcomes[i] for i in range(len(effects)))


async def _write_all(writing: _Writing, which: Sequence[int]) -> None:
    writes = writing.writes
    names = {name for i in which for name in writes[i].fields}
    known = await by_address(writing.door, [writes[i].record for i in which], names)
    if not isinstance(known, dict):
        writing.outcomes |= dict.fromkeys(which, known)
        return
    rows = [_row(i, writes[i], known.get(writes[i].record.strip().lower())) for i in which]
    idle = [row for row in rows if row.id is not None and not row.plan.sent]
    for row in idle:
        writing.outcomes[row.at] = Accepted(row.id, None, _detail(row))
    for verb, chosen in (
        ("update", [r for r in rows if r.id is not None and r.plan.sent]),
        ("upsert", [r for r in rows if r.id is None]),
    ):
        for batch in _without_twins(chosen):
            await _write(writing, cast(Verb, verb), batch)


def _row(at: int, write_: RecordWrite, record: Record | None) -> _Row:
    held = record.values if record is not None else None
    return _Row(at, write_, plan(write_.fields, held), record.id if record is not None else None)


def _without_twins(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Batches in which no contact stands twice: two addresses may lead to one contact."""
    batches: list[list[_Row]] = []
    seen: list[set[str]] = []
    for row in rows:
        name = row.id or row.write.own_key
        place = next((i for i, names in enumerate(seen) if name not in names), None)
        if place is None:
            batches.append([])
            seen.append(set())
            place = len(batches) - 1
        batches[place].append(row)
        seen[place].add(name)
    return batches


async def _write(writing: _Writing, verb: Verb, rows: Sequence[_Row]) -> None:
    """Write a batch; where it is refused whole, without the record that is to blame."""
    if not rows:
        return
    answer = await write(
        writing.door, verb, [r.body() for r in rows], [r.write for r in rows], writing.opened
    )
    if isinstance(answer, Reply) and answer.status in {200, 201, 207}:
        for row, refused in _take(writing, rows, answer.fields):
            await _refused(writing, verb, row, refused)
        return
    found = failure(answer)
    if not isinstance(found, Refused):
        writing.outcomes |= {row.at: found for row in rows}
        return
    missing = found.missing_field
    blamed = [r for r in rows if missing is not None and missing in r.plan.sent]
    if blamed:
        reason = f'HubSpot has no contact property "{missing}"'
        writing.outcomes |= {row.at: Rejected(reason, missing) for row in blamed}
        await _write(writing, verb, [r for r in rows if r not in blamed])
    elif len(rows) == 1:
        await _refused(writing, verb, rows[0], found)
    elif found.row:
        middle = len(rows) // 2
        await _write(writing, verb, rows[:middle])
        await _write(writing, verb, rows[middle:])
    else:
        writing.outcomes |= {row.at: Rejected(found.reason, found.field) for row in rows}


async def _refused(writing: _Writing, verb: Verb, row: _Row, found: Refused) -> None:
    """One record was refused by itself."""
    if row.id is None and found.taken:
        writing.taken.append(row.at)
        return
    stage = found.field
    if stage is not None and stage in row.plan.moves:
        write_ = row.write.fields.get(stage)
        if isinstance(write_, Forward):
            # Somebody moved it further since it was read: the other values still count.
            sent = {k: v for k, v in row.plan.sent.items() if k != stage}
            moves = {k: v for k, v in row.plan.moves.items() if k != stage}
            notes = (*row.plan.notes, f"{stage} did not move: {found.reason}")
            smaller = replace(row, plan=Plan(sent, moves, notes))
            if sent:
                await _write(writing, verb, [smaller])
            else:
                writing.outcomes[row.at] = Accepted(row.id, None, _detail(smaller))
            return
    writing.outcomes[row.at] = Rejected(found.reason, found.field)


def _take(
    writing: _Writing, rows: Sequence[_Row], fields: Mapping[str, object]
) -> list[tuple[_Row, Refused]]:
    """Match results to rows by trace id, else by what identifies them; never by position.

    Return the rows that were refused.
    """
    refused: list[tuple[_Row, Refused]] = []
    shown = records(fields)
    by_trace = {r.trace_id: r for r in shown if r.trace_id is not None}
    by_name = {name: r for r in shown for name in (r.id, r.values.get(KEY), *r.addresses()) if name}
    wrong = _errors(fields)
    for row in rows:
        trace_id, address = row.write.write_id, row.write.record.strip().lower()
        record = by_trace.get(trace_id)
        if record is None:
            name = row.id or row.write.own_key
            record = by_name.get(name) or (by_name.get(address) if row.id is None else None)
        if record is not None:
            writing.outcomes[row.at] = Accepted(record.id, record.updated_at, _detail(row))
            if row.plan.moves:
                writing.moved.append((row, record.id))
        elif trace_id in wrong:
            refused.append((row, _row_refusal(wrong[trace_id])))
        elif row.id is not None:
            # Updating an id that is not there changes nothing, and says so by silence.
            writing.outcomes[row.at] = Unavailable("the contact was deleted or merged meanwhile")
        else:
            writing.outcomes[row.at] = Unknown("HubSpot's answer does not speak of this record")
    return refused


def _errors(fields: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    found: dict[str, Mapping[str, object]] = {}
    for error in as_objects(fields.get("errors")):
        traces = as_object(error.get("context")).get("objectWriteTraceId")
        for trace in cast("list[object]", traces) if isinstance(traces, list) else [traces]:
            if isinstance(trace, str):
                found[trace] = error
    return found


def _row_refusal(error: Mapping[str, object]) -> Refused:
    message = as_text(error.get("message")) or as_text(error.get("category")) or "no reason given"
    field, code = blame({"errors": [error]})
    return Refused(400, f"HubSpot refused it: {message[:300]}", field, code)


async def _read_back(writing: _Writing) -> None:
    """See which of the values that only go forward did move: HubSpot may keep its own."""
    if not writing.moved:
        return
    names = {name for row, _ in writing.moved for name in row.plan.moves}
    ids = list(dict.fromkeys(i for _, i in writing.moved))
    found = await by_id(writing.door, ids, names)
    for row, record_id in writing.moved:
        outcome = writing.outcomes[row.at]
        assert isinstance(outcome, Accepted)
        if not isinstance(found, dict):
            notes = [f"whether {', '.join(row.plan.moves)} moved could not be read back"]
        else:
            record = found.get(record_id)
            held: Mapping[str, str | None] = record.values if record is not None else {}
            notes = [
                f'{name} did not move: HubSpot kept "{held.get(name) or ""}"'
                for name, value in row.plan.moves.items()
                if not is_same(value, held.get(name))
            ]
        detail = "; ".join([*row.plan.notes, *notes])
        writing.outcomes[row.at] = replace(outcome, detail=detail or None)


def _detail(row: _Row) -> str | None:
    return "; ".join(row.plan.notes) or None
