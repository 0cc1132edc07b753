"""Pages as HTML: no script, nothing loaded, every text of the files escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from leadline.blueprint.documents.blocks import Code, Line, Link, Page, Picture, Strong, visible

HERE = Path(__file__).parent
_OWN_SCHEME = ' style="color-scheme: light dark"'


def file_name(page: str) -> str:
    """The file of a page."""
    return f"{page}.html"


def html(page: Page, pages: Sequence[Page]) -> str:
    """One page with a menu of all that belong there."""
    template, own = _parts()
    drawn = [block.drawing.style for block in page.blocks if isinstance(block, Picture)]
    css = "\n".join([own, *dict.fromkeys(style for style in drawn if style)])
    return template.render(
        page=page,
        pages=[p for p in pages if p.in_menu],
        project=pages[0].title,
        css=Markup(css),  # noqa: S704  (a file of ours)
        policy=_policy(css),
        file_name=file_name,
        kind=_kind,
        line=_line,
        svg=_drawn,
    )


def _kind(part: object) -> str:
    return type(part).__name__


def _line(line: Line) -> Markup:
    """The parts of a line, each escaped; here and not in the template, for there are many."""
    return Markup("".join(map(_part, line)))  # noqa: S704  (every part is escaped)


def _part(part: str | Code | Strong | Link) -> str:
    match part:
        case Code(text=text):
            return f"<code>{escape(visible(text))}</code>"
        case Strong(text=text):
            return f"<strong>{escape(visible(text))}</strong>"
        case Link(text=text, page=page, anchor=anchor):
            place = f"{file_name(page)}{f'#{anchor}' if anchor else ''}"
            return f'<a href="{escape(place)}">{escape(visible(text))}</a>'
        case str():
            return escape(visible(part))


def _shown(value: object) -> object:
    """What the template writes; what is HTML already stays so."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _drawn(svg: str) -> Markup:
    """A drawing of ours; its texts were escaped when it was drawn.

    By itself it asks for light or dark; here the page says which, and allows no style beside.
    """
    return Markup(svg.replace(_OWN_SCHEME, "", 1))  # noqa: S704  # our own drawing, its words escaped


@cache
def _parts() -> tuple[Any, str]:
    """Template and style, which are a part of this program."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_shown,
    )
    css = (HERE / "page.css").read_text(encoding="utf-8")
    return environment.get_template("page.html.j2"), css


def _policy(css: str) -> str:
    """What a page may load: nothing; and this style alone may count."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
