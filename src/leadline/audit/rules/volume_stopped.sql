-- code: volume-stopped
-- title: A stream that went dry
-- severity: warning
-- repair: not a value
-- fix: none
-- exact: no
-- needs: person.created_at|activity.at
-- marketer: Something that brought people or events every week stopped on a certain day. Mostly a
--   form lost its connection, and nobody noticed because nothing failed.
-- engineer: Per table and source (per table and event for mail events): at least 8 weeks with
--   records, in at least 80 % of the weeks of its life, and then none for at least 4 weeks
--   before the newest record of any stream, and four times as long as the longest gap before.
-- mend: Look at what changed on that day: the form, the tag, the key of the integration.
-- message: {stream} in {system} brought {count} {object} and then none since {since}.
-- let WEEKS = 8; fewer weeks are a campaign, not a stream
-- let STEADY = 0.8; a stream has a record in four of five weeks
-- let SILENT = 28; days: a holiday is shorter

with item as (
  select system, tbl, row, key, source as stream, created_at as moment from person
  where created_at is not null
    and not regexp_matches(lower(coalesce(source, '')), 'import|offline|upload')
  union all
  select system, tbl, row, cast(null as varchar), event, "at" from activity where "at" is not null
),
newest as (select max(moment) as moment from item where moment <= $taken_at),
gap as (
  select *, date_diff('day', lag(moment) over (partition by tbl, stream order by moment), moment)
    as days
  from item
),
life as (
  select tbl, stream, count(*) as records, max(moment) as last, max(days) as longest,
    count(distinct date_trunc('week', moment)) as weeks,
    date_diff('week', min(moment), max(moment)) + 1 as span
  from gap group by tbl, stream
),
dry as (
  select l.tbl, l.stream, l.last from life l cross join newest n
  where l.weeks >= $WEEKS and l.weeks >= $STEADY * l.span
    and date_diff('day', l.last, n.moment) >= $SILENT
    and date_diff('day', l.last, n.moment) >= 4 * coalesce(l.longest, 0)
)
select i.system, i.tbl, i.row, i.key, coalesce(d.stream, 'All') as fact_stream,
  substr(cast(d.last as varchar), 1, 10) as fact_since, i.moment
from item i
join dry d on d.tbl = i.tbl and (d.stream = i.stream or (d.stream is null and i.stream is null))
