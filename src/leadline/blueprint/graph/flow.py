"""One automation of any tool, in neutral words: what starts it, what it does, where it may end.

A reader (inspection/flows/<vendor>.py) makes these values; map, questions and checks read them.
Three rules hold for all of it. Every node of the source is kept: what a reader does not know is
a step of kind OPAQUE, counted, never dropped and never guessed. What the format cannot tell is
UNSAID, which is another answer than "nothing found". Secrets and personal data inside of
definitions are held by name only: the values never enter these types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

OURS = "Leadline"
"""The system of what is a project's own (contacts, events, workflows, messages): a name that no
file in systems/ can have."""


class Understanding(StrEnum):
    """How far a node was understood.

    READ: kept, its effect known by kind only (a code node, a webhook of unknown host).
    UNDERSTOOD: what it reads, writes and sends is known. OPAQUE: of an unknown type.
    """

    READ = "read"
    UNDERSTOOD = "understood"
    OPAQUE = "opaque"


class Live(StrEnum):
    """Whether the automation runs, as far as the file tells."""

    ON = "on"
    OFF = "off"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True, order=True)
class FieldRef:
    """A field by the vendor's own internal names; written ``hubspot.contact.lifecyclestage``.

    ``object`` is contact, company, deal, lead, ticket or the vendor's own word; empty = unknown.
    """

    system: str
    object: str
    name: str

    def __str__(self) -> str:
        return f"{self.system}.{self.object or '?'}.{self.name}"


class Blank(StrEnum):
    """What a comparison does with a record that has no value."""

    PASSES = "passes"
    FAILS = "fails"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact asked of one field; ``words`` is the phrase for a reader ("is none of customer").

    ``others`` are further fields read by it (a second date, say). ``negative`` means that it
    asks for the absence of a value (is not, is none of, does not contain); asking whether the
    field is known or unknown is neither negative nor a reading of its values (``values`` empty).
    """

    field: FieldRef
    operator: str
    words: str
    values: tuple[str, ...] = ()
    negative: bool = False
    blank: Blank = Blank.UNSAID
    others: tuple[FieldRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """Asks whether the record is in a list or segment, named by the vendor's id."""

    list_id: str
    inside: bool
    words: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Asks whether something happened (a mail opened, a form filled in, a page seen)."""

    event: str
    happened: bool
    words: str
    reads: tuple[FieldRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """Asks for a consent or subscription."""

    topic: str
    given: bool
    words: str
    reads: tuple[FieldRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """A condition that the reader does not understand; ``reads`` what it certainly reads."""

    words: str
    reads: tuple[FieldRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Every:
    """True when all parts are."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """True when at least one part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Neither:
    """True when no part is."""

    parts: tuple[Condition, ...]


Condition = Comparison | Membership | Happened | Consent | Unclear | Every | Some | Neither


class TriggerKind(StrEnum):
    """What makes a flow start."""

    CRITERIA = "criteria"  # the record comes to match a condition
    FIELD_CHANGED = "field changed"
    RECORD_SAVED = "record saved"
    EVENT = "event"
    LIST = "list"  # joins a list or segment
    FORM = "form"
    DATE = "date"  # relative to a date held by the record
    SCHEDULE = "schedule"
    WEBHOOK = "webhook"
    CALLED = "called"  # by another flow
    MANUAL = "manual"
    OPAQUE = "opaque"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One way in. ``again`` tells whether a record may enter more than once; None = unsaid.

    ``every_s``: seconds between two starts of a schedule, where that is plain.
    """

    kind: TriggerKind
    words: str
    condition: Condition | None = None
    reads: tuple[FieldRef, ...] = ()
    again: bool | None = None
    starts_at: str | None = None  # id of the step; None = the flow's own ``start``
    understanding: Understanding = Understanding.UNDERSTOOD
    every_s: float | None = None


class StepKind(StrEnum):
    """What a step does."""

    WAIT = "wait"
    BRANCH = "branch"
    READ = "read"  # looks records up
    WRITE = "write"
    CREATE = "create"
    DELETE = "delete"
    SEND = "send"  # to the subject: mail, text message, push
    NOTIFY = "notify"  # to the team: task, internal mail, chat
    CALL = "call"  # a web address
    CODE = "code"
    ENROLL = "enroll"  # puts the record into another flow, or runs one
    LIST = "list"  # adds to or removes from a list or segment
    STOP = "stop"
    JOINT = "joint"  # nothing but a joint of edges
    OPAQUE = "opaque"


@dataclass(frozen=True, slots=True)
class Write:
    """One field written. ``value`` is a constant's text for picklists and flags, else None
    (taken from elsewhere: ``source`` names the fields it comes from)."""

    field: FieldRef
    value: str | None = None
    source: tuple[FieldRef, ...] = ()
    mode: str = "set"  # set, add, increment, clear
    only: str = ""  # "forward" or "if empty": a write that may not happen


class Purpose(StrEnum):
    """Why something is sent, as far as the file tells."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Send:
    """A message to the subject. ``content`` is the vendor's id or name of it.

    ``checks_consent``: the vendor keeps those who did not agree out by itself; None = unsaid.
    ``reads`` are the fields that its text shows.
    """

    channel: str  # email, sms, push, whatsapp, chat
    system: str
    content: str
    purpose: Purpose = Purpose.UNSAID
    checks_consent: bool | None = None
    live: Live = Live.ON  # a live flow may hold a message that is a draft
    reads: tuple[FieldRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a web address; ``host`` is None where an expression makes it."""

    method: str
    host: str | None


class Failure(StrEnum):
    """What becomes of the run when the step fails."""

    HANDLED = "handled"  # a path of its own
    STOPS = "stops"  # the run ends; whoever looks at errors may see it
    IGNORED = "ignored"  # goes on as if nothing had happened
    RETRIED = "retried"
    UNSAID = "unsaid"  # the format cannot say
    CANNOT = "cannot"  # the step has no outside effect that could fail


@dataclass(frozen=True, slots=True)
class Policy:
    """What a team decided for the day on which a step cannot do its work.

    It tries again, or waits, for ``for_s`` seconds at most; ``then`` says what follows ("carries
    on", "dead letter"); ``tells`` are addresses that get a notice.
    """

    for_s: float | None
    then: str
    tells: tuple[str, ...] = ()


class EdgeKind(StrEnum):
    """Why one step follows another."""

    NEXT = "next"
    BRANCH = "branch"
    ELSE = "else"
    ERROR = "error"
    JUMP = "jump"


@dataclass(frozen=True, slots=True)
class Edge:
    """A way on. ``to`` None = the path ends here. A branch carries its condition."""

    to: str | None
    kind: EdgeKind = EdgeKind.NEXT
    label: str = ""
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One node of the source.

    ``words`` is a sentence part for a reader ("set Lifecycle stage to customer"); ``source_type``
    the vendor's own type; ``wait_s`` a wait's length in seconds where it is fixed; ``people``
    names or ids of persons written into the definition; ``secrets`` names (never values) of
    secrets or headers; ``calls_flows`` ids of flows that it enrols into or runs; ``lists`` ids
    of lists that it changes; ``channel`` a chat channel that it posts to; ``stand_ins`` fields
    for which something stands in where they are unknown; ``deadline`` when it would be too late
    ("not after event.starts_at"); ``sees`` the step whose write a wait waits to see in ``system``.
    """

    id: str
    kind: StepKind
    words: str
    source_type: str
    understanding: Understanding = Understanding.UNDERSTOOD
    edges: tuple[Edge, ...] = ()
    reads: tuple[FieldRef, ...] = ()
    writes: tuple[Write, ...] = ()
    sends: tuple[Send, ...] = ()
    call: Call | None = None
    calls_flows: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    channel: str = ""
    system: str = ""  # the system that it touches
    wait_s: float | None = None
    failure: Failure = Failure.UNSAID
    policy: Policy | None = None
    stand_ins: tuple[FieldRef, ...] = ()
    deadline: str = ""
    sees: str = ""
    enabled: bool = True
    people: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One automation as its file tells it.

    ``start`` is the first step's id (None: nothing is reached). ``steps`` holds every node of
    the source, those that nothing leads to as well. ``not_understood`` names keys and node types
    that the reader does not know; ``cannot_say`` what this format never tells (in words, for
    the list of what was not judged). ``keeps_out`` and ``goal`` are conditions under which a
    record never enters or leaves early; ``lists_kept_out`` ids of suppression lists. ``stops``
    ends a run that is under way, ``success`` is counted and ends nothing; ``once_per`` is the
    field for each value of which a record enters once.
    """

    system: str
    id: str
    name: str
    where: str  # file, and place inside of it
    live: Live
    object: str
    triggers: tuple[Trigger, ...]
    start: str | None
    steps: Mapping[str, Step] = field(default_factory=lambda: MappingProxyType({}))
    keeps_out: Condition | None = None
    lists_kept_out: tuple[str, ...] = ()
    goal: Condition | None = None
    checked_at_each_step: Condition | None = None  # Klaviyo's profile filter
    stops: Condition | None = None
    success: Condition | None = None
    once_per: FieldRef | None = None
    error_flow: str | None = None  # the flow that runs when this one fails
    updated_at: str | None = None
    owner: str | None = None
    not_understood: tuple[str, ...] = ()
    cannot_say: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The flow among all: ``hubspot/1234``."""
        return f"{self.system}/{self.id}"


ANSWERS_FIRST = "answers 200 before anything has run"
"""Words of a trigger, or a note: its webhook thanks the caller on receipt (n8n: onReceived)."""

LITERAL_BRACES = "holds {{ }} that is sent as it stands"
"""Note of a step: the author meant an expression, but the tool takes it for text (n8n: no =)."""

NO_WAY_OUT = "is a mail whose text offers no way to unsubscribe"
"""Note of a step: the definition holds the whole text of the mail, and no way out is in it."""

IN_CLEAR = "holds a secret in clear"
"""Note of a step: one of its ``secrets`` is written into the definition, not kept by the tool."""
