"""Does a signature hold as long as the meaning does, and no longer? The example, changed 500 times.

Half of the changes alter what happens to people, what they read, or what is promised: each must
void the signatures of just the workflows that it concerns, and the change must be named. The
other half only alters how the files are written (comments, empty lines, the order of keys,
quotes, indentation): every signature must hold.

    python -m benchmarks.ground.signing [--mutants 500] [--seed N] [--json]
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import yaml

from leadline.blueprint.sentences.meaning import meaning_of
from leadline.blueprint.signing import signature_of, standings
from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.project import Project
from leadline.project.read import example_files
from leadline.project.write_signatures import SIGNATURES, with_signature

SEED = 20261128
WORKFLOWS = ("webinar", "webinar-follow-up")
BOTH = frozenset(WORKFLOWS)

Texts = dict[str, str]
Trees = dict[str, Any]
Change = Callable[[Trees, Texts, random.Random], tuple[str, frozenset[str]] | None]
"""Changes the trees of the YAML files and the texts of the messages; says what it did and which
workflows it concerns, or None where it found nothing to change."""


def signoff(mutants: int = 500, seed: int = SEED) -> tuple[int, list[str]]:
    """How many of the changed projects were judged wrongly, and how."""
    chance = random.Random(seed)
    signed = signed_example()
    wrong: list[str] = []
    for number in range(mutants):
        if number % 2:
            said, texts = written_otherwise(signed, chance)
            concerned: frozenset[str] = frozenset()
        else:
            said, texts, concerned = meant_otherwise(signed, chance)
        wrong += [f"{said}: {what}" for what in judged(texts, concerned)]
    return len(wrong), wrong


def signed_example() -> Texts:
    """The example's files with a signature under each workflow."""
    texts = dict(example_files())
    project = parsed(texts)
    assert project is not None
    for number, name in enumerate(WORKFLOWS):
        signature = signature_of(
            meaning_of(project, name), "Ann", date(2026, 11, 28), ("en", "de")[number]
        )
        texts[SIGNATURES] = with_signature(texts.get(SIGNATURES), signature)
    return texts


def parsed(texts: Texts) -> Project | None:
    """The project, where the files make one."""
    return parse(Files(texts))[0]


def judged(texts: Texts, concerned: frozenset[str]) -> Iterator[str]:
    """What is wrong in how a changed project's signatures are judged."""
    project = parsed(texts)
    assert project is not None
    for name in WORKFLOWS:
        (standing,) = standings(project, name)
        if standing.holds and name in concerned:
            yield f"the signature under {name} still holds"
        elif not standing.holds and name not in concerned:
            yield f"the signature under {name} is void: {standing.changes}"
        elif not standing.holds and not standing.changes:
            yield f"what changed in {name} is not named"


# ---------------------------------------------------------------- the same, written otherwise


def written_otherwise(signed: Texts, chance: random.Random) -> tuple[str, Texts]:
    """The same project with one to four files written in another form."""
    while True:
        texts, told = dict(signed), list[str]()
        # Each file once: an empty line in a text that was folded just before is a new paragraph.
        for path in chance.sample([p for p in texts if p != SIGNATURES], chance.randint(1, 4)):
            forms = MESSAGE_FORMS if path.startswith("messages/") else FILE_FORMS
            form = chance.choice(forms)
            texts[path] = form(texts[path], chance)
            told.append(f"{form.__name__} of {path}")
        # Flow style may nest braces deeper than a project file may: then another form is drawn.
        if texts != signed and parsed(texts) is not None:
            return ", ".join(told), texts


def comments(text: str, chance: random.Random) -> str:
    lines: list[str] = []
    for line in text.split("\n"):
        if chance.random() < 0.2:
            lines.append(" " * chance.randint(0, 8) + "# nobody reads this: { } [ ] - x")
        ending = "" if "#" in line or not line.strip() or chance.random() < 0.8 else "  # so"
        lines.append(line + ending)
    return "\n".join(lines)


def empty_lines(text: str, chance: random.Random) -> str:
    return re.sub("\n", lambda _: "\n" * chance.choice([1, 1, 1, 2, 3]), text)


def order_of_keys(text: str, chance: random.Random) -> str:
    return dumped(shuffled(loaded(text), chance), chance)


def without_comments(text: str, chance: random.Random) -> str:
    return dumped(loaded(text), chance)


def line_ends(text: str, chance: random.Random) -> str:
    return text.replace("\n", "\r\n")


def end_of_message(text: str, chance: random.Random) -> str:
    return text.rstrip("\n") + "\n" * chance.randint(0, 3)


def order_of_front_matter(text: str, chance: random.Random) -> str:
    found = re.match(r"---\n(.*?)---\n(.*)", text, re.DOTALL)
    if found is None:
        return text
    lines = found[1].splitlines()
    chance.shuffle(lines)
    return "---\n" + "\n".join(lines) + "\n---\n" + "\n" * chance.randint(0, 2) + found[2]


FILE_FORMS = (comments, empty_lines, order_of_keys, without_comments, line_ends)
MESSAGE_FORMS = (end_of_message, order_of_front_matter, line_ends)


def loaded(text: str) -> Any:
    return yaml.load(text, yaml.BaseLoader)  # every scalar as text


def dumped(tree: Any, chance: random.Random) -> str:
    """A tree in one of the forms in which YAML can be written."""
    return yaml.dump(
        tree,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=chance.choice([None, False, False]),
        default_style=chance.choice([None, None, '"', "'"]),
        indent=chance.choice([2, 4, 6]),
        width=chance.choice([40, 100, 1000]),
    )


def shuffled(tree: Any, chance: random.Random) -> Any:
    """The tree with the keys of its maps in another order; lists keep theirs."""
    if isinstance(tree, dict):
        items = list(tree.items())
        chance.shuffle(items)
        return {key: shuffled(value, chance) for key, value in items}
    return [shuffled(item, chance) for item in tree] if isinstance(tree, list) else tree


# ---------------------------------------------------------------- another meaning


def meant_otherwise(signed: Texts, chance: random.Random) -> tuple[str, Texts, frozenset[str]]:
    """The project with one change of meaning, its files perhaps written otherwise as well."""
    while True:
        trees = {p: loaded(t) for p, t in signed.items() if p.endswith(".yaml")}
        before = copy.deepcopy(trees)
        texts = dict(signed)
        change = chance.choice(CHANGES)
        done = change(trees, texts, chance)
        if done is None:
            continue
        for path, tree in trees.items():
            if tree != before[path]:
                texts[path] = dumped(shuffled(tree, chance), chance)
        project = parsed(texts)
        if project is not None and all(name in project.workflows for name in WORKFLOWS):
            return done[0], texts, done[1]


def steps_of(trees: Trees, chance: random.Random) -> tuple[str, list[list[dict[str, Any]]]]:
    """One workflow, and every list of steps in it."""
    name = chance.choice(WORKFLOWS)
    lists: list[list[dict[str, Any]]] = []

    def gather(steps: list[dict[str, Any]]) -> None:
        lists.append(steps)
        for step in steps:
            for branch in step.get("choose", ()):
                gather(branch.get("then") or branch.get("else") or [])

    gather(trees[f"workflows/{name}.yaml"]["steps"])
    return name, lists


def step_of(trees: Trees, chance: random.Random, *keys: str) -> tuple[str, dict[str, Any]] | None:
    """A step that has all these keys, with its workflow."""
    name, lists = steps_of(trees, chance)
    fitting = [s for steps in lists for s in steps if all(k in s for k in keys)]
    return (name, chance.choice(fitting)) if fitting else None


def in_step(key: str, *values: Any) -> Change:
    """Give a key of a step one of these values."""

    def change(trees: Trees, texts: Texts, chance: random.Random):
        found = step_of(trees, chance, key)
        value = chance.choice(values)
        if found is None or found[1][key] == value:
            return None
        old, found[1][key] = found[1][key], copy.deepcopy(value)
        return f"{key} of {found[1]['step']}: {old} → {value}", frozenset({found[0]})

    return change


def without_in_step(key: str) -> Change:
    """Take a key of a step away."""

    def change(trees: Trees, texts: Texts, chance: random.Random):
        found = step_of(trees, chance, key)
        if found is None:
            return None
        if key == "if_it_fails" and found[1]["step"] not in ("confirmation", "tell-sales"):
            return None
        del found[1][key]
        return f"{key} of {found[1]['step']} taken away", frozenset({found[0]})

    return change


def into_step(kind: str, key: str, value: Any) -> Change:
    """Give a step of a kind something that it does not have yet."""

    def change(trees: Trees, texts: Texts, chance: random.Random):
        found = step_of(trees, chance, kind)
        if found is None or key in found[1]:
            return None
        found[1][key] = copy.deepcopy(value)
        return f"{key} into {found[1]['step']}", frozenset({found[0]})

    return change


def in_workflow(*path: str, values: tuple[Any, ...]) -> Change:
    """Give something in the head of a workflow another value; None takes it away."""

    def change(trees: Trees, texts: Texts, chance: random.Random):
        name, value = chance.choice(WORKFLOWS), chance.choice(values)
        at = trees[f"workflows/{name}.yaml"]
        for key in path[:-1]:
            at = at.get(key)
            if not isinstance(at, dict):
                return None
        old = at.get(path[-1])
        if old == value:
            return None
        if value is None:
            del at[path[-1]]
        else:
            at[path[-1]] = copy.deepcopy(value)
        return f"{'.'.join(path)} of {name}: {old} → {value}", frozenset({name})

    return change


def in_file(file: str, *path: str, value: Any, concerns: frozenset[str]) -> Change:
    """Give something in another file another value; None takes it away."""

    def change(trees: Trees, texts: Texts, chance: random.Random):
        at = trees[file]
        for key in path[:-1]:
            at = at[key]
        if value is None:
            del at[path[-1]]
        else:
            at[path[-1]] = copy.deepcopy(value)
        return f"{'.'.join(path)} in {file}: {value}", concerns

    return change


def condition(trees: Trees, texts: Texts, chance: random.Random):
    phrases = trees["workflows/webinar-follow-up.yaml"]["steps"][2]["choose"][0]["if"]["all"]
    new = chance.choice(
        [
            "contact.company_size is at least 201",
            "contact.company_size is more than 200",
            "contact.company_size is at most 200",
            "contact.company_size is between 200 and 900",
            "contact.company_size is known",
            "contact.lifecycle_stage is not customer and known",
            "contact.lifecycle_stage is not lead or unknown",
            "contact.lifecycle_stage is one of lead or customer",
            "contact.country is DE",
            "contact.company contains GmbH",
            "contact.company starts with GmbH",
            "contact.company does not contain GmbH or unknown",
            "event.starts_at is within the last 2 days",
            "event.starts_at is after 2026-12-24 09:00",
        ]
    )
    how = chance.choice(["replaced", "added"])
    if new in phrases:
        return None
    if how == "added":
        phrases.append(new)
    else:
        phrases[chance.randrange(len(phrases))] = new
    return f"condition {how}: {new}", frozenset({"webinar-follow-up"})


def group(trees: Trees, texts: Texts, chance: random.Random):
    branch = trees["workflows/webinar-follow-up.yaml"]["steps"][2]["choose"][0]
    word = chance.choice(["any", "none"])
    branch["if"] = {word: branch["if"]["all"]}
    return f"all → {word}", frozenset({"webinar-follow-up"})


def order_of_steps(trees: Trees, texts: Texts, chance: random.Random):
    name, lists = steps_of(trees, chance)
    steps = chance.choice(lists)
    if len(steps) < 2:
        return None
    one, other = chance.sample(range(len(steps)), 2)
    steps[one], steps[other] = steps[other], steps[one]
    return f"steps {one} and {other} of {name} change places", frozenset({name})


def step_taken_away(trees: Trees, texts: Texts, chance: random.Random):
    name, lists = steps_of(trees, chance)
    steps = chance.choice(lists)
    if len(steps) < 2:
        return None
    gone = steps.pop(chance.randrange(len(steps)))
    return f"step {gone['step']} taken away", frozenset({name})


def step_added(trees: Trees, texts: Texts, chance: random.Random):
    name, lists = steps_of(trees, chance)
    steps = chance.choice(lists)
    new = chance.choice(
        [
            {"step": "pause", "wait": f"{chance.randint(1, 9)} hours"},
            {"step": "enough", "stop": "it is enough"},
            {"step": "note", "set": {"contact.country": "DE"}},
            {"step": "erase", "set": {"contact.country": "clear"}},
            {
                "step": "come",
                "wait_for": "webinar.attended",
                "at_most": "2 days",
                "if_not": chance.choice(["carry on", "stop", "dead letter"]),
            },
        ]
    )
    steps.insert(chance.randint(0, len(steps)), copy.deepcopy(new))
    return f"step {new} added to {name}", frozenset({name})


def step_renamed(trees: Trees, texts: Texts, chance: random.Random):
    found = step_of(trees, chance, "step")
    if found is None:
        return None
    old, found[1]["step"] = found[1]["step"], "another-name"
    if chance.random() < 0.5:
        found[1]["was"] = old
    promise = trees[f"workflows/{found[0]}.yaml"].get("promise")
    if promise and promise["step"] == old:
        promise["step"] = "another-name"
    return f"step {old} renamed", frozenset({found[0]})


def write(trees: Trees, texts: Texts, chance: random.Random):
    writes = trees["workflows/webinar.yaml"]["steps"][1]["set"]
    name = chance.choice(list(writes))
    new: Any
    if name == "lifecycle_stage":
        stages = ("subscriber", "lead", "customer")
        new = chance.choice(
            [
                "clear",
                *stages,
                *({"to": s, "only": "if empty"} for s in stages),
                {"to": "customer", "only": "forward"},
            ]
        )
    else:
        new = chance.choice(
            [
                "clear",
                "event.webinar",
                "contact.country",
                "something else",
                {"to": writes[name], "only": "if empty"},
                {"add_to": writes[name]},
                {"text": "acme.com"},
            ]
        )
    if new == writes[name]:
        return None
    if chance.random() < 0.2:
        del writes[name]
        return f"write of {name} taken away", frozenset({"webinar"})
    writes[name] = new
    return f"write of {name}: {new}", frozenset({"webinar"})


def words_of_message(trees: Trees, texts: Texts, chance: random.Random):
    used = {
        "messages/webinar-confirmation.md": "webinar",
        "messages/new-registration.md": "webinar",
        "messages/webinar-follow-up.md": "webinar-follow-up",
        "messages/hot-lead.md": "webinar-follow-up",
    }
    path = chance.choice(list(used))
    words = [
        m.span() for m in re.finditer(r"(?<![\w{.|%/-])[A-Za-z]{3,}(?=[ ,.!\n*])", texts[path])
    ]
    start, end = chance.choice(words)
    line = texts[path][texts[path].rfind("\n", 0, start) + 1 : start]
    if "{{" in line.rpartition("}}")[2] or "{%" in line.rpartition("%}")[2]:
        return None
    if re.fullmatch(r"\s*", line) and texts[path][end : end + 1] == ":":
        return None
    old = texts[path][start:end]
    new = chance.choice([old.swapcase(), f"{old} really", f"**{old}**"])
    texts[path] = texts[path][:start] + new + texts[path][end:]
    return f"{old} → {new} in {path}", frozenset({used[path]})


FAILS = ("carry on", "stop", "dead letter")
CHANGES: tuple[Change, ...] = (
    condition,
    condition,
    group,
    order_of_steps,
    step_taken_away,
    step_added,
    step_renamed,
    write,
    write,
    words_of_message,
    words_of_message,
    words_of_message,
    in_step("bundle", "2 minutes", "1 hour", "30 seconds"),
    in_step("not_after", "1 hour before event.starts_at", "2026-12-24 09:00", "event.starts_at"),
    in_step("wait_until", "3 hours after event.starts_at", "event.starts_at", "2027-01-04 08:30"),
    in_step("if_missing", {"contact.first_name": "friend"}, {"contact.first_name": "There"}),
    in_step("post_to", "slack others", "slack sales-hot-2"),
    in_step("text", "messages/hot-lead", "messages/new-registration"),
    in_step("send", "messages/webinar-confirmation", "messages/webinar-follow-up"),
    in_step("stop", "nothing to do", "nothing more to do."),
    *(
        in_step("if_it_fails", {"retry_for": span, "then": then, **tell})
        for span in ("5 hours", "2 days")
        for then in FAILS
        for tell in ({}, {"tell": "owner"}, {"tell": ["ann@acme.example", "owner"]})
    ),
    without_in_step("bundle"),
    without_in_step("not_after"),
    without_in_step("if_it_fails"),
    into_step("wait_until", "at_most", "30 days"),
    into_step("wait_until", "if_not", "stop"),
    into_step("save_to", "if_missing", {"contact.company": "none"}),
    into_step("send", "was", "first-mail"),
    in_workflow("name", values=("Another name", "Webinar!")),
    in_workflow("why", values=("For another reason.", None)),
    in_workflow("owner", values=("ann@acme.example",)),
    in_workflow("promise", values=(None,)),
    in_workflow("promise", "within", values=("6 minutes", "5 hours")),
    in_workflow("promise", "share", values=("98 %", "99.5 %")),
    in_workflow("promise", "step", values=("crm", "tell-sales")),
    in_workflow("success", values=(None,)),
    in_workflow("success", "within", values=("13 days", "14 hours")),
    in_workflow("success", "event", values=("webinar.cancelled", "webinar.registered")),
    in_workflow("success", "where", values=("event.minutes is at least 10",)),
    in_workflow("stops", values=(None,)),
    in_workflow("stops", "when", values=(["webinar.cancelled", "webinar.attended"],)),
    in_workflow("stops", "where", values=("event.webinar is one of a or b",)),
    in_workflow("starts", "when", values=(["webinar.registered", "webinar.attended"],)),
    in_workflow("starts", "once_per", values=("contact.email", "event.title", None)),
    in_workflow("starts", "max_burst", values=("9999", "1")),
    in_workflow("starts", "if", values=("contact.country is DE", "event.title is known")),
    in_file("leadline.yaml", "time_zone", value="Europe/London", concerns=BOTH),
    in_file("leadline.yaml", "defaults", "max_burst", value="500", concerns=BOTH),
    in_file(
        "leadline.yaml", "defaults", "late_after", value="2 hours",
        concerns=frozenset({"webinar"}),
    ),
    in_file("leadline.yaml", "defaults", "if_it_fails", "then", value="stop", concerns=BOTH),
    in_file(
        "leadline.yaml", "defaults", "if_it_fails", "retry_for", value="9 hours", concerns=BOTH
    ),
    in_file(
        "data/contact.yaml", "lifecycle_stage", "values",
        value=["lead", "subscriber", "customer"], concerns=BOTH,
    ),
    in_file(
        "data/contact.yaml", "first_name", "names", value={"hubspot": "name"},
        concerns=frozenset({"webinar"}),
    ),
    in_file(
        "data/contact.yaml", "last_webinar", "every_value", value="true",
        concerns=frozenset({"webinar"}),
    ),
    in_file("events.yaml", "webinar.registered", "title",
            value={"type": "choice", "values": ["a", "b"]}, concerns=BOTH),
    in_file("events.yaml", "webinar.registered", "late", value="trigger",
            concerns=frozenset({"webinar"})),
)  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mutants", type=int, default=500)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    errors, wrong = signoff(asked.mutants, asked.seed)
    if asked.json:
        print(json.dumps({"figures": {"signoff_errors": errors}, "wrong": wrong}))
        return
    for line in wrong:
        print(line)
    print(f"{asked.mutants} changed projects, seed {asked.seed}: {errors} judged wrongly.")


if __name__ == "__main__":
    main()
