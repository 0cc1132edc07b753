-- code: greeting-unfit
-- title: First names that cannot be greeted with
-- severity: warning
-- repair: must ask
-- fix: none
-- needs: person.first_name person.email
-- marketer: A mail that begins with the first name says "Hi ," or "Hi n/a," to these people.
-- engineer: Among people with an address who are not out or bounced: first_name is blank, or is
--   a placeholder, a title, a single letter, or holds digits, "@" or no letter at all.
--   Blank names are a warning above 10 %, a note below: any mail can fall back to "there".
--   Names that are no names are a warning above 0.5 %.
-- mend: Empty the placeholders; give the greeting a word for the unknown ("Hi there,"); make the
--   form ask for the name.
-- message: {count} of {of} mailable {object} in {system} have a first name that is {unfit}.
-- let BLANK = 0.10; a form without a name field is common, and a fallback word cures it
-- let JUNK = 0.005; one in 200: single slips of the keyboard are everywhere

with mailable as (
  select * from person
  where email is not null and consent_state not in ('out', 'bounced')
    and tbl in (select tbl from columns where meaning = 'first_name')
),
total as (select tbl, count(*) as people from mailable group by tbl),
judged as (
  select m.*,
    case when first_name is null then 'blank'
      when lower(first_name) in ('n/a', 'na', 'n.a.', 'none', 'null', 'test', 'tester', 'unknown',
        'xx', 'xxx', 'asdf', 'qwerty', 'tbd', 'no name', 'noname', 'anonymous', 'first name',
        'firstname', 'first_name', 'vorname', 'name', 'mr', 'mr.', 'mrs', 'mrs.', 'ms', 'ms.',
        'herr', 'frau', 'dr', 'dr.', 'customer', 'friend', 'guest', 'sir', 'madam', 'info',
        'admin', 'user', 'undefined', 'nan', 'contact', 'there') then 'no name'
      when length(first_name) = 1 then 'no name'
      when regexp_matches(first_name, '[0-9@{}<>|]|https?:|www[.]') then 'no name'
      when not regexp_matches(first_name, '\p{L}') then 'no name'
    end as unfit
  from mailable m
),
counted as (select tbl, unfit, count(*) as people from judged where unfit is not null group by tbl, unfit)
select j.system, j.tbl, j.row, j.key, 'first_name' as field, t.people as "of",
  j.unfit as fact_unfit,
  case when j.unfit = 'blank' and c.people <= $BLANK * t.people then 'note'
    when j.unfit = 'no name' and c.people <= $JUNK * t.people then 'note'
    else 'warning' end as severity,
  j.first_name, j.email
from judged j
join total t on t.tbl = j.tbl
join counted c on c.tbl = j.tbl and c.unfit = j.unfit
where j.unfit is not null
