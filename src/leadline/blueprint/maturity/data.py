"""Level 1: the contact data carries what the workflows read of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from leadline.blueprint.maturity.evidence import (
    Asked,
    Effort,
    Evidence,
    NextStep,
    many,
    percent,
)
from leadline.blueprint.maturity.measured import Measured
from leadline.blueprint.uses import How, uses
from leadline.project.known import Known
from leadline.project.problems import Severity, listed

FRESH = timedelta(days=90)
MAIL_SHARE = 0.9
FILLED_SHARE = 0.5

_CHECKED = Asked(
    "files",
    "The project's files hold together",
    "no error",
    "what the checks call an error will break when people are in it",
)
_INSPECTED = Asked(
    "inspected",
    "The data was inspected",
    f"at most {FRESH.days} days ago",
    "people change jobs and imports come in: an older count says little about today",
)
_MAIL = Asked(
    "email-known",
    "Contacts with a mail address",
    f"at least {percent(MAIL_SHARE)}",
    "who has no address is neither reached nor found again in another system",
)
_BLOCKING = Asked(
    "no-blocking-rule",
    "Rules of the inspection that found something blocking",
    "none",
    "a blocking finding breaks workflows whatever is built on it",
)
_FILLED = Asked(
    "fields-filled",
    "Fields that workflows read are filled",
    f"each at least {percent(FILLED_SHARE)}",
    "below half the exception is the rule: most people take the path of the unknown",
)
_SOURCE = Asked(
    "system-of-record",
    "Fields that stand in several systems say which of them is right",
    "all",
    "without a system of record the last writer wins, and that is an accident",
)
_INSPECT = NextStep(
    "Export the contacts of your systems, and have them inspected.",
    Effort.COMMAND,
    "leadline inspect exports/ --facts .",
)


def evidence(measured: Measured) -> Iterator[Evidence]:
    """What is measured for this level."""
    errors = [p for p in measured.problems if p.severity is Severity.ERROR]
    yield _CHECKED.shown(
        many(len(errors), "error"),
        NextStep("Mend what the check names.", Effort.FILE, "leadline check"),
        holds=not errors,
    )
    yield from _inspected(measured)
    yield _one_source(measured)


def _inspected(measured: Measured) -> Iterator[Evidence]:
    known = measured.project.known
    if known is None:
        for asked in (_INSPECTED, _MAIL, _BLOCKING, _FILLED):
            yield asked.unknown(_INSPECT)
        return
    age = (measured.today - known.as_of).days
    shown = f"{known.as_of.isoformat()}, {many(age, 'day')} ago"
    if age < 0:
        shown = f"{known.as_of.isoformat()}, which is not yet"
    yield _INSPECTED.shown(shown, _INSPECT, holds=0 <= age <= FRESH.days)
    yield _mail(known)
    yield _blocking(known)
    yield _filled(measured, known)


def _mail(known: Known) -> Evidence:
    seen = known.fields.get("email")
    if seen is None or not seen.of:
        return _MAIL.unknown(_INSPECT, "the inspection counted no mail addresses")
    have = seen.of - seen.empty
    return _MAIL.shown(
        f"{percent(have, seen.of)} of {many(seen.of, 'contact')}",
        NextStep(
            "Fill in the missing addresses, or leave these contacts out of the export.",
            Effort.DATA,
            "leadline fix plan exports/",
        ),
        holds=have >= MAIL_SHARE * seen.of,
    )


def _blocking(known: Known) -> Evidence:
    rules = sorted(known.blocking)
    records = sum(known.blocking.values())
    shown = f"{listed(rules)}, {many(records, 'record')}" if rules else "none"
    return _BLOCKING.shown(
        shown,
        NextStep(
            "Mend what is blocking: the safe fixes are written for import.",
            Effort.DATA,
            "leadline fix plan exports/",
        ),
        holds=not rules,
    )


def _filled(measured: Measured, known: Known) -> Evidence:
    read = {
        use.ref.name
        for use in uses(measured.project)
        if use.how is How.READS and use.ref.scope == "contact" and use.ref.name != "email"
    }
    uncounted = sorted(name for name in read if name not in known.fields)
    thin = sorted(
        name for name in read - set(uncounted) if 1 - known.fields[name].share_empty < FILLED_SHARE
    )
    if thin:
        worst = min(thin, key=lambda name: 1 - known.fields[name].share_empty)
        share = percent(1 - known.fields[worst].share_empty)
        return _FILLED.shown(
            f"{many(len(thin), 'field')} of {len(read)} below, {listed([worst])} at {share}",
            NextStep(
                f"Fill {listed([worst])} (a form, an enrichment), or read another field.",
                Effort.DATA,
                f"leadline impact contact.{worst}",
            ),
            holds=False,
        )
    if uncounted:
        return _FILLED.unknown(
            NextStep(
                f"Export {listed(uncounted)} too, and inspect again.",
                Effort.COMMAND,
                "leadline inspect exports/ --facts .",
            ),
            f"{many(len(uncounted), 'field')} of {len(read)} not counted: {listed(uncounted)}",
        )
    shown = f"all {len(read)}" if read else "no workflow reads one"
    return _FILLED.shown(shown, None, holds=True)


def _one_source(measured: Measured) -> Evidence:
    fields = measured.project.fields.values()
    several = [field for field in fields if len(field.names) > 1]
    without = sorted(field.name for field in several if field.system_of_record is None)
    shown = f"{len(several) - len(without)} of {len(several)}" if several else "none stands in two"
    name = without[0] if without else ""
    return _SOURCE.shown(
        shown,
        NextStep(f"Add from: to {listed([name])} in data/contact.yaml.", Effort.FILE),
        holds=not without,
    )
