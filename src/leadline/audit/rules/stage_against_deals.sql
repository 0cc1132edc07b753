-- code: stage-against-deals
-- title: The stage contradicts the deals
-- severity: warning
-- repair: repairable
-- fix: review
-- needs: deal person.lifecycle deal.contact_key|deal.company_key
-- marketer: People count as customers who never bought, or get prospect mail though they have
--   bought. Every report by stage, and every flow that asks for it, is wrong for them.
-- engineer: Deals are tied to people by contact key, by company key of the same system, and by the
--   address of the contact in other systems. Compared are "customer" without a won deal, and a
--   won deal with a stage below customer. Up to 2 % of those judged is a note.
-- mend: Let the winning of a deal set the stage, forward only; look at the customers without deals
--   with sales before changing them.
-- message: {count} of {of} people in {system} {clash}.
-- tolerance: 0.02

with rank_of(stage, place) as (
  values ('subscriber', 1), ('lead', 2), ('marketingqualifiedlead', 3), ('mql', 3),
    ('salesqualifiedlead', 4), ('sql', 4), ('opportunity', 5), ('customer', 6), ('evangelist', 7)
),
staged as (
  select p.*, r.place from person p
  join rank_of r on r.stage = regexp_replace(lower(p.lifecycle), '[ _-]', '', 'g')
),
won as (
  select system, contact_key, company_key from deal
  where regexp_matches(lower(stage), 'won|gewonnen')
    or (closed and not regexp_matches(lower(stage), 'lost|verloren|dead|abandon'))
),
tied as (
  select system from deal where contact_key is not null or company_key is not null group by system
),
won_email as (
  select distinct p.email from won w
  join person p on p.system = w.system and p.key = w.contact_key
  where p.email is not null
),
won_contact as (select distinct system, contact_key from won where contact_key is not null),
won_company as (select distinct system, company_key from won where company_key is not null),
judged as (
  select s.system, s.tbl, s.row, s.key, s.email, s.lifecycle, s.place,
    case when c.contact_key is not null or e.email is not null then 2
      when f.company_key is not null then 1 else 0 end as proof
  from staged s
  left join won_contact c on c.system = s.system and c.contact_key = s.key
  left join won_company f on f.system = s.system and f.company_key = s.company_key
  left join won_email e on e.email = s.email
  where s.system in (select system from tied)
),
total as (
  select tbl, sum(case when place = 6 then 1 else 0 end) as customers,
    sum(case when place < 6 then 1 else 0 end) as below
  from judged group by tbl
)
select j.system, j.tbl, j.row, j.key, 'lifecycle' as field,
  case when j.place = 6 then 'are customers without a won deal'
    else 'have a won deal but are no customers' end as fact_clash,
  case when j.place = 6 then t.customers else t.below end as "of", j.email, j.lifecycle
from judged j join total t on t.tbl = j.tbl
where (j.place = 6 and j.proof = 0) or (j.place < 6 and j.proof = 2)
