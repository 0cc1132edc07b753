"""Where each check draws its line: what it finds, how grave, and what it lets pass."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.facts import Burst, Facts, Share
from leadline.blueprint.flow_checks.registry import CHECKS, judge, not_judged
from leadline.blueprint.graph.flow import (
    IN_CLEAR,
    Blank,
    Consent,
    Edge,
    EdgeKind,
    Every,
    Failure,
    Flow,
    Live,
    Neither,
    Purpose,
    Send,
    Some,
    StepKind,
    Trigger,
    TriggerKind,
    Write,
)
from leadline.blueprint.graph.inventory import Sync
from tests.unit.blueprint.flows import (
    branch,
    call,
    enroll,
    flow,
    in_list,
    is_,
    is_not,
    known,
    mail,
    manual,
    on_change,
    on_criteria,
    on_form,
    otherwise,
    ref,
    step,
    stop,
    unknown,
    wait,
    webhook,
    when,
    write,
)

NOTE, WARNING, BLOCKING = Severity.NOTE, Severity.WARNING, Severity.BLOCKING


def found(code: str, *flows: Flow, facts: Facts | None = None) -> list[Finding]:
    return list(CHECKS[code].find(flows, facts or Facts()))


def weights(code: str, *flows: Flow, facts: Facts | None = None) -> list[Severity]:
    return [finding.weight for finding in found(code, *flows, facts=facts)]


# write-loop


def lap(a_value: str | None, b_value: str | None, *, again: bool | None = True) -> list[Flow]:
    a = flow("A", on_criteria(is_("x", "1"), again=again), write("1", "y", a_value))
    b = flow("B", on_criteria(is_("y", "1"), again=again), write("1", "x", b_value))
    return [a, b]


@pytest.mark.parametrize(
    ("a", "b", "again", "weight"),
    [
        (None, None, True, [BLOCKING]),
        ("1", "1", True, [NOTE]),  # the second lap changes nothing
        (None, None, False, []),
        (None, None, None, [WARNING]),
        ("2", "1", True, []),  # what A writes does not start B
    ],
)
def test_a_circle_of_writes_is_as_grave_as_it_turns(
    a: str | None, b: str | None, again: bool | None, weight: list[Severity]
) -> None:
    assert weights("write-loop", *lap(a, b, again=again)) == weight


def test_a_circle_through_a_sync_is_found_and_names_the_sync_and_both_flows() -> None:
    a = flow("A", on_change("salesforce.lead.Grade"), write("1", "score", None))
    b = flow(
        "B", on_change("grade"), write("1", "salesforce.lead.Score", None), system="salesforce"
    )
    syncs = (
        Sync(ref("score"), ref("grade"), "own copy"),
        Sync(ref("salesforce.lead.Score"), ref("salesforce.lead.Grade"), "Salesforce sync"),
    )
    assert found("write-loop", a, b) == []
    (finding,) = found("write-loop", a, b, facts=Facts(syncs=syncs))
    assert "Salesforce sync" in finding.message
    assert {broken.flow for broken in finding.breaks} == {"hubspot/a", "salesforce/b"}


def test_one_flow_is_a_loop_where_a_sync_brings_its_write_back() -> None:
    one = flow("A", on_change("x"), write("1", "salesforce.lead.X", None))
    back = Sync(ref("salesforce.lead.X"), ref("x"), "Salesforce sync")
    assert found("write-loop", one) == []
    assert weights("write-loop", one, facts=Facts(syncs=(back,))) == [BLOCKING]


def test_a_loop_of_flows_that_are_off_is_no_loop() -> None:
    a, b = lap(None, None)
    assert found("write-loop", a, replace(b, live=Live.OFF)) == []


def test_saved_records_start_each_other_but_not_by_assignment_before_the_save() -> None:
    saved = Trigger(TriggerKind.RECORD_SAVED, "after a lead is saved")

    def on_save(name: str, source: str) -> Flow:
        one = write("1", f"salesforce.lead.{name}", "x", source_type=source)
        return flow(name, saved, one, system="salesforce", object="lead")

    assert weights("write-loop", on_save("A", "recordUpdates"), on_save("B", "recordUpdates")) == [
        BLOCKING
    ]
    assert found("write-loop", on_save("A", "assignments"), on_save("B", "assignments")) == []


# starts-itself


@pytest.mark.parametrize(
    ("trigger", "value", "weight"),
    [
        (on_change("x"), None, [BLOCKING]),
        (on_change("x"), "1", [WARNING]),
        (on_change("x", is_("x", "1")), "1", []),  # the value that it came in with
        (on_change("x", is_("x", "1", "2")), "2", [WARNING]),
        (on_criteria(is_("x", "1"), again=True), "2", []),
        (on_criteria(is_("x", "1"), again=False), None, []),
        (on_criteria(is_("x", "1"), again=None), None, [NOTE]),
        (on_criteria(is_not("x", "1"), again=True), "1", []),
        (on_change("y"), None, []),
    ],
)
def test_a_flow_starts_itself_only_by_a_value_that_fits(
    trigger: Trigger, value: str | None, weight: list[Severity]
) -> None:
    assert weights("starts-itself", flow("A", trigger, write("1", "x", value))) == weight


def test_only_the_fields_that_let_people_in_again_start_a_flow_again() -> None:
    criteria = on_criteria(Every((known("x"), known("y"))), again=True)
    by_y = replace(criteria, reads=(ref("y"),))
    assert weights("starts-itself", flow("A", criteria, write("1", "x", None))) == [BLOCKING]
    assert weights("starts-itself", flow("A", by_y, write("1", "x", None))) == []
    assert weights("starts-itself", flow("A", by_y, write("1", "y", None))) == [BLOCKING]


def test_counting_up_what_starts_it_is_endless() -> None:
    counting = step("1", StepKind.WRITE, "count", writes=(Write(ref("x"), "1", mode="increment"),))
    assert weights("starts-itself", flow("A", on_change("x"), counting)) == [BLOCKING]


# endless-loop


def test_a_circle_is_judged_by_its_wait_and_its_way_out() -> None:
    back = branch("2", when(is_("x", "1"), "3"), otherwise("1"))
    bare = flow("A", on_form(), mail("1", "m", "2"), step("2", StepKind.JOINT, "", "1"))
    leaving = flow("A", on_form(), mail("1", "m", "2"), back, stop("3"))
    waiting = flow("A", on_form(), mail("1", "m", "2"), wait("2", None, "1"))
    healthy = flow("A", on_form(), wait("1", 60, "2"), back, stop("3"))
    weight = [weights("endless-loop", one) for one in (bare, leaving, waiting, healthy)]
    assert weight == [[BLOCKING], [WARNING], [NOTE], []]


def test_a_step_that_carries_its_own_delay_is_a_wait() -> None:
    back = branch("2", when(is_("x", "1"), "3"), otherwise("1"))
    later = replace(mail("1", "m", "2"), wait_s=259_200.0)  # Mautic: "after 3 days: send"
    assert found("endless-loop", flow("A", on_form(), later, back, stop("3"))) == []
    race = flow("A", on_form(), replace(branch("b", when(is_("size", "1"), "m"), otherwise("m")),
                                        wait_s=900.0), mail("m", "m"))  # fmt: skip
    assert found("read-before-sync", race, facts=Facts(syncs=(SYNC,))) == []


def test_flows_that_hand_people_round_are_found_unless_one_waits() -> None:
    a = flow("A", manual(), enroll("1", "b"))
    b = flow("B", manual(), enroll("1", "a"))
    slow = flow("B", manual(), wait("0", 60, "1"), enroll("1", "a"))
    assert weights("endless-loop", a, b) == [BLOCKING]
    assert found("endless-loop", a, slow) == []


# two-writers


def setting(name: str, trigger: Trigger, *values: str | None) -> Flow:
    writes = [write(str(n), "stage", v, str(n + 1)) for n, v in enumerate(values)]
    return flow(name, trigger, *writes)


@pytest.mark.parametrize(
    ("one", "other", "weight"),
    [
        (on_criteria(is_("plan", "a", "b")), on_criteria(is_("plan", "b")), [WARNING]),
        (on_criteria(is_("plan", "a")), on_criteria(is_("plan", "b")), []),
        (on_criteria(in_list("7")), on_criteria(in_list("7")), [WARNING]),
        (on_form("form a"), on_form("form b"), [NOTE]),
        (on_form("form a"), on_criteria(is_("stage", "x")), []),  # it moves on what A has set
    ],
)
def test_two_writers_fight_where_they_meet(
    one: Trigger, other: Trigger, weight: list[Severity]
) -> None:
    assert weights("two-writers", setting("A", one, "x"), setting("B", other, "y")) == weight


def test_several_branches_of_one_flow_and_equal_values_are_no_fight() -> None:
    assert found("two-writers", setting("A", on_form(), "x", "y", "z")) == []
    assert found("two-writers", setting("A", on_form(), "x"), setting("B", on_form(), "x")) == []
    assert found("two-writers", setting("A", on_form(), "x"), setting("B", on_form(), None)) == []


# read-before-sync

SYNC = Sync(ref("salesforce.lead.Size"), ref("size"), "Salesforce", 900.0)


def asking(trigger: Trigger, *first: float | None) -> Flow:
    waits = [wait(f"w{n}", s, f"w{n + 1}") for n, s in enumerate(first)]
    joint = step(f"w{len(first)}", StepKind.JOINT, "", "b")
    ways = branch("b", when(is_("size", "large"), "m"), otherwise("m"))
    return flow("A", trigger, *waits, joint, ways, mail("m", "m"))


@pytest.mark.parametrize(
    ("trigger", "first", "every", "weight"),
    [
        (on_form(), (), 900.0, [WARNING]),
        (on_form(), (600.0,), 900.0, [WARNING]),
        (on_form(), (600.0, 300.0), 900.0, []),
        (on_form(), (), None, [WARNING]),
        (on_form(), (60.0,), None, [NOTE]),
        (on_form(), (None,), 900.0, []),  # it waits for something: not told how long
        (on_change("size"), (), 900.0, []),  # it starts when the value has come
        (on_criteria(known("size")), (), 900.0, []),
    ],
)
def test_a_branch_races_a_sync_only_if_it_asks_sooner(
    trigger: Trigger, first: tuple[float | None, ...], every: float | None, weight: list[Severity]
) -> None:
    facts = Facts(syncs=(replace(SYNC, every_s=every),))
    assert weights("read-before-sync", asking(trigger, *first), facts=facts) == weight


def test_the_figures_of_a_race_are_told() -> None:
    (finding,) = found("read-before-sync", asking(on_form(), 600.0), facts=Facts(syncs=(SYNC,)))
    assert "after 10 minutes" in finding.message
    assert "every 15 minutes" in finding.message


def test_another_systems_flow_that_writes_the_field_races_it_too() -> None:
    other = flow("Enrich", webhook(), write("1", "size", None), system="n8n")
    assert weights("read-before-sync", asking(on_form()), other) == [WARNING]
    both = step("1", StepKind.WRITE, "save", writes=(Write(ref("size")), Write(ref("plan"))))
    together = flow("Enrich", webhook(), both, system="n8n")
    assert found("read-before-sync", asking(on_change("plan")), together) == []


# unknown-let-in

PASSING = is_not("stage", "customer", blank=Blank.PASSES)
UNSAID = is_not("stage", "customer", blank=Blank.UNSAID)


@pytest.mark.parametrize(
    ("condition", "share", "weight"),
    [
        (PASSING, None, [WARNING]),
        (PASSING, (0, 100), []),
        (PASSING, (4, 100), [NOTE]),
        (PASSING, (5, 100), [BLOCKING]),
        (UNSAID, None, [NOTE]),
        (UNSAID, (5, 100), [WARNING]),
        (is_not("stage", "customer"), (50, 100), []),
        (Neither((is_("stage", "customer"),)), None, [WARNING]),
        (Neither((PASSING,)), None, []),
        (Every((known("stage"), PASSING)), (50, 100), []),
        (Every((is_("stage", "lead", "mql"), PASSING)), (50, 100), []),
        (Neither((unknown("stage"), is_("stage", "customer"))), (50, 100), []),
        (Some((known("stage"), PASSING)), None, [WARNING]),
    ],
)
def test_a_negative_condition_is_judged_with_what_stands_around_it(
    condition: object, share: tuple[int, int] | None, weight: list[Severity]
) -> None:
    facts = Facts(unknown=MappingProxyType({ref("stage"): Share(*share)} if share else {}))
    one = flow("A", on_criteria(condition), mail("1", "m"))  # type: ignore[arg-type]
    assert weights("unknown-let-in", one, facts=facts) == weight


def test_a_branch_behind_one_that_takes_the_unknown_is_safe() -> None:
    first_unknown = branch("1", when(unknown("stage"), "3"), when(PASSING, "2"), otherwise("3"))
    unguarded = branch("1", when(PASSING, "2"), when(unknown("stage"), "3"), otherwise("3"))
    ends = mail("2", "m"), mail("3", "m")
    assert found("unknown-let-in", flow("A", on_form(), first_unknown, *ends)) == []
    (finding,) = found("unknown-let-in", flow("A", on_form(), unguarded, *ends))
    assert finding.step == "1"


# send-without-consent

BLIND = Send("email", "smtp", "News", Purpose.MARKETING, checks_consent=False)
AGREED = Consent("news", True, "agreed to news")


@pytest.mark.parametrize(
    ("send", "weight"),
    [
        (BLIND, [BLOCKING]),
        (replace(BLIND, purpose=Purpose.UNSAID), [NOTE]),  # it answers who called the webhook
        (replace(BLIND, purpose=Purpose.TRANSACTIONAL), []),
        (replace(BLIND, checks_consent=None), [NOTE]),
        (replace(BLIND, checks_consent=True), []),
        (replace(BLIND, channel="chat"), []),
    ],
)
def test_a_send_needs_consent_where_nobody_else_asks(send: Send, weight: list[Severity]) -> None:
    one = flow("A", webhook(), mail("1", "News", send=send), system="n8n")
    assert weights("send-without-consent", one) == weight


def test_a_message_of_no_said_purpose_is_an_answer_only_at_once_and_to_an_act() -> None:
    said = mail("2", "News", send=replace(BLIND, purpose=Purpose.UNSAID))
    at_once = flow("A", webhook(), wait("1", 600, "2"), said)
    days_later = flow("A", webhook(), wait("1", 86_400, "2"), said)
    scheduled = flow("A", Trigger(TriggerKind.SCHEDULE, "each night"), said)
    found_at = [weights("send-without-consent", one) for one in (at_once, days_later, scheduled)]
    assert found_at == [[NOTE], [WARNING], [WARNING]]


def test_a_sender_cannot_know_the_opt_outs_of_the_system_that_the_people_come_from() -> None:
    unsaid = Send("email", "sendgrid", "Offer", Purpose.UNSAID, checks_consent=None)
    night = Trigger(TriggerKind.SCHEDULE, "each night")
    here = flow("A", night, mail("1", "Offer", send=unsaid), system="n8n")
    abroad = flow("A", night, mail("1", "Offer", send=unsaid, reads=(ref("email"),)), system="n8n")
    assert [weights("send-without-consent", one) for one in (here, abroad)] == [[NOTE], [WARNING]]


def test_consent_asked_on_one_way_does_not_cover_another() -> None:
    asked = on_criteria(AGREED)
    blind = mail("1", "News", send=BLIND)
    assert found("send-without-consent", flow("A", asked, blind)) == []
    assert (
        found("send-without-consent", flow("A", on_criteria(is_("hs_email_optout", "no")), blind))
        == []
    )
    assert weights("send-without-consent", flow("A", (asked, webhook()), blind)) == [BLOCKING]
    two = branch("0", when(is_("x", "1"), "a"), otherwise("1"))
    gate = branch("a", when(AGREED, "1"), otherwise(None))
    assert weights("send-without-consent", flow("A", webhook(), two, gate, blind)) == [BLOCKING]


# unmatched-leave


@pytest.mark.parametrize(
    ("ways", "weight"),
    [
        ((when(is_("x", "1"), "m"), when(is_("x", "2"), "m")), [WARNING]),
        ((when(is_("x", "1"), "m"), when(is_("x", "2"), "m"), otherwise(None)), [WARNING]),
        ((when(is_("x", "1"), "m"), when(is_("x", "2"), "m"), otherwise("m")), []),
        ((when(is_("x", "1"), "m"),), [NOTE]),
        ((when(unknown("x"), "m"), when(known("x"), "m")), []),
        ((when(is_("x", "true"), "m"), when(is_("x", "false"), "m")), []),
        ((Edge("m", EdgeKind.BRANCH, "50 %"), Edge("m", EdgeKind.BRANCH, "50 %")), []),
    ],
)
def test_who_fits_no_path(ways: tuple[Edge, ...], weight: list[Severity]) -> None:
    assert (
        weights("unmatched-leave", flow("A", on_form(), branch("1", *ways), mail("m", "m")))
        == weight
    )


def test_a_filter_is_a_warning_where_the_unknown_are_counted() -> None:
    facts = Facts(unknown=MappingProxyType({ref("x"): Share(7, 1000)}))
    one = flow("A", on_form(), branch("1", when(is_("x", "1"), "m")), mail("m", "m"))
    (finding,) = found("unmatched-leave", one, facts=facts)
    assert finding.weight is WARNING
    assert "7 of 1,000 records have no x" in finding.message


# no-error-path


def test_silence_on_failure_is_found_but_silence_of_a_format_is_not_judged() -> None:
    stops = flow("A", webhook(), call("1", "slack", failure=Failure.STOPS), system="n8n")
    silent = flow("B", webhook(), call("1", "slack", failure=Failure.UNSAID))
    assert weights("no-error-path", stops) == [WARNING]
    assert found("no-error-path", replace(stops, error_flow="alarm"), silent) == []
    (skipped,) = [n for n in not_judged((stops, silent), Facts()) if n.code == "no-error-path"]
    assert skipped.flows == ("hubspot/b",)


def test_going_on_after_a_failure_matters_only_before_further_steps() -> None:
    ignored = call("1", "hubspot", "2", failure=Failure.IGNORED)
    last = mail("2", "m", failure=Failure.HANDLED)
    assert weights("no-error-path", flow("A", webhook(), ignored, last)) == [WARNING]
    assert found("no-error-path", flow("A", webhook(), replace(ignored, edges=()))) == []


# never-entered


@pytest.mark.parametrize(
    ("triggers", "facts", "many"),
    [
        ((), Facts(), 1),
        (manual(), Facts(), 1),
        (manual(), Facts(people=MappingProxyType({"hubspot/a": 3})), 0),
        (on_criteria(in_list("7")), Facts(lists=MappingProxyType({"hubspot/7": 0})), 1),
        (on_criteria(in_list("7")), Facts(lists=MappingProxyType({"hubspot/7": 1})), 0),
        (on_criteria(in_list("7")), Facts(), 0),
        ((manual(), on_form()), Facts(), 0),
    ],
)
def test_whether_anybody_can_come_in(triggers: object, facts: Facts, many: int) -> None:
    one = flow("A", triggers, mail("1", "m"))  # type: ignore[arg-type]
    assert len(found("never-entered", one, facts=facts)) == many


def test_a_flow_that_only_calls_itself_or_is_called_by_one_that_is_off_is_never_entered() -> None:
    alone = flow("A", manual(), wait("0", 9, "1"), enroll("1", "a"))
    caller = flow("B", on_form(), enroll("1", "a"), live=Live.OFF)
    assert len(found("never-entered", alone, caller)) == 1
    assert found("never-entered", alone, replace(caller, live=Live.ON)) == []


def test_a_trigger_that_leads_to_no_step_is_no_way_in() -> None:
    assert len(found("never-entered", flow("A", on_form(), mail("1", "m"), start=None))) == 1


# enrols-into-off, draft-message, flow-missing


def test_handing_over_to_a_flow_that_is_off_counts_only_where_it_happens() -> None:
    off = flow("Off", manual(), mail("1", "m"), live=Live.OFF)
    caller = flow("A", on_form(), enroll("1", "off"))
    dead = flow("A", on_form(), mail("0", "m"), enroll("1", "off"))
    assert weights("enrols-into-off", caller, off) == [BLOCKING]
    assert found("enrols-into-off", dead, off) == []
    n8n = [replace(one, system="n8n") for one in (caller, off)]
    assert found("enrols-into-off", *n8n) == []  # n8n runs a called flow that is not active


def test_a_missing_flow_is_told_once_a_caller_and_missing_error_flows_too() -> None:
    caller = flow("A", on_form(), enroll("1", "9", "2"), enroll("2", "9"), error_flow="8")
    assert [f.message for f in found("flow-missing", caller)] == [
        '"A" hands people over to flow 9, whose file is not here.',
        '"A" hands its errors over to flow 8, whose file is not here.',
    ]


# burst


def posting(**more: object) -> Flow:
    one = call("1", "slack", kind=StepKind.NOTIFY, failure=more.pop("failure", Failure.HANDLED))
    return flow("A", more.pop("trigger", webhook()), one, system=str(more.pop("system", "n8n")))  # type: ignore[arg-type]


def test_a_burst_is_told_with_its_figures() -> None:
    facts = Facts(bursts=MappingProxyType({"n8n/a": Burst(500, 60.0)}))
    (finding,) = found("burst", posting(), facts=facts)
    assert finding.message == (
        '"A" calls slack for 500 people at once: it takes 1 a second, '
        "so 439 are refused or need 8.3 minutes."
    )
    assert (finding.count, finding.of) == (439, 500)
    assert "docs.slack.dev" in finding.facts["source"]


@pytest.mark.parametrize(
    ("people", "within_s", "weight"),
    [(1, 0.0, []), (2, 0.0, [WARNING]), (61, 60.0, []), (62, 60.0, [WARNING])],
)
def test_a_burst_is_carried_up_to_the_limit(
    people: int, within_s: float, weight: list[Severity]
) -> None:
    facts = Facts(bursts=MappingProxyType({"n8n/a": Burst(people, within_s)}))
    assert weights("burst", posting(), facts=facts) == weight


def test_a_crowd_without_a_time_is_a_note_and_a_schedule_brings_all_at_once() -> None:
    facts = Facts(people=MappingProxyType({"n8n/a": 500}))
    schedule = Trigger(TriggerKind.SCHEDULE, "each night")
    assert weights("burst", posting(), facts=facts) == [NOTE]
    assert weights("burst", posting(trigger=schedule), facts=facts) == [WARNING]
    retried = posting(trigger=schedule, failure=Failure.RETRIED)
    assert weights("burst", retried, facts=facts) == [WARNING]  # eight minutes outlast retries
    few = Facts(people=MappingProxyType({"n8n/a": 30}))
    assert weights("burst", retried, facts=few) == [NOTE]
    patient = posting(trigger=schedule, failure=Failure.RETRIED, system="hubspot")
    many = Facts(people=MappingProxyType({"hubspot/a": 500}))
    assert weights("burst", patient, facts=many) == [NOTE]
    assert found("burst", posting()) == []


def test_a_schedule_brings_all_records_that_it_looks_up_without_a_condition() -> None:
    night = Trigger(TriggerKind.SCHEDULE, "each night")
    look = call("0", "hubspot", "1", kind=StepKind.READ)
    post = call("1", "slack", kind=StepKind.NOTIFY, reads=(ref("company"),))
    facts = Facts(unknown=MappingProxyType({ref("company"): Share(3, 944)}))
    (finding,) = found("burst", flow("A", night, look, post, system="n8n"), facts=facts)
    assert (finding.step, finding.of, finding.weight) == ("1", 944, WARNING)
    some = replace(look, reads=(ref("plan"),))
    assert found("burst", flow("A", night, some, post, system="n8n"), facts=facts) == []


def test_calls_inside_of_the_vendor_and_calls_spread_by_a_wait_are_carried() -> None:
    own = Facts(bursts=MappingProxyType({"slack/a": Burst(500, 0.0)}))
    assert found("burst", posting(system="slack"), facts=own) == []
    looped = flow("A", webhook(), call("1", "slack", "2", kind=StepKind.NOTIFY), wait("2", 1, "1"),
                  system="n8n")  # fmt: skip
    facts = Facts(bursts=MappingProxyType({"n8n/a": Burst(500, 0.0)}))
    assert found("burst", looped, facts=facts) == []


# hard-coded, person-left


@pytest.mark.parametrize(
    ("name", "value", "many"),
    [
        ("hubspot_owner_id", "4711", 1),
        ("OwnerId", "0055g00000ABCdeAAB", 1),
        ("plan", "0055g00000ABCde", 1),
        ("plan", "professional", 0),
        ("employees", "4711", 0),
        ("company_id", "12", 0),
    ],
)
def test_what_counts_as_the_id_of_a_record(name: str, value: str, many: int) -> None:
    written = flow("A", on_form(), write("1", name, value))
    asked = flow("A", on_criteria(is_(name, value)), mail("1", "m"))
    assert [len(found("hard-coded", one)) for one in (written, asked)] == [many, many]


def test_a_person_who_left_is_counted_and_never_named_in_a_message() -> None:
    named = step("1", StepKind.NOTIFY, "tell Ann", people=("Ann@Acme.example", "77"))
    one = flow("A", on_form(), named)
    facts = Facts(gone=frozenset({"ann@acme.example"}))
    (finding,) = found("person-left", one, facts=facts)
    assert finding.message == '"A" hands work to 1 person who has left, in 1 step.'
    assert finding.examples[0].values == {"person": "Ann@Acme.example"}
    assert found("person-left", one) == []
    assert "Ann" not in found("hard-coded", one)[0].message


# dead-steps


def test_dead_steps_are_counted_without_notes_helpers_and_what_is_switched_off() -> None:
    alive = stop("1", "2")
    behind = mail("2", "m", "3")
    dead = mail("3", "m")
    note = step("4", StepKind.JOINT, "a sticky note")
    helper = call("5", "openai", source_type="@n8n/n8n-nodes-langchain.lmChatOpenAi")
    off = mail("6", "m", enabled=False)
    (finding,) = found("dead-steps", flow("A", on_form(), alive, behind, dead, note, helper, off))
    assert (finding.count, finding.step) == (2, "2")
    assert "behind an end" in finding.message
    assert finding.facts["steps"] == "2\n3"


# secret-in-clear


@pytest.mark.parametrize(
    ("secrets", "notes", "many"),
    [
        (("header Authorization",), (), 1),
        (("header X-Api-Key",), (), 1),
        (("header Content-Type", "header X-Author"), (), 0),
        (("slackApi (Slack)",), (), 0),  # a name of the tool's own store
        (("slackApi (Slack)",), (IN_CLEAR,), 1),
        (("authCreds",), (), 1),
    ],
)
def test_a_secret_in_clear_is_told_by_name(
    secrets: tuple[str, ...], notes: tuple[str, ...], many: int
) -> None:
    one = flow("A", webhook(), call("1", "x", secrets=secrets, notes=notes), live=Live.OFF)
    assert len(found("secret-in-clear", one)) == many


# triggers that are switched off, and flows that run when called


def test_a_trigger_that_is_switched_off_starts_nothing() -> None:
    node = step("t", StepKind.JOINT, "webhook", "1", enabled=False)
    off = flow("A", replace(webhook(), starts_at="t"), node, mail("1", "m"), system="n8n")
    assert len(found("never-entered", off)) == 1
    on = replace(off, steps=MappingProxyType({**off.steps, "t": replace(node, enabled=True)}))
    assert found("never-entered", on) == []


def test_what_n8n_runs_when_called_is_judged_though_it_is_off() -> None:
    called = flow("Sub", manual(), call("1", "slack", failure=Failure.STOPS), live=Live.OFF,
                  system="n8n")  # fmt: skip
    caller = flow("A", webhook(), enroll("1", "sub"), system="n8n")
    assert [f.flow for f in judge((caller, called), Facts()) if f.rule.code == "no-error-path"] == [
        "n8n/sub"
    ]
    assert judge((called,), Facts()) == ()


# all together


def test_the_worst_comes_first_and_every_message_can_be_read() -> None:
    long = "A very long name of a flow that somebody once thought would help " * 5
    two = branch("1", when(is_(long, "1"), "2"), when(is_(long, "2"), "2"), words=long)
    flows = [
        flow(f"{long}\n<b>{n}</b>", trigger, *steps, id=str(n))
        for n, (trigger, steps) in enumerate(
            [
                (on_change("x"), [write("1", "x", None)]),
                (on_criteria(PASSING), [mail("1", long, send=replace(BLIND, content=long))]),
                (on_form(), [mail("1", "m"), mail("2", "m")]),
                (on_form(), [enroll("1", long)]),
                (manual(), [two, call("2", "slack", failure=Failure.STOPS)]),
            ]
        )
    ]
    findings = judge(flows, Facts())
    assert len({finding.rule.code for finding in findings}) >= 7
    order = list(Severity)
    ranks = [order.index(finding.weight) for finding in findings]
    assert ranks == sorted(ranks)
    for finding in findings:
        assert finding.message.endswith(".")
        assert len(finding.message) < 200
        assert "\n" not in finding.message


def test_nothing_is_found_in_nothing() -> None:
    assert judge((), Facts()) == ()
    assert not_judged((), Facts()) == ()
