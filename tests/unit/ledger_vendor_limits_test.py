from __future__ import annotations

from datetime import timedelta

import pytest

from leadline.ledger import vendor_limits
from leadline.ledger.budget import Fixed, Points, Rolling
from leadline.ledger.vendor_limits import (
    ALL,
    HUBSPOT,
    INSPECTED,
    SEGMENT,
    SLACK,
    SMTP,
    Trust,
)


def test_hubspots_tiers_as_published() -> None:
    burst = {
        tier: HUBSPOT.windows(tier)[0].limit for tier in ("starter", "professional", "enterprise")
    }
    assert burst == {"starter": 100, "professional": 190, "enterprise": 190}
    days = [
        w.limit
        for tier in ("free", "professional", "enterprise")
        for w in HUBSPOT.windows(tier)
        if isinstance(w, Fixed)
    ]
    assert days == [250_000, 625_000, 1_000_000]
    assert HUBSPOT.windows("starter")[0] == Rolling("ten seconds", 100, timedelta(seconds=10))
    assert HUBSPOT.sizes["batch"].most == 100


def test_a_search_meets_its_own_window_too() -> None:
    names = [w.name for w in HUBSPOT.windows("starter", "search")]
    assert names == ["ten seconds", "day", "search"]
    assert "search" not in [w.name for w in HUBSPOT.windows("starter")]


def test_slack_counts_posts_by_channel() -> None:
    channel, workspace = SLACK.windows("standard", "post")
    assert (channel.limit, channel.scope) == (1, "channel")
    assert workspace.limit == 300
    assert SLACK.windows("standard") == ()


def test_mail_is_counted_in_recipients_and_its_rate_is_called_an_assumption() -> None:
    (rate,) = SMTP.windows("common")
    assert rate == Points("messages", 14, timedelta(seconds=1))
    assert SMTP.tiers["common"][0].source.trust is Trust.ASSUMED
    assert SMTP.sizes["recipients"].most == 50


def test_segments_sizes_as_published() -> None:
    sizes = {name: size.most for name, size in SEGMENT.sizes.items()}
    assert sizes == {"event": 32_768, "batch": 512_000, "events": 2_500}


def test_vendors_that_only_an_inspection_meets_stand_beside_those_with_a_connector() -> None:
    assert set(ALL) < set(INSPECTED)
    (posts,) = INSPECTED["teams"].windows("incoming webhook")
    assert (posts.limit, posts.span) == (4, timedelta(seconds=1))
    assert [w.limit for w in INSPECTED["klaviyo"].windows("standard", "profile")] == [10, 150]
    assert INSPECTED["salesforce"].windows("enterprise")[0].limit == 100_000


@pytest.mark.parametrize("vendor", INSPECTED)
def test_every_limit_has_a_name_of_its_own_a_source_and_a_date(vendor: str) -> None:
    limits = INSPECTED[vendor]
    assert limits.vendor == vendor
    assert limits.default_tier in limits.tiers
    for windows in limits.tiers.values():
        names = [p.window.name for p in windows]
        assert len(names) == len(set(names))
        assert all(p.window.limit >= 1 for p in windows)
    found = [p.source for ws in limits.tiers.values() for p in ws]
    found += [size.source for size in limits.sizes.values()]
    assert all(s.text and s.read_on == vendor_limits.READ_ON for s in found)
