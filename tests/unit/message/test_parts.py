"""The text part, the links and the dates of a mail."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from leadline.message.dates import format_moment
from leadline.message.links import Link, is_safe, links
from leadline.message.text_part import text_part


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb\n"),
        ("a<br>b", "a\nb\n"),
        ("<p>a  \n b</p>", "a b\n"),
        ("<p>1 &lt; 2 &amp; 3</p>", "1 < 2 & 3\n"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n\n  - c\n"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b\n"),
        ('<a href="https://x.example">go</a>', "go (https://x.example)\n"),
        ('<a href="https://x.example">https://x.example</a>', "https://x.example\n"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example\n"),
        ('<a href="#top">up</a>', "up\n"),
        ('<a href="https://x.example"><img src="x" alt="Acme"></a>', "Acme (https://x.example)\n"),
        ("<head><title>t</title></head><body>b</body>", "b\n"),
        ("<style>p{}</style><script>x</script>b", "b\n"),
        ('<div style="display:none">pre</div>b', "b\n"),
        ('<div style="display:none">pre<br><img><p>q</div>b', "b\n"),
        ("<p>a</p><hr><p>b</p>", "a\n\n----\n\nb\n"),
        ("<!--[if mso]><p>x</p><![endif]-->a", "a\n"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb\n"),
        ("</div></p>a", "a\n"),
    ],
)
def test_text_part(html: str, text: str) -> None:
    assert text_part(html) == text


def test_links_in_order_with_what_people_click() -> None:
    html = '<a href="https://a.example">one <b>two</b></a><a name="x">no</a><a href="tel:+491">call'
    assert links(html) == (Link("https://a.example", "one two"), Link("tel:+491", "call"))


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://acme.example", True),
        ("http://acme.example/x?y=1#z", True),
        ("mailto:ann@acme.example", True),
        ("tel:+49301234", True),
        ("#top", True),
        ("#", False),
        ("", False),
        ("acme.example", False),
        ("//acme.example", False),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://", False),
        ("https://a b.example", False),
        ("https://acme.example/\n", False),
        ("https://user:secret@acme.example", False),
        ("https://[::1", False),
    ],
)
def test_which_links_a_mail_may_carry(address: str, safe: bool) -> None:
    assert is_safe(address) is safe


MOMENT = datetime(2026, 3, 5, 15, 4, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%Y-%m-%d %H:%M:%S", "2026-03-05 15:04:09"),
        ("%A, %-d %B %y", "Thursday, 5 March 26"),
        ("%a %b %e", "Thu Mar  5"),
        ("%I:%M %p / %l %P / %-I", "03:04 PM / 3 pm / 3"),
        ("%j %F %T %R %-H %-m", "064 2026-03-05 15:04:09 15:04 15 3"),
        ("%Z %z %%", "UTC +0000 %"),
        ("100%", "100%"),
    ],
)
def test_dates_by_their_codes(pattern: str, text: str) -> None:
    assert format_moment(MOMENT, pattern) == text


def test_codes_that_nobody_knows() -> None:
    assert format_moment(MOMENT, "%Q") is None
    assert format_moment(date(2026, 3, 5), "%H:%M") is None


def test_noon_and_midnight() -> None:
    assert format_moment(MOMENT.replace(hour=0), "%I %p") == "12 AM"
    assert format_moment(MOMENT.replace(hour=12), "%I %p") == "12 PM"
