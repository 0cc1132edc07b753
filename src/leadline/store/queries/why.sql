-- Everything about one person, and how many others share what became of her.

-- name: whole_person
-- scope: control
-- Whom identifiers name: the person at the end of each chain of aliases, and every id that
-- became hers. Index: identity_pkey, alias_pkey, alias_of_survivor.
with recursive named (id, bucket) as (
    select contact_id, bucket from identity
    where kind = any('{email,user,anonymous}'::text[]) and value = any(%(values)s::text[])
    union
    select u.id, u.bucket from unnest(%(ids)s::uuid[], %(buckets)s::smallint[]) as u (id, bucket)
), up (id, bucket) as (
    select id, bucket from named
    union
    select a.survivor, a.survivor_bucket from up u join alias a on a.loser = u.id
), whole (id, bucket) as (
    select id, bucket from up
    union
    select a.loser, a.loser_bucket from whole w join alias a on a.survivor = w.id
)
select w.id, w.bucket, not exists (select from alias a where a.loser = w.id) as survives
from whole w;

-- name: came_in
-- scope: person
-- The newest of what came in about these people. Index: event_of_contact.
select bucket, id, contact_id, name, properties, occurred_at, received_at, rejected,
    routed_at is not null as routed
from event
where bucket = any(%(buckets)s) and contact_id = any(%(contacts)s)
order by received_at desc, id desc
limit %(most)s;

-- name: rejected_naming
-- scope: person
-- Rejected events in which a text stands, wherever; they may name nobody. Only rejected events
-- are read. Index: event_rejected.
select bucket, id, contact_id, name, properties, occurred_at, received_at, rejected,
    routed_at is not null as routed
from event
where bucket = any(%(buckets)s) and rejected is not null
    and position(lower(%(text)s) in lower(properties::text)) > 0
order by received_at desc, id desc
limit %(most)s;

-- name: newest_events
-- scope: person
select bucket, id, contact_id, name, properties, occurred_at, received_at, rejected,
    routed_at is not null as routed
from event
where bucket = any(%(buckets)s)
order by received_at desc, id desc
limit %(most)s;

-- name: newest_rejected
-- scope: person
-- Index: event_rejected.
select bucket, id, contact_id, name, properties, occurred_at, received_at, rejected,
    routed_at is not null as routed
from event
where bucket = any(%(buckets)s) and rejected is not null
order by received_at desc, id desc
limit %(most)s;

-- name: intended_for
-- scope: person
-- What was intended for these people, with the work that is still to do. Index:
-- action_of_contact, work_pkey.
select a.bucket, a.enrollment_id, a.step, a.visit, a.ordinal, a.workflow, a.connection, a.kind,
    a.lane, a.payload, a.intended_at, a.not_after, a.retry_until, w.state, w.due_at, w.attempt,
    w.lease_until, w.reason
from action a
left join work w on w.bucket = a.bucket and w.enrollment_id = a.enrollment_id
    and w.step = a.step and w.visit = a.visit
where a.bucket = any(%(buckets)s) and a.contact_id = any(%(contacts)s)
order by a.ordinal;

-- name: waiting_before
-- scope: person
-- How much work of a connection's lane goes before this. Index: work_pending.
select count(*)::integer as number from work
where bucket = any(%(buckets)s) and connection = %(connection)s and state = 'pending'
    and lane = %(lane)s and (due_at, ordinal) < (%(due_at)s, %(ordinal)s);

-- name: entries_sharing
-- scope: person
select count(distinct contact_id)::integer as number from entry
where bucket = any(%(buckets)s) and workflow = %(workflow)s and outcome = %(outcome)s
    and reason is not distinct from %(reason)s;

-- name: runs_sharing
-- scope: person
-- Runs that stand at a step, or ended there, for the same reason.
select count(distinct contact_id)::integer as number from enrollment
where bucket = any(%(buckets)s) and workflow = %(workflow)s
    and end_reason is not distinct from %(end_reason)s
    and step is not distinct from %(step)s;

-- name: actions_sharing
-- scope: person
select count(distinct a.contact_id)::integer as number
from action a
left join work w on w.bucket = a.bucket and w.enrollment_id = a.enrollment_id
    and w.step = a.step and w.visit = a.visit
left join lateral (
    select state, reason from outcome o
    where o.bucket = a.bucket and o.enrollment_id = a.enrollment_id and o.step = a.step
        and o.visit = a.visit
    order by id desc limit 1
) o on true
where a.bucket = any(%(buckets)s) and a.workflow = %(workflow)s and a.step = %(step)s
    and %(state)s = case when w.state in ('pending', 'sending', 'unknown', 'held') then w.state
        else coalesce(o.state, w.state, 'pending') end
    and (%(reason)s::text is null or coalesce(o.reason, w.reason) = %(reason)s);

-- name: rejected_sharing
-- scope: person
select count(*)::integer as number from event
where bucket = any(%(buckets)s) and rejected = %(reason)s;
