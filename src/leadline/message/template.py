"""Liquid in a sandbox: a short list of tags and filters, hard limits, no files, no clock.

A value that is not known is never written as nothing: "Welcome ," is what other tools send.
It may be asked for (``if``) and given a stand-in (``default``); written, it is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, wraps
from io import StringIO
from typing import TextIO, TypeVar, cast
from zoneinfo import ZoneInfo

from liquid import BoundTemplate, Environment, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.exceptions import FilterArgumentError, LiquidError, UndefinedError
from liquid.expression import Expression
from liquid.undefined import Undefined

from leadline.expression.types import Value
from leadline.message.dates import format_moment, moment_text
from leadline.project.problems import did_you_mean, listed, quoted

MAX_OUTPUT = 1_000_000  # characters; a mail client cuts mails at about 100 kB
MAX_LOOPS = 10_000
MAX_LOCALS = 1_000_000  # bytes

TAGS = ("if", "unless", "case", "for", "break", "continue", "assign", "comment", "#")
FILTERS = (
    "default", "date", "upcase", "downcase", "capitalize", "strip", "lstrip", "rstrip", "squish",
    "truncate", "truncatewords", "append", "prepend", "replace", "remove", "split", "join",
    "first", "last", "size", "slice", "url_encode", "plus", "minus", "times", "divided_by",
    "modulo", "round", "floor", "ceil", "abs", "at_least", "at_most",
)  # fmt: skip

# "content", "output" and "illegal" are how python-liquid calls what is no tag at all.
_NO_TAGS = ("content", "output", "illegal")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NEVER_CLOSED = re.compile(r"expected tag '?(end\w+)")
_UNEXPECTED_TAG = re.compile(r"unexpected tag '([^']*)'")
_SINK = "\x00sink"  # no template can spell this name

Sink = Callable[[str], str]
"""What is written in the place of a value: the value itself, or a mark for it."""


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """Why a template cannot be read or filled in; ``line`` counts from 1 within its source.

    ``missing`` is the dotted name of the value that was not known, where that was the reason.
    """

    message: str
    fix: str
    line: int | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a template reads a name; ``guarded``: it says what if it is unknown."""

    path: tuple[str, ...]
    line: int
    column: int
    guarded: bool

    def __str__(self) -> str:
        return ".".join(self.path)


class _ValueMissing(UndefinedError):
    def __init__(self, undefined: Undefined) -> None:
        self.path = (undefined.hint or str(undefined.name)).removesuffix(" is undefined")
        super().__init__(f"{self.path} is not known", token=undefined.token)


class _Unknown(Undefined):
    """False in a condition, equal to nil, replaced by ``default``; not to be written."""

    __slots__ = ()

    def __str__(self) -> str:
        raise _ValueMissing(self)

    def __int__(self) -> int:
        raise _ValueMissing(self)


class _ValueNode(OutputNode):
    """``{{ … }}``: hands the text of the value to the sink and writes what comes back."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        text = value_text(self.expression.evaluate(context))
        sink = cast("Sink", context.scope[_SINK])
        return buffer.write(sink(text))


class _ValueOutput(Output):
    node_class = _ValueNode


class _Sandbox(Environment):
    context_depth_limit = 20
    loop_iteration_limit = MAX_LOOPS
    local_namespace_limit = MAX_LOCALS
    output_stream_limit = MAX_OUTPUT

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: self.tags[name] for name in (*_NO_TAGS, *TAGS)}
        self.filters["date"] = _date
        self.filters = {
            name: function if name == "default" else _careful(function)
            for name, function in self.filters.items()
            if name in FILTERS
        }
        self.add_tag(_ValueOutput)


R = TypeVar("R")


def _careful(function: Callable[..., R]) -> Callable[..., R]:
    """A filter that takes no unknown value for an empty one, and has a longest result."""

    @wraps(function)
    def careful(*args: object, **named: object) -> R:
        for arg in (*args, *named.values()):
            if isinstance(arg, Undefined):
                raise _ValueMissing(arg)
        result = function(*args, **named)
        if isinstance(result, str) and len(result) > MAX_OUTPUT:
            raise FilterArgumentError("the result is longer than a megabyte", token=None)
        return result

    return careful


def _date(value: object, pattern: object = None) -> str:
    moment: date | None = value if isinstance(value, date) else None
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
    if moment is None:
        raise FilterArgumentError("date needs a date or a time", token=None)
    if pattern is None:
        return moment_text(moment)
    written = format_moment(moment, str(pattern))
    if written is None:
        raise FilterArgumentError("date has a code that is not known here", token=None)
    return written


_ENVIRONMENT = _Sandbox(undefined=_Unknown)


@lru_cache(maxsize=512)
def compile_template(source: str) -> BoundTemplate | TemplateFault:
    """The template, or what is wrong with it."""
    try:
        template = _ENVIRONMENT.from_string(source)
        return _unknown_filter(template) or template
    except LiquidError as error:
        return _fault(error)
    except RecursionError:
        return TemplateFault(
            "the tags are nested too deep.", "Take some of the if and for blocks apart."
        )


def _unknown_filter(template: BoundTemplate) -> TemplateFault | None:
    """The first filter that is not on the list: python-liquid looks only when it fills in."""
    for node, _ in _walk(template.nodes, frozenset(), RenderContext(template)):
        for expression in node.expressions():
            filters = expression.filters if isinstance(expression, FilteredExpression) else None
            for filter_ in filters or ():
                if filter_.name not in FILTERS:
                    place = filter_.token
                    return TemplateFault(
                        f"unknown filter {quoted(filter_.name)}.",
                        did_you_mean(filter_.name, FILTERS, f"Known are {listed(FILTERS)}."),
                        _place(place.source, place.start_index)[0],
                    )
    return None


def fill_in(
    template: BoundTemplate,
    values: Mapping[str, Mapping[str, Value]],
    zone: ZoneInfo,
    sink: Sink,
) -> str | TemplateFault:
    """The text with every value handed through ``sink``; times are shown in ``zone``."""
    scopes: dict[str, object] = {
        scope: {n: for_liquid(v, zone) for n, v in names.items() if v is not None}
        for scope, names in values.items()
    }
    context = RenderContext(template, globals={**scopes, _SINK: sink})
    buffer: StringIO = context.get_buffer()
    try:
        template.render_with_context(context, buffer)
    except LiquidError as error:
        return _fault(error)
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        # Filters of python-liquid let a few of these out for odd numbers.
        return TemplateFault(
            f"a filter cannot work with its value ({type(error).__name__}).",
            "Look at the filters of this message and the values they get.",
        )
    return buffer.getvalue()


def for_liquid(value: Value, zone: ZoneInfo) -> object:
    """A field's value as Liquid reckons with it: whole numbers, or floats where exact.

    A text comes without control characters and halves of characters, which no mail can carry.
    """
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        near = float(value)
        return near if Decimal(repr(near)) == value else format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(zone)
    return value


def value_text(value: object) -> str:
    """What people read for a value."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case date():
            return moment_text(value)
        case Decimal():
            return format(value, "f")
        case float():
            return format(Decimal(repr(value)), "f")
        case list():
            return "".join(value_text(item) for item in cast("list[object]", value))
        case None:
            return ""
        case _:
            return str(value)


def _fault(error: LiquidError) -> TemplateFault:
    place = error.context() if error.token and error.token.source else None
    line = place[0] if place else None
    if isinstance(error, _ValueMissing):
        return TemplateFault(
            f'the value of "{error.path[:60]}" is not known.',
            'Say what stands in for it: if_missing in the step, or | default: "…" here.',
            line,
            error.path,
        )
    words = " ".join(str(error.message or "it cannot be read").split())
    if never_closed := _NEVER_CLOSED.search(words):
        return TemplateFault(
            f"the tag that begins here is never closed with {never_closed[1]}.",
            f"Write {{% {never_closed[1]} %}} where it ends.",
            line,
        )
    if unexpected := _UNEXPECTED_TAG.search(words):
        tag = unexpected[1]
        return TemplateFault(
            f"the tag {quoted(tag)} cannot be used here.",
            did_you_mean(tag, TAGS, f"Known are {listed(TAGS)}."),
            line,
        )
    return TemplateFault(
        f"Liquid cannot read this: {words[:120].rstrip('.')}.",
        "Compare it with the examples of Liquid in the other messages.",
        line,
    )


def uses(template: BoundTemplate, source: str) -> tuple[Use, ...]:
    """Every name that the template reads from outside, place by place."""
    static = RenderContext(template)
    every = list(_walk(template.nodes, frozenset(), static))
    own = {str(n) for node, _ in every for n in (*node.template_scope(), *node.block_scope())}
    own.add("forloop")
    found: list[Use] = []
    for node, guards in every:
        for path, guarded in _reads(node):
            names = tuple(str(s) for s in path.path)
            if names[0] not in own:
                line, column = _place(source, path.token.start_index)
                found.append(Use(names, line, column, guarded or str(path) in guards))
    return tuple(found)


def _walk(
    nodes: list[Node], guards: frozenset[str], static: RenderContext
) -> Iterator[tuple[Node, frozenset[str]]]:
    for node in nodes:
        yield node, guards
        asked = frozenset(str(path) for e in node.expressions() for path in _paths(e))
        yield from _walk(list(node.children(static)), guards | asked, static)


def _reads(node: Node) -> Iterator[tuple[Path, bool]]:
    """The names that a node reads; a condition asks, so it may ask for what is unknown."""
    writes = isinstance(node, OutputNode | AssignNode)
    for expression in node.expressions():
        if not writes:
            yield from ((path, True) for path in _paths(expression))
        elif isinstance(expression, FilteredExpression):
            filters = expression.filters or []
            has_default = bool(filters) and filters[0].name == "default"
            yield from ((path, has_default) for path in _paths(expression.left))
            for filter_ in filters:
                for argument in filter_.children():
                    yield from ((path, False) for path in _paths(argument))
        else:
            yield from ((path, False) for path in _paths(expression))


def _paths(expression: Expression) -> Iterator[Path]:
    if isinstance(expression, Path):
        yield expression
    for child in expression.children():
        yield from _paths(child)


def _place(source: str, index: int) -> tuple[int, int]:
    line = source.count("\n", 0, index) + 1
    return line, index - source.rfind("\n", 0, index)
