"""The doors under ``/_sandbox/``: ask for the truth, switch faults, look at the windows.

They belong to no vendor: no limit, delay or fault touches them (an outage that refuses
connections refuses these too, while it lasts).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from pydantic import JsonValue, TypeAdapter, ValidationError

from leadline.sandbox.faults import Fault, Faults
from leadline.sandbox.limits import Limits
from leadline.sandbox.listener import Answer, Request
from leadline.sandbox.timing import Clock
from leadline.sandbox.truth import Truth, call_json, effect_json

PREFIX = "/_sandbox/"
_FAULT = TypeAdapter(Fault)

Door = Callable[[Request], JsonValue]


def json_answer(status: int, body: JsonValue, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer whose body is JSON."""
    return Answer(
        status,
        json.dumps(body, separators=(",", ":")).encode(),
        {"content-type": "application/json;charset=utf-8", **(headers or {})},
    )


def read_json(text: bytes | str) -> JsonValue:
    """Read JSON. Raises ValueError, with a sentence, for what is none or is nested too deeply."""
    try:
        value: JsonValue = json.loads(text)
    except ValueError as trouble:
        raise ValueError(f"The text is not JSON: {trouble}.") from None
    except RecursionError:
        raise ValueError("The JSON is nested too deeply.") from None
    return value


@dataclass(frozen=True, slots=True)
class Control:
    """The control doors of one sandbox; ``extra`` are those that only this kind has."""

    kind: str
    clock: Clock
    truth: Truth
    faults: Faults
    limits: Limits
    extra: Mapping[tuple[str, str], Door]

    def handle(self, request: Request) -> Answer:
        """Answer a control request; 400 with a sentence where it asks for the impossible."""
        name = request.path.removeprefix(PREFIX)
        doors: dict[tuple[str, str], Door] = {
            ("GET", ""): self._index,
            ("GET", "truth"): self._truth,
            ("GET", "calls"): self._calls,
            ("GET", "figures"): self._figures,
            ("GET", "windows"): self._windows,
            ("GET", "ambiguity"): self._ambiguity,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "reset"): self._reset,
            **self.extra,
        }
        door = doors.get((request.method, name))
        if door is None:
            known = ", ".join(sorted(f"{m} {PREFIX}{n}" for m, n in doors))
            return json_answer(404, {"message": f"There is no such door. There are: {known}."})
        try:
            return json_answer(200, door(request))
        except (ValueError, ValidationError) as trouble:
            return json_answer(400, {"message": str(trouble)})

    def _index(self, _: Request) -> JsonValue:
        return {"kind": self.kind, "now": self.clock.now()}

    def _truth(self, request: Request) -> JsonValue:
        query = request.query
        found = self.truth.effects(
            after=int(query.get("after", "0")),
            record=query.get("record"),
            key=query.get("key"),
            by=query.get("by"),
        )
        found = found[: int(query.get("limit", "100000"))]
        return {
            "effects": [effect_json(effect) for effect in found],
            "next": found[-1].seq if found else int(query.get("after", "0")),
        }

    def _calls(self, request: Request) -> JsonValue:
        calls = self.truth.calls(after=int(request.query.get("after", "0")))
        return {"calls": [call_json(call) for call in calls]}

    def _figures(self, _: Request) -> JsonValue:
        ambiguity = self.truth.ambiguity()
        return {
            **self.truth.figures(),
            "ambiguous_calls": ambiguity.calls,
            "ambiguous_members": ambiguity.members,
        }

    def _windows(self, _: Request) -> JsonValue:
        return {
            "windows": [
                asdict(figures) | {"own_over_full": figures.own_over_full}
                for figures in self.limits.figures(self.clock.now())
            ]
        }

    def _ambiguity(self, _: Request) -> JsonValue:
        found = self.truth.ambiguity()
        return {
            "calls": found.calls,
            "members": found.members,
            "after_effect": found.after_effect,
            "without_effect": found.without_effect,
            "requests": [call_json(call) for call in found.requests],
        }

    def _faults(self, _: Request) -> JsonValue:
        return {"faults": list(self.faults.report())}

    def _add_faults(self, request: Request) -> JsonValue:
        body = read_json(request.body)
        for wanted in body if isinstance(body, list) else [body]:
            self.faults.add(_FAULT.validate_python(wanted))
        return self._faults(request)

    def _clear_faults(self, request: Request) -> JsonValue:
        self.faults.clear()
        return self._faults(request)

    def _reset(self, _: Request) -> JsonValue:
        self.truth.reset()
        return {"reset": True}
