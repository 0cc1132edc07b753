"""What people are told of themselves, against what happened to them: invariant 13.

Every person has a reason from the closed list, for each run and each action and each trigger that
entered nobody; and each reason is held against the tables, and against the vendor's own truth.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tests.chaos.effects import fits
from tests.chaos.history import Json, Told, Unasked
from tests.chaos.law import (
    CAUSES,
    CAUSES_OF,
    EVENT_REJECTED,
    NEVER_SEEN,
    NO_TRIGGER,
    NOT_LOOKED_AT,
    REACHED,
    STEP_SKIPPED,
    UNREACHED,
    WAITS,
    WHY_NOT,
    WHY_WAITING,
)
from tests.chaos.world import World

Story = Mapping[str, Json]
Rows = list[Mapping[str, Json]]


@dataclass
class _Known:
    """What the tables say of people: by the contact that their events belong to."""

    world: World

    @cached_property
    def told(self) -> Mapping[str, Told]:
        return {told.person: told for told in self.world.of(Told)}

    @cached_property
    def unasked(self) -> set[str]:
        return {person for line in self.world.of(Unasked) for person in line.people}

    @cached_property
    def contacts(self) -> Mapping[str, set[str]]:
        """The contacts of each person who was sent for."""
        found: dict[str, set[str]] = {sent.person: set() for sent in self.world.sent.values()}
        for event in self.world.tables["event"]:
            sent = self.world.sent.get(event["message_id"])
            if sent is not None:
                found[sent.person].add(event["contact_id"])
        return found

    def _by_contact(self, table: str) -> Mapping[str, Rows]:
        found: dict[str, Rows] = defaultdict(list)
        for row in self.world.tables[table]:
            found[row["contact_id"]].append(row)
        return found

    @cached_property
    def events(self) -> Mapping[str, Rows]:
        return self._by_contact("event")

    @cached_property
    def entries(self) -> Mapping[str, Rows]:
        return self._by_contact("entry")

    @cached_property
    def runs(self) -> Mapping[str, Rows]:
        return self._by_contact("enrollment")

    @cached_property
    def actions_of(self) -> Mapping[str, set[str]]:
        """The actions of each run."""
        found: dict[str, set[str]] = defaultdict(set)
        for action in self.world.actions.values():
            found[action.key[0]].add(str(action))
        return found

    @cached_property
    def skipped(self) -> Mapping[str, Counter[str]]:
        """The steps of each run that did nothing and intended nothing."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self.world.tables["decision"]:
            for record in row["records"]:
                if record["is"] == "record.Skipped" and record.get("key") is None:
                    found[row["enrollment_id"]][record["step"]] += 1
        return found

    @cached_property
    def workflows(self) -> set[str]:
        started = {w for names in self.world.plan.starts.values() for w in names}  # type: ignore[union-attr]  # asked for by ``needs``
        return started | {row["workflow"] for row in self.world.tables["entry"]}

    @cached_property
    def suppressed(self) -> set[str]:
        return {strike.target.lower() for strike in self.world.strikes("suppress")}


def why_tells_the_truth(world: World) -> Iterator[str]:
    """13. ``why`` names a reason for every person, and it agrees with the truth."""
    known = _Known(world)
    for person, contacts in known.contacts.items():
        if person in known.unasked:
            continue
        told = known.told.get(person)
        if told is None or not told.stories:
            yield f"{person} is told nothing"
            continue
        for what in (*_named(told), *_agrees(known, told, contacts)):
            yield f"{person} {what}"


def _named(told: Told) -> Iterator[str]:
    """Each answer names a reason that is on the list, in words."""
    for story in told.stories:
        for answer in (story, *story["steps"]):
            if answer["cause"] not in CAUSES:
                yield f'is told "{answer["cause"]}", which is no reason of the list'
            if not (answer["sentence"] or "").strip():
                yield f'is told "{answer["cause"]}" without a sentence'


def _agrees(known: _Known, told: Told, contacts: set[str]) -> Iterator[str]:
    runs = {row["id"]: row for contact in contacts for row in known.runs.get(contact, ())}
    of_runs = Counter(story["run"] for story in told.stories if story["run"] is not None)
    if of_runs != Counter(runs.keys()):
        yield f"has {len(runs)} runs and is told of {of_runs.total()}, or of others"
    for story in told.stories:
        if story["run"] in runs:
            yield from _run_agrees(known, told.person, story, runs[story["run"]])
    others = [story for story in told.stories if story["run"] is None]
    yield from _others_agree(known, others, contacts)


# ---------------------------------------------------------------- runs


def _run_agrees(known: _Known, person: str, story: Story, row: Mapping[str, Json]) -> Iterator[str]:
    run, cause = row["id"], story["cause"]
    if row["ended_at"] is not None:
        if cause != row["end_reason"]:
            yield f'is told "{cause}" of the run {run}, which ended: {row["end_reason"]}'
    elif cause not in WAITS and cause not in {step["cause"] for step in story["steps"]}:
        yield f'is told "{cause}" of the run {run}, which goes on'
    if story["workflow"] != row["workflow"]:
        yield f"is told that the run {run} is one of {story['workflow']}"
    acted = [step for step in story["steps"] if step["key"]]
    actions = known.actions_of.get(run, set())
    if Counter(step["key"] for step in acted) != Counter(actions):
        yield f"has {len(actions)} actions in the run {run} and is told of {len(acted)}, or others"
    idle = Counter(step["step"] for step in story["steps"] if not step["key"])
    if idle != known.skipped.get(run, Counter()):
        yield f"is told of other steps of the run {run} that did nothing than there were"
    for step in story["steps"]:
        if step["key"] in actions:
            yield from _action_agrees(known, person, step)
        elif not step["key"] and step["cause"] != STEP_SKIPPED:
            yield f'is told "{step["cause"]}" of the step {step["step"]}, which did nothing'


def _action_agrees(known: _Known, person: str, step: Mapping[str, Json]) -> Iterator[str]:
    """Reached if, and only if, it took effect once, by the vendor's own book."""
    world, cause = known.world, step["cause"]
    run, name, visit = step["key"].rsplit("/", 2)
    action = world.actions[run, name, int(visit)]
    state = world.standing(action.key)
    if step["state"] != state or cause not in CAUSES_OF.get(state, ()):
        yield f'is told "{cause}" ({step["state"]}) of {action}, which is {state}'
    reached = cause in REACHED if cause in REACHED | UNREACHED else None
    if not fits(world, action, reached):
        times = len(world.effects_of(action.key))
        yield f'is told "{cause}" of {action}, which took effect {times} times'
    if cause == "suppressed" and person.lower() not in known.suppressed:
        yield f'is told "{cause}" of {action}, and nobody suppressed that address'


# ---------------------------------------------------------------- what led to no run


def _others_agree(known: _Known, stories: list[Story], contacts: set[str]) -> Iterator[str]:
    events = [row for contact in contacts for row in known.events.get(contact, ())]
    entries = [row for contact in contacts for row in known.entries.get(contact, ())]
    if not contacts:
        if [story["cause"] for story in stories] != [NEVER_SEEN]:
            yield f"never came in, and is told {_causes(stories)}"
        return
    expected: Counter[tuple[str | None, str]] = Counter()
    for entry in entries:
        if entry["outcome"] != "entered":
            expected[entry["workflow"], _why_not(entry)] += 1
    for event in events:
        if event["rejected"] is not None:
            expected[None, EVENT_REJECTED] += 1
        elif event["routed_at"] is None:
            expected[None, NOT_LOOKED_AT] += 1
    found = Counter((s["workflow"], s["cause"]) for s in stories if s["cause"] != NO_TRIGGER)
    for workflow, cause in (expected - found).elements():
        yield f'is not told "{cause}" of {workflow or "an event"}'
    for workflow, cause in (found - expected).elements():
        yield f'is told "{cause}" of {workflow or "an event"}, for which nothing speaks'
    yield from _triggers_agree(known, stories, entries, events)


def _why_not(entry: Mapping[str, Json]) -> str:
    if entry["outcome"] == "waiting":
        return WHY_WAITING
    return WHY_NOT.get(entry["reason"], "refused by a rule")


def _triggers_agree(
    known: _Known, stories: list[Story], entries: Rows, events: Rows
) -> Iterator[str]:
    """No trigger came in if, and only if, there is no entry, and none can come any more."""
    assert known.world.plan is not None
    starts = known.world.plan.starts
    to_come = {
        workflow
        for event in events
        if event["routed_at"] is None and event["rejected"] is None
        for workflow in starts.get(event["name"], ())
    }
    entered = {entry["workflow"] for entry in entries}
    said = Counter(story["workflow"] for story in stories if story["cause"] == NO_TRIGGER)
    for workflow, times in said.items():
        if times > 1 or workflow in entered:
            yield f'is told {times} times "{NO_TRIGGER}" of {workflow}'
    for workflow in sorted(known.workflows - entered - to_come - set(said)):
        yield f"is told nothing of {workflow}"


def _causes(stories: list[Story]) -> str:
    return ", ".join(f'"{story["cause"]}"' for story in stories) or "nothing"
