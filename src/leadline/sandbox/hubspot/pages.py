"""What each door of HubSpot does: reading, searching, writing, the account's own pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from leadline.sandbox.control import json_answer, read_json
from leadline.sandbox.faults import Fault
from leadline.sandbox.hubspot.answers import Refused, Wrong, error_body, invalid, status_answer
from leadline.sandbox.hubspot.batches import (
    DEFAULT_PROPERTIES,
    Row,
    Writing,
    batch_answer,
    read_row,
    read_rows,
    record_json,
)
from leadline.sandbox.hubspot.contacts import Contacts
from leadline.sandbox.hubspot.doors import Door
from leadline.sandbox.hubspot.properties import read_definition
from leadline.sandbox.hubspot.quota import Quota
from leadline.sandbox.hubspot.search import matching, page_of
from leadline.sandbox.listener import Answer, Request
from leadline.sandbox.timing import iso
from leadline.sandbox.truth import Call, Truth


@dataclass(frozen=True, slots=True)
class Pages:
    """The doors of one account, behind authentication and limits."""

    contacts: Contacts
    writing: Writing
    truth: Truth
    quota: Quota
    now: Callable[[], float]

    def answer(self, door: Door, request: Request, call: Call, fault: Fault | None) -> Answer:
        """Do what the door is for. Raises Refused."""
        name, parts = door.name, door.parts
        match name:
            case "contacts.batch":
                return self._write_batch(parts["verb"], request, call, fault)
            case "contacts.batch.read":
                return self._read_batch(_json(request))
            case "contacts.create" | "contacts.update" | "contacts.archive":
                verb = name.partition(".")[2]
                return self._write_one(verb, parts.get("id", ""), request, call, fault)
            case "contacts.get":
                return self._get(parts["id"], request.query)
            case "contacts.list":
                return self._list(request.query)
            case "contacts.search":
                return self._search(_json(request))
            case "contacts.merge":
                return self._merge(_json(request), call)
            case "properties.list" | "properties.get":
                return self._properties(parts.get("id"))
            case "properties.create":
                made = read_definition(_json(request), self.contacts.definitions)
                self.contacts.definitions[made.name] = made
                self.truth.effect(call, "property.created", made.name, None, {"type": made.type})
                return json_answer(201, made.as_json())
            case _:
                return self._account(name)

    def _write_batch(self, verb: str, request: Request, call: Call, fault: Fault | None) -> Answer:
        rows = read_rows(_json(request))
        for row in rows:
            self._check_id_property(verb, row)
        match verb:
            case "create" | "update" | "upsert" | "archive":
                return self.writing.batch(verb, rows, call, fault)
            case _:
                return status_answer(404)

    def _check_id_property(self, verb: str, row: Row) -> None:
        name = row.id_property
        if verb == "upsert" and not (name and row.id):
            raise Refused(invalid("Each input of an upsert needs id and idProperty."))
        if not name or name == "hs_object_id" or verb == "create":
            return
        # Contacts cannot be updated in a batch by email, only upserted (hubspot-api-nodejs#548).
        if not self.contacts.is_unique(name) or (verb == "update" and name == "email"):
            raise Refused(
                invalid(f"Unable to perform update/upsert by non-unique 0-1 property {name}")
            )

    def _write_one(
        self, verb: str, record_id: str, request: Request, call: Call, fault: Fault | None
    ) -> Answer:
        if verb == "archive":
            self.writing.single("archive", Row(record_id, None, {}, None), call, fault)
            return Answer(204)
        row = read_row(_json(request))
        if verb == "create":
            made = self.writing.single("create", row, call, fault)
            return json_answer(201, made)
        by = request.query.get("idProperty")
        row = Row(record_id, by, row.properties, row.trace_id)
        return json_answer(200, self.writing.single("update", row, call, fault))

    def _get(self, record_id: str, query: Mapping[str, str]) -> Answer:
        by = query.get("idProperty")
        found = self.contacts.find(by, record_id) if by else self.contacts.get(record_id)
        if found is None:
            return status_answer(404)
        return json_answer(200, record_json(found, _names(query.get("properties"))))

    def _list(self, query: Mapping[str, str]) -> Answer:
        after, limit = _whole(query, "after", 0), min(_whole(query, "limit", 10), 100)
        found = [c for c in self.contacts.all() if int(c.id) > after]
        names = _names(query.get("properties"))
        body: dict[str, JsonValue] = {"results": [record_json(c, names) for c in found[:limit]]}
        if len(found) > limit:
            body["paging"] = {"next": {"after": found[limit - 1].id, "link": ""}}
        return json_answer(200, body)

    def _read_batch(self, body: JsonValue) -> Answer:
        rows, started = read_rows(body), self.now()
        assert isinstance(body, dict)
        by, asked = body.get("idProperty"), body.get("properties")
        names = tuple(str(n) for n in asked) if isinstance(asked, list) else DEFAULT_PROPERTIES
        if isinstance(by, str) and by and not self.contacts.is_unique(by):
            raise Refused(invalid(f"{by} is not a unique property."))
        results: list[dict[str, JsonValue]] = []
        missing: list[JsonValue] = []
        for row in {row.id: row for row in rows}.values():
            wanted = row.id
            found = self.contacts.find(by, wanted) if isinstance(by, str) and by else None
            if not by:
                found = self.contacts.get(wanted)
            if found is None:
                missing.append(wanted)
            else:
                results.append(record_json(found, names))
        self.writing.draw.shuffle(results)
        errors: list[dict[str, JsonValue]] = []
        if missing:
            message = "Could not get some CONTACT objects, they may be deleted or not exist."
            context: JsonValue = {"ids": missing}
            errors.append(error_body(Wrong(404, "OBJECT_NOT_FOUND", message)))
            errors[0]["context"] = context
        return batch_answer("read", results, errors, started, self.now())

    def _search(self, body: JsonValue) -> Answer:
        if not isinstance(body, dict):
            raise Refused(invalid("Invalid input JSON: an object is expected."))
        after, limit = page_of(body)
        seen = self.contacts.as_search_sees(self.now())
        by_id = {contact.id: contact for contact, _ in seen}
        found = matching(body, [(contact.id, view) for contact, view in seen])
        asked = body.get("properties")
        names = tuple(str(n) for n in asked) if isinstance(asked, list) else DEFAULT_PROPERTIES
        results: list[JsonValue] = []
        for record_id, view in found[after : after + limit]:
            shown = record_json(by_id[record_id], ())
            wanted = ("createdate", "hs_object_id", "lastmodifieddate", *names)
            shown["properties"] = {name: view.get(name) for name in wanted}
            shown["updatedAt"] = view["lastmodifieddate"]
            results.append(shown)
        answer: dict[str, JsonValue] = {"total": len(found), "results": results}
        if after + limit < len(found):
            answer["paging"] = {"next": {"after": str(after + limit)}}
        return json_answer(200, answer)

    def _merge(self, body: JsonValue, call: Call) -> Answer:
        given = body if isinstance(body, dict) else {}
        survivor = self.contacts.get(str(given.get("primaryObjectId")))
        loser = self.contacts.get(str(given.get("objectIdToMerge")))
        if survivor is None or loser is None:
            return status_answer(404)
        if survivor is loser:
            raise Refused(invalid("A record cannot be merged with itself."))
        self.contacts.merge(survivor, loser, self.now())
        self.truth.effect(call, "contact.merged", survivor.id, None, {"loser": loser.id})
        return json_answer(200, record_json(survivor, tuple(survivor.properties)))

    def _properties(self, name: str | None) -> Answer:
        definitions = self.contacts.definitions
        if name is None:
            return json_answer(200, {"results": [p.as_json() for p in definitions.values()]})
        if name not in definitions:
            return status_answer(404)
        return json_answer(200, definitions[name].as_json())

    def _account(self, name: str) -> Answer:
        now, day = self.now(), self.quota.day()
        if name == "account.details":
            return json_answer(
                200,
                {"portalId": 1, "timeZone": self.quota.time_zone, "accountType": "STANDARD"},
            )
        usage: dict[str, JsonValue] = {
            "name": "private-apps-api-calls-daily",
            "usageLimit": day.limit,
            "currentUsage": day.used(now),
            "collectedAt": iso(now),
            "fetchStatus": "SUCCESS",
            "resetsAt": iso(day.resets_at(now)),
        }
        return json_answer(200, {"results": [usage]})


def _json(request: Request) -> JsonValue:
    try:
        return read_json(request.body)
    except ValueError as trouble:
        raise Refused(invalid(f"Invalid input JSON: {trouble}")) from None


def _whole(query: Mapping[str, str], name: str, usual: int) -> int:
    text = query.get(name) or str(usual)
    if not (text.isascii() and text.isdigit()):
        raise Refused(invalid(f"{name} must be a whole number."))
    return int(text)


def _names(listed: str | None) -> tuple[str, ...]:
    return tuple(listed.split(",")) if listed else DEFAULT_PROPERTIES
