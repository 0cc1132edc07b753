-- What people ask of runs, until the owners of their buckets have done it.

-- name: ask
-- scope: person
insert into request (bucket, id, enrollment_id, kind, step, visit, by, why, at)
select u.bucket, u.id, u.enrollment_id, u.kind, u.step, u.visit, %(by)s, %(why)s, now()
from unnest(
    %(bucket)s::smallint[], %(id)s::uuid[], %(enrollment_id)s::uuid[], %(kind)s::text[],
    %(step)s::text[], %(visit)s::smallint[]
) as u (bucket, id, enrollment_id, kind, step, visit);

-- name: asked
-- scope: person
-- Bucket by bucket, the oldest first. Only the owner of the buckets reads here, so no row is locked; the table is
-- empty but for the moment between a command and the next batch.
select bucket, id, enrollment_id, kind, step, visit, by, why, at
from request
where bucket = any(%(buckets)s)
order by bucket, at, id
limit %(most)s;

-- name: asked_of
-- scope: person
-- Index: request_of_enrollment.
select bucket, id, enrollment_id, kind, step, visit, by, why, at
from request
where bucket = any(%(buckets)s) and enrollment_id = any(%(enrollments)s)
order by at, id;

-- name: answered
-- scope: person
delete from request where bucket = any(%(buckets)s) and id = any(%(ids)s);

-- name: still_asked
-- scope: person
select id from request where bucket = any(%(buckets)s) and id = any(%(ids)s);

-- name: pending_of_runs
-- scope: person
select bucket, enrollment_id, step, visit from work
where bucket = any(%(buckets)s) and enrollment_id = any(%(enrollments)s) and state = 'pending';

-- name: running_of_workflow
-- scope: person
select bucket, id from enrollment
where bucket = any(%(buckets)s) and workflow = %(workflow)s and ended_at is null
order by bucket, id;

-- name: runs_by_id
-- scope: person
-- A command knows an id and no bucket; it is one look-up a bucket. Index: enrollment_pkey.
select bucket, id, workflow, contact_id, step, ended_at, end_reason from enrollment
where bucket = any(%(buckets)s) and id = any(%(ids)s);

-- name: actions_by_key
-- scope: person
-- Index: action_pkey, work_pkey.
select a.bucket, a.enrollment_id, a.step, a.visit, a.contact_id, a.workflow, a.connection,
    a.kind, a.record, a.not_after,
    case when w.state in ('pending', 'sending', 'unknown', 'held') then w.state
        else coalesce(o.state, w.state, 'pending') end as state,
    coalesce(o.reason, w.reason) as reason, coalesce(o.at, a.intended_at) as at, e.end_reason
from action a
join unnest(%(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[])
    as u (enrollment_id, step, visit)
    on u.enrollment_id = a.enrollment_id and u.step = a.step and u.visit = a.visit
join enrollment e on e.bucket = a.bucket and e.id = a.enrollment_id
left join work w on w.bucket = a.bucket and w.enrollment_id = a.enrollment_id
    and w.step = a.step and w.visit = a.visit
left join lateral (
    select state, reason, at from outcome o
    where o.bucket = a.bucket and o.enrollment_id = a.enrollment_id and o.step = a.step
        and o.visit = a.visit
    order by id desc limit 1
) o on true
where a.bucket = any(%(buckets)s)
order by a.ordinal;

-- name: failed_actions
-- scope: person
-- Actions that are dead or were rejected, the oldest first: what a replay may take up. Those of
-- runs that were stopped stay as they are.
select a.bucket, a.enrollment_id, a.step, a.visit, a.contact_id, a.workflow, a.connection,
    a.kind, a.record, a.not_after, o.state, o.reason, o.at, e.end_reason
from action a
join enrollment e on e.bucket = a.bucket and e.id = a.enrollment_id
join lateral (
    select state, reason, at from outcome o
    where o.bucket = a.bucket and o.enrollment_id = a.enrollment_id and o.step = a.step
        and o.visit = a.visit
    order by id desc limit 1
) o on true
where a.bucket = any(%(buckets)s) and o.state in ('dead', 'rejected')
    and (%(workflow)s::text is null or a.workflow = %(workflow)s)
    and (e.end_reason is null or e.end_reason not like 'stopped by a%%')
order by a.ordinal
limit %(most)s;

-- name: dead_runs
-- scope: person
-- Runs in the dead letters, with the step that put them there.
select bucket, id, workflow, contact_id, step, ended_at, end_reason, state
from enrollment
where bucket = any(%(buckets)s) and end_reason = 'dead letter'
    and (%(workflow)s::text is null or workflow = %(workflow)s)
order by ended_at
limit %(most)s;

-- name: prolong
-- scope: person
-- Work that a person let go again gets the time that its step allows, from now on.
update work w
set due_at = now(), retry_until = now() + (a.retry_until - a.intended_at)
from action a
where w.bucket = any(%(buckets)s) and a.bucket = w.bucket and a.enrollment_id = w.enrollment_id
    and a.step = w.step and a.visit = w.visit and w.enrollment_id = %(enrollment_id)s
    and w.step = %(step)s and w.visit = %(visit)s and w.state = 'pending';

-- name: overtaken
-- scope: person
-- Writes of a record of which a later one has reached the vendor since, with a field in common:
-- sent now, the earlier one would bring the old value back. Index: action_of_contact.
select distinct a.bucket, a.enrollment_id, a.step, a.visit
from action a
join unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[]
) as u (bucket, enrollment_id, step, visit) using (bucket, enrollment_id, step, visit)
join action b on b.bucket = a.bucket and b.contact_id = a.contact_id
    and b.connection = a.connection and b.record = a.record and b.ordinal > a.ordinal
where a.bucket = any(%(buckets)s)
    and exists (
        select from jsonb_object_keys(a.payload -> 'fields') as f (name)
        where (b.payload -> 'fields') ? f.name
    )
    and exists (
        select from outcome o
        where o.bucket = b.bucket and o.enrollment_id = b.enrollment_id and o.step = b.step
            and o.visit = b.visit and o.state in ('accepted', 'confirmed')
    );
