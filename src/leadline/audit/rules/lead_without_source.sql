-- code: lead-without-source
-- title: Leads without a source
-- severity: warning
-- repair: must ask
-- fix: none
-- needs: person.source
-- marketer: Nobody can say what brought these people, so the budget goes where the loudest are.
-- engineer: source is blank or a word for nothing (unknown, other, n/a) in a table that has the
--   column. Up to 5 % is a note: records made by hand often have none.
-- mend: Let each form and import write the source, and fill the old ones from the first event.
-- message: {count} of {of} {object} in {system} have no source.
-- tolerance: 0.05

select system, tbl, row, key, 'source' as field, email, created_at, source as value
from person
where tbl in (select tbl from columns where meaning = 'source')
  and kind in ('contact', 'lead')
  and (source is null or lower(source) in ('unknown', 'n/a', 'none', 'null', '-', 'other', '(none)',
    'not set', '(not set)'))
