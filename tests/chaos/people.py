"""Invariants about people: what they did is stored, what it led to is recorded (1 to 4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from tests.chaos.history import Json
from tests.chaos.law import SETTLED
from tests.chaos.world import CLOCKS_S, World, key_of, named, seconds


def every_acknowledged_event_is_stored_once(world: World) -> Iterator[str]:
    """1. No event that was sent is stored twice, none is stored that was never sent."""
    stored = Counter(row["message_id"] for row in world.tables["event"])
    for message_id in sorted(world.acknowledged):
        if stored[message_id] == 0:
            yield f"the event {message_id} was acknowledged and is not stored"
    for message_id, times in sorted(stored.items()):
        if times > 1:
            yield f"the event {message_id} is stored {times} times"
        if message_id not in world.sent:
            yield f"the event {message_id} is stored and was never sent"


def every_match_leaves_one_entry(world: World) -> Iterator[str]:
    """2. Event × matching workflow → exactly one entry; an entry leads to what it says."""
    assert world.plan is not None
    by_cause: dict[tuple[str, str], list[Mapping[str, Json]]] = defaultdict(list)
    for row in world.tables["entry"]:
        by_cause[row["cause"], row["workflow"]].append(row)
    expected: set[tuple[str, str]] = set()
    for event in world.tables["event"]:
        if event["rejected"] is not None or event["kind"] != "track":
            continue
        for workflow in world.plan.starts.get(event["name"], ()):
            expected.add((event["id"], workflow))
            times = len(by_cause[event["id"], workflow])
            if times != 1:
                yield f"the event {event['id']} left {times} entries for {workflow}"
    runs = {row["id"]: row for row in world.tables["enrollment"]}
    for (cause, workflow), rows in by_cause.items():
        enrolled = all("enrolled_by" in row["detail"] for row in rows)
        if rows and (cause, workflow) not in expected and not enrolled:
            yield f"the entry of {cause} into {workflow} has no event that explains it"
    yield from _entries_and_runs_agree(world, runs)


def _entries_and_runs_agree(world: World, runs: Mapping[str, Mapping[str, Json]]) -> Iterator[str]:
    entered: Counter[str] = Counter()
    for row in world.tables["entry"]:
        if row["outcome"] == "entered":
            entered[row["enrollment_id"]] += 1
            if row["enrollment_id"] not in runs:
                yield f"the entry of {row['cause']} says entered, and there is no such run"
        elif not row["reason"]:
            yield f"the entry of {row['cause']} is {row['outcome']} without a reason"
    for run, row in runs.items():
        if entered[run] != 1:
            yield f"the run {run} of {row['workflow']} has {entered[run]} entries"
    once = Counter((r["workflow"], r["contact_id"], r["once_value"]) for r in runs.values())
    for (workflow, contact, value), times in once.items():
        if times > 1:
            yield f"{contact} is {times} times in {workflow} for {value!r}"


def every_run_ends_or_wakes(world: World) -> Iterator[str]:
    """3. Each run is ended, due or waiting with a wake-up; none is overdue at rest."""
    assert world.rested is not None
    at_rest = world.rested.at if world.rested.at_rest else None
    for run in world.tables["enrollment"]:
        if run["ended_at"] is not None:
            if not run["end_reason"]:
                yield f"the run {run['id']} ended without a reason"
            if run["wake_at"] is not None:
                yield f"the run {run['id']} ended and still wakes"
            continue
        if run["wake_at"] is None:
            yield f"the run {run['id']} at {run['step']} neither ended nor wakes"
        elif at_rest is not None and seconds(run["wake_at"]) < at_rest - CLOCKS_S:
            yield f"the run {run['id']} at {run['step']} was to wake at {run['wake_at']}"
    if at_rest is None:
        yield f"it never came to rest: {world.rested.words}"
        return
    unrouted = [e["id"] for e in world.tables["event"] if e["routed_at"] is None]
    if unrouted:
        yield f"at rest {len(unrouted)} events were not looked at: {named(unrouted)}"
    unheard = [key_of(row) for row in world.tables["work"] if row["state"] in SETTLED]
    if unheard:
        yield f"at rest {len(unheard)} runs had not heard of settled actions: {named(unheard)}"


def decisions_and_actions_agree(world: World) -> Iterator[str]:
    """4. Replaying the interpreter over the decisions gives the same actions.

    Judged from the dump alone: a run's decisions are numbered without gaps, and what they
    intend is what stands in the ledger. Judged by ``replayed`` lines as well, where there are
    some: there the interpreter was played again.
    """
    intended: dict[str, Counter[str]] = defaultdict(Counter)
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in world.tables["decision"]:
        numbers[row["enrollment_id"]].append(row["n"])
        for record in row["records"]:
            if record["is"] == "record.Intended" and record["kind"] not in OURS_ALONE:
                intended[row["enrollment_id"]][record["key"]] += 1
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for action in world.actions.values():
        rows[action.key[0]][str(action)] += 1
    for run in world.tables["enrollment"]:
        name = run["id"]
        if sorted(numbers[name]) != list(range(run["decisions"])):
            yield f"the run {name} made {run['decisions']} moves; {sorted(numbers[name])} are kept"
        for key in sorted((intended[name] - rows[name]).elements()):
            yield f"{key} was intended and is no action"
        for key in sorted((rows[name] - intended[name]).elements()):
            yield f"{key} is an action that no decision intended"
    yield from _replays_agree(world)


def _replays_agree(world: World) -> Iterator[str]:
    hashes: dict[str, dict[str, str]] = defaultdict(dict)
    for action in world.actions.values():
        enrollment, step, visit = action.key
        hashes[enrollment][f"{step}/{visit}"] = action.payload_hash
    for enrollment, replayed in world.replayed.items():
        if replayed.trouble is not None:
            yield f"the run {enrollment} cannot be played again: {replayed.trouble}"
        elif dict(replayed.actions) != hashes[enrollment]:
            yield (
                f"the run {enrollment} played again gives {sorted(replayed.actions)}; "
                f"the ledger has {sorted(hashes[enrollment])}, or other payloads"
            )


OURS_ALONE = {"set", "enroll"}
"""Kinds of intentions that are carried out in our own store; the others are actions."""
