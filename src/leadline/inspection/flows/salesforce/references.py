"""What names in a Salesforce flow stand for: fields of the record, of variables, in formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from leadline.blueprint.graph.flow import FieldRef
from leadline.inspection.flows.document import Unknowns, constant, number, once, text
from leadline.inspection.flows.salesforce.tag import Tag

SYSTEM = "salesforce"
# The same words as for exports, so that flows and data meet.
OBJECTS = {
    "Contact": "contact",
    "Account": "account",
    "Opportunity": "opportunity",
    "Lead": "lead",
    "User": "user",
}
# Names of relations that do not name their object.
_RELATIONS = {
    "Owner": "User",
    "CreatedBy": "User",
    "LastModifiedBy": "User",
    "Manager": "User",
    "Parent": "",
    "ReportsTo": "Contact",
}
_MERGED = re.compile(r"\{!([$A-Za-z_][\w.$]{0,200})\}")
RECORD = "$Record"
MAX_STEPS = 200  # names of formulas looked up for one read


def object_named(name: str) -> str:
    """Our word for an object, or Salesforce's own."""
    return OBJECTS.get(name, name)


@lru_cache(maxsize=20_000)
def field_of(object_name: str, path: str) -> FieldRef:
    """A field by its path from an object: ``Account.Industry`` is a field of the company."""
    *relations, name = path.split(".")
    for relation in relations:
        if relation.endswith("__r"):
            object_name = f"{relation[:-1]}c"
        else:
            object_name = _RELATIONS.get(relation, relation)
    return FieldRef(SYSTEM, object_named(object_name), name)


@dataclass(frozen=True, slots=True)
class Names:
    """``objects`` are those of variables, look-ups and loops by their name; ``formulas`` the
    texts of formulas and templates; ``constants`` the fixed values with a name."""

    record: str
    objects: Mapping[str, str]
    formulas: Mapping[str, str]
    constants: Mapping[str, str]
    unknowns: Unknowns = field(default_factory=Unknowns)

    def reads(self, reference: str) -> tuple[FieldRef, ...]:
        """What a reference such as ``$Record.Email`` or ``Get_Lead.Status`` reads."""
        return once(self._follow([reference]))

    def reads_in(self, text: str) -> tuple[FieldRef, ...]:
        """What a formula or a text with ``{!…}`` in it reads."""
        return once(self._follow(_MERGED.findall(text[:100_000])))

    def target(self, reference: str) -> FieldRef | None:
        """The field that an assignment to this reference changes, if it is a field."""
        root, _, path = reference.partition(".")
        if not path or (root.startswith("$") and root != RECORD):
            return None
        object_name = self.record if root == RECORD else self.objects.get(root)
        return field_of(object_name, path) if object_name is not None else None

    def _follow(self, references: list[str]) -> Iterator[FieldRef]:
        pending, seen = list(reversed(references)), set[str]()
        while pending and len(seen) < MAX_STEPS:
            reference = pending.pop()
            if reference in seen:
                continue
            seen.add(reference)
            root, _, path = reference.partition(".")
            if root in self.formulas:
                pending.extend(reversed(_MERGED.findall(self.formulas[root][:100_000])))
            elif root in {RECORD, "$Record__Prior"} and path:
                yield field_of(self.record, path)
            elif path and root in self.objects:
                yield field_of(self.objects[root], path)


def read_names(root: Tag, record: str) -> Names:
    """The names that a flow's file declares."""
    objects: dict[str, str] = {}
    for variable in root.all("variables"):
        if variable.says("objectType"):
            objects[variable.says("name")] = variable.says("objectType")
    for lookup in root.all("recordLookups"):
        objects[lookup.says("name")] = lookup.says("object")
    for loop in root.all("loops"):
        name = loop.says("collectionReference").partition(".")[0]
        made = record if name == RECORD else objects.get(name, "")
        objects[loop.says("name")] = made
        if loop.says("assignNextValueToReference"):
            objects.setdefault(loop.says("assignNextValueToReference"), made)
    formulas = {each.says("name"): each.says("expression") for each in root.all("formulas")}
    formulas |= {each.says("name"): each.says("text") for each in root.all("textTemplates")}
    constants = {
        each.says("name"): fixed
        for each in root.all("constants")
        if (fixed := value_of(each.one("value"))) is not None
    }
    return Names(record, objects, formulas, constants)


def value_of(value: Tag) -> str | None:
    """A fixed value that may be kept; None where it is a reference, a formula or prose."""
    for child in value.children:
        if child.name in {
            "stringValue",
            "numberValue",
            "booleanValue",
            "dateValue",
            "dateTimeValue",
        }:
            # Numbers are written as 200.0.
            whole = child.name == "numberValue"
            return constant(text(number(child.text)) if whole else child.text)
    return None


def reads_of_value(value: Tag, names: Names) -> tuple[FieldRef, ...]:
    """What a value reads: its reference, or the names merged into its text."""
    found: list[FieldRef] = []
    for child in value.within():
        if child.name == "elementReference":
            found.extend(names.reads(child.text))
        elif child.text and "{!" in child.text:
            found.extend(names.reads_in(child.text))
    return tuple(found)


def fixed(value: Tag, names: Names) -> str | None:
    """A fixed value, also where it stands in a named constant."""
    found = value_of(value)
    return found if found is not None else names.constants.get(value.says("elementReference"))
