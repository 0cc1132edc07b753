-- code: write-without-change
-- title: Writes that changed nothing
-- severity: warning
-- repair: not a value
-- fix: review
-- needs: change
-- marketer: Something writes the same value again and again. Flows that start "when the field
--   changes" may start for nothing, and the limit of calls is eaten.
-- engineer: In the history of a field the same value follows itself, by the same record. Counted
--   by field and writer; people are left out. Up to 10 % of that field's history is a note.
-- mend: Write only when the value differs: a condition before the step, or "update if changed" in
--   the sync.
-- message: {count} of {of} writes of {field} in {system} changed nothing; written by {writer}.
-- tolerance: 0.10

with said as (
  select system, tbl, row, key, object, field, value, "at", writer_kind, writer,
    lag(value) over w as before
  from change
  where value is not null
  window w as (partition by system, object, key, field order by "at", row)
),
total as (select tbl, field, count(*) as writes from said group by tbl, field)
select s.system, s.tbl, s.row, s.key, s.field, t.writes as "of",
  coalesce(s.writer, s.writer_kind, 'nobody named') as fact_writer,
  coalesce(s.writer, s.writer_kind) as written_by, s.value, s."at"
from said s join total t on t.tbl = s.tbl and t.field = s.field
where s.value = s.before
  and lower(coalesce(s.writer_kind, '')) not in ('crm_ui', 'user', 'mobile_ios', 'mobile_android')
