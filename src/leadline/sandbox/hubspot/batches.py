"""Batches: up to 100 rows, and what becomes of the others when one is bad.

HubSpot answers 207 with the bad rows named by their ``objectWriteTraceId`` only when every row
carries one; otherwise one bad row refuses all, and the message names the first only. A batch is
checked as a whole before anything is written.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from leadline.sandbox.control import json_answer
from leadline.sandbox.faults import Fault, FaultKind, Faults
from leadline.sandbox.hubspot.answers import Refused, Wrong, invalid, row_error
from leadline.sandbox.hubspot.contacts import Contact, Contacts, normal
from leadline.sandbox.listener import Answer
from leadline.sandbox.timing import iso
from leadline.sandbox.truth import Call, Truth

MAX_ROWS = 100
Verb = Literal["create", "update", "upsert", "archive"]
DEFAULT_PROPERTIES = ("email", "firstname", "lastname")
ALWAYS_SHOWN = ("createdate", "hs_object_id", "lastmodifieddate")


@dataclass(frozen=True, slots=True)
class Row:
    """One input of a batch. A value of None was null: it changes nothing."""

    id: str
    id_property: str | None
    properties: dict[str, str]
    trace_id: str | None

    def identity(self) -> str:
        """What stays the same when the row is sent again."""
        return self.id or self.properties.get("email", "") or (self.trace_id or "")


@dataclass(frozen=True, slots=True)
class Plan:
    """A row with what it will write to: a contact, a new one, or nothing."""

    row: Row
    contact: Contact | None
    wrong: Wrong | None
    nothing: bool = False


@dataclass(slots=True)
class Writing:
    """The writing half of one account."""

    contacts: Contacts
    truth: Truth
    faults: Faults
    now: Callable[[], float]
    partial: frozenset[str]
    """The verbs that may answer 207."""
    draw: random.Random
    _bad_for_ever: set[str] = field(default_factory=set[str])

    def batch(self, verb: Verb, rows: list[Row], call: Call, fault: Fault | None) -> Answer:
        """Write a batch. Raises Refused where it is refused as a whole."""
        started = self.now()
        self._refuse_twins(verb, rows)
        claimed: dict[tuple[str, str], str] = {}
        plans = [self._plan(verb, row, claimed, i) for i, row in enumerate(rows)]
        plans = self._spoil(plans, fault)
        bad = [plan for plan in plans if plan.wrong is not None]
        traced = all(row.trace_id for row in rows)
        whole = fault is not None and fault.kind is FaultKind.REFUSE_WHOLE
        if bad and (verb not in self.partial or not traced or whole):
            assert bad[0].wrong is not None
            raise Refused(bad[0].wrong)
        results = [self._apply(verb, plan, call) for plan in plans if plan.wrong is None]
        shown = [result for result in results if result is not None]
        self.draw.shuffle(shown)
        errors = [
            row_error(plan.wrong, plan.row.trace_id or "") for plan in bad if plan.wrong is not None
        ]
        return batch_answer(verb, shown, errors, started, self.now())

    def single(
        self, verb: Verb, row: Row, call: Call, fault: Fault | None
    ) -> dict[str, JsonValue] | None:
        """Write one record; its JSON. Raises Refused."""
        plan = self._plan(verb, row, {}, 0)
        if plan.nothing:
            raise Refused(Wrong(404, "OBJECT_NOT_FOUND", "resource not found"))
        plan = self._spoil([plan], fault)[0]
        if plan.wrong is not None:
            raise Refused(plan.wrong)
        return self._apply(verb, plan, call)

    def _refuse_twins(self, verb: Verb, rows: list[Row]) -> None:
        if verb == "create":
            return
        seen: set[str] = set()
        for row in rows:
            found = self._find(row)
            named = normal(row.id_property or "", row.id)
            identity = found.id if found is not None else f"{row.id_property}={named}"
            if identity in seen:
                raise Refused(
                    invalid(f"Duplicate IDs found in batch input: [{row.id}]. IDs must be unique")
                )
            seen.add(identity)

    def _find(self, row: Row) -> Contact | None:
        if row.id_property in (None, "", "hs_object_id"):
            return self.contacts.get(row.id)
        return self.contacts.find(str(row.id_property), row.id)

    def _plan(self, verb: Verb, row: Row, claimed: dict[tuple[str, str], str], number: int) -> Plan:
        if verb == "archive":
            found = self._find(row)
            return Plan(row, found, None, nothing=found is None)
        wanted = dict(row.properties)
        contact = None if verb == "create" else self._find(row)
        if contact is None and verb == "update":
            return Plan(row, None, None, nothing=True)  # silently matched to nothing
        if verb == "upsert" and row.id_property:
            wanted.setdefault(row.id_property, row.id)
            row = Row(row.id, row.id_property, wanted, row.trace_id)
        wrong = self.contacts.problem(wanted, contact, claimed)
        if wrong is None and row.identity() in self._bad_for_ever:
            wrong = _spoiled(row)
        if wrong is None:
            holder = contact.id if contact is not None else f"row {number + 1} of this batch"
            claimed.update(dict.fromkeys(self.contacts.unique_keys(wanted), holder))
        return Plan(row, contact, wrong)

    def _spoil(self, plans: list[Plan], fault: Fault | None) -> list[Plan]:
        kinds = (FaultKind.REFUSE_WHOLE, FaultKind.REFUSE_PART)
        if fault is None or fault.kind not in kinds:
            return plans
        chosen = self.faults.chosen_row(fault, len(plans))
        row = plans[chosen].row
        if fault.stays:
            self._bad_for_ever.add(row.identity())
        spoiled = Plan(row, plans[chosen].contact, _spoiled(row))
        return [*plans[:chosen], spoiled, *plans[chosen + 1 :]]

    def _apply(self, verb: Verb, plan: Plan, call: Call) -> dict[str, JsonValue] | None:
        if plan.nothing:
            return None
        now, contact, key = self.now(), plan.contact, plan.row.trace_id
        if verb == "archive":
            assert contact is not None
            self.contacts.archive(contact, now)
            self.truth.effect(call, "contact.archived", contact.id, key, {})
            return None
        new = contact is None
        if contact is None:
            contact, stored = self.contacts.create(plan.row.properties, now)
        else:
            stored = self.contacts.write(contact, plan.row.properties, now)
        what = "contact.created" if new else "contact.updated"
        values: dict[str, JsonValue] = dict(stored)
        self.truth.effect(call, what, contact.id, key, values)
        shown = record_json(contact, tuple(contact.properties))
        if verb == "upsert":
            shown["new"] = new
        if key is not None:
            shown["objectWriteTraceId"] = key
        return shown


def _spoiled(row: Row) -> Wrong:
    name = row.identity()
    return invalid(f"Property values were not valid for {name}.", "VALIDATION_RULE", row=name)


def record_json(contact: Contact, names: tuple[str, ...]) -> dict[str, JsonValue]:
    """A record as the API shows it: the asked properties, absent ones as null."""
    shown: dict[str, JsonValue] = {
        name: contact.properties.get(name) for name in (*ALWAYS_SHOWN, *names)
    }
    return {
        "id": contact.id,
        "properties": shown,
        "createdAt": iso(contact.created_at),
        "updatedAt": iso(contact.updated_at),
        "archived": contact.archived,
    }


def batch_answer(
    verb: str,
    results: list[dict[str, JsonValue]],
    errors: list[dict[str, JsonValue]],
    started: float,
    completed: float,
) -> Answer:
    """The body of a batch: 201 for a create, 204 for an archive, 207 where rows failed."""
    if verb == "archive":
        return Answer(204)
    body: dict[str, JsonValue] = {
        "status": "COMPLETE",
        "results": list[JsonValue](results),
        "startedAt": iso(started),
        "completedAt": iso(completed),
    }
    if errors:
        body["numErrors"] = len(errors)
        body["errors"] = list[JsonValue](errors)
        return json_answer(207, body)
    return json_answer(201 if verb == "create" else 200, body)


def read_rows(body: JsonValue) -> list[Row]:
    """The inputs of a batch. Raises Refused for a body that is none, or too long a batch."""
    inputs = body.get("inputs") if isinstance(body, dict) else None
    if not isinstance(inputs, list) or not inputs:
        raise Refused(invalid("Invalid input JSON: inputs must be a list that is not empty."))
    if len(inputs) > MAX_ROWS:
        raise Refused(invalid(f"A batch may have {MAX_ROWS} inputs; this one has {len(inputs)}."))
    return [read_row(entry) for entry in inputs]


def read_row(entry: JsonValue) -> Row:
    """One input. Raises Refused."""
    if not isinstance(entry, dict):
        raise Refused(invalid("Invalid input JSON: an input must be an object."))
    properties = entry.get("properties") or {}
    if not isinstance(properties, dict):
        raise Refused(invalid("Invalid input JSON: properties must be an object."))
    id_property, trace_id = entry.get("idProperty"), entry.get("objectWriteTraceId")
    return Row(
        id=str(entry.get("id") or ""),
        id_property=id_property if isinstance(id_property, str) else None,
        properties=_values(properties),
        trace_id=trace_id if isinstance(trace_id, str) and trace_id else None,
    )


def _values(properties: Mapping[str, JsonValue]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in properties.items():
        if value is None:
            continue
        if isinstance(value, bool):
            found[name] = "true" if value else "false"
        elif isinstance(value, (str, int, float)):
            found[name] = str(value)
        else:
            raise Refused(invalid(f"Invalid input JSON: {name} must be text.", propertyName=name))
    return found
