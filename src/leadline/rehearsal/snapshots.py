"""What each test sends, kept as text: written once, read by a person, and compared afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from zoneinfo import ZoneInfo

from leadline.journey.action import PostMessage, SendEmail
from leadline.message.render import RenderedEmail
from leadline.project.problems import quoted
from leadline.rehearsal.happened import Done, Played
from leadline.rehearsal.story import clock
from leadline.rehearsal.verdict import OUT, Miss

FOLDER = "tests/snapshots"
_TEST = "=== "
_MESSAGE = "--- "
_INDENT = "  "
_MOST = 5
"""So many differences of one message are told; the rest are counted."""

Sections = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Test → message (``mail confirmation``, ``mail confirmation (2)``) → its lines."""


@dataclass(frozen=True, slots=True)
class _Letter:
    title: str
    lines: tuple[str, ...]


def path_of(file: str) -> str:
    """Where the snapshots of a test file are kept."""
    return f"{FOLDER}/{file}.txt"


def written(file: str, played: Iterable[Played], zone: ZoneInfo) -> str:
    """The snapshots of one test file, as text."""
    out = [
        f"# What the tests of tests/{file}.yaml send, written by: leadline test --update",
        "# Read it like a letter; a change of it fails the test until it is written anew.",
    ]
    for one in played:
        letters = list(_letters(one, zone))
        if not letters:
            continue
        out += ["", _TEST + one.case.name]
        for letter in letters:
            out.append(_MESSAGE + letter.title)
            out += [f"{_INDENT}{line}".rstrip() for line in letter.lines]
    return "\n".join(out) + "\n"


def read(text: str) -> Sections:
    """The sections of a snapshot file."""
    found: dict[str, dict[str, list[str]]] = {}
    tests: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(_TEST):
            tests = found.setdefault(line.removeprefix(_TEST), {})
            lines = []
        elif line.startswith(_MESSAGE):
            lines = tests.setdefault(line.removeprefix(_MESSAGE), [])
        elif not line.startswith("#"):
            lines.append(line.removeprefix(_INDENT))
    return {
        test: {title: _trimmed(letter) for title, letter in letters.items()}
        for test, letters in found.items()
    }


def differences(played: Played, kept: Sections, zone: ZoneInfo) -> tuple[Miss, ...]:
    """Say in words where what a test sends is not what its snapshot says; none without one."""
    before = kept.get(played.case.name)
    if before is None:
        return ()
    now = {letter.title: letter.lines for letter in _letters(played, zone)}
    words = [*_changed(before, now)]
    return tuple(Miss(played.case.where, sentence) for sentence in words)


def _changed(
    before: Mapping[str, tuple[str, ...]], now: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    for title, lines in before.items():
        if title not in now:
            yield f"the snapshot has the {title}; it was not sent."
        else:
            yield from _told(title, lines, _trimmed(list(now[title])))
    for title in now:
        if title not in before:
            yield f"the {title} was sent; the snapshot does not have it."


def _told(title: str, before: tuple[str, ...], now: tuple[str, ...]) -> Iterator[str]:
    found = list(_line_differences(before, now))
    for sentence in found[:_MOST]:
        yield f"the {title} {sentence}"
    if len(found) > _MOST:
        yield f"the {title} differs in {len(found) - _MOST} more places from the snapshot."


def _line_differences(before: tuple[str, ...], now: tuple[str, ...]) -> Iterator[str]:
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        old, new = (
            " ".join(line for line in part if line)
            for part in (before[start:end], now[new_start:new_end])
        )
        if old and new:
            yield f"says {_shown(new)}; the snapshot says {_shown(old)}."
        elif new:
            yield f"says {_shown(new)}, which the snapshot does not."
        elif old:
            yield f"does not say {_shown(old)} any more, which the snapshot does."


def _shown(text: str) -> str:
    return f'"{text}"' if len(text) <= 80 else quoted(text)


def _trimmed(lines: list[str]) -> tuple[str, ...]:
    while lines and not lines[-1].strip():
        lines.pop()
    return tuple(line.rstrip() for line in lines)


def _letters(played: Played, zone: ZoneInfo) -> Iterator[_Letter]:
    seen: dict[str, int] = {}
    for done in played.done:
        if done.sent is None or done.state not in OUT:
            continue
        title = _title(done, played.case.workflow)
        seen[title] = seen.get(title, 0) + 1
        if seen[title] > 1:
            title = f"{title} ({seen[title]})"
        yield _Letter(title, tuple(_lines(done, zone)))


def _title(done: Done, workflow: str) -> str:
    kind = "mail" if isinstance(done.action, SendEmail) else "post"
    step = done.action.key.step
    return f"{kind} {step}" if done.workflow == workflow else f"{kind} {done.workflow}/{step}"


def _lines(done: Done, zone: ZoneInfo) -> Iterator[str]:
    action = done.action
    if isinstance(action, SendEmail):
        yield f"To: {action.to}"
    elif isinstance(action, PostMessage):
        yield f"Channel: {action.channel}"
    yield f"At: {clock(done.at, zone)}"
    if isinstance(done.sent, RenderedEmail):
        yield f"Subject: {done.sent.subject}"
        if done.sent.preheader:
            yield f"Preheader: {done.sent.preheader}"
        yield ""
        yield from done.sent.text.splitlines()
    elif done.sent is not None:
        yield from done.sent.text.splitlines()
