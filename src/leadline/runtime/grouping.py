"""Which waiting actions go out together: one mail, a batch of records, a digest of posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadline.connectors.contract import Batch, Digest, Effect, Mail, Post, RecordWrite, Single
from leadline.connectors.contract import Grouping as Rule
from leadline.journey.action import Look, PostMessage, SaveRecord, SendEmail
from leadline.ledger import coalesce
from leadline.ledger.budget import Lane
from leadline.ledger.key import ActionKey
from leadline.runtime.actions import Called
from leadline.store.work import ActionRow, RecordWork, WorkRow


@dataclass(frozen=True, slots=True)
class Waiting:
    """One action that may go out, with all that is known of it."""

    work: WorkRow | RecordWork
    row: ActionRow
    action: Called

    @property
    def lane(self) -> Lane:
        """Who goes first."""
        return Lane(self.work.lane)


@dataclass(frozen=True, slots=True)
class Group:
    """Actions of one call. ``key`` is the channel where the windows count by channel.

    ``write`` is there for one merged write of a record; ``superseded`` names who needs no
    sending any more, and by whom it was overwritten.
    """

    kind: type[Effect] | type[Look]
    lane: Lane
    members: tuple[Waiting, ...]
    key: str = ""
    writes: tuple[coalesce.RecordWrite, ...] = ()

    @property
    def superseded(self) -> dict[ActionKey, ActionKey]:
        """Who needs no sending any more, and the action that says the same later."""
        return {k: by for write in self.writes for k, by in write.superseded.items()}


def group(
    waiting: Sequence[Waiting], rules: Mapping[type[Effect], Rule], now: datetime
) -> tuple[tuple[Group, ...], datetime | None]:
    """Make groups in ledger order; also say when the next digest is full of time, if one waits."""
    groups: list[Group] = []
    by_action: dict[type[Called], list[Waiting]] = defaultdict(list)
    for one in sorted(waiting, key=lambda w: w.work.ordinal):
        by_action[type(one.action)].append(one)
    groups += [Group(Mail, w.lane, (w,)) for w in by_action[SendEmail]]
    groups += [Group(Look, w.lane, (w,)) for w in by_action[Look]]
    groups += _batches(by_action[SaveRecord], _size(rules.get(RecordWrite)))
    posts, later = _digests(by_action[PostMessage], _size(rules.get(Post)), now)
    return (*groups, *posts), later


def _size(rule: Rule | None) -> int:
    match rule:
        case Batch(size=size) | Digest(size=size):
            return size
        case Single() | None:
            return 1


def _batches(waiting: Sequence[Waiting], size: int) -> list[Group]:
    by_key = {_key(w): w for w in waiting}
    writes = [_write(w) for w in waiting]
    first: dict[str, coalesce.RecordWrite] = {}
    for write in coalesce.coalesce(writes):
        first.setdefault(write.record, write)  # a later one goes once this one is settled
    return [
        Group(
            RecordWrite,
            batch[0].lane,
            tuple(by_key[key] for write in batch for key in (*write.members, *write.superseded)),
            writes=batch,
        )
        for batch in coalesce.batches(list(first.values()), size)
    ]


def _write(waiting: Waiting) -> coalesce.Write:
    action = waiting.action
    assert isinstance(action, SaveRecord)
    return coalesce.Write(
        _key(waiting),
        action.record,
        action.fields,
        waiting.work.ordinal,
        waiting.lane,
        action.every_value,
    )


def _digests(
    waiting: Sequence[Waiting], size: int, now: datetime
) -> tuple[list[Group], datetime | None]:
    by_key = {_key(w): w for w in waiting}
    found: list[Group] = []
    later: datetime | None = None
    by_bundle: dict[object, list[coalesce.Post]] = defaultdict(list)
    for one in waiting:
        action = one.action
        assert isinstance(action, PostMessage)
        by_bundle[action.bundle].append(
            coalesce.Post(
                _key(one), action.channel, one.work.ordinal, one.lane, one.row.intended_at
            )
        )
    for posts in by_bundle.values():
        action = by_key[posts[0].key].action
        assert isinstance(action, PostMessage)
        if action.bundle is None:
            found += [Group(Post, p.lane, (by_key[p.key],), key=p.channel) for p in posts]
            continue
        for digest in coalesce.digests(posts, size, action.bundle):
            if digest.due_at > now:
                later = digest.due_at if later is None else min(later, digest.due_at)
                continue
            members = tuple(by_key[k] for k in digest.members)
            found.append(Group(Post, digest.lane, members, key=digest.channel))
    return found, later


def _key(waiting: Waiting) -> ActionKey:
    work = waiting.work
    return ActionKey(work.enrollment_id, work.step, work.visit)
