-- code: consent-without-proof
-- title: Consent without time, source or wording
-- severity: warning
-- repair: must ask
-- fix: none
-- topic: consent
-- needs: consent
-- marketer: If one of these people asks "when did I agree to this?", you have no answer. Who
--   cannot show the consent does not have it.
-- engineer: consent_state is "in" and the time of it is blank, or time is there but neither
--   source nor wording is. Where a table holds no source and wording for anybody, the lack
--   of them is a note. Up to 1 % of those who agreed is a note as well.
-- mend: Find the sign-up in the form tool's or mail tool's own log and fill time and source in.
--   Those left get one mail to confirm, or are no longer mailed. Make forms store all three.
-- message: {count} of {of} people who count as opted in in {system} have no {lacks} of that consent.
-- tolerance: 0.01

with agreed as (
  select tbl, count(*) as people, count(consent_source) + count(consent_wording) as proofs
  from person where consent_state = 'in' group by tbl
)
select p.system, p.tbl, p.row, p.key, 'consent_at' as field, 'warning' as severity,
  'time' as fact_lacks, a.people as "of", p.email, p.consent_source
from person p join agreed a on a.tbl = p.tbl
where p.consent_state = 'in' and p.consent_at is null
union all
select p.system, p.tbl, p.row, p.key, 'consent_source' as field,
  case when a.proofs > 0 then 'warning' else 'note' end as severity,
  'source and wording' as fact_lacks, a.people as "of", p.email, p.consent_source
from person p join agreed a on a.tbl = p.tbl
where p.consent_state = 'in' and p.consent_at is not null
  and p.consent_source is null and p.consent_wording is null
