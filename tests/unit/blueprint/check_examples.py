"""A failing and a mended example of each code: changes of the example project.

The pages in docs/reference/checks are made from these (``check_pages``).
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.unit.project.broken import CHANGES

Change = tuple[str, str, str]

W = "workflows/webinar.yaml"
F = "workflows/webinar-follow-up.yaml"
L = "leadline.yaml"
C = "data/contact.yaml"
E = "events.yaml"
H = "systems/hubspot.yaml"
S = "systems/slack.yaml"
M = "systems/mail.yaml"
CONFIRMATION = "messages/webinar-confirmation.md"
SIZE = "contact.company_size is at least 200"


@dataclass(frozen=True)
class Example:
    """``fails`` is laid over the example project, or over it with ``ground``; ``mended`` instead
    of it (left out: nothing). ``before`` says that the example project is deployed already."""

    fails: tuple[Change, ...]
    mended: tuple[Change, ...] = ()
    ground: tuple[Change, ...] = ()
    before: bool = False


def _of(name: str) -> Example:
    return Example((CHANGES[name],))


def _change(path: str, old: str, new: str) -> Example:
    return Example(((path, old, new),))


_REGISTERS = "      - event: webinar.registered\n"


def _case(when: str, expect: str = "", mended: str = "") -> Example:
    """A test of the workflow "webinar" with these lines; mended: only the registration."""
    head = (
        "workflow: webinar\ngiven: { email: ada@people.example, first_name: Ada }\n"
        "at: 2026-12-01 09:00\nwith: { webinar: spring, title: Clean data }\n"
        "tests:\n  - test: She registers\n    when:\n"
    )
    right = "    expect:\n" + (mended or "      - mail: confirmation\n")
    wrong = "    expect:\n" + (expect or "      - mail: confirmation\n")
    name = "tests/try.yaml"
    return Example(((name, "", head + when + wrong),), ((name, "", head + _REGISTERS + right),))


def _phrase(wrong: str, right: str = SIZE, field: str | None = None) -> Example:
    """A condition of the follow-up; ``field`` is a further contact field that both need."""
    ground = ((C, "country: {", f"{field}\ncountry: {{"),) if field else ()
    mended = () if right == SIZE else ((F, SIZE, right),)
    return Example(((F, SIZE, wrong),), mended, ground)


BORN = "born: { type: date, names: { hubspot: date_of_birth } }"
MEMBER = "member: { type: flag, names: { hubspot: member } }"
SILENCE = "silence: [ { check: late-message, because: the list is small, until: 2027-01-31 } ]\n"
NO_DEADLINE = (W, "    not_after: event.starts_at\n", "")
SOON_OVER = (F, "    not_after: 7 days after event.starts_at\n", "    not_after: event.starts_at\n")
REMINDER = (
    "messages/reminder.md",
    "",
    "---\nsubject: Tomorrow\n---\n{{ event.title }} begins tomorrow.\n",
)
WAIT = "wait_until: 2 hours after event.starts_at"
LAST = "      lifecycle_stage: { to: lead, only: forward }\n"

_IN_BROKEN = {
    "backfill-not-supported": "backfill",
    "bad-link": "link to nowhere",
    "bad-name": "step with a bad name",
    "bad-setting": "bad port",
    "bare-list": "list without all or any",
    "bare-negative": "bare is not",
    "broken-template": "Liquid never closed",
    "broken-yaml": "colon inside the text",
    "cannot-match": "nothing to match by",
    "channel-with-sign": "channel with a quoted sign",
    "choice-without-values": "choice without values",
    "duplicate-key": "duplicate name",
    "duplicate-step": "same step twice",
    "duplicate-value": "value twice",
    "eaten-by-comment": "channel with a sign",
    "empty-file": "empty file",
    "empty-value": "empty value",
    "endless-wait": "endless wait",
    "enroll-circle": "circle of workflows",
    "forward-without-order": "forward without order",
    "front-matter-open": "front matter never ends",
    "go-to-in-defaults": "go to in the defaults",
    "key-not-text": "Liquid without quotes",
    "mail-without-subject": "message without subject",
    "marketing-without-consent": "marketing without consent",
    "misplaced-key": "misplaced name",
    "missing-else": "missing else",
    "missing-email-field": "no email",
    "missing-failure-policy": "missing failure policy",
    "missing-fallback": "nothing for a missing name",
    "missing-key": "missing name",
    "missing-purpose": "missing purpose",
    "missing-setting": "environment without setting",
    "nested-too-deep": "three braces",
    "no-kind": "step that does nothing",
    "no-name-in-system": "field without name in the system",
    "no-such-time": "time that the clocks skip",
    "not-a-duration": "bad duration",
    "not-a-limit": "bad limit",
    "not-a-share": "bad share",
    "not-a-time": "not a time",
    "not-an-address": "nobody to tell",
    "not-encrypted": "unencrypted address",
    "nothing-to-see": "system has seen nothing",
    "private-address": "private address",
    "sandbox-without-address": "sandbox that would reach the vendor",
    "second-document": "second document",
    "several-kinds": "step that does two things",
    "shared-name": "two fields with one name",
    "subject-in-post": "mail in a channel",
    "system-field": "value of a system",
    "unknown-environment": "unknown environment",
    "unknown-event": "unknown event",
    "unknown-field": "unknown field",
    "unknown-key": "unknown name",
    "unknown-message": "unknown message",
    "unknown-object": "unknown object",
    "unknown-property": "unknown property",
    "unknown-scope": "dotted text",
    "unknown-step": "unknown step to go to",
    "unknown-system": "unknown system",
    "unknown-time-zone": "unknown time zone",
    "unknown-word": "unknown kind",
    "unknown-workflow": "unknown workflow",
    "was-still-there": "was is still there",
    "wrong-shape": "list instead of text",
    "wrong-system": "wrong kind of system",
    "wrong-type": "wrong type",
    "yaml-anchor": "anchor",
    "yaml-tag": "tag",
}

EXAMPLES: dict[str, Example] = {code: _of(name) for code, name in _IN_BROKEN.items()} | {
    # conditions
    "almost-operator": _phrase("contact.company_size is at leats 200"),
    "between-without-and": _phrase(
        "contact.company_size is between 200", "contact.company_size is between 200 and 900"
    ),
    "comma": _phrase("'contact.country is one of DE, AT'", "contact.country is one of DE or AT"),
    "curly-quotes": _phrase("contact.company is “Acme”", 'contact.company is "Acme"'),
    "empty-group": _change(
        F,
        "          all:\n            - contact.company_size is at least 200\n"
        "            - contact.lifecycle_stage is not customer or unknown\n",
        "          all: []\n",
    ),
    "empty-range": _phrase(
        "contact.company_size is between 900 and 200",
        "contact.company_size is between 200 and 900",
    ),
    "empty-text": _phrase('contact.company contains ""', "contact.company is known"),
    "hidden-character": _phrase(
        "contact.company is \N{ZERO WIDTH SPACE}Acme", "contact.company is Acme"
    ),
    "keyword-in-value": _phrase(
        "contact.company is Trinidad and Tobago", 'contact.company is "Trinidad and Tobago"'
    ),
    "no-operator": _phrase("contact.company_size", "contact.company_size is known"),
    "no-reference": _phrase("company_size is at least 200"),
    "no-subject": _phrase("is at least 200"),
    "not-a-choice": _phrase("contact.lifecycle_stage is Lead", "contact.lifecycle_stage is lead"),
    "not-a-date": _phrase("contact.born is 31.12.1990", "contact.born is 1990-12-31", BORN),
    "not-a-flag": _phrase("contact.member is 1", "contact.member is true", MEMBER),
    "not-a-number": _phrase("contact.company_size is at least many"),
    "not-a-span": _phrase(
        "contact.born is within the last month", "contact.born is within the last 30 days", BORN
    ),
    "not-an-email": _phrase("contact.email is jo", "contact.email contains jo"),
    "not-known": _phrase("contact.company_size is not known", "contact.company_size is unknown"),
    "one-value": _phrase("contact.country is DE or AT", "contact.country is one of DE or AT"),
    "open-quote": _phrase("'contact.company is \"Acme'", "'contact.company is \"Acme\"'"),
    "reads-like-unknown": _phrase("contact.company is empty", "contact.company is unknown"),
    "reference-not-allowed": _phrase(
        "contact.company contains event.title", "contact.company is event.title"
    ),
    "span-finer-than-date": _phrase(
        "contact.born is within the next 2 hours", "contact.born is within the next 2 days", BORN
    ),
    "span-too-long": _phrase(
        "contact.born is within the last 99999 days",
        "contact.born is within the last 9000 days",
        BORN,
    ),
    "time-of-clock-change": _phrase(
        "event.starts_at is before 2027-03-28 02:30", "event.starts_at is before 2027-03-28 03:30"
    ),
    "day-not-moment": _phrase(
        "event.starts_at is not 2027-05-01 or unknown", "event.starts_at is 2027-05-01"
    ),
    "two-facts": _phrase(
        "contact.company is known and contact.country is known", "contact.company is known"
    ),
    "types-differ": _phrase(
        "contact.country is contact.company_size", "contact.country is contact.company"
    ),
    "unclear-value": _phrase(
        "'contact.company is \"Trinidad\" Tobago'", "'contact.company is \"Trinidad Tobago\"'"
    ),
    "uneven-span": _phrase(
        "contact.born is within the last 3 months", "contact.born is within the last 90 days", BORN
    ),
    "unknown-not-asked": _phrase("contact.country is DE and known", "contact.country is DE"),
    "unknown-operator": _phrase("contact.company_size >= 200"),
    "value-missing": _phrase("contact.company_size is at least"),
    "words-left-over": _phrase("contact.company is known brand", "contact.company is known"),
    "wrong-operator": _phrase("contact.company_size contains 200"),
    "several-groups": _change(
        F,
        "            - contact.lifecycle_stage is not customer or unknown\n",
        "          any:\n            - contact.lifecycle_stage is not customer or unknown\n",
    ),
    # steps
    "no-environment": Example(
        (
            (L, "environments:\n", "environments: {}\n"),
            (L, "  dev: { sandbox: true }\n", ""),
            (L, "  prod: { sandbox: false, only_to: [] }\n", ""),
        )
    ),
    "bad-branch": _change(F, "      - else:\n", "      - then:\n"),
    "bad-target": _change(W, "save_to: hubspot contact", "save_to: hubspot"),
    "missing-owner": Example(
        (
            (W, "owner: marketing-ops@acme.example\n", ""),
            (L, "[ webinar, webinar-follow-up ]", "[ webinar-follow-up ]"),
        )
    ),
    "never-entered": Example(
        ((W, "  - step: follow-up\n    enroll_in: webinar-follow-up\n", ""),),
        (),
    ),
    "never-reached": Example(
        ((F, WAIT, "wait: 3 days\n    at_most: 1 day\n    if_not: carry on"),),
        ((F, WAIT, "wait: 1 day"),),
    ),
    "no-steps": _change(
        F, "          - step: done\n            stop: nothing more to do\n", "          []\n"
    ),
    "not-yet-written": Example(
        (
            (
                W,
                "  - step: crm\n",
                "  - step: seen\n    wait_until: hubspot has seen crm\n    at_most: 1 hour\n"
                "    if_not: carry on\n  - step: crm\n",
            ),
        ),
        (
            (
                W,
                "  - step: tell-sales\n",
                "  - step: seen\n    wait_until: hubspot has seen crm\n    at_most: 1 hour\n"
                "    if_not: carry on\n  - step: tell-sales\n",
            ),
        ),
    ),
    "unreachable-step": _change(
        W, "  - step: tell-sales\n", "  - step: the-end\n    stop: enough\n  - step: tell-sales\n"
    ),
    "several-mail-systems": Example(
        ((W, "as: transactional", "as: transactional"),),
        (
            (W, "    as: transactional", "    via: mail\n    as: transactional"),
            (F, "    as: transactional", "    via: bulk\n    as: transactional"),
        ),
        (
            (
                "systems/bulk.yaml",
                "",
                "kind: smtp\nhost: { dev: 127.0.0.1, prod: bulk.acme.example }\n"
                "port: { dev: 8704, prod: 587 }\ntls: { dev: none, prod: starttls }\n"
                "from: Acme <news@acme.example>\nevidence: { dev: feed, prod: dsn }\n"
                "secrets: { user: env:BULK_USER, password: env:BULK_PASSWORD }\n"
                "owner: ops@acme.example\ntell: ops@acme.example\n",
            ),
        ),
    ),
    "no-mail-system": Example(((M, "", "kind: slack\nsecrets: { token: env:SLACK_TOKEN }\n"),)),
    # names and values
    "no-event": Example(
        ((W, "  when: webinar.registered\n", ""),),
    ),
    "not-a-count": _change(L, "max_burst: 10000", "max_burst: many"),
    "not-a-list": _change(
        W, "lifecycle_stage: { to: lead, only: forward }", "lifecycle_stage: { add_to: lead }"
    ),
    "not-a-reference": _change(CONFIRMATION, "event.join_url", "event.join_url.short"),
    "not-an-amount": _change(E, "expect: 500 in 1 minute", "expect: many"),
    "write-mode": _change(
        W, "last_webinar: event.title", "last_webinar: { to: event.title, increment: 1 }"
    ),
    # systems, fields and messages
    "secret-in-file": _of("secret in the file"),
    "values-without-choice": _change(
        C, "country: { type: text,", "country: { type: text, values: [ DE, AT ],"
    ),
    "wrong-email-type": _change(C, "email: { type: email,", "email: { type: text,"),
    "two-files": Example(
        (("workflows/webinar.yml", "", "name: Webinar\n"),),
    ),
    "empty-message": _change("messages/new-registration.md", "", "\n"),
    "front-matter-line": _change(CONFIRMATION, "preheader: Your", "Your"),
    "insecure-link": _change(
        CONFIRMATION, "The team at Acme", "[The team at Acme](http://acme.example)"
    ),
    "unused-message": Example((("messages/old.md", "", "Nobody reads this.\n"),)),
    "unused-stand-in": _change(
        W,
        "if_missing: { contact.first_name: there }",
        "if_missing: { contact.first_name: there, contact.last_name: you }",
    ),
    # silencing
    "unknown-check": Example(
        (NO_DEADLINE, (W, "stops:\n", SILENCE.replace("late-message", "late-mesage") + "stops:\n")),
        (NO_DEADLINE, (W, "stops:\n", SILENCE + "stops:\n")),
    ),
    "silence-without-file": Example(
        (
            NO_DEADLINE,
            (
                L,
                "ingest:\n",
                "silence:\n  - check: late-message\n    in: workflows/webinars.yaml\n"
                "    because: the list is small\n    until: 2027-01-31\ningest:\n",
            ),
        ),
        (
            NO_DEADLINE,
            (
                L,
                "ingest:\n",
                "silence:\n  - check: late-message\n    in: workflows/webinar.yaml\n"
                "    because: the list is small\n    until: 2027-01-31\ningest:\n",
            ),
        ),
    ),
    "silence-refused": Example(
        (
            SOON_OVER,
            (F, "stops:\n", SILENCE.replace("late-message", "deadline-too-early") + "stops:\n"),
        ),
    ),
    "silence-ended": Example(
        (NO_DEADLINE, (W, "stops:\n", SILENCE.replace("2027-01-31", "2026-10-31") + "stops:\n")),
        (NO_DEADLINE, (W, "stops:\n", SILENCE + "stops:\n")),
    ),
    "silence-without-effect": Example(((W, "stops:\n", SILENCE + "stops:\n"),)),
    # checks
    "branch-never-taken": _change(
        F,
        "      - else:\n",
        "      - if:\n          all:\n            - contact.company_size is at least 500\n"
        "            - contact.lifecycle_stage is not customer or unknown\n        then:\n"
        "          - { step: giant, stop: the account team knows }\n      - else:\n",
    ),
    "bundle-beyond-promise": Example(
        (
            (W, "step: confirmation, within", "step: tell-sales, within"),
            (W, "bundle: 5 seconds", "bundle: 10 minutes"),
        ),
        ((W, "step: confirmation, within", "step: tell-sales, within"),),
    ),
    "deadline-too-early": Example((SOON_OVER,)),
    "endless-path": Example(
        (
            (
                F,
                "  - step: hot-or-not\n",
                "  - step: came\n    wait_for: webinar.attended\n    at_most: 2 days\n"
                "    if_not: { go to: recording }\n  - step: hot-or-not\n",
            ),
        ),
        (
            (
                F,
                "  - step: hot-or-not\n",
                "  - step: came\n    wait_for: webinar.attended\n    at_most: 2 days\n"
                "    if_not: carry on\n  - step: hot-or-not\n",
            ),
        ),
    ),
    "jump-back-without-wait": Example(
        (
            (
                W,
                LAST,
                LAST + "    if_it_fails: { retry_for: 1 hour, then: { go to: confirmation } }\n",
            ),
        ),
        ((W, LAST, LAST + "    if_it_fails: { retry_for: 1 day, then: { go to: follow-up } }\n"),),
    ),
    "late-message": Example((NO_DEADLINE,)),
    "name-reused": Example(
        (
            (
                W,
                "  - step: follow-up\n    enroll_in: webinar-follow-up\n",
                "  - step: rest\n    enroll_in: webinar-follow-up\n"
                "  - step: follow-up\n    wait: 1 day\n",
            ),
        ),
        ((W, "  - step: follow-up\n", "  - step: rest\n    was: follow-up\n"),),
        before=True,
    ),
    "vendor-name-misspelt": _change(C, "hubspot: firstname", "hubspot: fristname"),
    "odd-mail-port": _change(M, "prod: 587", "prod: 58700"),
    "once-ever": Example(
        (
            (W, "  once_per: event.webinar\n", ""),
            (F, "starts:\n  once_per: event.webinar\n\n", ""),
        ),
    ),
    "promise-beyond-limits": _change(M, "messages: 14 per second", "messages: 1 per second"),
    "sent-twice": Example(
        (
            (
                W,
                "  - step: follow-up\n",
                "  - step: a-day-before\n    wait_until: 1 day before event.starts_at\n"
                "  - step: reminder\n    send: messages/webinar-confirmation\n"
                "    as: transactional\n    if_missing: { contact.first_name: there }\n"
                "    not_after: event.starts_at\n"
                "    if_it_fails: { retry_for: 6 hours, then: carry on }\n  - step: follow-up\n",
            ),
        ),
        (
            REMINDER,
            (
                W,
                "  - step: follow-up\n",
                "  - step: a-day-before\n    wait_until: 1 day before event.starts_at\n"
                "  - step: reminder\n    send: messages/reminder\n"
                "    as: transactional\n    not_after: event.starts_at\n"
                "    if_it_fails: { retry_for: 6 hours, then: carry on }\n  - step: follow-up\n",
            ),
        ),
    ),
    "unbounded-audience": Example(
        ((M, "limits: { messages: 14 per second }", "limits: { messages: 2000 per day }"),),
        (
            (M, "limits: { messages: 14 per second }", "limits: { messages: 2000 per day }"),
            (L, "max_burst: 10000", "max_burst: 2000"),
        ),
    ),
    "unreached-jump": Example(
        (
            (
                W,
                "  - step: tell-sales\n",
                "  - step: the-end\n    stop: enough\n  - step: came\n"
                "    wait_for: webinar.attended\n    at_most: 1 day\n"
                "    if_not: { go to: follow-up }\n  - step: tell-sales\n",
            ),
        ),
    ),
    "wait-without-end": Example(
        ((F, WAIT, "wait_until: contact.renewal"),),
        (
            (
                F,
                WAIT,
                "wait_until: contact.renewal\n    at_most: 60 days\n    if_not: stop",
            ),
        ),
        ((C, "country: {", "renewal: { type: time, names: { hubspot: renewal } }\ncountry: {"),),
    ),
    "one-thing-a-line": _case("      - { event: webinar.registered, after: 1 day }\n"),
    "wrong-place": _case(
        "      - event: webinar.registered\n      - after: 1 day\n        with: { title: New }\n"
    ),
    "two-tests": _case(f"{_REGISTERS}  - test: She registers\n    when:\n{_REGISTERS}"),
    "unknown-trouble": _case(f"      - trouble: hubspot sulks\n{_REGISTERS}"),
    "unknown-way": _case(
        _REGISTERS,
        "      - { chose: hot-or-not, in: webinar-follow-up, way: purple }\n",
        "      - mail: confirmation\n",
    ),
    "time-goes-back": _case(f"{_REGISTERS}      - until: 2026-11-30 09:00\n"),
    "time-comes-twice": _case(f"{_REGISTERS}      - until: 2027-10-31 02:30\n"),
}

NOT_SHOWN = {
    "empty-project": "a directory without files",
    "missing-file": "a file that is not there",
    "file-too-large": "more than a page holds",
    "link-out-of-project": "a link of the file system",
    "not-utf-8": "bytes that no page can show",
    "unreadable-file": "a right that is missing",
    "forbidden-character": "a character that no page can show",
    "impossible-character": "a character that no page can show",
    "empty-phrase": "an empty text is said to be an empty value first",
    "time-without-zone": "a project always has a time zone",
    "untested-branch": "known only beside the tests of a project",
    "time-too-far": "its test would fill many pages",
    "signature-of-nothing": "its file is written by leadline sign",
}
"""Codes whose page has no example that could be laid over the project, and why."""
