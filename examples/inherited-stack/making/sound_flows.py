"""The flows that do no harm: fifteen that run and three that are switched off."""

from __future__ import annotations

from making.flow_parts import (
    Draft,
    Part,
    Way,
    act,
    any_of,
    at_least,
    choose,
    code,
    every,
    flow,
    guarded,
    known,
    matching,
    none_of,
    on_event,
    put,
    send,
    some,
    task,
    tell_owner,
    wait,
    webhook,
)
from making.hubspot import REGIONS
from making.world import Json, World

DAY = 24 * 60
BAND_CODE = """exports.main = async (event, callback) => {
  const score = Number(event.inputFields['hubspotscore']);
  callback({ outputFields: { band: score > 55 ? 'a' : score > 25 ? 'b' : 'c' } });
};
"""


def _way(name: str, *filters: Json, then: tuple[Part, ...] = ()) -> Way:
    return Way(name, some(every(*filters)), then)


def _stages() -> Draft:
    climb = choose(
        [
            _way("Hot", at_least("hubspotscore", 60),
                 then=(put("lifecyclestage", "salesqualifiedlead"),)),
            _way("Warm", at_least("hubspotscore", 35),
                 then=(put("lifecyclestage", "marketingqualifiedlead"),)),
        ],
        [put("lifecyclestage", "lead")],
    )  # fmt: skip
    enrol = matching(at_least("hubspotscore", 10), again=True, on=("hubspotscore",))
    return Draft(601_001, "Lifecycle | Move stage by score and deals", enrol, (climb,))


def _owner() -> Draft:
    ways = [
        _way(label, any_of("sales_region", value), then=(_rotate(number),))
        for number, (label, value) in enumerate(REGIONS[:3])
    ]
    enrol = matching(any_of("lifecyclestage", "salesqualifiedlead"))
    return Draft(601_003, "Sales | Assign owner by region", enrol, (choose(ways, [_rotate(9)]),))


def _rotate(team: int) -> Part:
    return act("0-11", {"team_ids": [str(7_700_100 + team)], "target_property": "hubspot_owner_id",
                        "overwrite_current_owner": "false"})  # fmt: skip


def _webinar_follow_up() -> Draft:
    ways = [
        _way("Came", any_of("webinar_status", "attended"), then=(send(70_200_101),)),
        _way("Did not", any_of("webinar_status", "no_show"), then=(send(70_200_102),)),
    ]
    parts = (wait(2 * DAY), choose(ways, [tell_owner("Nobody knows whether this guest came")]))
    return Draft(601_005, "Webinar | Follow-up, came or not", on_event("4-68559"), parts)


def _track() -> Draft:
    ways = [
        _way("Makers", any_of("industry", "MANUFACTURING", "FOOD_PRODUCTION"),
             then=(put("nurture_track", "manufacturing"),)),
        _way("Coders", any_of("industry", "COMPUTER_SOFTWARE"),
             then=(put("nurture_track", "software"),)),
    ]  # fmt: skip
    enrol = matching(any_of("lifecyclestage", "lead"))
    parts = (wait(60), choose(ways, [put("nurture_track", "general")]))
    return Draft(601_006, "Nurture | Choose a track", enrol, parts)


def _bands() -> Draft:
    ways = [
        _way("A", at_least("hubspotscore", 56),
             then=(put("score_band", "a"), put("engagement_band", "high"))),
        _way("B", at_least("hubspotscore", 26),
             then=(put("score_band", "b"), put("engagement_band", "medium"))),
    ]  # fmt: skip
    last = [put("score_band", "c"), put("engagement_band", "low")]
    checked = guarded(
        code(BAND_CODE, ["hubspotscore"], ["band"]),
        [choose(ways, last)],
        [task("The score bands could not be reckoned")],
    )
    enrol = matching(known("hubspotscore"), again=True, on=("hubspotscore",))
    return Draft(601_011, "Ops | Score bands", enrol, (checked,))


def _customer_type() -> Draft:
    ways = [
        _way("Customer", any_of("lifecyclestage", "customer"),
             then=(put("customer_type", "customer"),))
    ]  # fmt: skip
    enrol = matching(known("lifecyclestage"), again=True, on=("lifecyclestage",))
    parts = (wait(30), choose(ways, [put("customer_type", "prospect")]))
    return Draft(601_002, "Hygiene | Keep customer type", enrol, parts)


def _slack() -> Draft:
    post = act("1-179507819", {"channel": "sales-leads", "message": "A new lead was qualified"},
               version=2)  # fmt: skip
    enrol = matching(any_of("lifecyclestage", "salesqualifiedlead"))
    parts = (wait(120), guarded(post, [], [tell_owner("Slack did not take the post")]))
    return Draft(601_009, "Ops | Post new SQL to Slack", enrol, parts)


def _enrich() -> Draft:
    call = webhook("enrich.kaldera.example/v1/contacts", "ENRICH_KEY")
    enrol = on_event("4-1639801")
    parts = (wait(15), guarded(call, [], [task("Enrichment failed, look the firm up by hand")]))
    return Draft(601_010, "Ops | Enrich after form", enrol, parts)


def _tier() -> Draft:
    ways = [
        _way("Large", at_least("numberofemployees", 600), then=(put("account_tier", "tier_1"),)),
        _way("Middle", at_least("numberofemployees", 60), then=(put("account_tier", "tier_2"),)),
    ]
    enrol = matching(known("numberofemployees"), again=True, on=("numberofemployees",))
    parts = (choose(ways, [put("account_tier", "tier_3")]),)
    return Draft(601_007, "Companies | Account tier", enrol, parts, "company")


def _renewal() -> Draft:
    schedule = {
        "type": "PROPERTY_BASED",
        "dateProperty": "renewal_date",
        "daysDelta": -90,
        "yearly": False,
        "timeOfDay": {"hour": 9, "minute": 0},
    }
    parts = (task("Renewal in 90 days"), wait(30 * DAY), task("Renewal in 60 days"))
    enrol = matching(any_of("dealstage", "closedwon"))
    more = {"enrollmentSchedule": schedule}
    return Draft(601_014, "Deals | Renewal in 90 days", enrol, parts, "deal", more=more)


def live_drafts() -> list[Draft]:
    """The flows that run."""
    onboarding = (
        put("onboarding_status", "started"),
        send(70_200_301),
        act("1-51930017", {"space": "customers", "template": "welcome"}, version=3),
        wait(7 * DAY),
        send(70_200_302),
        wait(23 * DAY),
        put("onboarding_status", "done"),
    )
    invite = (send(70_200_201), wait(5 * DAY), send(70_200_202))
    happy = (wait(45 * DAY), task("Ask for a referral"))
    track = (wait(DAY), send(70_200_401), wait(6 * DAY), send(70_200_402))
    return [
        _stages(),
        _webinar_follow_up(),
        _customer_type(),
        _owner(),
        _track(),
        _tier(),
        Draft(601_008, "Onboarding | Customers day 0 to 30",
              matching(any_of("lifecyclestage", "customer")), onboarding),
        Draft(601_004, "Webinar | Invite to the autumn series",
              matching(any_of("webinar_interest", "automation", "integration"),
                       none_of("customer_type", "partner", blanks=True)), invite),
        _slack(),
        _enrich(),
        _bands(),
        Draft(601_012, "Nurture | Manufacturing in two mails",
              matching(any_of("nurture_track", "manufacturing")), track),
        Draft(601_013, "Customers | Ask the happy ones",
              matching(any_of("engagement_band", "high"), any_of("lifecyclestage", "customer")),
              happy),
        _renewal(),
        Draft(601_015, "Customers | Welcome call",
              matching(any_of("onboarding_status", "started")), (wait(2 * DAY), task("Call"))),
    ]  # fmt: skip


def paused_drafts() -> list[Draft]:
    """The flows that nobody dared to delete."""
    return [
        Draft(600_101, "OLD newsletter 2023 (do not use)",
              matching(known("email")), (send(70_100_001),), live=False),
        Draft(600_102, "Test Clara", None, (wait(5),), live=False),
        Draft(600_103, "Copy of Webinar | Invite to the autumn series",
              matching(any_of("webinar_interest", "reporting")), (send(70_100_003),), live=False),
    ]  # fmt: skip


def fill(world: World, live: int, paused: int) -> None:
    """Lay that many of the flows."""
    for draft in [*live_drafts()[:live], *paused_drafts()[:paused]]:
        world.flows.append(flow(draft)[0])
