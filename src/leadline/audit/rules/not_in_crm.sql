-- code: not-in-crm
-- title: In the mail tool, but not in the CRM
-- severity: warning
-- repair: repairable
-- fix: review
-- needs: person.email systems
-- marketer: You mail these people, and sales has never heard of them: no owner, no deal, no
--   history of what they were sent.
-- engineer: Addresses of mail tools (not cleaned) that no CRM given holds, after trim and lower
--   case. Up to 3 % is a note: new ones wait for the next sync.
-- mend: Sync the mail tool's audience into the CRM, or decide that it lives apart.
-- message: {count} of {of} people in {system} are in no CRM.
-- tolerance: 0.03

with crm as (
  select distinct email from person
  where system in ('hubspot', 'salesforce', 'pipedrive', 'dynamics', 'zoho', 'close')
    and kind in ('contact', 'lead') and email is not null
)
select p.system, p.tbl, p.row, p.key, 'email' as field, p.email, p.created_at
from person p
left join crm c on c.email = p.email
where p.system in ('mailchimp', 'klaviyo', 'sendgrid', 'mautic', 'activecampaign', 'brevo',
    'customerio', 'braze', 'iterable', 'convertkit')
  and p.kind = 'contact' and p.email is not null and p.consent_state <> 'bounced'
  and c.email is null and exists (select 1 from crm)
