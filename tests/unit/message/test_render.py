"""What becomes of a message and the values of one contact."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from leadline.expression.types import Value
from leadline.message.links import Link
from leadline.message.render import (
    MAX_SUBJECT,
    RenderedEmail,
    RenderedText,
    RenderProblem,
    render,
)
from leadline.project.problems import Where
from leadline.project.project import Message

VALUES: dict[str, dict[str, Value]] = {
    "contact": {
        "first_name": "Ann",
        "last_name": None,
        "size": Decimal(250),
        "score": Decimal("0.1"),
        "vip": True,
        "born": date(1990, 5, 3),
    },
    "event": {
        "title": "Growth & you",
        "starts_at": datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
        "url": "https://acme.example/join?a=1&b=2",
    },
}


def mail(
    body: str, subject: str = "Hello", *, kind: str = "md", preheader: str | None = None
) -> Message:
    return Message("messages/x", kind, subject, preheader, body, Where("messages/x.md"), 4)


def post(body: str) -> Message:
    return Message("messages/x", "md", None, None, body, Where("messages/x.md"), 1)


def sent(message: Message, values: dict[str, dict[str, Value]] = VALUES) -> RenderedEmail:
    rendered = render(message, values, "Europe/Berlin")
    assert isinstance(rendered, RenderedEmail), rendered
    return rendered


def posted(body: str) -> str:
    rendered = render(post(body), VALUES, "Europe/Berlin")
    assert isinstance(rendered, RenderedText), rendered
    return rendered.text


def refused(message: Message, values: dict[str, dict[str, Value]] = VALUES) -> RenderProblem:
    rendered = render(message, values, "Europe/Berlin")
    assert isinstance(rendered, RenderProblem), rendered
    assert rendered.message.endswith(".")
    assert rendered.fix.endswith(".")
    return rendered


def test_markdown_becomes_html_and_text() -> None:
    rendered = sent(
        mail("# Hi {{ contact.first_name }}\n\n- **one**\n- [Join]({{ event.url }})\n\n1. a\n2. b")
    )
    assert ">Hi Ann</h1>" in rendered.html
    assert "<strong>one</strong>" in rendered.html
    assert 'href="https://acme.example/join?a=1&amp;b=2"' in rendered.html
    assert rendered.links == (Link("https://acme.example/join?a=1&b=2", "Join"),)
    assert rendered.text == (
        "Hi Ann\n\n- one\n- Join (https://acme.example/join?a=1&b=2)\n\n1. a\n2. b\n"
    )


def test_styles_stand_where_mail_programs_keep_them() -> None:
    rendered = sent(mail("[a](https://acme.example)"))
    assert 'style="color: #0b57d0;"' in rendered.html
    assert "<style" not in rendered.html


def test_a_value_is_text_and_never_markup() -> None:
    evil = "<b>*x*</b> [click](https://evil.example) `code`\n\n# big {{ event.title }} {% if %}"
    values = {**VALUES, "contact": {"first_name": evil}}
    rendered = sent(mail("Hello {{ contact.first_name }}!", "For {{ contact.first_name }}"), values)
    assert "&lt;b&gt;*x*&lt;/b&gt; [click](https://evil.example)" in rendered.html
    assert rendered.links == ()
    assert rendered.text.startswith("Hello <b>*x*</b> [click](https://evil.example)")
    assert rendered.subject.startswith("For <b>*x*</b> [click]")


def test_html_in_a_message_is_shown_as_text() -> None:
    assert "&lt;script&gt;" in sent(mail("<script>alert(1)</script>")).html


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "acme.example", "https://a b.example", ""]
)
def test_a_value_that_is_no_web_address_is_not_sent_as_a_link(value: str) -> None:
    values = {"event": {"url": value}}
    assert refused(mail("[Join]({{ event.url }})"), values).code == "bad-link"


def test_a_quote_in_a_value_cannot_leave_its_attribute() -> None:
    values = {"event": {"url": 'https://acme.example/"onmouseover="x'}}
    rendered = sent(mail("[Join]({{ event.url }})"), values)
    assert 'onmouseover="x' not in rendered.html
    assert rendered.links[0].address == 'https://acme.example/"onmouseover="x'


def test_a_subject_cannot_add_a_header() -> None:
    values = {"event": {"title": "x\r\nBcc: all@acme.example\x00\u2028y"}}
    rendered = sent(mail("Hi", "About {{ event.title }}"), values)
    assert rendered.subject == "About x Bcc: all@acme.example y"


def test_a_subject_has_an_end() -> None:
    rendered = sent(mail("Hi", "{{ event.title }}"), {"event": {"title": "x" * 2000}})
    assert len(rendered.subject) == MAX_SUBJECT
    assert rendered.subject.endswith("…")


def test_a_preheader_is_in_the_html_and_not_in_the_text() -> None:
    rendered = sent(mail("Hi", preheader="For {{ event.title }}"))
    assert rendered.preheader == "For Growth & you"
    assert "For Growth &amp; you</div>" in rendered.html
    assert "Growth" not in rendered.text


def test_mjml_becomes_a_page() -> None:
    body = (
        "<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ contact.first_name }}</mj-text>"
        '<mj-button href="{{ event.url }}">Join</mj-button>'
        "</mj-column></mj-section></mj-body></mjml>"
    )
    rendered = sent(mail(body, kind="mjml"))
    assert "Hello Ann" in rendered.html
    assert rendered.text == "Hello Ann\n\nJoin (https://acme.example/join?a=1&b=2)\n"
    assert "<mj-" not in rendered.html


def test_a_value_in_mjml_is_text() -> None:
    body = "<mjml><mj-body><mj-text>{{ contact.first_name }}</mj-text></mj-body></mjml>"
    rendered = sent(mail(body, kind="mjml"), {"contact": {"first_name": "</mj-text><b>"}})
    assert "&lt;/mj-text&gt;&lt;b&gt;" in rendered.html


@pytest.mark.parametrize(
    "body",
    [
        "<mjml><mj-body>",
        "no mjml",
        '<mjml><mj-body><mj-include path="/etc/passwd"/></mj-body></mjml>',
    ],
)
def test_mjml_that_cannot_be_read_is_a_problem(body: str) -> None:
    assert refused(mail(body, kind="mjml")).code == "template-fault"


def test_mjml_nested_without_end_is_refused_before_it_is_parsed() -> None:
    body = "<mjml><mj-body>" + "<mj-section>" * 50_000
    assert "nested" in refused(mail(body, kind="mjml")).message


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ contact.size }}", "250"),
        ("{{ contact.score }}", "0.1"),
        ("{{ contact.vip }}", "true"),
        ("{{ contact.born }}", "3 May 1990"),
        ("{{ event.starts_at }}", "1 December 2026, 10:00 CET"),
        ('{{ event.starts_at | date: "%a %-d %b, %H:%M" }}', "Tue 1 Dec, 10:00"),
        ('{{ contact.last_name | default: "there" }}', "there"),
        ('{{ contact.nothing | default: "there" | upcase }}', "THERE"),
        ("{% if contact.last_name %}x{% else %}y{% endif %}", "y"),
        ("{% unless contact.last_name %}y{% endunless %}", "y"),
        ("{% if contact.last_name == nil %}y{% endif %}", "y"),
        ("{% if contact.size > 200 %}large{% endif %}", "large"),
        ("{{ contact.size | divided_by: 2 }}", "125"),
        ("{{ contact.score | plus: 0.2 }}", "0.3"),
        ("{% assign n = contact.first_name | upcase %}{{ n }}", "ANN"),
        ('{{ "a,b" | split: "," | join: " and " }}', "a and b"),
        ("{{ contact.first_name | append: '!' }}", "Ann!"),
        ("{% comment %}secret{% endcomment %}x", "x"),
        ("{% for i in (1..3) %}{{ i }}{% endfor %}", "123"),
        ("{% case contact.first_name %}{% when 'Ann' %}A{% else %}B{% endcase %}", "A"),
    ],
)
def test_liquid(template: str, text: str) -> None:
    assert posted(template) == text


def test_a_post_keeps_its_signs() -> None:
    assert posted("*{{ contact.first_name }}* & <https://acme.example|us>") == (
        "*Ann* & <https://acme.example|us>"
    )


@pytest.mark.parametrize(
    "template",
    [
        "{{ contact.last_name }}",
        "{{ contact.last_name | upcase }}",
        "{{ contact.last_name | append: '!' }}",
        "{{ 'Dear ' | append: contact.last_name }}",
        "{% assign n = contact.last_name %}{{ n }}",
        "{{ nobody.last_name }}",
    ],
)
def test_an_unknown_value_is_never_written_as_nothing(template: str) -> None:
    problem = refused(mail(f"\nHello {template},"))
    assert problem.code == "missing-value"
    assert problem.missing in {"contact.last_name", "'nobody'"}
    assert problem.line == 5


def test_an_unknown_value_in_the_subject_is_a_problem_too() -> None:
    assert refused(mail("Hi", "Dear {{ contact.last_name }}")).missing == "contact.last_name"


@pytest.mark.parametrize(
    "template",
    [
        "{% include 'x' %}",
        "{% render 'x' %}",
        "{% capture x %}y{% endcapture %}",
        "{{ contact.first_name | safe }}",
        "{{ contact.first_name | base64_decode }}",
        "{{ 'now' | date: '%Y' }}",
        "{{ event.starts_at | date: '%1000000000d' }}",
        "{{ event.starts_at | date: '%Q' }}",
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{% assign x = 'xxxxxxxxxx' %}" + "{% assign x = x | append: x %}" * 40 + "{{ x }}",
        "{{ contact.size | divided_by: 0 }}",
        "{{ contact.first_name | plus: 1 }}" "{% if contact.first_name > 3 %}x{% endif %}",
        "{% if %}",
        "{{ }",
        "{% if contact.first_name %}",
    ],
)  # fmt: skip
def test_what_a_template_may_not_do_is_a_problem(template: str) -> None:
    assert refused(post(template)).code == "template-fault"


@pytest.mark.parametrize("body", ["{% if contact.last_name %}x{% endif %}", "   "])
def test_a_message_that_comes_out_empty_is_not_sent(body: str) -> None:
    assert refused(post(body)).code == "empty-message"
    assert refused(mail(body)).code == "empty-message"
    assert refused(mail("Hi", body)).code == "empty-message"


def test_the_same_way_through_a_template_gives_each_their_own_values() -> None:
    message = mail("Hello {{ contact.first_name }}")
    names = ["Ann", "Bob", "llv0x", "{{ contact.first_name }}"]
    texts = [sent(message, {"contact": {"first_name": n}}).text for n in names]
    assert texts == [f"Hello {n}\n" for n in names]


def test_a_template_that_looks_like_a_mark_is_left_alone() -> None:
    rendered = sent(mail("llv0x {{ contact.first_name }} llvv0x"))
    assert rendered.text == "llv0x Ann llvv0x\n"


def test_half_a_character_in_a_value_is_left_out() -> None:
    rendered = sent(mail("{{ contact.first_name }}"), {"contact": {"first_name": "A\ud800n\x00n"}})
    assert rendered.text == "Ann\n"
    rendered.html.encode()
