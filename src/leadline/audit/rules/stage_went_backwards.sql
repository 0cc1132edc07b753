-- code: stage-went-backwards
-- title: A stage that went backwards
-- severity: warning
-- repair: must ask
-- fix: review
-- needs: change
-- marketer: People who were already customers or opportunities became leads again: they get the
--   mails for beginners, and the funnel counts them twice.
-- engineer: In the history of the lifecycle field a value of a lower stage follows a higher one
--   (subscriber, lead, marketing qualified, sales qualified, opportunity, customer, evangelist;
--   other words are left out; an emptying in between does not matter). Grouped by writer.
--   Up to 0.5 % of the records with a history is a note.
-- mend: Let every flow, form and import write the stage forward only, and set these people back to
--   the highest stage that they had.
-- message: {count} times the lifecycle stage of a record in {system} went backwards, written by {writer}.
-- tolerance: 0.005

with rank_of(stage, place) as (
  values ('subscriber', 1), ('lead', 2), ('marketingqualifiedlead', 3), ('mql', 3),
    ('salesqualifiedlead', 4), ('sql', 4), ('opportunity', 5), ('customer', 6), ('evangelist', 7)
),
staged as (
  select c.system, c.tbl, c.row, c.key, c.field, c.value, c."at", r.place, c.writer_kind, c.writer,
    lag(c.value) over w as before, lag(r.place) over w as place_before
  from change c
  join rank_of r on r.stage = regexp_replace(lower(c.value), '[ _-]', '', 'g')
  where lower(c.field) in ('lifecyclestage', 'lifecycle_stage', 'lifecycle')
    or (c.system, c.field) in (select system, field from columns where meaning = 'lifecycle')
  window w as (partition by c.system, c.object, c.key, c.field order by c."at", c.row)
),
total as (select tbl, count(distinct key) as records from staged group by tbl)
select s.system, s.tbl, s.row, s.key, s.field, t.records as "of",
  case when lower(s.writer_kind) in ('crm_ui', 'user', 'mobile_ios', 'mobile_android')
    then 'people' else coalesce(s.writer, s.writer_kind, 'nobody named') end as fact_writer,
  case when lower(s.writer_kind) in ('crm_ui', 'user', 'mobile_ios', 'mobile_android')
    then 'people' else coalesce(s.writer, s.writer_kind) end as written_by,
  s.before, s.value as after, s."at"
from staged s join total t on t.tbl = s.tbl
where s.place < s.place_before
