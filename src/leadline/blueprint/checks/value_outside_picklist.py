"""A value that stands in the data and not in the list of values, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.field_uses import Written, conditions, evidence, phrases, writes
from leadline.blueprint.vendor_fields import vendor_field
from leadline.expression.tree import Contains, Is, Phrase, StartsWith
from leadline.expression.types import Kind
from leadline.project.fields import Field
from leadline.project.known import Known, Seen
from leadline.project.problems import Problem, Severity, Where, listed, quoted
from leadline.project.project import Project
from leadline.project.workflow import AddTo, Constant, To

_COUNTED = frozenset({Kind.CHOICE, Kind.TEXT})


def _find(subject: Subject) -> Iterator[Problem]:
    project, known = subject.project, subject.project.known
    for written in writes(project):
        yield from _unknown_to_the_vendor(project, written)
    if known is None:
        return
    for name, seen in known.fields.items():
        field = project.fields.get(name)
        if field is not None and field.type.kind is Kind.CHOICE:
            yield from _strangers(field, seen)
    for asked in conditions(project):
        for phrase in phrases(asked.condition):
            yield from _compared(phrase, asked.where, known, project)
    for written in writes(project):
        yield from _other_spelling(written, known)


def _strangers(field: Field, seen: Seen) -> Iterator[Problem]:
    """Values of the data that the list of a choice does not name."""
    strangers = {v: n for v, n in seen.values.items() if v not in field.type.values}
    if not strangers:
        return
    first = max(strangers, key=lambda value: (strangers[value], value))
    more = f" and {len(strangers) - 1} more values" if len(strangers) > 1 else ""
    twin = next((v for v in field.type.values if v.casefold() == first.casefold()), None)
    yield Problem(
        CHECK.code,
        f"the data holds {quoted(first)}{more} in {quoted(field.name)}, "
        "which its values do not name.",
        field.where,
        f"Mend it to {quoted(twin)} where it stands; if the export shows labels, export the "
        "internal values."
        if twin
        else "Add it under values:, or mend it in the system that holds it.",
        CHECK.severity,
        evidence(
            seen, ", ".join(f"{quoted(v)} {n:,} times" for v, n in list(strangers.items())[:5])
        ),
    )


def _compared(phrase: Phrase, where: Where, known: Known, project: Project) -> Iterator[Problem]:
    ref = phrase.operand.ref
    seen = known.fields.get(ref.name) if ref.scope == "contact" else None
    if seen is None or not seen.values or phrase.operand.type.kind not in _COUNTED:
        return
    for value in _texts(phrase):
        if any(_meets(phrase, value, found) for found in seen.values):
            continue
        twin = _twin(value, seen)
        listed_value = value in project.fields[ref.name].type.values
        if twin is None and (not seen.all_values or (listed_value and _is_negative(phrase))):
            continue
        holds = f"but {quoted(twin)}" if twin else "which holds " + listed(list(seen.values)[:3])
        yield Problem(
            CHECK.code,
            f"no contact of the data has {quoted(value)} in {quoted(ref.name)}, {holds}.",
            where,
            "Compare with a value that stands in the data, spelt the same way.",
            Severity.NOTE if twin is None and listed_value else CHECK.severity,
            evidence(seen, f"{quoted(ref.name)} holds {listed(list(seen.values)[:5])}"),
        )


def _texts(phrase: Phrase) -> tuple[str, ...]:
    match phrase:
        case Is(_, values):
            return tuple(value for value in values if isinstance(value, str))
        case Contains(_, text) | StartsWith(_, text):
            return (text,)
        case _:
            return ()


def _is_negative(phrase: Phrase) -> bool:
    return isinstance(phrase, Is | Contains | StartsWith) and phrase.negative is not None


def _meets(phrase: Phrase, value: str, found: str) -> bool:
    match phrase:
        case Contains():
            return value in found
        case StartsWith():
            return found.startswith(value)
        case _:
            return value == found


def _twin(value: str, seen: Seen) -> str | None:
    """The same word in another case, where the data holds it."""
    return next((v for v in seen.values if v != value and v.casefold() == value.casefold()), None)


def _constant(written: Written) -> str | None:
    write = written.write
    if isinstance(write, To | AddTo) and isinstance(write.source, Constant):
        value = write.source.value
        return value if isinstance(value, str) else None
    return None


def _other_spelling(written: Written, known: Known) -> Iterator[Problem]:
    value, seen = _constant(written), known.fields.get(written.field.name)
    if value is None or seen is None or value in seen.values:
        return
    twin = _twin(value, seen)
    if twin is not None and written.field.type.kind in _COUNTED:
        yield Problem(
            CHECK.code,
            f"the step {quoted(written.step.name)} writes {quoted(value)} to "
            f"{quoted(written.field.name)}, where the data spells it {quoted(twin)}.",
            written.where,
            f"Write {quoted(twin)}, or mend the data.",
            CHECK.severity,
            evidence(seen, f"{quoted(twin)} {seen.values[twin]:,} times"),
        )


def _unknown_to_the_vendor(project: Project, written: Written) -> Iterator[Problem]:
    value, system = _constant(written), written.system
    if value is None or system is None:
        return
    name = written.field.names.get(system, "")
    theirs = vendor_field(project.systems[system].kind, name)
    if theirs is not None and theirs.options and value not in theirs.options:
        yield Problem(
            CHECK.code,
            f"{quoted(value)} is none of the values that {quoted(name)} has in a new "
            f"{project.systems[system].kind} account.",
            written.where,
            f"Write {listed(theirs.options, 'or')}, unless your account has a value of that name.",
            CHECK.severity,
        )


CHECK = Check(
    code="value-outside-picklist",
    title="A value that the list, or the data, does not have",
    severity=Severity.WARNING,
    marketer="Somebody is let through, or left out, because two places spell the same thing in two "
    "ways, or because nobody has the value that is asked for. It never shows as an error: the "
    "audience is just too small, or empty.",
    engineer="Three comparisons. With facts.yaml: values of the data that a choice does not list; "
    "values in conditions that no record has (said where the facts hold every value, or where the "
    "same word stands there in another case; a listed value that nobody has yet is a note, and "
    "nothing where a negative phrase leaves it out); texts written in another case than the data "
    "has. Without facts: a constant saved to a vendor's own picklist that a new account does not "
    "have, which the vendor answers with 400.",
    mend="Use one spelling: the one in the data, or mend the data. Add what is missing to values:.",
    find=_find,
)
