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
--   let pass everywhere). 30 countries are judged, by code or English
--   name, with all of their official languages.
-- mend: Look at where the language comes from; if it is a default, empty it and ask.
-- message: {count} of {of} {object} in {system} have a language that is none of their country's.
-- tolerance: 0.02

with spoken(country, code, language) as (
  values ('germany', 'de', 'de'), ('austria', 'at', 'de'), ('switzerland', 'ch', 'de'),
    ('switzerland', 'ch', 'fr'), ('switzerland', 'ch', 'it'), ('switzerland', 'ch', 'rm'),
    ('france', 'fr', 'fr'), ('italy', 'it', 'it'), ('italy', 'it', 'de'), ('spain', 'es', 'es'),
    ('spain', 'es', 'ca'), ('spain', 'es', 'eu'), ('spain', 'es', 'gl'), ('portugal', 'pt', 'pt'),
    ('netherlands', 'nl', 'nl'), ('netherlands', 'nl', 'fy'), ('belgium', 'be', 'nl'),
    ('belgium', 'be', 'fr'), ('belgium', 'be', 'de'), ('luxembourg', 'lu', 'fr'),
    ('luxembourg', 'lu', 'de'), ('luxembourg', 'lu', 'lb'), ('poland', 'pl', 'pl'),
    ('sweden', 'se', 'sv'), ('norway', 'no', 'no'), ('norway', 'no', 'nb'), ('norway', 'no', 'nn'),
    ('denmark', 'dk', 'da'), ('finland', 'fi', 'fi'), ('finland', 'fi', 'sv'),
    ('brazil', 'br', 'pt'), ('mexico', 'mx', 'es'), ('argentina', 'ar', 'es'),
    ('japan', 'jp', 'ja'), ('united states', 'us', 'en'), ('united states', 'us', 'es'),
    ('canada', 'ca', 'en'), ('canada', 'ca', 'fr'), ('united kingdom', 'gb', 'en'),
    ('united kingdom', 'gb', 'cy'), ('australia', 'au', 'en'), ('ireland', 'ie', 'en'),
    ('ireland', 'ie', 'ga'), ('turkey', 'tr', 'tr'), ('greece', 'gr', 'el'),
    ('hungary', 'hu', 'hu'), ('czechia', 'cz', 'cs')
),
named(language, code) as (
  values ('english', 'en'), ('german', 'de'), ('deutsch', 'de'), ('french', 'fr'),
    ('français', 'fr'), ('spanish', 'es'), ('español', 'es'), ('italian', 'it'),
    ('italiano', 'it'), ('dutch', 'nl'), ('portuguese', 'pt'), ('polish', 'pl'), ('swedish', 'sv'),
    ('japanese', 'ja'), ('chinese', 'zh'), ('korean', 'ko'), ('russian', 'ru'), ('turkish', 'tr'),
    ('danish', 'da'), ('norwegian', 'no'), ('finnish', 'fi'), ('greek', 'el'),
    ('hungarian', 'hu'), ('czech', 'cs'), ('catalan', 'ca'), ('arabic', 'ar'), ('hebrew', 'he')
),
country_said as (
  select country as said, country from spoken union select code, country from spoken
),
judged as (
  select p.system, p.tbl, p.row, p.key, p.language, c.said as country_text, c.country,
    coalesce(n.code, case when regexp_matches(lower(p.language), '^[a-z]{2}([_-].*)?$')
      then substr(lower(p.language), 1, 2) end) as said
  from person p
  join country_said c on c.said = lower(p.country)
  left join named n on n.language = lower(p.language)
  where p.language is not null
)
select j.system, j.tbl, j.row, j.key, 'language' as field, j.language, j.country
from judged j
left join spoken s on s.country = j.country and s.language = j.said
where j.said is not null and j.said <> 'en' and s.language is null
