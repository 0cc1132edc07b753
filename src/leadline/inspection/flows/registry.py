"""Which reader takes a document: every vendor's is asked, and the surest is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from leadline.blueprint.graph.flow import Flow, Understanding
from leadline.inspection.flows import (
    activecampaign,
    customerio,
    hubspot,
    klaviyo,
    mailchimp,
    mautic,
    n8n,
    salesforce,
)
from leadline.inspection.recognition import Recognition, Unread

Result = tuple[tuple[Flow, ...], tuple[Unread, ...]]


@dataclass(frozen=True, slots=True)
class Reader:
    """One vendor's reader; ``shapes`` are the names that it gives to what it recognises."""

    shapes: tuple[str, ...]
    recognise: Callable[[object, str], Recognition | None]
    read: Callable[[object, str, Recognition, object], Result]


READERS = (
    Reader(hubspot.SHAPES, hubspot.recognise, hubspot.read),
    Reader(n8n.SHAPES, n8n.recognise, n8n.read),
    Reader(klaviyo.SHAPES, klaviyo.recognise, klaviyo.read),
    Reader(mautic.SHAPES, mautic.recognise, mautic.read),
    Reader(salesforce.SHAPES, salesforce.recognise, salesforce.read),
    Reader(customerio.SHAPES, customerio.recognise, customerio.read),
    Reader(activecampaign.SHAPES, activecampaign.recognise, activecampaign.read),
    Reader(mailchimp.SHAPES, mailchimp.recognise, mailchimp.read),
)


def recognise(document: object, path: str) -> Recognition | None:
    """What the document is taken for, or None where no reader of flows claims it.

    ``document`` is parsed JSON, or the text of an XML file.
    """
    return max(claims(document, path), key=lambda claim: claim.confidence, default=None)


def claims(document: object, path: str) -> tuple[Recognition, ...]:
    """Every reader's claim, for naming both where two are close."""
    found = (reader.recognise(document, path) for reader in READERS)
    return tuple(claim for claim in found if claim is not None)


def read(document: object, path: str, recognition: Recognition, dictionary: object) -> Result:
    """The flows in the document, and what of it could not be read.

    ``dictionary`` is the account's own list of action types (HubSpot's answer to
    ``action-types``, parsed), or None. Whatever is in the document, no exception leaves here.
    """
    for reader in READERS:
        if recognition.shape in reader.shapes:
            return reader.read(document, path, recognition, dictionary)
    return (), (
        Unread(
            path,
            f"No reader of flows takes {recognition.shape}.",
            f"Use one of: {', '.join(shape for r in READERS for shape in r.shapes)}.",
        ),
    )


def counts(flows: Iterable[Flow]) -> tuple[int, int, int]:
    """How many nodes of these flows are understood, only read, and opaque."""
    found = [step.understanding for flow in flows for step in flow.steps.values()]
    return (
        found.count(Understanding.UNDERSTOOD),
        found.count(Understanding.READ),
        found.count(Understanding.OPAQUE),
    )
