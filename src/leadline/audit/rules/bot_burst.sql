-- code: bot-burst
-- title: A burst of made-up sign-ups
-- severity: warning
-- repair: unusable
-- fix: review
-- needs: person.created_at person.email
-- marketer: Within minutes a robot filled a form with invented people. Welcome mails went to
--   traps and strangers, which costs the good name of your domain.
-- engineer: At least 10 records of one table were made in the same ten minutes, not by an import,
--   and at least 60 % of them look made up: five consonants in a row or four digits in the
--   part before "@", a web address as the name, or first and last name the same.
-- mend: Delete them, and give the form a hidden field, a rate limit or a confirmed opt-in.
-- message: {count} {object} in {system} came in bursts that look made by a robot, the first on {first_day}.
-- exact: no
-- let BURST = 10; a busy form gets fewer in ten minutes; a campaign's rush is real names
-- let MADE_UP = 0.6; three of five: among real names about one in fifty looks made up

with candidate as (
  select system, tbl, row, key, email, first_name, last_name, created_at,
    cast(floor(epoch(created_at) / 600) as bigint) as slot,
    case when regexp_matches(local_part, '[bcdfghjklmnpqrstvwxz]{5,}|[0-9]{4,}')
        or regexp_matches(lower(coalesce(first_name, '')), 'https?:|www[.]')
        or (first_name = last_name and first_name is not null) then 1 else 0 end as made_up
  from person
  where created_at is not null and email is not null
    and not regexp_matches(lower(coalesce(source, '')), 'import|offline|upload')
),
burst as (
  select tbl, slot from candidate
  group by tbl, slot
  having count(*) >= $BURST and sum(made_up) >= $MADE_UP * count(*)
),
first as (
  select c.tbl, min(c.created_at) as moment
  from candidate c join burst b on b.tbl = c.tbl and b.slot = c.slot group by c.tbl
)
select c.system, c.tbl, c.row, c.key, 'email' as field,
  substr(cast(f.moment as varchar), 1, 10) as fact_first_day, c.email, c.first_name, c.last_name,
  c.created_at
from candidate c
join burst b on b.tbl = c.tbl and b.slot = c.slot
join first f on f.tbl = c.tbl
where c.made_up = 1
