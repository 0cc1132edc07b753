"""A message and the values of one contact → the mail or post that is sent.

Total: whatever is wrong is a ``RenderProblem``, a value, and decides the step's outcome.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from zoneinfo import ZoneInfo

from leadline.expression.types import Value
from leadline.message.links import Link, is_safe, links
from leadline.message.page import page
from leadline.message.template import TemplateFault, compile_template, fill_in
from leadline.message.text_part import text_part
from leadline.project.problems import quoted
from leadline.project.project import Message

MAX_SUBJECT = 250  # characters; RFC 5322 allows 998 bytes a line, people read 60

_LINE_ENDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BODY = re.compile(r"<body[^>]*>")
_HIDDEN = "display:none;max-height:0;overflow:hidden;mso-hide:all"


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """A mail ready to be put into an envelope; no field of it can add a header."""

    subject: str
    preheader: str | None
    html: str
    text: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A chat post as plain text; escaping is the connector's matter."""

    text: str


@dataclass(frozen=True, slots=True)
class RenderProblem:
    """Why nothing can be sent: a code, what is wrong, what to do.

    ``line`` is that of the message's file where it is known; ``missing`` the dotted name of a
    value that was not known.
    """

    code: str
    message: str
    fix: str
    line: int | None = None
    missing: str | None = None


Rendered = RenderedEmail | RenderedText


def render(
    message: Message, values: Mapping[str, Mapping[str, Value]], time_zone: str = "UTC"
) -> Rendered | RenderProblem:
    """Fill in ``message`` with ``values`` (scope → name → value), times shown in ``time_zone``.

    What stands in for unknown values (``if_missing``) is among the values already.
    """
    zone = ZoneInfo(time_zone)
    if message.subject is None:
        text = _plain(message.body, values, zone)
        if isinstance(text, TemplateFault):
            return _problem(text, message.body_line)
        posted = text.strip()
        return RenderedText(posted) if posted else _empty("text")
    subject = _plain(message.subject, values, zone)
    if isinstance(subject, TemplateFault):
        return _problem(subject, None)
    preheader = _plain(message.preheader or "", values, zone)
    if isinstance(preheader, TemplateFault):
        return _problem(preheader, None)
    one_line = _one_line(subject)
    if not one_line:
        return _empty("subject")
    return _email(message, one_line, _one_line(preheader) or None, values, zone)


def _email(
    message: Message,
    subject: str,
    preheader: str | None,
    values: Mapping[str, Mapping[str, Value]],
    zone: ZoneInfo,
) -> RenderedEmail | RenderProblem:
    template = compile_template(message.body)
    if isinstance(template, TemplateFault):
        return _problem(template, message.body_line)
    marks = Marks(message.body)
    marked = fill_in(template, values, zone, marks.put)
    if isinstance(marked, TemplateFault):
        return _problem(marked, message.body_line)
    skeleton = page(marked, message.format)
    if isinstance(skeleton, TemplateFault):
        return _problem(skeleton, None)
    html = marks.replaced(skeleton)
    if preheader is not None:
        hidden = f'<div style="{_HIDDEN}">{escape(preheader)}</div>'
        html = _BODY.sub(lambda found: found[0] + hidden, html, count=1)
    found = links(html)
    unsafe = next((link for link in found if not is_safe(link.address)), None)
    if unsafe is not None:
        return RenderProblem(
            "bad-link",
            f"the link {quoted(unsafe.address)} is not a web address.",
            "A link begins with https:// and has no spaces; look at the value that it comes from.",
        )
    text = text_part(html)
    if not text.strip():
        return _empty("text")
    return RenderedEmail(subject, preheader, html, text, found)


class Marks:
    """Stands letters and digits in for values, and puts the values in later, escaped.

    Markdown, MJML and the CSS inliner leave such a word alone wherever it stands: in text, in an
    address, in an attribute. The word is one that the template itself does not have.
    """

    def __init__(self, source: str) -> None:
        self._word = "llv"
        while self._word in source:
            self._word += "v"
        self._values: list[str] = []

    def put(self, value: str) -> str:
        """Keep ``value`` and give the mark for it."""
        self._values.append(value)
        return f"{self._word}{len(self._values) - 1}x"

    def replaced(self, html: str) -> str:
        """``html`` with each mark replaced by its value, as text that no browser takes for more."""
        # One pass: a value that looks like a mark is not replaced again.
        return re.sub(
            rf"{self._word}(\d+)x",
            lambda found: escape(self._values[int(found[1])]),
            html,
        )


def _plain(
    source: str, values: Mapping[str, Mapping[str, Value]], zone: ZoneInfo
) -> str | TemplateFault:
    template = compile_template(source)
    if isinstance(template, TemplateFault):
        return template
    return fill_in(template, values, zone, lambda value: value)


def _one_line(text: str) -> str:
    """A text that can stand in a header: one line, no control character, not endless."""
    line = " ".join(_LINE_ENDS.sub(" ", text).split())
    return line if len(line) <= MAX_SUBJECT else line[: MAX_SUBJECT - 1] + "…"


def _empty(what: str) -> RenderProblem:
    return RenderProblem(
        "empty-message",
        f"the {what} of the message is empty with these values.",
        "Write something that stands there in any case.",
    )


def _problem(fault: TemplateFault, first_line: int | None) -> RenderProblem:
    line = None if fault.line is None or first_line is None else fault.line + first_line - 1
    code = "missing-value" if fault.missing else "template-fault"
    return RenderProblem(code, fault.message, fault.fix, line, fault.missing)
