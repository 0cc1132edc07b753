-- code: list-sizes-differ
-- title: Lists of one name with different sizes
-- severity: warning
-- repair: not a value
-- fix: none
-- exact: no
-- topic: joint
-- needs: lists.name lists.members
-- marketer: Two tools have a list with the same name, and each counts other people in it. Whoever
--   picks the list by its name mails other people than they think.
-- engineer: Lists and segments of different systems whose names are equal after trim and lower
--   case, by the sizes that the vendors tell. Up to 5 % of the larger one is a note; lists under
--   20 members are not judged.
-- mend: Keep the list in one system and sync it, or give the two lists different names.
-- message: List “{list}” has {theirs} members in {system} and {members} in {other_title}: {count} apart.
-- tolerance: 0.05
-- let LEAST = 20; in a handful one person is a large share

with named as (
  select system, tbl, row, key, members, name as shown, lower(name) as name from lists
  where name is not null and members is not null
)
select a.system, a.tbl, a.row, a.key, 'members' as field,
  cast(abs(a.members - b.members) as bigint) as "count",
  cast(greatest(a.members, b.members) as bigint) as "of", substr(a.shown, 1, 60) as fact_list,
  b.system as fact_other, cast(cast(a.members as bigint) as varchar) as fact_theirs,
  cast(cast(b.members as bigint) as varchar) as fact_members
from named a join named b on b.name = a.name and b.system > a.system
where a.members <> b.members and greatest(a.members, b.members) >= $LEAST
