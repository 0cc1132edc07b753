"""Markdown or MJML → an HTML page with its styles inline, where mail programs keep them.

The text that comes in carries marks instead of values, so the same page serves everybody who
takes the same way through the template: the costly part is done once and kept.
"""

from __future__ import annotations

from functools import lru_cache

import css_inline
from markdown_it import MarkdownIt
from mjml import mjml2html

from leadline.message.template import TemplateFault

MAX_NESTING = 200  # MJML elements; deeper would be a recursion in the parser, not a mail

_STYLES = """
body { margin: 0; padding: 24px; background: #ffffff; color: #1d1d1f;
  font-family: -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
  font-size: 16px; line-height: 1.5; }
.content { max-width: 600px; margin: 0 auto; }
a { color: #0b57d0; }
h1 { font-size: 24px; line-height: 1.25; }
h2 { font-size: 20px; line-height: 1.3; }
img { max-width: 100%; height: auto; border: 0; }
hr { border: 0; border-top: 1px solid #d2d2d7; }
blockquote { margin: 0; padding-left: 16px; border-left: 3px solid #d2d2d7; }
table { border-collapse: collapse; }
td, th { padding: 4px 12px 4px 0; text-align: left; }
"""

# Raw HTML in Markdown is shown as text: what looks like a tag in a message is a mistake.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
# Nothing is fetched: a style sheet somewhere else would make the mail depend on the network.
_FOR_MARKDOWN = css_inline.CSSInliner(load_remote_stylesheets=False)
_FOR_MJML = css_inline.CSSInliner(
    load_remote_stylesheets=False, keep_style_tags=True, keep_link_tags=True, keep_at_rules=True
)


@lru_cache(maxsize=256)
def page(text: str, kind: str) -> str | TemplateFault:
    """The HTML page of a text; ``kind`` is "md" or "mjml"."""
    if kind == "mjml":
        return _from_mjml(text)
    body = _MARKDOWN.render(text)
    return _FOR_MARKDOWN.inline(
        '<!doctype html><html><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style>{_STYLES}</style></head><body><div class="content">{body}</div></body></html>'
    )


def _from_mjml(text: str) -> str | TemplateFault:
    if _nesting(text) > MAX_NESTING:
        return TemplateFault(
            f"the MJML is nested more than {MAX_NESTING} levels deep.",
            "Close each element where it ends.",
        )
    try:
        return _FOR_MJML.inline(mjml2html(text))
    except ValueError as error:
        words = " ".join(str(error).split())[:120].rstrip(".")
        return TemplateFault(
            f"the MJML cannot be read: {words}.",
            "Check that each element is known to MJML and closed.",
        )


def _nesting(text: str) -> int:
    """How deep the tags go at most, counted without parsing: an upper bound."""
    depth = deepest = 0
    for part in text.split("<")[1:]:
        if part.startswith("/"):
            depth -= 1
        elif not part.startswith(("!", "?")) and "/>" not in part.split(">", 1)[0] + ">":
            depth += 1
            deepest = max(deepest, depth)
    return deepest
