"""What the pages about sentences and signatures show, made from the example; run it to write them.

PYTHONPATH=src:. python -m tests.unit.blueprint.signing_pages
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from leadline.blueprint.diagram.as_mermaid import as_mermaid
from leadline.blueprint.diagram.chart import chart
from leadline.blueprint.sentences.meaning import Meaning, meaning_of
from leadline.blueprint.sentences.show import as_text
from leadline.blueprint.sentences.walk import LANGUAGES, sentences
from leadline.blueprint.signing import signature_of, standing_text, standings
from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.project import Project
from leadline.project.read import example_files
from leadline.project.write_signatures import with_signature

DOCS = Path(__file__).parents[3] / "docs"
CHECK_PAGE = DOCS / "reference" / "checks" / "not-signed.md"
HOWTO = DOCS / "howto" / "read-and-sign.md"
DAY = date(2026, 11, 28)
BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def laid_over(part: str) -> Project:
    """The example with the files that a part of a page shows."""
    shown = {m["info"].split()[1]: m["text"] for m in BLOCK.finditer(part) if " " in m["info"]}
    project, problems = parse(Files({**example_files(), **shown}))
    assert project is not None, [str(p) for p in problems]
    return project


def current_pages() -> Mapping[Path, str]:
    """The two pages with their blocks as they should be today."""
    return {CHECK_PAGE: _check_page(CHECK_PAGE.read_text("utf-8")), HOWTO: _howto()}


def _check_page(text: str) -> str:
    fails, heading, mended = text.partition("\n## Mended\n")
    project = laid_over(fails)
    made = "signatures:\n"
    for name in project.workflows:
        signature = signature_of(meaning_of(project, name), "Ann Example", DAY)
        made = with_signature(made, replace(signature, said=()))
    return fails + heading + _filled(mended, {"yaml signatures.yaml": made})


def _howto() -> str:
    project = laid_over("")
    meaning = meaning_of(project, "webinar-follow-up")
    signature = signature_of(meaning, "Ann Example", DAY)
    changed = replace(
        laid_over(
            "```yaml workflows/webinar-follow-up.yaml\n"
            + example_files()["workflows/webinar-follow-up.yaml"].replace("least 200", "least 500")
            + "```\n"
        ),
        signatures=(signature,),
    )
    shown = {
        "text en": _said(meaning, "en"),
        "text de": _said(meaning, "de"),
        "text void": standing_text(standings(changed, "webinar-follow-up")),
        "mermaid": as_mermaid(chart(meaning)),
    }
    return _filled(HOWTO.read_text("utf-8"), shown)


def _said(meaning: Meaning, language: str) -> str:
    """The sentences before the messages, which stand in the example's own files."""
    told = sentences(meaning, language)
    heading = [each.text for each in told].index(LANGUAGES[language].reading)
    return as_text(told[:heading])


def _filled(text: str, shown: Mapping[str, str]) -> str:
    """The page with the blocks of these names filled anew; each must be there."""
    left = dict(shown)

    def fill(found: re.Match[str]) -> str:
        content = left.pop(found["info"], None)
        return found[0] if content is None else f"```{found['info']}\n{content}```"

    filled = BLOCK.sub(fill, text)
    assert not left, f"the page has no block {list(left)}"
    return filled


def main() -> None:
    for page, text in current_pages().items():
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
