"""What the text of a mail tells where a node holds it: whether it offers a way out."""

from __future__ import annotations

import re

from leadline.blueprint.graph.flow import NO_WAY_OUT
from leadline.inspection.flows.document import mapping, text
from leadline.inspection.flows.n8n.node import Node

_MAIL = frozenset({"gmail", "emailSend", "microsoftOutlook", "sendGrid"})
_BODIES = ("html", "text", "message", "bodyContent", "contentValue", "emailBody")
_FILLED_IN = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# In the languages of the vendors' own templates; a merge tag such as *|UNSUB|* holds it as well.
_WAY_OUT = re.compile(
    r"unsub|opt.?out|preferences|abmeld|abbestell|austragen|d[ée]sinscri|d[ée]sabonn|"
    r"cancelar.{0,20}suscrip|darse de baja|disiscri|cancella.{0,20}iscrizione|uitschrijven|afmeld",
    re.IGNORECASE,
)
_LEAST = 10  # characters beside expressions: less is a text that comes from elsewhere


def without_way_out(node: Node) -> tuple[str, ...]:
    """A note where the whole text of a mail is in the node and nothing in it is a way out."""
    if node.kind not in _MAIL or not node.enabled:
        return ()
    places = (node.parameters, mapping(node.parameters.get("options")))
    bodies = [text(place.get(key)) for place in places for key in _BODIES]
    bodies = [body for body in bodies if body]
    own = [_FILLED_IN.sub("", body.removeprefix("=")) for body in bodies]
    if not bodies or any(len(each.strip()) < _LEAST for each in own):
        return ()
    return () if any(_WAY_OUT.search(body) for body in bodies) else (NO_WAY_OUT,)
