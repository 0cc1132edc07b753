"""The steps that do or decide: send, save, post, set, choose, enroll, stop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from leadline.expression.tree import Ref
from leadline.expression.types import Value
from leadline.journey.action import Enroll, PostMessage, SaveRecord, SendEmail, SetField, Values
from leadline.journey.outcome import Acting
from leadline.journey.program import FlatChoice, Target, source_ref
from leadline.journey.record import Missing, Took, WhySkipped
from leadline.journey.run import Move, Sheet, answer
from leadline.journey.set_field import apply, resolve
from leadline.journey.state import AwaitingAction, EndReason
from leadline.journey.timing import plus
from leadline.ledger.coalesce import FieldWrite
from leadline.ledger.key import ActionKey
from leadline.project.address import spell
from leadline.project.workflow import (
    AddTo,
    Constant,
    EnrollStep,
    PostStep,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
    StopStep,
    To,
    Write,
)

NO_STAND_INS: Mapping[Ref, Value] = {}


def send(sheet: Sheet, step: SendStep, after: Target) -> Move:
    """Intend one email, unless the contact has no address or it would be late."""
    to = address(sheet)
    if to is None:
        sheet.skip(step.name, WhySkipped.NO_ADDRESS)
        return after
    not_after = _deadline(sheet, step)
    if not_after is not None and sheet.now > not_after:
        late = f"not after {not_after:%Y-%m-%d %H:%M:%S} UTC"
        sheet.skip(step.name, WhySkipped.TOO_LATE, late)
        return after
    action = SendEmail(
        key=sheet.key(step.name),
        connection=step.connection,
        message=step.message,
        to=to,
        values=_values(sheet, step),
        purpose=step.purpose,
        not_after=not_after,
        retry_until=plus(sheet.now, step.policy.retry_for),
    )
    sheet.intend(action, "mail")
    return _park(sheet, step, action.key)


def _deadline(sheet: Sheet, step: SendStep) -> datetime | None:
    """When the mail would be too late; one whose deadline is not known goes without."""
    if step.not_after is None:
        return None
    not_after = sheet.time(step.not_after)
    if not_after is None and isinstance(step.not_after, RelativeTime):
        sheet.records.append(Missing(step.name, str(step.not_after.ref)))
    return not_after


def save(sheet: Sheet, step: SaveStep, after: Target) -> Move:
    """Intend one write of the contact's record, unless there is no address or nothing to write."""
    record = address(sheet)
    if record is None:
        sheet.skip(step.name, WhySkipped.NO_ADDRESS)
        return after
    vendor = sheet.program.vendor_fields[step.connection]
    writes = _writes(sheet, step, step.if_missing)
    if not writes:
        sheet.skip(step.name, WhySkipped.NOTHING_TO_WRITE)
        return after
    action = SaveRecord(
        key=sheet.key(step.name),
        connection=step.connection,
        object=step.object,
        record=spell(record),  # one record, however its address was written
        fields={vendor[name].name: write for name, write in writes.items()},
        every_value=frozenset(vendor[name].name for name in writes if vendor[name].every_value),
        retry_until=plus(sheet.now, step.policy.retry_for),
    )
    sheet.intend(action, "save")
    return _park(sheet, step, action.key)


def post(sheet: Sheet, step: PostStep) -> Move:
    """Intend one post."""
    action = PostMessage(
        key=sheet.key(step.name),
        connection=step.connection,
        channel=step.channel,
        message=step.message,
        values=_values(sheet, step),
        bundle=step.bundle,
        retry_until=plus(sheet.now, step.policy.retry_for),
    )
    sheet.intend(action, "post")
    return _park(sheet, step, action.key)


def set_fields(sheet: Sheet, step: SetStep, after: Target) -> Move:
    """Write our own contact; the steps of the same move see what was written."""
    writes = _writes(sheet, step, NO_STAND_INS)
    if not writes:
        sheet.skip(step.name, WhySkipped.NOTHING_TO_WRITE)
        return after
    sheet.intend(SetField(sheet.key(step.name), writes), "set")
    contact = sheet.facts.contact
    sheet.write_contact({n: apply(write, contact.get(n)) for n, write in writes.items()})
    return after


def choose(sheet: Sheet, choice: FlatChoice) -> Move:
    """Take the first branch that holds, else what the unknown or the rest takes."""
    values = {str(ref): sheet.row[ref] for ref in choice.reads}
    unknown = False
    for branch in choice.branches:
        holds = answer(branch.condition, sheet.row, sheet.now, sheet.program.time_zone)
        if holds:
            sheet.records.append(Took(choice.name, branch.label, values, unknown=False))
            return branch.target
        unknown = unknown or holds is None
    if unknown and choice.has_unknown:
        sheet.records.append(Took(choice.name, "unknown", values, unknown=True))
        return choice.unknown
    sheet.records.append(Took(choice.name, "else", values, unknown=unknown))
    return choice.otherwise


def enroll(sheet: Sheet, step: EnrollStep, after: Target) -> Move:
    """Intend that the contact enters another workflow; the run does not wait for it."""
    sheet.intend(Enroll(sheet.key(step.name), step.workflow), "enroll")
    return after


def stop(sheet: Sheet, step: StopStep) -> Move:
    """End the run."""
    return sheet.end(EndReason.STOP_STEP, step.reason, step.name)


def address(sheet: Sheet) -> str | None:
    """Return the contact's address; an empty one is none."""
    email = sheet.facts.contact.get("email")
    return email if isinstance(email, str) and email else None


def _park(sheet: Sheet, step: Acting, key: ActionKey) -> AwaitingAction:
    until = plus(sheet.now, step.policy.retry_for)
    return AwaitingAction(step.name, key, until, sheet.visits)


def _values(sheet: Sheet, step: SendStep | PostStep) -> Values:
    refs = sheet.program.variables.get(step.message, ())
    return {str(ref): sheet.value(step.name, ref, step.if_missing) for ref in refs}


def _writes(
    sheet: Sheet, step: SaveStep | SetStep, stand_ins: Mapping[Ref, Value]
) -> dict[str, FieldWrite]:
    """Make each write with its value, by our names; one whose value is unknown is left out."""
    found: dict[str, FieldWrite] = {}
    # Sorted, for the store keeps no order of keys and the records shall be the same.
    for name in sorted(step.fields):
        write = step.fields[name]
        value = _source_value(sheet, step.name, write, stand_ins)
        resolved = resolve(write, value, sheet.program.orders.get(name, ()))
        if resolved is not None:
            found[name] = resolved
    return found


def _source_value(sheet: Sheet, step: str, write: Write, stand_ins: Mapping[Ref, Value]) -> Value:
    ref = source_ref(write)
    if ref is not None:
        return sheet.value(step, ref, stand_ins)
    if isinstance(write, To | AddTo) and isinstance(write.source, Constant):
        return write.source.value
    return None
