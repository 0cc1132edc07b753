"""What a team says that its trouble costs: ``costs.yaml``, never a price of ours.

::

    currency: EUR
    per_record:                      # by rule: what one record of the finding costs
      paid-contact-never-mailable: 0.01 to 0.02
    per_person:                      # by flow (name or id): what one person missed costs
      Webinar follow-up: 2 to 5
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType

import yaml

from leadline.blueprint.finding import Finding
from leadline.errors import UsageError

NAMES = ("costs.yaml", "costs.yml")
_KEYS = ("currency", "per_record", "per_person")
_MOST_BYTES = 100_000  # a page of prices; more is another file
_EXAMPLE = 'Write a figure or a range, such as "0.50" or "0.50 to 2".'


@dataclass(frozen=True, slots=True)
class Range:
    """What one costs, from ``low`` to ``high`` in the team's currency."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Costs:
    """A team's own prices: by rule code for a record, by flow (name or key) for a person."""

    currency: str
    per_record: Mapping[str, Range] = field(default_factory=lambda: MappingProxyType({}))
    per_person: Mapping[str, Range] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Money:
    """What a finding costs by the team's own prices, and how that was reckoned."""

    low: Decimal
    high: Decimal
    currency: str
    basis: str

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:,.2f} {self.currency}"
        return f"{self.low:,.2f} to {self.high:,.2f} {self.currency}"


def find_costs(paths: Iterable[Path]) -> Path | None:
    """The costs.yaml among the files given, or in one of the folders given; None without one."""
    for path in paths:
        if path.name in NAMES and path.is_file():
            return path
        for name in NAMES:
            if (path / name).is_file():
                return path / name
    return None


def read_costs(path: Path) -> Costs:
    """Read a costs.yaml; raises UsageError saying which line is wrong and how it should be."""
    where = path.name
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            "the file cannot be read.", where, "Check that you may read it."
        ) from error
    if len(text) > _MOST_BYTES:
        raise UsageError("the file is larger than 100 kB.", where, "Keep only the prices in it.")
    try:
        # As text: 0.1 stays 0.1, and an id stays as it was written.
        loaded: object = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  (texts only)
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(
            "this is not YAML.", where, 'Write "name: value" on a line of its own.'
        ) from error
    return _costs(loaded, where)


def _costs(loaded: object, where: str) -> Costs:
    entries = _map(loaded, where, "the file")
    for key in entries:
        if key not in _KEYS:
            raise UsageError(f'"{key[:40]}" is not known here.', where, f"Use {', '.join(_KEYS)}.")
    currency = entries.get("currency")
    if not isinstance(currency, str) or not currency.strip():
        raise UsageError('there is no "currency".', where, "Add one, such as currency: EUR.")
    return Costs(
        currency.strip(),
        _ranges(entries.get("per_record"), where, "per_record"),
        _ranges(entries.get("per_person"), where, "per_person"),
    )


def _map(value: object, where: str, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise UsageError(
            f"{what} should hold names with values.", where, 'Write "name: value" on each line.'
        )
    return {str(k): v for k, v in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # JSON of a vendor


def _ranges(value: object, where: str, what: str) -> Mapping[str, Range]:
    if value is None:
        return MappingProxyType({})
    return MappingProxyType({k: _range(v, where, k) for k, v in _map(value, where, what).items()})


def _range(value: object, where: str, name: str) -> Range:
    low, _, high = str(value).partition(" to ")
    try:
        found = Range(Decimal(low.strip()), Decimal((high or low).strip()))
    except InvalidOperation:
        raise UsageError(f'the price of "{name[:40]}" is no figure.', where, _EXAMPLE) from None
    if not (found.low.is_finite() and found.high.is_finite() and 0 <= found.low <= found.high):
        raise UsageError(
            f'the price of "{name[:40]}" should rise from nothing or more.', where, _EXAMPLE
        )
    return found


def money_of(finding: Finding, costs: Costs, names: Mapping[str, str]) -> Money | None:
    """What a finding costs by the team's prices; None where they say nothing of it.

    ``names`` maps a flow's key to its name, since a price may stand under either.
    """
    low, high, basis = Decimal(0), Decimal(0), list[str]()
    price = costs.per_record.get(finding.rule.code)
    if price is not None and finding.count:
        low, high = price.low * finding.count, price.high * finding.count
        basis.append(f"{finding.count:,} records")
    for broken in finding.breaks:
        name = names.get(broken.flow, broken.flow)
        each = costs.per_person.get(name) or costs.per_person.get(broken.flow)
        if each is not None and broken.people:
            low += each.low * broken.people
            high += each.high * broken.people
            basis.append(f'{broken.people:,} people of "{name}"')
    if not basis:
        return None
    return Money(low, high, costs.currency, f"{' and '.join(basis)}, at your own prices")
