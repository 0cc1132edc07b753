-- code: handover-unanswered
-- title: Handed over and never answered
-- severity: warning
-- repair: not a value
-- fix: none
-- needs: person.handed_over_at
-- marketer: Marketing handed these people to sales, and nobody called. Most of them buy elsewhere.
-- engineer: handed_over_at is more than two days before the day of the export, answered_at is
--   blank, and no activity follows the hand-over. Up to 2 % is a note.
-- mend: Agree on a time to answer, remind after one day, and take the lead back after two.
-- message: {count} of {of} hand-overs in {system} were never answered, the oldest on {oldest}.
-- tolerance: 0.02
-- let PATIENCE = 2; days: a hand-over on a Friday may wait for Monday

with handed as (
  select * from person
  where handed_over_at is not null and handed_over_at < $taken_at - interval '1' day * $PATIENCE
),
total as (select tbl, count(*) as people from handed group by tbl),
silent as (
  select * from handed
  where answered_at is null and (last_activity_at is null or last_activity_at <= handed_over_at)
),
oldest as (select tbl, min(handed_over_at) as moment from silent group by tbl)
select s.system, s.tbl, s.row, s.key, 'handed_over_at' as field, t.people as "of",
  substr(cast(o.moment as varchar), 1, 10) as fact_oldest, s.email, s.handed_over_at, s.owner
from silent s
join total t on t.tbl = s.tbl
join oldest o on o.tbl = s.tbl
