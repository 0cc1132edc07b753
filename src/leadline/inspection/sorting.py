"""Each file to its place: what sort it is, what it is taken for, which tables it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from leadline.inspection.automations import flow_shapes, recognise_flows
from leadline.inspection.documents import BrokenDocument, parse_json, parse_xml
from leadline.inspection.files import Found
from leadline.inspection.nature import Nature, nature_of
from leadline.inspection.parquet import from_parquet
from leadline.inspection.part import NoTable, Part, Scratch, from_rows, from_text, from_workbook
from leadline.inspection.recognise import CLOSE, as_told, chosen, claims
from leadline.inspection.recognition import LIKELY, Content, Recognition, Unread
from leadline.inspection.settings import FILE, Override, Settings
from leadline.inspection.tables.answer import AnswerTable
from leadline.inspection.tables.registry import ANSWERS, BY_NAME

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SETTINGS = {FILE: "inspect-settings", "costs.yaml": "costs"}
_REFUSED: Mapping[Nature, tuple[str, str]] = MappingProxyType(
    {
        Nature.EMPTY: ("The file is empty.", "Export it again, or leave it out."),
        Nature.PAGE: (
            "The file is a web page, as old report exports are, not a table.",
            "Export it as CSV or XLSX.",
        ),
        Nature.PACKED: (
            "The file is packed in a way that is not opened here (only zip is).",
            "Give it unpacked.",
        ),
        Nature.YAML: (
            "Of YAML files only inspect.yaml and costs.yaml, at the top, are read.",
            "Leave it out.",
        ),
        Nature.BINARY: (
            "The file holds no text that could be a table.",
            "Give it as CSV, XLSX, Parquet or JSON.",
        ),
    }
)
# What else lies in an export of Slack.
_SLACK_BESIDE = {
    "integration_logs.json",
    "canvases.json",
    "lists.json",
    "file_conversations.json",
    "huddle_transcripts.json",
}
_LARGE = 50 << 20  # bytes; a file that takes long to look at is named while it is


@dataclass(frozen=True, slots=True)
class Taken:
    """A table with what it was taken for; ``said`` is what a person said of it.

    ``seen`` is the path under which it is told to people: the file, or the folder of many.
    ``files`` counts the files behind it.
    """

    part: Part
    recognition: Recognition
    rivals: tuple[Recognition, ...]
    said: Override | None
    seen: str
    files: int = 1


@dataclass(frozen=True, slots=True)
class Document:
    """A definition of automations, with what it was taken for."""

    path: str
    document: object
    recognition: Recognition
    rivals: tuple[Recognition, ...]
    asked_for: bool


@dataclass(slots=True)
class _Rows:
    """Rows of one shape and header that documents gave, file by file."""

    found: Found
    recognition: Recognition
    rivals: tuple[Recognition, ...]
    said: Override | None
    rows: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    files: int = 0


@dataclass(slots=True)
class Sorted:
    """Every file in its place.

    ``beside`` are those that hold no data, ``action_types`` HubSpot's answers of that name.
    """

    tables: list[Taken] = field(default_factory=list[Taken])
    documents: list[Document] = field(default_factory=list[Document])
    beside: list[tuple[str, Recognition, str]] = field(
        default_factory=list[tuple[str, Recognition, str]]
    )
    unread: list[Unread] = field(default_factory=list[Unread])
    action_types: list[object] = field(default_factory=list[object])
    rows: dict[tuple[str, tuple[str, ...], str], _Rows] = field(
        default_factory=dict[tuple[str, tuple[str, ...], str], _Rows]
    )


def sort_files(
    found: Sequence[Found],
    settings: Settings,
    scratch: Scratch,
    connection: DuckDBPyConnection,
    progress: Callable[[str], None],
) -> Sorted:
    """Look at every file. What cannot be read is told in ``unread``; nothing is raised for it."""
    result = Sorted()
    for number, each in enumerate(found):
        if each.size > _LARGE or number % 100 == 0:
            progress(f"looking at {each.path}")
        try:
            _sort(each, settings, scratch, connection, result)
        except (NoTable, BrokenDocument) as error:
            result.unread.append(Unread(error.where or each.path, error.what, error.fix or ""))
        except OSError as error:
            what = f"The file cannot be read ({error.strerror or 'no reason given'})."
            result.unread.append(Unread(each.path, what, "Check it and give it again."))
    for (shape, header, seen), kept in result.rows.items():
        part = from_rows(kept.found, seen, header, kept.rows, shape, scratch)
        told = Taken(part, kept.recognition, kept.rivals, kept.said, seen, kept.files)
        result.tables.append(told)
    result.rows.clear()
    return result


def _sort(
    found: Found,
    settings: Settings,
    scratch: Scratch,
    connection: DuckDBPyConnection,
    result: Sorted,
) -> None:
    said = settings.of(found.path, found.disk)
    name = re.split(r"[/!]", found.path)[-1]
    if found.top and name in _SETTINGS:
        evidence = (f"its name is {name}",)
        claim = Recognition(_SETTINGS[name], "leadline", Content.SETTINGS, 1.0, evidence)
        result.beside.append((found.path, claim, ""))
        return
    if name in _SLACK_BESIDE and found.path.endswith(f"!{name}"):
        claim = Recognition("slack-logs", "slack", Content.UNKNOWN, 0.9, (f"its name is {name}",))
        result.beside.append((found.path, claim, "passed over: it holds no messages of people"))
        return
    match nature_of(found.disk, name):
        case Nature.TEXT:
            _take_table(from_text(found, scratch), said, result)
        case Nature.WORKBOOK:
            parts, unread = from_workbook(found, scratch)
            result.unread += unread
            for part in parts:  # of a sheet something else may be said
                _take_table(part, settings.of(part.path, found.disk) or said, result)
        case Nature.PARQUET:
            _take_table(from_parquet(connection, found), said, result)
        case Nature.JSON:
            _take_document(found, parse_json(found.disk, found.path), said, result)
        case Nature.XML:
            _take_document(found, parse_xml(found.disk, found.path), said, result)
        case refused:
            what, fix = _REFUSED[refused]
            raise NoTable(what, found.path, fix)


def _take_table(part: Part, said: Override | None, result: Sorted) -> None:
    if said is not None and said.shape is not None:
        if said.shape not in BY_NAME:
            what = f"It is a table, and {said.shape} is a shape of automations."
            raise NoTable(what, part.path, "Say another shape, or none.")
        claim = as_told(said.shape, f"said so by {said.where}")
        result.tables.append(Taken(part, claim, (), said, part.path))
        return
    claimed = claims(part.header, part.sample, part.path)
    best, rivals = chosen(claimed)
    if best is None:
        result.unread.append(_unrecognised(part.path, claimed))
    else:
        result.tables.append(Taken(part, best, rivals, said, part.path))


def _unrecognised(path: str, claimed: Sequence[Recognition]) -> Unread:
    if claimed:
        near = claimed[0]
        what = f"It looks like {near.shape}, but only {near.confidence:.0%} sure: not taken for it."
        return Unread(path, what, f"If it is, say --as {near.shape} FILE.")
    what = "It is not recognised: no known export has its column names."
    return Unread(path, what, "Say what it is, as in --as plain-contacts FILE, or leave it out.")


def _take_document(found: Found, document: object, said: Override | None, result: Sorted) -> None:
    if said is not None and said.shape is not None:
        _take_as_said(found, document, said, result)
        return
    claimed: list[Recognition] = []
    for answers in ANSWERS:
        claim = answers.recognise(document, found.path)
        if claim is not None:
            claimed.append(claim)
    flows = recognise_flows(document, found.path)
    # Both may know one answer (action types): the tables take it, and hand it to the flows.
    if flows is not None and all(claim.shape != flows.shape for claim in claimed):
        claimed.append(flows)
    claimed.sort(key=lambda claim: -claim.confidence)
    if not claimed or claimed[0].confidence < LIKELY:
        what = "It is not recognised: neither an export nor a definition of automations known here."
        if claimed:
            what = f"It looks like {claimed[0].shape}, but only {claimed[0].confidence:.0%} sure."
        fix = "Say what it is, as in --as n8n-workflows FILE, or leave it out."
        result.unread.append(Unread(found.path, what, fix))
        return
    best = claimed[0]
    rivals = tuple(c for c in claimed[1:] if best.confidence - c.confidence <= CLOSE)
    if best is flows:
        result.documents.append(Document(found.path, document, best, rivals, asked_for=False))
    else:
        _take_answer(found, document, best, rivals, said, result)


def _take_as_said(found: Found, document: object, said: Override, result: Sorted) -> None:
    shape = said.shape or ""
    evidence = f"said so by {said.where}"
    if shape not in BY_NAME and shape in flow_shapes():
        claim = Recognition(shape, shape.partition("-")[0], Content.FLOWS, 1.0, (evidence,))
        result.documents.append(Document(found.path, document, claim, (), asked_for=True))
        return
    _take_answer(found, document, as_told(shape, evidence), (), said, result)


def _take_answer(
    found: Found,
    document: object,
    claim: Recognition,
    rivals: tuple[Recognition, ...],
    said: Override | None,
    result: Sorted,
) -> None:
    if claim.shape == "hubspot-action-types":
        result.action_types.append(document)
    for table in _answer_tables(found, document, claim):
        seen = found.path
        if table.shape == "slack-messages":  # a file a day: told, and loaded, by channel
            seen = re.sub(r"[/!][^/!]*$", "", found.path)
        key = (table.shape, table.header, seen)
        kept = result.rows.get(key)
        if kept is None:
            kept = result.rows[key] = _Rows(found, claim, rivals, said)
        kept.rows += table.rows
        kept.files += 1


def _answer_tables(found: Found, document: object, claim: Recognition) -> tuple[AnswerTable, ...]:
    for answers in ANSWERS:
        if claim.shape in answers.shapes:
            return answers.tables(document, found.path, claim)
    what = f"A JSON document cannot be read as {claim.shape}."
    raise NoTable(what, found.path, "Say another shape, or none.")
