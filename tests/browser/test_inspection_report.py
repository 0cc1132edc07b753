"""The inspection's report in a real browser: for everybody to use, silent, and asking nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from leadline.inspection.inspect import inspect
from leadline.inspection.masks import Shown
from leadline.inspection.outcome import Options
from leadline.inspection.report.page import page as report_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SAMPLE = Path(__file__).parents[2] / "examples" / "inherited-stack" / "sample" / "exports"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
# WCAG 2.2 at level AA, with everything that 2.0 and 2.1 ask for.
ASKED = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = inspect([SAMPLE], Options(), lambda words, done, total: None)
    place = tmp_path_factory.mktemp("report") / "report.html"
    place.write_text(report_of(found, Shown(False)), encoding="utf-8")
    return place


@dataclass
class Seen:
    """A page with all that it said and asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@contextmanager
def opened(browser: Browser, file: Path, size: str, scheme: str = "light") -> Iterator[Seen]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    seen = Seen(context.new_page())
    seen.page.on("console", lambda message: seen.said.append(f"{message.type}: {message.text}"))
    seen.page.on("pageerror", lambda error: seen.said.append(f"error: {error}"))
    seen.page.on("request", lambda request: seen.asked.append(request.url))
    seen.page.goto(file.as_uri())
    yield seen
    context.close()


def open_all(page: Page) -> None:
    """Open every closed part, so that what is inside is judged as well."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


def violations(page: Page) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    asked = {"runOnly": {"type": "tag", "values": ASKED}}
    return [
        f"{found['id']}: {found['help']}: "
        + "; ".join(f"{node['target']} {node['html'][:120]}" for node in found["nodes"][:4])
        for found in axe.run(page, options=asked).response["violations"]
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anybody(
    browser: Browser, report: Path, size: str, scheme: str
) -> None:
    with opened(browser, report, size, scheme) as seen:
        assert violations(seen.page) == []
        open_all(seen.page)
        assert violations(seen.page) == []
        assert seen.said == []
        assert seen.asked == [report.as_uri()]


@pytest.mark.parametrize("size", SIZES)
def test_the_page_is_never_wider_than_the_window(browser: Browser, report: Path, size: str) -> None:
    with opened(browser, report, size) as seen:
        open_all(seen.page)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert seen.page.evaluate(wide) <= 0


def test_a_finding_leads_to_the_step_where_it_bites(browser: Browser, report: Path) -> None:
    with opened(browser, report, "desktop") as seen:
        page = seen.page
        page.locator("#first li a").first.click()
        card = page.locator("details.finding[open]").first
        card.locator("ul.breaks a").first.click()
        target = page.evaluate("location.hash.slice(1)")
        assert page.locator(f"[id='{target}']").is_visible()
        assert seen.said == []


def test_findings_are_found_by_word_and_by_weight(browser: Browser, report: Path) -> None:
    with opened(browser, report, "desktop") as seen:
        page = seen.page
        every = page.locator("details.finding").count()
        page.fill("#find", "opted out")
        some = page.locator("details.finding:visible").count()
        assert 0 < some < every
        assert page.locator("#shown").inner_text() == f"{some} of {every} shown"
        page.fill("#find", "")
        page.uncheck("input[name=weight][value=note]")
        left = page.locator("details.finding:visible")
        assert set(left.evaluate_all("all => all.map(each => each.dataset.weight)")) == {
            "blocking",
            "warning",
        }


def test_the_map_shows_a_node_with_what_hangs_on_it(browser: Browser, report: Path) -> None:
    with opened(browser, report, "phone") as seen:
        page = seen.page
        name = page.locator("#nodes option").first.get_attribute("value")
        assert name is not None
        page.fill("#node", name)
        page.dispatch_event("#node", "change")
        assert page.locator("#drawing .node").count() >= 1
        assert page.locator("#gone li").count() >= 1
        assert seen.said == []


def test_the_judge_sees_a_fault_that_is_put_in(browser: Browser, report: Path) -> None:
    with opened(browser, report, "desktop") as seen:
        seen.page.evaluate("document.querySelector('main').append(document.createElement('img'))")
        assert any(each.startswith("image-alt") for each in violations(seen.page))


def test_so_many_flows_that_they_are_packed_are_there_all_the_same(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = inspect([SAMPLE], Options(), lambda words, done, total: None)
    plain = report_of(found, Shown(False))
    monkeypatch.setattr("leadline.inspection.report.page.MOST_PLAIN", 1_000)
    packed = report_of(found, Shown(False))
    assert packed == report_of(found, Shown(False))
    assert len(packed) < len(plain)
    place = tmp_path / "packed.html"
    place.write_text(packed, encoding="utf-8")
    with opened(browser, place, "desktop") as seen:
        seen.page.locator("details.flow").first.wait_for()
        assert seen.page.locator("details.flow").count() == plain.count('<details class="flow"')
        seen.page.locator(".verdicts tbody th a").first.click()
        assert seen.page.locator("details.flow[open]").count() == 1
        assert violations(seen.page) == []
        assert seen.said == []
        assert seen.asked == [place.as_uri()]
