-- code: form-without-events
-- title: Registrations that arrive nowhere
-- severity: warning
-- repair: repairable
-- fix: review
-- needs: person systems
-- marketer: People registered, and no other tool knows them: no confirmation in the CRM, no
--   follow-up, no owner.
-- engineer: Per form or webinar (topic): the registrants whose address no CRM and no mail tool
--   given holds, where that is more than half of at least 3. Fewer are a note.
-- mend: Connect the form or webinar to the CRM again and carry the missing ones over.
-- message: {count} of {of} people who registered in {system} ({topic}) are in no other system.
-- let LEAST = 3; two people are a test
-- let HALF = 0.5; more than half missing is no delay but a broken connection

with registrant as (
  select system, tbl, row, key, email, coalesce(topic, 'no topic') as topic from person
  where kind = 'registration' and email is not null
),
known as (select distinct email from person where kind <> 'registration' and email is not null),
judged as (
  select r.*, case when k.email is null then 1 else 0 end as lost
  from registrant r left join known k on k.email = r.email
),
total as (
  select tbl, topic, count(distinct email) as people,
    count(distinct case when lost = 1 then email end) as lost
  from judged group by tbl, topic
)
select j.system, j.tbl, min(j.row) as row, min(j.key) as key, 'email' as field,
  substr(j.topic, 1, 40) as fact_topic, max(t.people) as "of",
  case when max(t.lost) > $HALF * max(t.people) and max(t.people) >= $LEAST
    then 'warning' else 'note' end as severity, j.email
from judged j join total t on t.tbl = j.tbl and t.topic = j.topic
where j.lost = 1 and exists (select 1 from known)
group by j.system, j.tbl, j.topic, j.email
