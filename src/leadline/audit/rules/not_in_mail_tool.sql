-- code: not-in-mail-tool
-- title: Agreed to mail, but not in the mail tool
-- severity: warning
-- repair: repairable
-- fix: review
-- needs: person.email systems consent
-- marketer: These people agreed to your mail in the CRM, and the tool that sends does not know
--   them: they get nothing.
-- engineer: Records of a CRM that are "in", whose address no mail tool given holds in any state.
--   Up to 3 % is a note: new ones wait for the next sync.
-- mend: Let the sync carry every agreement to the mail tool, and compare the two counts each day.
-- message: {count} of {of} people who agreed to mail in {system} are not in {tool_title}.
-- tolerance: 0.03

with mailed as (
  select distinct email, system from person
  where system in ('mailchimp', 'klaviyo', 'sendgrid', 'mautic', 'activecampaign', 'brevo',
      'customerio', 'braze', 'iterable', 'convertkit')
    and kind = 'contact' and email is not null
),
tool as (select min(system) as system from mailed),
known as (select distinct email from mailed),
agreed as (
  select * from person
  where system in ('hubspot', 'salesforce', 'pipedrive', 'dynamics', 'zoho', 'close')
    and kind in ('contact', 'lead') and consent_state = 'in' and email is not null
),
total as (select tbl, count(*) as people from agreed group by tbl)
select a.system, a.tbl, a.row, a.key, 'email' as field, t.people as "of", l.system as fact_tool,
  a.email, a.consent_at
from agreed a
join total t on t.tbl = a.tbl
join tool l on l.system is not null
left join known k on k.email = a.email
where k.email is null
