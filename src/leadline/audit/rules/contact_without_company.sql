-- code: contact-without-company
-- title: Contacts without their company, though it is there
-- severity: warning
-- repair: repairable
-- fix: review
-- needs: person.email company.domain
-- marketer: The company of these people is in your CRM, but they are not tied to it: sales does
--   not see them, and flows by industry or size pass them by.
-- engineer: company_key and company_name are blank and the address's domain is the domain of a
--   company record of the same system; free mail providers are left out. Up to 2 % is a note.
-- mend: Tie them by domain (reviewed once), and switch on automatic association by domain.
-- message: {count} of {of} {object} in {system} have no company, though their domain belongs to one.
-- tolerance: 0.02

with known as (
  select system, domain, min(name) as company from company
  where domain is not null
    and domain not in ('gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'yahoo.com',
      'gmx.de', 'gmx.net', 'web.de', 'icloud.com', 'aol.com', 'live.com', 'me.com', 'proton.me')
  group by system, domain
)
select p.system, p.tbl, p.row, p.key, 'company_key' as field, p.email, k.company
from person p
join known k on k.system = p.system and k.domain = p.domain
where p.company_key is null and p.company_name is null
  and p.tbl in (select tbl from columns where meaning in ('company_key', 'company_name'))
