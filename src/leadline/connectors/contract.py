"""What a connector is, what it is given, and what it gives back.

A connector is one frozen value made of functions; an ability that a vendor lacks is ``None``.
It receives effects (rendered, with the vendor's own names) and a door, and answers with one
outcome an effect, in the same order. It never raises for an answer and never retries.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from leadline.ledger.budget import CONNECTION
from leadline.ledger.coalesce import FieldWrite
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import Outcome, Settles, Verdict
from leadline.ledger.vendor_limits import VendorLimits

if TYPE_CHECKING:
    from leadline.connectors.door import Door

Members = tuple[str, ...]
"""Keys of actions (``enrollment/step/visit``) that one effect carries out."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One email to one person. ``message_id`` and ``envid`` are the same at each attempt."""

    members: Members
    to: str
    from_: str
    subject: str
    html: str | None
    text: str
    message_id: str
    envid: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class RecordWrite:
    """One write of one vendor record; ``fields`` are keyed by the vendor's names.

    ``record`` is the value by which it is looked up (a contact's address), ``write_id`` names
    this write in the vendor's trace, ``own_key`` is the value of the unique property
    ``leadline_key`` by which a record that we create is created once.
    """

    members: Members
    write_id: str
    object: str
    record: str
    fields: Mapping[str, FieldWrite]
    own_key: str


@dataclass(frozen=True, slots=True)
class Post:
    """One post to a channel; several go out as one digest."""

    members: Members
    post_id: str
    channel: str
    text: str


Effect = Mail | RecordWrite | Post


@dataclass(frozen=True, slots=True)
class Single:
    """One effect a call."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to ``size`` records a call, each once."""

    size: int


@dataclass(frozen=True, slots=True)
class Digest:
    """Up to ``size`` posts of one channel a call."""

    size: int


Grouping = Single | Batch | Digest


@dataclass(frozen=True, slots=True)
class Settings:
    """One connection in one environment: what the system's file says, secrets resolved.

    ``values`` are the settings of ``project.systems.System`` for this environment. The
    representation shows no secret.
    """

    connection: str
    values: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """What a project asks of a system, for ``check`` to compare with what is there.

    ``what`` is "field" (``name`` as the vendor spells it, ``kind`` our type, ``options`` the
    values that a choice may take) or "channel".
    """

    what: str
    name: str
    kind: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that ``systems check`` looked at; ``fix`` says what to do where it is not ok.

    ``mend`` is there where Leadline can do it, once a person agreed: what to give to the
    connector's ``mend``.
    """

    name: str
    ok: bool
    message: str
    fix: str | None = None
    mend: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request that came in; header names are lower case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a vendor says later of an action; ``ref`` is the name that we gave it there.

    ``kind`` is "accepted", "confirmed", "bounced" or "complaint"; ``permanent`` says of a
    bounce that the address is dead.
    """

    ref: str
    kind: str
    at: datetime
    reason: str | None = None
    permanent: bool = False
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class Receipts:
    """A genuine webhook, and what it says of actions; nothing, where it speaks of none."""

    receipts: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirm:
    """A genuine question whether we want what is sent here: visiting ``url`` says yes."""

    url: str


@dataclass(frozen=True, slots=True)
class NeedsCertificate:
    """It cannot be judged before the certificate at ``url``, which is a trusted one, is known."""

    url: str


@dataclass(frozen=True, slots=True)
class NotGenuine:
    """The signature is missing, wrong or too old; nothing of it may be believed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """It is not what this vendor sends."""

    reason: str


Received = Receipts | Confirm | NeedsCertificate | NotGenuine | Unreadable


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call whose effect is in doubt, as ``verify`` is told of it."""

    call_id: UUID
    began_at: datetime
    send_before: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A window that a call meets: its name, and which one of those that it stands for."""

    window: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class CallIntent:
    """A request about to be made. ``members`` empty: a read, which has no effect.

    ``refs`` maps a member to the name by which the vendor will speak of it.
    """

    label: str
    members: Members
    records: tuple[str, ...]
    places: tuple[Place, ...]
    cost: int
    request_hash: str | None
    timeout_s: float
    refs: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Begun:
    """The call may be sent, until ``send_before``; it is written down with its members."""

    call_id: UUID
    began_at: datetime
    send_before: datetime


@dataclass(frozen=True, slots=True)
class NotNow:
    """The call may not be sent: nothing happened. ``until``: try again then."""

    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    """How a call ended. ``sent`` False: surely not one byte of it left.

    ``words`` goes into the record of the call (a status, never a body). ``remaining`` is what
    the vendor says is left of a window; ``refused`` names a window that was over-full, with
    the moment from which it is not.
    """

    sent: bool
    words: str
    remaining: Mapping[str, int] = field(default_factory=dict[str, int])
    refused: Place | None = None
    refused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """What an answer says of the windows: see ``Answered``."""

    remaining: Mapping[str, int] = field(default_factory=dict[str, int])
    refused: Place | None = None
    refused_until: datetime | None = None


class Allowance(Protocol):
    """The budget of a connection: asked before each request, told after it.

    The runtime backs it with PostgreSQL: ``begin`` waits for slots of every window, writes the
    call and its frozen members, and only then lets it go.
    """

    async def begin(self, call: CallIntent) -> Begun | NotNow:
        """Reserve and write down a call before it is sent."""
        ...

    async def end(self, call_id: UUID, answer: Answered) -> None:
        """Note how it ended; its slots free at this moment + their windows."""
        ...


@dataclass(frozen=True, slots=True)
class Connector:
    """One kind of system.

    ``settles`` is asked with the settings, for some evidence must be switched on. ``perform``
    is given effects that fit ``actions`` (one group) and answers in the same order and length.
    ``verify`` says what became of the effects of a claim whose calls got no answer, in the same
    order and length; ``None``: it cannot be asked. ``has_seen`` says whether a record shows the
    state of a moment. ``receive`` judges a webhook with the certificates (PEM, by URL) known so
    far; it is pure. ``mend`` does what a check offers.
    """

    kind: str
    secrets: tuple[str, ...]
    limits: VendorLimits
    objects: tuple[str, ...]
    actions: Mapping[type[Mail] | type[RecordWrite] | type[Post], Grouping]
    settles: Callable[[Settings], Settles]
    timing: CallTiming
    check: Callable[[Door, tuple[Need, ...]], Awaitable[tuple[Check, ...]]]
    perform: Callable[[Door, tuple[Effect, ...]], Awaitable[tuple[Outcome, ...]]]
    verify: (
        Callable[[Door, tuple[Effect, ...], tuple[PastCall, ...]], Awaitable[tuple[Verdict, ...]]]
        | None
    ) = None
    has_seen: Callable[[Door, str, datetime], Awaitable[bool]] | None = None
    receive: Callable[[Webhook, Settings, Mapping[str, bytes]], Received] | None = None
    mend: Callable[[Door, str], Awaitable[Check]] | None = None


def places(limits: VendorLimits, settings: Settings, call: str, key: str = "") -> tuple[Place, ...]:
    """The windows of the connection's tier that one call meets; ``key`` is its channel, if any."""
    tier = settings.values.get("tier", limits.default_tier)
    return tuple(
        Place(window.name, "" if window.scope == CONNECTION else key)
        for window in limits.windows(tier, call)
    )
