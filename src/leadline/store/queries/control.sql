-- Releases, notices, incidents and what people did.

-- name: store_release
-- scope: control
insert into release (hash, format, program, files, created_at, created_by)
values (%(hash)s, %(format)s, %(program)s, %(files)s, now(), %(by)s)
on conflict (hash) do nothing;

-- name: activate_release
-- scope: control
insert into activation (hash, at, by) values (%(hash)s, now(), %(by)s);

-- name: hold_release
-- scope: control
-- Shared by batches that work by the active release, until they are stored.
select pg_advisory_xact_lock_shared(hashtextextended('leadline.release', 0));

-- name: change_release
-- scope: control
-- Waits for the batches that work by the release before, and lets no new one begin.
select pg_advisory_xact_lock(hashtextextended('leadline.release', 0));

-- name: active_release
-- scope: control
select hash from activation order by id desc limit 1;

-- name: read_release
-- scope: control
select hash, format, program, files, created_at, created_by from release where hash = %(hash)s;

-- name: activations
-- scope: control
select hash, at, by from activation order by id desc limit %(most)s;

-- name: tell
-- scope: control
insert into notice as n (cause, hour, recipient, sentence, count, first_at)
select u.cause, date_trunc('hour', now()), u.recipient, u.sentence, u.times, now()
from unnest(%(cause)s::text[], %(recipient)s::text[], %(sentence)s::text[], %(times)s::integer[])
    as u (cause, recipient, sentence, times)
order by u.cause, u.recipient
on conflict (cause, hour, recipient) do update set count = n.count + excluded.count;

-- name: notices
-- scope: control
select cause, hour, recipient, sentence, count, first_at, mailed_at, not_mailed
from notice order by first_at desc limit %(most)s;

-- name: notices_to_mail
-- scope: control
select cause, hour, recipient, sentence, count, first_at
from notice where mailed_at is null and not_mailed is null
order by first_at limit %(most)s for update skip locked;

-- name: notice_mailed
-- scope: control
update notice set mailed_at = case when %(not_mailed)s::text is null then now() end,
    not_mailed = %(not_mailed)s
where cause = %(cause)s and hour = %(hour)s and recipient = %(recipient)s;

-- name: open_incident
-- scope: control
insert into incident (id, cause, sentence, fix, opened_at)
values (%(id)s, %(cause)s, %(sentence)s, %(fix)s, now())
on conflict (cause) where resolved_at is null do nothing
returning id;

-- name: resolve_incident
-- scope: control
update incident set resolved_at = now() where cause = %(cause)s and resolved_at is null
returning id;

-- name: open_incidents
-- scope: control
select id, cause, sentence, fix, opened_at from incident
where resolved_at is null order by opened_at;

-- name: audit
-- scope: control
insert into audit_log (id, at, who, what, why, detail)
values (%(id)s, now(), %(who)s, %(what)s, %(why)s, %(detail)s);

-- name: audited
-- scope: control
select id, at, who, what, why, detail from audit_log order by at desc limit %(most)s;

-- name: approve
-- scope: control
insert into approval (workflow, by, at) values (%(workflow)s, %(by)s, now())
on conflict (workflow) do update set by = excluded.by, at = excluded.at;
