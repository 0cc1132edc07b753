"""Whether what somebody signed is still what a workflow means, and what changed where it is not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from leadline.blueprint.sentences.meaning import Meaning, meaning_hash, meaning_of
from leadline.blueprint.sentences.show import as_text
from leadline.blueprint.sentences.walk import LANGUAGES, sentences
from leadline.expression.spoken import day, in_quotes
from leadline.project.problems import Where
from leadline.project.project import Project
from leadline.project.signatures import Signature
from leadline.project.write_signatures import MOST_LINES, SIGNATURES


@dataclass(frozen=True, slots=True)
class Standing:
    """One signature today. ``changes`` are lines of text: taken away "- …", added "+ …", and
    above them, after two spaces, what they belong to; empty where the signature holds, or where
    the lines that were read do not show the change."""

    signature: Signature
    holds: bool
    changes: tuple[str, ...] = ()


def standings(project: Project, workflow: str) -> tuple[Standing, ...]:
    """The last signature of each person under a workflow. KeyError for an unknown workflow."""
    meaning = meaning_of(project, workflow)
    now = meaning_hash(meaning)
    last = {s.by: s for s in project.signatures if s.workflow == workflow}
    return tuple(
        Standing(each, holds=True)
        if each.meaning == now
        else Standing(each, holds=False, changes=_changes(each, meaning))
        for each in last.values()
    )


def standing_text(found: Sequence[Standing], language: str = "en") -> str:
    """Who signed a workflow, and whether it still holds, in sentences."""
    words = LANGUAGES[language]
    if not found:
        return f"{words.not_signed}\n"
    lines: list[str] = []
    for each in found:
        signature = each.signature
        note = "" if signature.note is None else in_quotes(signature.note, words.spoken)
        form = words.void if each.changes else words.void_unseen
        form = words.signed if each.holds else form
        lines.append(
            form.format(
                by=in_quotes(signature.by, words.spoken),
                date=day(signature.on, words.spoken),
                note=words.note.format(note=note) if note else "",
            )
        )
        lines += [f"  {change}" for change in each.changes]
    return "".join(f"{line}\n" for line in lines)


def signature_of(
    meaning: Meaning, by: str, on: date, language: str = "en", note: str | None = None
) -> Signature:
    """Sign a meaning: what ``leadline sign`` writes."""
    said = lines_said(meaning, language)
    return Signature(
        workflow=meaning.workflow.name,
        by=by,
        on=on,
        language=language,
        meaning=meaning_hash(meaning),
        where=Where(SIGNATURES),
        note=note,
        said=said if len(said) <= MOST_LINES else (),
    )


def lines_said(meaning: Meaning, language: str) -> tuple[str, ...]:
    """The lines that somebody reads before signing, without the empty ones between."""
    return tuple(line for line in as_text(sentences(meaning, language)).split("\n") if line.strip())


def _changes(signature: Signature, meaning: Meaning) -> tuple[str, ...]:
    if not signature.said:
        return ()
    return tuple(differences(signature.said, lines_said(meaning, signature.language)))


def differences(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """What was taken away and what was added, each below the lines that it belongs to.

    >>> list(differences(["a", "  b", "    c"], ["a", "  b", "    d"]))
    ['    b', '-     c', '+     d']
    """
    told: list[str] = []
    matched = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, i, j, m, n in matched.get_opcodes():
        if kind == "equal":
            continue
        for lines, sign, part in ((before, "-", range(i, j)), (after, "+", range(m, n))):
            for at in part:
                above = [f"  {lines[p]}" for p in _above(lines, at) if p not in part]
                if above != told[: len(above)]:
                    yield from above
                    told = above
                yield f"{sign} {lines[at]}"


def _above(lines: Sequence[str], at: int) -> tuple[int, ...]:
    """The lines to which a line belongs, outermost first, but for the heading above all."""
    found: list[int] = []
    depth = _depth(lines[at])
    for number in range(at - 1, -1, -1):
        if _depth(lines[number]) < depth:
            depth = _depth(lines[number])
            if depth == 0:
                break
            found.append(number)
    return tuple(reversed(found))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def unsigned(
    project: Project, workflows: Iterable[str]
) -> Iterator[tuple[str, tuple[Standing, ...]]]:
    """The workflows whose meaning of today nobody has signed, with the signatures that are void."""
    for name in workflows:
        found = standings(project, name)
        if not any(each.holds for each in found):
            yield name, found
