"""How long the texts of a forecast are, and whether they can be filled in at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leadline.blueprint.forecast.moves import UNREAD, Intent
from leadline.expression.types import Value
from leadline.message.render import RenderedEmail, RenderedText, render
from leadline.project.project import Message


@dataclass(slots=True)
class Texts:
    """The messages of a project, each rendered once for each set of values that are known."""

    messages: Mapping[str, Message]
    time_zone: str
    _lengths: dict[tuple[object, ...], int | None] = field(
        default_factory=dict[tuple[object, ...], "int | None"]
    )

    def length(self, intent: Intent) -> int | None:
        """Characters of a message's text; None where a value is missing that it needs."""
        if intent.text == UNREAD:
            values: Mapping[str, Value] = getattr(intent.action, "values", {})
            message: str = getattr(intent.action, "message", "")
            key = (message, *((n, values[n] is None) for n in sorted(values)))
            if key not in self._lengths:
                self._lengths[key] = self._rendered(message, values)
            intent.text = self._lengths[key]
        return intent.text

    def _rendered(self, message: str, values: Mapping[str, Value]) -> int | None:
        scopes: dict[str, dict[str, Value]] = {}
        for dotted, value in values.items():
            scope, _, name = dotted.partition(".")
            scopes.setdefault(scope, {})[name] = value
        found = render(self.messages[message], scopes, self.time_zone)
        if isinstance(found, RenderedText | RenderedEmail):
            return len(found.text)
        # Only what is missing is a fact; any other fault lies in the stand-ins of a forecast.
        return None if found.missing is not None else len(self.messages[message].body)
