"""The views: the same words for every system, whatever the exporter wrote."""

from __future__ import annotations

from datetime import datetime

import pytest

from leadline.audit.canonical import lay_views
from leadline.audit.flow_views import reads_of
from leadline.audit.profile import profile
from leadline.blueprint.graph.flow import (
    Blank,
    Comparison,
    Every,
    FieldRef,
    Flow,
    Live,
    Neither,
    Trigger,
    TriggerKind,
)
from tests.unit.audit.stacks import stack_of


def asked(text: str, query: str) -> list[tuple[object, ...]]:
    with stack_of(text) as stack:
        lay_views(stack)
        return stack.connection.execute(query).fetchall()


def times(*values: str) -> list[object]:
    body = "\n".join(f'{n},"{value}"' for n, value in enumerate(values))
    text = f"```csv hubspot-contacts\nkey,created_at\n{body}\n```\n"
    return [at for (at,) in asked(text, "select created_at from person order by row")]


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-04",
        "2026-03-04 10:20",
        "2026-03-04T10:20:30.000Z",
        "2026-03-04T12:20:00+02:00",
        "1772619600",
        "1772619600000",
        "Mar 4, 2026 10:20:00",
        "Mar 4, 2026 10:20 AM",
        "04.03.2026 10:20",
    ],
)
def test_each_exporter_s_way_to_write_a_time_is_read(value: str) -> None:
    (found,) = times(value)
    assert isinstance(found, datetime)
    assert (found.year, found.month, found.day) == (2026, 3, 4)
    if ":" in value:
        assert (found.hour, found.minute) == (10, 20)


def test_slashes_are_read_where_the_column_proves_the_order_and_else_left() -> None:
    assert times("03/04/2026", "12/25/2026") == [datetime(2026, 3, 4), datetime(2026, 12, 25)]
    assert times("03/04/2026", "25/12/2026") == [datetime(2026, 4, 3), datetime(2026, 12, 25)]
    assert times("03/04/2026", "05/06/2026") == [None, None]
    assert times("12/25/2026", "25/12/2026") == [None, None]
    assert times("03/31/2026 06:26:00 PM") == [datetime(2026, 3, 31, 18, 26)]


def test_placeholders_of_time_and_nonsense_are_no_time() -> None:
    assert times("0001-01-01", "9999-12-31", "soon", "--", "2026-02-30") == [None] * 5


def test_text_is_cleaned_and_what_exporters_write_for_nothing_is_null() -> None:
    text = (
        "```csv hubspot-contacts\nkey,email,first_name\n"
        '1, Ann\\u200b@Acme.DE ,"\\u00a0Ann\\u00a0"\n2,--,#N/A\n3,no address,  \n'
        "4,,Jörg\\u2003\n```\n"
    )
    rows = asked(
        text, "select email, local_part, domain, first_name, email_raw from person order by row"
    )
    assert rows == [
        ("ann@acme.de", "ann", "acme.de", "Ann", " Ann\u200b@Acme.DE "),
        (None, None, None, None, "--"),
        ("no address", None, None, None, "no address"),
        (None, None, None, "Jörg", None),
    ]


@pytest.mark.parametrize(
    ("shape", "header", "row", "state"),
    [
        ("mailchimp-subscribed", "email", "a@b.de", "in"),
        ("mailchimp-unsubscribed", "email", "a@b.de", "out"),
        ("mailchimp-cleaned", "email", "a@b.de", "bounced"),
        ("mailchimp-nonsubscribed", "email", "a@b.de", "never"),
        ("klaviyo-contacts", "email,consent", "a@b.de,NEVER_SUBSCRIBED", "never"),
        ("klaviyo-contacts", "email,consent", "a@b.de,SUBSCRIBED", "in"),
        ("klaviyo-contacts", "email,consent", "a@b.de,UNSUBSCRIBED", "out"),
        ("hubspot-contacts", "email,opted_out", "a@b.de,true", "out"),
        ("hubspot-contacts", "email,opted_out", "a@b.de,", "unknown"),
        ("salesforce-contacts", "email,opted_out,consent", "a@b.de,1,yes", "out"),
        ("salesforce-contacts", "email,opted_out", "a@b.de,0", "unknown"),
        ("hubspot-contacts", "email,bounced,consent", "a@b.de,2026-01-01,yes", "bounced"),
        ("hubspot-contacts", "email,bounced,consent", "a@b.de,0,yes", "in"),
        ("hubspot-contacts", "email,consent", "a@b.de,whatever", "unknown"),
        ("klaviyo-contacts", "email,opted_out,consent", "a@b.de,['HARD_BOUNCE'],SUBSCRIBED", "out"),
        ("klaviyo-contacts", "email,opted_out,consent", "a@b.de,[],SUBSCRIBED", "in"),
    ],
)
def test_each_system_s_word_for_consent_is_understood(
    shape: str, header: str, row: str, state: str
) -> None:
    text = f"```csv {shape}\n{header}\n{row}\n```\n"
    assert asked(text, "select consent_state from person") == [(state,)]


def test_absent_columns_are_null_and_an_empty_stack_has_all_views() -> None:
    for view in ("person", "company", "deal", "suppression", "activity", "owner", "field",
                 "option", "change", "flow_read", "flow_write"):  # fmt: skip
        assert asked("", f"select count(*) from {view}") == [(0,)]
    text = "```csv hubspot-contacts\nkey\n1\n```\n"
    assert asked(text, "select key, phone_raw, score, created_at from person") == [
        ("1", None, None, None)
    ]


def test_a_deal_is_closed_by_its_flag_or_by_its_stage() -> None:
    text = (
        "```csv hubspot-deals\nkey,stage,closed\n1,closedwon,\n2,Closed Lost,\n3,contractsent,\n"
        "4,7,true\n5,Won back talks,false\n```\n"
    )
    assert asked(text, "select closed from deal order by row") == [
        (True,), (True,), (False,), (True,), (False,),
    ]  # fmt: skip


def test_views_can_be_laid_again() -> None:
    with stack_of("```csv hubspot-contacts\nkey\n1\n```\n") as stack:
        lay_views(stack)
        lay_views(stack)
        assert stack.connection.execute("select count(*) from person").fetchone() == (1,)


FIELD = FieldRef("hubspot", "contact", "lifecyclestage")


def flow(condition: object, **more: object) -> Flow:
    trigger = Trigger(TriggerKind.CRITERIA, "matches", condition)  # pyright: ignore[reportArgumentType]
    return Flow(
        "hubspot", "1", "A", "a.json", Live.ON, "contact", (trigger,), None, **more  # pyright: ignore[reportArgumentType]
    )  # fmt: skip


def test_under_none_of_a_comparison_turns_round() -> None:
    positive = Comparison(FIELD, "is any of", "is customer", ("customer",))
    negative = Comparison(FIELD, "is none of", "is not", ("lead",), True, Blank.PASSES)
    known = Comparison(FIELD, "is known", "is known")
    (plain,) = reads_of(flow(positive))
    assert (plain.negative, plain.blank_passes) == (False, False)
    turned = list(reads_of(flow(Neither((positive, negative, known)))))
    assert [(r.negative, r.blank_passes) for r in turned] == [
        (True, True), (False, False), (False, None),
    ]  # fmt: skip
    (kept_out,) = reads_of(flow(Every(()), keeps_out=positive))
    assert (kept_out.negative, kept_out.blank_passes) == (True, True)


def test_a_column_s_profile_counts_after_trim_and_guesses_its_type() -> None:
    text = (
        "```csv hubspot-contacts\nkey,email,plan,seats,vip,empty\n"
        "1,a@b.de, Gold ,10,yes,\n2,c@d.de,Gold,20,no,\n3,,Silver,,no,\n"
        "4,e@f.de,Gold,40,yes,\n```\n"
    )
    with stack_of(text) as stack:
        found = {p.column.name: p for p in profile(stack, stack.tables[0])}
    assert found["plan"].top == (("Gold", 3), ("Silver", 1))
    assert (found["plan"].filled, found["plan"].distinct) == (4, 2)
    assert (found["plan"].shortest, found["plan"].longest) == (4, 6)
    assert {name: p.kind for name, p in found.items()} == {
        "key": "number", "email": "email", "plan": "choice", "seats": "number", "vip": "flag",
        "empty": "empty",
    }  # fmt: skip
    assert found["email"].filled_share == 0.75


HISTORY = """```csv hubspot-history
object,key,field,value,at,writer_kind,writer,writer_name
contact,1,city,Bonn,2026-05-01,AUTOMATION_PLATFORM,7,Old label
contact,1,city,Ulm,2026-05-02,AUTOMATION_PLATFORM,8,Label of a flow that was not given
contact,1,city,Jena,2026-05-03,FORM,f3b1-01,Ask for a demo
contact,1,city,Rom,2026-05-04,CRM_UI,userId:3,CRM
contact,1,city,Linz,2026-05-05,API,app-9,
```
```json
[{"flow": "hubspot/7", "name": "Fill the city"}]
```
"""


def test_writers_are_called_by_the_name_that_is_known_and_keep_their_id() -> None:
    with stack_of(HISTORY) as stack:
        lay_views(stack)
        rows = stack.connection.execute('select writer, writer_id from change order by "at"')
        assert rows.fetchall() == [
            ("Fill the city", "7"),
            ("Label of a flow that was not given", "8"),
            ("Ask for a demo", "f3b1-01"),
            ("userId:3", "userId:3"),
            ("app-9", "app-9"),
        ]
