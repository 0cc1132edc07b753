"""A made-up project of any size that checks without an error.

Nothing in it is random but by the seed: the same numbers give the same files. Every event has the
same five properties, so that a workflow can be enrolled in from any other.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

KINDS = ("hubspot", "smtp", "slack")
_PLACES = ("", "emea", "apac", "partners", "events", "academy", "trial", "support", "field", "labs")
_OWNERS = ("marketing-ops", "crm", "events", "lifecycle", "sales-ops", "brand")
_ABOUT = (
    "webinar", "trial", "demo", "ebook", "event", "course", "renewal", "invoice", "referral",
    "survey", "podcast", "newsletter", "pricing", "partner", "workshop", "audit", "quote", "visit",
)  # fmt: skip
_DONE = ("registered", "started", "requested", "opened", "finished", "cancelled", "paid", "missed")
_PARTS = (
    "last", "first", "preferred", "billing", "company", "product", "region", "campaign", "partner",
    "account", "support", "contract", "usage", "social", "course", "event", "score", "team",
)  # fmt: skip
_THINGS = (
    "name", "date", "channel", "status", "owner", "size", "country", "code", "source", "tier",
    "language", "plan", "stage", "topic", "count", "value", "segment", "industry",
)  # fmt: skip
_TYPES = ("text", "text", "text", "number", "date", "time", "flag")


def project_files(workflows: int, systems: int, fields: int, seed: int) -> Mapping[str, str]:
    """The files of a project: path to text.

    At least three systems (a CRM, a mail server and a chat), eight fields and one workflow are
    made. Each workflow sends, saves, waits, chooses and tells somebody; every third is enrolled
    in by the one before it instead of being started by an event.
    """
    chance = random.Random(seed)
    names = _system_names(max(systems, 3))
    columns = _fields(max(fields, 8), names["hubspot"], chance)
    flows = _workflow_names(max(workflows, 1))
    events = [f"{about}.{done}" for done in _DONE for about in _ABOUT]
    events = events[: max(4, min(len(events), len(flows)))]
    files = {
        "leadline.yaml": _settings(flows),
        "events.yaml": "".join(_event(name, number) for number, name in enumerate(events)),
        "data/contact.yaml": "".join(f"{name}: {text}\n" for name, text in columns.items()),
    }
    for kind, several in names.items():
        for number, name in enumerate(several):
            files[f"systems/{name}.yaml"] = _system(kind, name, number)
    own = [name for name in columns if name.count("_") and name.rpartition("_")[2].isdigit()]
    for number in range(len(flows)):
        share = own[number :: len(flows)]
        files.update(_workflow(number, flows, events, names, columns, share, chance))
    return files


def _system_names(count: int) -> Mapping[str, list[str]]:
    """Two CRMs and two mail servers for each chat, the first of each kind named plainly."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    plain = {"hubspot": "hubspot", "smtp": "mail", "slack": "slack"}
    order = ("hubspot", "smtp", "slack", "hubspot", "smtp")
    for number in range(count):
        kind = order[number % len(order)]
        place = len(found[kind])
        tail = _PLACES[place % len(_PLACES)]
        again = f"-{place // len(_PLACES) + 1}" if place >= len(_PLACES) else ""
        name = f"{plain[kind]}-{tail}" if tail else plain[kind]
        found[kind].append(f"{name}{again}")
    return found


def _fields(count: int, crms: list[str], chance: random.Random) -> dict[str, str]:
    """Field names to their declaration; seven that every workflow may read, then numbered ones."""
    first = crms[0]
    found = {
        "email": f"{{ type: email, pii: true, from: {first}, names: {_named(crms, 'email')} }}",
        "first_name": f"{{ type: text, pii: true, names: {_named(crms, 'firstname')} }}",
        "country": f"{{ type: text, names: {_named(crms, 'country')} }}",
        "company": f"{{ type: text, names: {_named(crms, 'company')} }}",
        "company_size": f"{{ type: number, names: {_named(crms, 'numberofemployees')} }}",
        "industry": f"{{ type: text, names: {_named(crms, 'industry')} }}",
        "lifecycle_stage": "{ type: choice, values: [ subscriber, lead, opportunity, customer ], "
        f"names: {_named(crms, 'lifecyclestage')} }}",
    }
    for number in range(count - len(found)):
        name = f"{_PARTS[number % len(_PARTS)]}_{chance.choice(_THINGS)}_{number}"
        crm = crms[number % len(crms)]
        own = f"{{ {crm}: {name.replace('_', '')} }}"
        found[name] = f"{{ type: {chance.choice(_TYPES)}, names: {own} }}"
    return found


def _named(crms: list[str], name: str) -> str:
    return "{ " + ", ".join(f"{crm}: {name}" for crm in crms) + " }"


def _workflow_names(count: int) -> list[str]:
    goals = ("confirm", "nurture", "follow-up", "score", "hand-over", "win-back", "remind", "thank")
    found: list[str] = []
    for number in range(count):
        about = _ABOUT[number // len(goals) % len(_ABOUT)]
        again = number // (len(goals) * len(_ABOUT))
        tail = f"-{again + 1}" if again else ""
        found.append(f"{about}-{goals[number % len(goals)]}{tail}")
    return found


def _owner(number: int) -> str:
    return f"{_OWNERS[number % len(_OWNERS)]}@acme.example"


def _settings(flows: list[str]) -> str:
    owned: dict[str, list[str]] = {}
    for number, name in enumerate(flows):
        owned.setdefault(_owner(number // 8), []).append(name)
    owners = "".join(f"  {who}: [ {', '.join(names)} ]\n" for who, names in owned.items())
    return (
        "project: acme\ntime_zone: Europe/Berlin\n"
        f"owners:\n{owners}"
        "defaults:\n  if_it_fails: { retry_for: 1 day, then: dead letter, tell: owner }\n"
        "environments:\n  dev: { sandbox: true }\n  prod: { sandbox: false, only_to: [] }\n"
        "ingest:\n  write_keys: [ env:LEADLINE_WRITE_KEY ]\n"
    )


def _event(name: str, number: int) -> str:
    expect = f"  expect: {100 * (number % 9 + 1)} in 1 hour\n" if number % 2 == 0 else ""
    return (
        f"{name}:\n  key: text\n  title: text\n  starts_at: time\n  link: text\n"
        f"  amount: number\n{expect}"
    )


def _system(kind: str, name: str, number: int) -> str:
    who = _owner(number)
    tail = f"owner: {who}\ntell: {who}\n"
    token = f"secrets: {{ token: env:{name.upper().replace('-', '_')}_TOKEN }}\n"
    private = "allow_private: { dev: true }\n"
    if kind == "hubspot":
        tier = ("starter", "professional", "enterprise")[number % 3]
        reads = "reads: { contact: 15 minutes }\nlag: 30 seconds\n"
        base = "base_url: { dev: http://127.0.0.1:8701 }\n"
        return f"kind: hubspot\ntier: {tier}\n{token}{base}{private}{reads}{tail}"
    if kind == "slack":
        return f"kind: slack\n{token}base_url: {{ dev: http://127.0.0.1:8702 }}\n{private}{tail}"
    return (
        "kind: smtp\nhost: { dev: 127.0.0.1, prod: smtp.acme.example }\n"
        "port: { dev: 8703, prod: 587 }\ntls: { dev: none, prod: starttls }\n"
        "from: Acme <hello@acme.example>\n"
        f"limits: {{ messages: {14 * (number + 1)} per second }}\n"
        "evidence: { dev: feed, prod: none }\n"
        f"{tail}"
    )


def _workflow(
    number: int,
    flows: list[str],
    events: list[str],
    systems: Mapping[str, list[str]],
    columns: Mapping[str, str],
    share: list[str],
    chance: random.Random,
) -> Iterator[tuple[str, str]]:
    """One workflow with its messages: path and text."""
    name = flows[number]
    crm, mail, chat = (systems[kind][number % len(systems[kind])] for kind in KINDS)
    enrolled = number % 3 == 2
    event = events[number % len(events)]
    when = "" if enrolled else f"  when: {event}\n"
    stop = events[(number + 1) % len(events)]
    success = events[(number + 2) % len(events)]
    there = [f for f in share if f"{{ {crm}: " in columns[f]]
    ask = chance.choice(share) if share else "company"
    lines = [
        f"name: {name.replace('-', ' ').capitalize()}",
        f"why: People of {name} hear what they asked for.",
        f"owner: {_owner(number // 8)}",
        f"starts:\n{when}  once_per: event.key",
        f"stops:\n  when: [ {stop} ]" if not enrolled else "",
        f"success: {{ event: {success}, within: 14 days }}",
        "steps:",
        f"  - step: mail\n    send: messages/{name}\n    via: {mail}\n    as: transactional",
        "    if_missing: { contact.first_name: there }\n    not_after: event.starts_at",
        "    if_it_fails: { retry_for: 6 hours, then: carry on, tell: owner }",
        *_save(number, crm, there),
        f"  - step: seen\n    wait_until: {crm} has seen save\n    at_most: 30 minutes",
        "    if_not: carry on",
        "  - step: which\n    choose:",
        "      - if:\n          all:\n            - contact.company_size is at least 200",
        f"            - contact.{ask} is known\n        then:",
        f"          - step: tell\n            post_to: {chat} {_ABOUT[number % len(_ABOUT)]}",
        "            text: messages/sales\n            bundle: 1 minute",
        "            if_it_fails: { retry_for: 1 hour, then: carry on }",
        "      - if: contact.country is one of DE or AT or CH\n        then:",
        f"          - step: answer\n            wait_for: {success}\n            at_most: 7 days",
        "            if_not: carry on",
        "      - else:\n          - step: rest\n            wait: 3 days",
        *_tail(number, flows),
    ]
    text = "\n".join(line for line in lines if line)
    yield f"workflows/{name}.yaml", f"{text}\n"
    yield f"messages/{name}.md", _mail(name, ask)
    if number == 0:
        yield "messages/sales.md", _POST


def _save(number: int, crm: str, there: list[str]) -> Iterator[str]:
    yield f"  - step: save\n    save_to: {crm} contact\n    set:"
    yield "      first_name: contact.first_name"
    for name in there[:6]:
        yield f"      {name}: contact.{name}"
    if number % 8 == 0:
        yield "      lifecycle_stage: { to: lead, only: forward }"
    yield "    if_it_fails: { retry_for: 1 day, then: dead letter, tell: owner }"


def _tail(number: int, flows: list[str]) -> Iterator[str]:
    """Every third workflow is enrolled in by the one before it."""
    if number % 3 == 1 and number + 1 < len(flows):
        yield f"  - step: next\n    enroll_in: {flows[number + 1]}"
    else:
        yield "  - step: end\n    stop: nothing more to do"


def _mail(name: str, ask: str) -> str:
    return (
        f"---\nsubject: About {{{{ event.title }}}}\npreheader: {name.replace('-', ' ')}\n---\n"
        "Hello {{ contact.first_name }},\n\n"
        f'this is about **{{{{ event.title }}}}** ({{{{ contact.{ask} | default: "new" }}}}).\n\n'
        "[Have a look]({{ event.link }})\n\nThe team at Acme\n"
    )


_POST = (
    '*{{ contact.first_name | default: "Someone" }}* of '
    '{{ contact.company | default: "an unnamed company" }}: {{ event.title }}\n'
)
