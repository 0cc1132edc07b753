"""The checker, tried on a history that is right and on each way in which one may be wrong."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.chaos import check as checker
from tests.chaos.check import check, judge
from tests.chaos.history import (
    Answered,
    Call,
    Ceased,
    Effect,
    History,
    Line,
    NotALine,
    Plan,
    Recorder,
    Replayed,
    Rested,
    Row,
    Sent,
    Struck,
    Told,
    Unasked,
    from_json,
    read,
    to_json,
)
from tests.chaos.made import REST, T0, correct, iso, row

Mutant = Callable[[History], History]
HERE = Path(__file__).parent
JUDGES = ("answers", "check", "effects", "history", "law", "people", "timing", "world")


def broken(history: History) -> set[int]:
    return {violation.number for violation in check(history)}


# ---------------------------------------------------------------- how to spoil a history


def drop(wanted: Callable[[Line], bool]) -> Mutant:
    """The first line that is like this is missing."""

    def mutant(history: History) -> History:
        gone = next(line for line in history if wanted(line))
        return tuple(line for line in history if line is not gone)

    return mutant


def double(wanted: Callable[[Line], bool], **changed: Any) -> Mutant:
    """The first line that is like this stands twice, the second time with other fields."""

    def mutant(history: History) -> History:
        found = next(line for line in history if wanted(line))
        return (*history, change(found, **changed))

    return mutant


def alter(wanted: Callable[[Line], bool], **changed: Any) -> Mutant:
    """The first line that is like this has other fields."""

    def mutant(history: History) -> History:
        found = next(line for line in history if wanted(line))
        return tuple(change(line, **changed) if line is found else line for line in history)

    return mutant


def add(*lines: Line) -> Mutant:
    return lambda history: (*history, *lines)


def take_effect(ref: str, what: str, place: str) -> Mutant:
    """The first request about it took effect, whatever it was answered."""

    def mutant(history: History) -> History:
        asked = next(line for line in history if isinstance(line, Call) and ref in line.refs)
        effect = Effect(asked.at, asked.connection, asked.call, "ours", what, ref, place)
        return (*history, effect)

    return mutant


def both(first: Mutant, second: Mutant) -> Mutant:
    return lambda history: second(first(history))


def change(line: Line, **changed: Any) -> Line:
    if isinstance(line, Row):
        return Row(line.table, {**line.values, **changed})
    return replace(line, **changed)


def is_row(table: str, **values: Any) -> Callable[[Line], bool]:
    return lambda line: (
        isinstance(line, Row)
        and line.table == table
        and all(line.values[name] == value for name, value in values.items())
    )


def is_a(kind: type[Line], **values: Any) -> Callable[[Line], bool]:
    return lambda line: (
        isinstance(line, kind)
        and all(getattr(line, name) == value for name, value in values.items())
    )


def outcome_of(run: str, step: str, state: str) -> Callable[[Line], bool]:
    return is_row("outcome", enrollment_id=run, step=step, state=state)


def request_like(ref: str, **changed: Any) -> Call:
    given: dict[str, Any] = {
        "by": "ours",
        "operation": "mail",
        "key": "",
        "body": f"body {[ref]}",
        "refs": [ref],
        "places": [],
        "status": 200,
        "ending": "answered",
        "unclear": False,
        "fault": None,
        "answered_at": None,
    }
    return Call(connection="mail", call=99, **given | changed)


def swap_effects(history: History) -> History:
    """The two writes of Ann's record reached the vendor in the wrong order."""
    refs = {"w-ann": "w-ann-2", "w-ann-2": "w-ann"}

    def swapped(line: Line) -> Line:
        if isinstance(line, Effect) and line.ref in refs:
            return replace(line, ref=refs[line.ref])
        if isinstance(line, Call) and line.refs and line.refs[0] in refs:
            return replace(line, refs=[refs[line.refs[0]]], body=f"body {[refs[line.refs[0]]]}")
        if is_row("call", id="k1")(line):
            return change(line, began_at=iso(9.5), send_before=iso(11.5), answered_at=iso(9.7))
        if is_row("call", id="k5")(line):
            return change(line, began_at=iso(2.0), send_before=iso(4.0), answered_at=iso(2.2))
        return line

    return tuple(swapped(line) for line in history)


def overfill(history: History) -> History:
    """A third mail within the second, with a call and an action that are in order."""
    key = {"enrollment_id": "r-ann", "step": "mail", "visit": 1}
    action = next(line for line in history if is_row("action", step="mail")(line))
    call = next(line for line in history if is_row("call", id="k7")(line))
    return (
        *alter(
            is_row("decision", enrollment_id="r-ann", n=1),
            records=[
                {"is": "record.Intended", "key": "r-ann/one/1", "kind": "save"},
                {"is": "record.Intended", "key": "r-ann/mail/1", "kind": "mail"},
            ],
        )(history),
        change(action, **key, ordinal=99),
        row("outcome", **key, id=99, at=iso(6.6), state="accepted", cause="answer", call_id=None),
        change(call, id="k99", request_hash="body ['mail-ann']"),
        row("call_action", **key, connection="mail", call_id="k99", ref="mail-ann"),
        request_like("mail-ann", at=T0 + 6.4),
        Effect(T0 + 6.5, "mail", 99, "ours", "mail", "mail-ann", "ann@x.example"),
    )


RUN_OF_EVE = is_row("enrollment", id="r-eve")

MUTANTS: dict[str, tuple[Mutant, set[int]]] = {
    # 1
    "an acknowledged event is lost": (drop(is_row("event", id="e-ann")), {1, 2}),
    "an event is stored twice": (double(is_row("event", id="e-ann"), id="e-ann-2"), {1, 2}),
    "an event is forged": (
        both(drop(is_a(Sent, message_id="m-bob")), drop(is_a(Answered, message_id="m-bob"))),
        {1},
    ),
    # 2
    "an entry is missing": (drop(is_row("entry", cause="e-bob")), {2}),
    "an entry stands twice": (double(is_row("entry", cause="e-bob")), {2}),
    "an entry into another workflow": (
        double(is_row("entry", cause="e-bob"), workflow="other", outcome="not entered", reason="x"),
        {2},
    ),
    "an entry says no reason": (
        alter(is_row("entry", cause="e-eve"), outcome="not entered", enrollment_id=None),
        {2},
    ),
    "an entry leads to no run": (
        alter(is_row("entry", cause="e-bob"), enrollment_id="r-nobody"),
        {2},
    ),
    "a person runs twice for one value": (
        both(
            double(RUN_OF_EVE, id="r-eve-2", decisions=0),
            double(is_row("entry", cause="e-eve"), cause="e-5", enrollment_id="r-eve-2"),
        ),
        {2},
    ),
    # 3
    "a run sleeps for ever": (alter(RUN_OF_EVE, wake_at=None), {3}),
    "a run is overdue": (alter(RUN_OF_EVE, wake_at=iso(30)), {3}),
    "a run ended without a reason": (
        alter(is_row("enrollment", id="r-bob"), end_reason=None),
        {3},
    ),
    "a run ended and wakes": (alter(is_row("enrollment", id="r-bob"), wake_at=iso(99)), {3}),
    "an event was never looked at": (alter(is_row("event", id="e-bob"), routed_at=None), {3}),
    "a run did not hear of its action": (
        add(row("work", enrollment_id="r-bob", step="save", visit=1, state="accepted")),
        {3},
    ),
    # 4
    "a decision is missing": (drop(is_row("decision", enrollment_id="r-bob", n=0)), {4}),
    "an action was never intended": (
        alter(is_row("decision", enrollment_id="r-bob", n=1), records=[]),
        {4},
    ),
    "an intended action is no row": (
        add(
            row(
                "decision",
                enrollment_id="r-eve",
                n=3,
                records=[{"is": "record.Intended", "key": "r-eve/x/1", "kind": "mail"}],
            )
        ),
        {4},
    ),
    "played again it does something else": (
        alter(is_a(Replayed), actions={"save/1": "hash save", "mail/1": "another hash"}),
        {4},
    ),
    "it cannot be played again": (alter(is_a(Replayed), trouble="no such step"), {4}),
    # 5
    "a request without a call": (
        add(request_like("mail-eve", at=T0 + 13.0, status=429)),
        {5},
    ),
    "a notice was mailed twice": (
        both(
            double(is_a(Call, refs=["notice-1"]), call=97, at=T0 + 14.0),
            add(Effect(T0 + 14.1, "mail", 97, "ours", "mail", "notice-1", "ops@x.example")),
        ),
        {5},
    ),
    "a notice was never to be mailed": (alter(is_row("notice"), mailed_at=None), {5}),
    "an effect with a forged name": (
        alter(is_a(Effect, ref="w-bob"), ref="w-forged"),
        {5, 6},
    ),
    "an effect of no request": (alter(is_a(Effect, ref="w-bob"), call=98), {5}),
    "an effect of no action": (
        both(
            drop(is_row("action", enrollment_id="r-dan", step="tell")),
            alter(is_row("decision", enrollment_id="r-dan", n=2), records=[]),
        ),
        {5, 11},
    ),
    "a call is missing": (drop(is_row("call", id="k3")), {5}),
    # 6
    "an accepted mail never arrived": (drop(is_a(Effect, ref="mail-bob")), {6}),
    "one request took effect twice": (double(is_a(Effect, ref="w-cyd")), {5, 6}),
    "a retry doubled an effect": (
        take_effect("w-bob", "write", "bob@x.example"),
        {6},
    ),
    "a dead action took effect": (
        take_effect("mail-eve", "mail", "eve@x.example"),
        {6},
    ),
    "a late effect without a freeze": (
        drop(is_a(Struck, nemesis="freeze worker")),
        {5, 6},
    ),
    "an action is lost": (
        both(
            drop(is_row("work", step="mail")),
            both(
                drop(outcome_of("r-cyd", "mail", "unknown")),
                drop(outcome_of("r-cyd", "mail", "held")),
            ),
        ),
        {6, 11},
    ),
    # 7
    "doubt without a cause": (alter(is_a(Call, ending="withheld"), ending="answered"), {7}),
    "doubt where the vendor can be asked": (
        both(
            drop(outcome_of("r-cyd", "save", "accepted")),
            add(row("work", enrollment_id="r-cyd", step="save", visit=1, state="unknown")),
        ),
        {7},
    ),
    "a kill that never was": (
        lambda history: both(
            drop(outcome_of("r-cyd", "save", "accepted")),
            both(
                add(row("work", enrollment_id="r-cyd", step="save", visit=1, state="unknown")),
                both(
                    drop(is_a(Struck, nemesis="kill worker")),
                    alter(lambda line: getattr(line, "connection", "") == "crm", settles="held"),
                ),
            ),
        )(history),
        {7},
    ),
    # 8
    "two writes are swapped": (swap_effects, {8}),
    # 9
    "a window is over-full": (overfill, {9}),
    # 10
    "a suppressed address got mail": (
        alter(is_a(Struck, nemesis="suppress"), target="bob@x.example"),
        {10},
    ),
    "a call begins while its connection is paused": (
        add(Struck(T0 + 3.0, T0 + 6.0, "pause", "crm", store_at=T0 + 2.5)),
        {10},
    ),
    # 11
    "a path leaves the table": (
        alter(outcome_of("r-cyd", "save", "accepted"), state="superseded"),
        {6, 11},
    ),
    "an evident cause is wrong": (
        alter(outcome_of("r-cyd", "save", "accepted"), cause="answer"),
        {11},
    ),
    "a settled action moves on": (
        add(
            row(
                "outcome",
                enrollment_id="r-bob",
                step="save",
                visit=1,
                id=98,
                at=iso(20),
                state="accepted",
                cause="answer",
                call_id=None,
            )
        ),
        {11},
    ),
    "work and outcome disagree": (alter(is_row("work", step="mail"), state="unknown"), {11}),
    "work is missing": (drop(is_row("work", step="mail")), {11}),
    "an outcome of nobody": (
        add(
            row(
                "outcome",
                enrollment_id="r-zoe",
                step="x",
                visit=1,
                id=97,
                at=iso(1),
                state="skipped",
                cause="gate",
                call_id=None,
            )
        ),
        {11},
    ),
    # 12
    "it came to rest too late": (alter(is_a(Rested), at=T0 + 200), {3, 12}),
    "it never came to rest": (alter(is_a(Rested), at_rest=False), {3, 12}),
}


def tell(person: str, **changed: Any) -> Mutant:
    """The first story that a person is told is another."""
    return _retold(person, lambda story: {**story, **changed})


def tell_of(person: str, step: str, **changed: Any) -> Mutant:
    """What a person is told of a step is something else."""

    def other(story: Mapping[str, Any]) -> Mapping[str, Any]:
        assert any(one["step"] == step for one in story["steps"])
        steps = [{**one, **changed} if one["step"] == step else one for one in story["steps"]]
        return {**story, "steps": steps}

    return _retold(person, other)


def _retold(person: str, other: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Mutant:
    def mutant(history: History) -> History:
        told = next(line for line in history if is_a(Told, person=f"{person}@x.example")(line))
        assert isinstance(told, Told)
        again = replace(told, stories=[other(told.stories[0]), *told.stories[1:]])
        return tuple(again if line is told else line for line in history)

    return mutant


ANSWERS: dict[str, tuple[Mutant, str]] = {
    "a person is told nothing": (
        drop(is_a(Told, person="ann@x.example")),
        "ann@x.example is told nothing",
    ),
    "a person has no story": (alter(is_a(Told), stories=[]), "ann@x.example is told nothing"),
    "a reason that is not on the list": (
        tell("fay", cause="no record"),
        '"no record", which is no reason of the list',
    ),
    "a reason without words": (tell("gus", sentence=" "), "without a sentence"),
    "an action has a reason without words": (
        tell_of("bob", "save", sentence=""),
        '"accepted" without a sentence',
    ),
    "a run that goes on is called over": (
        tell("eve", cause="completed"),
        '"completed" of the run r-eve, which goes on',
    ),
    "a run that is over is said to wait": (tell("ann", cause="sleeping"), "which ended: completed"),
    "a run ended otherwise": (tell("ann", cause="stopped by an event"), "which ended: completed"),
    "a run waits for no action of its own": (
        tell("eve", cause="waiting for the limit"),
        "of the run r-eve, which goes on",
    ),
    "a run of somebody else": (
        tell("ann", run="r-bob"),
        "has 1 runs and is told of 1, or of others",
    ),
    "a run is one of another workflow": (
        tell("ann", workflow="other"),
        "the run r-ann is one of other",
    ),
    "an action is left out": (
        tell("bob", steps=[]),
        "has 2 actions in the run r-bob and is told of 0",
    ),
    "a step is said to have done nothing": (
        tell_of("bob", "save", key="", cause="step skipped"),
        "other steps of the run r-bob that did nothing",
    ),
    "reached is called dead": (
        tell_of("bob", "save", state="dead", cause="given up"),
        '"given up" of r-bob/save/1, which took effect 1 times',
    ),
    "dead is called reached": (
        tell_of("eve", "mail", state="accepted", cause="accepted"),
        '"accepted" of r-eve/mail/1, which took effect 0 times',
    ),
    "held is called reached": (
        tell_of("cyd", "mail", state="accepted", cause="accepted"),
        "r-cyd/mail/1, which is held",
    ),
    "another reason than its state has": (
        tell_of("eve", "tell", cause="superseded"),
        '"superseded" (expired) of r-eve/tell/1',
    ),
    "the right words for another state": (
        tell_of("eve", "tell", state="dead"),
        '"too late" (dead) of r-eve/tell/1',
    ),
    "reached, and the vendor knows of nothing": (
        both(
            tell_of("dan", "mail", state="accepted", cause="accepted"),
            alter(outcome_of("r-dan", "mail", "skipped"), state="accepted", cause="evidence"),
        ),
        "r-dan/mail/1, which took effect 0 times",
    ),
    "suppressed, and nobody suppressed it": (
        drop(is_a(Struck, nemesis="suppress")),
        "nobody suppressed that address",
    ),
    "not entered for another reason": (
        tell("fay", cause="already in"),
        'is not told "no address" of welcome',
    ),
    "entered is called not entered": (
        tell("ann", run=None, cause="already in", steps=[]),
        '"already in" of welcome, for which nothing speaks',
    ),
    "not entered is called no trigger": (
        tell("fay", cause="no trigger came in"),
        '1 times "no trigger came in" of welcome',
    ),
    "no trigger is called not entered": (
        tell("gus", cause="no address"),
        "gus@x.example is told nothing of welcome",
    ),
    "what was looked at is said to wait": (
        tell("fay", cause="not looked at yet", workflow=None),
        '"not looked at yet" of an event, for which nothing speaks',
    ),
    "who came in was never seen": (
        tell("gus", cause="never seen", workflow=None),
        '"never seen" of an event, for which nothing speaks',
    ),
    "what was rejected is not told": (
        alter(is_row("event", id="e-gus"), rejected="no such event"),
        'is not told "event rejected" of an event',
    ),
    "a step that did nothing is not told": (
        alter(
            is_row("decision", enrollment_id="r-eve", n=1),
            records=[
                {"is": "record.Intended", "key": "r-eve/mail/1", "kind": "mail"},
                {"is": "record.Skipped", "key": None, "step": "note", "reason": "too late"},
            ],
        ),
        "other steps of the run r-eve that did nothing",
    ),
}
"""Answers that do not agree with the truth, invariant 13, and what is said of them."""


def unheard(history: History) -> History:
    """What happened, without what people are told of it, which would differ as well."""
    return tuple(line for line in history if not isinstance(line, Told))


def test_a_correct_history_has_no_violation() -> None:
    assert check(correct()) == ()


def test_nothing_is_said_of_people_whom_nobody_asked_about() -> None:
    unasked = both(drop(is_a(Told)), add(Unasked(["ann@x.example"])))
    assert broken(unasked(correct())) == set()


def test_an_answer_at_the_very_end_of_a_time_out_may_have_been_missed() -> None:
    missed = alter(is_a(Call, ending="withheld"), ending="answered", answered_at=T0 + 7.8)
    assert broken(missed(correct())) == set()


def test_a_machine_that_stalls_keeps_answers_back() -> None:
    stalled = both(
        alter(is_a(Call, ending="withheld"), ending="answered"),
        add(Struck(T0 + 6.5, T0 + 7.5, "stall", "this machine")),
    )
    assert broken(stalled(correct())) == set()


def test_what_cannot_be_judged_is_said() -> None:
    assert [v.number for v in judge(correct()) if v.not_judged is not None] == []
    assert [v.number for v in judge(unheard(correct())) if v.not_judged is not None] == [13]
    assert [v.number for v in judge(()) if v.not_judged is None] == []


@pytest.mark.parametrize("kind", [Sent, Plan, Call, Rested, Ceased, Row, Told])
def test_a_recorder_that_is_missing_leaves_something_unjudged(kind: type[Line]) -> None:
    less = tuple(line for line in correct() if not isinstance(line, kind))
    unjudged = [v for v in judge(less) if v.not_judged is not None]
    assert unjudged
    assert all(not v.violations for v in unjudged)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught_by_the_right_invariant(name: str) -> None:
    mutant, numbers = MUTANTS[name]
    assert broken(mutant(unheard(correct()))) == numbers


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_is_not_true_is_caught(name: str) -> None:
    mutant, words = ANSWERS[name]
    said = [violation.what for violation in check(mutant(correct())) if violation.number == 13]
    assert any(words in what for what in said), said


def test_every_invariant_that_is_judged_has_a_mutant() -> None:
    caught = {13}.union(*(numbers for _, numbers in MUTANTS.values()))
    assert caught == {v.number for v in judge(correct()) if v.not_judged is None}


def test_the_judges_import_nothing_that_they_judge() -> None:
    for name in JUDGES:
        tree = ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            for module in modules:
                assert not module.startswith("leadline"), f"{name} imports {module}"
                if module.startswith("tests.chaos."):
                    assert module.removeprefix("tests.chaos.") in JUDGES


def test_a_history_survives_being_written_and_read(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "all.jsonl")
    recorder.write(*correct())
    recorder.close()
    assert read([tmp_path / "all.jsonl"]) == correct()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"recorder": "client", "kind": "shouted"}',
        to_json(Ceased(1.0))[:-2],
        to_json(Ceased(1.0)).replace('"at"', '"when"'),
        '{"recorder": "nemesis", "kind": "ceased"}',
    ],
)
def test_a_torn_or_strange_line_is_refused(text: str) -> None:
    with pytest.raises(NotALine):
        from_json(text)


def test_figures_count_what_a_run_has_tried() -> None:
    found = checker.figures(correct())
    assert found["held"] == 1
    assert found["ambiguous_requests"] == 1
    assert found["throttled"] == 1
    assert found["late_requests"] == 1
    assert found["doubted"] == 3
    assert found["people"] == found["people_told_why"] == 7
    assert REST > T0
