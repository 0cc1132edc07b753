"""Whatever a contact typed into a form, the mail has the structure that its author gave it."""

from __future__ import annotations

import re
from email.message import EmailMessage
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.message.render import RenderedEmail, RenderedText, RenderProblem, render
from leadline.project.problems import Where
from leadline.project.project import Message

BODIES = {
    "md": "# Hi {{ contact.a }}\n\n- {{ contact.a }}: **{{ contact.b }}**\n\n"
    "> {{ contact.b }}\n\n`{{ contact.a }}` and [{{ contact.b }}](https://acme.example)",
    "mjml": "<mjml><mj-body><mj-section><mj-column><mj-text>{{ contact.a }} <b>{{ contact.b }}</b>"
    '</mj-text><mj-image alt="{{ contact.a }}" src="https://acme.example/x.png"/>'
    "</mj-column></mj-section></mj-body></mjml>",
}
SIGNS = st.text(
    st.sampled_from([*"<>&\"'*_`#[]()!|\\{}%-:/.\r\n\t\x00\u2028 ab1é", "\ud800"]),
    max_size=40,
)
TEXTS = st.one_of(st.text(max_size=60), SIGNS)


def mail(kind: str) -> Message:
    body = BODIES[kind]
    return Message("messages/x", kind, "{{ contact.a }}!", "{{ contact.b }}", body, Where("x"), 1)


class Shape(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))


def shape(rendered: object) -> list[tuple[str, tuple[str, ...]]]:
    assert isinstance(rendered, RenderedEmail), rendered
    return Shape(rendered.html).tags


@settings(max_examples=300)
@given(kind=st.sampled_from(["md", "mjml"]), a=TEXTS, b=TEXTS.filter(str.strip))
def test_no_value_changes_the_structure_of_a_mail(kind: str, a: str, b: str) -> None:
    rendered = render(mail(kind), {"contact": {"a": a, "b": f"b{b}"}})
    assert shape(rendered) == shape(render(mail(kind), {"contact": {"a": "x", "b": "y"}}))


@given(a=TEXTS, b=TEXTS)
def test_no_value_adds_a_header(a: str, b: str) -> None:
    rendered = render(mail("md"), {"contact": {"a": a, "b": b}})
    assert isinstance(rendered, RenderedEmail)
    message = EmailMessage()
    message["Subject"] = rendered.subject
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    assert message.as_bytes().split(b"\n\n")[0].count(b"Subject:") == 1
    assert rendered.subject.isprintable() or not re.search(
        r"[\x00-\x1f\x7f\u2028]", rendered.subject
    )


@settings(max_examples=300)
@given(st.text(max_size=200), TEXTS)
def test_any_template_gives_a_mail_or_a_problem(body: str, value: str) -> None:
    message = Message("messages/x", "md", None, None, body or "x", Where("x"), 1)
    assert isinstance(render(message, {"contact": {"a": value}}), RenderedText | RenderProblem)


PARTS = [
    "{{", "}}", "{%", "%}", " contact.a ", " if ", " endif ", " for i in (1..9) ", " endfor ",
    " | ",
    "default: 'x'", "upcase", "date: '%Y'", "split: ''", "times: 9999999999", "'", '"', "-", "\n",
    " assign x = ", " contact.n ", "x", " plus: ", " contact.missing ", "truncate: 3",
    "slice: -5, 99",
    " round: 400 ", " divided_by: 0.0 ", " case ", " when ", " endcase ", " comment ", "# ",
]  # fmt: skip


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PARTS), max_size=25).map("".join))
def test_any_liquid_gives_a_mail_or_a_problem(body: str) -> None:
    message = Message("messages/x", "md", "Subject", None, body or "x", Where("x"), 1)
    values = {"contact": {"a": "Ann", "n": 10**28}}
    rendered = render(message, values)  # type: ignore[arg-type]
    assert isinstance(rendered, RenderedEmail | RenderProblem)
