"""However writes are merged, the record ends as if each had been sent alone, in ledger order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.ledger.budget import Lane
from leadline.ledger.coalesce import (
    AddTo,
    Clear,
    FieldWrite,
    Forward,
    IfEmpty,
    Increment,
    Post,
    SetTo,
    Write,
    batches,
    coalesce,
    digests,
    merge,
)
from leadline.ledger.key import ActionKey

STAGES = ("subscriber", "lead", "customer")
OTHER = ("lead", "subscriber")
START = datetime(2026, 6, 1, tzinfo=UTC)

Record = dict[str, object]

STAGE = st.sampled_from(STAGES)
ON_STAGE = st.one_of(
    STAGE.map(SetTo),
    st.sampled_from(["odd", ""]).map(SetTo),
    STAGE.map(IfEmpty),
    st.builds(Forward, STAGE, st.just(STAGES)),
    st.builds(Forward, st.sampled_from(OTHER), st.just(OTHER)),
    st.just(Clear()),
)
ON_NUMBER = st.one_of(
    st.integers(-3, 3).map(lambda n: SetTo(Decimal(n))),
    st.integers(-3, 3).map(lambda n: IfEmpty(Decimal(n))),
    st.integers(-3, 3).map(lambda n: Increment(Decimal(n))),
    st.just(Clear()),
)
ON_LIST = st.one_of(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=2).map(lambda v: AddTo(tuple(v))),
    st.just(Clear()),
)
FIELDS = st.fixed_dictionaries(
    {}, optional={"stage": ON_STAGE, "score": ON_NUMBER, "topics": ON_LIST, "note": ON_STAGE}
).filter(bool)


def apply(record: Record, name: str, write: FieldWrite) -> None:
    """What an obedient vendor does with one field."""
    before = record.get(name)
    match write:
        case SetTo(value=value):
            record[name] = None if value == "" else value
        case Clear():
            record[name] = None
        case IfEmpty(value=value):
            record[name] = value if before is None else before
        case Increment(by=by):
            record[name] = (before if isinstance(before, Decimal) else 0) + by
        case AddTo(values=values):
            record[name] = (before if isinstance(before, frozenset) else frozenset()) | {*values}
        case Forward(value=value, order=order):
            later = before in order and order.index(str(before)) > order.index(value)
            record[name] = before if later else value


def applied(start: Record, writes: Iterable[Mapping[str, FieldWrite]]) -> Record:
    record = dict(start)
    for write in writes:
        for name, field in write.items():
            apply(record, name, field)
    return {name: value for name, value in record.items() if value is not None}


@st.composite
def ledgers(draw: st.DrawFn) -> list[Write]:
    records = draw(st.integers(1, 3))
    return [
        Write(
            ActionKey(UUID(int=n), "crm", 1),
            f"r{draw(st.integers(1, records))}",
            draw(FIELDS),
            n,
            draw(st.sampled_from([Lane.TRANSACTIONAL] * 4 + [Lane.BULK])),
            draw(st.sampled_from([frozenset[str](), frozenset({"note"})])),
        )
        for n in range(draw(st.integers(0, 8)))
    ]


STARTS = st.fixed_dictionaries(
    {},
    optional={
        "stage": STAGE | st.just("odd"),
        "score": st.just(Decimal(7)),
        "topics": st.just(frozenset("a")),
    },
)


@settings(max_examples=500)
@given(ledgers(), STARTS)
def test_a_record_ends_as_if_each_write_had_been_sent_alone(
    writes: list[Write], start: Record
) -> None:
    merged = coalesce(writes)
    for record in {write.record for write in writes}:
        alone = applied(start, [w.fields for w in writes if w.record == record])
        together = applied(start, [m.fields for m in merged if m.record == record])
        assert together == alone


@settings(max_examples=500)
@given(ledgers())
def test_every_action_is_a_member_or_superseded_by_one_in_order(writes: list[Write]) -> None:
    merged = coalesce(writes)
    seen = [key for m in merged for key in (*m.members, *m.superseded)]
    assert sorted(seen) == [write.key for write in writes]
    by_key = {write.key: write for write in writes}
    for m in merged:
        assert list(m.members) == sorted(m.members)
        assert {by_key[k].lane for k in (*m.members, *m.superseded)} == {m.lane}
        for key, by in m.superseded.items():
            assert by in m.members
            assert by > key
            assert set(by_key[by].fields) & set(by_key[key].fields)
    for record in {write.record for write in writes}:
        in_order = [[*m.members, *m.superseded] for m in merged if m.record == record]
        assert all(max(a) < min(b) for a, b in pairwise(in_order))


@settings(max_examples=500)
@given(ledgers(), STARTS)
def test_what_is_superseded_is_not_missed(writes: list[Write], start: Record) -> None:
    """Sending the members alone, in order, leaves the same record: the superseded add nothing."""
    by_key = {write.key: write for write in writes}
    for m in coalesce(writes):
        members = [by_key[key].fields for key in m.members]
        assert applied(start, members) == applied(start, [m.fields])


@settings(max_examples=300)
@given(ledgers())
def test_a_value_that_must_be_seen_is_sent_as_it_is(writes: list[Write]) -> None:
    for record in {write.record for write in writes}:
        merged = [m for m in coalesce(writes) if m.record == record]
        sent = [m.fields["note"] for m in merged if "note" in m.fields]
        mine = [w for w in writes if w.record == record and "note" in w.fields]
        watched = [w.fields["note"] for w in mine if "note" in w.every_value]
        assert all(sent.count(value) >= watched.count(value) for value in watched)


@settings(max_examples=500)
@given(ledgers())
def test_only_increments_make_a_write_unsafe_to_repeat(writes: list[Write]) -> None:
    for m in coalesce(writes):
        once = applied({}, [m.fields])
        if m.idempotent:
            assert applied({}, [m.fields, m.fields]) == once


@given(ON_STAGE, ON_STAGE, STAGE | st.none() | st.just("odd"))
def test_two_writes_merged_do_what_both_do(
    first: FieldWrite, later: FieldWrite, value: str | None
) -> None:
    both = merge(first, later)
    if both is not None:
        start: Record = {"f": value}
        assert applied(start, [{"f": both}]) == applied(start, [{"f": first}, {"f": later}])


@settings(max_examples=300)
@given(ledgers(), st.integers(1, 4))
def test_a_batch_holds_a_record_once_one_lane_and_no_more_than_its_size(
    writes: list[Write], size: int
) -> None:
    merged = coalesce(writes)
    cut = batches(merged, size)
    assert sorted(m.members for batch in cut for m in batch) == sorted(m.members for m in merged)
    for batch in cut:
        assert 1 <= len(batch) <= size
        assert len({m.lane for m in batch}) == 1
        assert len({m.record for m in batch}) == len(batch)
    for record in {m.record for m in merged}:
        order = [m.members for batch in cut for m in batch if m.record == record]
        assert order == [m.members for m in merged if m.record == record]


POSTS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 5), st.sampled_from(Lane)), max_size=30
)


@settings(max_examples=300)
@given(POSTS, st.integers(1, 6), st.integers(0, 20))
def test_a_digest_holds_posts_of_one_channel_within_its_time_in_order(
    drawn: list[tuple[str, int, Lane]], size: int, bundle_s: int
) -> None:
    at, posts = START, dict[ActionKey, Post]()
    for n, (channel, gap_s, lane) in enumerate(drawn):
        at += timedelta(seconds=gap_s)
        key = ActionKey(UUID(int=n), "tell", 1)
        posts[key] = Post(key, channel, n, lane, at)
    bundle = timedelta(seconds=bundle_s)
    made = digests(reversed(posts.values()), size, bundle)
    assert sorted(key for d in made for key in d.members) == list(posts)
    for d in made:
        inside = [posts[key] for key in d.members]
        assert list(d.members) == sorted(d.members)
        assert {(p.channel, p.lane) for p in inside} == {(d.channel, d.lane)}
        assert 1 <= len(inside) <= size
        assert all(p.at <= d.due_at <= inside[0].at + bundle for p in inside)
        assert len(inside) == size or d.due_at == inside[0].at + bundle
    for channel in ("a", "b"):
        for lane in Lane:
            mine = [d for d in made if (d.channel, d.lane) == (channel, lane)]
            assert [k for d in mine for k in d.members] == sorted(
                k for d in mine for k in d.members
            )
            for one, other in pairwise(mine):  # none is cut without need
                late = posts[other.members[0]].at > posts[one.members[0]].at + bundle
                assert late or len(one.members) == size
