"""Ten flows as careful people build them: nothing above a note is said about any of them."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from leadline.blueprint.finding import Severity
from leadline.blueprint.flow_checks.facts import Burst, Facts, Share
from leadline.blueprint.flow_checks.registry import judge
from leadline.blueprint.graph.flow import (
    Blank,
    Consent,
    Edge,
    EdgeKind,
    Every,
    Failure,
    Flow,
    Live,
    Purpose,
    Send,
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

DAY = 86_400.0

WEBINAR = flow(
    "Webinar",
    on_form("form webinar"),
    mail("1", "Your link", "2"),
    write("2", "lifecyclestage", "lead", "3"),
    wait("3", 2 * DAY, "4"),
    branch("4", when(is_("attended", "yes"), "5"), otherwise("6"), words="attended?"),
    mail("5", "Thank you for coming", "7"),
    mail("6", "Sorry that we missed you", "7"),
    enroll("7", "nurture"),
)
NURTURE = flow(
    "Nurture",
    manual(),
    mail("1", "Tip 1", "2"),
    wait("2", 7 * DAY, "3"),
    mail("3", "Tip 2", "4"),
    wait("4", 7 * DAY, "5"),
    branch("5", when(is_("answered", "yes"), "6"), otherwise("1"), words="answered?"),
    stop("6"),
)
BY_COUNTRY = flow(
    "By country",
    on_criteria(Every((is_("lifecyclestage", "customer"), known("country")))),
    branch(
        "1",
        when(unknown("language"), "4"),
        when(is_("language", "de"), "2"),
        when(is_not("language", "de", blank=Blank.PASSES), "3"),
        otherwise("4"),
        words="language",
    ),
    mail("2", "Hallo"),
    mail("3", "Hello"),
    mail("4", "Which language do you read?"),
)
PROSPECTS = flow(
    "Prospects",
    on_criteria(Every((known("plan"), is_not("plan", "paid", blank=Blank.PASSES)))),
    mail("1", "Offer"),
)
HAND_OVER = flow(
    "Hand-over",
    on_change("lifecyclestage", is_("lifecyclestage", "salesqualifiedlead")),
    step("1", StepKind.WRITE, "rotate owner in team Sales", "2", writes=(Write(ref("owner")),)),
    step("2", StepKind.NOTIFY, "tell the owner"),
)
STAGE = flow(
    "Stage",
    on_criteria(is_("score_band", "hot")),
    write("1", "lifecyclestage", "salesqualifiedlead"),
)
ORDERS = flow(
    "Orders",
    webhook(),
    call("1", "shop", "2", kind=StepKind.READ, failure=Failure.RETRIED),
    write("2", "hubspot.contact.last_order", None, "3", failure=Failure.RETRIED),
    mail(
        "3",
        "Receipt",
        send=Send("email", "smtp", "Receipt", Purpose.TRANSACTIONAL, checks_consent=False),
        failure=Failure.STOPS,
    ),
    system="n8n",
    object="",
    error_flow="alarm",
)
ALARM = flow(
    "Alarm",
    Trigger(TriggerKind.OPAQUE, "when a flow fails"),
    call("1", "slack", kind=StepKind.NOTIFY, failure=Failure.STOPS),
    system="n8n",
    object="",
)
IMPORT = flow(
    "Import in portions",
    Trigger(TriggerKind.SCHEDULE, "every night"),
    step("1", StepKind.JOINT, "in portions of 100", "2", "4", source_type="splitInBatches"),
    write(
        "2",
        "hubspot.contact.visits",
        None,
        Edge("5"),
        Edge("4", EdgeKind.ERROR),
        failure=Failure.HANDLED,
    ),
    step("4", StepKind.NOTIFY, "tell the team", failure=Failure.HANDLED),
    wait("5", 60, "1"),
    system="n8n",
    object="",
)
WIN_BACK = flow(
    "Win back",
    Trigger(TriggerKind.LIST, "when a profile joins list L1", in_list("L1"), again=False),
    mail("1", "We miss you", "2",
         send=Send("email", "klaviyo", "We miss you", Purpose.MARKETING, checks_consent=None)),
    wait("2", None, "3"),
    branch(
        "3",
        when(is_("klaviyo.profile.opened", "true"), "4"),
        when(is_("klaviyo.profile.opened", "false"), "5"),
    ),
    stop("4"),
    mail("5", "Last call",
         send=Send("email", "klaviyo", "Last call", Purpose.MARKETING, checks_consent=True)),
    system="klaviyo",
    object="profile",
    checked_at_each_step=Consent("email", True, "agreed to email"),
)  # fmt: skip

HEALTHY = (WEBINAR, NURTURE, BY_COUNTRY, PROSPECTS, HAND_OVER, STAGE, ORDERS, ALARM, IMPORT)
HEALTHY = (*HEALTHY, WIN_BACK)
KNOWN = Facts(
    people=MappingProxyType({"n8n/import-in-portions": 20_000}),
    lists=MappingProxyType({"klaviyo/L1": 400}),
    bursts=MappingProxyType({"n8n/orders": Burst(40, 60.0)}),
    unknown=MappingProxyType(
        {
            ref("plan"): Share(300, 1000),
            ref("language"): Share(200, 1000),
            ref("country"): Share(0, 9),
        }
    ),
    syncs=(Sync(ref("salesforce.lead.Plan"), ref("attended"), "Zoom", 3600.0),),
    gone=frozenset({"4711"}),
)


def said(flows: tuple[Flow, ...], facts: Facts) -> list[str]:
    return [f.message for f in judge(flows, facts) if f.weight is not Severity.NOTE]


def test_there_are_ten() -> None:
    assert len({one.key for one in HEALTHY}) == 10


@pytest.mark.parametrize("facts", [Facts(), KNOWN], ids=["nothing known", "all known"])
def test_healthy_flows_have_no_finding_above_a_note(facts: Facts) -> None:
    assert said(HEALTHY, facts) == []


@pytest.mark.parametrize("one", HEALTHY, ids=lambda one: one.id)
def test_each_is_healthy_alone_where_nothing_else_calls_it(one: Flow) -> None:
    others = {"nurture": (WEBINAR,), "alarm": (ORDERS,)}
    assert said((one, *others.get(one.id, ())), Facts()) == []


def test_flows_that_are_off_are_not_judged_but_for_secrets() -> None:
    broken = flow("Off", (), mail("1", "x"), mail("2", "y"), live=Live.OFF)
    assert judge((broken,), Facts()) == ()
