"""Reads the lines of an explanation back to the meaning that they tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from leadline.blueprint.sentences.meaning import Attribute, Letter, Meaning
from leadline.expression.tree import Condition, Ref
from leadline.expression.types import FieldType, Kind, Value
from leadline.journey.program import NOWHERE
from leadline.project import workflow as w
from tests.unit.blueprint.reading.conditions import NotUnderstood, Understanding, only_one
from tests.unit.blueprint.reading.tongue import Tongue, unspelt

Line = tuple[int, str]
Said = re.Match[str]


@dataclass(frozen=True)
class Understood:
    """The meaning, and what is said besides although it follows from it."""

    meaning: Meaning
    needs_address: bool
    may_be_undecided: bool
    may_be_suppressed: bool


@dataclass
class Reader:
    """Takes one line after another; a line that means nothing or two things is refused."""

    tongue: Tongue
    lines: Sequence[Line]
    at: int = 0
    knows: Understanding = field(init=False)

    def __post_init__(self) -> None:
        self.knows = Understanding(self.tongue, {})

    # ------------------------------------------------------------ lines

    def matching(self, name: str, text: str) -> Said | None:
        return self.tongue.pattern(self.tongue.sentences[name]).fullmatch(text)

    def peek(self, depth: int) -> str | None:
        """The next line where it stands at this depth."""
        if self.at < len(self.lines) and self.lines[self.at][0] == depth:
            return self.lines[self.at][1]
        return None

    def maybe(self, name: str, depth: int) -> Said | None:
        """The next line, if it is this sentence; then it is taken."""
        text = self.peek(depth)
        said = None if text is None else self.matching(name, text)
        if said is not None:
            self.at += 1
        return said

    def must(self, name: str, depth: int) -> Said:
        said = self.maybe(name, depth)
        if said is None:
            raise NotUnderstood(f"expected {name}, found {self.lines[self.at : self.at + 1]}")
        return said

    def q(self, said: Said, name: str) -> str:
        return self.tongue.unquoted(said[name])

    def qs(self, text: str) -> tuple[str, ...]:
        return tuple(self.tongue.unquoted(item) for item in self.tongue.items(text))

    # ------------------------------------------------------------ the whole

    def read(self) -> Understood:
        # What kinds of values there are is said near the end, and needed from the start.
        heading = self.tongue.sentences["relying"]
        self.at = next(n for n, line in enumerate(self.lines) if line == (0, heading)) + 1
        systems, fields, events = self.relying()
        types = {Ref("contact", name): each.type for name, each in fields.items()}
        types |= {Ref("event", p): kind for read in events.values() for p, kind in read.items()}
        self.knows = Understanding(self.tongue, types)
        messages = self.messages()
        if self.at != len(self.lines):
            raise NotUnderstood(f"more than expected: {self.lines[self.at :]}")
        self.at = 0
        workflow, zone = self.workflow()
        late_after, late, needs_address = None, (), False
        starts, late_after, late, needs_address = self.starts()
        stops, success = self.ends()
        self.must("happening", 0)
        undecided = self.maybe("undecided", 1) is not None
        suppressed = self.maybe("suppressed", 1) is not None
        steps = self.steps(1)
        self.must("relying", 0)
        made = replace(workflow, starts=starts, stops=stops, success=success, steps=steps)
        meaning = Meaning(made, zone, late_after, late, fields, events, messages, systems)
        return Understood(meaning, needs_address, undecided, suppressed)

    def workflow(self) -> tuple[w.Workflow, str]:
        title = self.must("title", 0)
        why = self.maybe("why", 1)
        owner = self.must("owner", 1)
        promise = self.maybe("promise", 1)
        silenced: list[w.Silenced] = []
        while said := self.maybe("silenced", 1):
            until = self.tongue.day(said["date"])
            silenced.append(
                w.Silenced(self.q(said, "check"), self.q(said, "because"), until, NOWHERE, "")
            )
        override = self.maybe("override", 1)
        zone = self.must("zone", 1)
        made = w.Workflow(
            name=title["name"],
            title=self.q(title, "title"),
            why="" if why is None else self.q(why, "why"),
            owner=owner["owner"],
            starts=w.Starts((), None, None, 0),
            stops=None,
            success=None,
            promise=None
            if promise is None
            else w.Promise(
                self.q(promise, "step"),
                self.tongue.span(promise["span"]),
                float(self.tongue.number(promise["share"]) / 100),
            ),
            steps=(),
            where=NOWHERE,
            silenced=tuple(silenced),
            override=None
            if override is None
            else w.Override(
                self.q(override, "by"),
                self.q(override, "because"),
                self.tongue.day(override["date"]),
                NOWHERE,
            ),
        )
        return made, zone["zone"]

    # ------------------------------------------------------------ starts and ends

    def starts(self) -> tuple[w.Starts, timedelta | None, tuple[str, ...], bool]:
        self.must("starting", 0)
        started = self.maybe("starts", 1)
        when = () if started is None else self.qs(started["events"])
        if started is None:
            self.must("by_workflow", 1)
        late = self.maybe("late", 1)
        late_counts = self.maybe("late_counts", 1)
        addressed = self.maybe("addressed", 1) is not None
        only_if = self.maybe("only_if", 1)
        once: Ref | None = None
        if self.maybe("once_ever", 1) is None:
            once = self.knows.nouns[self.must("once_per", 1)["noun"]]
        self._once = once
        burst = 1
        if self.maybe("burst_one", 1) is None:
            burst = int(self.tongue.number(self.must("burst", 1)["count"]))
        starts = w.Starts(
            when,
            None if only_if is None else self.knows.condition(only_if["condition"]),
            once,
            burst,
        )
        return (
            starts,
            None if late is None else self.tongue.span(late["span"]),
            () if late_counts is None else self.qs(late_counts["events"]),
            addressed,
        )

    def ends(self) -> tuple[w.Stops | None, w.Success | None]:
        stops = self.maybe("stops", 1)
        success = self.maybe("success", 1)
        return (
            None
            if stops is None
            else w.Stops(self.qs(stops["events"]), self.where(stops["which"])),
            None
            if success is None
            else w.Success(
                self.q(success, "event"),
                self.tongue.span(success["span"]),
                self.where(success["which"]),
            ),
        )

    def where(self, text: str) -> Condition | None:
        """Which events count: None for those with the value that a run is once per."""
        per_event = self._once is not None and self._once.scope == "event"
        same = self.matching("which_same", text)
        if same is not None and self.knows.nouns.get(same["noun"]) == self._once:
            return None
        if not text and not per_event:
            return None
        said = self.matching("which_where", text)
        if said is None:
            raise NotUnderstood(text)
        return self.knows.condition(said["condition"])

    # ------------------------------------------------------------ steps

    def steps(self, depth: int) -> tuple[w.Step, ...]:
        if self.maybe("nothing", depth) is not None:
            return ()
        found: list[w.Step] = []
        while (text := self.peek(depth)) is not None:
            self.at += 1
            found.append(self.step(text, depth))
        if not found:
            raise NotUnderstood("no step")
        return tuple(found)

    def step(self, text: str, depth: int) -> w.Step:
        readers: dict[str, Callable[[Said, int], w.Step]] = {
            "send": self._send, "save": self._save, "post": self._post, "set": self._set,
            "wait": self._wait, "until": self._until, "until_reference": self._until,
            "seen": self._seen, "wait_for": self._wait_for, "choose": self._choose,
            "enroll": self._enroll, "stop": self._stop,
        }  # fmt: skip
        start, found, ends = self.at, [], []
        for name, reader in readers.items():
            said = self.matching(name, text)
            if said is None:
                continue
            self.at = start
            was = self.maybe("was", depth + 1)
            try:
                step = reader(said, depth + 1)
            except NotUnderstood:
                if name in {"until", "until_reference", "wait"}:
                    continue  # one form of them fits into the other until its time is read
                raise
            found.append(replace(step, was=None if was is None else self.q(was, "was")))
            ends.append(self.at)
        step = only_one(found, text)
        self.at = ends[0]
        return step  # type: ignore[return-value]

    def head(self, said: Said) -> dict[str, object]:
        return {"name": self.q(said, "step"), "where": NOWHERE}

    def _send(self, said: Said, depth: int) -> w.Step:
        transactional = self.maybe("transactional", depth) is not None
        if not transactional:
            self.must("marketing", depth)
        missing = self.stand_ins(depth)
        not_after: w.RelativeTime | w.WallTime | None = None
        known = self.maybe("not_after_known", depth)
        plain = None if known else self.maybe("not_after", depth)
        if known is not None or plain is not None:
            not_after = self.knows.time((known or plain)["time"])  # type: ignore[index]
            if isinstance(not_after, w.RelativeTime) != (known is not None):
                raise NotUnderstood("what happens where the time is unknown")
        return w.SendStep(
            **self.head(said),  # type: ignore[arg-type]
            message=self.q(said, "message"),
            connection=said["system"],
            purpose=w.Purpose.TRANSACTIONAL if transactional else w.Purpose.MARKETING,
            if_missing=missing,
            not_after=not_after,
            policy=self.policy(depth, said["system"]),
        )

    def _save(self, said: Said, depth: int) -> w.Step:
        writes, without = self.writes(depth, self.knows.record_fields)
        missing = self.stand_ins(depth)
        if without != {ref for ref in self.sources(writes) if ref in missing}:
            raise NotUnderstood("what happens where a value is unknown")
        return w.SaveStep(
            **self.head(said),  # type: ignore[arg-type]
            connection=said["system"],
            object=self.q(said, "object"),
            fields=writes,
            if_missing=missing,
            policy=self.policy(depth, said["system"]),
        )

    def _post(self, said: Said, depth: int) -> w.Step:
        bundle = self.maybe("bundle", depth)
        missing = self.stand_ins(depth)
        return w.PostStep(
            **self.head(said),  # type: ignore[arg-type]
            connection=said["system"],
            channel=self.q(said, "channel"),
            message=self.q(said, "message"),
            bundle=None if bundle is None else self.tongue.span(bundle["span"]),
            if_missing=missing,
            policy=self.policy(depth, said["system"]),
        )

    def _set(self, said: Said, depth: int) -> w.Step:
        writes, without = self.writes(depth, self.knows.nouns)
        if without:
            raise NotUnderstood("nothing stands in for a value here")
        return w.SetStep(**self.head(said), fields=writes)  # type: ignore[arg-type]

    def _wait(self, said: Said, depth: int) -> w.Step:
        return w.WaitStep(**self.head(said), span=self.tongue.span(said["span"]))  # type: ignore[arg-type]

    def _until(self, said: Said, depth: int) -> w.Step:
        until = self.knows.time(said["time"])
        if isinstance(until, w.RelativeTime) != (said.re is self.form("until_reference")):
            raise NotUnderstood("whether the time may be unknown")
        late = self.maybe("unknown_or_late", depth)
        unknown = None if late else self.maybe("unknown_time", depth)
        if late is None and unknown is None and isinstance(until, w.RelativeTime):
            raise NotUnderstood("what happens where the time is unknown")
        then = (late or unknown) and self.then((late or unknown)["then"])  # type: ignore[index]
        return w.WaitUntilStep(
            **self.head(said),  # type: ignore[arg-type]
            until=until,
            at_most=None if late is None else self.tongue.span(late["span"]),
            if_not=then or w.CarryOn(),
        )

    def form(self, name: str) -> re.Pattern[str]:
        return self.tongue.pattern(self.tongue.sentences[name])

    def _seen(self, said: Said, depth: int) -> w.Step:
        bound = self.maybe("not_seen", depth)
        end = bound or self.must("not_seen_ever", depth)
        if end["system"] != said["system"]:
            raise NotUnderstood(end["system"])
        return w.WaitUntilStep(
            **self.head(said),  # type: ignore[arg-type]
            until=w.HasSeen(said["system"], self.q(said, "other")),
            at_most=None if bound is None else self.tongue.span(bound["span"]),
            if_not=self.then(end["then"]),
        )

    def _wait_for(self, said: Said, depth: int) -> w.Step:
        bound = self.must("not_come", depth)
        return w.WaitForStep(
            **self.head(said),  # type: ignore[arg-type]
            event=self.q(said, "event"),
            where_=self.where(said["which"] or ""),
            at_most=self.tongue.span(bound["span"]),
            if_not=self.then(bound["then"]),
        )

    def _choose(self, said: Said, depth: int) -> w.Step:
        branches: list[w.Branch] = []
        unknown: tuple[w.Step, ...] | None = None
        while (text := self.peek(depth)) is not None:
            self.at += 1
            if self.matching("if_unknown", text):
                unknown = self.steps(depth + 1)
                self.must("else", depth)
                otherwise = self.steps(depth + 1)
                break
            if self.matching("else_unknown", text):
                otherwise = self.steps(depth + 1)
                break
            branch = self.matching("if", text)
            if branch is None:
                raise NotUnderstood(text)
            condition = self.knows.condition(branch["condition"])
            branches.append(w.Branch(condition, self.steps(depth + 1), NOWHERE))
        else:
            raise NotUnderstood("no way for the rest")
        return w.ChooseStep(
            **self.head(said),  # type: ignore[arg-type]
            branches=tuple(branches),
            otherwise=otherwise,
            unknown=unknown,
        )

    def _enroll(self, said: Said, depth: int) -> w.Step:
        return w.EnrollStep(**self.head(said), workflow=self.q(said, "workflow"))  # type: ignore[arg-type]

    def _stop(self, said: Said, depth: int) -> w.Step:
        return w.StopStep(**self.head(said), reason=self.q(said, "reason"))  # type: ignore[arg-type]

    # ------------------------------------------------------------ parts of steps

    def stand_ins(self, depth: int) -> dict[Ref, Value]:
        found: dict[Ref, Value] = {}
        while (text := self.peek(depth)) is not None:
            said = self.matching("if_missing", text)
            if said is None or said["noun"] not in self.knows.nouns:
                break
            self.at += 1
            ref = self.knows.nouns[said["noun"]]
            found[ref] = self.knows.value(said["value"], self.knows.types[ref])
        return found

    def policy(self, depth: int, system: str) -> w.FailurePolicy:
        text = self.peek(depth)
        found: list[object] = []
        for name in ("failed", "failed_told", "failed_told_many"):
            said = None if text is None else self.matching(name, text)
            if said is None or said["system"] != system:
                continue
            try:
                then = self.then(said["then"])
            except NotUnderstood:
                continue
            tell = said.groupdict().get("who") or ""
            who = tuple(self.tongue.items(tell, self.tongue.list_and)) if tell else ()
            found.append(w.FailurePolicy(self.tongue.span(said["span"]), then, who))
        self.at += 1
        return only_one(found, str(text))  # type: ignore[return-value]

    def then(self, text: str) -> w.Then:
        found: list[object] = []
        for name, form in self.tongue.thens.items():
            said = self.tongue.pattern(form).fullmatch(text)
            if said is not None:
                then = {"carry_on": w.CarryOn, "stop": w.StopRun, "dead_letter": w.DeadLetter}
                found.append(w.GoTo(self.q(said, "step")) if name == "go_to" else then[name]())
        return only_one(found, text)  # type: ignore[return-value]

    def writes(
        self, depth: int, fields: dict[str, Ref] | object
    ) -> tuple[dict[str, w.Write], set[Ref]]:
        """The writes, and the sources of which nothing is said for when they are unknown."""
        found: dict[str, w.Write] = {}
        without: set[Ref] = set()
        while (text := self.peek(depth)) is not None:
            read = list(self._writes(text, fields))  # type: ignore[arg-type]
            if not read:
                break
            ref, write, bare = only_one(read, text)  # type: ignore[misc]
            if ref.name in found:
                raise NotUnderstood(text)
            found[ref.name] = write
            without |= bare
            self.at += 1
        return found, without

    def _writes(self, text: str, fields: dict[str, Ref]):
        names = [
            "becomes", "becomes_forward", "becomes_if_empty", "copies", "copies_stays",
            "copies_forward", "copies_forward_stays", "copies_if_empty", "copies_if_empty_stays",
            "adds", "adds_value_of", "adds_value_of_known", "up", "down", "clears",
        ]  # fmt: skip
        for name in names:
            said = self.matching(name, text)
            if said is None or said["field"] not in fields:
                continue
            ref = fields[said["field"]]
            try:
                yield (ref, *self._write(name, ref, said))
            except (NotUnderstood, AssertionError, KeyError, ValueError):
                continue

    def _write(self, name: str, ref: Ref, said: Said) -> tuple[w.Write, set[Ref]]:
        only = w.Only.ALWAYS
        only = w.Only.FORWARD if "forward" in name else only
        only = w.Only.IF_EMPTY if "if_empty" in name else only
        kind = self.knows.types[ref]
        if name.startswith("becomes"):
            return w.To(w.Constant(self.knows.value(said["value"], kind)), only), set()
        if name.startswith("copies"):
            source = self.knows.nouns[said["noun"]]
            return w.To(w.FromRef(source), only), set() if name.endswith("stays") else {source}
        if name == "adds":
            return w.AddTo(w.Constant(self.knows.value(said["value"], kind))), set()
        if name.startswith("adds_value_of"):
            source = self.knows.nouns[said["noun"]]
            return w.AddTo(w.FromRef(source)), set() if name.endswith("known") else {source}
        if name == "clears":
            return w.Clear(), set()
        count = int(self.tongue.number(said["count"]))
        return w.Increment(count if name == "up" else -count), set()

    def sources(self, writes: dict[str, w.Write]) -> list[Ref]:
        return [
            write.source.ref
            for write in writes.values()
            if isinstance(write, w.To | w.AddTo) and isinstance(write.source, w.FromRef)
        ]

    # ------------------------------------------------------------ what it relies on

    def relying(
        self,
    ) -> tuple[dict[str, str], dict[str, Attribute], dict[str, dict[str, FieldType]]]:
        systems: dict[str, str] = {}
        fields: dict[str, Attribute] = {}
        events: dict[str, dict[str, FieldType]] = {}
        while said := self.maybe("system", 1):
            systems[said["system"]] = said["kind"]
        while (text := self.peek(1)) is not None:
            self.at += 1
            prop = self.matching("property", text)
            every = self.matching("every_value", text)
            if prop is not None:
                of_event = events.setdefault(self.q(prop, "event"), {})
                of_event[self.q(prop, "property")] = self.kind(prop["kind"])
            elif every is not None:
                name = list(fields)[-1]
                if self.field_name(every["field"]) != self._last_said:
                    raise NotUnderstood(text)
                fields[name] = replace(fields[name], every_value=True)
            else:
                self._field(text, fields)
        return systems, fields, events

    def _field(self, text: str, fields: dict[str, Attribute]) -> None:
        head, *names = self.tongue.splits(text.removesuffix("."), "; ")
        said = self.matching("field", f"{head}.")
        if said is None:
            raise NotUnderstood(text)
        called: dict[str, str] = {}
        for part in names:
            named = self.matching("named", part)
            if named is None:
                raise NotUnderstood(part)
            called[named["system"]] = self.q(named, "name")
        self._last_said = self.field_name(said["field"])
        fields[self._last_said.replace(" ", "_")] = Attribute(
            self.kind(said["kind"]), every_value=False, names=called
        )

    def field_name(self, text: str) -> str:
        """The name of a contact's field where no list of them is known yet."""
        found = set()
        for form in self.tongue.contact_nouns:
            before, _, after = form.partition("{}")
            if text.startswith(before) and text.endswith(after):
                name = text.removeprefix(before)
                found.add(name.strip(self.tongue.left + self.tongue.right))
        return only_one(list(found), text)  # type: ignore[return-value]

    def kind(self, text: str) -> FieldType:
        found: list[object] = []
        for name, form in self.tongue.kinds.items():
            said = self.tongue.pattern(form).fullmatch(text)
            if said is not None:
                listed = name == "one of"
                values = self.qs(said["values"]) if listed else ()
                found.append(FieldType(Kind.CHOICE if listed else Kind(name), values))
        return only_one(found, text)  # type: ignore[return-value]

    # ------------------------------------------------------------ messages

    def messages(self) -> dict[str, Letter]:
        found: dict[str, Letter] = {}
        if self.maybe("reading", 0) is None:
            return found
        while self.at < len(self.lines):
            mail = self.maybe("mail", 1)
            head = mail or self.must("text", 1)
            subject = self.must("subject", 2) if mail else None
            preheader = self.maybe("preheader", 2)
            self.must("body", 2)
            body: list[str] = []
            while (text := self.peek(3)) is not None:
                body.append(unspelt(text))
                self.at += 1
            found[self.q(head, "message")] = Letter(
                head["format"],
                None if subject is None else self.q(subject, "text"),
                None if preheader is None else self.q(preheader, "text"),
                "\n".join(body),
            )
        return found


def read_back(tongue: Tongue, lines: Sequence[Line]) -> Understood:
    """The meaning that the lines (depth, text) tell; NotUnderstood where they do not."""
    return Reader(tongue, lines).read()
