"""Commands on what a workflow means: explain it in sentences, and sign it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from leadline.blueprint.diagram.as_mermaid import as_mermaid
from leadline.blueprint.diagram.as_svg import as_svg
from leadline.blueprint.diagram.chart import chart
from leadline.blueprint.sentences.meaning import Meaning, meaning_hash, meaning_of
from leadline.blueprint.sentences.show import as_markdown, as_text
from leadline.blueprint.sentences.walk import sentences
from leadline.blueprint.signing import Standing, signature_of, standing_text, standings
from leadline.cli.options import ProjectOption
from leadline.cli.output import json_line
from leadline.environment import project_directory
from leadline.errors import LeadlineError, UsageError
from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.problems import Severity, did_you_mean, listed, quoted
from leadline.project.project import Project
from leadline.project.read import MAX_FILE_BYTES, read_files
from leadline.project.write_signatures import SIGNATURES, with_signature
from leadline.release.deploy import refusal


class Language(StrEnum):
    """The languages in which workflows are said."""

    ENGLISH = "en"
    GERMAN = "de"


class Format(StrEnum):
    """How an explanation is written."""

    TEXT = "text"
    MARKDOWN = "md"
    MERMAID = "mermaid"
    SVG = "svg"
    JSON = "json"


WorkflowArgument = Annotated[str, typer.Argument(help="The workflow: its file without .yaml.")]
LanguageOption = Annotated[Language, typer.Option("--language", help="en or de.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("explain", short_help="Say a workflow in plain sentences, or draw it.")(explain)
    app.command("sign", short_help="Sign what a workflow means, as you have read it.")(sign)


def explain(
    workflow: WorkflowArgument,
    language: LanguageOption = Language.ENGLISH,
    format_: Annotated[
        Format, typer.Option("--format", help="text, md, mermaid, svg or json.")
    ] = Format.TEXT,
    project: ProjectOption = None,
) -> None:
    """Say everything that a workflow does in plain sentences, failures included; or draw it.

    As text it ends with who signed it, and whether that still holds.
    """
    parsed = _sound(read_files(project_directory(project)))
    meaning = _meaning(parsed, workflow)
    match format_:
        case Format.TEXT:
            typer.echo(as_text(sentences(meaning, language)))
            typer.echo(standing_text(standings(parsed, workflow), language), nl=False)
        case Format.MARKDOWN:
            typer.echo(as_markdown(sentences(meaning, language)), nl=False)
        case Format.MERMAID:
            typer.echo(as_mermaid(chart(meaning, language)), nl=False)
        case Format.SVG:
            typer.echo(as_svg(chart(meaning, language)), nl=False)
        case Format.JSON:
            json_line(_as_json(meaning, language, standings(parsed, workflow)))


def sign(
    workflow: WorkflowArgument,
    signer: Annotated[str, typer.Option("--as", help="Who signs: a name or an address.")],
    note: Annotated[
        str | None, typer.Option("--note", help="What shall be remembered with it.")
    ] = None,
    language: LanguageOption = Language.ENGLISH,
    project: ProjectOption = None,
) -> None:
    """Sign what a workflow means today, as `leadline explain` says it.

    The signature stands in signatures.yaml. A change of meaning voids it; a comment, the order
    of keys or formatting does not.
    """
    directory = project_directory(project)
    files = read_files(directory)
    parsed = _sound(files)
    meaning = _meaning(parsed, workflow)
    for name, text in (("--as", signer), ("--note", note)):
        if text is not None and (not text.strip() or not text.isprintable()):
            raise UsageError(f"{name} should be one line of text.", fix="Write a name or a note.")
    if any(each.holds and each.signature.by == signer for each in standings(parsed, workflow)):
        typer.echo(f"{quoted(signer)} has signed this already, and the signature holds.")
        return
    today = datetime.now(UTC).astimezone(ZoneInfo(parsed.time_zone)).date()
    text = with_signature(
        files.texts.get(SIGNATURES), signature_of(meaning, signer, today, language, note)
    )
    _refuse_lost(files, parsed, text)
    (directory / SIGNATURES).write_text(text, encoding="utf-8")
    typer.echo(
        f"{quoted(signer)} has signed {quoted(workflow)} on {today}: meaning "
        f"{meaning_hash(meaning)[:12]}, in {SIGNATURES}."
    )


def _sound(files: Files) -> Project:
    """The project; raises ProjectInvalid where it cannot be understood.

    What checks say of it does not matter here: what a workflow means can be read all the same.
    """
    project, problems = parse(files)
    if project is None:
        raise refusal(each for each in problems if each.severity is Severity.ERROR)
    return project


def _meaning(project: Project, workflow: str) -> Meaning:
    if workflow not in project.workflows:
        known = f"Workflows here are {listed(project.workflows)}."
        raise UsageError(
            f"There is no workflow {quoted(workflow)}.",
            fix=did_you_mean(workflow, project.workflows, known),
        )
    return meaning_of(project, workflow)


def _refuse_lost(files: Files, project: Project, text: str) -> None:
    """Raise where the file with the new signature would not be read as the old one and it."""
    parsed, _ = parse(Files({**files.texts, SIGNATURES: text}))
    added = () if parsed is None else parsed.signatures[:-1]
    if [s.meaning for s in added] != [s.meaning for s in project.signatures]:
        raise LeadlineError(
            "a signature cannot be added to this file as it is written.",
            where=SIGNATURES,
            fix="Let the list below signatures: be the last thing in it, one item below the other.",
        )
    if len(text.encode()) > MAX_FILE_BYTES:
        raise LeadlineError(
            "with this signature the file would be larger than 1 MB.",
            where=SIGNATURES,
            fix="Remove signatures that no longer hold; git keeps them.",
        )


def _as_json(meaning: Meaning, language: Language, found: tuple[Standing, ...]) -> object:
    return {
        "workflow": meaning.workflow.name,
        "language": language.value,
        "meaning": meaning_hash(meaning),
        "sentences": [
            {"depth": each.depth, "part": each.part.value, "step": each.step, "text": each.text}
            for each in sentences(meaning, language)
        ],
        "signatures": [
            {
                "by": each.signature.by,
                "on": each.signature.on,
                "language": each.signature.language,
                "note": each.signature.note,
                "holds": each.holds,
                "changes": each.changes,
            }
            for each in found
        ],
    }
