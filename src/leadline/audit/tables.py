"""The tables under audit: what was read, column by column, and what each column means.

Every table lies in one in-memory DuckDB as it was read: all columns ``VARCHAR`` under internal
names, empty cells NULL, and two columns of ours: ``_row`` (BIGINT, from 1, unique in the table)
and ``_file`` (INTEGER, index into ``sources``). ``audit/canonical.py`` lays views over them
(``person``, ``company``, …) by the meanings given here; rules read the views and, where they go
column by column, the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a row of the table is."""

    CONTACT = "contact"
    LEAD = "lead"
    COMPANY = "company"
    DEAL = "deal"
    REGISTRATION = "registration"  # somebody at a webinar, form or booking
    SUPPRESSION = "suppression"
    ACTIVITY = "activity"  # one row an event of a mail
    MESSAGE = "message"  # chat
    USER = "user"  # owners and staff
    PROPERTY = "property"  # definitions of fields
    OPTION = "option"  # one row an option of a picklist
    HISTORY = "history"  # one row a change of a value
    LIST = "list"  # one row a list or segment, with the size that the vendor tells
    OTHER = "other"


class Meaning(StrEnum):
    """What a column holds, in words of ours; one meaning at most once a table but OTHER.

    A reader gives a meaning only where the vendor's contract, or the header, says so plainly.
    """

    KEY = "key"  # the system's own id of the record
    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    PHONE = "phone"
    MOBILE = "mobile"
    COMPANY_NAME = "company_name"
    COMPANY_KEY = "company_key"
    DOMAIN = "domain"
    STREET = "street"
    CITY = "city"
    STATE = "state"
    POSTCODE = "postcode"
    COUNTRY = "country"
    LANGUAGE = "language"
    TIME_ZONE = "time_zone"
    OWNER = "owner"
    OWNER_ACTIVE = "owner_active"
    LIFECYCLE = "lifecycle"
    LEAD_STATUS = "lead_status"
    SCORE = "score"
    SOURCE = "source"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    LAST_ACTIVITY_AT = "last_activity_at"
    CONSENT = "consent"  # the vendor's own word, e.g. SUBSCRIBED
    CONSENT_AT = "consent_at"
    CONSENT_SOURCE = "consent_source"
    CONSENT_WORDING = "consent_wording"
    OPTED_OUT = "opted_out"
    OPTED_OUT_AT = "opted_out_at"
    BOUNCED = "bounced"
    MARKETING_STATUS = "marketing_status"  # HubSpot: what is paid for
    CONVERTED_KEY = "converted_key"  # Salesforce lead → contact
    HANDED_OVER_AT = "handed_over_at"
    ANSWERED_AT = "answered_at"
    NAME = "name"  # of a company, deal, property, user
    STAGE = "stage"
    AMOUNT = "amount"
    CLOSE_DATE = "close_date"
    RENEWAL_DATE = "renewal_date"
    CLOSED = "closed"
    CONTACT_KEY = "contact_key"
    EVENT = "event"
    AT = "at"
    REASON = "reason"
    TOPIC = "topic"  # of a webinar
    ATTENDED = "attended"
    # definitions and history
    OBJECT = "object"
    FIELD = "field"
    LABEL = "label"
    TYPE = "type"
    VALUE = "value"
    CALCULATED = "calculated"
    WRITER_KIND = "writer_kind"  # IMPORT, AUTOMATION_PLATFORM, INTEGRATION, CRM_UI, API …
    WRITER = "writer"  # id or name of the flow, import, person
    WRITER_NAME = "writer_name"  # as the vendor labels it, beside its id
    # lists
    MEMBERS = "members"  # how many the vendor counts
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``name`` inside of the table (the vendor's internal name where known),
    ``header`` as it stood in the file."""

    name: str
    header: str
    meaning: Meaning = Meaning.OTHER


@dataclass(frozen=True, slots=True)
class Source:
    """One file (or member of an archive, or sheet) of a table, with what was read and refused."""

    path: str
    rows: int
    refused: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table under audit. ``name`` is its DuckDB name; ``object`` the vendor's object.

    ``status`` is set where the file, not a column, says it (Mailchimp: subscribed,
    unsubscribed, cleaned, nonsubscribed; SendGrid: bounces, …). ``complete`` None = unsaid.
    """

    name: str
    system: str
    kind: Kind
    object: str
    columns: tuple[Column, ...]
    rows: int
    sources: tuple[Source, ...]
    status: str | None = None
    complete: bool | None = None

    def column(self, meaning: Meaning) -> Column | None:
        """The column of that meaning, or None."""
        return next((c for c in self.columns if c.meaning is meaning), None)
