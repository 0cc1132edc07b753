"""The contact's fields: one for each meaning that systems share, one for each that flows use.

A type is taken from the vendor's definitions where they were given, else from the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Meaning, Table
from leadline.blueprint.graph.flow import FieldRef
from leadline.inspection.draft.words import comment, one_line, scalar, slug, unique
from leadline.inspection.report.dictionary import DescribedTable, dictionary
from leadline.inspection.uses import uses

PEOPLE = frozenset({Kind.CONTACT, Kind.LEAD, Kind.REGISTRATION})
MOST_VALUES = 200  # options of a choice that a person still reads; more is drafted as text

_NAMES = {
    Meaning.EMAIL: "email",
    Meaning.FIRST_NAME: "first_name",
    Meaning.LAST_NAME: "last_name",
    Meaning.FULL_NAME: "full_name",
    Meaning.PHONE: "phone",
    Meaning.MOBILE: "mobile_phone",
    Meaning.COMPANY_NAME: "company",
    Meaning.CITY: "city",
    Meaning.STATE: "state",
    Meaning.POSTCODE: "postcode",
    Meaning.STREET: "street",
    Meaning.COUNTRY: "country",
    Meaning.LANGUAGE: "language",
    Meaning.TIME_ZONE: "time_zone",
    Meaning.LIFECYCLE: "lifecycle_stage",
    Meaning.LEAD_STATUS: "lead_status",
    Meaning.SCORE: "score",
    Meaning.SOURCE: "source",
    Meaning.OWNER: "owner",
}
_PERSONAL = frozenset(
    {Meaning.EMAIL, Meaning.FIRST_NAME, Meaning.LAST_NAME, Meaning.FULL_NAME, Meaning.PHONE}
    | {Meaning.MOBILE, Meaning.STREET, Meaning.POSTCODE}
)
_VENDOR_TYPES = {
    "number": "number",
    "date": "date",
    "datetime": "time",
    "bool": "flag",
    "boolean": "flag",
    "string": "text",
}


@dataclass(slots=True)
class DraftField:
    """One field: its type, options, and its name in each system (those without a connector too)."""

    name: str
    type: str
    values: tuple[str, ...] = ()
    personal: bool = False
    names: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class DraftFields:
    """All fields by name, how a vendor's field is called here, and how many were left out."""

    fields: Mapping[str, DraftField]
    called: Mapping[FieldRef, str]
    left_out: int

    def find(self, ref: FieldRef) -> DraftField | None:
        """The field of ours behind a vendor's; None where there is none."""
        wanted = (ref.system, ref.name.casefold())
        for known, name in self.called.items():
            if (known.system, known.name.casefold()) == wanted:
                return self.fields[name]
        return None


def draft_fields(stack: Stack) -> DraftFields:
    """Draft the fields of people from their tables."""
    used = {
        (ref.system, ref.name.casefold())
        for flow in stack.flows
        for ref in [
            *(use.field for use in uses(flow)),
            *(write.field for step in flow.steps.values() for write in step.writes),
        ]
    }
    found: dict[str, DraftField] = {"email": DraftField("email", "email", personal=True)}
    called: dict[FieldRef, str] = {}
    taken, left_out = {"email"}, 0
    for described in sorted(dictionary(stack), key=_records_first):
        table = described.table
        if table.kind not in PEOPLE:
            continue
        for each in described.columns:
            column = each.column
            ours = _NAMES.get(column.meaning)
            if ours is None and (table.system, column.name.casefold()) not in used:
                left_out += 1
                continue
            ref = FieldRef(table.system, table.object, column.name)
            known = found.get(ours or "") or _named(found, ref)
            if known is None or table.system in known.names:
                if known is not None and known.names[table.system] == column.name:
                    called[ref] = known.name
                    continue
                name = unique(ours or slug(column.name, "field", sign="_"), taken, sign="_")
                known = found[name] = _field(stack, table, column, name, each.type)
            known.names.setdefault(table.system, column.name)
            called[ref] = known.name
    return DraftFields(found, called, left_out)


def _named(found: Mapping[str, DraftField], ref: FieldRef) -> DraftField | None:
    return next((f for f in found.values() if f.names.get(ref.system) == ref.name), None)


def _records_first(described: DescribedTable) -> tuple[bool, bool, int]:
    """The CRM's contacts lead: its names and options are what the others are held against."""
    table = described.table
    return (table.system != "hubspot", table.kind is not Kind.CONTACT, -table.rows)


def _field(stack: Stack, table: Table, column: Column, name: str, seen: str) -> DraftField:
    personal = column.meaning in _PERSONAL
    if column.meaning is Meaning.EMAIL:
        return DraftField(name, "email", personal=True)
    options = tuple(_options(stack, table, column))
    if 0 < len(options) <= MOST_VALUES:
        return DraftField(name, "choice", options, personal)
    told = _vendor_type(stack, table, column)
    guessed = {"number": "number", "yes or no": "flag", "date": "text"}.get(seen, "text")
    plain = column.meaning in _NAMES and column.meaning is not Meaning.SCORE
    return DraftField(name, told or ("text" if plain else guessed), (), personal)


def _options(stack: Stack, table: Table, column: Column) -> Iterator[str]:
    rows = stack.connection.execute(
        "select distinct on (value) value from option where system = $system "
        "and lower(object) = lower($object) and lower(field) = lower($field) "
        "and value is not null",
        {"system": table.system, "object": table.object, "field": column.name},
    ).fetchall()
    seen = dict.fromkeys(one_line(value) for (value,) in rows)
    yield from (value for value in seen if value)


def _vendor_type(stack: Stack, table: Table, column: Column) -> str | None:
    row = stack.connection.execute(
        "select type from field where system = $system and lower(object) = lower($object) "
        "and lower(name) = lower($field) limit 1",
        {"system": table.system, "object": table.object, "field": column.name},
    ).fetchone()
    return None if row is None or row[0] is None else _VENDOR_TYPES.get(str(row[0]).lower())


def contact_yaml(drafted: DraftFields, systems: Iterable[str]) -> str:
    """``data/contact.yaml``; names in systems without a connector stand as comments."""
    connected = set(systems)
    lines = [
        "# What is known of a person, drafted from the exports that were inspected. Look at the",
        "# types; for a choice the order counts (only: forward moves to the right).",
    ]
    if drafted.left_out:
        lines += comment(
            f"{drafted.left_out} further columns were left out: no flow uses them and they have "
            "no meaning that systems share. The report's data dictionary lists them."
        )
    for each in drafted.fields.values():
        lines.append("")
        others = {s: n for s, n in each.names.items() if s not in connected}
        for system, name in others.items():
            lines += comment(f"in {system}: {name}")
        lines += [f"{each.name}:", f"  type: {each.type}"]
        if each.values:
            lines.append(f"  values: [ {', '.join(scalar(value) for value in each.values)} ]")
        if each.personal:
            lines.append("  pii: true")
        names = {s: n for s, n in each.names.items() if s in connected}
        if names:
            lines.append(f"  from: {next(iter(names))}")
            shown = ", ".join(f"{system}: {scalar(name)}" for system, name in names.items())
            lines.append(f"  names: {{ {shown} }}")
    return "\n".join(lines) + "\n"
