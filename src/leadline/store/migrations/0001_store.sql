-- The store of one environment of one project.
--
-- Every table has one of three scopes, named in its comment, and its primary key and every
-- unique constraint contain the scope's key:
--   control     small, or hashed by its own key
--   person      bucket, a smallint 0-1023, fixed when the person is first seen
--   connection  the name of a connection
-- No foreign key crosses scopes. One transaction may, where one PostgreSQL holds them all, but
-- the protocol (ledger/) is right without it.

-- ---------------------------------------------------------------- control

create table environment (
    name text primary key,
    created_at timestamptz not null default now()
);
comment on table environment is 'control: the one environment that this database belongs to';

create table release (
    hash text primary key,
    format integer not null,
    program jsonb not null,
    files jsonb not null,
    created_at timestamptz not null,
    created_by text not null
);
comment on table release is 'control: compiled projects, content-addressed, never changed';

create table activation (
    id bigint generated always as identity primary key,
    hash text not null,
    at timestamptz not null,
    by text not null
);
comment on table activation is 'control: which release became active when; the last row is active';

create table identity (
    kind text not null check (kind in ('email', 'user', 'anonymous')),
    value text collate "C" not null,
    contact_id uuid not null,
    bucket smallint not null,
    since timestamptz not null,
    primary key (kind, value)
);
comment on table identity is 'control: the identity directory, from an identifier to a person and her bucket';
create index identity_of_contact on identity (contact_id);

create table alias (
    loser uuid primary key,
    loser_bucket smallint not null,
    survivor uuid not null,
    survivor_bucket smallint not null,
    at timestamptz not null
);
comment on table alias is 'control: two ids, one person; no row moves';
create index alias_of_survivor on alias (survivor);

create table message_id (
    source text not null,
    id text collate "C" not null,
    bucket smallint not null,
    received_at timestamptz not null,
    primary key (source, id)
);
comment on table message_id is 'control: which messages were taken in, kept 90 days, so that a repeat is not a second event';
create index message_id_age on message_id using brin (received_at);

create table suppression (
    digest text primary key,
    reason text not null,
    by text not null,
    at timestamptz not null
);
comment on table suppression is 'control: keyed digests of addresses that are never written to';

create table pause (
    kind text not null check (kind in ('everything', 'connection', 'workflow')),
    name text not null,
    reason text not null,
    by text not null,
    at timestamptz not null,
    primary key (kind, name)
);
comment on table pause is 'control: what stands still, why, and who said so';

create table burst (
    workflow text not null,
    minute timestamptz not null,
    admitted integer not null,
    primary key (workflow, minute)
);
comment on table burst is 'control: how many people a workflow admitted, minute by minute';

create table approval (
    workflow text primary key,
    by text not null,
    at timestamptz not null
);
comment on table approval is 'control: bursts above max_burst that a person let through, up to a time';

create table notice (
    cause text not null,
    hour timestamptz not null,
    recipient text not null,
    sentence text not null,
    count integer not null,
    first_at timestamptz not null,
    mailed_at timestamptz,
    primary key (cause, hour, recipient)
);
comment on table notice is 'control: what a person must be told, once a cause and hour';

create table incident (
    id uuid primary key,
    cause text not null,
    sentence text not null,
    fix text not null,
    opened_at timestamptz not null,
    resolved_at timestamptz
);
comment on table incident is 'control: findings of the running system, open until resolved';
create unique index incident_open on incident (cause) where resolved_at is null;

create table audit_log (
    id uuid primary key,
    at timestamptz not null,
    who text not null,
    what text not null,
    why text not null,
    detail jsonb not null default '{}'
);
comment on table audit_log is 'control: what people did: replay, resend, settle, pause, suppress';
create index audit_log_at on audit_log (at);

create table worker (
    id text primary key,
    pid integer not null,
    started_at timestamptz not null,
    seen_at timestamptz not null
);
comment on table worker is 'control: the processes that share the work';

-- ---------------------------------------------------------------- person

create table bucket_lease (
    bucket smallint primary key check (bucket between 0 and 1023 and bucket % 16 = 0),
    owner text,
    epoch bigint not null default 0,
    expires_at timestamptz not null default '-infinity'
);
comment on table bucket_lease is 'person: who works on the sixteen buckets from this one on';
insert into bucket_lease (bucket) select b from generate_series(0, 1008, 16) b;

create table contact (
    bucket smallint not null,
    id uuid not null,
    extra jsonb not null default '{}',
    meta jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (bucket, id)
);
comment on table contact is 'person: typed columns f_* are added by deploy; extra keeps unknown properties; meta says since when and from where a value is';

create table event (
    bucket smallint not null,
    id uuid not null,
    contact_id uuid not null,
    kind text not null check (kind in ('track', 'identify')),
    name text not null,
    properties jsonb not null,
    source text not null,
    message_id text not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    rejected text,
    routed_at timestamptz,
    primary key (bucket, received_at, id)
) partition by range (received_at);
comment on table event is 'person: what people did, by month of arrival; rejected says why an event counts for nothing';
create table event_other partition of event default;
create index event_unrouted on event (bucket, received_at, id) where routed_at is null;
create index event_of_contact on event (bucket, contact_id, name, occurred_at);
create index event_rejected on event (bucket, received_at) where rejected is not null;

create table entry (
    bucket smallint not null,
    cause uuid not null,
    workflow text not null,
    contact_id uuid not null,
    outcome text not null check (outcome in ('entered', 'not entered', 'waiting')),
    reason text,
    detail jsonb not null default '{}',
    enrollment_id uuid,
    caused_at timestamptz not null,
    at timestamptz not null,
    primary key (bucket, cause, workflow)
);
comment on table entry is 'person: what became of each trigger: entered, or the reason why not; cause is the event, or the enrolling step';
create index entry_of_contact on entry (bucket, contact_id);
create index entry_waiting on entry (bucket, workflow, at) where outcome = 'waiting';

create table enrollment (
    bucket smallint not null,
    id uuid not null,
    workflow text not null,
    release text not null,
    contact_id uuid not null,
    once_value text not null,
    parent_id uuid,
    trigger_id uuid,
    trigger_received_at timestamptz,
    trigger_at timestamptz not null,
    started_at timestamptz not null,
    state jsonb not null,
    step text,
    decisions integer not null default 0,
    wake_at timestamptz,
    ended_at timestamptz,
    end_reason text,
    primary key (bucket, id),
    unique (bucket, workflow, contact_id, once_value)
);
comment on table enrollment is 'person: one run of one workflow release for one person; wake_at is set while something is to do without an outcome or event';
create index enrollment_due on enrollment (bucket, wake_at) where wake_at is not null;
create index enrollment_running on enrollment (bucket, contact_id) where ended_at is null;
create index enrollment_of_contact on enrollment (bucket, contact_id);

create table success (
    bucket smallint not null,
    enrollment_id uuid not null,
    event_id uuid not null,
    at timestamptz not null,
    primary key (bucket, enrollment_id)
);
comment on table success is 'person: the first event that counted as success of a run';

create table decision (
    bucket smallint not null,
    enrollment_id uuid not null,
    n integer not null,
    at timestamptz not null,
    signal jsonb not null,
    records jsonb not null,
    primary key (bucket, enrollment_id, n)
);
comment on table decision is 'person: each move of the interpreter: what woke it and what it decided, with the values';

create table action (
    bucket smallint not null,
    enrollment_id uuid not null,
    step text not null,
    visit smallint not null,
    ordinal bigint generated always as identity,
    contact_id uuid not null,
    workflow text not null,
    release text not null,
    kind text not null,
    connection text not null,
    lane text not null check (lane in ('transactional', 'bulk')),
    record text,
    payload jsonb not null,
    payload_hash text not null,
    intended_at timestamptz not null,
    not_after timestamptz,
    retry_until timestamptz not null,
    primary key (bucket, enrollment_id, step, visit)
);
comment on table action is 'person: intended effects; insert-only';
create index action_of_contact on action (bucket, contact_id);

create table work (
    bucket smallint not null,
    enrollment_id uuid not null,
    step text not null,
    visit smallint not null,
    ordinal bigint not null,
    connection text not null,
    lane text not null,
    record text,
    state text not null,
    due_at timestamptz not null,
    attempt smallint not null default 0,
    not_after timestamptz,
    retry_until timestamptz not null,
    token uuid,
    lease_until timestamptz,
    reason text,
    primary key (bucket, enrollment_id, step, visit)
) with (fillfactor = 70);
comment on table work is 'person: what is still to do with an action; deleted when it is settled and its run has heard of it';
create index work_pending on work (connection, lane, due_at, ordinal) where state = 'pending';
create index work_record on work (connection, record, ordinal)
    where record is not null and state in ('pending', 'sending', 'unknown', 'held');
create index work_claimed on work (connection, lease_until) where state = 'sending';
create index work_unknown on work (connection, due_at) where state = 'unknown';
create index work_held on work (connection) where state = 'held';
create index work_settled on work (bucket)
    where state in ('accepted', 'rejected', 'superseded', 'skipped', 'expired', 'dead');

create table outcome (
    bucket smallint not null,
    enrollment_id uuid not null,
    step text not null,
    visit smallint not null,
    id bigint generated always as identity,
    at timestamptz not null,
    state text not null,
    cause text not null,
    call_id uuid,
    vendor_id text,
    vendor_at timestamptz,
    reason text,
    primary key (bucket, enrollment_id, step, visit, id)
);
comment on table outcome is 'person: what became of an action, append-only; the last row is where it stands; vendor_at is the time by the vendor''s own clock';

-- ---------------------------------------------------------------- connection

create table connection_lease (
    connection text primary key,
    owner text,
    epoch bigint not null default 0,
    expires_at timestamptz not null default '-infinity'
);
comment on table connection_lease is 'connection: the one worker that calls this connection now';

create table call (
    connection text not null,
    id uuid not null,
    token uuid not null,
    label text not null,
    lane text not null,
    request_hash text,
    members integer not null,
    began_at timestamptz not null,
    send_before timestamptz not null,
    answered_at timestamptz,
    answer text,
    void boolean not null default false,
    primary key (connection, id)
);
comment on table call is 'connection: one request; void marks a claim that was given back before any request of it existed';
create index call_of_token on call (connection, token);
create index call_open on call (connection, began_at) where answered_at is null;

create table call_action (
    connection text not null,
    call_id uuid not null,
    bucket smallint not null,
    enrollment_id uuid not null,
    step text not null,
    visit smallint not null,
    ref text,
    primary key (connection, call_id, enrollment_id, step, visit)
);
comment on table call_action is 'connection: the frozen members of a call; ref is the name by which the vendor will speak of this action';
create index call_action_ref on call_action (connection, ref) where ref is not null;
create index call_action_of on call_action (connection, enrollment_id, step, visit);

create table call_record (
    connection text not null,
    call_id uuid not null,
    record text not null,
    open boolean not null default true,
    primary key (connection, call_id, record)
);
comment on table call_record is 'connection: the vendor records that a call writes';
create unique index call_record_open on call_record (connection, record) where open;

create table slot (
    connection text not null,
    id uuid not null,
    span text not null,
    scope_key text not null,
    units integer not null,
    lane text,
    call_id uuid,
    taken_at timestamptz not null,
    free_at timestamptz not null default 'infinity',
    primary key (connection, id)
);
comment on table slot is 'connection: one call in one window, from send until answer + window; lane and call_id are null for strangers';
create index slot_taken on slot (connection, free_at);

create table health (
    connection text primary key,
    state text not null check (state in ('ok', 'trouble', 'refused')),
    reason text,
    since timestamptz not null,
    last_ok_at timestamptz,
    feed_at timestamptz
);
comment on table health is 'connection: how it answers; feed_at is when the last call began of which its delivery feed has told';

create table receipt (
    connection text not null,
    id uuid not null,
    ref text not null,
    kind text not null
        check (kind in ('accepted', 'confirmed', 'bounced', 'complaint', 'late answer')),
    at timestamptz not null,
    reason text,
    permanent boolean not null,
    recipient text,
    vendor_id text,
    received_at timestamptz not null,
    due_at timestamptz not null,
    primary key (connection, id)
);
comment on table receipt is 'connection: what a vendor told later of an action, or answered after its claim had ended, until it is weighed; then its outcome is the record';
create index receipt_due on receipt (connection, due_at);
