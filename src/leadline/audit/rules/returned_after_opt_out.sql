-- code: returned-after-opt-out
-- title: Unsubscribed or cleaned, and back again
-- severity: blocking
-- repair: unusable
-- fix: review
-- topic: consent
-- needs: consent
-- marketer: These people had unsubscribed, or their mailbox was dead, and then an import made
--   them subscribers again. They did not come back by themselves.
-- engineer: The same address is out or bounced in a system (by a row or a suppression list) and
--   "in" in another row of the same system, or "in" in another system on a record that an
--   import made after the objection. A confirmed opt-in after the objection, whose source is
--   no import, is not counted.
-- mend: Unsubscribe them again, keep the list of unsubscribed addresses beside every import, and
--   import into lists with "do not overwrite the status".
-- message: {count} people who had unsubscribed or bounced are mailable again in {system}.

with gone as (
  select email, system, max(moment) as moment
  from (
    select email, system, coalesce(opted_out_at, updated_at) as moment
    from person where consent_state in ('out', 'bounced') and email is not null
    union all
    select email, system, "at" as moment from suppression where email is not null
  ) said
  group by email, system
)
select p.system, p.tbl, p.row, p.key, 'consent_state' as field,
  min(p.email) as email, min(g.system) as gone_in, max(g.moment) as gone_at,
  max(p.created_at) as created_at, min(p.source) as source
from person p
join gone g on g.email = p.email
where p.consent_state = 'in'
  and (
    (
      g.system = p.system
      and not (
        p.consent_at is not null and g.moment is not null and p.consent_at > g.moment
        and coalesce(p.consent_source, p.source) is not null
        and not regexp_matches(lower(coalesce(p.consent_source, p.source)), 'import|upload|csv')
      )
    )
    or (
      g.system <> p.system and p.created_at > g.moment
      and regexp_matches(lower(coalesce(p.consent_source, p.source, '')), 'import|upload|csv')
    )
  )
group by p.system, p.tbl, p.row, p.key
