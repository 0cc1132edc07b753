-- code: owner-unfit
-- title: Owner missing or gone
-- severity: warning
-- repair: must ask
-- fix: review
-- needs: person.owner|deal.owner|company.owner
-- marketer: Mail in the owner's name comes from somebody who left, tasks go to nobody, and hot
--   leads wait.
-- engineer: Gone: the owner is inactive, is marked "(Deactivated User)", or is not in the list of
--   users where one was given. Missing: blank on an open deal, or on people who are sales
--   qualified, opportunity or customer. Up to 1 % of those judged is a note.
-- mend: Give the records of those who left to somebody today, and make a rule for who gets what is
--   left without an owner.
-- message: {count} of {of} {object} in {system} have an owner who is {state}.
-- tolerance: 0.01

with record as (
  select system, tbl, row, key, owner,
    regexp_matches(regexp_replace(lower(coalesce(lifecycle, '')), '[ _-]', '', 'g'),
      '^(salesqualifiedlead|sql|opportunity|customer)$') as wanted
  from person
  union all
  select system, tbl, row, key, owner, not coalesce(closed, false) from deal
  union all
  select system, tbl, row, key, owner, false from company
),
held as (
  select * from record where tbl in (select tbl from columns where meaning = 'owner')
),
name_of as (
  select system, lower(key) as said, max(case when active = false then 0 else 1 end) as there
  from owner where key is not null group by system, lower(key)
  union all
  select system, lower(name), max(case when active = false then 0 else 1 end)
  from owner where name is not null group by system, lower(name)
  union all
  select system, email, max(case when active = false then 0 else 1 end)
  from owner where email is not null group by system, email
),
known as (select system, said, max(there) as there from name_of group by system, said),
listed as (select distinct system from owner),
judged as (
  select h.system, h.tbl, h.row, h.key, h.owner, h.wanted,
    case when h.owner is null and h.wanted then 'missing'
      when strpos(lower(h.owner), '(deactivated') > 0 then 'gone'
      when k.there = 0 then 'gone'
      when h.owner is not null and k.said is null and l.system is not null then 'gone'
    end as state
  from held h
  left join known k on k.system = h.system and k.said = lower(h.owner)
  left join listed l on l.system = h.system
),
total as (
  select tbl, sum(case when wanted then 1 else 0 end) as wanted, count(owner) as owned
  from judged group by tbl
)
select j.system, j.tbl, j.row, j.key, 'owner' as field, j.state as fact_state,
  case when j.state = 'missing' then t.wanted else t.owned end as "of", j.owner as owner_name
from judged j join total t on t.tbl = j.tbl
where j.state is not null
