-- code: internal-address
-- title: Your own colleagues in the audience
-- severity: warning
-- repair: not a value
-- fix: review
-- needs: person.email owner.email
-- marketer: Your own people stand in the audience: they open every mail, and the figures look
--   better than they are.
-- engineer: The domain is that of at least two active users of a system, and not a free mail
--   provider's. Up to 0.5 % of a table is a note.
-- mend: Keep your own domain out of every audience and report by one condition in the tool's
--   settings.
-- message: {count} of {of} {object} in {system} have an address of your own company ({domain}).
-- tolerance: 0.005
-- let USERS = 2; one user with an address elsewhere is a freelancer, not the company

with own as (
  select regexp_extract(email, '@(.*)$', 1) as domain
  from owner
  where email is not null and coalesce(active, true)
  group by regexp_extract(email, '@(.*)$', 1)
  having count(*) >= $USERS
)
select p.system, p.tbl, p.row, p.key, 'email' as field, p.domain as fact_domain, p.email
from person p join own o on o.domain = p.domain
where p.domain not in ('gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'yahoo.com',
  'gmx.de', 'gmx.net', 'web.de', 'icloud.com', 'aol.com', 'live.com', 'me.com', 'proton.me')
