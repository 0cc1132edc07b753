"""Many waiting writes of one record become one; many posts of one channel become one digest.

Writes are merged in ledger order, so that the record ends as it would have if each had been
sent alone. Where two writes cannot be said as one (an addition to a value that another write
sets, say), or where a field may not be merged away, the later one stays a write of its own and
goes after the first. Nothing is ever reordered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import assert_never

from leadline.ledger.budget import Lane
from leadline.ledger.key import ActionKey

Value = str | Decimal | bool | datetime | date


@dataclass(frozen=True, slots=True)
class SetTo:
    """The value, whatever stands there."""

    value: Value


@dataclass(frozen=True, slots=True)
class Forward:
    """The value, unless one that comes later in ``order`` stands there."""

    value: str
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IfEmpty:
    """The value, where none stands."""

    value: Value


@dataclass(frozen=True, slots=True)
class AddTo:
    """The values join the set that stands there."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Increment:
    """The number grows; the one mode whose repetition shows."""

    by: Decimal


@dataclass(frozen=True, slots=True)
class Clear:
    """Nothing shall stand there."""


FieldWrite = SetTo | Forward | IfEmpty | AddTo | Increment | Clear


@dataclass(frozen=True, slots=True)
class Write:
    """One action's write of one vendor record.

    ``record`` names the record inside its connection, ``ordinal`` is the place in ledger
    order. Fields in ``every_value`` must each be seen by the vendor, one by one.
    """

    key: ActionKey
    record: str
    fields: Mapping[str, FieldWrite]
    ordinal: int
    lane: Lane
    every_value: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RecordWrite:
    """One write of one record: what is sent, for whom, and who no longer needs sending.

    ``members`` share its outcome. ``superseded`` names, for each action whose every field was
    overwritten, a member that overwrote it.
    """

    record: str
    lane: Lane
    fields: Mapping[str, FieldWrite]
    members: tuple[ActionKey, ...]
    superseded: Mapping[ActionKey, ActionKey]

    @property
    def idempotent(self) -> bool:
        """Whether sending it twice in a row shows no more than sending it once.

        Only then may it be followed while its outcome is unknown (rule 3).
        """
        return not any(isinstance(write, Increment) for write in self.fields.values())


def coalesce(writes: Iterable[Write]) -> tuple[RecordWrite, ...]:
    """The record writes that say all these writes, in ledger order.

    Several for one record where its writes cannot be one: they go one after the other, and the
    next only once the one before is settled.
    """
    open_writes: dict[str, _Merging] = {}
    done: list[_Merging] = []
    for write in sorted(writes, key=lambda w: w.ordinal):
        merging = open_writes.get(write.record)
        if merging is None or not merging.take(write):
            merging = _Merging(write.record, write.lane)
            merging.take(write)
            open_writes[write.record] = merging
            done.append(merging)
    return tuple(merging.finish() for merging in done)


@dataclass(slots=True)
class _Merging:
    """A record write in the making."""

    record: str
    lane: Lane
    fields: dict[str, FieldWrite] = field(default_factory=dict[str, FieldWrite])
    # key -> which of its fields are still in what will be sent
    standing: dict[ActionKey, set[str]] = field(default_factory=dict[ActionKey, set[str]])
    overwritten_by: dict[ActionKey, ActionKey] = field(default_factory=dict[ActionKey, ActionKey])
    every_value: set[str] = field(default_factory=set[str])

    def take(self, write: Write) -> bool:
        """Merge one more write into it, whole or not at all."""
        if self.standing and write.lane is not self.lane:
            return False
        merged: dict[str, FieldWrite] = {}
        for name, later in write.fields.items():
            first = self.fields.get(name)
            if first is None:
                merged[name] = later
                continue
            both = merge(first, later)
            if both is None or name in self.every_value or name in write.every_value:
                return False
            merged[name] = both
        for name in merged:
            later = write.fields[name]
            # An increment overwrites nothing, even where those before it add up to zero.
            if name in self.fields and merged[name] == later and not isinstance(later, Increment):
                self._overwrite(name, write.key)
        self.fields.update(merged)
        self.every_value.update(write.every_value & write.fields.keys())
        self.standing[write.key] = set(write.fields)
        return True

    def _overwrite(self, name: str, by: ActionKey) -> None:
        for key, names in self.standing.items():
            if name in names:
                names.discard(name)
                self.overwritten_by[key] = by

    def finish(self) -> RecordWrite:
        members = tuple(
            key for key, names in self.standing.items() if names or key not in self.overwritten_by
        )
        superseded: dict[ActionKey, ActionKey] = {}
        for key in self.standing:
            if key in members:
                continue
            by = self.overwritten_by[key]
            while by not in members:
                by = self.overwritten_by[by]
            superseded[key] = by
        return RecordWrite(self.record, self.lane, self.fields, members, superseded)


def merge(first: FieldWrite, later: FieldWrite) -> FieldWrite | None:
    """The one write that leaves what ``first`` and then ``later`` leave; None where there is none.

    >>> merge(Increment(Decimal(2)), Increment(Decimal(3)))
    Increment(by=Decimal('5'))
    >>> merge(SetTo("a"), IfEmpty("b")), merge(SetTo("a"), AddTo(("b",)))
    (SetTo(value='a'), None)
    """
    match later:
        case SetTo() | Clear():
            return later
        case IfEmpty():
            # After anything that does not empty the field, `later` changes nothing.
            emptied = isinstance(first, Clear) or first == SetTo("")
            return SetTo(later.value) if emptied else first
        case Forward():
            return _forward(first, later)
        case AddTo():
            if isinstance(first, AddTo):
                return AddTo(tuple(dict.fromkeys((*first.values, *later.values))))
            return None
        case Increment():
            return _increment(first, later)
        case _:
            assert_never(later)


def _forward(first: FieldWrite, later: Forward) -> FieldWrite | None:
    rank = {value: place for place, value in enumerate(later.order)}
    if later.value not in rank:
        return None
    match first:
        case Clear():
            return SetTo(later.value)
        case SetTo(value=str(value)) if value in rank:
            return SetTo(max(value, later.value, key=rank.__getitem__))
        case Forward(value=value, order=order) if order == later.order and value in rank:
            return first if rank[value] > rank[later.value] else later
        case IfEmpty(value=str(value)) if value in rank and rank[value] <= rank[later.value]:
            return later
        case _:
            return None


def _increment(first: FieldWrite, later: Increment) -> FieldWrite | None:
    match first:
        case SetTo(value=Decimal() as value):
            return SetTo(value + later.by)
        case Increment(by=by):
            return Increment(by + later.by)
        case _:
            return None


def batches(record_writes: Sequence[RecordWrite], size: int) -> tuple[tuple[RecordWrite, ...], ...]:
    """Record writes in as few calls as may be: one lane a call, a record never twice in one.

    A later write of a record stands in a later batch. ValueError for a size below 1.
    """
    if size < 1:
        raise ValueError(f"A batch holds at least one record, not {size}.")
    full: list[list[RecordWrite]] = []
    with_room: dict[Lane, list[int]] = {lane: [] for lane in Lane}
    last: dict[str, int] = {}
    for write in record_writes:
        after = last.get(write.record, -1)
        place = next((i for i in with_room[write.lane] if i > after), None)
        if place is None:
            place = len(full)
            full.append([])
            with_room[write.lane].append(place)
        full[place].append(write)
        last[write.record] = place
        if len(full[place]) >= size:
            with_room[write.lane].remove(place)
    return tuple(tuple(batch) for batch in full)


@dataclass(frozen=True, slots=True)
class Post:
    """One action's post to a channel; ``at`` is when it was intended."""

    key: ActionKey
    channel: str
    ordinal: int
    lane: Lane
    at: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """Posts of one channel that go out as one message, not before ``due_at``."""

    channel: str
    lane: Lane
    members: tuple[ActionKey, ...]
    due_at: datetime


def digests(posts: Iterable[Post], size: int, bundle: timedelta) -> tuple[Digest, ...]:
    """Posts of one channel and lane within ``bundle`` of the first, at most ``size`` in one.

    In ledger order. A digest is due when the time of its first post is over, or at once when
    it is full. ValueError for a size below 1.
    """
    if size < 1:
        raise ValueError(f"A digest holds at least one post, not {size}.")
    gathering: dict[tuple[str, Lane], list[Post]] = {}
    groups: list[list[Post]] = []
    for post in sorted(posts, key=lambda p: p.ordinal):
        group = gathering.get((post.channel, post.lane))
        if group is None or len(group) >= size or post.at - group[0].at > bundle:
            group = list[Post]()
            gathering[post.channel, post.lane] = group
            groups.append(group)
        group.append(post)
    return tuple(_digest(group, size, bundle) for group in groups)


def _digest(group: list[Post], size: int, bundle: timedelta) -> Digest:
    head = group[0]
    due_at = max(post.at for post in group) if len(group) >= size else head.at + bundle
    return Digest(head.channel, head.lane, tuple(post.key for post in group), due_at)
