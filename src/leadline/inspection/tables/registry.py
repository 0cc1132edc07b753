"""Every shape of table that is known, by the name that ``--as`` takes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from leadline.inspection.tables import (
    calendly,
    google_contacts,
    goto,
    hubspot,
    hubspot_answers,
    klaviyo,
    mailchimp,
    plain,
    salesforce,
    sendgrid,
    slack,
    typeform,
    zoom,
)
from leadline.inspection.tables.answer import Answers
from leadline.inspection.tables.shape import Sections, Shape

SHAPES: tuple[Shape, ...] = (
    *hubspot.SHAPES,
    *hubspot_answers.SHAPES,
    *salesforce.SHAPES,
    *mailchimp.SHAPES,
    *klaviyo.SHAPES,
    *sendgrid.SHAPES,
    *zoom.SHAPES,
    *goto.SHAPES,
    *slack.SHAPES,
    *google_contacts.SHAPES,
    *calendly.SHAPES,
    *typeform.SHAPES,
    *plain.SHAPES,
)

BY_NAME: Mapping[str, Shape] = MappingProxyType({shape.name: shape for shape in SHAPES})

SECTIONED: tuple[Sections, ...] = (zoom.SECTIONS, goto.SECTIONS)

ANSWERS: tuple[Answers, ...] = (
    hubspot_answers.ANSWERS,
    mailchimp.ANSWERS,
    slack.ANSWERS,
    klaviyo.ANSWERS,
)
