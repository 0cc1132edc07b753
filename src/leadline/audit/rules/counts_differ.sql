-- code: counts-differ
-- title: Two tools count your audience differently
-- severity: warning
-- repair: not a value
-- fix: none
-- topic: joint
-- needs: person.email person.marketing_status systems consent
-- marketer: The CRM bills one number of marketing contacts, the mail tool mails another. Nobody can
--   say how many people a campaign reaches, and one of the two bills is too high.
-- engineer: Different addresses that a CRM marks as marketing contacts, against different addresses
--   that a mail tool may mail (subscribed), per pair of a CRM and a mail tool. Up to 5 % of the
--   larger count is a note: the next sync evens it out. Who is missing on which side is told by
--   the rules about people who are in one tool only.
-- mend: Let one system decide who may be mailed, sync that one word, and compare the two counts
--   each day.
-- message: {system} counts {marketing} marketing contacts, {tool_title} may mail {mailable}: {count} apart.
-- tolerance: 0.05

with billed as (
  select system, min(tbl) as tbl, count(distinct email) as people from person
  where lower(marketing_status) in ('marketing contact', 'marketing', 'true', 'yes', '1')
    and kind = 'contact' and email is not null
  group by system
),
mailed as (
  select system, count(distinct email) as people from person
  where system in ('mailchimp', 'klaviyo', 'sendgrid', 'mautic', 'activecampaign', 'brevo',
      'customerio', 'braze', 'iterable', 'convertkit')
    and kind = 'contact' and consent_state = 'in' and email is not null
  group by system
)
select b.system, b.tbl, cast(null as bigint) as row, cast(null as varchar) as key,
  'marketing_status' as field, abs(b.people - m.people) as "count",
  greatest(b.people, m.people) as "of", m.system as fact_tool,
  cast(b.people as varchar) as fact_marketing, cast(m.people as varchar) as fact_mailable
from billed b join mailed m on m.system <> b.system
where b.people <> m.people
