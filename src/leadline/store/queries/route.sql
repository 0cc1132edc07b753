-- Routing: stored events that nobody has looked at yet.

-- name: events_to_route
-- scope: person
-- routed_at is null, never a cursor over ids: a transaction that commits late would be skipped.
-- Index: event_unrouted, read in its own order, so that a batch costs the same however many
-- wait. Only the owner of the buckets reads here, so no row is locked.
select bucket, id, contact_id, kind, name, properties, source, occurred_at, received_at
from event
where bucket = any(%(buckets)s) and routed_at is null and rejected is null
order by bucket, received_at, id
limit %(most)s;

-- name: mark_routed
-- scope: person
update event e
set routed_at = now()
from unnest(%(bucket)s::smallint[], %(received_at)s::timestamptz[], %(id)s::uuid[])
    as u (bucket, received_at, id)
where e.bucket = u.bucket and e.received_at = u.received_at and e.id = u.id;

-- name: insert_entries
-- scope: person
insert into entry (
    bucket, cause, workflow, contact_id, outcome, reason, detail, enrollment_id, caused_at, at
)
select * from unnest(
    %(bucket)s::smallint[], %(cause)s::uuid[], %(workflow)s::text[], %(contact_id)s::uuid[],
    %(outcome)s::text[], %(reason)s::text[], %(detail)s::jsonb[], %(enrollment_id)s::uuid[],
    %(caused_at)s::timestamptz[], array_fill(now(), array[cardinality(%(bucket)s::smallint[])])
)
on conflict (bucket, cause, workflow) do nothing;

-- name: insert_enrollments
-- scope: person
-- Who is in already (the same workflow, person and once_per value) is not entered twice: the
-- rows that come back are the new ones.
insert into enrollment (
    bucket, id, workflow, release, contact_id, once_value, parent_id, trigger_id,
    trigger_received_at, trigger_at, started_at, state, wake_at
)
select u.*, now(), %(state)s::jsonb, now() from unnest(
    %(bucket)s::smallint[], %(id)s::uuid[], %(workflow)s::text[], %(release)s::text[],
    %(contact_id)s::uuid[], %(once_value)s::text[], %(parent_id)s::uuid[], %(trigger_id)s::uuid[],
    %(trigger_received_at)s::timestamptz[], %(trigger_at)s::timestamptz[]
) as u
on conflict (bucket, contact_id, workflow, once_value) do nothing
returning id;

-- name: wake_for_events
-- scope: person
-- Everyone who runs and may wait for an event is looked at again; the interpreter looks back
-- over the stored events and decides. Index: the unique one, which begins with the person.
update enrollment e
set wake_at = now()
from unnest(%(bucket)s::smallint[], %(contact_id)s::uuid[]) as u (bucket, contact_id)
where e.bucket = u.bucket and e.contact_id = u.contact_id and e.ended_at is null
    and e.workflow = any(%(workflows)s);

-- name: running_enrollments
-- scope: person
-- Index: the unique one, which begins with the person.
select e.bucket, e.id, e.workflow, e.release, e.contact_id, e.once_value, e.trigger_at,
    e.trigger_id, e.trigger_received_at, e.started_at
from unnest(%(bucket)s::smallint[], %(contact_id)s::uuid[]) as u (bucket, contact_id)
join enrollment e on e.bucket = u.bucket and e.contact_id = u.contact_id
where e.workflow = any(%(workflows)s);

-- name: insert_successes
-- scope: person
insert into success (bucket, enrollment_id, event_id, at)
select * from unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(event_id)s::uuid[], %(at)s::timestamptz[]
)
on conflict (bucket, enrollment_id) do nothing;

-- name: lock_bursts
-- scope: control
-- In one order, so that two workers wait for each other in one direction only.
select pg_advisory_xact_lock(hashtextextended('leadline.burst ' || w, 0))
from (select w from unnest(%(workflows)s::text[]) w order by w) as sorted;

-- name: admitted_in_the_last_hour
-- scope: control
select workflow, sum(admitted)::integer as admitted
from burst
where workflow = any(%(workflows)s) and minute > now() - interval '1 hour'
group by workflow;

-- name: count_admitted
-- scope: control
insert into burst as b (workflow, minute, admitted)
select w, date_trunc('minute', now()), n
from unnest(%(workflow)s::text[], %(admitted)s::integer[]) as u (w, n)
order by w
on conflict (workflow, minute) do update set admitted = b.admitted + excluded.admitted;

-- name: forget_bursts
-- scope: control
-- Only the last hour is ever asked for.
delete from burst where minute < now() - interval '1 day';

-- name: approvals
-- scope: control
select workflow, at from approval;

-- name: waiting_entries
-- scope: person
-- Index: entry_waiting.
select e.bucket, e.cause, e.workflow, e.contact_id, e.detail, e.caused_at, e.at
from entry e
where e.bucket = any(%(buckets)s) and e.outcome = 'waiting' and e.workflow = any(%(workflows)s)
order by e.at
limit %(most)s;

-- name: enter_waiting
-- scope: person
update entry e
set outcome = u.outcome, reason = u.reason, enrollment_id = u.enrollment_id, at = now()
from unnest(
    %(bucket)s::smallint[], %(cause)s::uuid[], %(workflow)s::text[], %(outcome)s::text[],
    %(reason)s::text[], %(enrollment_id)s::uuid[]
) as u (bucket, cause, workflow, outcome, reason, enrollment_id)
where e.bucket = u.bucket and e.cause = u.cause
    and e.workflow = u.workflow;
