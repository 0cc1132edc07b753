-- code: consent-conflict
-- title: Opted out here, opted in there
-- severity: blocking
-- repair: must ask
-- fix: review
-- topic: consent
-- needs: consent systems|suppression
-- marketer: These people told one of your systems to stop, and another one still mails them. Each
--   such mail can be a complaint, and in many countries a fine.
-- engineer: The same address (lower case, trimmed) has an opt-out in one system, by its own word,
--   its file or a list of unsubscribes, and stands as opted in in another. Where the agreement
--   is younger than the objection, it is a warning: the person may have come back.
-- mend: Take the objection over into every system, today. Then let one system be the record of
--   consent and sync from there only. Where the agreement is younger, ask the person.
-- message: {count} people opted out in {other_title} but stand as opted in in {system}.

with objection as (
  select email, system, max(moment) as moment
  from (
    select email, system, opted_out_at as moment
    from person where consent_state = 'out' and email is not null
    union all
    select email, system, "at" as moment
    from suppression
    where email is not null
      and lower(status) in ('unsubscribes', 'unsubscribed', 'global_unsubscribes',
        'group_unsubscribes', 'spam_reports', 'spam')
  ) said
  group by email, system
)
select p.system, p.tbl, p.row, p.key, 'consent_state' as field,
  case when p.consent_at > o.moment then 'warning' else 'blocking' end as severity,
  o.system as fact_other, p.email, o.moment as opted_out_at, p.consent_at as opted_in_at
from person p
join objection o on o.email = p.email and o.system <> p.system
where p.consent_state = 'in'
