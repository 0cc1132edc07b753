-- What an environment has shown: figures that the ladder of maturity is judged by.

-- name: events_by_name
-- scope: person
-- Tracked events of the last month, by name. Reads the months' partitions only.
select name,
    (count(*) filter (where rejected is null and received_at >= %(week)s))::integer as week,
    (count(*) filter (where rejected is null))::integer as month,
    (count(*) filter (where rejected is not null))::integer as rejected
from event
where bucket = any(%(buckets)s) and received_at >= %(month)s and kind = 'track'
group by 1
order by 1;

-- name: effects_since
-- scope: person
-- Where the actions stand that were intended since a moment.
select case when w.state in ('pending', 'sending', 'unknown', 'held') then w.state
        else coalesce(o.state, w.state, 'pending') end as state,
    count(*)::integer as times
from action a
left join work w on w.bucket = a.bucket and w.enrollment_id = a.enrollment_id
    and w.step = a.step and w.visit = a.visit
left join lateral (
    select state from outcome o
    where o.bucket = a.bucket and o.enrollment_id = a.enrollment_id and o.step = a.step
        and o.visit = a.visit
    order by id desc limit 1
) o on true
where a.bucket = any(%(buckets)s) and a.intended_at >= %(since)s
group by 1
order by 1;

-- name: runs_since
-- scope: person
select workflow, count(*)::integer as times
from enrollment
where bucket = any(%(buckets)s) and started_at >= %(since)s
group by 1
order by 1;

-- name: letters_open
-- scope: person
select count(*)::integer as times
from enrollment
where bucket = any(%(buckets)s) and end_reason = 'dead letter';

-- name: systems_checked
-- scope: control
-- The last check of each system that a person had made (leadline systems check).
select distinct on (1) detail->>'system' as system, (detail->>'ok')::boolean as ok, at,
    detail->>'message' as message
from audit_log
where what = 'systems check' and at >= %(since)s
order by 1, at desc;
