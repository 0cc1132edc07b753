"""One phrase while it is being read: its words, the names it may use, and its faults so far."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.expression.grammar import Item
from leadline.expression.raw import Fault, RawPhrase
from leadline.expression.tree import Operand, Ref
from leadline.expression.vocabulary import Vocabulary, nearest_ref

_SHOWN = 48  # so that a message with one text in it stays under 200 characters


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read and where its faults gather; ``before`` is the phrase before it in its list."""

    raw: RawPhrase
    vocabulary: Vocabulary
    faults: list[Fault]
    before: str | None = None

    def fault(self, code: str, message: str, fix: str, offset: int = 0) -> None:
        """Note a fault; what called this has nothing to give back."""
        self.faults.append(Fault(code, message, fix, self.raw.position, offset))

    def operand(self, item: Item) -> Operand | None:
        """Look a reference up; an unknown name is a fault and gives None."""
        scope, _, name = item.text.partition(".")
        ref = Ref(scope, name)
        found = self.vocabulary.type_of(ref)
        if found is not None:
            return Operand(ref, found)
        meant = nearest_ref(ref, self.vocabulary)
        # A dotted text such as acme.com lands here when it should have stood in quotes.
        quotes = f' If "{shorten(item.text)}" is a text, put it in double quotes.'
        if scope in self.vocabulary.scopes:
            noun = "property" if scope == "event" else "field"
            message = f'Unknown {noun} "{shorten(name)}" {_whose(scope)}.'
            self.fault("unknown-field", message, _did_you_mean(meant) + _listed(scope), item.offset)
        else:
            scopes = ", ".join(sorted(self.vocabulary.scopes))
            self.fault(
                "unknown-scope",
                f'"{shorten(item.text)}" reads as a reference, but there is no "{shorten(scope)}".',
                f"{_did_you_mean(meant)}References begin with one of: {scopes}.{quotes}",
                item.offset,
            )
        return None


def shorten(text: str, length: int = _SHOWN) -> str:
    """Return a text on one line, cut to ``length`` characters, for a message."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _did_you_mean(ref: Ref | None) -> str:
    return f'Did you mean "{ref}"? ' if ref else ""


def _whose(scope: str) -> str:
    return {"contact": "on contact", "event": "of the event"}.get(scope, f"in {scope}")


def _listed(scope: str) -> str:
    if scope == "event":
        return "The properties of each event are listed in events.yaml."
    return "Fields are listed in data/contact.yaml."
