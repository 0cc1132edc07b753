"""The toy connector: what Leadline knows of the toy vendor.

One kind, "toy", for four accounts; the settings say which account a connection is, and so
what it can carry and whether its vendor can be asked what became of a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from leadline.connectors.contract import (
    Batch,
    Check,
    Connector,
    Digest,
    Effect,
    Grouping,
    Mail,
    Need,
    NotNow,
    PastCall,
    Place,
    Post,
    Quota,
    RecordWrite,
    Settings,
    Single,
)
from leadline.connectors.door import Door, NoReply, Phase, Reply, Request
from leadline.ledger.budget import Rolling
from leadline.ledger.coalesce import FieldWrite, SetTo
from leadline.ledger.lease import CallTiming
from leadline.ledger.outcome import (
    Absent,
    Accepted,
    Outcome,
    Rejected,
    Settles,
    Throttled,
    Unauthorised,
    Unavailable,
    Unknown,
    Verdict,
)
from leadline.ledger.vendor_limits import PublishedWindow, Source, Trust, VendorLimits

TIMING = CallTiming(
    time_out=timedelta(seconds=3),
    margin=timedelta(seconds=2),
    vendor_processing=timedelta(seconds=1.5),
    read_back=timedelta(seconds=0.5),
)
_SOURCE = Source("tests/chaos/vendor.py", Trust.VENDOR)
_SECOND = timedelta(seconds=1)

WINDOWS: Mapping[str, Mapping[str, tuple[Rolling, str]]] = {
    "crm": {
        "batch": (Rolling("batch", 10, _SECOND), "batch"),
        "read": (Rolling("read", 10, _SECOND), "read"),
    },
    "chat": {
        "post": (Rolling("post", 4, _SECOND, scope="channel"), "post"),
        "read": (Rolling("read", 10, _SECOND), "read"),
    },
    "pager": {"post": (Rolling("post", 4, _SECOND, scope="channel"), "post")},
    "mail": {"mail": (Rolling("mail", 20, _SECOND), "mail")},
}
"""The windows of each account by name, with the calls that each counts."""

CARRIES: Mapping[str, Mapping[type[Effect], Grouping]] = {
    "crm": {RecordWrite: Batch(20)},
    "chat": {Post: Digest(10)},
    "pager": {Post: Single()},
    "mail": {Mail: Single()},
}
ASKED = frozenset({"crm", "chat"})
"""Accounts whose vendor can be asked what became of a call."""


def connector_of(account: str) -> Connector:
    """The toy connector as one account of it is run."""
    asked = account in ASKED
    return Connector(
        kind="toy",
        secrets=(),
        limits=VendorLimits(
            "toy",
            "only",
            {"only": tuple(PublishedWindow(w, _SOURCE, c) for w, c in WINDOWS[account].values())},
            {},
        ),
        objects=("contact",),
        actions=CARRIES[account],
        settles=lambda _: Settles.VERIFIED if asked else Settles.HELD,
        timing=TIMING,
        check=check,
        perform=perform,
        verify=verify if asked else None,
        has_seen=has_seen if account == "crm" else None,
    )


async def check(door: Door, needs: tuple[Need, ...]) -> tuple[Check, ...]:
    del door, needs
    return ()


async def perform(door: Door, effects: tuple[Effect, ...]) -> tuple[Outcome, ...]:
    """Carry out one group; a batch that is refused whole is halved down to the record."""
    answer = await _send(door, effects)
    if not isinstance(answer, Reply):
        return tuple(_no_answer(answer) for _ in effects)
    match answer.status:
        case 200:
            return _results(effects, answer)
        case 400 if len(effects) > 1:
            half = len(effects) // 2
            first = await perform(door, effects[:half])
            return (*first, *await perform(door, effects[half:]))
        case 400:
            return (Rejected("a record is refused"),)
        case 401:
            return tuple(Unauthorised("unknown token") for _ in effects)
        case 429:
            return tuple(Throttled(_retry_at(answer)) for _ in effects)
        case 503:
            return tuple(Unavailable("down") for _ in effects)
        case _:
            return tuple(Unknown(f"the answer was {answer.status}") for _ in effects)


async def verify(
    door: Door, effects: tuple[Effect, ...], past: tuple[PastCall, ...]
) -> tuple[Verdict, ...]:
    """Ask which effects show: what does not show by now never took place."""
    del past
    refs = [_ref(effect) for effect in effects]
    answer = await _read(door, {"refs": refs})
    if isinstance(answer, Reply) and answer.status == 200:
        seen = cast(dict[str, str], answer.fields["seen"])
        return tuple(
            Accepted(seen[ref], detail="seen") if ref in seen else Absent("it does not show")
            for ref in refs
        )
    if isinstance(answer, NotNow):
        return tuple(Unavailable(answer.reason, answer.until) for _ in refs)
    if isinstance(answer, Reply) and answer.status == 429:
        return tuple(Throttled(_retry_at(answer)) for _ in refs)
    if isinstance(answer, Reply) and answer.status == 401:
        return tuple(Unauthorised("unknown token") for _ in refs)
    return tuple(Unavailable("the vendor could not be asked") for _ in refs)


async def has_seen(door: Door, vendor_id: str, at: datetime) -> bool:
    """Whether the record shows the version that our write returned."""
    del at
    place, _, version = vendor_id.rpartition("#")
    answer = await _read(door, {"place": place})
    return (
        isinstance(answer, Reply)
        and answer.status == 200
        and cast(int, answer.fields["version"]) >= int(version)
    )


async def _send(door: Door, effects: tuple[Effect, ...]) -> Reply | NoReply | NotNow:
    first = effects[0]
    if isinstance(first, RecordWrite):
        body: dict[str, object] = {"items": [_item(effect) for effect in effects]}
        operation, place = "batch", Place("batch")
    elif isinstance(first, Post):
        body = {"channel": first.channel, "items": [_item(effect) for effect in effects]}
        operation, place = "post", Place("post", first.channel)
    else:
        body = {"items": [_item(effect) for effect in effects]}
        operation, place = "mail", Place("mail")
    request = Request(
        "POST",
        f"/{door.settings.values['account']}/{operation}",
        (place,),
        json=body,
        members=tuple(member for effect in effects for member in effect.members),
        records=tuple(e.record for e in effects if isinstance(e, RecordWrite)),
        refs={member: _ref(effect) for effect in effects for member in effect.members},
        quota=partial(_quota, place),
    )
    return await door.call(request, _base_url(door.settings))


async def _read(door: Door, body: Mapping[str, object]) -> Reply | NoReply | NotNow:
    path = f"/{door.settings.values['account']}/read"
    place = Place("read")
    request = Request("POST", path, (place,), json=body, quota=partial(_quota, place))
    return await door.call(request, _base_url(door.settings))


def _base_url(settings: Settings) -> str:
    return settings.values["base_url"]


def _ref(effect: Effect) -> str:
    match effect:
        case RecordWrite(write_id=ref) | Post(post_id=ref) | Mail(envid=ref):
            return ref


def _item(effect: Effect) -> dict[str, object]:
    match effect:
        case RecordWrite(record=record, fields=fields):
            values = {name: _value(write) for name, write in fields.items()}
            return {"ref": _ref(effect), "place": record, "values": values}
        case Post(channel=channel, text=text):
            return {"ref": _ref(effect), "place": channel, "values": {"text": text}}
        case Mail(to=to, subject=subject):
            return {"ref": _ref(effect), "place": to, "values": {"subject": subject}}


def _value(write: FieldWrite) -> str:
    return str(write.value) if isinstance(write, SetTo) else repr(write)


def _results(effects: tuple[Effect, ...], answer: Reply) -> tuple[Outcome, ...]:
    by_ref = {
        str(one["ref"]): one for one in cast(list[dict[str, object]], answer.fields["results"])
    }
    found: list[Outcome] = []
    for effect in effects:
        one = by_ref[_ref(effect)]
        error = one.get("error")
        if error is not None:
            found.append(Rejected(str(error), str(one["field"])))
        else:
            found.append(Accepted(str(one["id"])))
    return tuple(found)


def _no_answer(answer: NoReply | NotNow) -> Outcome:
    if isinstance(answer, NotNow):
        return Unavailable(answer.reason, answer.until)
    if answer.phase is Phase.AFTER_EFFECT_POSSIBLE:
        return Unknown(answer.reason)
    return Unavailable(answer.reason)


def _quota(place: Place, answer: Reply) -> Quota:
    if answer.status != 429:
        return Quota()
    return Quota(refused=place, refused_until=_retry_at(answer))


def _retry_at(answer: Reply) -> datetime:
    return answer.at + timedelta(seconds=cast(float, answer.fields["retry_s"]))
