"""What several kinds of step have: a message, a target, a policy, bounds, matching events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from leadline.expression.tree import Condition, Ref
from leadline.expression.types import Value
from leadline.project.conditions import read_condition
from leadline.project.entries import Entries
from leadline.project.events import EventType
from leadline.project.fields import Field
from leadline.project.file_kinds import SAVES, SENDS
from leadline.project.nodes import Entry, TextNode
from leadline.project.parse_policy import read_policy, read_then
from leadline.project.parse_project import Settings
from leadline.project.parse_times import read_time
from leadline.project.parse_writes import read_stand_ins, read_writes
from leadline.project.problems import Report, Where, did_you_mean, listed, quoted
from leadline.project.project import Message
from leadline.project.references import Names, names_for
from leadline.project.systems import System
from leadline.project.workflow import (
    FailurePolicy,
    GoTo,
    Purpose,
    RelativeTime,
    Then,
    WallTime,
    Write,
)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the other files declare; a value that is None is declared and broken."""

    settings: Settings
    fields: Mapping[str, Field]
    events: Mapping[str, EventType]
    systems: Mapping[str, System | None]
    messages: Mapping[str, Message | None]
    workflows: tuple[str, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The project's time zone."""
        return ZoneInfo(self.settings.time_zone)


@dataclass(slots=True)
class Reading:
    """One workflow while it is read: what its names mean, and what is to be checked at the end."""

    declared: Declared
    names: Names
    owner: str | None
    once_per: Ref | None
    report: Report
    places: dict[str, Where] = field(default_factory=dict[str, Where])
    renamed: list[TextNode] = field(default_factory=list[TextNode])
    targets: list[tuple[str, Where]] = field(default_factory=list[tuple[str, Where]])


def read_message(entries: Entries, key: str, reading: Reading) -> Message | None:
    """The message file that a step names."""
    text = entries.text(key)
    if text is None:
        return None
    messages = reading.declared.messages
    if text.value in messages:
        return messages[text.value]
    bare = text.value.removesuffix(".md").removesuffix(".mjml")
    if bare in messages:
        fix = f"Write it without its ending: {quoted(bare)}."
    elif " " in text.value.strip() and "/" not in text.value:
        fix = f"Put the text into a file in messages/ and name it: {key}: messages/name."
    else:
        fix = did_you_mean(
            text.value, messages, "Messages are the files in messages/, named without ending."
        )
    reading.report.error(
        "unknown-message", text.where, f"there is no message {quoted(text.value)}.", fix
    )
    return None


def read_target(
    entries: Entries, key: str, what: str, kinds: tuple[str, ...], reading: Reading
) -> tuple[str, str] | None:
    """``hubspot contact`` or ``slack sales``: a system that can do it, and what in it."""
    text = entries.text(key)
    if text is None:
        return None
    words = text.value.split()
    can = [name for name, s in reading.declared.systems.items() if s and s.kind in kinds]
    if len(words) != 2:
        reading.report.error(
            "bad-target",
            text.where,
            f"{quoted(key)} needs a system and {_a(what)}, but {quoted(text.value)} stands there.",
            f'Write both, such as "{(can or kinds)[0]} {_EXAMPLES[what]}".',
        )
        return None
    name, target = words
    if not _can(name, kinds, key, text.where, reading):
        return None
    if what == "channel" and target.startswith("#"):
        reading.report.error(
            "channel-with-sign",
            text.where,
            f"the channel {quoted(target)} has a # before its name.",
            f"Channel names carry no #: write {quoted(target.lstrip('#'))}.",
        )
    system = reading.declared.systems[name]
    if system is not None and what == "object" and target not in SAVES[system.kind]:
        reading.report.error(
            "unknown-object",
            text.where,
            f"{quoted(name)} has no object {quoted(target)} to save to.",
            f"Write {listed(SAVES[system.kind], 'or')}.",
        )
    return name, target


_EXAMPLES = {"object": "contact", "channel": "sales"}


def _a(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def _can(name: str, kinds: tuple[str, ...], key: str, where: Where, reading: Reading) -> bool:
    """Whether ``name`` is a system of one of ``kinds``; a broken system passes."""
    systems = reading.declared.systems
    if name not in systems:
        reading.report.error(
            "unknown-system",
            where,
            f"unknown system {quoted(name)}.",
            did_you_mean(name, systems, "Systems are the files in systems/."),
        )
        return False
    system = systems[name]
    if system is not None and system.kind not in kinds:
        reading.report.error(
            "wrong-system",
            where,
            f"{quoted(name)} is of kind {system.kind}, which {quoted(key)} cannot use.",
            f"Name a system of kind {listed(kinds, 'or')}.",
        )
        return False
    return True


def read_mail_system(entries: Entries, reading: Reading) -> str | None:
    """The one mail system of the project, or the one that ``via`` names."""
    via = entries.text("via")
    if via is not None:
        return via.value if _can(via.value, SENDS, "via", via.where, reading) else None
    systems = reading.declared.systems
    mail = [name for name, s in systems.items() if s is not None and s.kind in SENDS]
    if len(mail) == 1:
        return mail[0]
    if mail:
        reading.report.error(
            "several-mail-systems",
            entries.place("send"),
            f"this project can mail through {listed(mail, 'or')}.",
            f'Say which: "via: {mail[0]}".',
        )
    elif None not in systems.values():
        # A broken system file may be the mail system: then its own problem is enough.
        reading.report.error(
            "no-mail-system",
            entries.place("send"),
            "no system of this project sends mail.",
            "Add one of kind smtp, such as systems/mail.yaml.",
        )
    return None


def read_purpose(entries: Entries, reading: Reading) -> Purpose | None:
    """``as: transactional``; marketing mail is refused until consent is known."""
    if "as" not in entries:
        reading.report.error(
            "missing-purpose",
            entries.place("send"),
            "this send does not say why the mail is sent.",
            'Add "as: transactional" for what the contact asked for.',
        )
        return None
    word = entries.word("as")
    if word == Purpose.MARKETING:
        reading.report.error(
            "marketing-without-consent",
            entries.place("as"),
            "marketing mail needs consent, which this version does not keep yet.",
            'Send only what people asked for, "as: transactional", until it does.',
        )
    return None if word is None else Purpose(word)


def read_own_policy(entries: Entries, reading: Reading) -> FailurePolicy | None:
    """The step's own failure policy, or the project's."""
    stated = entries.record("if_it_fails")
    if stated is not None:
        policy = read_policy(stated, reading.owner, reading.report)
        if policy is not None and isinstance(policy.then, GoTo):
            reading.targets.append((policy.then.step, entries.place("if_it_fails")))
        return policy
    default = reading.declared.settings.defaults.if_it_fails
    if default is not None:
        tell = tuple(reading.owner or t if t == "owner" else t for t in default.tell)
        return FailurePolicy(default.retry_for, default.then, tuple(dict.fromkeys(tell)))
    if "if_it_fails" not in entries:
        reading.report.error(
            "missing-failure-policy",
            entries.where,
            "this step does not say what happens when it fails, and leadline.yaml has no default.",
            "Add if_it_fails: { retry_for: 1 day, then: dead letter }.",
        )
    return None


def read_bounds(entries: Entries, reading: Reading) -> tuple[timedelta | None, Then | None]:
    """``at_most`` and ``if_not`` of a wait."""
    at_most = entries.duration("at_most")
    node = entries.node("if_not")
    if_not = None if node is None else read_then(node, "if_not", reading.report)
    if isinstance(if_not, GoTo):
        reading.targets.append((if_not.step, entries.place("if_not")))
    return at_most, if_not


def require_bounds(entries: Entries, reading: Reading) -> None:
    """Report a wait that might never end."""
    missing = [name for name in ("at_most", "if_not") if name not in entries]
    if missing:
        reading.report.error(
            "endless-wait",
            entries.where,
            f"this wait may never end: it has no {listed(missing, 'and no')}.",
            'Add how long it lasts at most and what follows: "at_most: 2 days", '
            '"if_not: carry on".',
        )


def read_step_time(node: TextNode, reading: Reading) -> RelativeTime | WallTime | None:
    """A time in the zone of the project."""
    return read_time(node, reading.names, reading.declared.settings.time_zone, reading.report)


def read_step_writes(entries: Entries, reading: Reading) -> Mapping[str, Write]:
    """``set``; a step that writes must write something."""
    if "set" not in entries:
        reading.report.error(
            "missing-key",
            entries.where,
            'this step has no "set", so it would write nothing.',
            'Add "set:" with the fields to write.',
        )
    return read_writes(
        entries.entries("set"), reading.declared.fields, reading.names, reading.report
    )


def read_step_stand_ins(entries: Entries, reading: Reading) -> Mapping[Ref, Value]:
    """``if_missing``."""
    return read_stand_ins(entries.entries("if_missing"), reading.names, reading.report)


def check_names(
    system: str, writes: Mapping[str, Write], entries: tuple[Entry, ...], reading: Reading
) -> None:
    """Report fields that the system has no name for."""
    for entry in entries:
        name = entry.key.value.removeprefix("contact.")
        if name in writes and system not in reading.declared.fields[name].names:
            reading.report.error(
                "no-name-in-system",
                entry.key.where,
                f"the field {quoted(name)} has no name in {quoted(system)}.",
                f"Add names: {{ {system}: … }} to the field in data/contact.yaml.",
            )


def known_events(
    nodes: Iterable[TextNode], declared: Mapping[str, EventType], report: Report
) -> tuple[EventType, ...]:
    """The declared events among ``nodes``; the others are reported."""
    found: list[EventType] = []
    for node in nodes:
        event = declared.get(node.value)
        if event is None:
            report.error(
                "unknown-event",
                node.where,
                f"unknown event {quoted(node.value)}.",
                did_you_mean(node.value, declared, "Events are declared in events.yaml."),
            )
        else:
            found.append(event)
    return tuple(found)


def read_where(
    entries: Entries, events: tuple[EventType, ...], reading: Reading
) -> Condition | None:
    """Which of the awaited events count.

    Inside ``where`` the word ``event`` means the event that arrives. Without ``where``, an
    event counts when its property has the value of ``once_per``: so it needs that property.
    """
    node = entries.node("where")
    declared = reading.declared
    if node is not None:
        names = names_for(declared.fields, events, declared.zone, declared.systems)
        return read_condition(node, names, reading.report)
    ref = reading.once_per
    if ref is None or ref.scope != "event":
        return None
    expected = reading.names.vocabulary.type_of(ref)
    for event in events:
        if event.properties.get(ref.name) != expected:
            reading.report.error(
                "cannot-match",
                entries.where,
                f"the event {quoted(event.name)} has no {quoted(ref.name)} like the one in "
                "once_per to match by.",
                f"Add the property {quoted(ref.name)} in events.yaml, or say which with where:.",
            )
    return None
