-- What people ask: where actions stand, who is where, what is waiting and why.

-- name: actions
-- scope: person
-- The newest first; each with its work, or its last outcome where it has none any more.
select a.bucket, a.enrollment_id, a.step, a.visit, a.contact_id, a.workflow, a.connection, a.kind,
    case when w.state in ('pending', 'sending', 'unknown', 'held') then w.state
        else coalesce(o.state, w.state, 'pending') end as state,
    coalesce(o.reason, w.reason) as reason,
    o.vendor_id, coalesce(o.at, a.intended_at) as at, a.intended_at
from action a
left join work w on w.bucket = a.bucket and w.enrollment_id = a.enrollment_id
    and w.step = a.step and w.visit = a.visit
left join lateral (
    select state, reason, at, vendor_id from outcome o
    where o.bucket = a.bucket and o.enrollment_id = a.enrollment_id and o.step = a.step
        and o.visit = a.visit
    order by id desc limit 1
) o on true
where a.bucket = any(%(buckets)s)
    and (%(workflow)s::text is null or a.workflow = %(workflow)s)
    and (%(connection)s::text is null or a.connection = %(connection)s)
    and (%(step)s::text is null or a.step = %(step)s)
    and (%(contact_id)s::uuid is null or a.contact_id = %(contact_id)s)
    and (%(state)s::text is null or %(state)s = case
        when w.state in ('pending', 'sending', 'unknown', 'held') then w.state
        else coalesce(o.state, w.state, 'pending') end)
order by a.intended_at desc, a.ordinal desc
limit %(most)s;

-- name: counts_by_state
-- scope: person
select a.workflow, a.connection, a.step,
    case when w.state in ('pending', 'sending', 'unknown', 'held') then w.state
        else coalesce(o.state, w.state, 'pending') end as state,
    count(*)::integer as times
from action a
left join work w on w.bucket = a.bucket and w.enrollment_id = a.enrollment_id
    and w.step = a.step and w.visit = a.visit
left join lateral (
    select state from outcome o
    where o.bucket = a.bucket and o.enrollment_id = a.enrollment_id and o.step = a.step
        and o.visit = a.visit
    order by id desc limit 1
) o on true
where a.bucket = any(%(buckets)s)
group by 1, 2, 3, 4
order by 1, 2, 3, 4;

-- name: outcomes_of
-- scope: person
select o.enrollment_id, o.step, o.visit, o.at, o.state, o.cause, o.call_id, o.vendor_id, o.reason,
    o.vendor_at
from outcome o
where o.bucket = any(%(buckets)s) and o.enrollment_id = any(%(enrollments)s)
order by o.id;

-- name: enrollments_of_contacts
-- scope: person
select bucket, id, workflow, release, contact_id, once_value, trigger_at, started_at, state, step,
    wake_at, ended_at, end_reason
from enrollment
where bucket = any(%(buckets)s) and contact_id = any(%(contacts)s)
order by started_at;

-- name: decisions_of
-- scope: person
select enrollment_id, n, at, signal, records
from decision
where bucket = any(%(buckets)s) and enrollment_id = any(%(enrollments)s)
order by enrollment_id, n;

-- name: entries_of
-- scope: person
select bucket, cause, workflow, contact_id, outcome, reason, detail, enrollment_id, caused_at, at
from entry
where bucket = any(%(buckets)s) and contact_id = any(%(contacts)s)
order by at;

-- name: dead_letters
-- scope: person
-- Runs that ended in the dead letters, and the step that put them there.
select bucket, id, workflow, release, contact_id, step, ended_at, end_reason
from enrollment
where bucket = any(%(buckets)s) and end_reason = 'dead letter'
    and (%(workflow)s::text is null or workflow = %(workflow)s)
order by ended_at desc
limit %(most)s;

-- name: entries_by_outcome
-- scope: person
select workflow, outcome, reason, count(*)::integer as times
from entry
where bucket = any(%(buckets)s)
group by 1, 2, 3
order by 1, 2, 3;

-- name: runs_by_end
-- scope: person
select workflow, end_reason, count(*)::integer as times
from enrollment
where bucket = any(%(buckets)s)
group by 1, 2
order by 1, 2;

-- name: promise_kept
-- scope: person
-- Of the runs of a workflow begun since a moment: how many reached acceptance of a step within
-- a time, and how many still may.
select count(*)::integer as runs,
    count(*) filter (where o.at <= e.started_at + %(within)s)::integer as kept,
    count(*) filter (
        where o.at is null and now() <= e.started_at + %(within)s
    )::integer as open
from enrollment e
left join lateral (
    select min(o.at) as at from outcome o
    where o.bucket = e.bucket and o.enrollment_id = e.id and o.step = %(step)s
        and o.state in ('accepted', 'confirmed')
) o on true
where e.bucket = any(%(buckets)s) and e.workflow = %(workflow)s and e.started_at >= %(since)s;

-- name: successes
-- scope: person
select e.workflow, count(*)::integer as runs, count(s.at)::integer as successes
from enrollment e
left join success s on s.bucket = e.bucket and s.enrollment_id = e.id
where e.bucket = any(%(buckets)s)
group by 1
order by 1;

-- name: emails_of
-- scope: control
select contact_id, value as email from identity
where kind = 'email' and contact_id = any(%(contacts)s)
order by since;

-- name: unrouted_events
-- scope: person
-- Index: event_unrouted.
select count(*)::integer as times from event
where bucket = any(%(buckets)s) and routed_at is null and rejected is null;
