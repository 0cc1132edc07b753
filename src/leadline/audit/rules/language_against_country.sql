-- code: language-against-country
-- title: Language against country
-- severity: note
-- repair: must ask
-- fix: none
-- exact: no
-- needs: person.language person.country
-- marketer: These people get mail in a language that hardly anybody in their country reads. Some
--   will be right; many come from a default of the form.
-- engineer: The first two letters of the language are none of the country's languages (English is
--   let pass everywhere). Countries of one language only are judged, by code or English name.
-- mend: Look at where the language comes from; if it is a default, empty it and ask.
-- message: {count} of {of} {object} in {system} have a language that is not spoken in their country.
-- tolerance: 0.02

with spoken(country, code, one, two) as (
  values ('germany', 'de', 'de', 'de'), ('austria', 'at', 'de', 'de'), ('france', 'fr', 'fr', 'fr'),
    ('italy', 'it', 'it', 'de'), ('spain', 'es', 'es', 'ca'), ('portugal', 'pt', 'pt', 'pt'),
    ('netherlands', 'nl', 'nl', 'nl'), ('poland', 'pl', 'pl', 'pl'), ('sweden', 'se', 'sv', 'sv'),
    ('norway', 'no', 'no', 'nb'), ('denmark', 'dk', 'da', 'da'), ('finland', 'fi', 'fi', 'sv'),
    ('brazil', 'br', 'pt', 'pt'), ('mexico', 'mx', 'es', 'es'), ('japan', 'jp', 'ja', 'ja'),
    ('united states', 'us', 'en', 'es'), ('united kingdom', 'gb', 'en', 'cy'),
    ('australia', 'au', 'en', 'en'), ('ireland', 'ie', 'en', 'ga'), ('turkey', 'tr', 'tr', 'tr'),
    ('greece', 'gr', 'el', 'el'), ('hungary', 'hu', 'hu', 'hu'), ('czechia', 'cz', 'cs', 'cs')
),
named(language, code) as (
  values ('english', 'en'), ('german', 'de'), ('deutsch', 'de'), ('french', 'fr'),
    ('français', 'fr'), ('spanish', 'es'), ('español', 'es'), ('italian', 'it'),
    ('italiano', 'it'), ('dutch', 'nl'), ('portuguese', 'pt'), ('polish', 'pl'), ('swedish', 'sv')
),
named_country as (
  select country as said, one, two from spoken union all select code, one, two from spoken
),
judged as (
  select p.system, p.tbl, p.row, p.key, p.language, p.country, s.one, s.two,
    coalesce(n.code, case when regexp_matches(lower(p.language), '^[a-z]{2}([_-].*)?$')
      then substr(lower(p.language), 1, 2) end) as said
  from person p
  join named_country s on s.said = lower(p.country)
  left join named n on n.language = lower(p.language)
  where p.language is not null
)
select system, tbl, row, key, 'language' as field, language, country
from judged
where said is not null and said <> 'en' and said <> one and said <> two
