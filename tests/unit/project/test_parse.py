"""What the files of a project become."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from leadline.expression.tree import Ref
from leadline.expression.types import FieldType, Kind
from leadline.project.events import Expected
from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.problems import Severity
from leadline.project.project import Project
from leadline.project.systems import Limit, SecretRef
from leadline.project.triggers import all_steps, project_triggers
from leadline.project.workflow import (
    AddTo,
    CarryOn,
    ChooseStep,
    Clear,
    Constant,
    DeadLetter,
    FailurePolicy,
    FromRef,
    GoTo,
    HasSeen,
    Increment,
    Only,
    PostStep,
    RelativeTime,
    SaveStep,
    SendStep,
    SetStep,
    Step,
    StopRun,
    Stops,
    To,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
    WallTime,
)
from tests.unit.project.changed import parsed, problems

W = "workflows/webinar.yaml"
LAST = "  - step: follow-up\n    enroll_in: webinar-follow-up\n"
OWNER = "marketing-ops@acme.example"
START = Ref("event", "starts_at")


def step(project: Project, name: str, workflow: str = "webinar") -> Step:
    return next(s for s in all_steps(project.workflows[workflow].steps) if s.name == name)


def with_step(text: str) -> Project:
    """The example with one more step before the last."""
    lines = "".join(f"    {line}\n" for line in text.split("\n"))
    return parsed((W, LAST, f"  - step: new\n{lines}{LAST}"))


def new_step(text: str) -> Step:
    return step(with_step(text), "new")


def writes(text: str, fields: str = "") -> Step:
    changed = ("data/contact.yaml", "country:", f"{fields}country:")
    lines = "".join(f"      {line}\n" for line in text.split("\n"))
    return step(parsed((W, LAST, f"  - step: new\n    set:\n{lines}{LAST}"), changed), "new")


def test_the_example_has_no_problem() -> None:
    assert problems() == ()


def test_the_project_knows_its_environments_and_where_its_keys_are() -> None:
    project = parsed()
    assert (project.name, project.time_zone) == ("acme", "Europe/Berlin")
    assert project.owners == {OWNER: ("webinar", "webinar-follow-up")}
    assert project.environments["dev"].sandbox
    assert not project.environments["prod"].sandbox
    assert project.write_keys == (SecretRef("env", "LEADLINE_WRITE_KEY"),)
    assert project.defaults.max_burst == 10_000
    assert project.defaults.late_after == timedelta(hours=24)


def test_settings_of_a_system_are_given_for_each_environment() -> None:
    mail = parsed().systems["mail"]
    assert mail.settings["dev"]["host"] == "127.0.0.1"
    assert mail.settings["prod"]["host"] == "smtp.acme.example"
    assert mail.settings["dev"]["from"] == mail.settings["prod"]["from"]
    assert mail.settings["dev"]["evidence"] == "feed"
    assert mail.limits == {"messages": Limit(14, timedelta(seconds=1))}
    assert mail.secrets["user"] == SecretRef("env", "SMTP_USER")
    hubspot = parsed().systems["hubspot"]
    assert "base_url" not in hubspot.settings["prod"]
    assert hubspot.allow_private == {"dev": True, "prod": False}


def test_what_a_system_leaves_out_has_its_default() -> None:
    project = parsed(
        ("systems/mail.yaml", "tls: { dev: none, prod: starttls }\n", ""),
        ("systems/mail.yaml", "port: { dev: 8703, prod: 587 }\n", ""),
        ("systems/mail.yaml", "evidence: { dev: feed, prod: feed }\n", ""),
    )
    dev = project.systems["mail"].settings["dev"]
    assert (dev["tls"], dev["port"], dev["evidence"]) == ("starttls", "587", "none")


def test_fields_and_events_have_types() -> None:
    project = parsed()
    stage = project.fields["lifecycle_stage"]
    assert stage.type == FieldType(Kind.CHOICE, ("subscriber", "lead", "customer"))
    assert stage.names == {"hubspot": "lifecyclestage"}
    assert project.fields["email"].pii
    assert project.fields["email"].system_of_record == "hubspot"
    assert project.events["webinar.registered"].properties["starts_at"] == FieldType(Kind.TIME)
    assert not project.events["webinar.registered"].late_trigger


def test_an_event_may_trigger_late_and_may_have_no_property() -> None:
    project = parsed(
        ("events.yaml", "minutes: number }", "minutes: number, late: trigger }\npage.opened:")
    )
    assert project.events["webinar.attended"].late_trigger
    assert "late" not in project.events["webinar.attended"].properties
    assert project.events["page.opened"].properties == {}


def test_a_property_may_be_a_choice() -> None:
    plan = "{ type: choice, values: [ small, large ] }"
    project = parsed(("events.yaml", "minutes: number", f"plan: {plan}"))
    assert project.events["webinar.attended"].properties["plan"].values == ("small", "large")


def test_scalars_are_text_and_typed_by_the_schema() -> None:
    """``no`` is a country, ``01234`` a zip code, ``1e3`` a word."""
    values = "{ type: choice, values: [ no, 01234, 1e3, null, 12:30 ] }"
    project = parsed(
        ("data/contact.yaml", "country: { type: text", f"odd: {values}\ncountry: {{ type: text")
    )
    assert project.fields["odd"].type.values == ("no", "01234", "1e3", "null", "12:30")


def test_the_starts_of_a_workflow() -> None:
    workflow = parsed((W, "  once_per", "  if: contact.country is DE\n  max_burst: 50\n  once_per"))
    starts = workflow.workflows["webinar"].starts
    assert starts.when == ("webinar.registered",)
    assert starts.once_per == Ref("event", "webinar")
    assert starts.max_burst == 50
    assert starts.only_if is not None


def test_stops_success_and_promise() -> None:
    workflow = parsed().workflows["webinar"]
    assert workflow.stops == Stops(("webinar.cancelled",), None)
    assert workflow.success is not None
    assert (workflow.success.event, workflow.success.within) == (
        "webinar.attended",
        timedelta(days=14),
    )
    assert workflow.promise is not None
    assert workflow.promise.share == 0.99


def test_where_means_the_event_that_arrives() -> None:
    project = parsed(
        (W, "within: 14 days }", "within: 14 days, where: event.minutes is at least 20 }")
    )
    success = project.workflows["webinar"].success
    assert success is not None
    assert success.where_ is not None


def test_an_owner_may_stand_in_the_project_file_only() -> None:
    project = parsed((W, f"owner: {OWNER}\n", ""))
    assert project.workflows["webinar"].owner == OWNER


def test_a_send() -> None:
    send = step(parsed(), "confirmation")
    assert isinstance(send, SendStep)
    assert (send.message, send.connection) == ("messages/webinar-confirmation", "mail")
    assert send.if_missing == {Ref("contact", "first_name"): "there"}
    assert send.not_after == RelativeTime(Ref("event", "starts_at"), timedelta(0))
    assert send.policy == FailurePolicy(timedelta(hours=6), CarryOn(), (OWNER,))


def test_a_send_names_its_system_when_there_are_several() -> None:
    second = "kind: smtp\nhost: smtp.acme.example\nfrom: a@acme.example\n"
    changes = [("systems/other.yaml", "", second)]
    assert {p.code for p in problems(*changes)} == {"several-mail-systems"}
    changes.append((W, "    as: transactional", "    as: transactional\n    via: other"))
    changes.append(
        (
            "workflows/webinar-follow-up.yaml",
            "    as: transactional",
            "    as: transactional\n    via: mail",
        )
    )
    send = step(parsed(*changes), "confirmation")
    assert isinstance(send, SendStep)
    assert send.connection == "other"


def test_a_save_takes_the_failure_policy_of_the_project() -> None:
    save = step(parsed(), "crm")
    assert isinstance(save, SaveStep)
    assert (save.connection, save.object) == ("hubspot", "contact")
    assert save.fields["last_webinar"] == To(FromRef(Ref("event", "title")))
    assert save.fields["lifecycle_stage"] == To(Constant("lead"), Only.FORWARD)
    assert save.policy == FailurePolicy(timedelta(days=1), DeadLetter(), (OWNER,))


def test_a_post_with_a_bundle() -> None:
    post = step(parsed(), "tell-sales")
    assert isinstance(post, PostStep)
    assert (post.connection, post.channel) == ("slack", "webinar-signups")
    assert post.bundle == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("text", "field", "write"),
    [
        ("country: DE", "country", To(Constant("DE"))),
        ("contact.country: DE", "country", To(Constant("DE"))),
        ("country: { to: DE }", "country", To(Constant("DE"))),
        ("country: { to: DE, only: if empty }", "country", To(Constant("DE"), Only.IF_EMPTY)),
        ("country: clear", "country", Clear()),
        ("country: { text: acme.com }", "country", To(Constant("acme.com"))),
        ("country: { text: clear }", "country", To(Constant("clear"))),
        ("country: contact.company", "country", To(FromRef(Ref("contact", "company")))),
        ("country: contact.email", "country", To(FromRef(Ref("contact", "email")))),
        ("country: { add_to: news }", "country", AddTo(Constant("news"))),
        ("company_size: 250", "company_size", To(Constant(Decimal(250)))),
        ("company_size: { increment: -1 }", "company_size", Increment(-1)),
    ],
)  # fmt: skip
def test_write_modes(text: str, field: str, write: object) -> None:
    new = writes(text)
    assert isinstance(new, SetStep)
    assert new.fields == {field: write}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("flag", "yes", True),
        ("flag", "false", False),
        ("date", "2026-12-01", date(2026, 12, 1)),
        ("time", "2026-12-01 09:00", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("time", "2026-12-01T09:00:00+02:00", datetime(2026, 12, 1, 7, tzinfo=UTC)),
        ("number", "-3.50", Decimal("-3.50")),
        ("email", "ann@acme.example", "ann@acme.example"),
    ],
)
def test_constants_have_the_type_of_their_field(kind: str, text: str, value: object) -> None:
    new = writes(f"odd: {text}", f"odd: {{ type: {kind} }}\n")
    assert isinstance(new, SetStep)
    assert new.fields == {"odd": To(Constant(value))}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("flag", "maybe"),
        ("date", "2026-02-30"),
        ("time", "soon"),
        ("number", "1e3"),
        ("number", "NaN"),
        ("number", "9" * 31),
        ("email", "ann@"),
    ],
)
def test_constants_of_another_type_are_refused(kind: str, text: str) -> None:
    found = problems(
        ("data/contact.yaml", "country:", f"odd: {{ type: {kind} }}\ncountry:"),
        (W, LAST, f"  - step: new\n    set:\n      odd: {text}\n{LAST}"),
    )
    assert [p.code for p in found] == ["wrong-type"]


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("1 hour before event.starts_at", RelativeTime(START, timedelta(hours=-1))),
        ("2 days after event.starts_at", RelativeTime(START, timedelta(days=2))),
        ("event.starts_at", RelativeTime(START, timedelta(0))),
        ("at event.starts_at", RelativeTime(START, timedelta(0))),
        ("2026-12-01 09:00", WallTime(datetime(2026, 12, 1, 9), "Europe/Berlin")),
        ("hubspot has seen crm", HasSeen("hubspot", "crm")),
    ],
)  # fmt: skip
def test_what_a_step_may_wait_until(text: str, until: object) -> None:
    new = new_step(f"wait_until: {text}\nat_most: 3 days\nif_not: stop")
    assert isinstance(new, WaitUntilStep)
    assert (new.until, new.at_most, new.if_not) == (until, timedelta(days=3), StopRun())


def test_a_wait_until_a_time_needs_no_bound() -> None:
    new = new_step("wait_until: event.starts_at")
    assert isinstance(new, WaitUntilStep)
    assert (new.at_most, new.if_not) == (None, CarryOn())


def test_a_wait_may_have_bounds() -> None:
    new = new_step("wait: 1 week\nat_most: 2 weeks\nif_not: carry on")
    assert isinstance(new, WaitStep)
    assert new.span == timedelta(weeks=1)


def test_a_wait_that_its_own_bound_cuts_off_is_refused() -> None:
    found = problems((W, LAST, f"  - step: new\n    wait: 3 days\n    at_most: 1 day\n{LAST}"))
    assert [p.code for p in found] == ["never-reached"]


@pytest.mark.parametrize("target", ["{ go to: crm }", "'go to: crm'", "\n      go to: crm"])
def test_a_wait_for_an_event_may_go_to_a_step(target: str) -> None:
    new = new_step(f"wait_for: webinar.attended\nat_most: 2 days\nif_not: {target}")
    assert isinstance(new, WaitForStep)
    assert (new.event, new.at_most, new.if_not) == (
        "webinar.attended",
        timedelta(days=2),
        GoTo("crm"),
    )


def test_a_choose_may_treat_the_unknown_apart() -> None:
    branches = (
        "choose:\n"
        "  - if: contact.company_size is at least 200\n"
        "    then:\n"
        "      - { step: large, wait: 1 day }\n"
        "  - unknown:\n"
        "      - { step: unknown-size, wait: 2 days }\n"
        "  - else:\n"
        "      - { step: small, wait: 3 days }"
    )
    new = new_step(branches)
    assert isinstance(new, ChooseStep)
    assert [s.name for s in new.branches[0].steps] == ["large"]
    assert [s.name for s in new.otherwise] == ["small"]
    assert [s.name for s in new.unknown or ()] == ["unknown-size"]


def test_a_renamed_step_remembers_its_name() -> None:
    assert step(parsed((W, "- step: crm", "- step: crm\n    was: hubspot")), "crm").was == "hubspot"


def test_an_event_is_handed_on_to_the_workflow_that_is_enrolled_in() -> None:
    assert project_triggers(parsed()) == {
        "webinar": ("webinar.registered",),
        "webinar-follow-up": ("webinar.registered",),
    }


def test_a_workflow_that_nothing_enters_is_told() -> None:
    alone = "name: Alone\nowner: a@b.example\nsteps:\n  - { step: end, stop: done }\n"
    found = problems(("workflows/alone.yaml", "", alone))
    assert [(p.code, p.severity) for p in found] == [("never-entered", Severity.WARNING)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("stop: enough", "unreachable-step"),
        (
            "choose:\n"
            "      - if: contact.country is DE\n"
            "        then: [ { step: a, stop: x } ]\n"
            "      - else: [ { step: b, stop: y } ]",
            "unreachable-step",
        ),
    ],
)
def test_a_step_after_the_end_is_told(text: str, code: str) -> None:
    found = problems((W, LAST, f"  - step: new\n    {text}\n{LAST}"))
    assert [p.code for p in found] == [code]
    assert found[0].severity is Severity.WARNING


def test_a_step_after_the_end_that_is_gone_to_is_reached() -> None:
    found = problems(
        (W, "then: carry on, tell: owner", "then: 'go to: follow-up'"),
        (W, LAST, f"  - step: new\n    stop: enough\n{LAST}"),
    )
    assert found == ()


def test_a_wait_before_the_write_that_it_waits_for_is_told() -> None:
    early = "  - { step: early, wait_until: hubspot has seen crm, at_most: 1 day, if_not: stop }\n"
    found = problems((W, "  - step: crm", f"{early}  - step: crm"))
    assert [p.code for p in found] == ["not-yet-written"]


def test_an_empty_project_is_told_how_to_begin() -> None:
    project, found = parse(Files({}))
    assert project is None
    assert [str(p) for p in found] == [
        "leadline.yaml:1:1 there is no project in this directory. "
        'Make one with "leadline init DIR", or name the directory of yours.'
    ]


def test_a_file_that_broke_is_not_complained_about_elsewhere() -> None:
    for path in ("data/contact.yaml", "events.yaml", "leadline.yaml", W):
        found = problems((path, "", "a: b: c\n"))
        assert {p.where.file for p in found} == {path}


def test_a_broken_system_is_not_called_unknown() -> None:
    found = problems(("systems/mail.yaml", "kind: smtp", "kind: [ smtp ]"))
    assert {p.where.file for p in found} == {"systems/mail.yaml"}


@pytest.mark.parametrize(
    "path", ["systems/My System.yaml", "workflows/Über.yaml", "workflows/a b.yaml"]
)
def test_a_file_with_a_bad_name_is_refused(path: str) -> None:
    found = problems((path, "", "name: x\n"))
    assert [p.code for p in found] == ["bad-name"]


def test_two_files_of_one_name_are_refused() -> None:
    found = problems(("systems/mail.yml", "", "kind: smtp\n"), ("messages/hot-lead.mjml", "", "x"))
    assert [p.code for p in found] == ["two-files", "two-files"]


def test_a_system_says_who_answers_what_is_read_and_how_late() -> None:
    told = "tell: [ a@acme.example, b@acme.example ]\nreads: { contact: 15 minutes }\n"
    told += "lag: 30 seconds\n"
    change = (
        "systems/hubspot.yaml",
        "tell: marketing-ops@acme.example\n",
        told,
    )
    system = parsed(change).systems["hubspot"]
    assert (system.owner, system.tell) == (OWNER, ("a@acme.example", "b@acme.example"))
    assert system.reads == {"contact": timedelta(minutes=15)}
    assert system.lag == timedelta(seconds=30)


def test_an_event_says_how_many_are_expected_and_is_no_property_for_it() -> None:
    change = ("events.yaml", "webinar.cancelled: {", "webinar.cancelled: { expect: 500 in 1 hour,")
    event = parsed(change).events["webinar.cancelled"]
    assert event.expect == Expected(500, timedelta(hours=1))
    assert "expect" not in event.properties
    wrong = ("events.yaml", "webinar.cancelled: {", "webinar.cancelled: { expect: 500 an hour,")
    assert [p.code for p in problems(wrong)] == ["not-an-amount"]
