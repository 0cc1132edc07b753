-- The life of an action after it was intended: claimed, called, settled.

-- name: due_work
-- scope: person
-- What may be called now, the transactional lane first, the oldest first within a lane. Reads
-- all buckets without locks: one worker owns the connection, and the claim below compares and
-- sets. What is past its last attempt is not begun: its run may have gone on. Index: work_pending.
select bucket, enrollment_id, step, visit, ordinal, lane, record, due_at, attempt, not_after,
    retry_until
from work
where bucket = any(%(buckets)s) and connection = %(connection)s and state = 'pending'
    and lane = %(lane)s and due_at <= now() and retry_until > now()
order by due_at, ordinal
limit %(most)s;

-- name: work_of_records
-- scope: person
-- Everything open of the records that the due work writes, so that no later write overtakes an
-- earlier one. Index: work_record.
select bucket, enrollment_id, step, visit, ordinal, lane, record, due_at, attempt, not_after,
    retry_until, state
from work
where bucket = any(%(buckets)s) and connection = %(connection)s and record = any(%(records)s)
    and state in ('pending', 'sending', 'unknown', 'held')
order by record, ordinal;

-- name: bundled_work
-- scope: person
-- The rest of a digest: whatever waits for the same place, its bundle time over or not.
select bucket, enrollment_id, step, visit, ordinal, lane, record, due_at, attempt, not_after,
    retry_until
from work
where bucket = any(%(buckets)s) and connection = %(connection)s and state = 'pending'
    and lane = %(lane)s and attempt = 0
order by due_at, ordinal
limit %(most)s;

-- name: next_due
-- scope: person
select min(due_at) as at from work
where bucket = any(%(buckets)s) and connection = %(connection)s and state = 'pending';

-- name: actions_of_work
-- scope: person
select a.bucket, a.enrollment_id, a.step, a.visit, a.contact_id, a.workflow, a.release, a.kind,
    a.payload, a.ordinal, a.intended_at
from action a
join unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[]
) as u (bucket, enrollment_id, step, visit) using (bucket, enrollment_id, step, visit)
where a.bucket = any(%(buckets)s);

-- name: claim
-- scope: person
-- Compare and set: only what is still pending is claimed, under the token of its call.
update work w
set state = 'sending', token = u.token, attempt = w.attempt + 1,
    lease_until = now() + make_interval(secs => %(lease_s)s)
from unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[],
    %(token)s::uuid[]
) as u (bucket, enrollment_id, step, visit, token)
where w.bucket = any(%(buckets)s) and w.bucket = u.bucket and w.enrollment_id = u.enrollment_id
    and w.step = u.step and w.visit = u.visit and w.state = 'pending'
returning w.bucket, w.enrollment_id, w.step, w.visit, w.attempt, w.token;

-- name: postpone
-- scope: person
-- Work that may not go now but is not over (its workflow is paused): looked at again later.
update work w
set due_at = now() + make_interval(secs => %(delay_s)s)
from unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[]
) as u (bucket, enrollment_id, step, visit)
where w.bucket = any(%(buckets)s) and w.bucket = u.bucket and w.enrollment_id = u.enrollment_id
    and w.step = u.step and w.visit = u.visit and w.state = 'pending';

-- name: move
-- scope: person
-- The one statement that changes where an action stands. It compares with the state that the
-- decision was made on, and with the token where one is given; what does not match is left.
-- The new state is noted as an outcome in the same statement.
with moved as (
    update work w
    set state = u.to_state, due_at = coalesce(u.due_at, w.due_at), reason = u.reason,
        token = case when u.to_state in ('pending', 'held') then null else w.token end,
        lease_until = case when u.to_state = 'unknown' then w.lease_until end
    from unnest(
        %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[],
        %(from_state)s::text[], %(to_state)s::text[], %(token)s::uuid[], %(due_at)s::timestamptz[],
        %(cause)s::text[], %(call_id)s::uuid[], %(vendor_id)s::text[], %(reason)s::text[],
        %(vendor_at)s::timestamptz[]
    ) as u (
        bucket, enrollment_id, step, visit, from_state, to_state, token, due_at, cause, call_id,
        vendor_id, reason, vendor_at
    )
    where w.bucket = any(%(buckets)s) and w.bucket = u.bucket
        and w.enrollment_id = u.enrollment_id and w.step = u.step and w.visit = u.visit
        and w.state = u.from_state and (u.token is null or w.token = u.token)
    returning w.bucket, w.enrollment_id, w.step, w.visit, u.to_state, u.cause, u.call_id,
        u.vendor_id, u.reason, u.vendor_at
)
insert into outcome (
    bucket, enrollment_id, step, visit, at, state, cause, call_id, vendor_id, reason, vendor_at
)
select bucket, enrollment_id, step, visit, now(), to_state, cause, call_id, vendor_id, reason,
    vendor_at
from moved
returning bucket, enrollment_id, step, visit, state;

-- name: look_later
-- scope: person
-- Still unknown: asked again then.
update work w
set due_at = u.due_at
from unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[],
    %(due_at)s::timestamptz[]
) as u (bucket, enrollment_id, step, visit, due_at)
where w.bucket = any(%(buckets)s) and w.bucket = u.bucket and w.enrollment_id = u.enrollment_id
    and w.step = u.step and w.visit = u.visit and w.state = 'unknown';

-- name: note_outcomes
-- scope: person
insert into outcome (bucket, enrollment_id, step, visit, at, state, cause, call_id, vendor_id, reason)
select u.bucket, u.enrollment_id, u.step, u.visit, now(), u.state, u.cause, u.call_id,
    u.vendor_id, u.reason
from unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[],
    %(state)s::text[], %(cause)s::text[], %(call_id)s::uuid[], %(vendor_id)s::text[],
    %(reason)s::text[]
) as u (bucket, enrollment_id, step, visit, state, cause, call_id, vendor_id, reason)
where u.bucket = any(%(buckets)s);

-- name: standing
-- scope: person
-- Where each of these actions stands: its work while that is open, else its last outcome.
select u.bucket, u.enrollment_id, u.step, u.visit,
    case when w.state in ('pending', 'sending', 'unknown', 'held') then w.state
        else coalesce(o.state, w.state) end as state,
    w.token, w.lease_until
from unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[]
) as u (bucket, enrollment_id, step, visit)
left join work w on w.bucket = any(%(buckets)s) and w.bucket = u.bucket
    and w.enrollment_id = u.enrollment_id and w.step = u.step and w.visit = u.visit
left join lateral (
    select state from outcome o
    where o.bucket = u.bucket and o.enrollment_id = u.enrollment_id and o.step = u.step
        and o.visit = u.visit
    order by id desc limit 1
) o on true
where u.bucket = any(%(buckets)s);

-- name: restore_work
-- scope: person
-- Replay: the action gets work again, under the same key, with a new deadline.
insert into work (
    bucket, enrollment_id, step, visit, ordinal, connection, lane, record, state, due_at,
    not_after, retry_until
)
select a.bucket, a.enrollment_id, a.step, a.visit, a.ordinal, a.connection, a.lane, a.record,
    'pending', now(), a.not_after, now() + (a.retry_until - a.intended_at)
from action a
join unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[]
) as u (bucket, enrollment_id, step, visit) using (bucket, enrollment_id, step, visit)
where a.bucket = any(%(buckets)s)
on conflict (bucket, enrollment_id, step, visit) do nothing
returning bucket, enrollment_id, step, visit;

-- name: tell_late_effect
-- scope: person
-- An action that was over without effect had one after all: its run hears of it by this row.
insert into work (
    bucket, enrollment_id, step, visit, ordinal, connection, lane, record, state, due_at,
    not_after, retry_until
)
select a.bucket, a.enrollment_id, a.step, a.visit, a.ordinal, a.connection, a.lane, a.record,
    'accepted', now(), a.not_after, a.retry_until
from action a
join unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[]
) as u (bucket, enrollment_id, step, visit) using (bucket, enrollment_id, step, visit)
where a.bucket = any(%(buckets)s)
on conflict (bucket, enrollment_id, step, visit) do update
set state = excluded.state, reason = null
where work.state in ('rejected', 'expired', 'dead');

-- name: orphaned_claims
-- scope: person
-- Claims whose lease has ended. Index: work_claimed.
select bucket, enrollment_id, step, visit, token, lease_until, record
from work
where bucket = any(%(buckets)s) and connection = %(connection)s and state = 'sending'
    and lease_until <= now()
order by lease_until
limit %(most)s;

-- name: unknown_to_verify
-- scope: person
-- Index: work_unknown; due_at is the moment from which asking the vendor proves something.
select bucket, enrollment_id, step, visit, ordinal, lane, record, due_at, attempt, not_after,
    retry_until, token, lease_until
from work
where bucket = any(%(buckets)s) and connection = %(connection)s and state = 'unknown'
    and due_at <= now()
order by due_at
limit %(most)s;

-- name: past_deadline
-- scope: person
-- Waiting work whose time is over: too late for the event, or retried long enough.
-- Index: work_deadline.
select bucket, enrollment_id, step, visit, not_after, retry_until, reason
from work
where bucket = any(%(buckets)s) and connection = %(connection)s and state = 'pending'
    and least(not_after, retry_until) <= now()
limit %(most)s;

-- name: waiting_by_connection
-- scope: person
select connection, state, count(*)::integer as count, min(due_at) as oldest
from work
where bucket = any(%(buckets)s)
    and state in ('pending', 'sending', 'unknown', 'held')
group by connection, state;
