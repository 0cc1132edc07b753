"""Writes the pages of codes whose examples stand in ``check_examples``, and the index of all.

PYTHONPATH=src:. python -m tests.unit.blueprint.check_pages
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from leadline.blueprint.codes import EXPLANATIONS, may_silence
from leadline.blueprint.judge import CHECKS
from leadline.project.explanation import Explanation
from leadline.project.problems import Problem, Severity, Where
from leadline.project.read import example_files
from tests.unit.blueprint.check_examples import EXAMPLES, NOT_SHOWN, Change, Example

PAGES = Path(__file__).parents[3] / "docs" / "reference" / "checks"
_KINDS = {".yaml": "yaml", ".yml": "yaml", ".md": "markdown"}


def written() -> dict[str, str]:
    """Every page that is made here, by file name."""
    pages = {
        f"{code}.md": _page(EXPLANATIONS[code], EXAMPLES.get(code))
        for code in sorted({*EXAMPLES, *NOT_SHOWN})
    }
    return pages | {"README.md": _index()}


def _page(said: Explanation, example: Example | None) -> str:
    article = "an" if said.severity is Severity.ERROR else "a"
    may = _may(said)
    parts = [
        f"# {said.title}",
        f"`{said.code}`, {article} {said.severity.value}. {may}",
        f"**For marketing.** {said.marketer}",
        f"**For engineers.** {said.engineer}",
        f"**What to do.** {said.mend}",
    ]
    if example is None:
        return "\n\n".join([*parts, f"No example: {NOT_SHOWN[said.code]}."]) + "\n"
    ground = laid_over(plain(), example.ground)
    fails, mended = laid_over(ground, example.fails), laid_over(ground, example.mended)
    paths = [p for p in fails | mended if fails.get(p) != plain().get(p) or p in _paths(example)]
    if example.before:
        parts.append("The example project is deployed already.")
    parts += ["## Fails", *(_block(p, fails[p]) for p in paths if p in fails)]
    return "\n\n".join([*parts, "## Mended", *_mended(paths, mended)]) + "\n"


def _mended(paths: list[str], mended: dict[str, str]) -> list[str]:
    """The files as they should be; of one that is to go, a sentence."""
    return [_block(p, mended[p]) if p in mended else f"`{p}` is deleted." for p in paths]


def _paths(example: Example) -> set[str]:
    return {path for path, _, _ in (*example.fails, *example.mended, *example.ground)}


def _may(said: Explanation) -> str:
    problem = Problem(said.code, "", Where(""), "", said.severity)
    return "May be silenced for a while." if may_silence(problem) else "Cannot be silenced."


def plain() -> dict[str, str]:
    """The example project without its comments, so that examples stay short."""
    return {
        path: re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE).lstrip("\n")
        if path.endswith("yaml")
        else text
        for path, text in example_files().items()
    }


def laid_over(ground: dict[str, str], changes: tuple[Change, ...]) -> dict[str, str]:
    """Files with each change made once; without an old text the new one is the whole file."""
    texts = dict(ground)
    for path, old, new in changes:
        if old:
            assert old in texts[path], (path, old)
        texts[path] = texts[path].replace(old, new, 1) if old else new
    return texts


def _block(path: str, text: str) -> str:
    ending = "" if text.endswith("\n") else "\n"
    return f"```{_KINDS[Path(path).suffix]} {path}\n{text}{ending}```"


def _index() -> str:
    lines = [
        "# What `leadline check` can find",
        "Errors refuse a deploy; warnings and notes do not. `leadline check --explain CODE` says "
        "the same in the terminal.",
        "A finding is accepted for a while in the file where it stands, with a reason and the last "
        "day on which that holds. In workflows and systems:",
        "```yaml\nsilence:\n  - { check: late-message, because: the list is small, "
        "until: 2027-01-31 }\n```",
        "Files that are a list of names (`data/contact.yaml`, `events.yaml`) and messages have no "
        "place for it: there `leadline.yaml` says which file is meant.",
        "```yaml\nsilence:\n  - { check: unused-message, in: messages/old.md, "
        "because: for the fair, until: 2027-01-31 }\n```",
        "After that day the finding counts again, and the line is named. What was silenced is "
        "listed at the end of every check. Errors can be silenced only where the page says so.",
        "## Checks of what would go wrong",
        *_table(code for code in EXPLANATIONS if code in CHECKS),
        "## What cannot be read, or is not whole",
        *_table(code for code in EXPLANATIONS if code not in CHECKS),
    ]
    return "\n\n".join(lines) + "\n"


def _table(codes: Iterable[str]) -> Iterator[str]:
    rows = [
        f"| [`{c}`]({c}.md) | {EXPLANATIONS[c].severity.value} | {EXPLANATIONS[c].title} |"
        for c in codes
    ]
    yield "\n".join(["| code | | |", "|---|---|---|", *rows])


if __name__ == "__main__":
    for name, text in written().items():
        (PAGES / name).write_text(text, encoding="utf-8")
