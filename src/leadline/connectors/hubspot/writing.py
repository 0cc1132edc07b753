"""Writing contacts: read by address, update by record id, create under our own key.

A batch that is refused whole is halved down to the record that is at fault; each half is a call
of its own, whose members are written down before it is sent. A record stands in no batch twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from leadline.connectors.contract import Effect, RecordWrite
from leadline.connectors.door import Door
from leadline.connectors.hubspot import answers, values
from leadline.connectors.hubspot.answers import Row, Wrong
from leadline.connectors.hubspot.calls import (
    CONTACTS,
    KEY_PROPERTY,
    Found,
    ask,
    is_known_by,
    read_by,
    request,
)
from leadline.connectors.replies import Reply
from leadline.ledger.coalesce import Forward
from leadline.ledger.outcome import (
    Accepted,
    Outcome,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
)

Verb = Literal["update", "create"]


@dataclass(frozen=True, slots=True)
class Job:
    """One effect under way. ``conflicted``: its creation was refused, for it exists already."""

    place: int
    effect: RecordWrite
    conflicted: bool = False

    @property
    def address(self) -> str:
        """The address by which its contact is found."""
        return self.effect.record.strip().lower()


@dataclass(frozen=True, slots=True)
class Planned:
    """A job with the record that it changes (None: a new one) and what is sent."""

    job: Job
    record_id: str | None
    plan: values.Plan


@dataclass(frozen=True, slots=True)
class Conflict:
    """The creation was refused, for the contact exists already: nothing was written."""


Stop = Throttled | Unavailable | Unauthorised
"""What one call was told holds for the next as well: no use in making it."""


async def perform(door: Door, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
    """Write up to a batch of contacts; one outcome an effect, in their order."""
    outcomes: dict[int, Outcome] = {}
    waiting: list[Job] = []
    for place, effect in enumerate(effects):
        impossible = _impossible(effect)
        if isinstance(impossible, RecordWrite):
            waiting.append(Job(place, impossible))
        else:
            outcomes[place] = impossible
    writing = _Writing(door)
    while waiting:
        if writing.stop is not None:
            outcomes |= {job.place: writing.stop for job in waiting}
            break
        addresses: set[str] = set()
        now: list[Job] = []
        for job in waiting:
            if job.address not in addresses:
                addresses.add(job.address)
                now.append(job)
        places = {job.place for job in now}
        later = [job for job in waiting if job.place not in places]
        waiting = [*await _round(writing, now, outcomes), *later]
    return tuple(outcomes[place] for place in range(len(effects)))


def _impossible(effect: Effect) -> RecordWrite | Rejected:
    if not isinstance(effect, RecordWrite) or effect.object != "contact":
        return Rejected("HubSpot is given contacts to write, nothing else.")
    if not effect.record.strip():
        return Rejected("A contact without an address cannot be found.", values.EMAIL)
    refused = values.sendable(values.EMAIL, effect.record)
    return refused if isinstance(refused, Rejected) else effect


async def _round(writing: _Writing, jobs: Sequence[Job], outcomes: dict[int, Outcome]) -> list[Job]:
    """Read, update and create once; the jobs that need another round are returned."""
    found = await _read(writing.door, jobs)
    if not isinstance(found, Found):
        outcomes |= {job.place: found for job in jobs}
        return []
    updates: dict[str, Planned] = {}
    creates: list[Planned] = []
    again: list[Job] = []
    for job in jobs:
        row = found.rows.get(job.address)
        if row is not None and row.id in updates:
            again.append(job)
            continue
        planned = found.refused.get(job.address) or _plan(job, row)
        if not isinstance(planned, Planned):
            outcomes[job.place] = planned
        elif row is None:
            creates.append(planned)
        else:
            updates[row.id] = planned
    writing.results.clear()
    await writing.write("update", list(updates.values()))
    await writing.write("create", creates)
    for job in jobs:
        result = writing.results.get(job.place)
        if isinstance(result, Conflict):
            again.append(replace(job, conflicted=True))
        elif result is not None:
            outcomes[job.place] = result
    return again


async def _read(door: Door, jobs: Sequence[Job]) -> Found | Outcome:
    """The contacts that are there, by the address of their job."""
    names = {name for job in jobs for name in values.read_before(job.effect.fields)}
    found = await read_by(door, values.EMAIL, {job.address for job in jobs}, names)
    if not isinstance(found, Found):
        return found
    lost = {j.effect.own_key: j for j in jobs if j.conflicted and j.address not in found.rows}
    if lost:  # ours by its key, though its address was changed since
        by_key = await read_by(door, KEY_PROPERTY, lost, names)
        if not isinstance(by_key, Found):
            return by_key
        found.rows |= {lost[key].address: row for key, row in by_key.rows.items()}
    return found


def _plan(job: Job, row: Row | None) -> Planned | Outcome:
    if row is None and job.conflicted:
        return Unavailable("HubSpot says that the contact exists, and does not show it")
    fields = job.effect.fields
    if row is not None:  # to write an address that it has already would make that its first
        fields = {n: w for n, w in fields.items() if not is_known_by(n, w, row)}
    plan = values.plan(fields, row.properties if row is not None else {})
    if isinstance(plan, Rejected):
        return plan
    if row is None:
        own = {KEY_PROPERTY: job.effect.own_key}
        email = {values.EMAIL: plan.properties.get(values.EMAIL) or job.address}
        sent = {**plan.properties, **email, **own}
        return Planned(job, None, replace(plan, properties=sent))
    if not plan.properties:
        detail = "; ".join(plan.details) or "nothing to change"
        return Accepted(row.id, row.updated_at, detail)
    return Planned(job, row.id, plan)


def _input(planned: Planned) -> dict[str, object]:
    given: dict[str, object] = {
        "properties": dict(planned.plan.properties),
        "objectWriteTraceId": planned.job.effect.write_id,
    }
    return given if planned.record_id is None else {"id": planned.record_id, **given}


@dataclass(slots=True)
class _Writing:
    """The writing of one claim. ``stop`` is what a call was told that holds for all after it.

    ``opened`` are the records that a call of this claim holds already, until the claim is
    settled: a half of a refused batch does not take them a second time.
    """

    door: Door
    opened: set[str] = field(default_factory=set[str])
    results: dict[int, Outcome | Conflict] = field(default_factory=dict[int, "Outcome | Conflict"])
    stop: Stop | None = None

    async def write(self, verb: Verb, plans: Sequence[Planned]) -> None:
        """Send one batch, and parts of it again where it was refused or says too little."""
        if not plans:
            return
        if self.stop is not None:
            self._all(plans, self.stop)
            return
        body = {"inputs": [_input(planned) for planned in plans]}
        effects = [planned.job.effect for planned in plans]
        sent = request(self.door, "POST", f"{CONTACTS}/batch/{verb}", body, effects=effects)
        fresh = tuple(record for record in sent.records if record not in self.opened)
        self.opened.update(fresh)
        reply = await ask(self.door, replace(sent, records=fresh))
        if not isinstance(reply, Reply):
            self.stop = reply if isinstance(reply, Stop) else None
            self._all(plans, reply)
        elif reply.status in answers.REFUSED:
            await self._refused(verb, plans, answers.wrong_of(reply))
        else:
            await self._taken(verb, plans, reply)

    def _all(self, plans: Iterable[Planned], result: Outcome | Conflict) -> None:
        self.results |= {planned.job.place: result for planned in plans}

    async def _refused(self, verb: Verb, plans: Sequence[Planned], wrong: Wrong) -> None:
        """A batch of which nothing was written: go on without the rows that are at fault."""
        if wrong.of_every_row and wrong.blames([KEY_PROPERTY]):
            self.stop = _no_key_property()
            self._all(plans, self.stop)
        elif len(plans) > 1:
            await self._without_blamed(verb, plans, wrong)
        else:
            await self._refused_alone(verb, plans[0], wrong)

    async def _without_blamed(self, verb: Verb, plans: Sequence[Planned], wrong: Wrong) -> None:
        """The batch without the rows that surely are at fault, else in halves."""
        names = {name for planned in plans for name in planned.plan.properties}
        blamed = wrong.blames(sorted(names)) if wrong.of_every_row else None
        faulty = [planned for planned in plans if blamed in planned.plan.properties]
        if not faulty:
            await self._halves(verb, plans)
            return
        self._all(faulty, Rejected(wrong.message, blamed))
        await self.write(verb, [planned for planned in plans if planned not in faulty])

    async def _halves(self, verb: Verb, plans: Sequence[Planned]) -> None:
        middle = len(plans) // 2
        await self.write(verb, plans[:middle])
        await self.write(verb, plans[middle:])

    async def _refused_alone(self, verb: Verb, planned: Planned, wrong: Wrong) -> None:
        if verb == "create" and wrong.conflict:
            self._all([planned], Conflict())
            return
        smaller = _without_stage(planned, wrong.blames(planned.plan.properties))
        if smaller is None:
            self._all([planned], answers.rejected(wrong, planned.plan.properties))
        elif smaller.plan.properties:
            await self.write(verb, [smaller])
        else:
            detail = "; ".join(smaller.plan.details)
            self._all([planned], Accepted(planned.record_id, None, detail))

    async def _taken(self, verb: Verb, plans: Sequence[Planned], reply: Reply) -> None:
        """A batch that was written, all of it or in part."""
        rows = answers.rows_of(reply)
        if rows is None:
            self._all(plans, Unknown("HubSpot's answer is not understood"))
            return
        errors = answers.errors_of(reply)
        by_trace = {wrong.trace_id: wrong for wrong in errors if wrong.trace_id}
        named = _Named.of(rows)
        written: list[tuple[Planned, Row]] = []
        silent: list[Planned] = []
        for planned in plans:
            row, wrong = named.row(planned), by_trace.get(planned.job.effect.write_id)
            if row is not None:
                written.append((planned, row))
            elif wrong is not None:
                await self._refused(verb, [planned], wrong)
            else:
                silent.append(planned)
        self.results |= await _accepted(self.door, written)
        nameless = [wrong for wrong in errors if not wrong.trace_id]
        vanished = verb == "update" and len(rows) <= len(written)
        await self._left_out(verb, silent, nameless, vanished=vanished)

    async def _left_out(
        self, verb: Verb, silent: Sequence[Planned], nameless: Sequence[Wrong], *, vanished: bool
    ) -> None:
        """Rows that the answer does not name; errors that name no row are about some of them.

        ``vanished``: all that the answer names is ours. Where it names others, a contact may
        have been merged into one of them, and the write with it.
        """
        if nameless and len(silent) == 1:
            await self._refused_alone(verb, silent[0], nameless[0])
        elif nameless:  # none of them was written, and which of them is at fault is unsaid
            await self._halves(verb, silent)
        elif vanished:  # HubSpot matches an id that is gone to nothing, silently
            self._all(silent, Unavailable("the contact vanished before it was written"))
        else:
            self._all(silent, Unknown("HubSpot's answer does not name it"))


def _no_key_property() -> Unauthorised:
    return Unauthorised(
        f'HubSpot has no contact property "{KEY_PROPERTY}", by which contacts are created once; '
        'make it with "leadline systems check"'
    )


def _without_stage(planned: Planned, blamed: str | None) -> Planned | None:
    """The same write without a stage that HubSpot would not move back; None: it is another fault.

    Between the reading and the writing somebody moved the contact further.
    """
    write = planned.job.effect.fields.get(blamed) if blamed is not None else None
    if blamed != values.STAGE or not isinstance(write, Forward) or planned.record_id is None:
        return None
    if write.value not in values.STAGES:
        return None  # refused because there is no such stage
    rest = {n: v for n, v in planned.plan.properties.items() if n != blamed}
    said = (*planned.plan.details, f"{blamed} did not move: already further")
    return replace(planned, plan=values.Plan(rest, said))


@dataclass(frozen=True, slots=True)
class _Named:
    """The records of an answer, by everything that they can be known by."""

    by_trace: Mapping[str, Row]
    by_id: Mapping[str, Row]
    by_key: Mapping[str, Row]
    by_email: Mapping[str, Row]

    @staticmethod
    def of(rows: Iterable[Row]) -> _Named:
        """Arrange the records of an answer."""
        listed = list(rows)
        return _Named(
            {row.trace_id: row for row in listed if row.trace_id},
            {row.id: row for row in listed},
            {key: row for row in listed if (key := row.properties.get(KEY_PROPERTY))},
            {e.lower(): row for row in listed if (e := row.properties.get(values.EMAIL))},
        )

    def row(self, planned: Planned) -> Row | None:
        """The record that a write of ours left, never by its position."""
        effect = planned.job.effect
        if effect.write_id in self.by_trace:
            return self.by_trace[effect.write_id]
        if planned.record_id is not None:
            return self.by_id.get(planned.record_id)
        address = planned.plan.properties[values.EMAIL].lower()
        return self.by_key.get(effect.own_key) or self.by_email.get(address)


async def _accepted(door: Door, written: Sequence[tuple[Planned, Row]]) -> dict[int, Accepted]:
    """What was written, with proof of the fields that HubSpot may have left as they were."""
    unseen = {
        row.id
        for planned, row in written
        if any(name not in row.properties for name in _to_prove(planned))
    }
    shown: Mapping[str, Row] = {}
    if unseen:
        names = {name for planned, _ in written for name in _to_prove(planned)}
        read = await read_by(door, None, unseen, names)
        shown = read.rows if isinstance(read, Found) else {}
    return {
        planned.job.place: _proved(planned, row, shown.get(row.id, row)) for planned, row in written
    }


def _to_prove(planned: Planned) -> list[str]:
    """The fields that may go forward only, as we or as HubSpot want it."""
    fields = planned.job.effect.fields
    return [
        name
        for name in planned.plan.properties
        if name == values.STAGE or isinstance(fields.get(name), Forward)
    ]


def _proved(planned: Planned, row: Row, shown: Row) -> Accepted:
    details = list(planned.plan.details)
    for name in _to_prove(planned):
        sent = planned.plan.properties[name]
        if name not in shown.properties:
            details.append(f"{name} could not be read back")
        elif (kept := shown.properties[name] or "") != sent:
            details.append(f'{name} did not move: already further ("{kept}")')
    return Accepted(row.id, row.updated_at, "; ".join(details) or None)
