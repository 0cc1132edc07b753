-- code: several-writers
-- title: Several writers of one field
-- severity: warning
-- repair: not a value
-- fix: none
-- needs: change
-- marketer: Two automations write the same field of the same person. Whichever ran last wins, so
--   the value says who was later, not what is true.
-- engineer: In the history at least two different flows, integrations or API clients gave one
--   record's field different values. Where a value went back and forth between them it is a
--   fight, and blocking. Imports and people are left out. Up to 0.5 % of the records with a
--   history of that field is a note.
-- mend: Name one writer for the field; let the others write a field of their own, or only if empty.
-- message: {count} of {of} records in {system} have {field} written by {writers}.
-- tolerance: 0.005

with machine as (
  select system, tbl, row, key, object, field, value, "at",
    coalesce(writer, writer_kind) as writer
  from change
  where lower(coalesce(writer_kind, '')) not in ('crm_ui', 'user', 'mobile_ios',
      'mobile_android', 'import', 'form', 'calculated', 'migration', 'contacts_web', '')
    and coalesce(writer, writer_kind) is not null
),
turned as (
  select system, tbl, row, key, object, field, value, writer,
    lag(value) over w as value_1, lag(writer) over w as writer_1,
    lag(value, 2) over w as value_2
  from machine
  window w as (partition by system, object, key, field order by "at", row)
),
record as (
  select system, tbl, key, object, field, min(row) as row, min(writer) as one,
    max(writer) as other, count(distinct writer) as writers,
    max(case when value = value_2 and value <> value_1 and writer <> writer_1 then 1 else 0 end)
      as fight
  from turned
  group by system, tbl, key, object, field
  having count(distinct writer) > 1 and count(distinct value) > 1
),
total as (
  select tbl, object, field, count(distinct key) as records
  from change group by tbl, object, field
),
pair as (
  select tbl, field, min(one) as one, max(other) as other, max(fight) as fight
  from record group by tbl, field
)
select r.system, r.tbl, r.row, r.key, r.field, t.records as "of",
  case when p.fight = 1 then 'blocking' else 'warning' end as severity,
  concat(p.one, ' and ', p.other, case when p.fight = 1 then ', back and forth' else '' end)
    as fact_writers,
  r.one as first_writer, r.other as second_writer
from record r
join pair p on p.tbl = r.tbl and p.field = r.field
join total t on t.tbl = r.tbl and t.field = r.field
  and (t.object = r.object or (t.object is null and r.object is null))
