"""The contacts of one HubSpot account: one truth, and the view that search has of it.

Reading by id, by email or in a batch sees every write at once; search sees it after a lag
(vendors.md section 1: "a few moments", seen 5 to 10 s, with no upper bound).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from leadline.sandbox.hubspot.answers import Wrong, invalid
from leadline.sandbox.hubspot.properties import (
    LIFECYCLE_STAGES,
    Property,
    hubspot_defined,
    value_problem,
)
from leadline.sandbox.timing import iso

Values = Mapping[str, str]


@dataclass(slots=True)
class Contact:
    """One record. ``views`` are its states with the moment at which search will see each."""

    id: str
    created_at: float
    updated_at: float
    properties: dict[str, str]
    archived: bool = False
    views: list[tuple[float, dict[str, str] | None]] = field(
        default_factory=list[tuple[float, dict[str, str] | None]]
    )


@dataclass(frozen=True, slots=True)
class SearchLag:
    """How far search trails: log-normal, with a long tail. 0 makes it fresh."""

    median_s: float = 4.0
    sigma: float = 0.6


@dataclass(slots=True)
class Contacts:
    """All contacts of the account, with an index for each unique property."""

    lag: SearchLag
    seed: int
    refuse_backward_stage: bool = False
    required: tuple[str, ...] = ()
    """Properties that a rule of the account asks of every new contact (since 2026-09)."""
    definitions: dict[str, Property] = field(default_factory=hubspot_defined)
    _by_id: dict[str, Contact] = field(default_factory=dict[str, Contact])
    _by_value: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    _merged: dict[str, str] = field(default_factory=dict[str, str])
    _next_id: int = 101
    _draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._draw = random.Random(f"search lag:{self.seed}")  # noqa: S311  (a repeatable draw)

    def get(self, record_id: str) -> Contact | None:
        """By record id; the id of a merged contact leads to the survivor."""
        found = self._by_id.get(self._merged.get(record_id, record_id))
        return None if found is None or found.archived else found

    def find(self, name: str, value: str) -> Contact | None:
        """By a unique property; an email may also be an additional one."""
        found = self._by_value.get((name, normal(name, value)))
        return None if found is None else self.get(found)

    def all(self) -> Iterator[Contact]:
        """Every contact that is not archived, in order of creation."""
        return (c for c in self._by_id.values() if not c.archived)

    def is_unique(self, name: str) -> bool:
        """Whether records can be addressed by this property."""
        definition = self.definitions.get(name)
        return definition is not None and definition.unique

    def problem(
        self, wanted: Values, contact: Contact | None, claimed: Mapping[tuple[str, str], str]
    ) -> Wrong | None:
        """Why these values cannot be written to the contact (None: to a new one).

        ``claimed`` are unique values that earlier rows of the same batch will take.
        """
        for name, value in wanted.items():
            wrong = value_problem(name, self.definitions.get(name), value)
            if wrong is not None:
                return wrong
            if value and self.is_unique(name):
                key = (name, normal(name, value))
                holder = claimed.get(key) or self._by_value.get(key)
                if holder is not None and (contact is None or holder != contact.id):
                    return _taken(name, value, holder)
        missing = [n for n in self.required if contact is None and not wanted.get(n)]
        if missing:
            message = f"A required property was not set: {missing[0]}"
            return invalid(message, "REQUIRED_PROPERTY", propertyName=missing[0])
        if contact is not None and self.refuse_backward_stage and self._goes_back(wanted, contact):
            message = "Lifecycle stage can only move forward; clear it first."
            return invalid(message, "INVALID_LIFECYCLE_STAGE", propertyName="lifecyclestage")
        return None

    def unique_keys(self, wanted: Values) -> list[tuple[str, str]]:
        """The unique values that a write would take."""
        return [(n, normal(n, v)) for n, v in wanted.items() if v and self.is_unique(n)]

    def create(self, wanted: Values, now: float) -> tuple[Contact, dict[str, str]]:
        """A new contact, and what was stored."""
        contact = Contact(str(self._next_id), now, now, {})
        self._next_id += 1
        contact.properties["hs_object_id"] = contact.id
        contact.properties["createdate"] = iso(now)
        self._by_id[contact.id] = contact
        return contact, self.write(contact, wanted, now)

    def write(self, contact: Contact, wanted: Values, now: float) -> dict[str, str]:
        """Store values; what was stored. A stage that goes back is left out silently."""
        stored = {name: stored_form(name, value) for name, value in wanted.items()}
        if self._goes_back(stored, contact):
            del stored["lifecyclestage"]
        for name, value in stored.items():
            self._index(contact, name, value)
            if value == "":
                contact.properties.pop(name, None)
            else:
                contact.properties[name] = value
        self._touch(contact, now, gone=False)
        return stored

    def archive(self, contact: Contact, now: float) -> None:
        """Take a contact away; its unique values are free again."""
        contact.archived = True
        for key in [k for k, holder in self._by_value.items() if holder == contact.id]:
            del self._by_value[key]
        self._touch(contact, now, gone=True)

    def merge(self, survivor: Contact, loser: Contact, now: float) -> None:
        """Make one of two. The loser's id and email lead to the survivor from now on."""
        email = loser.properties.get("email")
        filled = {**loser.properties, **survivor.properties}
        self.archive(loser, now)
        self._merged[loser.id] = survivor.id
        survivor.properties.update(filled)
        if email is not None:
            self._by_value[("email", email)] = survivor.id
            more = survivor.properties.get("hs_additional_emails")
            survivor.properties["hs_additional_emails"] = f"{more};{email}" if more else email
        self._touch(survivor, now, gone=False)

    def as_search_sees(self, now: float) -> list[tuple[Contact, dict[str, str]]]:
        """Each contact in the state that search knows by now."""
        seen: list[tuple[Contact, dict[str, str]]] = []
        for contact in self._by_id.values():
            due = [i for i, (at, _) in enumerate(contact.views) if at <= now]
            if not due:
                continue
            del contact.views[: due[-1]]  # what a newer visible state replaced
            view = contact.views[0][1]
            if view is not None:
                seen.append((contact, view))
        return seen

    def _goes_back(self, wanted: Values, contact: Contact) -> bool:
        stage, held = wanted.get("lifecyclestage"), contact.properties.get("lifecyclestage")
        if not stage or not held or stage not in LIFECYCLE_STAGES:
            return False
        return LIFECYCLE_STAGES.index(stage) < LIFECYCLE_STAGES.index(held)

    def _index(self, contact: Contact, name: str, value: str) -> None:
        if not self.is_unique(name):
            return
        old = contact.properties.get(name)
        if old is not None:
            self._by_value.pop((name, normal(name, old)), None)
        if value:
            self._by_value[(name, normal(name, value))] = contact.id

    def _touch(self, contact: Contact, now: float, *, gone: bool) -> None:
        contact.updated_at = now
        contact.properties["lastmodifieddate"] = iso(now)
        lag = 0.0
        if self.lag.median_s > 0:
            lag = self.lag.median_s * math.exp(self._draw.gauss(0.0, self.lag.sigma))
        # A later write is never seen before an earlier one.
        visible = max(now + lag, contact.views[-1][0] if contact.views else 0.0)
        contact.views.append((visible, None if gone else dict(contact.properties)))


def normal(name: str, value: str) -> str:
    """A unique value as HubSpot compares it: emails without case or space around."""
    return value.strip().lower() if name == "email" else value


def stored_form(name: str, value: str) -> str:
    """A value as HubSpot keeps it: emails come back in lower case."""
    return normal(name, value)


def _taken(name: str, value: str, holder: str) -> Wrong:
    if name == "email":
        return Wrong(409, "CONFLICT", f"Contact already exists. Existing ID: {holder}")
    message = f"Cannot set {name}={value}: {holder} already has that value."
    return invalid(message, "CONFLICTING_UNIQUE_VALUE", propertyName=name)
