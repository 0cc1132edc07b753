"""Random workflows with everything the language has, inside a project: for what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, timedelta

from leadline.blueprint.sentences.meaning import Meaning, meaning_of
from leadline.expression.tree import All, Any, Condition, Nothing, Operand, Ref
from leadline.expression.types import FieldType, Kind
from leadline.journey.program import NOWHERE
from leadline.project import workflow as w
from leadline.project.events import EventType
from leadline.project.fields import Field
from leadline.project.project import Defaults, Environment, Message, Project
from leadline.project.systems import Guard, System
from tests.property.expression_trees import CHOICE, DATE, EMAIL, FLAG, NUMBER, TEXT, TIME, Maker

# Among the names are some that read like parts of sentences.
FIELDS: Mapping[str, FieldType] = {
    "email": EMAIL, "first_name": TEXT, "tags": TEXT, "is": TEXT, "is_known": FLAG,
    "name_is_not": TEXT, "a__b": NUMBER, "company_size": NUMBER, "goes_up": NUMBER,
    "score_or_not": NUMBER, "stage": CHOICE, "or": CHOICE, "seen_at": TIME, "made_in": TIME,
    "born": DATE, "starts_with": TEXT, "work_email": EMAIL, "unknown": FLAG, "becomes": TEXT,
    "is_added_to_the_list": TEXT, "gleich": TEXT, "nicht_vor": TIME, "x1": DATE,
}  # fmt: skip
PROPERTIES: Mapping[str, FieldType] = {
    "webinar": TEXT, "starts_at": TIME, "Seats": NUMBER, "_by": EMAIL, "live": FLAG, "and": TEXT,
    "on": DATE, "size_": CHOICE, "title": TEXT,
}  # fmt: skip
EVENTS = ("webinar.registered", "Signed Up", "order or refund", "x", "happens. no", "a, b-c")
SYSTEMS = {"crm": "hubspot", "hubspot": "hubspot", "mail": "smtp", "in": "slack", "chat": "slack"}
ADDRESSES = ("ops@acme.example", "and@b.example", "o'neil+is.told@x-y.example", "owner@a.example")
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu")
OPERANDS = tuple(
    Operand(Ref(scope, name), kind)
    for scope, names in (("contact", FIELDS), ("event", PROPERTIES))
    for name, kind in names.items()
)


class Words(Maker):
    """Conditions and values over the names above."""

    def operand(self, *kinds: Kind) -> Operand:
        return self.chance.choice([o for o in OPERANDS if not kinds or o.type.kind in kinds])


@dataclass
class Author:
    """Writes one workflow; ``names`` are given to its steps."""

    words: Words
    names: list[str] = field(default_factory=list)
    saves: list[tuple[str, str]] = field(default_factory=list)

    def pick(self, *options):
        return self.words.chance.choice(options)

    def often(self, share: float) -> bool:
        return self.words.chance.random() < share

    def span(self) -> timedelta:
        unit = self.pick(1, 60, 3600, 86_400, 604_800)
        return timedelta(seconds=self.pick(1, 1, 2, 5, 24, 90, 365) * unit)

    def text(self) -> str:
        return self.words.text(6) or "x"

    def maybe(self, condition: float = 0.5) -> Condition | None:
        return self.words.condition(2) if self.often(condition) else None

    def project(self) -> Project:
        made = self.workflow()
        messages = {f"messages/m{n}": self.message(f"messages/m{n}", mail=n < 3) for n in range(5)}
        return Project(
            name="made",
            time_zone=self.pick(*ZONES),
            owners={},
            defaults=Defaults(None, 10, self.span()),
            environments={"dev": Environment("dev", sandbox=True)},
            write_keys=(),
            fields={
                name: Field(
                    name,
                    kind,
                    NOWHERE,
                    names={s: f"{s} {self.text()}" for s in SYSTEMS if self.often(0.5)},
                    every_value=self.often(0.2),
                )
                for name, kind in FIELDS.items()
            },
            events={
                name: EventType(name, PROPERTIES, NOWHERE, late_trigger=self.often(0.3))
                for name in EVENTS
            },
            systems={
                name: System(name, kind, {}, {}, {}, {}, Guard.SAFE, NOWHERE)
                for name, kind in SYSTEMS.items()
            },
            messages=messages,
            workflows={"made": made, "before": self.before()},
        )

    def message(self, name: str, *, mail: bool) -> Message:
        lines = [self.words.text(8) for _ in range(self.pick(1, 2, 5))]
        reads = f"{{{{ contact.{self.pick(*FIELDS)} }}}} {{{{ event.{self.pick(*PROPERTIES)} }}}}"
        body = "\n".join([*lines, reads]) if self.often(0.5) else "\n".join(lines)
        return Message(
            name=name,
            format=self.pick("md", "mjml"),
            subject=self.text() if mail else None,
            preheader=self.text() if mail and self.often(0.5) else None,
            body=body,
            where=NOWHERE,
        )

    def workflow(self) -> w.Workflow:
        when = tuple(e for e in EVENTS if self.often(0.4))
        once = self.pick(None, self.ref(), Ref("event", "webinar"), Ref("event", "webinar"))
        steps = self.steps(self.pick(1, 2, 4), 0)
        return w.Workflow(
            name="made",
            title=self.text(),
            why=self.pick("", self.text()),
            owner=self.pick(*ADDRESSES),
            starts=w.Starts(when, self.maybe(), once, self.pick(1, 2, 10_000, 1_234_567)),
            stops=w.Stops(self.some_events(), self.maybe()) if self.often(0.5) else None,
            success=w.Success(self.pick(*EVENTS), self.span(), self.maybe())
            if self.often(0.5)
            else None,
            promise=w.Promise(self.pick(*self.names), self.span(), self.pick(0.99, 1.0, 0.123456))
            if self.often(0.5)
            else None,
            steps=steps,
            where=NOWHERE,
            silenced=tuple(
                w.Silenced(f"check-{n}", self.text(), date(2027, 1, n + 1), NOWHERE, "")
                for n in range(self.pick(0, 0, 1, 2))
            ),
            override=w.Override(self.text(), self.text(), date(2026, 12, 31), NOWHERE)
            if self.often(0.2)
            else None,
        )

    def before(self) -> w.Workflow:
        """A workflow that enrolls in the other: so an event is always behind a run."""
        return w.Workflow(
            name="before",
            title="Before",
            why="",
            owner=ADDRESSES[0],
            starts=w.Starts(("x",), None, None, 10),
            stops=None,
            success=None,
            promise=None,
            steps=(w.EnrollStep(name="on", where=NOWHERE, workflow="made"),),
            where=NOWHERE,
        )

    def some_events(self) -> tuple[str, ...]:
        return tuple(e for e in EVENTS if self.often(0.4)) or ("x",)

    def ref(self, *kinds: Kind) -> Ref:
        return self.words.operand(*kinds).ref

    # ------------------------------------------------------------ steps

    def steps(self, count: int, depth: int) -> tuple[w.Step, ...]:
        return tuple(self.step(depth) for _ in range(count))

    def name(self) -> str:
        name = f"{self.pick('s', 'the-step', 'is-told', 'x')}-{len(self.names)}"
        self.names.append(name)
        return name

    def step(self, depth: int) -> w.Step:
        makers = [
            self.send, self.save, self.post, self.set, self.wait, self.until, self.wait_for,
            self.enroll, self.stop, *([self.choose] * 3 if depth < 3 else []),
        ]  # fmt: skip
        head = {
            "name": self.name(),
            "where": NOWHERE,
            "was": self.pick(None, None, None, "old-name"),
        }
        maker = self.pick(*makers)
        return self.choose(head, depth) if maker == self.choose else maker(head)

    def then(self) -> w.Then:
        return self.pick(w.CarryOn(), w.StopRun(), w.DeadLetter(), w.GoTo(self.pick(*self.names)))

    def policy(self) -> w.FailurePolicy:
        tell = tuple(a for a in ADDRESSES if self.often(0.3))
        return w.FailurePolicy(self.span(), self.then(), tell)

    def stand_ins(self, *more: Ref) -> dict[Ref, object]:
        refs = [self.ref() for _ in range(self.pick(0, 0, 1, 2))]
        refs += [ref for ref in more if self.often(0.4)]
        types = {o.ref: o.type for o in OPERANDS}
        return {ref: self.words.value(types[ref]) for ref in refs}

    def time(self) -> w.RelativeTime | w.WallTime:
        if self.often(0.3):
            return w.WallTime(datetime(2026, 12, 1, 9, self.pick(0, 30)), self.pick(*ZONES))
        offset = self.pick(timedelta(0), self.span(), -self.span())
        return w.RelativeTime(self.ref(Kind.TIME), offset)

    def send(self, head: dict[str, object]) -> w.Step:
        return w.SendStep(
            **head,
            message=self.pick("messages/m0", "messages/m1", "messages/m2"),
            connection="mail",
            purpose=self.pick(*w.Purpose),
            if_missing=self.stand_ins(),
            not_after=self.pick(None, self.time(), self.time()),
            policy=self.policy(),
        )

    def save(self, head: dict[str, object]) -> w.Step:
        fields = self.writes()
        sources = [
            write.source.ref
            for write in fields.values()
            if isinstance(write, w.To | w.AddTo) and isinstance(write.source, w.FromRef)
        ]
        system = self.pick("crm", "hubspot")
        self.saves.append((str(head["name"]), system))
        return w.SaveStep(
            **head,
            connection=system,
            object="contact",
            fields=fields,
            if_missing=self.stand_ins(*sources),
            policy=self.policy(),
        )

    def post(self, head: dict[str, object]) -> w.Step:
        return w.PostStep(
            **head,
            connection=self.pick("in", "chat"),
            channel=self.pick("sales", "in-slack", "ü#x", 'q"'),
            message=self.pick("messages/m3", "messages/m4"),
            bundle=self.pick(None, self.span()),
            if_missing=self.stand_ins(),
            policy=self.policy(),
        )

    def set(self, head: dict[str, object]) -> w.Step:
        return w.SetStep(**head, fields=self.writes())

    def writes(self) -> dict[str, w.Write]:
        return {name: self.write(FIELDS[name]) for name in FIELDS if self.often(0.15)} or {
            "first_name": w.Clear()
        }

    def write(self, kind: FieldType) -> w.Write:
        forms = [w.Clear(), self.to(kind), self.to(kind)]
        if kind.kind is Kind.NUMBER:
            forms.append(w.Increment(self.pick(1, -1, 12_000)))
        if kind.kind is Kind.TEXT:
            source = self.pick(w.Constant(self.words.value(kind)), w.FromRef(self.ref(Kind.TEXT)))
            forms.append(w.AddTo(source))
        return self.pick(*forms)

    def to(self, kind: FieldType) -> w.To:
        modes = [w.Only.ALWAYS, w.Only.IF_EMPTY]
        if kind.kind is Kind.CHOICE:
            modes.append(w.Only.FORWARD)
        source = self.pick(w.Constant(self.words.value(kind)), w.FromRef(self.ref(kind.kind)))
        return w.To(source, self.pick(*modes))

    def wait(self, head: dict[str, object]) -> w.Step:
        return w.WaitStep(**head, span=self.span())

    def until(self, head: dict[str, object]) -> w.Step:
        until: w.RelativeTime | w.WallTime | w.HasSeen = self.time()
        if self.saves and self.often(0.4):
            step, system = self.pick(*self.saves)
            until = w.HasSeen(system, step)
        return w.WaitUntilStep(
            **head, until=until, at_most=self.pick(None, self.span()), if_not=self.then()
        )

    def wait_for(self, head: dict[str, object]) -> w.Step:
        return w.WaitForStep(
            **head,
            event=self.pick(*EVENTS),
            where_=self.maybe(),
            at_most=self.span(),
            if_not=self.then(),
        )

    def choose(self, head: dict[str, object], depth: int = 0) -> w.Step:
        return w.ChooseStep(
            **head,
            branches=tuple(
                w.Branch(
                    self.words.condition(2), self.steps(self.pick(0, 1, 2), depth + 1), NOWHERE
                )
                for _ in range(self.pick(1, 2))
            ),
            otherwise=self.steps(self.pick(0, 1), depth + 1),
            unknown=self.steps(self.pick(0, 1), depth + 1) if self.often(0.5) else None,
        )

    def enroll(self, head: dict[str, object]) -> w.Step:
        return w.EnrollStep(**head, workflow=self.pick("other", "follow-up"))

    def stop(self, head: dict[str, object]) -> w.Step:
        return w.StopStep(**head, reason=self.text())


def made_meaning(author: Author) -> Meaning:
    """The meaning of the one workflow that an author writes."""
    return meaning_of(author.project(), "made")


def simplest(condition: Condition) -> Condition:
    """The condition without groups of one, of which nothing can be told in a sentence."""
    if isinstance(condition, All | Any) and len(condition.parts) == 1:
        return simplest(condition.parts[0])
    if isinstance(condition, All | Any | Nothing):
        return type(condition)(tuple(simplest(part) for part in condition.parts))
    return condition


def plain(value: object) -> object:
    """A value without the groups of one in its conditions."""
    if isinstance(value, All | Any | Nothing):
        return simplest(value)
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: plain(getattr(value, f.name)) for f in fields(value)})
    return value
