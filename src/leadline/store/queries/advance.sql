-- Advancing: what is due, and what it becomes.

-- name: due_enrollments
-- scope: person
-- Index: enrollment_due, read in its own order and only as far as needed: neither a million
-- sleepers nor a million due cost anything. Within a bucket the longest due come first.
select bucket, id, workflow, release, contact_id, once_value, trigger_id, trigger_received_at,
    trigger_at, started_at, state, decisions
from enrollment
where bucket = any(%(buckets)s) and wake_at <= now()
order by bucket, wake_at
limit %(most)s;

-- name: settled_work
-- scope: person
-- Index: work_settled. These rows go when their run has heard of them.
select bucket, enrollment_id, step, visit, state, reason
from work
where bucket = any(%(buckets)s)
    and state in ('accepted', 'rejected', 'superseded', 'skipped', 'expired', 'dead')
order by bucket
limit %(most)s;

-- name: enrollments_of
-- scope: person
-- Pair by pair: two lists would be looked up in all their combinations.
select e.bucket, e.id, e.workflow, e.release, e.contact_id, e.once_value, e.trigger_id,
    e.trigger_received_at, e.trigger_at, e.started_at, e.state, e.decisions
from unnest(%(bucket)s::smallint[], %(id)s::uuid[]) as u (bucket, id)
join enrollment e on e.bucket = u.bucket and e.id = u.id;

-- name: trigger_events
-- scope: person
select e.bucket, e.id, e.name, e.properties, e.occurred_at
from unnest(%(bucket)s::smallint[], %(received_at)s::timestamptz[], %(id)s::uuid[])
    as u (bucket, received_at, id)
join event e on e.bucket = u.bucket and e.received_at = u.received_at and e.id = u.id;

-- name: events_since
-- scope: person
-- Looking back: what these people did since their runs began. Index: event_of_contact.
select e.bucket, e.id, e.contact_id, e.name, e.properties, e.occurred_at
from unnest(%(bucket)s::smallint[], %(contact_id)s::uuid[]) as u (bucket, contact_id)
join event e on e.bucket = u.bucket and e.contact_id = u.contact_id
where e.name = any(%(names)s) and e.occurred_at >= %(since)s and e.rejected is null
order by e.occurred_at, e.id;

-- name: update_enrollments
-- scope: person
update enrollment e
set state = u.state, step = u.step, wake_at = u.wake_at, decisions = u.decisions,
    ended_at = u.ended_at, end_reason = u.end_reason
from unnest(
    %(bucket)s::smallint[], %(id)s::uuid[], %(state)s::jsonb[], %(step)s::text[],
    %(wake_at)s::timestamptz[], %(decisions)s::integer[], %(ended_at)s::timestamptz[],
    %(end_reason)s::text[]
) as u (bucket, id, state, step, wake_at, decisions, ended_at, end_reason)
where e.bucket = u.bucket and e.id = u.id;

-- name: insert_decisions
-- scope: person
-- The moment is the one that the interpreter was given, so that it can be played again.
insert into decision (bucket, enrollment_id, n, at, signal, records)
select u.bucket, u.enrollment_id, u.n, u.at, u.signal, u.records
from unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(n)s::integer[], %(at)s::timestamptz[],
    %(signal)s::jsonb[], %(records)s::jsonb[]
) as u (bucket, enrollment_id, n, at, signal, records);

-- name: insert_actions
-- scope: person
-- An action and its work are written together; the ordinal that the action gets is the order
-- in which writes of one record reach the vendor.
with intended as (
    insert into action (
        bucket, enrollment_id, step, visit, contact_id, workflow, release, kind, connection,
        lane, record, payload, payload_hash, intended_at, not_after, retry_until
    )
    select u.bucket, u.enrollment_id, u.step, u.visit, u.contact_id, u.workflow, u.release,
        u.kind, u.connection, u.lane, u.record, u.payload, u.payload_hash, now(), u.not_after,
        u.retry_until
    from unnest(
        %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[],
        %(contact_id)s::uuid[], %(workflow)s::text[], %(release)s::text[], %(kind)s::text[],
        %(connection)s::text[], %(lane)s::text[], %(record)s::text[], %(payload)s::jsonb[],
        %(payload_hash)s::text[], %(not_after)s::timestamptz[], %(retry_until)s::timestamptz[]
    ) as u (
        bucket, enrollment_id, step, visit, contact_id, workflow, release, kind, connection,
        lane, record, payload, payload_hash, not_after, retry_until
    )
    returning bucket, enrollment_id, step, visit, ordinal, connection, lane, record, not_after,
        retry_until
)
insert into work (
    bucket, enrollment_id, step, visit, ordinal, connection, lane, record, state, due_at,
    not_after, retry_until
)
select i.bucket, i.enrollment_id, i.step, i.visit, i.ordinal, i.connection, i.lane, i.record,
    'pending', now() + make_interval(secs => u.delay_s), i.not_after, i.retry_until
from intended i
join unnest(
    %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[], %(delay_s)s::float8[]
) as u (enrollment_id, step, visit, delay_s) using (enrollment_id, step, visit);

-- name: forget_heard_work
-- scope: person
-- Where the state is another by now (late evidence), the run has yet to hear of it.
delete from work w
using unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[],
    %(state)s::text[]
) as u (bucket, enrollment_id, step, visit, state)
where w.bucket = u.bucket and w.enrollment_id = u.enrollment_id
    and w.step = u.step and w.visit = u.visit
    and w.state = u.state
    and w.state in ('accepted', 'rejected', 'superseded', 'skipped', 'expired', 'dead');

-- name: next_wake
-- scope: person
select min(wake_at) as at from enrollment where bucket = any(%(buckets)s) and wake_at is not null;
