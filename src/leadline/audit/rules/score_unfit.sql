-- code: score-unfit
-- title: A score that tells nothing
-- severity: warning
-- repair: not a value
-- fix: none
-- exact: no
-- needs: person.score
-- marketer: When most people have the same score, or everybody old is hot for ever, the score
--   picks at random, and sales stops to look.
-- engineer: Over the people with a score: one value for at least 80 % (the same for most); at
--   least 20 % at the very top (saturated); among the top quarter at least 30 % without any
--   activity for a year (stale); where a history of the score is given, at least 30 % of those
--   who have one were active half a year or more after their score last changed (frozen). Fewer
--   than 3 scores are not judged.
-- mend: Let points expire, take points off for silence, and check the score against who bought.
-- message: {count} of {of} scores in {system} are {fault}.
-- let SAME = 0.8; four of five: a score that separates nobody
-- let SATURATED = 0.2; one in five at the top: the cap is reached by the ordinary
-- let STALE = 0.3; nearly a third of the hot are cold
-- let FROZEN = 180; days: a score that activity does not move in half a year never moves
-- let LEAST = 3; fewer scores prove nothing

with scored as (
  select system, tbl, row, key, email, score, last_activity_at,
    percent_rank() over (partition by tbl order by score) as place
  from person where score is not null
),
total as (
  select tbl, count(*) as people, max(score) as top, min(score) as bottom from scored group by tbl
  having count(*) >= $LEAST
),
same as (
  select s.tbl, s.score, count(*) as people from scored s join total t on t.tbl = s.tbl
  group by s.tbl, s.score, t.people having count(*) >= $SAME * t.people
),
saturated as (
  select s.tbl from scored s join total t on t.tbl = s.tbl
  where s.score = t.top and t.top > t.bottom and s.tbl not in (select tbl from same)
  group by s.tbl, t.people having count(*) >= $SATURATED * t.people and count(*) >= $LEAST
),
hot as (
  select s.* from scored s join total t on t.tbl = s.tbl
  where s.place >= 0.75 and t.top > t.bottom and s.last_activity_at is not null
),
stale as (
  select tbl, count(*) as people from hot group by tbl
  having count(*) >= $LEAST and sum(case when last_activity_at < $taken_at - interval '365' day
    then 1 else 0 end) >= $STALE * count(*)
),
changed as (
  select f.tbl, c.key, max(c."at") as last
  from change c join columns f on f.meaning = 'score' and f.system = c.system
    and lower(f.field) = lower(c.field) and lower(f.object) = lower(coalesce(c.object, f.object))
  group by f.tbl, c.key
),
watched as (
  select s.*, case when s.last_activity_at > c.last + interval '1' day * $FROZEN
    then 1 else 0 end as still
  from scored s join changed c on c.tbl = s.tbl and c.key = s.key
  where s.last_activity_at is not null and c.last is not null
),
frozen as (
  select tbl, count(*) as people from watched group by tbl
  having sum(still) >= $LEAST and sum(still) >= $STALE * count(*)
)
select s.system, s.tbl, s.row, s.key, 'score' as field, 'the same' as fact_fault,
  t.people as "of", s.email, s.score as value
from scored s
join same m on m.tbl = s.tbl and m.score = s.score
join total t on t.tbl = s.tbl
union all
select s.system, s.tbl, s.row, s.key, 'score', 'at the very top', t.people, s.email, s.score
from scored s
join saturated m on m.tbl = s.tbl
join total t on t.tbl = s.tbl and s.score = t.top
union all
select h.system, h.tbl, h.row, h.key, 'score', 'high without any activity for a year', m.people,
  h.email, h.score
from hot h
join stale m on m.tbl = h.tbl
where h.last_activity_at < $taken_at - interval '365' day
union all
select w.system, w.tbl, w.row, w.key, 'score', 'unchanged though their people stayed active',
  f.people, w.email, w.score
from watched w
join frozen f on f.tbl = w.tbl
where w.still = 1
