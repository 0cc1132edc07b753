-- Leases: who works on which buckets, who calls which connection.
--
-- A lease is a row with an owner, an epoch and an end. Every batch first locks the rows it relies
-- on (for key share) and compares owner and epoch. A take-over needs the row for itself (for
-- update): it passes over what a batch still holds, so that nobody waits for a frozen process, and
-- two workers never write for one person at the same time. Renewing is an update of no key, which
-- does not wait for batches, nor they for it.

-- name: worker_seen
-- scope: control
insert into worker (id, pid, started_at, seen_at)
values (%(id)s, %(pid)s, now(), now())
on conflict (id) do update set seen_at = now();

-- name: workers_alive
-- scope: control
select id from worker where seen_at > now() - make_interval(secs => %(alive_s)s) order by id;

-- name: forget_workers
-- scope: control
-- Those that were killed left nothing but their row.
delete from worker where seen_at < now() - interval '1 day';

-- name: worker_gone
-- scope: control
delete from worker where id = %(id)s;

-- name: buckets_renew
-- scope: person
-- Locked in the order of the buckets, as every statement here does (but not against batches,
-- which share the key): a worker that wakes late may renew what another is taking, and two that
-- wait for each other are a deadlock.
update bucket_lease
set expires_at = now() + make_interval(secs => %(lease_s)s)
where bucket = any(
    array(
        select bucket from bucket_lease
        where bucket = any(%(buckets)s) and owner = %(owner)s and expires_at > now()
        order by bucket
        for no key update
    )
)
returning bucket, epoch;

-- name: buckets_take
-- scope: person
-- The inner select skips what another worker is taking, or a batch of the last owner still holds;
-- the rest is taken in the next round. At most a third of the buckets moves at a time.
update bucket_lease
set owner = %(owner)s, epoch = epoch + 1, expires_at = now() + make_interval(secs => %(lease_s)s)
where bucket = any(
    array(
        select bucket from bucket_lease
        where bucket = any(%(buckets)s) and expires_at <= now()
        order by bucket limit %(most)s
        for update skip locked
    )
)
returning bucket, epoch;

-- name: buckets_give_back
-- scope: person
update bucket_lease
set expires_at = '-infinity'
where bucket = any(
    array(
        select bucket from bucket_lease
        where bucket = any(%(buckets)s) and owner = %(owner)s
        order by bucket
        for no key update
    )
);

-- name: buckets_hold
-- scope: person
select bucket, epoch from bucket_lease
where bucket = any(%(buckets)s) and owner = %(owner)s and expires_at > now()
order by bucket
for key share;

-- name: connection_known
-- scope: connection
insert into connection_lease (connection) values (%(connection)s) on conflict do nothing;

-- name: connection_take
-- scope: connection
-- Not an upsert: that would lock the row in any case, and not for itself alone.
update connection_lease l
set owner = %(owner)s, epoch = l.epoch + 1,
    expires_at = now() + make_interval(secs => %(lease_s)s)
from (
    select connection from connection_lease
    where connection = %(connection)s and expires_at <= now()
    for update skip locked
) as free
where l.connection = free.connection
returning l.epoch;

-- name: connection_renew
-- scope: connection
update connection_lease
set expires_at = now() + make_interval(secs => %(lease_s)s)
where connection = %(connection)s and owner = %(owner)s and epoch = %(epoch)s
    and expires_at > now()
returning epoch;

-- name: connection_give_back
-- scope: connection
update connection_lease
set expires_at = '-infinity'
where connection = %(connection)s and owner = %(owner)s and epoch = %(epoch)s;

-- name: connection_hold
-- scope: connection
select epoch from connection_lease
where connection = %(connection)s and owner = %(owner)s and epoch = %(epoch)s
    and expires_at > now()
for key share;

-- name: connection_owners
-- scope: connection
select connection, owner from connection_lease where expires_at > now();
