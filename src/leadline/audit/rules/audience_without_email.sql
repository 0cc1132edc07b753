-- code: audience-without-email
-- title: People without an email address
-- severity: warning
-- repair: must ask
-- fix: none
-- needs: person.email
-- marketer: These people stand in your audience and count in every list, but no mail can reach
--   them. A flow that starts with a mail does nothing for them, and says so nowhere.
-- engineer: The email column is blank after trim and removal of invisible characters. Up to 2 %
--   of a table is a note: records made by phone or at a fair have none.
-- mend: Look for the address in the other systems by phone or by name and company; ask sales for
--   the rest; keep them out of mail flows with the condition "email is known".
-- message: {count} of {of} {object} in {system} have no email address: no mail reaches them.
-- tolerance: 0.02

select system, tbl, row, key, 'email' as field, first_name, last_name, company_name
from person
where email is null
