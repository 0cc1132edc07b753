-- What people ask of runs. Only the owner of a bucket moves its runs, so a command writes down
-- what it wants and the owner does it with its next batch.

create table request (
    bucket smallint not null,
    id uuid not null,
    enrollment_id uuid not null,
    kind text not null check (kind in ('stop', 'replay')),
    step text,
    visit smallint,
    by text not null,
    why text not null,
    at timestamptz not null,
    primary key (bucket, id)
);
comment on table request is 'person: what a named person asked of a run, until the owner of its bucket has done it; step and visit name the action to replay';
create index request_of_enrollment on request (bucket, enrollment_id);
