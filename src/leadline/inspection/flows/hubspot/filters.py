"""HubSpot's trees of filters as neutral conditions, with what each does to a blank value."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Condition,
    Consent,
    Every,
    FieldRef,
    Happened,
    Membership,
    Neither,
    Some,
    Unclear,
)
from leadline.inspection.flows.document import (
    MAX_DEPTH,
    Map,
    constants,
    flag,
    listed,
    mapping,
    mappings,
    maps_within,
    once,
    shown,
    text,
    texts,
)
from leadline.inspection.flows.hubspot.names import (
    EVENTS,
    PROPERTY_CHANGED,
    far_end,
    field,
)
from leadline.inspection.flows.hubspot.scope import Scope

_KNOWN = frozenset({"IS_KNOWN", "IS_NOT_BLANK", "HAS_PROPERTY"})
_UNKNOWN = frozenset({"IS_UNKNOWN", "IS_NOT_KNOWN", "IS_BLANK", "NOT_HAS_PROPERTY"})
_OF_SEARCH = frozenset({"HAS_PROPERTY", "NOT_HAS_PROPERTY"})
_NEGATIVE = frozenset(
    {
        "IS_NOT_EQUAL_TO",
        "DOES_NOT_CONTAIN",
        "DOES_NOT_CONTAIN_ALL",
        "DOES_NOT_CONTAIN_EXACTLY",
        "IS_NONE_OF",
        "IS_NOT_EXACTLY",
        "IS_NOT_BETWEEN",
        "NOT_UPDATED_IN_LAST_X_DAYS",
        "HAS_NEVER_BEEN_EQUAL_TO",
        "HAS_NEVER_CONTAINED",
        "HAS_NEVER_BEEN_ANY_OF",
        "HAS_NEVER_BEEN_EXACTLY",
        "HAS_NEVER_CONTAINED_ALL",
    }
)
_WORDS = {
    "IS_EQUAL_TO": "is",
    "IS_NOT_EQUAL_TO": "is not",
    "IS_ANY_OF": "is any of",
    "IS_NONE_OF": "is none of",
    "IS_LESS_THAN_X_DAYS_AGO": "is less than that many days ago:",
    "IS_MORE_THAN_X_DAYS_AGO": "is more than that many days ago:",
    "IS_LESS_THAN_X_DAYS_FROM_NOW": "is in less than that many days:",
    "IS_MORE_THAN_X_DAYS_FROM_NOW": "is in more than that many days:",
    "UPDATED_IN_LAST_X_DAYS": "changed within that many days:",
    "NOT_UPDATED_IN_LAST_X_DAYS": "did not change within that many days:",
}
_HAPPENINGS = {
    "FORM_SUBMISSION": ("form submitted", ("formId",)),
    "FORM_SUBMISSION_ON_PAGE": ("form submitted on a page", ("formId",)),
    "EMAIL_EVENT": ("email", ("emailId",)),
    "PAGE_VIEW": ("page viewed", ()),
    "CTA": ("call to action", ("ctaName",)),
    "EVENT": ("event", ("eventId",)),
    "INTEGRATION_EVENT": ("event of an app", ("eventTypeId",)),
    "WEBINAR": ("webinar", ("webinarId",)),
    "SURVEY_MONKEY": ("survey answered", ("surveyId",)),
    "SURVEY_MONKEY_VALUE": ("survey answered with", ("surveyId",)),
    "ADS_SEARCH": ("ad interaction", ()),
    "ADS_TIME": ("ad seen", ()),
    "CAMPAIGN_INFLUENCED": ("influenced by a campaign", ("campaignId",)),
    "NUM_ASSOCIATIONS": ("has associated records", ("associationTypeId",)),
}
_CONSENTS = frozenset({"EMAIL_SUBSCRIPTION", "COMMUNICATION_SUBSCRIPTION", "PRIVACY"})


def read_branch(branch: object, scope: Scope, object_name: str, depth: int = 0) -> Condition | None:
    """One branch of filters and all below it; None where it asks nothing.

    ``object_name`` is whose properties the filters read. More than 40 levels are not followed.
    """
    found = mapping(branch)
    if not found:
        return None
    if depth > MAX_DEPTH:
        scope.unknowns.add(f"filters nested more than {MAX_DEPTH} levels deep")
        return Unclear(f"conditions nested more than {MAX_DEPTH} levels deep")
    kind = text(found.get("filterBranchType")) or text(found.get("filterBranchOperator"))
    if kind == "UNIFIED_EVENTS":
        return read_event(found, scope, object_name)
    if kind == "ASSOCIATION":
        far = far_end(found)
        parts = _parts(found, scope, far, depth)
        if text(found.get("operator")) == "NOT_IN_LIST":
            return Neither((_joined(Every, parts),)) if parts else None
        return _joined(Every, parts) if parts else None
    parts = _parts(found, scope, object_name, depth)
    if not parts:
        return None
    match kind:
        case "OR":
            return _joined(Some, parts)
        case "AND":
            return _joined(Every, parts)
        case "NOT_ANY":
            return Neither(parts)
        case "NOT_ALL":
            return Neither((_joined(Every, parts),))
        case "RESTRICTED":
            return Every((*parts, Unclear("a part that the one who exported may not see")))
        case _:
            scope.unknowns.add(f"filter branch: {shown(kind, 40) or 'without a type'}")
            reads = once(r for part in parts for r in _read_by(part))
            return Unclear(f"filters joined by {shown(kind, 40) or 'an unknown rule'}", reads)


def read_event(found: Map, scope: Scope, object_name: str) -> Condition:
    """A branch that asks for an event. A changed property is read as that property."""
    event = text(found.get("eventTypeId"))
    happened = text(found.get("operator")) != "HAS_NOT_COMPLETED"
    name = EVENTS.get(event, f"event {shown(event, 40) or 'without a number'}")
    changed = changed_property(found, object_name) if event == PROPERTY_CHANGED else None
    if changed is None:
        forms = [v for f in mappings(found.get("filters")) for v in _operands(f)[1]]
        words = f"{name}: {listed(forms)}" if forms and event != PROPERTY_CHANGED else name
        return Happened(event or name, happened, words if happened else f"not {words}")
    asked = Happened(event, happened, f"{changed.name} changed", (changed,))
    values: list[Condition] = []
    for f in mappings(found.get("filters")):
        if text(mapping(f.get("operation")).get("operator")) in _KNOWN:
            continue
        if text(f.get("property")) == "hs_value":
            values.append(_property({**f, "property": changed.name}, scope, object_name))
        elif text(f.get("property")) == "hs_previous_value":
            values.append(Unclear(f"{changed.name} had another value before", (changed,)))
    return Every((asked, *values)) if values else asked


def changed_property(found: Map, object_name: str) -> FieldRef | None:
    """The property of a "property changed" event: the *value* of its filter on hs_name."""
    for each in mappings(found.get("filters")):
        if text(each.get("property")) == "hs_name":
            operation = mapping(each.get("operation"))
            names = texts(operation.get("value")) or texts(operation.get("values"))
            if names:
                return field(object_name, names[0])
    return None


def _parts(found: Map, scope: Scope, object_name: str, depth: int) -> tuple[Condition, ...]:
    filters = [_filter(each, scope, object_name, depth) for each in mappings(found.get("filters"))]
    below = [
        read_branch(each, scope, object_name, depth + 1)
        for each in mappings(found.get("filterBranches"))
    ]
    return (*filters, *(each for each in below if each is not None))


def _joined(
    join: Callable[[tuple[Condition, ...]], Condition], parts: tuple[Condition, ...]
) -> Condition:
    return parts[0] if len(parts) == 1 else join(parts)


def _read_by(part: Condition) -> Iterable[FieldRef]:
    match part:
        case Comparison():
            yield part.field
            yield from part.others
        case Every() | Some() | Neither():
            for each in part.parts:
                yield from _read_by(each)
        case Happened() | Consent() | Unclear():
            yield from part.reads
        case Membership():
            pass


def _filter(found: Map, scope: Scope, object_name: str, depth: int) -> Condition:
    kind = text(found.get("filterType"))
    operator = text(found.get("operator"))
    if kind == "PROPERTY" or (not kind and found.get("property")):
        return _property(found, scope, object_name)
    if kind in {"PROPERTY_ASSOCIATION", "ASSOCIATION"}:
        return _of_associated(found, scope, object_name, depth)
    if kind == "IN_LIST":
        inside = operator != "NOT_IN_LIST"
        list_id = text(found.get("listId"))
        return Membership(list_id, inside, f"is {'' if inside else 'not '}in list {shown(list_id)}")
    if kind == "UNIFIED_EVENTS":
        return read_event(found, scope, object_name)
    if kind in _CONSENTS:
        return _consent(kind, found)
    if kind == "CONSTANT":
        return Unclear("every record" if flag(found.get("shouldAccept")) else "no record")
    if kind in _HAPPENINGS:
        name, keys = _HAPPENINGS[kind]
        which = next((text(found.get(key)) for key in keys if text(found.get(key))), "")
        happened = not operator.startswith(("NOT_", "HAS_NOT"))
        asked = operator.lower().replace("_", " ")
        return Happened(f"{name} {which}".strip(), happened, shown(f"{name} {which}: {asked}"))
    scope.unknowns.add(f"filter: {shown(kind, 40) or 'without a type'}")
    return Unclear(f"a filter of type {shown(kind, 40) or 'nothing'}", _named(found, object_name))


def _consent(kind: str, found: Map) -> Consent:
    ids = texts(found.get("subscriptionIds")) or texts(found.get("privacyName"))
    statuses = texts(found.get("acceptedStatuses")) or texts(found.get("acceptedOptStates"))
    operator = text(found.get("operator"))
    refused = "NOT_GRANTED" in operator or any(
        "OUT" in s or "NOT_OPTED" in s or "UNSUBSCRIBED" in s for s in statuses
    )
    what = "consent" if kind == "PRIVACY" else "subscription"
    return Consent(
        listed(ids, "and"), not refused, f"{what} {listed(ids, 'and')}: {listed(statuses)}".strip()
    )


def _of_associated(found: Map, scope: Scope, object_name: str, depth: int) -> Condition:
    far = far_end(found)
    below = read_branch(found.get("filterBranch"), scope, far, depth + 1)
    reads = _named(found, object_name)
    if below is None:
        return Unclear(f"an associated {far or 'record'}", reads)
    return Every((below, Unclear(f"asked of an associated {far or 'record'}", reads)))


def _named(found: Map, object_name: str) -> tuple[FieldRef, ...]:
    name = text(found.get("property")) or text(found.get("propertyWithObjectId"))
    return (field(object_name, name),) if name else ()


def _property(found: Map, scope: Scope, object_name: str) -> Condition:
    operation = mapping(found.get("operation"))
    operator = text(operation.get("operator"))
    name = text(found.get("property"))
    if not name:
        return Unclear("a property filter without a property")
    read = field(object_name, name)
    if operator in _OF_SEARCH:
        scope.unknowns.add(f"operator of the record search: {operator}")
    if operator in _KNOWN:
        told = f"{_told(name, scope, object_name)} is known"
        return Comparison(read, operator, told, blank=Blank.FAILS)
    if operator in _UNKNOWN:
        told = f"{_told(name, scope, object_name)} is unknown"
        return Comparison(read, operator, told, blank=Blank.PASSES)
    raw, values = _operands(found)
    others = once(_second_properties(operation, object_name))
    subject, negative = _told(name, scope, object_name), operator in _NEGATIVE
    if text(operation.get("propertyParser")) == "UPDATED_AT":
        subject, values = f"the time when {subject} changed", ()
    asked = _WORDS.get(operator) or shown(operator, 40).lower().replace("_", " ") or "meets"
    against = ", ".join(other.name for other in others) or listed(raw)
    return Comparison(
        read,
        operator,
        f"{subject} {asked} {against}".rstrip(),
        values,
        negative,
        _blank(operation, negative=negative),
        others,
    )


def _told(name: str, scope: Scope, object_name: str) -> str:
    """A property's name, with its object where that is not the enrolled one."""
    return name if object_name in {"", scope.object} else f"{object_name} {name}"


def _blank(operation: Map, *, negative: bool) -> Blank:
    """What the file says of records without a value; a positive comparison never lets them in."""
    said = flag(operation.get("includeObjectsWithNoValueSet"))
    if said is None:
        return Blank.UNSAID if negative else Blank.FAILS
    return Blank.PASSES if said else Blank.FAILS


def _operands(found: Map) -> tuple[list[str], tuple[str, ...]]:
    """What is compared with, for a sentence, and the part that may be kept as values."""
    operation = mapping(found.get("operation"))
    raw = list(texts(operation.get("values"))) or list(texts(operation.get("value")))
    if not raw:
        bounds = (operation.get("lowerBound"), operation.get("upperBound"))
        raw = [text(bound) for bound in bounds if text(bound)]
    if raw:
        return raw, constants(raw)
    days = text(operation.get("numberOfDays"))
    unit = text(operation.get("timeUnit")).lower()
    count = text(operation.get("timeUnitCount"))
    return [word for word in (days, f"{count} {unit}".strip()) if word], ()


def _second_properties(operation: Map, object_name: str) -> Iterable[FieldRef]:
    for found in maps_within(operation):
        name = text(found.get("comparisonPropertyName"))
        if not name and text(found.get("timeType")) == "PROPERTY_REFERENCED":
            name = text(found.get("property")) or text(found.get("propertyName"))
        if name:
            yield field(object_name, name)
