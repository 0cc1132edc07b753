"""For every key of a workflow's file: two workflows that differ in that key alone."""

from __future__ import annotations

from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.project import Project
from leadline.project.read import example_files

HEAD = """\
name: Made
why: A test.
owner: ops@acme.example
starts: { when: webinar.registered, once_per: event.webinar, max_burst: 10 }
"""
PROMISE = "promise: { step: one, within: 1 hour, share: 99 % }"
SUCCESS = "success: { event: webinar.attended, within: 1 day }"
STOPS = "stops: { when: webinar.cancelled }"
SILENCE = "silence: [ { check: late-message, because: known, until: 2027-01-31 } ]"
OVERRIDE = "override: { by: Ann, reason: the fair, until: 2027-01-31 }"
END = "- { step: end, stop: enough }"
SEND = """\
- step: one
  send: messages/webinar-confirmation
  as: transactional
  via: mail
  if_missing: { contact.first_name: there }
"""
SAVE = """\
- step: one
  save_to: hubspot contact
  set:
    company: Acme
"""
COUNT = """\
- step: one
  set:
    company_size: { increment: 1 }
"""
POST = "- { step: one, post_to: slack sales, text: messages/hot-lead, bundle: 1 minute }"
FAILS = f"{POST[:-2]}, if_it_fails: {{ retry_for: 1 day, then: stop }} }}"
WAIT_FOR = "- { step: one, wait_for: webinar.attended, at_most: 2 days, if_not: carry on }"
UNTIL = "- { step: one, wait_until: event.starts_at, at_most: 2 days, if_not: stop }"
JUMP = UNTIL.replace("stop", "{ go to: one }")
CHOOSE = """\
- step: one
  choose:
    - if: { all: [ contact.company is Acme, contact.country is DE ] }
      then: [ { step: two, stop: yes } ]
    - else: [ { step: three, stop: no } ]
"""

# (record, key) → lines of the head, steps, what stands there, what instead.
KEYS: dict[tuple[str, str], tuple[str, str, str, str]] = {
    ("workflow", "name"): ("", END, "Made", "Other"),
    ("workflow", "why"): ("", END, "why: A test.\n", ""),
    ("workflow", "owner"): ("", END, "ops@", "ann@"),
    ("workflow", "promise"): (PROMISE, POST, PROMISE, ""),
    ("promise", "step"): (PROMISE, POST, "step: one, within", "step: end, within"),
    ("promise", "within"): (PROMISE, POST, "1 hour", "2 hours"),
    ("promise", "share"): (PROMISE, POST, "99 %", "98.5 %"),
    ("workflow", "starts"): ("", END, HEAD.splitlines()[-1], ""),
    ("starts", "when"): ("", END, "webinar.registered", "[ webinar.registered, webinar.attended ]"),
    ("starts", "if"): ("", END, "max_burst: 10", "max_burst: 10, if: event.title is A"),
    ("starts", "once_per"): ("", END, "once_per: event.webinar, ", ""),
    ("starts", "max_burst"): ("", END, "max_burst: 10", "max_burst: 11"),
    ("workflow", "stops"): (STOPS, END, STOPS, ""),
    ("stops", "when"): (STOPS, END, "cancelled", "attended"),
    ("stops", "where"): (STOPS, END, "cancelled", "cancelled, where: event.webinar is a"),
    ("workflow", "success"): (SUCCESS, END, SUCCESS, ""),
    ("success", "event"): (SUCCESS, END, "attended", "cancelled"),
    ("success", "within"): (SUCCESS, END, "1 day", "2 days"),
    ("success", "where"): (SUCCESS, END, "1 day", "1 day, where: event.minutes is at least 5"),
    ("workflow", "silence"): (SILENCE, END, SILENCE, ""),
    ("silence", "check"): (SILENCE, END, "late-message", "two-writers"),
    ("silence", "because"): (SILENCE, END, "known", "new"),
    ("silence", "until"): (SILENCE, END, "2027-01-31", "2027-02-01"),
    ("workflow", "override"): (OVERRIDE, END, OVERRIDE, ""),
    ("override", "by"): (OVERRIDE, END, "Ann", "Bob"),
    ("override", "reason"): (OVERRIDE, END, "the fair", "a fair"),
    ("override", "until"): (OVERRIDE, END, "2027-01-31", "2027-02-01"),
    ("workflow", "steps"): ("", POST, END, ""),
    ("step", "step"): ("", POST, "step: one", "step: other"),
    ("step", "was"): ("", POST, "step: one", "step: one, was: first"),
    ("step", "send"): ("", SEND, "webinar-confirmation", "webinar-follow-up"),
    ("step", "via"): ("", SEND, "via: mail", "via: second"),
    ("step", "not_after"): ("", SEND, "  via", "  not_after: event.starts_at\n    via"),
    ("step", "if_missing"): ("", SEND, "there", "friend"),
    ("step", "save_to"): ("", SAVE, "    save_to: hubspot contact\n", ""),
    ("step", "set"): ("", SAVE, "Acme", "acme"),
    ("step", "post_to"): ("", POST, "slack sales", "slack other"),
    ("step", "text"): ("", POST, "hot-lead", "new-registration"),
    ("step", "bundle"): ("", POST, ", bundle: 1 minute", ""),
    ("step", "wait"): ("", "- { step: one, wait: 1 day }", "1 day", "2 days"),
    ("step", "wait_until"): ("", UNTIL, "event.starts_at", "1 hour before event.starts_at"),
    ("step", "wait_for"): ("", WAIT_FOR, "attended", "cancelled"),
    ("step", "where"): ("", WAIT_FOR, "attended", "attended, where: event.minutes is 5"),
    ("step", "at_most"): ("", UNTIL, "2 days", "3 days"),
    ("step", "if_not"): ("", UNTIL, "if_not: stop", "if_not: carry on"),
    ("step", "choose"): ("", CHOOSE, "is Acme", "is known"),
    ("step", "enroll_in"): ("", "- { step: one, enroll_in: other }", "other", "another"),
    ("step", "stop"): ("", END, "enough", "done"),
    ("step", "if_it_fails"): ("", FAILS, ", if_it_fails: { retry_for: 1 day, then: stop }", ""),
    ("if_it_fails", "retry_for"): ("", FAILS, "1 day", "2 days"),
    ("if_it_fails", "then"): ("", FAILS, "then: stop", "then: dead letter"),
    ("if_it_fails", "tell"): ("", FAILS, "then: stop", "then: stop, tell: owner"),
    ("go to", "go to"): ("", JUMP, "go to: one", "go to: end"),
    ("branch", "if"): ("", CHOOSE, "Acme", "acme"),
    ("branch", "then"): ("", CHOOSE, "stop: yes", "stop: perhaps"),
    ("branch", "else"): ("", CHOOSE, "stop: no", "stop: perhaps"),
    ("branch", "unknown"): (
        "",
        CHOOSE,
        "    - else",
        "    - unknown: [ { step: four, stop: who knows } ]\n      - else",
    ),
    ("condition", "all"): ("", CHOOSE, "all:", "any:"),
    ("condition", "any"): ("", CHOOSE.replace("all:", "any:"), "any:", "none:"),
    ("condition", "none"): ("", CHOOSE.replace("all:", "none:"), "none:", "all:"),
    ("write", "to"): ("", SAVE, "Acme", "{ to: acme }"),
    ("write", "only"): ("", SAVE, "Acme", "{ to: Acme, only: if empty }"),
    ("write", "add_to"): ("", SAVE, "Acme", "{ add_to: Acme }"),
    ("write", "text"): ("", SAVE, "Acme", "{ text: acme.com }"),
    ("write", "increment"): ("", COUNT, "increment: 1", "increment: -1"),
}

# What no file can say in two ways yet, and why.
ONE_WAY = {
    ("step", "as"): "marketing mail is refused until consent is kept",
    ("starts", "backfill"): "refused in this version",
}

SECOND = """\
kind: smtp
host: { dev: 127.0.0.1, prod: smtp.other.example }
from: Acme <hello@acme.example>
"""
OTHER = "name: Other\nowner: ops@acme.example\nsteps: [ { step: end, stop: enough } ]\n"


def pair(record: str, key: str) -> tuple[Project, Project]:
    """Two projects whose workflow "made" differs in this key alone."""
    head, steps, old, new = KEYS[record, key]
    body = "".join(
        f"  {line}\n" for line in [*steps.splitlines(), *([END] if steps != END else [])]
    )
    text = f"{HEAD}{head}\nsteps:\n{body}"
    assert text.count(old) >= 1, (old, text)
    return project(text), project(text.replace(old, new, 1))


def project(made: str) -> Project:
    """The example's data and messages, with this workflow and two to enroll in."""
    files = {p: t for p, t in example_files().items() if not p.startswith(("workflows/", "tests/"))}
    files["leadline.yaml"] = files["leadline.yaml"].replace(
        "[ webinar, webinar-follow-up ]", "[ made ]"
    )
    files |= {
        "workflows/made.yaml": made,
        "workflows/other.yaml": OTHER,
        "workflows/another.yaml": OTHER,
        "systems/second.yaml": SECOND,
    }
    found, problems = parse(Files(files))
    assert found is not None, [str(p) for p in problems]
    return found
