-- code: role-address
-- title: Role and shared addresses
-- severity: warning
-- repair: must ask
-- fix: none
-- needs: person.email
-- marketer: info@ and sales@ are nobody: whoever reads them did not agree, and one complaint from
--   a shared mailbox hurts all your mail.
-- engineer: The part before "@" (without "+tag") is a name of a function in English, German,
--   French or Spanish. Up to 3 % of a table is a note: small firms do have one mailbox.
-- mend: Keep them out of marketing mail and ask for a personal address at the next contact.
-- message: {count} of {of} {object} in {system} are role addresses such as info@ or sales@.
-- tolerance: 0.03

select system, tbl, row, key, 'email' as field, email, company_name
from person
where regexp_replace(local_part, '[+].*$', '') in (
  'info', 'sales', 'support', 'admin', 'administrator', 'contact', 'hello', 'office', 'team',
  'marketing', 'service', 'help', 'billing', 'accounts', 'accounting', 'finance', 'hr', 'jobs',
  'career', 'careers', 'press', 'media', 'webmaster', 'postmaster', 'hostmaster', 'abuse',
  'noreply', 'no-reply', 'no_reply', 'donotreply', 'do-not-reply', 'newsletter', 'mail', 'email',
  'enquiries', 'inquiries', 'reception', 'orders', 'order', 'shop', 'customerservice', 'it',
  'root', 'security', 'privacy', 'legal', 'all', 'everyone', 'staff', 'kontakt', 'vertrieb',
  'buero', 'verwaltung', 'rechnung', 'buchhaltung', 'bewerbung', 'datenschutz', 'zentrale',
  'einkauf', 'kundenservice', 'contacto', 'ventas', 'accueil', 'compta', 'direction')
