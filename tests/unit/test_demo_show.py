"""What the demo prints can be read on 80 columns, whatever the figures."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from leadline.demo.outcome import Connection, Result
from leadline.demo.reconcile import STATES, Difference
from leadline.demo.show import Screen, nearest, print_next, print_result
from leadline.store.report import StateCount

ONE = Connection(
    settles="verified (read-back)",
    intended=47_900,
    confirmed=47_888,
    held=2,
    lost=0,
    duplicated=0,
    calls=4_800,
    throttled_calls_caused=0,
    makespan_s=3479.31,
    attainable_bound_s=3421.4,
    ambiguous=2,
)
COUNTS: Mapping[str, int] = {
    **dict.fromkeys(STATES, 0),
    "confirmed": 47_888,
    "accepted": 95_776,
    "dead": 30,
    "held": 6,
    "intended": 143_700,
    "lost": 0,
    "duplicated": 0,
}
RESULT = Result(
    directory=Path("/home/ann/leadline-demo-1"),
    registrations=50_000,
    people=47_900,
    counts=COUNTS,
    throttled_calls_caused=0,
    makespan_s=3479.31,
    attainable_bound_s=3421.4,
    physical_bound_s=3400.0,
    connections={"mail": ONE, "hubspot": ONE, "slack": ONE},
    naive={
        "reported_success": 612,
        "reached": 4,
        "lost": 140_113,
        "duplicated": 12,
        "throttled_calls_caused": 20_155,
    },
    differences=(),
)


def shown(result: Result, width: int) -> str:
    text = io.StringIO()
    print_result(Console(file=text, width=width), result)
    return text.getvalue()


@pytest.mark.parametrize("width", [80, 140])
def test_the_table_fits_and_nothing_is_cut(width: int) -> None:
    text = shown(RESULT, width)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "…" not in text
    assert (
        "hubspot    47,900  47,888      10     2     0        0         0  3479 s  3421 s" in text
    )
    assert "143,700 effects intended: 47,888 confirmed, 95,776 accepted, 30 dead, 6 held." in text
    assert "Ledger and books agree in every row." in " ".join(text.split())


def test_what_disagrees_is_named_and_the_verdict_says_so() -> None:
    differences = tuple(Difference("mail", f"k{n}", f"k{n} arrived 2 times") for n in range(12))
    text = shown(replace(RESULT, differences=differences), 80)
    assert text.count("arrived 2 times") == 10
    assert "DIFFERS  2 more rows." in text
    assert "do NOT agree" in text
    assert "agree in every row" not in " ".join(text.split())


def test_what_still_waits_is_said() -> None:
    counts = {**COUNTS, "waiting": 3, "intended": 143_703}
    assert "3 effects were still waiting" in shown(replace(RESULT, counts=counts), 80)


def test_the_next_commands_are_ones_that_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = io.StringIO()
    directory = tmp_path / "leadline-demo-1"
    print_next(Console(file=text, width=80), replace(RESULT, directory=directory))
    assert "cd leadline-demo-1\n" in text.getvalue()
    assert nearest(Path("/elsewhere/demo"), tmp_path) == "/elsewhere/demo"


def test_off_a_terminal_progress_is_a_line_now_and_then() -> None:
    text = io.StringIO()
    with Screen(Console(file=text, width=80)) as screen:
        screen.counts(0.0, [], {})
        for at_s in (1.0, 2.0, 7.0):
            screen.counts(at_s, [StateCount("w", "mail", "s", "pending", 3)], {"smtp": 1})
    assert [line.split("mail")[0].strip() for line in text.getvalue().splitlines()] == [
        "1 s",
        "7 s",
    ]


def test_on_a_terminal_the_script_is_shown_beside() -> None:
    text = io.StringIO()
    with Screen(Console(file=text, width=80, force_terminal=True)) as screen:
        screen.counts(1.0, [StateCount("w", "mail", "s", "confirmed", 3)], {"smtp": 17})
    assert "plain script" in text.getvalue()
    assert "17" in text.getvalue()
