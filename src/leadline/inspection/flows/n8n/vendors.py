"""What the nodes of vendors do by default, and how their parameters name the vendor's fields.

A parameter that has its default is not in the file, so the defaults of node and version are part
of the format (n8n-nodes-base 2.41.2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Names = Mapping[str, str]


def _none() -> Names:
    return MappingProxyType({})


_HUBSPOT = {
    "firstName": "firstname",
    "lastName": "lastname",
    "companyName": "company",
    "jobTitle": "jobtitle",
    "phoneNumber": "phone",
    "mobilePhoneNumber": "mobilephone",
    "lifeCycleStage": "lifecyclestage",
    "leadStatus": "hs_lead_status",
    "contactOwner": "hubspot_owner_id",
    "companyOwner": "hubspot_owner_id",
    "dealOwner": "hubspot_owner_id",
    "ticketOwnerId": "hubspot_owner_id",
    "originalSource": "hs_analytics_source",
    "websiteUrl": "website",
    "postalCode": "zip",
    "stateRegion": "state",
    "streetAddress": "address",
    "prefferedLanguage": "hs_language",
    "annualRevenue": "annualrevenue",
    "numberOfEmployees": "numberofemployees",
    "dateOfBirth": "date_of_birth",
    "stage": "dealstage",
    "dealName": "dealname",
    "dealType": "dealtype",
    "closeDate": "closedate",
    "ticketName": "subject",
    "stageId": "hs_pipeline_stage",
    "pipelineId": "hs_pipeline",
    "priority": "hs_ticket_priority",
    "companyDomainName": "domain",
    "aboutUs": "about_us",
}
_SALESFORCE = {
    "firstname": "FirstName",
    "lastname": "LastName",
    "owner": "OwnerId",
    "hasOptedOutOfEmail": "HasOptedOutOfEmail",
    "hasOptedOutOfFax": "HasOptedOutOfFax",
    "acconuntId": "AccountId",
    "recordTypeId": "RecordTypeId",
    "jigsaw": "Jigsaw",
}
_SENDGRID = {"firstName": "first_name", "lastName": "last_name", "postalCode": "postal_code"}


@dataclass(frozen=True, slots=True)
class Vendor:
    """``defaults`` are resource and operation by version, oldest last: (at least, both).

    ``plain`` are parameters that are fields themselves; ``groups`` hold fields by name;
    ``pairs`` are paths to lists of {name key, value}; ``style`` makes a vendor's name of what
    ``names`` does not hold. ``operations``: defaults of an operation by resource.
    """

    system: str
    defaults: tuple[tuple[float, str, str], ...]
    objects: Names = field(default_factory=_none)
    plain: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ("additionalFields", "updateFields")
    pairs: tuple[tuple[str, str], ...] = ()
    names: Names = field(default_factory=_none)
    style: str = "same"  # same, lower, capital
    operations: Names = field(default_factory=_none)

    def default(self, version: float) -> tuple[str, str]:
        """Resource and operation where the file names none."""
        for least, resource, operation in self.defaults:
            if version >= least:
                return resource, operation
        return "", ""

    def named(self, parameter: str) -> str:
        """The vendor's name of a field that n8n calls otherwise."""
        known = self.names.get(parameter)
        if known is not None:
            return known
        if self.style == "lower":
            return parameter.lower()
        return parameter[:1].upper() + parameter[1:] if self.style == "capital" else parameter


VENDORS: Mapping[str, Vendor] = MappingProxyType(
    {
        "hubspot": Vendor(
            "hubspot",
            ((2, "contact", "upsert"), (0, "deal", "create")),
            {"contactList": "contact", "lineItem": "line_item"},
            frozenset({"email", "stage", "name", "ticketName", "stageId", "pipelineId"}),
            pairs=(
                ("customPropertiesUi.customPropertiesValues", "property"),
                ("customPropertiesUi.customPropertiesValues", "propertyName"),
            ),
            names=_HUBSPOT,
            style="lower",
            operations={
                "contact": "upsert",
                "company": "create",
                "deal": "create",
                "ticket": "create",
                "engagement": "create",
                "contactList": "add",
                "form": "getFields",
            },
        ),
        "salesforce": Vendor(
            "salesforce",
            ((0, "lead", "create"),),
            {"customObject": ""},
            frozenset(
                {
                    "email",
                    "lastname",
                    "company",
                    "name",
                    "stageName",
                    "closeDate",
                    "type",
                    "subject",
                }
            ),
            pairs=(("customFieldsUi.customFieldsValues", "fieldId"),),
            names=_SALESFORCE,
            style="capital",
        ),
        "mailchimp": Vendor(
            "mailchimp",
            ((0, "member", "create"),),
            {"memberTag": "member", "listGroup": "list"},
            frozenset({"email", "status"}),
            groups=("updateFields", "options"),
            pairs=(("mergeFieldsUi.mergeFieldsValues", "name"),),
            operations={
                "member": "create",
                "memberTag": "create",
                "campaign": "getAll",
                "listGroup": "getAll",
            },
        ),
        "sendGrid": Vendor(
            "sendgrid",
            ((0, "list", "create"),),
            {},
            frozenset({"email"}),
            groups=("additionalFields",),
            pairs=(("customFieldsUi.customFieldValues", "fieldId"),),
            names=_SENDGRID,
            operations={"contact": "upsert", "list": "create", "mail": "send"},
        ),
        "mautic": Vendor(
            "mautic",
            ((0, "contact", "create"),),
            {},
            frozenset({"email", "firstName", "lastName", "company", "name"}),
            pairs=(("customFieldsUi.customFieldValues", "fieldId"),),
            names={"firstName": "firstname", "lastName": "lastname"},
            style="lower",
            operations={"contactSegment": "add", "campaignContact": "add", "segmentEmail": "send"},
        ),
        "activeCampaign": Vendor(
            "activecampaign",
            ((0, "contact", "create"),),
            {"account": "company"},
            frozenset({"email"}),
            pairs=(("properties.property", "field"),),
        ),
        "customerIo": Vendor(
            "customerio",
            ((0, "customer", "upsert"),),
            {"customer": "contact"},
            frozenset({"email"}),
            pairs=(("customProperties.customProperty", "key"),),
        ),
        "sendInBlue": Vendor(
            "brevo",
            ((0, "email", "send"),),
            {},
            frozenset({"email"}),
            pairs=(("attributes.attributesValues", "fieldName"),),
            operations={"contact": "create", "email": "send"},
        ),
        "convertKit": Vendor(
            "convertkit",
            ((0, "form", "addSubscriber"),),
            {"form": "contact", "sequence": "contact", "tagSubscriber": "contact"},
            frozenset({"email"}),
            pairs=(("fieldsUi.fieldsValues", "key"),),
        ),
        "googleSheets": Vendor(
            "google sheets",
            ((0, "sheet", "read"),),
            {"sheet": "row"},
            groups=(),
            pairs=(("fieldsUi.values", "fieldId"), ("fieldsUi.fieldValues", "fieldId")),
        ),
        "airtable": Vendor(
            "airtable",
            ((2, "record", "get"), (0, "record", "read")),
            {},
            groups=(),
        ),
        "goToWebinar": Vendor("gotowebinar", ((0, "attendee", "get"),), {}, frozenset({"email"})),
        "pipedrive": Vendor(
            "pipedrive",
            ((0, "deal", "create"),),
            {"person": "contact", "organization": "company"},
            frozenset({"email", "name", "title"}),
            names={"title": "title"},
        ),
    }
)

# The vendor behind an address that a request node calls.
HOSTS = {
    "api.hubapi.com": "hubspot",
    "api.hubspot.com": "hubspot",
    "api.sendgrid.com": "sendgrid",
    "a.klaviyo.com": "klaviyo",
    "slack.com": "slack",
    "hooks.slack.com": "slack",
    "api.brevo.com": "brevo",
    "api.sendinblue.com": "brevo",
    "api.mailgun.net": "mailgun",
    "api.postmarkapp.com": "postmark",
    "api.resend.com": "resend",
    "api.twilio.com": "twilio",
    "api.zoom.us": "zoom",
    "track.customer.io": "customerio",
    "api.customer.io": "customerio",
}
_SUFFIXES = (
    (".api.mailchimp.com", "mailchimp"),
    (".salesforce.com", "salesforce"),
    (".force.com", "salesforce"),
    (".api-us1.com", "activecampaign"),
)
# Addresses that send: host, part of the path, channel; "chat" is for the team.
SENDING = (
    ("api.sendgrid.com", "/mail/send", "email"),
    ("api.resend.com", "/emails", "email"),
    ("api.postmarkapp.com", "/email", "email"),
    ("api.brevo.com", "/smtp/email", "email"),
    ("api.sendinblue.com", "/smtp/email", "email"),
    ("api.mailgun.net", "/messages", "email"),
    ("api.eu.mailgun.net", "/messages", "email"),
    ("api.twilio.com", "/Messages", "sms"),
    ("graph.facebook.com", "/messages", "whatsapp"),
    ("slack.com", "/chat.postMessage", "chat"),
    ("hooks.slack.com", "/", "chat"),
)
# Reads of HubSpot's own address: records by their object.
RECORDS = re.compile(r"/crm/(?:v3|v4|\d{4}-\d{2})/objects/(\w{1,40})(/\S*)?")
PLURALS = {
    "contacts": "contact",
    "companies": "company",
    "deals": "deal",
    "tickets": "ticket",
    "leads": "lead",
    "0-1": "contact",
    "0-2": "company",
    "0-3": "deal",
}


def system_of(host: str) -> str:
    """The system's name behind a host; the host itself where it is none of the known."""
    known = HOSTS.get(host)
    if known is not None:
        return known
    return next((system for suffix, system in _SUFFIXES if host.endswith(suffix)), host)
