-- Indexes that follow the questions. What is past its time is looked for every second, and
-- notices that nobody was mailed, both without reading all that waits or was ever told.

create index work_deadline on work (connection, least(not_after, retry_until))
    where state = 'pending';

alter table notice add column not_mailed text;
comment on column notice.not_mailed is 'why it is not mailed at all: nobody outside is written to whom the gate would refuse';
create index notice_to_mail on notice (first_at) where mailed_at is null and not_mailed is null;

-- Each move of a run rewrites every index of its row: one index that begins with the person
-- serves what three did.
alter table enrollment drop constraint enrollment_bucket_workflow_contact_id_once_value_key;
alter table enrollment add unique (bucket, contact_id, workflow, once_value);
drop index enrollment_running;
drop index enrollment_of_contact;
