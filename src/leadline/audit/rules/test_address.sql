-- code: test-address
-- title: Test records among real people
-- severity: warning
-- repair: unusable
-- fix: review
-- needs: person.email
-- marketer: Somebody's tests stand among your customers: they bend every figure, and mail to them
--   bounces.
-- engineer: The domain is reserved for examples or has nobody behind it (example.com, test.com,
--   .invalid, .test, .local), or the part before "@" is test, asdf and their like. Up to
--   0.1 % of a table is a note.
-- mend: Delete them, and give the team one domain and one tag for tests that flows keep out.
-- message: {count} of {of} {object} in {system} are test records.
-- tolerance: 0.001

select system, tbl, row, key, 'email' as field, email, first_name, last_name
from person
where domain in ('example.com', 'example.org', 'example.net', 'test.com', 'test.de', 'test.test',
    'asdf.com', 'abc.com', 'email.test', 'domain.com', 'yourdomain.com', 'company.test', 'foo.com',
    'bar.com', 'localhost')
  or regexp_matches(domain, '[.](test|invalid|example|localhost|local)$')
  or regexp_matches(regexp_replace(local_part, '[+].*$', ''),
    '^(test|tester|testing|testuser|test[._-]?[0-9]+|test[._-](user|contact|lead|email|account)|asdf+|qwerty|qwertz|foo|bar|foobar|dummy|fake|abc123|aaa+|xxx+|delete[._-]?me)$')
  or regexp_matches(local_part, '[+](test|qa|dev|staging)[0-9]*$')
