"""What the search may vary: the kind of vendor, the records written, the rules left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Vendor(StrEnum):
    KEY = "exactly once"  # one effect a key; a key is a call's members
    READ_BACK = "verified"  # an effect can be looked up
    NONE = "held"  # neither


class Rule(StrEnum):
    LEASE_END_IS_UNKNOWN = "1: a lease that ends makes unknown where a call row stands"
    TOMBSTONE = "1: before pending, a tombstone takes the place of the call row"
    UNDER_TOKEN = "2: an outcome is written only under its claim's token"
    EFFECT_WINS = "2: later evidence of an effect wins"
    ONE_CALL_A_RECORD = "3: at most one unsettled call a record"
    LEDGER_ORDER = "3: nothing is claimed past an unsettled earlier write of its record"
    FOLLOW_WITH_ALL = "3: what follows an unknown write repeats all of it"
    SEND_BY = "4: a call is begun only before its send_by"
    VERIFY_LATE = "4: verification waits for the vendor's processing"
    FOLLOW_LATE = "4: following an unknown write waits as long as verifying it"


@dataclass(frozen=True)
class Rules:
    vendor: Vendor
    records: tuple[int, ...]  # the record of each action, in ledger order
    dropped: frozenset[Rule] = frozenset()

    def hold(self, rule: Rule) -> bool:
        return rule not in self.dropped

    @property
    def mergeable(self) -> bool:  # mails are not; idempotent writes of a record are
        return self.vendor is not Vendor.NONE
