-- Taking events in. One transaction carries many requests; it takes its locks in one order,
-- so that two of them never wait for each other:
--   identity (sorted) -> message_id (sorted) -> aliases (one advisory lock)
-- A transaction that waited for another's new identifier has planned on old ground: it is
-- given up and begun again, and then finds what the other wrote.

-- name: start
-- scope: control
-- The time of the batch, and how its statements are planned. Each looks up some keys by index,
-- but a plan made while a table is small (or not yet analyzed) reads all of it, and psycopg
-- prepares statements, so that such a plan stays while the table grows to millions of rows.
select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true), statement_timestamp();

-- name: known_message_ids
-- scope: control
-- A repeat is left out before anything is written. The insert decides about those that
-- come at the same time. Index: message_id_pkey.
select id from message_id where source = %(source)s and id = any(%(ids)s);

-- name: people_of
-- scope: control
-- Whose these identifiers are, at the end of any chain of aliases: an alias moves no row.
-- Index: identity_pkey, alias_pkey.
with recursive found as (
    select i.kind, i.value, i.contact_id, i.bucket
    from unnest(%(kind)s::text[], %(value)s::text[]) as u (kind, value)
    join identity i on i.kind = u.kind and i.value = u.value
), chain (first, id, bucket) as (
    select a.loser, a.survivor, a.survivor_bucket
    from alias a
    where a.loser in (select contact_id from found)
    union
    select c.first, a.survivor, a.survivor_bucket
    from chain c
    join alias a on a.loser = c.id
)
select f.kind, f.value, coalesce(c.id, f.contact_id), coalesce(c.bucket, f.bucket)
from found f
left join chain c
    on c.first = f.contact_id and not exists (select from alias a where a.loser = c.id);

-- name: strong_identifiers
-- scope: control
-- What names these people and their aliases, and not only their devices.
-- Index: alias_of_survivor, identity_of_contact.
with recursive whole (person, id) as (
    select id, id from unnest(%(ids)s::uuid[]) as u (id)
    union
    select w.person, a.loser
    from whole w
    join alias a on a.survivor = w.id
)
select w.person, i.kind, i.value
from whole w
join identity i on i.contact_id = w.id
where i.kind in ('email', 'user');

-- name: link
-- scope: control
-- Sorted, so that two transactions that link the same identifiers wait for each other in one
-- direction only. A row that does not come back was linked by another in the meantime.
insert into identity (kind, value, contact_id, bucket, since)
select u.kind, u.value, u.contact_id, u.bucket, %(now)s
from unnest(%(kind)s::text[], %(value)s::text[], %(contact_id)s::uuid[], %(bucket)s::smallint[])
    as u (kind, value, contact_id, bucket)
order by u.kind, u.value collate "C"
on conflict (kind, value) do nothing;

-- name: begin_people
-- scope: person
insert into contact (bucket, id, created_at, updated_at)
select u.bucket, u.id, %(now)s, %(now)s
from unnest(%(bucket)s::smallint[], %(id)s::uuid[]) as u (bucket, id);

-- name: claim_message_ids
-- scope: control
-- Sorted, as link is. What does not come back was taken in already.
insert into message_id (source, id, bucket, received_at)
select %(source)s, u.id, u.bucket, %(now)s
from unnest(%(id)s::text[], %(bucket)s::smallint[]) as u (id, bucket)
order by u.id collate "C"
on conflict (source, id) do nothing
returning id;

-- name: lock_aliases
-- scope: control
-- Two that join the same people at once, each the other way round, would make a circle.
-- Joins are rare, and whoever holds this lock waits for nothing else.
select pg_advisory_xact_lock(hashtextextended('leadline.alias', 0));

-- name: survivors
-- scope: control
-- Who people are now, at the end of the chain; those who are nobody's alias do not come back.
with recursive chain (first, id, bucket) as (
    select a.loser, a.survivor, a.survivor_bucket
    from alias a
    where a.loser = any(%(ids)s)
    union
    select c.first, a.survivor, a.survivor_bucket
    from chain c
    join alias a on a.loser = c.id
)
select c.first, c.id, c.bucket
from chain c
where not exists (select from alias a where a.loser = c.id);

-- name: insert_aliases
-- scope: control
insert into alias (loser, loser_bucket, survivor, survivor_bucket, at)
select u.loser, u.loser_bucket, u.survivor, u.survivor_bucket, %(now)s
from unnest(
    %(loser)s::uuid[], %(loser_bucket)s::smallint[], %(survivor)s::uuid[],
    %(survivor_bucket)s::smallint[]
) as u (loser, loser_bucket, survivor, survivor_bucket);

-- name: forget_message_ids
-- scope: control
-- A piece at a time, so that no transaction is long. Index: message_id_age.
delete from message_id m
using (
    select source, id from message_id
    where received_at < now() - %(kept)s::interval
    limit %(most)s
) old
where m.source = old.source and m.id = old.id;
