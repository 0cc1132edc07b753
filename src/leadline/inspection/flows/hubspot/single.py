"""Actions with one way on: what each does, judged by its number and confirmed by its fields.

Wrong tables of numbers circulate, so a number alone is believed only where nothing in the
fields could confirm it. The account's own list of action types, where it was given, comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leadline.blueprint.graph.flow import Edge, Step, StepKind, Understanding
from leadline.inspection.flows.document import Map, mapping, shown, text
from leadline.inspection.flows.hubspot import effects
from leadline.inspection.flows.hubspot.names import SYSTEM
from leadline.inspection.flows.hubspot.scope import ActionType, Scope
from leadline.inspection.flows.hubspot.values import reads_of
from leadline.inspection.flows.revising import replace

Read = Callable[[Step, Map, Scope], Step]


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that actions do.

    ``needs`` are sets of fields, one of which confirms it. Where there are none, ``named`` are
    words of the name that the account's own list must give it, if that list knows the number.
    ``alone``: fields say it even under a number that is not known.
    """

    read: Read
    ids: tuple[str, ...]
    needs: tuple[frozenset[str], ...] = ()
    named: tuple[str, ...] = ()
    alone: bool = True

    def confirmed_by(self, fields: frozenset[str]) -> bool:
        """Whether one of the sets of fields is there."""
        return any(need <= fields for need in self.needs)


def _needs(*sets: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(each.split()) for each in sets)


# Where fields alone must tell, the first that fits is taken: the more telling come first.
MEANINGS = (
    Meaning(effects.set_property, ("0-5",), _needs("property_name value")),
    Meaning(effects.wait_for_event, ("0-29",), _needs("event_filter_branches")),
    Meaning(effects.send_fixed, ("0-23",), _needs("email_content_id recipient_emails")),
    Meaning(effects.send_email, ("0-4",), _needs("content_id")),
    Meaning(effects.wait_until, ("0-35",), _needs("date delta", "date time_unit")),
    Meaning(
        effects.wait, ("0-1",), _needs("delta time_unit", "delta", "days_of_week", "time_of_day")
    ),
    Meaning(effects.enroll, ("0-15",), _needs("flow_id", "workflow_id")),
    Meaning(effects.change_list, ("0-13",), _needs("list_id operation")),
    Meaning(effects.add_to_list, ("0-63809083",), _needs("listId"), alone=False),
    Meaning(effects.leave_list, ("0-63863438",), _needs("listId"), alone=False),
    Meaning(effects.create, ("0-14",), _needs("object_type_id properties")),
    Meaning(effects.copy, ("0-25",), _needs("source_property target_property")),
    Meaning(
        effects.rotate_owner, ("0-11",), _needs("user_ids target_property", "team_ids", "user_ids")
    ),
    Meaning(effects.create_task, ("0-3",), _needs("task_type", "subject")),
    Meaning(effects.notify, ("0-8", "0-9"), _needs("subject", "body", "user_ids")),
    Meaning(effects.marketing_status, ("0-31",), _needs("marketableType")),
    Meaning(effects.subscribe, ("0-43347357",), _needs("subscriptionId", "optState")),
    Meaning(effects.ads_audience, ("0-30",), named=("ad",)),
    Meaning(effects.sequence, ("0-46510720",), named=("sequence",)),
    Meaning(effects.delete, ("0-18224765",), named=("delete",)),
    Meaning(effects.associate, ("0-63189541",), named=("associat",)),
    Meaning(effects.slack, ("1-179507819",), named=("slack",)),
)
_BY_ID = {type_id: meaning for meaning in MEANINGS for type_id in meaning.ids}
# Under an unknown number only these say enough by their fields: "subject" alone may be anything.
_ALONE = tuple(m for m in MEANINGS if m.alone and m.needs)
_WEAK = frozenset({effects.create_task, effects.notify, effects.rotate_owner, effects.wait})


def read_single(action: Map, step_id: str, edges: tuple[Edge, ...], scope: Scope) -> Step:
    """The step of an action with one way on."""
    type_id = text(action.get("actionTypeId"))
    fields = mapping(action.get("fields"))
    known = scope.dictionary.get(type_id)
    meaning = _meaning(type_id, frozenset(fields), known)
    source = type_id or text(action.get("type"))
    start = Step(step_id, StepKind.OPAQUE, "", source, system=SYSTEM, edges=edges)
    if meaning is None:
        return _unknown(start, type_id, fields, known, scope)
    step = meaning.read(start, fields, scope)
    if type_id in meaning.ids:
        return step
    told = f"the number {shown(type_id, 20)} is not known; its fields say this"
    return replace(step, notes=(*step.notes, told))


def _meaning(type_id: str, fields: frozenset[str], known: ActionType | None) -> Meaning | None:
    meaning = _BY_ID.get(type_id)
    told = known.inputs | fields if known is not None else fields
    if meaning is not None:
        if meaning.needs and meaning.confirmed_by(told):
            return meaning
        if not meaning.needs and (known is None or _named_so(known.name, meaning)):
            return meaning
    for other in _ALONE:
        strong = other.read not in _WEAK and other.needs[0] <= told and len(other.needs[0]) > 1
        if strong or (other.read in _LONE and other.confirmed_by(told)):
            return other
    return None


# One field is enough where no other action has it.
_LONE = frozenset({effects.wait_for_event, effects.marketing_status})


def _named_so(name: str, meaning: Meaning) -> bool:
    return any(word in name.lower() for word in meaning.named)


def _unknown(
    start: Step, type_id: str, fields: Map, known: ActionType | None, scope: Scope
) -> Step:
    reads = reads_of(fields, scope)
    if known is not None:
        return replace(
            start,
            words=shown(known.name),
            understanding=Understanding.READ,
            reads=reads,
            notes=("known by its name in the account's own list only",),
        )
    scope.unknowns.add(f"action type: {shown(type_id, 40) or 'without a number'}")
    app = " of an installed app" if type_id.startswith("1-") else ""
    return replace(
        start,
        words=f"an action{app} of unknown type {shown(type_id, 40)}".rstrip(),
        understanding=Understanding.OPAQUE,
        reads=reads,
    )
