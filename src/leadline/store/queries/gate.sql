-- What the gate must know before anything is sent.

-- name: suppressed
-- scope: control
select digest, reason from suppression where digest = any(%(digests)s);

-- name: suppress
-- scope: control
insert into suppression (digest, reason, by, at)
select d, %(reason)s, %(by)s, now() from unnest(%(digests)s::text[]) d
on conflict (digest) do nothing
returning digest;

-- name: unsuppress
-- scope: control
delete from suppression where digest = any(%(digests)s) returning digest;

-- name: pauses
-- scope: control
select kind, name, reason, by, at from pause order by kind, name;

-- name: pause
-- scope: control
insert into pause (kind, name, reason, by, at)
values (%(kind)s, %(name)s, %(reason)s, %(by)s, now())
on conflict (kind, name) do update
set reason = excluded.reason, by = excluded.by, at = excluded.at;

-- name: resume
-- scope: control
delete from pause where kind = %(kind)s and name = %(name)s returning name;
