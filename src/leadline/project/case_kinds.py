"""Every name that a test file may use, with its meaning."""

from __future__ import annotations

from leadline.project.cases import TroubleKind
from leadline.project.schema import Either, Key, ListOf, MapOf, OneOrMany, Record, Text, Word

_DURATION = Text("2 days", r"^\d+ (second|minute|hour|day|week)s?$")
_WALL = Text("2026-12-01 09:00", r"^\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}$")
_STEP = Text("confirmation")
_FLAG = Word(("true", "false"))

NOTHING_MORE = "nothing more"
UNKNOWN = "unknown"
"""What stands for a value that is not known."""

ENDS = (
    "completed", "stopped by an event", "stopped by a step", "stopped after a failure",
    "dead letter", "loop",
)  # fmt: skip
KEPT_OUT = (
    "the event came too late", "no email address", "the email address is not one",
    "the value that it is once per is unknown", "the condition does not hold",
    "the condition cannot be decided", "already entered",
)  # fmt: skip
OUTCOMES = (
    "accepted", "rejected", "dead", "expired", "skipped", "held", "bounced", "superseded",
)  # fmt: skip
TROUBLES = tuple(kind.value for kind in TroubleKind)

_GIVEN = Key(
    "Who the contact is: fields and their values; unknown where one is not known.",
    MapOf(Text("ada@people.example")),
)
_AT = Key("When the test begins, on the clocks of the project's zone.", _WALL)
_WITH = Key(
    "Properties of events and their values; unknown where one is not known.",
    MapOf(Text("spring")),
)

WHEN = Record(
    "line of when",
    {
        "event": Key("Something that the contact does.", Text("webinar.registered")),
        "with": _WITH,
        "late_by": Key("How long the event takes until it reaches us.", _DURATION),
        "after": Key("How much time goes by.", _DURATION),
        "until": Key("The time that comes.", _WALL),
        "contact": Key("Fields of the contact that change.", MapOf(Text("Ada"))),
        "trouble": Key(
            "What a system does from here on: " + ", ".join(f"SYSTEM {t}" for t in TROUBLES) + ".",
            Text("hubspot refuses crm", r"^\S+ .+$"),
        ),
    },
)
WHEN_KINDS = ("event", "after", "until", "contact", "trouble")

EXPECT = Record(
    "expectation",
    {
        "mail": Key("The step whose mail goes out.", _STEP),
        "saved": Key("The step whose save is done.", Text("crm")),
        "post": Key("The step whose post appears.", Text("tell-sales")),
        "contact": Key("Fields of the contact in the end.", MapOf(Text("lead"))),
        "entered": Key("A workflow that the contact enters.", Text("webinar-follow-up")),
        "kept_out": Key("A workflow that does not let the contact in.", Text("webinar")),
        "chose": Key("A choice that was come by; way says which way was taken.", _STEP),
        "skipped": Key("A step that does nothing.", _STEP),
        "gave_up": Key("A wait that ends without what it waits for.", _STEP),
        "told": Key("Who gets a notice.", Text("marketing-ops@acme.example")),
        "success": Key("Whether the run counts as a success.", _FLAG),
        "ends": Key("How the run ends.", Word(ENDS)),
        "in": Key("The workflow of the step, where it is another one.", Text("webinar-follow-up")),
        "at": Key("When, on the clocks of the project's zone; to the minute.", _WALL),
        "to": Key("The address of the mail.", Text("ada@people.example")),
        "channel": Key("The channel of the post.", Text("sales")),
        "says": Key("Words that stand in it.", OneOrMany(Text("Hello Ada"))),
        "does_not_say": Key("Words that do not stand in it.", OneOrMany(Text("Hello there"))),
        "fields": Key("Fields, by our names, and the values written.", MapOf(Text("lead"))),
        "outcome": Key("What becomes of it; accepted when left out.", Word(OUTCOMES)),
        "because": Key("Words of the reason.", Text("already entered")),
        "way": Key("The way that a choice takes: if 1, if 2, else or unknown.", Text("else")),
    },
)
# What may be expected, and the names that each may have beside it.
EXPECT_KINDS = {
    "mail": ("in", "at", "to", "says", "does_not_say", "outcome"),
    "saved": ("in", "at", "fields", "outcome"),
    "post": ("in", "at", "channel", "says", "does_not_say", "outcome"),
    "contact": (),
    "entered": (),
    "kept_out": ("because",),
    "chose": ("in", "way"),
    "skipped": ("in", "because"),
    "gave_up": ("in", "because"),
    "told": (),
    "success": ("in",),
    "ends": ("in", "at"),
}

CASE = Record(
    "test",
    {
        "test": Key(
            "What is tested, as a sentence.", Text("Whoever registers twice gets one mail"),
            required=True,
        ),
        "suggested": Key("Written by Leadline; remove it once you have read the test.", _FLAG),
        "given": _GIVEN,
        "at": _AT,
        "with": _WITH,
        "when": Key("What happens, in order.", ListOf(WHEN), required=True),
        "expect": Key(
            "What is expected until every run has ended.",
            ListOf(Either((Word((NOTHING_MORE,)), EXPECT))), required=True,
        ),
    },
)  # fmt: skip

CASES_FILE = Record(
    "test file",
    {
        "workflow": Key(
            "The workflow that is tested.", Text("webinar"), required=True,
            fix='Add "workflow:" with the name of a file in workflows/, without .yaml.',
        ),
        "given": _GIVEN,
        "at": _AT,
        "with": _WITH,
        "tests": Key("The tests; what stands above holds for each.", ListOf(CASE), required=True),
    },
)  # fmt: skip
