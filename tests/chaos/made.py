"""A small history made by hand, in which everything is right; mutants begin from it.

Five people register. Of what then happens there is one of each kind: a plain write, two writes
merged into one and one that is superseded, a write refused for the rate and tried again, a mail
whose answer was lost (held), one whose worker was killed (read back), one skipped because of a
suppression, one rejected, and a late post of a worker that was frozen before its socket. Two more
come in and enter nothing: of one no address is known, and what the other does starts nothing.
Everybody is told so.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.chaos.history import (
    Answered,
    Call,
    Ceased,
    Declared,
    Effect,
    History,
    Limit,
    Line,
    Plan,
    Replayed,
    Rested,
    Row,
    Seed,
    Sent,
    Struck,
    Told,
)

T0 = 1_800_000_000.0
REST = T0 + 40
WELCOME = "welcome"
PEOPLE = ("ann", "bob", "cyd", "dan", "eve")
SAID = {
    "skipped": "suppressed",
    "dead": "rejected by the vendor",
    "expired": "too late",
}
"""What is said of a state, where it is not its own word."""


def iso(offset_s: float) -> str:
    return datetime.fromtimestamp(T0 + offset_s, UTC).isoformat()


def row(table: str, **values: Any) -> Row:
    return Row(table, values)


class Made:
    """Gathers the lines of a history, one operation of the whole system at a time."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.ordinal = 0
        self.outcome_id = 0
        self.vendor_call = 0
        self.decisions: dict[str, list[list[dict[str, Any]]]] = {}
        self.states: dict[tuple[str, str], str] = {}

    def event(self, name: str, at: float, event: str = "registered", kind: str = "track") -> None:
        """An event that is sent, stored and routed."""
        message = f"m-{name}"
        self.lines += [
            Sent(T0 + at, message, 1, event, f"{name}@x.example"),
            Answered(T0 + at + 0.1, message, 1, stored=True, words="200"),
            row(
                "event",
                id=f"e-{name}",
                contact_id=f"c-{name}",
                message_id=message,
                kind=kind,
                name=event,
                rejected=None,
                routed_at=iso(at + 0.2),
            ),
        ]

    def entry(self, name: str, reason: str | None = None) -> None:
        """What that event led to: a run, or none for that reason."""
        self.lines.append(
            row(
                "entry",
                cause=f"e-{name}",
                contact_id=f"c-{name}",
                workflow=WELCOME,
                outcome="entered" if reason is None else "not entered",
                reason=reason,
                detail={},
                enrollment_id=f"r-{name}" if reason is None else None,
            )
        )
        if reason is None:
            self.decisions[f"r-{name}"] = [[]]

    def told(self, name: str, cause: str, *, run: bool = True) -> None:
        """What the person is told; of each action what its last outcome says."""
        steps = [
            {
                "step": step,
                "key": f"r-{name}/{step}/1",
                "state": state,
                "cause": SAID.get(state, state),
                "sentence": f"It is {state}.",
            }
            for (who, step), state in self.states.items()
            if who == name
        ]
        story = {
            "workflow": WELCOME,
            "run": f"r-{name}" if run else None,
            "cause": cause,
            "sentence": f"It is so: {cause}.",
            "steps": steps,
        }
        self.lines.append(Told(f"{name}@x.example", [story]))

    def run(self, name: str, wake_at: float | None = None) -> None:
        """The run as it stands at the end."""
        ended = wake_at is None
        moves = self.decisions[f"r-{name}"]
        self.lines.append(
            row(
                "enrollment",
                id=f"r-{name}",
                workflow=WELCOME,
                contact_id=f"c-{name}",
                once_value="",
                step=None if ended else "later",
                decisions=len(moves),
                wake_at=None if wake_at is None else iso(wake_at),
                ended_at=iso(39) if ended else None,
                end_reason="completed" if ended else None,
            )
        )
        for n, records in enumerate(moves):
            self.lines.append(row("decision", enrollment_id=f"r-{name}", n=n, records=records))

    def action(self, name: str, step: str, connection: str, at: float = 1.0) -> dict[str, Any]:
        """An intended action; returns its key as columns."""
        key = {"enrollment_id": f"r-{name}", "step": step, "visit": 1}
        self.ordinal += 1
        kind = {"crm": "save", "mail": "mail", "chat": "post"}[connection]
        self.lines.append(
            row(
                "action",
                **key,
                connection=connection,
                workflow=WELCOME,
                kind=kind,
                record=f"{name}@x.example" if kind == "save" else None,
                ordinal=self.ordinal,
                payload_hash=f"hash {step}",
                contact_id=f"c-{name}",
                intended_at=iso(at),
            )
        )
        record = {"is": "record.Intended", "key": f"r-{name}/{step}/1", "kind": kind}
        self.decisions[f"r-{name}"].append([record])
        return key

    def outcome(self, key: dict[str, Any], state: str, cause: str, at: float) -> None:
        self.outcome_id += 1
        self.states[key["enrollment_id"].removeprefix("r-"), key["step"]] = state
        self.lines.append(
            row(
                "outcome",
                **key,
                id=self.outcome_id,
                at=iso(at),
                state=state,
                cause=cause,
                call_id=None,
            )
        )

    def work(self, key: dict[str, Any], state: str) -> None:
        self.lines.append(row("work", **key, state=state))

    def call(
        self,
        connection: str,
        call: str,
        at: float,
        refs: dict[str, list[dict[str, Any]]],
        *,
        answered: bool = True,
    ) -> None:
        """A call of the ledger; ``refs`` maps a name to the members that it stands for."""
        self.lines.append(
            row(
                "call",
                connection=connection,
                id=call,
                token=f"t-{call}",
                request_hash=f"body {sorted(refs)}",
                began_at=iso(at),
                send_before=iso(at + 2),
                answered_at=iso(at + 0.2) if answered else None,
                void=False,
            )
        )
        for ref, keys in refs.items():
            for key in keys:
                self.lines.append(
                    row("call_action", **key, connection=connection, call_id=call, ref=ref)
                )

    def request(
        self,
        connection: str,
        at: float,
        refs: list[str],
        places: list[str] | None = None,
        about: list[str] | None = None,
        **changed: Any,
    ) -> None:
        """A request at the vendor, ``about`` its places; it takes effect at ``places``, if any."""
        self.vendor_call += 1
        what = {"crm": "write", "mail": "mail", "chat": "post"}[connection]
        given: dict[str, Any] = {
            "by": "ours",
            "status": 200,
            "ending": "answered",
            "unclear": False,
            "fault": None,
            "answered_at": T0 + at + 0.1,
        }
        self.lines.append(
            Call(
                T0 + at,
                connection,
                self.vendor_call,
                operation=what,
                key="",
                body=f"body {sorted(refs)}",
                refs=refs,
                places=about or places or [],
                **given | changed,
            )
        )
        for ref, place in zip(refs, places or [], strict=False):
            self.lines.append(
                Effect(T0 + at + 0.05, connection, self.vendor_call, "ours", what, ref, place)
            )


def correct() -> History:
    """The history in which nothing is wrong."""
    made = Made()
    made.lines += [
        Declared("crm", "read-back", 2.0, 2.0, 1.0, 0.5),
        Declared("chat", "read-back", 2.0, 2.0, 1.0, 0.5),
        Declared("mail", "held", 2.0, 2.0, 1.0, 0.5),
        Plan({"registered": [WELCOME]}, 5.0),
        Limit("crm", "second", 2, 1.0, ["write"], by_key=False),
        Limit("chat", "second", 2, 1.0, ["post"], by_key=False),
        Limit("mail", "second", 2, 1.0, ["mail"], by_key=False),
        Seed(T0, 7, 20.0),
        Ceased(T0 + 20),
        Rested(REST, at_rest=True),
    ]
    for n, name in enumerate(PEOPLE):
        made.event(name, 0.1 * n)
        made.entry(name)
    _records(made)
    _mails(made)
    _posts(made)
    for name in PEOPLE:
        made.run(name, wake_at=100.0 if name == "eve" else None)
        made.told(name, "sleeping" if name == "eve" else "completed")
    made.event("fay", 0.6)
    made.entry("fay", "no email address")
    made.told("fay", "no address", run=False)
    made.event("gus", 0.7, "moved", "identify")
    made.told("gus", "no trigger came in", run=False)
    made.lines.append(Replayed("r-cyd", {"save/1": "hash save", "mail/1": "hash mail"}))
    return tuple(made.lines)


def _records(made: Made) -> None:
    """Ann: two merged and one superseded. Bob: throttled, then written. Cyd: read back."""
    first, over, second = (made.action("ann", step, "crm") for step in ("one", "two", "three"))
    made.outcome(over, "superseded", "coalesce", 2.0)
    made.call("crm", "k1", 2.0, {"w-ann": [first, second]})
    made.request("crm", 2.05, ["w-ann"], ["ann@x.example"])
    made.outcome(first, "accepted", "answer", 2.3)
    made.outcome(second, "accepted", "answer", 2.3)

    again = made.action("ann", "four", "crm", 9.0)
    made.call("crm", "k5", 9.5, {"w-ann-2": [again]})
    made.request("crm", 9.6, ["w-ann-2"], ["ann@x.example"])
    made.outcome(again, "accepted", "answer", 9.8)

    bob = made.action("bob", "save", "crm")
    made.call("crm", "k2", 2.5, {"w-bob": [bob]})
    made.request("crm", 2.6, ["w-bob"], status=429)
    made.outcome(bob, "pending", "answer", 2.7)
    made.call("crm", "k3", 4.0, {"w-bob": [bob]})
    made.request("crm", 4.1, ["w-bob"], ["bob@x.example"])
    made.outcome(bob, "accepted", "answer", 4.3)

    cyd = made.action("cyd", "save", "crm")
    made.call("crm", "k4", 5.0, {"w-cyd": [cyd]}, answered=False)
    made.request("crm", 5.1, ["w-cyd"], ["cyd@x.example"])
    made.lines.append(Struck(T0 + 5.3, T0 + 5.3, "kill worker", "w1"))
    made.outcome(cyd, "unknown", "lease end", 9.0)
    made.outcome(cyd, "accepted", "proof", 10.0)


def _mails(made: Made) -> None:
    """Cyd: the answer was lost. Dan: suppressed. Bob: bounced. Eve: refused for good."""
    cyd = made.action("cyd", "mail", "mail")
    made.call("mail", "k6", 6.0, {"mail-cyd": [cyd]}, answered=True)
    made.request("mail", 6.1, ["mail-cyd"], ["cyd@x.example"], ending="withheld", status=None)
    made.outcome(cyd, "unknown", "answer", 8.0)
    made.outcome(cyd, "held", "proof", 12.0)
    made.work(cyd, "held")

    bob = made.action("bob", "mail", "mail")
    made.call("mail", "k7", 6.2, {"mail-bob": [bob]})
    made.request("mail", 6.3, ["mail-bob"], ["bob@x.example"])
    made.outcome(bob, "accepted", "answer", 6.5)
    made.outcome(bob, "confirmed", "evidence", 7.0)
    made.outcome(bob, "bounced", "evidence", 8.0)

    made.lines.append(Struck(T0 + 1.4, T0 + 1.4, "suppress", "Dan@x.example", store_at=T0 + 1.4))
    dan = made.action("dan", "mail", "mail")
    made.outcome(dan, "skipped", "gate", 6.0)

    made.lines.append(row("notice", recipient="ops@x.example", mailed_at=iso(7.0)))
    made.request("mail", 7.5, ["notice-1"], ["ops@x.example"])

    eve = made.action("eve", "mail", "mail")
    made.call("mail", "k8", 8.0, {"mail-eve": [eve]})
    made.request("mail", 8.1, ["mail-eve"], status=400)
    made.outcome(eve, "rejected", "answer", 8.3)
    made.outcome(eve, "dead", "give up", 8.3)


def _posts(made: Made) -> None:
    """Dan: posted by a successor, and once more by the worker that was frozen. Eve: late."""
    dan, eve = made.action("dan", "tell", "chat"), made.action("eve", "tell", "chat")
    made.lines.append(Struck(T0 + 10.1, T0 + 18.0, "freeze worker", "w2"))
    made.call("chat", "k9", 10.0, {"p-dan": [dan]}, answered=False)
    made.outcome(dan, "unknown", "lease end", 14.0)
    made.outcome(dan, "pending", "proof", 16.0)
    made.call("chat", "k10", 17.0, {"p-dan": [dan]})
    made.request("chat", 17.1, ["p-dan"], ["sales"])
    made.outcome(dan, "accepted", "answer", 17.3)
    made.request("chat", 18.1, ["p-dan"], ["sales"])

    made.outcome(eve, "expired", "deadline", 15.0)
