"""What became of writes whose answer was lost: read the records and compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from leadline.connectors.contract import Effect, PastCall, RecordWrite
from leadline.connectors.door import Door
from leadline.connectors.hubspot import values
from leadline.connectors.hubspot.answers import Row
from leadline.connectors.hubspot.calls import KEY_PROPERTY, Found, is_known_by, read_by
from leadline.ledger.outcome import Absent, Accepted, Unknown, Verdict

CLOCKS_APART = timedelta(seconds=5)
"""HubSpot's clock and ours may differ by so much; both are kept by NTP, usually within 0.1 s."""


async def verify(
    door: Door, effects: tuple[Effect, ...], past: tuple[PastCall, ...]
) -> tuple[Verdict, ...]:
    """Say what became of each write, by reading contacts by address (never by search).

    A record that was not touched since the call began, or that does not show the values, was
    not written: the write is then sent again, which for values shows no more than once.
    """
    writes = [effect for effect in effects if isinstance(effect, RecordWrite)]
    names = {name for effect in writes for name in effect.fields}
    by_address = await read_by(door, values.EMAIL, {_address(e) for e in writes}, names)
    if not isinstance(by_address, Found):
        return (by_address,) * len(effects)
    lost = {e.own_key for e in writes if _address(e) not in by_address.rows}
    by_key = await read_by(door, KEY_PROPERTY, lost, names)
    if not isinstance(by_key, Found):
        return (by_key,) * len(effects)
    since = _begun(past)
    return tuple(
        _verdict(e, by_address.rows.get(_address(e)) or by_key.rows.get(e.own_key), since)
        if isinstance(e, RecordWrite)
        else Absent("HubSpot is given contacts to write, nothing else.")
        for e in effects
    )


def _verdict(effect: RecordWrite, row: Row | None, since: datetime | None) -> Verdict:
    if row is None:
        return Absent("HubSpot has no such contact")
    if since is not None and row.updated_at is not None and row.updated_at < since:
        return Absent("HubSpot's contact was not touched since the call began")
    shown = {
        name: is_known_by(name, write, row) or values.holds(name, write, row.properties.get(name))
        for name, write in effect.fields.items()
    }
    missing = sorted(name for name, holds in shown.items() if holds is False)
    if missing:
        return Absent(f"HubSpot's contact does not show what was written ({', '.join(missing)})")
    untold = sorted(name for name, holds in shown.items() if holds is None)
    if untold:
        return Unknown(f"whether it grew cannot be read back ({', '.join(untold)})")
    return Accepted(row.id, row.updated_at)


def _address(effect: RecordWrite) -> str:
    return effect.record.strip().lower()


def _begun(past: Sequence[PastCall]) -> datetime | None:
    if not past:
        return None
    return min(call.began_at for call in past) - CLOCKS_APART
