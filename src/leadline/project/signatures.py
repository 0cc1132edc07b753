"""Who signed what a workflow means: signatures.yaml as typed values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from leadline.project.problems import Where


@dataclass(frozen=True, slots=True)
class Signature:
    """One person has read a workflow in a language, and signed that meaning (its hash).

    ``said`` are the lines that were read, so that a change can be named later; empty where they
    were not kept.
    """

    workflow: str
    by: str
    on: date
    language: str
    meaning: str
    where: Where
    note: str | None = None
    said: tuple[str, ...] = ()
