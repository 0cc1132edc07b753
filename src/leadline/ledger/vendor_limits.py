"""Every limit that a vendor publishes, once, as values with their source.

Connectors, forecast and inspection read these; a project may state its own tier or figure.
They are defaults: where a vendor tells its limit in a header, the header is believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from leadline.ledger.budget import Fixed, Points, Rolling, Window

READ_ON = date(2026, 11, 24)
"""When the sources below were last read, from stored copies of public pages."""

SECOND = timedelta(seconds=1)
TEN_SECONDS = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class Trust(StrEnum):
    """How well a figure is founded."""

    VENDOR = "read in the vendor's own documents or client"
    QUOTED = "read in a third party's text that quotes the vendor"
    ASSUMED = "an assumption; state your own figure under limits"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure was read."""

    text: str
    trust: Trust
    read_on: date = READ_ON


@dataclass(frozen=True, slots=True)
class PublishedWindow:
    """A rate limit. ``calls`` names the calls that it counts: "all", or one kind of them."""

    window: Window
    source: Source
    calls: str = "all"


@dataclass(frozen=True, slots=True)
class PublishedSize:
    """The most of something in one request, in ``unit``."""

    most: int
    unit: str
    source: Source


@dataclass(frozen=True, slots=True)
class VendorLimits:
    """What one vendor publishes; ``tiers`` in rising order, ``default_tier`` the most careful."""

    vendor: str
    default_tier: str
    tiers: Mapping[str, tuple[PublishedWindow, ...]]
    sizes: Mapping[str, PublishedSize]

    def windows(self, tier: str, call: str = "all") -> tuple[Window, ...]:
        """The windows that one call meets; KeyError for a tier that is not listed."""
        return tuple(p.window for p in self.tiers[tier] if p.calls in {"all", call})


_HS_BURST = Source('HubSpot changelog, "Increasing our API limits"', Trust.VENDOR)
_HS_DAILY = Source(
    "HubSpot API usage guidelines, as quoted by rudder-transformer c98d160; the changelog says "
    "650,000 for Professional, so the lower figure is kept",
    Trust.QUOTED,
)
_HS_SEARCH = Source('HubSpot "search the CRM", quoted by three texts', Trust.QUOTED)
_HS_BATCH = Source(
    "rudder-transformer c98d160 and action-destinations 970a17e, MAX_HUBSPOT_BATCH_SIZE",
    Trust.QUOTED,
)


def _hubspot(per_ten_seconds: int, per_day: int) -> tuple[PublishedWindow, ...]:
    """Burst per app, day and search per account; the day ends at midnight of the account's zone.

    The zone is the account's own (a connector sets it with ``dataclasses.replace``). Search
    answers carry no rate-limit headers.
    """
    return (
        PublishedWindow(Rolling("ten seconds", per_ten_seconds, TEN_SECONDS), _HS_BURST),
        PublishedWindow(Fixed("day", per_day, DAY), _HS_DAILY),
        PublishedWindow(Rolling("search", 5, SECOND), _HS_SEARCH, calls="search"),
    )


HUBSPOT = VendorLimits(
    vendor="hubspot",
    default_tier="starter",
    tiers=MappingProxyType(
        {
            "free": _hubspot(100, 250_000),
            "starter": _hubspot(100, 250_000),
            "professional": _hubspot(190, 625_000),
            "enterprise": _hubspot(190, 1_000_000),
            # The add-on raises the burst to 250 once, and the day by a million, at most twice.
            "professional with add-on": _hubspot(250, 1_625_000),
            "enterprise with add-on": _hubspot(250, 2_000_000),
        }
    ),
    sizes=MappingProxyType(
        {
            "batch": PublishedSize(100, "records a request", _HS_BATCH),
            "search page": PublishedSize(200, "records a page", _HS_SEARCH),
            "search results": PublishedSize(10_000, "records a query", _HS_SEARCH),
        }
    ),
)

_SLACK_RATE = Source("docs.slack.dev, rate limits of chat.postMessage", Trust.VENDOR)
_SLACK_WORKSPACE = Source(
    'docs.slack.dev says "several hundred messages a minute" for a workspace; 300 is the least '
    "that can be called several hundred",
    Trust.ASSUMED,
)
_SLACK_TIER_3 = Source("docs.slack.dev, tier 3: 50 a minute and more", Trust.VENDOR)
_SLACK_TIER_2 = Source("docs.slack.dev, tier 2: 20 a minute and more", Trust.VENDOR)
_SLACK_TEXT = Source("docs.slack.dev, chat.postMessage: 40,000, 4,000 advised", Trust.QUOTED)

SLACK = VendorLimits(
    vendor="slack",
    default_tier="standard",
    tiers=MappingProxyType(
        {
            "standard": (
                PublishedWindow(
                    Rolling("channel", 1, SECOND, scope="channel"), _SLACK_RATE, calls="post"
                ),
                PublishedWindow(Rolling("workspace", 300, MINUTE), _SLACK_WORKSPACE, calls="post"),
                PublishedWindow(Rolling("history", 50, MINUTE), _SLACK_TIER_3, calls="history"),
                PublishedWindow(Rolling("list", 20, MINUTE), _SLACK_TIER_2, calls="list"),
            )
        }
    ),
    sizes=MappingProxyType({"text": PublishedSize(4_000, "characters", _SLACK_TEXT)}),
)

_SES = Source(
    "awsdocs/amazon-ses-developer-guide, doc-source/quotas.md at 5556837: limits count "
    "recipients, per account and region",
    Trust.VENDOR,
)
_SES_RATE = Source(
    "14 a second is a common account's rate; GetSendQuota tells yours", Trust.ASSUMED
)

SMTP = VendorLimits(
    vendor="smtp",
    default_tier="common",
    tiers=MappingProxyType(
        {
            "ses sandbox": (
                PublishedWindow(Points("messages", 1, SECOND), _SES),
                PublishedWindow(Points("day", 200, DAY), _SES),
            ),
            "common": (PublishedWindow(Points("messages", 14, SECOND), _SES_RATE),),
        }
    ),
    sizes=MappingProxyType(
        {
            "recipients": PublishedSize(50, "recipients a message", _SES),
            "message": PublishedSize(40_000_000, "bytes a message", _SES),
        }
    ),
)

_SEGMENT = Source("segmentio/segment-docs, http-api/index.md at 747b35d", Trust.VENDOR)

SEGMENT = VendorLimits(
    vendor="segment",
    default_tier="standard",
    tiers=MappingProxyType(
        {"standard": (PublishedWindow(Rolling("workspace", 1_000, SECOND), _SEGMENT),)}
    ),
    sizes=MappingProxyType(
        {
            "event": PublishedSize(32 * 1024, "bytes an event", _SEGMENT),
            "batch": PublishedSize(500 * 1024, "bytes a batch", _SEGMENT),
            "events": PublishedSize(2_500, "events a batch", _SEGMENT),
        }
    ),
)

ALL: Mapping[str, VendorLimits] = MappingProxyType(
    {limits.vendor: limits for limits in (HUBSPOT, SLACK, SMTP, SEGMENT)}
)


def _read_only(
    vendor: str, tier: str, *windows: tuple[Window, str], source: str, trust: Trust
) -> VendorLimits:
    """A vendor that Leadline has no connector for: known for what other tools do to it."""
    said = Source(source, trust)
    published = tuple(PublishedWindow(window, said, calls) for window, calls in windows)
    return VendorLimits(vendor, tier, MappingProxyType({tier: published}), MappingProxyType({}))


KLAVIYO = _read_only(
    "klaviyo",
    "standard",
    (Rolling("second", 10, SECOND), "profile"),
    (Rolling("minute", 150, MINUTE), "profile"),
    source="klaviyo/openapi stable, x-klaviyo-ratelimit: size M, an endpoint and account",
    trust=Trust.VENDOR,
)
BREVO = _read_only(
    "brevo",
    "general",
    (Rolling("second", 10, SECOND), "contact"),
    source="developers.brevo.com/docs/api-limits; the contacts row by a third party",
    trust=Trust.QUOTED,
)
ACTIVECAMPAIGN = _read_only(
    "activecampaign",
    "all plans",
    (Rolling("second", 5, SECOND), "all"),
    source="developers.activecampaign.com, quoted by api-evangelist: an account, all keys",
    trust=Trust.QUOTED,
)
SALESFORCE = _read_only(
    "salesforce",
    "enterprise",
    (Rolling("day", 100_000, DAY), "all"),
    source="developer.salesforce.com app limits, quoted: 100,000 and 1,000 a licence in 24 hours",
    trust=Trust.QUOTED,
)
CUSTOMER_IO = _read_only(
    "customerio",
    "fair use",
    (Rolling("second", 100, SECOND), "all"),
    source="docs.customer.io, fair use of the Track API; the App API takes 10 a second",
    trust=Trust.QUOTED,
)
GOOGLE_SHEETS = _read_only(
    "googlesheets",
    "standard",
    (Rolling("minute", 60, MINUTE), "all"),
    source="developers.google.com/sheets/api/limits, quoted: 60 a minute and user, 300 a project",
    trust=Trust.QUOTED,
)
TEAMS = _read_only(
    "teams",
    "incoming webhook",
    (Rolling("second", 4, SECOND), "all"),
    source="learn.microsoft.com, add incoming webhook: 4 requests a second",
    trust=Trust.VENDOR,
)

INSPECTED: Mapping[str, VendorLimits] = MappingProxyType(
    dict(ALL)
    | {
        limits.vendor: limits
        for limits in (
            KLAVIYO,
            BREVO,
            ACTIVECAMPAIGN,
            SALESFORCE,
            CUSTOMER_IO,
            GOOGLE_SHEETS,
            TEAMS,
        )
    }
)
"""``ALL`` and the vendors that an inspection meets in other tools' flows."""
