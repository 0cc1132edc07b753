"""Klaviyo's conditions: groups are joined by "and", the conditions inside of a group by "or"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

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
    Map,
    Unknowns,
    constants,
    flag,
    listed,
    mapping,
    mappings,
    once,
    shown,
    strings,
    text,
    texts,
)

SYSTEM = "klaviyo"
PROFILE = "profile"

_WORDS = {
    "equals": "is",
    "not-equals": "is not",
    "greater-than": "is more than",
    "greater-than-or-equal": "is at least",
    "less-than": "is less than",
    "less-than-or-equal": "is at most",
    "not-contains": "does not contain",
    "starts-with": "starts with",
    "not-starts-with": "does not start with",
    "ends-with": "ends with",
    "not-ends-with": "does not end with",
    "contains-any": "contains any of",
    "in": "is one of",
    "not-in": "is none of",
    "before": "is before",
    "after": "is after",
    "in-the-last": "was in the last",
    "in-the-next": "is in the next",
}
_HELD = re.compile(r"""^(?:properties|location)\[["']([^"']{1,200})["']\]$""")
_LOOKUP = re.compile(r"""person\s*\|\s*lookup:\s*["']([^"'\n]{1,120})["']""")
_TOKEN = re.compile(r"\{\{[\s-]*(?:person\.)?([a-z_]\w{0,60})(?![\w.])")
_OF_EVENT = re.compile(r"\{\{[\s-]*event(?:\.|\s*\|\s*lookup:\s*[\"'])(\w{1,80})")
# What stands in double braces and is no property of the profile.
_NO_PROPERTY = frozenset(
    {"event", "organization", "person", "unsubscribe_link", "message", "today"}
)


@lru_cache(maxsize=20_000)
def property_of(name: str) -> FieldRef:
    """A property of the profile; Klaviyo writes own ones as ``properties['x']``."""
    held = _HELD.match(name)
    return FieldRef(SYSTEM, PROFILE, held[1] if held else name)


def tokens(value: object) -> tuple[FieldRef, ...]:
    """The properties that the texts in a value name in double braces."""
    return once(_tokens(value))


def _tokens(value: object) -> Iterator[FieldRef]:
    for found in strings(value):
        if "{{" not in found and "lookup" not in found:
            continue
        yield from (property_of(match[1]) for match in _LOOKUP.finditer(found))
        yield from (FieldRef(SYSTEM, "event", match[1]) for match in _OF_EVENT.finditer(found))
        for match in _TOKEN.finditer(found):
            if match[1] not in _NO_PROPERTY:
                yield property_of(match[1])


def read_filter(found: object, unknowns: Unknowns) -> Condition | None:
    """A filter of a flow, a split, a message or a trigger; None where there is none."""
    groups: list[Condition] = []
    for group in mappings(mapping(found).get("condition_groups")):
        parts = tuple(_read(each, unknowns) for each in mappings(group.get("conditions")))
        if parts:
            groups.append(parts[0] if len(parts) == 1 else Some(parts))
    if not groups:
        return None
    return groups[0] if len(groups) == 1 else Every(tuple(groups))


def reads_of(condition: Condition | None) -> tuple[FieldRef, ...]:
    """Every property that a condition reads."""
    return once(_reads(condition))


def _reads(condition: Condition | None) -> Iterator[FieldRef]:
    match condition:
        case Comparison():
            yield condition.field
        case Every() | Some() | Neither():
            for part in condition.parts:
                yield from _reads(part)
        case Happened() | Consent() | Unclear():
            yield from condition.reads
        case _:
            return


def _read(found: Map, unknowns: Unknowns) -> Condition:
    kind = text(found.get("type"))
    match kind:
        case "profile-property":
            name = text(found.get("property"))
            return _compare(property_of(name), mapping(found.get("filter")))
        case "metric-property" | "custom-object-property":
            name = text(found.get("field")) or text(found.get("property"))
            asked = mapping(found.get("filter"))
            return _compare(FieldRef(SYSTEM, "event", shown(name, 120)), asked)
        case "profile-predictive-analytics":
            name = text(found.get("dimension")) or text(found.get("predictive_analytic"))
            asked = mapping(found.get("filter"))
            return _compare(property_of(name or "predictive analytics"), asked)
        case "profile-metric":
            return _metric(found)
        case "profile-group-membership":
            return _membership(found)
        case "profile-marketing-consent" | "profile-permissions":
            return _consent(found)
        case "profile-not-in-flow":
            return Happened("this flow", happened=False, words="was not in this flow before")
        case "profile-region":
            region = shown(found.get("region_id"), 40)
            inside = "" if flag(found.get("in_region")) is not False else "not "
            return Unclear(f"lives {inside}in {region or 'a region'}", (property_of("location"),))
        case "profile-sample":
            return Unclear(f"is in a random {shown(found.get('percentage'), 10)} %")
        case _:
            unknowns.add(f"condition: {shown(kind, 40) or 'without a type'}")
            name = text(found.get("property"))
            reads = (property_of(name),) if name else ()
            return Unclear(f"a condition of type {shown(kind, 40) or 'nothing'}", reads)


def _compare(read: FieldRef, asked: Map) -> Comparison:
    operator = text(asked.get("operator"))
    match operator:
        case "is-set":
            return Comparison(read, operator, f"{read.name} is known", blank=Blank.FAILS)
        case "not-set":
            return Comparison(read, operator, f"{read.name} is unknown", blank=Blank.PASSES)
        case _:
            pass
    raw = texts(asked.get("value"))
    negative = operator.startswith(("not-", "doesnt"))
    words = _WORDS.get(operator) or shown(operator, 40).replace("-", " ") or "meets"
    quantity = f"{text(asked.get('quantity'))} {text(asked.get('unit'))}".strip()
    return Comparison(
        read,
        operator,
        f"{read.name} {words} {listed(raw) or quantity}".rstrip(),
        constants(raw),
        negative,
        Blank.UNSAID if negative else Blank.FAILS,
    )


def _metric(found: Map) -> Happened:
    metric = text(found.get("metric_id"))
    asked = mapping(found.get("measurement_filter"))
    operator, value = text(asked.get("operator")), text(asked.get("value"))
    never = value == "0" and operator in {"equals", "less-than-or-equal"}
    never = never or (value == "1" and operator == "less-than")
    when = text(mapping(found.get("timeframe_filter")).get("operator")).replace("-", " ")
    count = f"{operator.replace('-', ' ')} {value}".strip()
    words = f"metric {shown(metric, 40)}: {count} {when}".rstrip()
    reads = tuple(
        FieldRef(SYSTEM, "event", shown(each.get("property"), 120))
        for each in mappings(found.get("metric_filters"))
        if text(each.get("property"))
    )
    return Happened(metric, not never, shown(words, 160), reads)


def _membership(found: Map) -> Condition:
    inside = flag(found.get("is_member")) is not False
    parts = tuple(
        Membership(group, inside, f"is {'' if inside else 'not '}in list {shown(group, 40)}")
        for group in texts(found.get("group_ids")) or texts(found.get("group_id"))
    )
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Unclear("membership of no list")
    return Some(parts) if inside else Every(parts)


def _consent(found: Map) -> Consent:
    consent = mapping(found.get("consent"))
    channel = text(consent.get("channel")) or text(found.get("channel")) or "marketing"
    given = flag(consent.get("can_receive_marketing")) is not False
    status = text(mapping(consent.get("consent_status")).get("subscription"))
    words = f"{'can' if given else 'cannot'} receive {shown(channel, 20)} marketing"
    return Consent(channel, given, words + (f" ({shown(status, 30)})" if status else ""))
