"""A small inherited stack as values: two systems, five flows, and findings about both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from leadline.audit.canonical import lay_views
from leadline.audit.stack import Stack
from leadline.audit.tables import Column, Kind, Meaning, Source, Table
from leadline.blueprint.finding import Example, Finding, FixKind, Repair, Rule, Severity
from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Edge,
    EdgeKind,
    Every,
    FieldRef,
    Flow,
    Live,
    Purpose,
    Send,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Understanding,
    Write,
)
from leadline.inspection.reading import Read, Reading
from leadline.inspection.recognition import Content, Recognition, Unread

COUNTRY = FieldRef("hubspot", "contact", "country")
STAGE = FieldRef("hubspot", "contact", "lifecyclestage")
FIRST = FieldRef("hubspot", "contact", "firstname")
EMAIL = FieldRef("hubspot", "contact", "email")

CONTACTS = Table(
    "hubspot_contacts",
    "hubspot",
    Kind.CONTACT,
    "contact",
    (
        Column("hs_object_id", "Record ID", Meaning.KEY),
        Column("email", "Email", Meaning.EMAIL),
        Column("firstname", "First Name", Meaning.FIRST_NAME),
        Column("country", "Country", Meaning.COUNTRY),
        Column("lifecyclestage", "Lifecycle stage", Meaning.LIFECYCLE),
    ),
    6,
    (Source("hubspot-crm-exports-all-2026-03-05.csv", 6),),
)
MEMBERS = Table(
    "mailchimp_subscribed",
    "mailchimp",
    Kind.CONTACT,
    "contact",
    (
        Column("EMAIL", "Email Address", Meaning.EMAIL),
        Column("FNAME", "First Name", Meaning.FIRST_NAME),
    ),
    2,
    (Source("subscribed_email_audience_export_1a2b.csv", 2),),
    status="subscribed",
)

ROWS: dict[str, list[tuple[str | None, ...]]] = {
    "hubspot_contacts": [
        ("101", "ann@people.example", " Ann", "DE", "lead"),
        ("102", "bob@people.example", "Bob\u200b", "Germany", "Lead "),
        ("103", "cem@people.example", "MÃ¼jde", None, "customer"),
        ("104", "dee@people.example", '=HYPERLINK("http://evil.example") ', None, "lead"),
        ("105", "<script>alert(1)</script>@people.example", None, "AT", None),
        ("106", "eve@people.example", "Eve", "DE", "MQL"),
    ],
    "mailchimp_subscribed": [
        ("ann@people.example", "Ann"),
        (" fay@people.example", " Fay "),
    ],
}


def rule(
    code: str,
    severity: Severity = Severity.WARNING,
    *,
    fix: FixKind = FixKind.REVIEW,
    topic: str = "data",
) -> Rule:
    return Rule(
        code,
        code.replace("-", " ").capitalize(),
        severity,
        Repair.MUST_ASK,
        fix,
        "People are reached who should not be, or the other way round.",
        "Judged after trim and case.",
        "Fill the field from the form, and ask for it where it is missing.",
        topic=topic,
    )


def welcome() -> Flow:
    """Starts for everybody who is not a customer, branches by country, sends, loops back."""
    not_customer = Comparison(
        STAGE,
        "is none of",
        "Lifecycle stage is none of customer",
        ("customer",),
        negative=True,
        blank=Blank.PASSES,
    )
    german = Comparison(COUNTRY, "is any of", "Country is any of DE", ("DE",))
    steps = [
        Step("1", StepKind.WAIT, "wait 1 day", "0-1", edges=(Edge("2"),), wait_s=86400),
        Step(
            "2",
            StepKind.BRANCH,
            "look at the country",
            "LIST_BRANCH",
            edges=(
                Edge("3", EdgeKind.BRANCH, "Country is any of DE", german),
                Edge("4", EdgeKind.ELSE, "none matched"),
            ),
            reads=(COUNTRY,),
        ),
        Step("3", StepKind.SEND, "send the mail Willkommen", "0-4", edges=(Edge("5"),),
             reads=(FIRST,),
             sends=(Send("email", "hubspot", "Willkommen", Purpose.MARKETING),)),
        Step("4", StepKind.SEND, "send the mail Welcome", "0-4", edges=(Edge("5"),),
             reads=(FIRST,),
             sends=(Send("email", "hubspot", "Welcome", Purpose.MARKETING),)),
        Step("5", StepKind.WRITE, "set Lifecycle stage to lead", "0-5", edges=(Edge("6"),),
             writes=(Write(STAGE, "lead"),)),
        Step("6", StepKind.OPAQUE, "an action of an installed app", "1-179507819",
             Understanding.OPAQUE, edges=(Edge("7"),)),
        Step("7", StepKind.NOTIFY, "mail maria.huber@acme.example", "0-8",
             people=("maria.huber@acme.example",)),
        Step("9", StepKind.WRITE, "set Country to DE", "0-5", writes=(Write(COUNTRY, "DE"),)),
    ]  # fmt: skip
    return Flow(
        "hubspot", "11", "Welcome <b>new</b> leads", "flows/11.json", Live.ON, "contact",
        (Trigger(TriggerKind.CRITERIA, "Lifecycle stage is none of customer",
                 Every((not_customer,))),),
        "1", {step.id: step for step in steps}, cannot_say=("whether a step failed",),
    )  # fmt: skip


def flows() -> tuple[Flow, ...]:
    asks = Comparison(COUNTRY, "is any of", "Country is any of AT", ("AT",))
    austria = Flow(
        "hubspot", "12", "Austria", "flows/12.json", Live.ON, "contact",
        (Trigger(TriggerKind.CRITERIA, "Country is any of AT", asks),), "1",
        {"1": Step("1", StepKind.ENROLL, "enrol into Welcome", "0-15", calls_flows=("11",))},
    )  # fmt: skip
    greeting = Flow(
        "hubspot", "13", "Birthday", "flows/13.json", Live.ON, "contact",
        (Trigger(TriggerKind.DATE, "on the birthday"),), "1",
        {"1": Step("1", StepKind.SEND, "send the mail Cheers", "0-4", reads=(FIRST,))},
    )  # fmt: skip
    off = Flow(
        "hubspot", "14", "Old webinar", "flows/14.json", Live.OFF, "contact",
        (Trigger(TriggerKind.CRITERIA, "Country is known", asks),), None,
    )  # fmt: skip
    sync = Flow(
        "n8n", "ab", "Slack alert", "n8n.json", Live.ON, "",
        (Trigger(TriggerKind.WEBHOOK, "a call to its web address"),), "post",
        {"post": Step("post", StepKind.NOTIFY, "post to sales", "slack", system="slack")},
    )  # fmt: skip
    return (welcome(), austria, greeting, off, sync)


def findings() -> list[Finding]:
    blank = Example("103", {"email": "cem@people.example", "country": ""})
    return [
        Finding(
            rule("field-mostly-unknown"),
            "2 of 6 contacts in HubSpot have no country.",
            "hubspot",
            table="hubspot_contacts",
            fields=(COUNTRY,),
            count=2,
            of=6,
            examples=(blank,),
        ),
        Finding(
            rule("invisible-characters", Severity.NOTE, fix=FixKind.SAFE),
            "2 first names have spaces that nobody sees.",
            "hubspot",
            table="hubspot_contacts",
            fields=(FIRST,),
            count=2,
            of=6,
            examples=(Example("101", {"firstname": " Ann"}),),
        ),
        Finding(
            rule("negative-and-unknown", Severity.BLOCKING, topic="flows"),
            "Whoever has no stage is let in: 1 person, mailed by eve@people.example.",
            "hubspot",
            fields=(STAGE,),
            flow="hubspot/11",
            count=1,
        ),
        Finding(
            rule("missing-fault-path", topic="flows"),
            "When the post fails, nobody hears of it.",
            "n8n",
            flow="n8n/ab",
            step="post",
        ),
        Finding(
            rule("country-not-normal"),
            "1 of 600 contacts writes the country as a name.",
            "hubspot",
            table="hubspot_contacts",
            fields=(COUNTRY,),
            count=1,
            of=600,
        ),
    ]


def stack(flows_: Iterable[Flow] | None = None) -> Stack:
    import duckdb

    connection = duckdb.connect(":memory:")
    for table in (CONTACTS, MEMBERS):
        columns = ", ".join(f'"{c.name}" varchar' for c in table.columns)
        connection.execute(f"create table {table.name} ({columns}, _row bigint, _file integer)")
        rows = [(*row, n, 0) for n, row in enumerate(ROWS[table.name], 1)]
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"insert into {table.name} values ({marks})", rows)
    given = tuple(flows() if flows_ is None else flows_)
    made = Stack(connection, (CONTACTS, MEMBERS), given, datetime(2026, 3, 5, 9, 0, tzinfo=UTC))
    lay_views(made)
    return made


def reading(of: Stack | None = None) -> Reading:
    taken = Recognition("hubspot-contacts", "hubspot", Content.TABLE, 0.97, ("Record ID first",))
    return Reading(
        of or stack(),
        (Read("hubspot-crm-exports-all-2026-03-05.csv", taken, held="6 contacts"),),
        (Unread("notes.bin", "this is not text.", "Leave it out."),),
        (("hubspot-property-history", "Without it nobody knows who wrote a value."),),
    )


def add(of: Stack, view: str, columns: str, rows: Iterable[tuple[str, ...]]) -> Stack:
    """Add rows to a canonical view, as if a table of the exports had held them."""
    connection = of.connection
    connection.execute(f"create table {view}_filled as select * from {view}")
    for row in rows:
        marks = ", ".join("?" for _ in row)
        connection.execute(f"insert into {view}_filled ({columns}) values ({marks})", list(row))
    connection.execute(f"create or replace view {view} as select * from {view}_filled")
    return of


def with_history(of: Stack, *changes: tuple[str, str, str, str, str]) -> Stack:
    """Add changes: key, field, time, kind of writer, writer."""
    columns = 'system, object, key, field, "at", writer_kind, writer'
    return add(of, "change", columns, [("hubspot", "contact", *change) for change in changes])


def with_options(of: Stack, *options: tuple[str, str, str]) -> Stack:
    """Add options of picklists: field, value, label."""
    columns = "system, object, field, value, label"
    return add(of, "option", columns, [("hubspot", "contact", *option) for option in options])
