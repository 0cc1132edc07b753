"""HubSpot's search: filters over the lagging view, with its limits on a query.

Limits (vendors.md section 1): 200 a page, 10,000 in all, 5 groups of 6 filters and 18 filters
together, one sort, a query of 3,000 characters; ``after`` is an integer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from leadline.sandbox.hubspot.answers import Refused, invalid

MAX_PAGE = 200
MAX_TOTAL = 10_000
MAX_GROUPS = 5
MAX_IN_GROUP = 6
MAX_FILTERS = 18
MAX_QUERY = 3_000
QUERY_FIELDS = ("firstname", "lastname", "email", "phone", "company")

Values = Mapping[str, str]


def page_of(body: Mapping[str, JsonValue]) -> tuple[int, int]:
    """Where the page begins and how long it is. Raises Refused."""
    limit = body.get("limit", 10)
    after = body.get("after", 0)
    if not isinstance(limit, int) or not 0 < limit <= MAX_PAGE:
        raise Refused(invalid(f"limit must lie between 1 and {MAX_PAGE}."))
    if isinstance(after, str):
        if after and not after.isdigit():
            raise Refused(invalid("after must be an integer."))
        after = int(after or 0)
    if not isinstance(after, int) or after < 0:
        raise Refused(invalid("after must be an integer."))
    if after + limit > MAX_TOTAL:
        raise Refused(invalid(f"A search gives at most {MAX_TOTAL} results."))
    return after, limit


def matching(
    body: Mapping[str, JsonValue], records: list[tuple[str, Values]]
) -> list[tuple[str, Values]]:
    """The records that a query finds, in its order. Raises Refused for a query over the limits."""
    groups = _groups(body)
    query = body.get("query", "")
    if not isinstance(query, str) or len(query) > MAX_QUERY:
        raise Refused(invalid(f"query may have {MAX_QUERY} characters."))
    words = query.lower().split()
    found = [
        (record_id, values)
        for record_id, values in records
        if _has_words(values, words)
        and (not groups or any(all(_holds(f, values) for f in group) for group in groups))
    ]
    return _sorted(body.get("sorts"), found)


def _groups(body: Mapping[str, JsonValue]) -> list[list[dict[str, JsonValue]]]:
    given = body.get("filterGroups") or []
    if not isinstance(given, list) or len(given) > MAX_GROUPS:
        raise Refused(invalid(f"A search may have {MAX_GROUPS} filter groups."))
    groups: list[list[dict[str, JsonValue]]] = []
    for group in given:
        filters = group.get("filters") if isinstance(group, dict) else None
        if not isinstance(filters, list) or len(filters) > MAX_IN_GROUP:
            raise Refused(invalid(f"A filter group may have {MAX_IN_GROUP} filters."))
        groups.append([f for f in filters if isinstance(f, dict)])
    if sum(len(group) for group in groups) > MAX_FILTERS:
        raise Refused(invalid(f"A search may have {MAX_FILTERS} filters."))
    return groups


def _has_words(values: Values, words: list[str]) -> bool:
    text = " ".join(values.get(name, "").lower() for name in QUERY_FIELDS)
    return all(word in text for word in words)


def _holds(condition: Mapping[str, JsonValue], values: Values) -> bool:
    name, operator = condition.get("propertyName"), condition.get("operator")
    if not isinstance(name, str):
        raise Refused(invalid("A filter needs a propertyName."))
    held = values.get(name)
    wanted = _text(condition.get("value"))
    match operator:
        case "HAS_PROPERTY":
            return held is not None
        case "NOT_HAS_PROPERTY":
            return held is None
        case "EQ":
            return held is not None and held.lower() == wanted.lower()
        case "NEQ":
            return held is not None and held.lower() != wanted.lower()
        case "IN" | "NOT_IN":
            given = condition.get("values")
            options = {_text(v).lower() for v in given} if isinstance(given, list) else set[str]()
            return held is not None and (held.lower() in options) == (operator == "IN")
        case "CONTAINS_TOKEN" | "NOT_CONTAINS_TOKEN":
            has = held is not None and wanted.strip("*").lower() in held.lower()
            return has == (operator == "CONTAINS_TOKEN")
        case "LT" | "LTE" | "GT" | "GTE" | "BETWEEN":
            high = _text(condition.get("highValue"))
            return held is not None and _compares(operator, held, wanted, high)
        case _:
            raise Refused(invalid(f"{operator} is not an operator."))


def _compares(operator: str, held: str, wanted: str, high: str) -> bool:
    value, low = _number(held), _number(wanted)
    match operator:
        case "LT":
            return value < low
        case "LTE":
            return value <= low
        case "GT":
            return value > low
        case "GTE":
            return value >= low
        case _:
            return low <= value <= _number(high)


def _number(text: str) -> float:
    """A number, or a moment as epoch milliseconds."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).timestamp() * 1000
    except ValueError:
        raise Refused(invalid(f"{text} is neither a number nor a time.")) from None


def _sorted(sorts: JsonValue, found: list[tuple[str, Values]]) -> list[tuple[str, Values]]:
    if not isinstance(sorts, list) or not sorts:
        return found
    if len(sorts) > 1:
        raise Refused(invalid("A search may have one sort."))
    sort = sorts[0]
    if isinstance(sort, dict):
        name, backward = str(sort.get("propertyName")), sort.get("direction") == "DESCENDING"
    else:
        name, backward = str(sort).lstrip("-"), str(sort).startswith("-")
    return sorted(found, key=lambda f: _sort_key(f[1].get(name, "")), reverse=backward)


def _sort_key(text: str) -> tuple[int, float, str]:
    try:
        return (1, _number(text), "")
    except Refused:
        return (0, 0.0, text.lower())


def _text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
