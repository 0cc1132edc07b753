"""Everything that somebody gives, read: recognised, loaded, and what was left out said.

The order matters: definitions are loaded before tables (they tell what a portal's labels mean),
and the account's own action types are known before its flows are read.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Meaning, Table
from leadline.blueprint.graph.flow import Flow, Understanding
from leadline.inspection import how
from leadline.inspection.automations import flow_shapes, read_flows
from leadline.inspection.columns import name_columns
from leadline.inspection.dates import named_day, taken_at
from leadline.inspection.documents import read_text
from leadline.inspection.files import Found, walk
from leadline.inspection.labels import Labels, labels_for, labels_of
from leadline.inspection.load import Load, load, open_store
from leadline.inspection.part import Scratch
from leadline.inspection.reading import Read, Reading
from leadline.inspection.recognise import status_of
from leadline.inspection.recognition import Recognition, Unread
from leadline.inspection.settings import FILE, MAX_BYTES, NOTHING_SAID, Settings, joined, parse
from leadline.inspection.sorting import Sorted, Taken, sort_files
from leadline.inspection.tables.answer import results_of
from leadline.inspection.tables.hubspot_answers import object_of
from leadline.inspection.tables.registry import BY_NAME
from leadline.inspection.tables.shape import Shape, counted, slug
from leadline.inspection.twice import without_copies, without_repeats

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Progress = Callable[[str], None]
"""Told in a few words what is being done now."""

_OWN_NAMED = 6  # columns of the team's own that are named
_DEFINING = {Kind.PROPERTY, Kind.OPTION}


def known_shapes() -> tuple[str, ...]:
    """Every name that ``--as`` takes."""
    return tuple(dict.fromkeys([*BY_NAME, *flow_shapes()]))


def read_stack(
    paths: Sequence[Path],
    settings: Settings = NOTHING_SAID,
    progress: Progress = lambda _: None,
    dns: bool = False,  # noqa: FBT001, FBT002 - handed on to the rules as it is
) -> Reading:
    """Read every file under ``paths``: tables into one DuckDB, flows into neutral values.

    ``settings`` are what a person says of files; an ``inspect.yaml`` at the top of what is given
    is read too, and ``settings`` wins. Raises UsageError for a path that is not there and for
    settings that are wrong; everything else that cannot be read is told in the answer.
    """
    connection = open_store()
    with tempfile.TemporaryDirectory(prefix="leadline-") as folder:
        scratch = Scratch(Path(folder))
        progress("looking for files")
        walked = walk(paths, scratch.folder)
        found, copies = without_copies(walked.found)
        said = joined([settings, *_settings_in(found)])
        given = sort_files(found, said, scratch, connection, progress)
        unread = [*walked.unread, *copies, *given.unread, *_unused(said, found, given)]
        tables, reads = _load_all(connection, given, scratch, progress, unread)
    progress("reading the flows")
    flows, flow_reads, flow_unread = _read_flows(given)
    moment = taken_at(connection, tables, (f.path for f in found), [f.modified for f in found])
    beside = [Read(path, claim, (), held) for path, claim, held in given.beside]
    return Reading(
        Stack(connection, tables, flows, moment, dns),
        tuple(sorted([*reads, *flow_reads, *beside], key=lambda read: read.path)),
        (*unread, *flow_unread),
        _missing(tables, flows, reads, flow_reads),
        said.tiers,
    )


def _settings_in(found: Iterable[Found]) -> Iterable[Settings]:
    for each in found:
        if each.top and each.path.rpartition("/")[2] == FILE:
            yield parse(read_text(each.disk, each.path, MAX_BYTES), each.path, known_shapes())


def _unused(settings: Settings, found: Sequence[Found], given: Sorted) -> Iterable[Unread]:
    sheets = {(taken.part.path, taken.part.disk) for taken in given.tables}
    there = {*((file.path, file.disk) for file in found), *sheets}
    for each in settings.overrides:
        if not any(each.fits(path, disk) for path, disk in there):
            what = f'No file that was given is "{each.pattern}".'
            yield Unread(each.where, what, "Check the name, or take the line out.")


def _load_all(
    connection: DuckDBPyConnection,
    given: Sorted,
    scratch: Scratch,
    progress: Progress,
    unread: list[Unread],
) -> tuple[tuple[Table, ...], tuple[Read, ...]]:
    """Load every table, definitions first; parts of one shape and status become one table."""
    groups = _groups(given.tables)
    tables: list[Table] = []
    held: dict[tuple[str, str], list[str]] = {}
    labels: Labels = MappingProxyType({})
    for title, members in groups.items():
        shape, status = _shape_of(members[0]), _status_of(members[0])
        if shape.kind not in _DEFINING and not labels:
            labels = labels_of(connection, tables)
        progress(f"reading {shape.name}")
        loads = [_named(taken, shape, labels) for taken in members]
        table, failed = load(connection, title, shape, loads, scratch, status)
        ranks = [(len(each.columns), named_day(each.part.path)) for each in loads]
        table, repeated = without_repeats(connection, table, ranks)
        tables.append(table)
        unread += [*failed, *repeated]
        for taken, each, source in zip(members, loads, table.sources, strict=True):
            words = counted(source.rows, shape.gives)
            if taken.files > 1:
                words += f" in {taken.files:,} files"
            said = "; ".join(filter(None, [words, source.note or each.note]))
            held.setdefault((taken.seen, taken.recognition.shape), []).append(said)
            if not source.rows and not repeated:
                unread += _no_rows(source.path, failed)
    return tuple(tables), tuple(_reads(given.tables, held))


def _groups(tables: Sequence[Taken]) -> dict[str, list[Taken]]:
    """What becomes one table, by the name that it gets; definitions come first."""
    groups: dict[tuple[str, str, str], list[Taken]] = {}
    for taken in tables:
        shape = _shape_of(taken)
        own = taken.part.path if shape.apart else ""
        groups.setdefault((shape.name, _status_of(taken) or "", own), []).append(taken)
    named: dict[str, list[Taken]] = {}
    for name, status, own in sorted(groups, key=lambda key: (_defines(key[0]), key)):
        alone = sum(key[0] == name for key in groups) == 1
        stem = "" if alone else re.split(r"[/!]", own)[-1].rpartition(".")[0] or own
        title = "_".join(filter(None, map(slug, (name, status, stem))))
        while title in named:
            title += "_more"
        named[title] = groups[name, status, own]
    return named


def _defines(shape: str) -> int:
    return int(BY_NAME[shape].kind not in _DEFINING)


def _status_of(taken: Taken) -> str | None:
    return status_of(_shape_of(taken), taken.part.path, taken.part.header)


def _shape_of(taken: Taken) -> Shape:
    return BY_NAME[taken.part.told or taken.recognition.shape]


def _no_rows(path: str, failed: Sequence[Unread]) -> Iterable[Unread]:
    if all(each.where != path for each in failed):
        yield Unread(path, "It has column names and no rows.", "Export it again, or leave it out.")


def _reads(tables: Iterable[Taken], held: Mapping[tuple[str, str], list[str]]) -> Iterable[Read]:
    """One line a file, whatever number of tables it gave."""
    told: set[str] = set()
    for taken in tables:
        if taken.seen in told:
            continue
        told.add(taken.seen)
        words = "; ".join(held[taken.seen, taken.recognition.shape])
        asked = taken.said is not None and taken.said.shape is not None
        yield Read(taken.seen, taken.recognition, taken.rivals, words, asked)


def _named(taken: Taken, shape: Shape, labels: Labels) -> Load:
    """The part with its columns named, and what was not plain about them said."""
    said = taken.said.columns if taken.said else MappingProxyType[str, Meaning]({})
    known = labels_for(labels, shape.system, shape.object)
    named = name_columns(taken.part.header, shape, known, said)
    notes: list[str] = []
    if named.own:
        listed = ", ".join(named.own[:_OWN_NAMED]) + (", …" if len(named.own) > _OWN_NAMED else "")
        one = len(named.own) == 1
        notes.append(
            f"{len(named.own)} column{'' if one else 's'} not known to {shape.system}, kept under "
            f"{'its' if one else 'their'} own name{'' if one else 's'}: {listed}"
        )
    if named.doubled:
        notes.append(
            f"column names that stand there twice: {', '.join(named.doubled[:_OWN_NAMED])}"
        )
    if shape.statuses and _status_of(taken) is None:
        words = ", ".join(dict.fromkeys(status for _, status in shape.statuses))
        notes.append(f"its name says none of {words}: the status of its rows is not known")
    if _ids_are_cut(taken, named.columns):
        notes.append("ids like 1.23E+10: a spreadsheet has cut them, so they match nothing")
    return Load(taken.part, named.columns, "; ".join(notes), _implied(taken, shape, named.columns))


def _ids_are_cut(taken: Taken, columns: Sequence[Column]) -> bool:
    """Whether the file was saved by a spreadsheet that took long ids for numbers."""
    places = [n for n, column in enumerate(columns) if column.meaning is Meaning.KEY]
    return any(
        re.fullmatch(r"\d[.,]\d+E\+\d+", row[place].strip()) is not None
        for row in taken.part.sample
        for place in places
        if place < len(row)
    )


def _implied(
    taken: Taken, shape: Shape, columns: Sequence[Column]
) -> tuple[tuple[Column, str], ...]:
    """The object of definitions and history whose file has no column for it."""
    if shape.kind not in {Kind.PROPERTY, Kind.HISTORY} or any(
        column.meaning is Meaning.OBJECT for column in columns
    ):
        return ()
    told = object_of(taken.part.path, ())
    return ((Column("object", "", Meaning.OBJECT), told),) if told else ()


def _read_flows(given: Sorted) -> tuple[tuple[Flow, ...], tuple[Read, ...], tuple[Unread, ...]]:
    flows: list[Flow] = []
    reads: list[Read] = []
    unread: list[Unread] = []
    dictionary = _dictionary(given.action_types)
    for each in given.documents:
        found, failed = read_flows(each.document, each.path, each.recognition, dictionary)
        flows += found
        unread += failed
        reads.append(
            Read(each.path, each.recognition, each.rivals, _flows_held(found), each.asked_for)
        )
    return tuple(flows), tuple(reads), tuple(unread)


def _dictionary(action_types: Sequence[object]) -> object | None:
    """The account's own action types; pages of them as one answer."""
    if len(action_types) < 2:
        return action_types[0] if action_types else None
    return {"results": [record for answer in action_types for record in results_of(answer)]}


def _flows_held(flows: Sequence[Flow]) -> str:
    nodes = [step.understanding for flow in flows for step in flow.steps.values()]
    return (
        f"{counted(len(flows), 'flows')}, {counted(len(nodes), 'nodes')}: "
        f"{nodes.count(Understanding.UNDERSTOOD):,} understood, "
        f"{nodes.count(Understanding.READ):,} read, {nodes.count(Understanding.OPAQUE):,} opaque"
    )


def _missing(
    tables: Sequence[Table],
    flows: Sequence[Flow],
    reads: Sequence[Read],
    flow_reads: Sequence[Read],
) -> tuple[tuple[str, str], ...]:
    automated = {flow.system for flow in flows}
    claimed: list[Recognition] = [read.recognition for read in [*reads, *flow_reads]]
    systems = {table.system for table in tables} | {claim.system for claim in claimed}
    return how.missing(systems, {claim.shape for claim in claimed}, automated)
