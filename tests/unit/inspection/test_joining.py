"""Findings and flows brought together: what breaks, who wrote it, what it costs, the verdict."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from leadline.blueprint.finding import Broken, Example, Finding, Severity
from leadline.blueprint.graph.flow import FieldRef, Flow
from leadline.errors import UsageError
from leadline.inspection.causes import causes
from leadline.inspection.costs import Costs, Range, find_costs, money_of, read_costs
from leadline.inspection.findings import join
from leadline.inspection.inspect import judge
from leadline.inspection.outcome import Inspection, Standing
from leadline.inspection.uses import Use, Used, uses
from leadline.inspection.verdicts import verdicts, worst
from leadline.inspection.writers import writers
from tests.unit.inspection import sample
from tests.unit.inspection.sample import COUNTRY, FIRST, STAGE, rule


def bad(field: FieldRef, count: int, of: int, severity: Severity = Severity.WARNING) -> Finding:
    return Finding(
        rule("some-rule", severity), "m", field.system, "t", (field,), count=count, of=of
    )


def joined(*findings: Finding) -> Finding:
    (found,) = join(findings, sample.flows(), {})
    return found


def standing(*findings: Finding) -> dict[str, Standing]:
    found = join(findings, sample.flows(), {})
    return {verdict.flow: verdict.standing for verdict in verdicts(found, sample.flows())}


@pytest.fixture(scope="module")
def inspection() -> Inspection:
    return judge(sample.reading(), sample.findings())


def test_a_flow_uses_a_field_where_it_starts_branches_reads_and_copies() -> None:
    found = set(uses(sample.welcome()))
    assert found == {
        Used(STAGE, Use.LETS_IN),
        Used(COUNTRY, Use.BRANCHES, "2"),
        Used(FIRST, Use.READS, "3"),
        Used(FIRST, Use.READS, "4"),
    }


def test_a_finding_breaks_the_live_flows_that_use_its_field_at_the_step() -> None:
    found = joined(bad(COUNTRY, 2, 6))
    assert found.breaks == (
        Broken("hubspot/11", "2", "takes its way by country", 2),
        Broken("hubspot/12", None, "decides by country who gets in", 2),
    )


def test_a_flow_that_is_off_is_not_broken() -> None:
    assert "hubspot/14" not in {b.flow for b in joined(bad(COUNTRY, 2, 6)).breaks}


def test_an_object_that_the_flow_does_not_name_fits_any() -> None:
    anywhere = FieldRef("hubspot", "", "Country")
    assert joined(bad(anywhere, 2, 6)).breaks
    assert not joined(bad(FieldRef("hubspot", "company", "country"), 2, 6)).breaks
    assert not joined(bad(FieldRef("salesforce", "contact", "country"), 2, 6)).breaks


def test_companies_are_not_counted_as_people() -> None:
    asks = FieldRef("hubspot", "company", "country")
    flow = replace(sample.flows()[1], triggers=(replace(sample.flows()[1].triggers[0],
                   condition=None, reads=(asks,)),))  # fmt: skip
    (found,) = join([bad(asks, 2, 6)], [flow], {})
    assert [broken.people for broken in found.breaks] == [None]


def test_a_note_breaks_nothing() -> None:
    assert not joined(bad(COUNTRY, 2, 6, Severity.NOTE)).breaks


def test_a_warning_about_one_record_in_a_thousand_breaks_nothing_but_a_blocking_one_does() -> None:
    assert not joined(bad(COUNTRY, 1, 1000)).breaks
    assert joined(bad(COUNTRY, 1, 1000, Severity.BLOCKING)).breaks


def test_what_a_rule_says_itself_of_flows_stays() -> None:
    own = (Broken("hubspot/13", "1", "mails 7 people who left", 7),)
    assert joined(replace(bad(COUNTRY, 2, 6), breaks=own)).breaks == own


def test_the_same_thing_said_by_the_data_and_by_a_check_is_said_once() -> None:
    counted = replace(bad(STAGE, 2, 6), flow="hubspot/11")
    uncounted = replace(counted, count=None, of=None,
                        fields=(FieldRef("hubspot", "", "LifecycleStage"),))  # fmt: skip
    assert joined(counted, uncounted).count == 2


def test_a_flow_falls_where_it_decides_by_a_field_of_which_a_tenth_is_bad() -> None:
    found = standing(bad(COUNTRY, 60, 600))
    assert found["hubspot/11"] is Standing.FALLS
    assert found["hubspot/12"] is Standing.FALLS
    assert found["hubspot/13"] is Standing.STANDS


def test_a_flow_is_shaky_where_fewer_are_bad_or_it_only_reads_the_field() -> None:
    assert standing(bad(COUNTRY, 59, 600))["hubspot/11"] is Standing.SHAKY
    assert standing(bad(FIRST, 600, 600))["hubspot/13"] is Standing.SHAKY


def test_flows_without_findings_stand_and_flows_that_are_off_have_no_verdict() -> None:
    assert standing() == dict.fromkeys(
        ["hubspot/11", "hubspot/12", "hubspot/13", "n8n/ab"], Standing.STANDS
    )


def test_the_headline_counts_what_cannot_be_carried(inspection: Inspection) -> None:
    assert inspection.headline == "2 of 4 live flows stand on data that cannot carry them."
    assert judge(sample.reading(), []).headline == "All 4 live flows stand."
    shaky = judge(sample.reading(), [bad(FIRST, 6, 6)])
    assert shaky.headline == "No live flow falls, but 2 of 4 are shaky."
    nothing = judge(sample.reading(sample.stack([])), [bad(FIRST, 6, 6)])
    assert nothing.headline == "No live flow was given; the data alone has 1 finding."


def test_the_worst_come_first_and_of_each_rule_one() -> None:
    many = [bad(COUNTRY, 5, 6), bad(FIRST, 6, 6)]
    other = Finding(rule("other"), "m", "n8n", flow="n8n/ab", step="post")
    found = join([*many, other], sample.flows(), {})
    ranked = worst(found, verdicts(found, sample.flows()))
    assert [(found[n].rule.code, found[n].fields) for n in ranked] == [
        ("some-rule", (COUNTRY,)),
        ("other", ()),
        ("some-rule", (FIRST,)),
    ]


def test_findings_of_one_import_stand_together() -> None:
    imported = "the import of 3 March 2026"
    found = [replace(bad(f, 2, 6), because=imported) for f in (COUNTRY, FIRST)]
    assert [(c.title, c.findings) for c in causes([*found, bad(STAGE, 2, 6)])] == [
        ("The import of 3 March 2026", (0, 1))
    ]


def test_a_finding_stands_in_one_group_only() -> None:
    both = replace(bad(COUNTRY, 2, 6), because="x", written_by="somebody")
    alike = [both, both, replace(bad(COUNTRY, 1, 6), written_by="somebody")]
    members = [n for cause in causes(alike) for n in cause.findings]
    assert sorted(members) == sorted(set(members))


def examples(*keys: str) -> Finding:
    return replace(bad(COUNTRY, 2, 6), examples=tuple(Example(key, {}) for key in keys))


def test_the_history_names_the_import_that_wrote_the_bad_values() -> None:
    stack = sample.with_history(
        sample.stack(),
        ("102", "country", "2026-03-03 10:00", "IMPORT", "fair.csv"),
        ("103", "country", "2026-03-03 10:00", "IMPORT", "fair.csv"),
        *(("101", "country", f"2026-02-0{day} 10:00", "CRM_UI", "7") for day in range(1, 9)),
    )
    (written,) = writers(stack, [examples("102", "103")]).values()
    assert written.by == 'the import "fair.csv"'
    assert written.cause == 'the import "fair.csv" of 3 March 2026'


def test_a_flow_that_wrote_a_value_is_called_by_its_name() -> None:
    stack = sample.with_history(
        sample.stack(), ("102", "country", "2026-03-03 10:00", "AUTOMATION_PLATFORM", "Austria")
    )
    (written,) = writers(stack, [bad(COUNTRY, 2, 6)]).values()
    assert written.by == 'the flow "Austria"'


def test_where_no_writer_stands_out_several_are_named() -> None:
    stack = sample.with_history(
        sample.stack(),
        ("102", "country", "2026-03-03 10:00", "IMPORT", "a"),
        ("103", "country", "2026-03-04 10:00", "FORM", "b"),
    )
    (written,) = writers(stack, [bad(COUNTRY, 2, 6)]).values()
    assert written.by.startswith("several: ")
    assert written.cause is None


def test_without_a_history_nobody_is_named() -> None:
    assert not writers(sample.stack(), [bad(COUNTRY, 2, 6)])


def costs(text: str, folder: Path) -> Costs:
    path = folder / "costs.yaml"
    path.write_text(text, encoding="utf-8")
    assert find_costs([folder]) == path
    return read_costs(path)


def test_money_is_a_range_of_the_teams_own_prices(tmp_path: Path) -> None:
    prices = costs(
        "currency: EUR\nper_record: { some-rule: 0.5 to 2 }\nper_person: { Austria: 10 }\n",
        tmp_path,
    )
    money = money_of(joined(bad(COUNTRY, 2, 6)), prices, {"hubspot/12": "Austria"})
    assert money is not None
    assert str(money) == "21.00 to 24.00 EUR"
    assert money.basis == '2 records and 2 people of "Austria", at your own prices'


def test_without_a_price_there_is_no_money() -> None:
    prices = Costs("EUR", {"another": Range(Decimal(1), Decimal(2))})
    assert money_of(bad(COUNTRY, 2, 6), prices, {}) is None
    assert not judge(sample.reading(), sample.findings()).money


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("per_record: {}", 'there is no "currency"'),
        ("currency: EUR\nprices: {}", '"prices" is not known here'),
        ("currency: EUR\nper_record: { a: cheap }", 'the price of "a" is no figure'),
        ("currency: EUR\nper_record: { a: 3 to 2 }", "should rise"),
        ("currency: EUR\nper_record: { a: NaN }", "should rise"),
        ("currency: EUR\nper_record: [ a ]", "per_record should hold names"),
        ("currency: [", "this is not YAML"),
        ("- EUR", "the file should hold names"),
        ("!!python/object/apply:os.system [ echo ]", "the file should hold names"),
    ],
)
def test_a_wrong_costs_yaml_is_refused_with_what_to_write(
    text: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=what) as caught:
        costs(text, tmp_path)
    assert str(caught.value).endswith(".")


def test_without_a_costs_yaml_none_is_found(tmp_path: Path) -> None:
    assert find_costs([tmp_path]) is None


def test_what_was_not_given_and_not_read_is_not_judged(inspection: Inspection) -> None:
    told = [each.what for each in inspection.unjudged]
    assert told == [
        "notes.bin",
        "hubspot-property-history was not given",
        "One-click unsubscribe in mail sent by HubSpot",
        "hubspot: whether a step failed",
    ]


def test_the_figures_count_what_was_read(inspection: Inspection) -> None:
    figures = inspection.figures
    assert (figures.people, figures.rows, figures.tables) == (8, 8, 2)
    assert (figures.flows, figures.live_flows) == (5, 4)
    assert (figures.steps, figures.opaque_steps) == (11, 1)


def test_a_condition_nested_ten_thousand_deep_is_walked() -> None:
    from leadline.blueprint.graph.flow import Comparison, Every  # noqa: PLC0415

    condition: object = Comparison(COUNTRY, "is", "x", ("DE",))
    for _ in range(10_000):
        condition = Every((condition,))  # type: ignore[arg-type]
    flow: Flow = replace(sample.welcome(), goal=condition)  # type: ignore[arg-type]
    assert Used(COUNTRY, Use.LEAVES) in set(uses(flow))
