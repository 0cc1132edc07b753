-- Requests to vendors, what they carry, and the windows they fill.

-- name: begin_call
-- scope: connection
-- A claim that was given back has left a void row under this token; then this insert must not
-- happen, for somebody else may already call again.
insert into call (
    connection, id, token, label, lane, request_hash, members, began_at, send_before
)
select %(connection)s, %(id)s, %(token)s, %(label)s, %(lane)s, %(request_hash)s, %(members)s,
    now(), now() + make_interval(secs => %(timeout_s)s)
where not exists (
    select 1 from call where connection = %(connection)s and id = %(token)s and void
)
returning began_at, send_before;

-- name: lock_token
-- scope: connection
-- Beginning a call and giving its claim back exclude one another.
select pg_advisory_xact_lock(hashtextextended(%(connection)s || %(token)s::text, 0));

-- name: insert_members
-- scope: connection
insert into call_action (connection, call_id, bucket, enrollment_id, step, visit, ref)
select %(connection)s, %(call_id)s, u.bucket, u.enrollment_id, u.step, u.visit, u.ref
from unnest(
    %(bucket)s::smallint[], %(enrollment_id)s::uuid[], %(step)s::text[], %(visit)s::smallint[],
    %(ref)s::text[]
) as u (bucket, enrollment_id, step, visit, ref);

-- name: open_records
-- scope: connection
-- The partial unique index call_record_open refuses a second unsettled call of one record.
insert into call_record (connection, call_id, record)
select %(connection)s, %(call_id)s, r
from unnest(%(records)s::text[]) r
on conflict do nothing
returning record;

-- name: reopen_records
-- scope: connection
-- A batch that was refused whole is asked for again in halves, under the same claim. Only an
-- answer lets go of a record: where none came, its write is still in doubt (rule 3).
update call_record r
set open = false
from call c
where r.connection = %(connection)s and r.record = any(%(records)s) and r.open
    and c.connection = r.connection and c.id = r.call_id and c.token = %(token)s
    and c.answered_at is not null and c.answer not like 'no answer%%';

-- name: close_records
-- scope: connection
update call_record set open = false
where connection = %(connection)s and call_id = any(%(call_ids)s) and open
    and record = any(%(records)s::text[]);

-- name: held_records
-- scope: connection
-- Those of some records that an unsettled call holds. Index: call_record_open.
select record from call_record
where connection = %(connection)s and record = any(%(records)s) and open;

-- name: records_over
-- scope: connection
-- Records of calls that can begin no more and whose effect, if there was one, can be seen.
-- Index: call_record_open, which holds the calls of this moment only.
select r.call_id, r.record
from call_record r join call c on c.connection = r.connection and c.id = r.call_id
where r.connection = %(connection)s and r.open
    and c.send_before <= now() - make_interval(secs => %(after_s)s)
limit %(most)s;

-- name: release_records
-- scope: connection
update call_record r set open = false
from unnest(%(call_id)s::uuid[], %(record)s::text[]) as u (call_id, record)
where r.connection = %(connection)s and r.call_id = u.call_id and r.record = u.record;

-- name: release_record
-- scope: connection
-- A person said what became of an action: the calls that carried it hold its record no longer.
-- Index: call_action_of, call_record_pkey.
update call_record r set open = false
from call_action a
where a.connection = %(connection)s and a.enrollment_id = %(enrollment_id)s
    and a.step = %(step)s and a.visit = %(visit)s and r.connection = a.connection
    and r.call_id = a.call_id and r.record = %(record)s and r.open;

-- name: end_call
-- scope: connection
update call
set answered_at = now(), answer = %(answer)s
where connection = %(connection)s and id = %(id)s and answered_at is null
returning id;

-- name: void_token
-- scope: connection
-- Leaves a mark under the token of a claim that never began a call; says whether it did so.
insert into call (
    connection, id, token, label, lane, members, began_at, send_before, answered_at, answer, void
)
select %(connection)s, %(token)s, %(token)s, 'given back', 'transactional', 0, now(), now(),
    now(), 'no request existed', true
where not exists (
    select 1 from call where connection = %(connection)s and token = %(token)s and members > 0
)
on conflict do nothing
returning id;

-- name: calls_of_tokens
-- scope: connection
select id, token, label, members, began_at, send_before, answered_at, answer
from call
where connection = %(connection)s and token = any(%(tokens)s) and not void
order by began_at;

-- name: members_of_calls
-- scope: connection
select call_id, bucket, enrollment_id, step, visit, ref
from call_action
where connection = %(connection)s and call_id = any(%(call_ids)s);

-- name: members_by_ref
-- scope: connection
select ref, call_id, bucket, enrollment_id, step, visit
from call_action
where connection = %(connection)s and ref = any(%(refs)s);

-- name: take_slots
-- scope: connection
insert into slot (connection, id, span, scope_key, units, lane, call_id, taken_at, free_at)
select %(connection)s, u.id, u.span, u.scope_key, u.units, u.lane, %(call_id)s, now(),
    coalesce(u.free_at, 'infinity')
from unnest(
    %(id)s::uuid[], %(span)s::text[], %(scope_key)s::text[], %(units)s::integer[],
    %(lane)s::text[], %(free_at)s::timestamptz[]
) as u (id, span, scope_key, units, lane, free_at)
on conflict (connection, id) do nothing;

-- name: free_slots
-- scope: connection
update slot s
set free_at = u.free_at
from unnest(%(id)s::uuid[], %(free_at)s::timestamptz[]) as u (id, free_at)
where s.connection = %(connection)s and s.id = u.id;

-- name: add_up_slots
-- scope: connection
-- Answered slots of a long window that free at the same time are one row with their units.
with gone as (
    delete from slot s
    using unnest(%(id)s::uuid[], %(total)s::uuid[], %(free_at)s::timestamptz[])
        as u (id, total, free_at)
    where s.connection = %(connection)s and s.id = u.id
    returning u.total, s.span, s.scope_key, s.units, s.lane, s.taken_at, u.free_at
)
insert into slot as s (connection, id, span, scope_key, units, lane, taken_at, free_at)
select %(connection)s, total, span, scope_key, sum(units)::integer, lane, min(taken_at),
    max(free_at)
from gone group by total, span, scope_key, lane
on conflict (connection, id) do update set units = s.units + excluded.units;

-- name: drop_free_slots
-- scope: connection
delete from slot where connection = %(connection)s and free_at <= now();

-- name: slots
-- scope: connection
select s.id, s.span, s.scope_key, s.units, s.lane, s.taken_at,
    nullif(s.free_at, 'infinity') as free_at, c.send_before
from slot s left join call c on c.connection = s.connection and c.id = s.call_id
where s.connection = %(connection)s and s.free_at > now();

-- name: set_health
-- scope: connection
insert into health as h (connection, state, reason, since, last_ok_at)
values (
    %(connection)s, %(state)s, %(reason)s, now(),
    case when %(state)s = 'ok' then now() end
)
on conflict (connection) do update
set state = excluded.state, reason = excluded.reason,
    since = case when h.state = excluded.state then h.since else now() end,
    last_ok_at = coalesce(excluded.last_ok_at, h.last_ok_at)
-- Told after every call: a connection that goes on well is noted once a second.
where h.state <> 'ok' or excluded.state <> 'ok' or h.last_ok_at is null
    or h.last_ok_at < now() - interval '1 second';

-- name: health
-- scope: connection
select connection, state, reason, since, last_ok_at from health order by connection;

-- name: feed_heard
-- scope: connection
select feed_at as at from health where connection = %(connection)s;

-- name: hear_feed
-- scope: connection
-- The delivery feed has told of a call: it has been heard up to there.
insert into health as h (connection, state, reason, since, last_ok_at, feed_at)
select %(connection)s, 'ok', null, now(), now(), max(began_at)
from call where connection = %(connection)s and id = any(%(call_ids)s)
having max(began_at) is not null
on conflict (connection) do update
set feed_at = greatest(h.feed_at, excluded.feed_at);

-- name: insert_receipts
-- scope: connection
insert into receipt (
    connection, id, ref, kind, at, reason, permanent, recipient, vendor_id, received_at,
    due_at
)
select %(connection)s, u.id, u.ref, u.kind, u.at, u.reason, u.permanent, u.recipient,
    u.vendor_id, now(), now()
from unnest(
    %(id)s::uuid[], %(ref)s::text[], %(kind)s::text[], %(at)s::timestamptz[], %(reason)s::text[],
    %(permanent)s::boolean[], %(recipient)s::text[], %(vendor_id)s::text[]
) as u (id, ref, kind, at, reason, permanent, recipient, vendor_id);

-- name: receipts
-- scope: connection
-- The longest due first. Index: receipt_due.
select id, ref, kind, at, reason, permanent, recipient, vendor_id, received_at
from receipt where connection = %(connection)s and due_at <= now()
order by due_at, id
limit %(most)s;

-- name: keep_receipts
-- scope: connection
-- What cannot be weighed yet makes way for the rest: the longer it has been kept, the longer.
update receipt
set due_at = now() + make_interval(secs => 1) + (now() - received_at) / 4
where connection = %(connection)s and id = any(%(ids)s);

-- name: drop_receipts
-- scope: connection
delete from receipt where connection = %(connection)s and id = any(%(ids)s);
