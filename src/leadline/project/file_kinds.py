"""Every name that a project file may use, with its meaning."""

from __future__ import annotations

from collections.abc import Mapping

from leadline.expression.types import Kind
from leadline.ledger.vendor_limits import ALL, HUBSPOT, SLACK, SMTP, VendorLimits
from leadline.project.schema import (
    Either,
    Key,
    ListOf,
    MapOf,
    Named,
    OneOrMany,
    Record,
    Shape,
    Text,
    Word,
    per_environment,
)

_DURATION = Text("5 minutes", r"^\d+ (second|minute|hour|day|week)s?$")
_ADDRESS = Text("marketing-ops@acme.example")
_SECRET = Text("env:HUBSPOT_TOKEN", r"^(env|file):.+$")
_REF = Text("event.webinar", r"^\w+\.\w+$")
_FLAG = Word(("true", "false"))
_CONDITION = Named("condition")
_STEPS = ListOf(Named("step"))

FORWARDS = ("carry on", "stop", "dead letter")
_THEN = Either((Word(FORWARDS), Text("go to: step-name", r"^go to: .+$"), Named("go_to")))

GO_TO = Record("go to", {"go to": Key("The step that follows.", Text("follow-up"), required=True)})

FAILURE = Record(
    "if_it_fails",
    {
        "retry_for": Key("How long to try again before giving up.", _DURATION, required=True),
        "then": Key(
            "What follows: carry on, stop, dead letter (replay resumes the run), or go to a step.",
            _THEN,
            required=True,
        ),
        "tell": Key('Who gets a notice: "owner" or addresses.', OneOrMany(Text("owner"))),
    },
)

CONDITION_GROUP = Record(
    "condition",
    {
        "all": Key("Every one of these holds.", ListOf(_CONDITION)),
        "any": Key("At least one of these holds.", ListOf(_CONDITION)),
        "none": Key("Not one of these holds.", ListOf(_CONDITION)),
    },
)

WRITE = Record(
    "write",
    {
        "to": Key("The new value.", Text("lead")),
        "only": Key(
            "forward: only to a later choice; if empty: only where nothing stands.",
            Word(("forward", "if empty")),
        ),
        "add_to": Key("One more value of a list.", Text("webinar")),
        "increment": Key("How much to add to the number.", Text("1", r"^-?\d+$")),
        "text": Key("A text that has a dot but is no reference.", Text("acme.com")),
    },
)
_WRITES = MapOf(Either((Text("event.title"), WRITE)))

STEP = Record(
    "step",
    {
        "step": Key(
            "The name of the step, unique in its workflow.",
            Text("confirmation"),
            required=True,
            fix='Add "step: a-name", or run "leadline fmt", which names every step.',
        ),
        "was": Key("The name that the step had before.", Text("welcome")),
        "send": Key("A message file, sent as one email.", Text("messages/welcome")),
        "as": Key("Why it is sent.", Word(("transactional", "marketing"))),
        "via": Key("The mail system, when there are several.", Text("mail")),
        "not_after": Key("Too late to send: a time.", Text("event.starts_at")),
        "save_to": Key("A system and an object to write to.", Text("hubspot contact")),
        "set": Key("Fields and what is written to them.", _WRITES),
        "post_to": Key("A chat system and a channel, without #.", Text("slack sales")),
        "text": Key("The message file that is posted.", Text("messages/hot-lead")),
        "bundle": Key("Posts within this span become one.", _DURATION),
        "if_missing": Key("What stands in for a value that is not known.", MapOf(Text("there"))),
        "wait": Key("How long to wait.", _DURATION),
        "wait_until": Key(
            "A time, or a system having seen what a step wrote.",
            Text("1 hour before event.starts_at"),
        ),
        "wait_for": Key("An event to wait for.", Text("webinar.attended")),
        "where": Key("Which events count, instead of those with the same once_per.", _CONDITION),
        "at_most": Key("The longest that the wait may last.", _DURATION),
        "if_not": Key("What follows when the wait ends without success.", _THEN),
        "choose": Key("Branches; the first that holds is taken.", ListOf(Named("branch"))),
        "enroll_in": Key("Another workflow that the contact starts.", Text("follow-up")),
        "stop": Key("The run ends; the reason that is recorded.", Text("not a customer")),
        "if_it_fails": Key("What to do when the step fails.", FAILURE),
    },
)

# The names that say what a step does, and those that each of them may have beside it.
STEP_KINDS: Mapping[str, tuple[str, ...]] = {
    "send": ("as", "via", "if_missing", "not_after", "if_it_fails"),
    "save_to": ("set", "if_missing", "if_it_fails"),
    "post_to": ("text", "bundle", "if_missing", "if_it_fails"),
    "set": (),
    "wait": ("at_most", "if_not"),
    "wait_until": ("at_most", "if_not"),
    "wait_for": ("where", "at_most", "if_not"),
    "choose": (),
    "enroll_in": (),
    "stop": (),
}

BRANCH = Record(
    "branch",
    {
        "if": Key("The condition of this branch.", _CONDITION),
        "then": Key("The steps of this branch.", _STEPS),
        "else": Key("The steps when no branch holds; required.", _STEPS),
        "unknown": Key("The steps when it cannot be known whether a branch holds.", _STEPS),
    },
)

STARTS = Record(
    "starts",
    {
        "when": Key("The events that start a run.", OneOrMany(Text("webinar.registered"))),
        "if": Key("Who is let in.", _CONDITION),
        "once_per": Key("One run per person and this value; once ever when left out.", _REF),
        "max_burst": Key("More entries than this wait for approval.", Text("10000", r"^\d+$")),
        "backfill": Key("Not available yet.", Text()),
    },
)

STOPS = Record(
    "stops",
    {
        "when": Key(
            "The events that end a run.", OneOrMany(Text("webinar.cancelled")), required=True
        ),
        "where": Key("Which of them count, instead of those with the same once_per.", _CONDITION),
    },
)

SUCCESS = Record(
    "success",
    {
        "event": Key("The event that counts as success.", Text("webinar.attended"), required=True),
        "within": Key("How long after the start it counts.", _DURATION, required=True),
        "where": Key("Which of them count, instead of those with the same once_per.", _CONDITION),
    },
)

PROMISE = Record(
    "promise",
    {
        "step": Key("The step that is promised.", Text("confirmation"), required=True),
        "within": Key("How soon after the start.", _DURATION, required=True),
        "share": Key("For what share of the people.", Text("99 %", r"^[\d.]+ ?%$"), required=True),
    },
)

WORKFLOW = Record(
    "workflow",
    {
        "name": Key("What people call the workflow.", Text("Webinar"), required=True),
        "why": Key("What it is for, in a sentence.", Text("People get their link at once.")),
        "owner": Key("Who answers for it.", _ADDRESS),
        "promise": Key("What is promised, and watched.", PROMISE),
        "starts": Key(
            "What starts a run; left out when only another workflow enrolls here.", STARTS
        ),
        "stops": Key("What ends a run early.", STOPS),
        "success": Key("What counts as success; it does not end the run.", SUCCESS),
        "steps": Key("What happens, in order.", _STEPS, required=True),
    },
)

FIELD = Record(
    "field",
    {
        "type": Key("What the field holds.", Word(tuple(Kind)), required=True),
        "values": Key("The values of a choice, in order.", ListOf(Text("lead"))),
        "pii": Key("Whether it tells who somebody is.", _FLAG),
        "from": Key("The system whose value counts.", Text("hubspot")),
        "names": Key("What each system calls it.", MapOf(Text("firstname"))),
        "every_value": Key("Never merge two writes of this field into one.", _FLAG),
    },
)
CONTACT_FILE = MapOf(FIELD)

PROPERTY = Record(
    "property",
    {
        "type": Key("What the property holds.", Word(tuple(Kind)), required=True),
        "values": Key("The values of a choice, in order.", ListOf(Text("small"))),
    },
)
LATE = "trigger"
EXPECT = Text("500 in 1 minute", r"^\d+ in \d+ (second|minute|hour|day|week)s?$")
EVENTS_FILE = MapOf(MapOf(Either((Word((*Kind, LATE)), EXPECT, PROPERTY))))

ENVIRONMENT = Record(
    "environment",
    {
        "sandbox": Key(
            "true: sandboxes only, and Leadline deploys by itself.", _FLAG, required=True
        ),
        "only_to": Key(
            "Addresses or @domains that may be mailed here; empty: everyone.",
            ListOf(Text("@acme.example")),
        ),
        "signed": Key(
            "required: every workflow must be signed by somebody before it runs here.",
            Word(("required",)),
        ),
    },
)

DEFAULTS = Record(
    "defaults",
    {
        "if_it_fails": Key("The failure policy of steps without their own.", FAILURE),
        "max_burst": Key("More entries than this wait for approval.", Text("10000", r"^\d+$")),
        "late_after": Key("Older events count, but start nothing.", _DURATION),
    },
)

PROJECT = Record(
    "project",
    {
        "project": Key("The name of the project.", Text("acme"), required=True),
        "time_zone": Key(
            "The zone in which times are meant.", Text("Europe/Berlin"), required=True
        ),
        "owners": Key("Who answers for which workflows.", MapOf(ListOf(Text("webinar")))),
        "defaults": Key("What holds for all workflows.", DEFAULTS),
        "environments": Key("Where the project runs.", MapOf(ENVIRONMENT), required=True),
        "ingest": Key(
            "Where events come in.",
            Record(
                "ingest",
                {
                    "write_keys": Key(
                        "Keys that senders use; several at once, so that they can rotate.",
                        ListOf(_SECRET),
                        required=True,
                    )
                },
            ),
        ),
    },
)

SIGNATURE = Record(
    "signature",
    {
        "workflow": Key("The workflow that was signed.", Text("webinar"), required=True),
        "by": Key("Who signed it.", Text("Ann Example"), required=True),
        "on": Key("The day.", Text("2026-12-01", r"^\d{4}-\d{2}-\d{2}$"), required=True),
        "language": Key("The language that was read.", Word(("en", "de")), required=True),
        "meaning": Key(
            "The hash of the meaning, which a change of meaning changes.",
            Text(
                "edfc752e86af005b9d564eaf87418d21841d939e312217b71683bad21c4f61ed", r"^[0-9a-f]+$"
            ),
            required=True,
        ),
        "note": Key("What the signer wants to be remembered.", Text("Agreed with legal.")),
        "said": Key("The lines that were read.", ListOf(Text())),
    },
)
SIGNATURES = Record(
    "signatures",
    {"signatures": Key("Every signature, newest last.", ListOf(SIGNATURE), required=True)},
)

_SYSTEM_KEYS = {
    "kind": Key("Which platform it is.", Text("hubspot"), required=True),
    "limits": Key("The provider's own figures.", MapOf(Text("14 per second"))),
    "guard": Key("safe: no refusal of ours; full: use all of a limit.", Word(("safe", "full"))),
    "owner": Key("Who answers for it.", _ADDRESS),
    "tell": Key("Who is told when its connection fails.", OneOrMany(_ADDRESS)),
    "reads": Key("The objects read from it, and how often.", MapOf(Text("15 minutes"))),
    "lag": Key("How long a change takes until a read shows it.", _DURATION),
}
_HTTP_KEYS = {
    "base_url": Key(
        "Where it answers; left out: the vendor's own.",
        per_environment(Text("http://127.0.0.1:8701")),
    ),
    "allow_private": Key("Loopback and private addresses are allowed.", per_environment(_FLAG)),
}


def _tier(limits: VendorLimits) -> Key:
    return Key(
        f"What was bought, which decides the limits; {limits.default_tier} when left out.",
        per_environment(Word(tuple(limits.tiers))),
    )


def _secrets(names: Mapping[str, str], *, required: bool) -> Key:
    keys = {name: Key(doc, _SECRET, required=required) for name, doc in names.items()}
    return Key(
        "Where secrets are found, never the secrets.", Record("secrets", keys), required=required
    )


SYSTEM_KINDS: Mapping[str, Record] = {
    "hubspot": Record(
        "system",
        {
            **_SYSTEM_KEYS,
            **_HTTP_KEYS,
            "tier": _tier(HUBSPOT),
            "secrets": _secrets({"token": "A service key or private app token."}, required=True),
        },
    ),
    "slack": Record(
        "system",
        {
            **_SYSTEM_KEYS,
            **_HTTP_KEYS,
            "tier": _tier(SLACK),
            "secrets": _secrets({"token": "The bot token (xoxb-…)."}, required=True),
        },
    ),
    "smtp": Record(
        "system",
        {
            **_SYSTEM_KEYS,
            "tier": _tier(SMTP),
            "host": Key("The mail server.", per_environment(Text("smtp.example")), required=True),
            "port": Key("Its port; 587 when left out.", per_environment(Text("587", r"^\d+$"))),
            "tls": Key(
                "none, starttls (when left out) or tls from the first byte.",
                per_environment(Word(("none", "starttls", "tls"))),
            ),
            "from": Key(
                "The sender.",
                per_environment(Text("Acme <hello@acme.example>")),
                required=True,
            ),
            "evidence": Key(
                "How delivery is learned: dsn, feed or none (when left out).",
                per_environment(Word(("dsn", "feed", "none"))),
            ),
            "secrets": _secrets(
                {"user": "The account.", "password": "Its password."}, required=False
            ),
        },
    ),
}

SYSTEM_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "hubspot": {"tier": HUBSPOT.default_tier},
    "slack": {"tier": SLACK.default_tier},
    "smtp": {"tier": SMTP.default_tier, "port": "587", "tls": "starttls", "evidence": "none"},
}

# What workflows may ask of a kind of system.
SAVES: Mapping[str, tuple[str, ...]] = {"hubspot": ("contact",)}
POSTS = ("slack",)
SENDS = ("smtp",)

# The windows that a project may give its own figure for.
LIMITS: Mapping[str, tuple[str, ...]] = {
    kind: tuple(
        dict.fromkeys(w.window.name for windows in ALL[kind].tiers.values() for w in windows)
    )
    for kind in SYSTEM_KINDS
}

NAMED: Mapping[str, Shape] = {
    "step": STEP,
    "branch": BRANCH,
    "condition": Either((Text("contact.country is DE"), CONDITION_GROUP)),
    "go_to": GO_TO,
}
