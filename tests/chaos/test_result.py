"""The end of a run says what was found, or that the harness broke off: not the same thing."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx
import pytest

from tests.chaos import __main__ as command
from tests.chaos import run as running
from tests.chaos.check import judged
from tests.chaos.history import History, Recorder, Sent, Struck
from tests.chaos.made import T0, correct
from tests.chaos.result import BROKEN_OFF, HOLDS, VIOLATED, BrokenOff, Result, Trial, strikes
from tests.chaos.stage import Process, Stage, VendorEnded

TRIAL = Trial(7, 1200.0)


def result(history: History, crashes: tuple[str, ...] = ()) -> Result:
    verdicts, figures = judged(history)
    return Result(
        TRIAL, Path("there"), verdicts, figures, strikes(history), {}, crashes, {"judged in": 0.1}
    )


def test_the_end_of_a_run_says_all_that_a_closing_note_quotes() -> None:
    found = result(correct())
    report = found.report()
    assert found.exit_code == HOLDS
    assert report.startswith("seed 7, 20 minutes of faults, 3 workers\n")
    assert (
        "  7 events, 5 enrollments, 12 actions, 9 effects, 3 doubted, 1 held, 0 unknown" in report
    )
    assert "  faults: 3: 1 freeze worker, 1 kill worker, 1 suppress" in report
    assert report.endswith("HOLDS: 0 violations of 13 invariants judged, 0 crashes")


def test_a_violation_and_a_crash_are_told_with_where_to_look() -> None:
    spoilt = tuple(line for line in correct() if not isinstance(line, Sent))
    assert result(spoilt).exit_code == HOLDS  # what was not recorded is not judged
    bad = result((*correct(), Sent(T0, "m-zoe", 1, "registered", "zoe@x.example")), ("w1 ended",))
    assert bad.exit_code == VIOLATED
    assert "  history and logs: there" in bad.report()
    assert "VIOLATED: 1 violations of 13 invariants judged, 1 crashes" in bad.report()


def test_a_harness_that_fails_is_broken_off_and_not_violated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails(directory: Path, *rest: object) -> Stage:
        book = Recorder(directory / "nemesis.jsonl")
        book.write(Struck(T0, T0 + 1, "kill worker", "w1"))
        book.close()
        with (directory / "nemesis.jsonl").open("a") as file:
            file.write('{"recorder":"neme')
        raise ExceptionGroup("tasks", [httpx.ConnectTimeout("the vendor does not answer")])

    monkeypatch.setattr(running, "set_up", fails)
    monkeypatch.setattr(running.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["chaos", "--minutes", "1", "--seed", "7"])
    assert command.main() == BROKEN_OFF
    told = capsys.readouterr().out
    assert "why: ConnectTimeout: the vendor does not answer" in told
    assert "faults: 1 kill worker" in told
    assert "history and logs: " in told
    assert "BROKEN OFF" in told
    assert "violations" not in told
    assert len(list(tmp_path.glob("*/nemesis.jsonl"))) == 1


def test_a_vendor_that_ends_by_itself_breaks_the_run_off(tmp_path: Path) -> None:
    process = Process("vendor", ["this"], tmp_path / "vendor.log", {})
    process.start()  # python -m this NAME: it prints something and ends
    assert process.running is not None
    process.running.wait()
    stage = Stage(tmp_path, "", "", "", process, Process("intake", [], tmp_path / "i.log", {}), [])
    with pytest.raises(VendorEnded, match=r"It ended with 0: .*Zen"):
        stage.look()


def test_a_run_that_broke_off_says_each_of_its_reasons() -> None:
    both = ExceptionGroup("a", [ValueError("one"), ExceptionGroup("b", [OSError("two")])])
    assert str(BrokenOff(TRIAL, Path("there"), both)) == "ValueError: one; OSError: two"
