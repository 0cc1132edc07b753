-- What is past its time is looked for every second, and notices that nobody was mailed: both
-- without reading all that waits, or all that was ever told.

create index work_deadline on work (connection, least(not_after, retry_until))
    where state = 'pending';

alter table notice add column not_mailed text;
comment on column notice.not_mailed is 'why it is not mailed at all: nobody outside is written to whom the gate would refuse';
create index notice_to_mail on notice (first_at) where mailed_at is null and not_mailed is null;
