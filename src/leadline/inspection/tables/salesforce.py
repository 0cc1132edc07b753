"""Salesforce's exports: Data Loader files with API names, and reports with labels and trailers.

A record's id is 18 characters long in API files and 15 in reports, where two ids may differ only
by case; ``load.py`` completes the short ones, as Salesforce itself does.
"""

from __future__ import annotations

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.recognition import Content
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Hint, Shape

_SYSTEM = (
    H("CreatedDate", ("Created Date", "Create Date", "Erstelldatum"), Meaning.CREATED_AT, 0.15),
    H(
        "LastModifiedDate",
        ("Last Modified Date", "Datum der letzten Änderung"),
        Meaning.UPDATED_AT,
        0.15,
    ),
    H("LastActivityDate", ("Last Activity", "Letzte Aktivität"), Meaning.LAST_ACTIVITY_AT, 0.15),
    H("SystemModstamp", ("System Modstamp",), weight=0.5),
    H("CreatedById", ("Created By", "Created By ID"), weight=0.2),
    H("LastModifiedById", ("Last Modified By", "Last Modified By ID"), weight=0.2),
    H("IsDeleted", ("Deleted",), weight=0.3),
    H("OwnerId", ("Owner ID",), Meaning.OWNER, 0.2),
    H("RecordTypeId", ("Record Type ID", "Record Type"), weight=0.3),
    H("Owner.Name", ("Owner: Full Name", "Owner Name"), weight=0.3),
)

_PERSON = (
    H("FirstName", ("First Name", "Vorname"), Meaning.FIRST_NAME),
    H("LastName", ("Last Name", "Nachname"), Meaning.LAST_NAME),
    H("Name", ("Full Name", "Name"), Meaning.FULL_NAME),
    H("Salutation", ("Salutation", "Anrede")),
    H("Title", ("Title", "Titel")),
    H("Email", ("Email", "E-Mail"), Meaning.EMAIL),
    H("Phone", ("Phone", "Telefon"), Meaning.PHONE),
    H("MobilePhone", ("Mobile", "Mobile Phone", "Mobil"), Meaning.MOBILE),
    H("LeadSource", ("Lead Source", "Lead-Quelle", "Leadquelle"), Meaning.SOURCE, 0.3),
    H("HasOptedOutOfEmail", ("Email Opt Out", "E-Mail-Abmeldung"), Meaning.OPTED_OUT, 0.4),
    H("DoNotCall", ("Do Not Call", "Nicht anrufen"), weight=0.2),
    H("EmailBouncedDate", ("Email Bounced Date",), weight=0.4),
    H("EmailBouncedReason", ("Email Bounced Reason",), Meaning.BOUNCED, 0.4),
    H("Description", ("Description",)),
)

_CONTACT = (
    H("Id", ("Contact ID", "Kontakt-ID", "ContactId"), Meaning.KEY, 0.2),
    H("AccountId", ("Account ID", "Account-ID"), Meaning.COMPANY_KEY, 0.3),
    H("Account.Name", ("Account Name", "Accountname", "AccountName"), Meaning.COMPANY_NAME, 0.25),
    H(
        "MailingStreet",
        ("Mailing Street", "Mailing Address Line 1", "Postanschrift Straße"),
        Meaning.STREET,
        0.3,
    ),
    H("MailingCity", ("Mailing City", "Postanschrift Ort"), Meaning.CITY, 0.3),
    H("MailingState", ("Mailing State/Province", "Mailing State"), Meaning.STATE, 0.3),
    H(
        "MailingPostalCode",
        ("Mailing Zip/Postal Code", "Mailing Postal Code"),
        Meaning.POSTCODE,
        0.3,
    ),
    H("MailingCountry", ("Mailing Country", "Postanschrift Land"), Meaning.COUNTRY, 0.3),
    H("Owner.Name", ("Contact Owner", "Kontaktinhaber"), weight=0.2),
    H("ReportsToId", ("Reports To ID",), weight=0.3),
    H("Department", ("Department", "Abteilung")),
    *_PERSON,
    *_SYSTEM,
)

_LEAD = (
    H("Id", ("Lead ID", "Lead-ID", "LeadId"), Meaning.KEY, 0.2),
    H("Company", ("Company / Account", "Company", "Firma"), Meaning.COMPANY_NAME, 0.1),
    H("Status", ("Lead Status", "Lead-Status"), Meaning.LEAD_STATUS, 0.15),
    H("IsConverted", ("Converted", "Konvertiert"), weight=0.5),
    H("ConvertedContactId", ("Converted Contact ID",), Meaning.CONVERTED_KEY, 0.6),
    H("ConvertedAccountId", ("Converted Account ID",), weight=0.5),
    H("ConvertedOpportunityId", ("Converted Opportunity ID",), weight=0.5),
    H("ConvertedDate", ("Converted Date",), weight=0.4),
    H("Rating", ("Rating", "Bewertung"), weight=0.1),
    H("Owner.Name", ("Lead Owner", "Lead-Inhaber"), weight=0.3),
    H("IsUnreadByOwner", ("Unread By Owner",), weight=0.4),
    H("Street", ("Street", "Straße"), Meaning.STREET),
    H("City", ("City", "Ort"), Meaning.CITY),
    H("State", ("State/Province", "State"), Meaning.STATE),
    H("PostalCode", ("Zip/Postal Code", "Postal Code"), Meaning.POSTCODE, 0.1),
    H("Country", ("Country", "Land"), Meaning.COUNTRY),
    H("Industry", ("Industry", "Branche")),
    H("NumberOfEmployees", ("Employees", "No. of Employees")),
    H("Website", ("Website",)),
    *_PERSON,
    *_SYSTEM,
)

_ACCOUNT = (
    H("Id", ("Account ID", "Account-ID", "AccountId"), Meaning.KEY, 0.2),
    H("Name", ("Account Name", "Accountname"), Meaning.NAME, 0.2),
    H("Website", ("Website",), Meaning.DOMAIN),
    H("Type", ("Type", "Typ")),
    H("Industry", ("Industry", "Branche")),
    H("ParentId", ("Parent Account ID",), weight=0.2),
    H("BillingStreet", ("Billing Street", "Billing Address Line 1"), Meaning.STREET, 0.3),
    H("BillingCity", ("Billing City",), Meaning.CITY, 0.3),
    H("BillingState", ("Billing State/Province",), Meaning.STATE, 0.3),
    H("BillingPostalCode", ("Billing Zip/Postal Code",), Meaning.POSTCODE, 0.3),
    H("BillingCountry", ("Billing Country",), Meaning.COUNTRY, 0.3),
    H("Owner.Name", ("Account Owner", "Account-Inhaber"), weight=0.3),
    H("AnnualRevenue", ("Annual Revenue",)),
    H("NumberOfEmployees", ("Employees",)),
    H("Phone", ("Phone", "Telefon")),
    *_SYSTEM,
)

_OPPORTUNITY = (
    H("Id", ("Opportunity ID", "Opportunity-ID", "OpportunityId"), Meaning.KEY, 0.2),
    H("Name", ("Opportunity Name", "Opportunity-Name"), Meaning.NAME, 0.2),
    H("StageName", ("Stage", "Phase"), Meaning.STAGE, 0.4),
    H("Amount", ("Amount", "Betrag"), Meaning.AMOUNT),
    H("CloseDate", ("Close Date", "Schlusstermin"), Meaning.CLOSE_DATE, 0.1),
    H("Renewal_Date__c", ("Renewal Date",), Meaning.RENEWAL_DATE),
    H("IsClosed", ("Closed",), Meaning.CLOSED, 0.2),
    H("IsWon", ("Won",), weight=0.3),
    H("Probability", ("Probability (%)",), weight=0.2),
    H("ForecastCategoryName", ("Forecast Category",), weight=0.4),
    H("AccountId", ("Account ID",), Meaning.COMPANY_KEY, 0.3),
    H("Account.Name", ("Account Name",), weight=0.15),
    H("ContactId", ("Contact ID",), Meaning.CONTACT_KEY, 0.1),
    H("Owner.Name", ("Opportunity Owner",), weight=0.3),
    *_SYSTEM,
)

_USER = (
    H("Id", ("User ID", "UserId"), Meaning.KEY, 0.2),
    H("Username", ("Username", "Benutzername"), weight=0.3),
    H("Name", ("Full Name", "Name"), Meaning.NAME),
    H("FirstName", ("First Name",), Meaning.FIRST_NAME),
    H("LastName", ("Last Name",), Meaning.LAST_NAME),
    H("Email", ("Email",), Meaning.EMAIL),
    H("IsActive", ("Active", "Aktiv"), Meaning.OWNER_ACTIVE, 0.4),
    H("ProfileId", ("Profile ID", "Profile", "Profile: Name"), weight=0.4),
    H("UserRoleId", ("Role ID", "Role"), weight=0.2),
    H("LastLoginDate", ("Last Login",), Meaning.LAST_ACTIVITY_AT, 0.2),
    *_SYSTEM,
)

_HISTORY = (
    H("key", ("ContactId", "LeadId", "AccountId", "OpportunityId", "ParentId"), Meaning.KEY, 0.1),
    H("Field", ("Field / Event", "Field"), Meaning.FIELD, 0.3),
    H("OldValue", ("Old Value",), weight=0.4),
    H("NewValue", ("New Value",), Meaning.VALUE, 0.4),
    H("CreatedDate", ("Edit Date", "Created Date"), Meaning.AT, 0.1),
    H("CreatedById", ("Edited By", "Created By"), Meaning.WRITER, 0.1),
    H("Id", (), weight=0.1),
    H("IsDeleted", (), weight=0.1),
    H("DataType", (), weight=0.1),
)


def _key(prefix: str) -> tuple[tuple[str, Hint], ...]:
    """The first three characters of an id name the object."""
    return (("Id", Hint(rf"{prefix}[0-9A-Za-z]{{12}}(?:[0-9A-Za-z]{{3}})?", 0.7)),)


_FILE = Hint(r"salesforce|sfdc|data[-_ ]?loader|report\d{6,}", 0.3)
_IDS = (
    "Id",
    "AccountId",
    "ContactId",
    "OwnerId",
    "ConvertedContactId",
    "ConvertedAccountId",
    "key",
)


SHAPES = (
    Shape(
        "salesforce-contacts",
        "salesforce",
        Kind.CONTACT,
        "contact",
        _CONTACT,
        (("Id",), ("Email", "LastName", "Name")),
        ("IsConverted", "Lead ID", "StageName", "Username", "Opportunity ID"),
        _FILE,
        _key("003"),
        keeps_names=True,
        ids=_IDS,
        gives="contacts",
    ),
    Shape(
        "salesforce-leads",
        "salesforce",
        Kind.LEAD,
        "lead",
        _LEAD,
        (("Id",), ("Email", "LastName", "Name"), ("Company", "Status", "IsConverted")),
        ("AccountId", "Contact ID", "StageName", "Username"),
        _FILE,
        _key("00Q"),
        keeps_names=True,
        ids=_IDS,
        gives="leads",
    ),
    Shape(
        "salesforce-accounts",
        "salesforce",
        Kind.COMPANY,
        "account",
        _ACCOUNT,
        (("Id",), ("Name",)),
        ("Email", "FirstName", "First Name", "StageName", "Stage", "Username", "Contact ID"),
        _FILE,
        _key("001"),
        keeps_names=True,
        ids=_IDS,
        gives="accounts",
    ),
    Shape(
        "salesforce-opportunities",
        "salesforce",
        Kind.DEAL,
        "opportunity",
        _OPPORTUNITY,
        (("Id", "Name"), ("StageName",)),
        ("Deal Stage", "dealstage"),
        _FILE,
        _key("006"),
        keeps_names=True,
        ids=_IDS,
        gives="opportunities",
    ),
    Shape(
        "salesforce-users",
        "salesforce",
        Kind.USER,
        "user",
        _USER,
        (("Username", "IsActive"), ("Email", "Name")),
        ("seat", "AccountId"),
        _FILE,
        _key("005"),
        keeps_names=True,
        ids=_IDS,
        gives="users",
    ),
    Shape(
        "salesforce-field-history",
        "salesforce",
        Kind.HISTORY,
        "",
        _HISTORY,
        (("key",), ("Field",), ("NewValue",), ("CreatedDate",)),
        (),
        Hint(r"history", 0.3),
        content=Content.HISTORY,
        keeps_names=True,
        ids=_IDS,
        gives="changes of values",
    ),
)
