"""What a named statement must keep to, as pure functions over its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from leadline.store.load import Scope, Statement

KEY = "bucket"
PLACEHOLDER = re.compile(r"%(?:\((\w+)\)[sbt]|%|.)", re.DOTALL)


def problems_of(statement: Statement) -> list[str]:
    """Return what is wrong with the statement, in words."""
    found: list[str] = []
    if "clock_timestamp" in statement.text.lower():
        found.append("mentions clock_timestamp(): pass now as a parameter")
    try:
        trees = sqlglot.parse(numbered(statement.text), read="postgres")
    except (SqlglotError, ValueError) as error:
        return [*found, f"cannot be read: {str(error).splitlines()[0]}"]
    if len(trees) != 1 or trees[0] is None:
        return [*found, "is not one statement"]
    if statement.scope is Scope.PERSON:
        found += _person_problems(trees[0])
    return found


def tables_of(statement: Statement) -> set[str]:
    """Return the real tables that the statement touches."""
    tree = sqlglot.parse_one(numbered(statement.text), read="postgres")
    names = _names_of_ctes(tree)
    return {table.name for table in tree.find_all(exp.Table) if _is_real(table, names)}


def numbered(text: str) -> str:
    """Turn psycopg's named placeholders into PostgreSQL's numbered ones."""
    numbers: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        if match[1] is None:
            raise ValueError(f"{match[0]!r} is no named placeholder; write %(name)s, or %% for %")
        return f"${numbers.setdefault(match[1], len(numbers) + 1)}"

    return PLACEHOLDER.sub(number, text)


@dataclass
class _Level:
    """One select, update, delete or merge: its tables, and what ties their buckets down."""

    node: exp.Expression
    real: dict[str, str] = field(default_factory=dict[str, str])
    conditions: list[exp.Expression] = field(default_factory=list[exp.Expression])
    tied: set[str] = field(default_factory=set[str])
    equal: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def _person_problems(tree: exp.Expression) -> Iterator[str]:
    names = _names_of_ctes(tree)
    for insert in tree.find_all(exp.Insert):
        target = insert.this
        columns = target.expressions if isinstance(target, exp.Schema | exp.Tuple) else []
        table = target.find(exp.Table) if target is not None else None
        if KEY not in {column.name for column in columns}:
            yield f"inserts into {table.name if table else '?'} without naming {KEY}"
    for node in tree.find_all(exp.Select, exp.Update, exp.Delete, exp.Merge):
        level = _Level(node)
        for source in _sources(node):
            if isinstance(source, exp.Table) and _is_real(source, names):
                level.real[source.alias_or_name] = source.name
        if not level.real:
            continue
        _collect(level)
        for alias, table in level.real.items():
            if alias not in _tied(level):
                yield f"touches {table} without {KEY} = … in its conditions"


def _sources(node: exp.Expression) -> Iterator[exp.Expression]:
    if not isinstance(node, exp.Select):
        yield node.this
    first = node.args.get("from_")
    if first is not None:
        yield first.this
        yield from (join.this for join in first.this.args.get("joins") or [])
    using = node.args.get("using")
    yield from using if isinstance(using, list) else [using] if using is not None else []
    for join in node.args.get("joins") or []:
        yield join.this


def _collect(level: _Level) -> None:
    node = level.node
    where = node.args.get("where")
    if where is not None:
        level.conditions += _conjuncts(where.this)
    if isinstance(node, exp.Merge):
        level.conditions += _conjuncts(node.args["on"])
    for join in _joins(node):
        if join.args.get("on") is not None and not join.side:
            level.conditions += _conjuncts(join.args["on"])
        elif join.args.get("on") is not None:
            # An outer join restricts its own side only.
            _tie_outer(level, join)
        if KEY in {column.name for column in join.args.get("using") or []}:
            others = [alias for alias in level.real if alias != join.this.alias_or_name]
            level.equal += [(join.this.alias_or_name, other) for other in others[:1]]
    for condition in level.conditions:
        _tie(level, condition)


def _joins(node: exp.Expression) -> Iterator[exp.Join]:
    yield from node.args.get("joins") or []
    first = node.args.get("from_")
    if first is not None:
        yield from first.this.args.get("joins") or []


def _tie_outer(level: _Level, join: exp.Join) -> None:
    inner = join.this.alias_or_name
    before = set(level.tied)
    for condition in _conjuncts(join.args["on"]):
        _tie(level, condition)
    level.tied = before | ({inner} & level.tied)


def _tie(level: _Level, condition: exp.Expression) -> None:
    """Note which table's bucket this condition ties to a value or to another table's."""
    if isinstance(condition, exp.In):
        sides = [condition.this]
        other = None
    elif isinstance(condition, exp.EQ):
        sides = [condition.this, condition.expression]
        other = sides
    else:
        return
    for number, side in enumerate(sides):
        columns = side.expressions if isinstance(side, exp.Tuple) else [side]
        for column in columns:
            alias = _bucket_of(level, column)
            if alias is None:
                continue
            partner = _bucket_of(level, other[1 - number]) if other else None
            if partner is None:
                level.tied.add(alias)
            else:
                level.equal.append((alias, partner))


def _bucket_of(level: _Level, side: exp.Expression) -> str | None:
    """Return the table of this level whose bucket it is."""
    if not isinstance(side, exp.Column) or side.name != KEY:
        return None
    if side.table:
        return side.table if side.table in level.real else None
    return next(iter(level.real)) if len(level.real) == 1 else None


def _tied(level: _Level) -> set[str]:
    tied = set(level.tied)
    for _ in level.real:
        for one, other in level.equal:
            if one in tied or other in tied or {one, other} - set(level.real):
                tied |= {one, other}
    return tied


def _conjuncts(condition: exp.Expression) -> Iterator[exp.Expression]:
    if isinstance(condition, exp.Paren):
        yield from _conjuncts(condition.this)
    elif isinstance(condition, exp.And):
        yield from _conjuncts(condition.this)
        yield from _conjuncts(condition.expression)
    else:
        yield condition


def _names_of_ctes(tree: exp.Expression) -> set[str]:
    return {cte.alias for cte in tree.find_all(exp.CTE)}


def _is_real(table: exp.Table, ctes: set[str]) -> bool:
    return isinstance(table.this, exp.Identifier) and (bool(table.db) or table.name not in ctes)
