-- code: deal-dates
-- title: Deals without a date, or with one that is past
-- severity: warning
-- repair: must ask
-- fix: none
-- needs: deal.close_date|deal.renewal_date
-- marketer: Reminders before a close or renewal never start for these deals, and the forecast
--   counts money that is not coming.
-- engineer: Open deals (not closed by flag or by the stage's words) whose close date is blank or
--   before the day of the export; where deals have a renewal date, open deals with one that is
--   past and won deals without one. Up to 2 % of those judged is a note.
-- mend: Ask the owners once for a date, make it a required field of the stage, and remind them the
--   day it is past.
-- message: {count} of {of} {which} deals in {system} have a {lack}.
-- tolerance: 0.02

with judged as (
  select *, coalesce(closed, false) as is_closed,
    coalesce(regexp_matches(lower(stage), 'won|gewonnen'), false) as won,
    tbl in (select tbl from columns where meaning = 'close_date') as has_close,
    tbl in (select tbl from columns where meaning = 'renewal_date') as has_renewal
  from deal
),
total as (
  select tbl, sum(case when is_closed then 0 else 1 end) as opened,
    sum(case when won then 1 else 0 end) as won
  from judged group by tbl
),
fault as (
  select *, 'close_date' as field, 'open' as which,
    case when close_date is null then 'missing close date' else 'close date in the past' end as lack
  from judged
  where has_close and not is_closed and (close_date is null or close_date < date_trunc('day', $taken_at))
  union all
  select *, 'renewal_date', 'open', 'renewal date in the past' from judged
  where has_renewal and not is_closed and renewal_date < date_trunc('day', $taken_at)
  union all
  select *, 'renewal_date', 'won', 'missing renewal date' from judged
  where has_renewal and won and renewal_date is null
)
select f.system, f.tbl, f.row, f.key, f.field, f.which as fact_which, f.lack as fact_lack,
  case when f.which = 'open' then t.opened else t.won end as "of",
  f.name, f.stage, f.close_date, f.renewal_date
from fault f join total t on t.tbl = f.tbl
