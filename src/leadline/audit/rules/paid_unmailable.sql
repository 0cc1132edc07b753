-- code: paid-unmailable
-- title: Paid contacts that can never be mailed
-- severity: warning
-- repair: not a value
-- fix: review
-- topic: consent
-- needs: person.marketing_status
-- marketer: You pay for these people as marketing contacts, but they have no address, opted out
--   or bounced: no campaign can ever reach them.
-- engineer: marketing_status says "marketing" and the email is blank, consent is out or bounced,
--   or the address stands on a suppression list of any system. Up to 1 % is a note: the
--   status changes once a billing period only.
-- mend: Set them to non-marketing before the next billing date, and let a flow do so when
--   somebody opts out or bounces.
-- message: {count} of {of} contacts that {system} bills as marketing contacts cannot be mailed.
-- tolerance: 0.01

with paid as (
  select * from person
  where lower(marketing_status) in ('marketing contact', 'marketing', 'true', 'yes', '1')
),
total as (select tbl, count(*) as people from paid group by tbl),
blocked as (select distinct email from suppression where email is not null)
select p.system, p.tbl, p.row, p.key, 'marketing_status' as field, t.people as "of", p.email,
  case when p.email is null then 'no address'
    when p.consent_state = 'out' then 'opted out'
    when p.consent_state = 'bounced' then 'bounced'
    else 'suppressed' end as reason
from paid p
join total t on t.tbl = p.tbl
left join blocked b on b.email = p.email
where p.email is null or p.consent_state in ('out', 'bounced') or b.email is not null
