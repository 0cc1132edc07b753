"""Small projects with what must be found in them; one file each, read by this module.

``tests/broken/<name>.yaml``:

    says: a late mail helps nobody            # what is broken, in a sentence
    files:                                    # laid over the example project
      workflows/webinar.yaml:                 # a list of [ old, new ] changes, each made once
        - [ "    not_after: event.starts_at\\n", "" ]
      events.yaml: |                          # or the whole text
        webinar.registered: { ... }
      messages/hot-lead.md: null              # or nothing: the file is taken away
    finds:                                    # exactly these, whatever their order; [] for none
      - late-message at workflows/webinar.yaml:22
    environment: prod                         # left out: none is asked about
    before: {}                                # what is deployed there, as changes over the example;
                                              # left out: nothing is known about it
    over: nothing                             # left out: over the example project
    today: 2026-11-28                         # left out: this day

A project that finds nothing is a correct one; its name begins with "ok-".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from leadline.blueprint.check import Subject
from leadline.blueprint.verdict import Verdict, verdict
from leadline.journey.compiled import CompiledProject, compile_project
from leadline.message.inspect import variables
from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.project import Project
from leadline.project.read import example_files
from tests.unit.project.changed import texts

FOLDER = Path(__file__).parent
TODAY = date(2026, 11, 28)
KEYS = {"says", "files", "finds", "environment", "before", "over", "today"}

Changes = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One project, and what must be found in it as ``code at file:line``."""

    name: str
    says: str
    texts: dict[str, str]
    finds: tuple[str, ...]
    environment: str | None
    before: dict[str, str] | None
    today: date


def cases() -> tuple[Case, ...]:
    """Every project of this folder, by name."""
    return tuple(_case(path) for path in sorted(FOLDER.glob("*.yaml")))


def _case(path: Path) -> Case:
    stated = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(stated) <= KEYS, (path.name, set(stated) - KEYS)
    # The example's own tests are about the example as it stands; production asks for them.
    whole = example_files() if stated.get("environment") == "prod" else texts()
    ground = {} if stated.get("over") == "nothing" else whole
    before = stated.get("before")
    return Case(
        name=path.stem,
        says=stated["says"],
        texts=laid_over(ground, stated["files"]),
        finds=tuple(stated["finds"]),
        environment=stated.get("environment"),
        before=None if before is None else laid_over(texts(), before),
        today=stated.get("today", TODAY),
    )


def laid_over(ground: dict[str, str], changes: Changes) -> dict[str, str]:
    """Files with changes made: a whole text, nothing, or a list of [old, new]."""
    texts = dict(ground)
    for path, change in changes.items():
        if change is None:
            del texts[path]
        elif isinstance(change, str):
            texts[path] = change
        else:
            for old, new in change:
                assert old in texts[path], (path, old)
                texts[path] = texts[path].replace(old, new, 1)
    return texts


def compiled(texts: dict[str, str]) -> CompiledProject:
    """A project compiled, which must have no error."""
    project, problems = parse(Files(texts))
    assert project is not None, [str(p) for p in problems]
    return compile_project(project, {n: variables(m) for n, m in project.messages.items()})


def judged(case: Case) -> Verdict:
    """What Leadline says of the project."""
    before = None if case.before is None else compiled(case.before)

    def look(project: Project) -> Subject:
        return Subject(project, case.today, environment=case.environment, before=before)

    return verdict(Files(case.texts), look)


def found(case: Case) -> list[str]:
    """The findings as a case names them."""
    return sorted(f"{p.code} at {p.where.file}:{p.where.line}" for p in judged(case).problems)
