"""Findings of the data and flows come together: what each finding breaks, and for how many.

A rule that knows the flows says itself what it breaks. Every other finding that names fields
breaks the live flows that use one of them, at the step where it is used. Notes break nothing, and
neither does a warning about fewer than one record in a hundred: it is listed all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from leadline.blueprint.finding import Broken, Finding, Severity
from leadline.blueprint.graph.flow import FieldRef, Flow, Live
from leadline.inspection.uses import Used, same_field, uses

# Objects whose rows are people; of companies and deals the number of people is not known.
PEOPLE = frozenset({"", "contact", "lead", "registration", "subscriber", "profile", "member"})

TOO_FEW = 0.01  # share of bad values below which a warning about them breaks no flow


@dataclass(frozen=True, slots=True)
class Written:
    """Who wrote what a finding is about: in words, and the day where one day stands out."""

    by: str
    cause: str | None = None


def join(
    findings: Iterable[Finding], flows: Sequence[Flow], writers: Mapping[str, Written]
) -> tuple[Finding, ...]:
    """Each finding with what it breaks and who wrote it; the gravest first, each once.

    ``writers`` says by the identity of a finding who wrote what it is about, where a history
    was given. What a rule said itself stays as it is.
    """
    live = {flow.key: flow for flow in flows if is_live(flow)}
    used = _by_name(live.values())
    once: dict[object, Finding] = {}
    for finding in findings:
        once.setdefault(_subject(finding), finding)
    joined = [_join(found, live, used, writers.get(identity(found))) for found in once.values()]
    return tuple(sorted(joined, key=_order))


def is_live(flow: Flow) -> bool:
    """Whether it runs, or may run as far as the file tells."""
    return flow.live is not Live.OFF


def identity(finding: Finding) -> str:
    """The name of a finding that stays the same from one inspection to the next.

    >>> from leadline.blueprint.finding import Finding, FixKind, Repair, Rule, Severity
    >>> rule = Rule("edge-spaces", "t", Severity.NOTE, Repair.REPAIRABLE, FixKind.SAFE, "", "", "")
    >>> identity(Finding(rule, "m", "hubspot", table="contacts"))
    'edge-spaces/hubspot/contacts'
    """
    parts = [finding.rule.code]
    if finding.flow is not None:
        parts += [finding.flow, *([finding.step] if finding.step is not None else [])]
    else:
        parts += [finding.system, *([finding.table] if finding.table else [])]
    parts += [str(field) for field in finding.fields]
    return "/".join(part for part in parts if part)


def _subject(finding: Finding) -> object:
    """What two findings share that say the same: the first of them, from the data, is kept.

    Of a flow the object of a field may be known to one and not to the other.
    """
    if finding.flow is None:
        return identity(finding)
    names = frozenset(field.name.casefold() for field in finding.fields)
    code = _SAME.get(finding.rule.code, finding.rule.code)
    return code, finding.flow, finding.step, names


# What a check reads off the flow alone, a rule over the data says with the people in it.
_SAME = {"unknown-let-in": "negative-unknown"}


_WEIGHT = {Severity.BLOCKING: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def _order(finding: Finding) -> tuple[int, int, int, str]:
    """The gravest first; of these what breaks more flows, then what concerns more records."""
    flows = len({broken.flow for broken in finding.breaks})
    return (_WEIGHT[finding.weight], -flows, -(finding.count or 0), identity(finding))


_Uses = Mapping[str, Sequence[tuple[str, Used]]]


def _by_name(flows: Iterable[Flow]) -> _Uses:
    """The uses of all flows by the field's name, so that a finding looks at few."""
    found: dict[str, list[tuple[str, Used]]] = {}
    for flow in flows:
        for used in dict.fromkeys(uses(flow)):
            found.setdefault(used.field.name.casefold(), []).append((flow.key, used))
    return found


def _join(
    finding: Finding, live: Mapping[str, Flow], used: _Uses, written: Written | None
) -> Finding:
    breaks = finding.breaks
    if finding.weight is not Severity.NOTE and not breaks:
        breaks = tuple(_breaks(finding, live, used))
    return replace(
        finding,
        breaks=tuple(b for b in breaks if b.flow in live),
        written_by=finding.written_by or (written.by if written else None),
        because=finding.because or (written.cause if written else None),
    )


def _breaks(finding: Finding, live: Mapping[str, Flow], used: _Uses) -> Iterator[Broken]:
    if finding.flow is not None:
        if finding.flow in live:
            yield Broken(finding.flow, finding.step, finding.rule.title, None)
        return
    few = finding.count is not None and finding.of and finding.count < TOO_FEW * finding.of
    if few and finding.weight is Severity.WARNING:
        return
    seen: set[tuple[str, str | None]] = set()
    for field in finding.fields:
        for flow, use in used.get(field.name.casefold(), ()):
            if same_field(field, use.field) and (flow, use.step) not in seen:
                seen.add((flow, use.step))
                yield Broken(flow, use.step, _how(field, use), _people(finding, field))


def _how(field: FieldRef, use: Used) -> str:
    return re.sub(r"\bit\b", lambda _: field.name, use.use.value)


def _people(finding: Finding, field: FieldRef) -> int | None:
    return finding.count if field.object.casefold() in PEOPLE else None
