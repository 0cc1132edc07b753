"""HubSpot's exports of records: headers are labels in the exporter's language (English and German
here), or internal names where the export was asked for so.

Labels of HubSpot's own properties as its knowledge base prints them; a portal may rename them,
so property definitions given beside override what stands here.
"""

from __future__ import annotations

from leadline.audit.tables import Kind, Meaning
from leadline.inspection.recognition import Content
from leadline.inspection.tables.shape import Heading as H
from leadline.inspection.tables.shape import Hint, Shape

_EXPORT = r"hubspot[-_ ]?crm[-_ ]?exports?|hubspot"

_RECORD = (
    H(
        "hs_object_id",
        ("Record ID", "Datensatz-ID", "Datensatz ID", "Objekt-ID"),
        Meaning.KEY,
        0.55,
    ),
    H(
        "createdate",
        ("Create Date", "Created date", "Erstellungsdatum", "Erstellt am", "Erstelldatum"),
        Meaning.CREATED_AT,
        0.1,
    ),
    H(
        "hs_lastmodifieddate",
        (
            "Last Modified Date",
            "lastmodifieddate",
            "Datum der letzten Änderung",
            "Datum der letzten Bearbeitung",
            "Letztes Änderungsdatum",
            "Zuletzt geändert am",
        ),
        Meaning.UPDATED_AT,
        0.1,
    ),
    H(
        "notes_last_updated",
        ("Last Activity Date", "Datum der letzten Aktivität", "Letztes Aktivitätsdatum"),
        Meaning.LAST_ACTIVITY_AT,
        0.2,
    ),
    H("notes_last_contacted", ("Last Contacted", "Zuletzt kontaktiert"), weight=0.1),
    H("notes_next_activity_date", ("Next Activity Date", "Datum der nächsten Aktivität")),
    H("num_notes", ("Number of Sales Activities", "Anzahl der Vertriebsaktivitäten")),
    H("num_contacted_notes", ("Number of times contacted",)),
    H("hs_created_by_user_id", ("Created by user ID",)),
    H("hs_updated_by_user_id", ("Updated by user ID",)),
    H("hs_object_source_label", ("Record source", "Datensatzquelle"), weight=0.2),
    H("hs_object_source_detail_1", ("Record source detail 1",)),
    H("hubspot_team_id", ("HubSpot Team", "HubSpot-Team"), weight=0.3),
    H(
        "hubspot_owner_assigneddate",
        ("Owner assigned date", "Owner Assigned Date", "Datum der Zuweisung an Mitarbeiter"),
        Meaning.HANDED_OVER_AT,
        0.2,
    ),
    H(
        "hs_sa_first_engagement_date",
        ("Date of first engagement", "Datum der ersten Interaktion"),
        Meaning.ANSWERED_AT,
        0.1,
    ),
    H(
        "hs_analytics_source",
        (
            "Original Source",
            "Original Traffic Source",
            "Original Source Type",
            "Ursprüngliche Quelle",
            "Ursprüngliche Traffic-Quelle",
            "Originalquelle",
        ),
        Meaning.SOURCE,
        0.2,
    ),
    H("hs_analytics_source_data_1", ("Original Source Drill-Down 1",), weight=0.2),
    H("hs_analytics_source_data_2", ("Original Source Drill-Down 2",), weight=0.2),
    H("hs_latest_source", ("Latest Source", "Latest Traffic Source", "Neueste Quelle"), weight=0.1),
    H("website", ("Website URL", "Website-URL", "Website")),
    H("address", ("Street Address", "Straße", "Straße und Hausnummer", "Adresse"), Meaning.STREET),
    H("city", ("City", "Stadt", "Ort"), Meaning.CITY),
    H("state", ("State/Region", "Bundesland/Region", "Bundesland", "Region"), Meaning.STATE),
    H("zip", ("Postal Code", "Postleitzahl", "PLZ"), Meaning.POSTCODE),
    H("country", ("Country/Region", "Country", "Land/Region", "Land"), Meaning.COUNTRY),
    H("hs_country_region_code", ("Country/Region Code", "Länder-/Regionscode")),
    H("phone", ("Phone Number", "Telefonnummer", "Telefon"), Meaning.PHONE),
    H("industry", ("Industry", "Branche")),
    H("annualrevenue", ("Annual Revenue", "Jahresumsatz")),
    H("numberofemployees", ("Number of Employees", "Anzahl der Mitarbeiter", "Mitarbeiterzahl")),
    H(
        "lifecyclestage",
        ("Lifecycle Stage", "Lifecycle-Phase", "Lebenszyklusphase"),
        Meaning.LIFECYCLE,
        0.4,
    ),
    H("hs_lead_status", ("Lead Status", "Lead-Status", "Leadstatus"), Meaning.LEAD_STATUS, 0.15),
    H("num_associated_deals", ("Number of Associated Deals", "Associated Deals"), weight=0.2),
    *(
        H(f"hs_lifecyclestage_{stage}_date", (f"Became a {label} Date", f"Became an {label} Date"))
        for stage, label in (
            ("subscriber", "Subscriber"),
            ("lead", "Lead"),
            ("marketingqualifiedlead", "Marketing Qualified Lead"),
            ("salesqualifiedlead", "Sales Qualified Lead"),
            ("opportunity", "Opportunity"),
            ("customer", "Customer"),
            ("evangelist", "Evangelist"),
        )
    ),
)

_CONTACT = (
    H("email", ("Email", "E-Mail", "E-Mail-Adresse"), Meaning.EMAIL),
    H("firstname", ("First Name", "Vorname"), Meaning.FIRST_NAME),
    H("lastname", ("Last Name", "Nachname"), Meaning.LAST_NAME),
    H("mobilephone", ("Mobile Phone Number", "Mobiltelefonnummer", "Mobilnummer"), Meaning.MOBILE),
    H(
        "company",
        ("Company Name", "Company", "Unternehmensname", "Unternehmen"),
        Meaning.COMPANY_NAME,
    ),
    H("jobtitle", ("Job Title", "Jobtitel", "Position", "Berufsbezeichnung")),
    H("salutation", ("Salutation", "Anrede")),
    H("date_of_birth", ("Date of birth", "Geburtsdatum")),
    H("message", ("Message", "Nachricht")),
    H("fax", ("Fax Number", "Faxnummer")),
    H(
        "hubspot_owner_id",
        (
            "Contact owner",
            "HubSpot Owner",
            "Kontaktinhaber",
            "Zuständiger Mitarbeiter",
            "Zuständiger Mitarbeiter für Kontakt",
            "Für Kontakt zuständiger Mitarbeiter",
            "Kontakteigentümer",
        ),
        Meaning.OWNER,
        0.4,
    ),
    H(
        "hs_marketable_status",
        (
            "Marketing contact status",
            "Marketingkontaktstatus",
            "Marketingkontakt-Status",
            "Status als Marketingkontakt",
        ),
        Meaning.MARKETING_STATUS,
        0.6,
    ),
    H(
        "associatedcompanyid",
        (
            "Associated Company IDs",
            "Associated Company ID",
            "Primary Associated Company ID",
            "Associated Company IDs (Primary)",
            "ID des primären zugeordneten Unternehmens",
            "Zugeordnete Unternehmens-IDs",
        ),
        Meaning.COMPANY_KEY,
        0.3,
    ),
    H("associated_company", ("Associated Company", "Zugeordnetes Unternehmen"), weight=0.3),
    H("hs_language", ("Preferred language", "Bevorzugte Sprache"), Meaning.LANGUAGE, 0.1),
    H("hs_timezone", ("Time Zone", "Zeitzone"), Meaning.TIME_ZONE),
    H("hubspotscore", ("HubSpot Score", "HubSpot-Score"), Meaning.SCORE, 0.4),
    H(
        "hs_email_optout",
        (
            "Unsubscribed from all email",
            "Opted out of all email",
            "Von allen E-Mails abgemeldet",
            "Hat sich von allen E-Mails abgemeldet",
        ),
        Meaning.OPTED_OUT,
        0.5,
    ),
    H(
        "hs_email_hard_bounce_reason_enum",
        ("Email hard bounce reason", "Grund für harten E-Mail-Bounce"),
        Meaning.BOUNCED,
        0.4,
    ),
    H("hs_email_bounce", ("Marketing emails bounced",), weight=0.3),
    H("hs_email_delivered", ("Marketing emails delivered",), weight=0.3),
    H("hs_email_open", ("Marketing emails opened",), weight=0.3),
    H("hs_email_click", ("Marketing emails clicked",), weight=0.3),
    H("hs_email_last_send_date", ("Last marketing email send date",), weight=0.3),
    H("hs_email_last_open_date", ("Last marketing email open date",), weight=0.3),
    H("hs_email_domain", ("Email Domain", "E-Mail-Domain"), weight=0.1),
    H(
        "hs_legal_basis",
        (
            "Legal basis for processing contact's data",
            "Rechtsgrundlage für die Verarbeitung der Daten des Kontakts",
        ),
        weight=0.4,
    ),
    H("num_conversion_events", ("Number of Form Submissions",), weight=0.2),
    H("first_conversion_event_name", ("First Conversion",), weight=0.2),
    H("recent_conversion_event_name", ("Recent Conversion",), weight=0.2),
    H("hs_persona", ("Persona",)),
    H("ip_country", ("IP Country",)),
)

_COMPANY = (
    H("name", ("Company name", "Name", "Unternehmensname"), Meaning.NAME),
    H(
        "domain",
        ("Company Domain Name", "Unternehmensdomain", "Unternehmens-Domain-Name", "Domain-Name"),
        Meaning.DOMAIN,
        0.4,
    ),
    H(
        "hubspot_owner_id",
        (
            "Company owner",
            "Unternehmensinhaber",
            "Zuständiger Mitarbeiter",
            "Zuständiger Mitarbeiter für Unternehmen",
            "Für Unternehmen zuständiger Mitarbeiter",
        ),
        Meaning.OWNER,
        0.4,
    ),
    H("num_associated_contacts", ("Number of Associated Contacts",), weight=0.3),
    H("hs_parent_company_id", ("Parent Company", "Muttergesellschaft"), weight=0.2),
    H("type", ("Type", "Typ")),
)

_DEAL = (
    H("dealname", ("Deal Name", "Deal-Name", "Dealname"), Meaning.NAME, 0.4),
    H("dealstage", ("Deal Stage", "Deal-Phase", "Dealphase"), Meaning.STAGE, 0.5),
    H("pipeline", ("Pipeline",), weight=0.2),
    H("amount", ("Amount", "Betrag"), Meaning.AMOUNT),
    H(
        "closedate",
        ("Close Date", "Abschlussdatum", "Schließungsdatum"),
        Meaning.CLOSE_DATE,
        0.1,
    ),
    H("renewal_date", ("Renewal Date", "Verlängerungsdatum"), Meaning.RENEWAL_DATE),
    H("hs_is_closed", ("Is Deal Closed?", "Is closed", "Ist geschlossen"), Meaning.CLOSED, 0.2),
    H("hs_is_closed_won", ("Is Closed Won",), weight=0.2),
    H("dealtype", ("Deal Type", "Deal-Typ"), weight=0.3),
    H(
        "hubspot_owner_id",
        (
            "Deal owner",
            "Deal-Inhaber",
            "Zuständiger Mitarbeiter",
            "Für Deal zuständiger Mitarbeiter",
        ),
        Meaning.OWNER,
        0.4,
    ),
    H(
        "associated_contact_ids",
        ("Associated Contact IDs", "Zugeordnete Kontakt-IDs"),
        Meaning.CONTACT_KEY,
        0.3,
    ),
    H("associated_contact", ("Associated Contact", "Zugeordneter Kontakt"), weight=0.2),
    H(
        "associated_company_ids",
        (
            "Associated Company IDs",
            "Associated Company IDs (Primary)",
            "Zugeordnete Unternehmens-IDs",
        ),
        Meaning.COMPANY_KEY,
        0.2,
    ),
    H("associated_company", ("Associated Company", "Zugeordnetes Unternehmen"), weight=0.2),
)

_OWNER = (
    H("id", ("Owner ID", "hubspot_owner_id", "Record ID"), Meaning.KEY),
    H("email", ("Email", "Email address", "User email", "E-Mail"), Meaning.EMAIL),
    H("firstName", ("First name", "Vorname"), Meaning.FIRST_NAME),
    H("lastName", ("Last name", "Nachname"), Meaning.LAST_NAME),
    H("name", ("Name", "User name", "Full name"), Meaning.NAME),
    H("userId", ("User ID", "HubSpot user ID", "hs_internal_user_id"), weight=0.45),
    H("archived", ("Deactivated",), weight=0.2),
    H("active", ("Active", "User status", "Status"), Meaning.OWNER_ACTIVE, 0.1),
    H("seat", ("Seat", "Seat type", "Assigned seat", "Permission set"), weight=0.45),
    H("last_active", ("Last active", "Last login"), weight=0.2),
    H("team", ("Main team", "Team", "Primary team"), weight=0.2),
)

# As the interface answers; in the file of the settings page "Name" is the label instead.
_PROPERTY = (
    H("object", (), Meaning.OBJECT),
    H("name", (), Meaning.FIELD, 0.2),
    H("label", (), Meaning.LABEL, 0.2),
    H("type", (), Meaning.TYPE, 0.1),
    H("fieldType", (), weight=0.4),
    H("groupName", (), weight=0.3),
    H("calculated", (), Meaning.CALCULATED, 0.2),
    *(
        H(name)
        for name in (
            *("description", "hidden", "displayOrder", "hasUniqueValue", "hubspotDefined"),
            *("archived", "archivedAt", "createdAt", "updatedAt", "createdUserId"),
            *("updatedUserId", "modificationMetadata", "formField", "externalOptions"),
            *("referencedObjectType", "showCurrencySymbol", "dataSensitivity"),
            "calculationFormula",
        )
    ),
)

_PROPERTY_FILE = (
    H("object", ("Object", "Object type", "Objekt"), Meaning.OBJECT),
    H(
        "internal_name",
        ("Internal name", "Property internal name", "Interner Name"),
        Meaning.FIELD,
        0.6,
    ),
    H("label", ("Name", "Property name", "Label", "Bezeichnung"), Meaning.LABEL),
    H("type", ("Type", "Property type", "Typ", "Data type"), Meaning.TYPE, 0.1),
    H("form_field", ("Form field", "Field type", "Feldtyp"), weight=0.3),
    H("group_name", ("Group name", "Group", "Gruppe"), weight=0.3),
    H("description", ("Description", "Beschreibung")),
    H("options", ("Options", "Optionen"), weight=0.2),
    H("calculated", ("Calculated", "Berechnet", "Calculation"), Meaning.CALCULATED, 0.2),
)

_OPTION = (
    H("object", (), Meaning.OBJECT),
    H("field", (), Meaning.FIELD),
    H("value", (), Meaning.VALUE),
    H("label", (), Meaning.LABEL),
    H("hidden"),
)

_HISTORY = (
    H("object", ("Object", "Object type", "Objekt"), Meaning.OBJECT),
    H(
        "key",
        (
            "Record ID",
            "Object ID",
            "objectId",
            "contactId",
            "companyId",
            "dealId",
            "vid",
            "Datensatz-ID",
        ),
        Meaning.KEY,
        0.1,
    ),
    H("field", ("Property", "Property name", "Internal name", "Eigenschaft"), Meaning.FIELD, 0.3),
    H("value", ("Value", "Property value", "New value", "Wert"), Meaning.VALUE, 0.1),
    H(
        "at",
        ("Timestamp", "Change date", "Date of change", "Updated at", "Change timestamp", "Datum"),
        Meaning.AT,
        0.2,
    ),
    H(
        "source_type",
        ("Source type", "sourceType", "Source", "Change source", "Quelle"),
        Meaning.WRITER_KIND,
        0.4,
    ),
    H(
        "source_id",
        ("Source ID", "sourceId", "Source details", "Change source detail"),
        Meaning.WRITER,
        0.3,
    ),
    H("source_label", ("Source label", "sourceLabel"), Meaning.WRITER_NAME, 0.2),
    H("updated_by", ("updatedByUserId", "Updated by user", "Updated by", "Changed by"), weight=0.1),
)

SHAPES = (
    Shape(
        "hubspot-contacts",
        "hubspot",
        Kind.CONTACT,
        "contact",
        (*_RECORD, *_CONTACT),
        (
            ("hs_object_id", "hs_marketable_status", "lifecyclestage"),
            ("email", "firstname", "lastname"),
        ),
        ("dealname", "dealstage"),
        Hint(_EXPORT, 0.5),
        (("hs_object_id", Hint(r"\d+", 0.2)),),
        gives="contacts",
    ),
    Shape(
        "hubspot-companies",
        "hubspot",
        Kind.COMPANY,
        "company",
        (*_COMPANY, *_RECORD),
        (("hs_object_id",), ("name", "domain")),
        ("Email", "First Name", "Vorname", "firstname", "lastname", "dealname", "Deal Name"),
        Hint(_EXPORT, 0.5),
        (("hs_object_id", Hint(r"\d+", 0.2)),),
        gives="companies",
    ),
    Shape(
        "hubspot-deals",
        "hubspot",
        Kind.DEAL,
        "deal",
        (*_DEAL, *_RECORD),
        (("hs_object_id", "dealstage"), ("dealname", "dealstage")),
        (),
        Hint(_EXPORT, 0.5),
        (("hs_object_id", Hint(r"\d+", 0.2)),),
        gives="deals",
    ),
    Shape(
        "hubspot-owners",
        "hubspot",
        Kind.USER,
        "owner",
        _OWNER,
        (("email",), ("userId", "seat")),
        (),
        Hint(r"owners?|users?", 0.4),
        gives="users",
    ),
    Shape(
        "hubspot-properties",
        "hubspot",
        Kind.PROPERTY,
        "",
        _PROPERTY,
        (("name",), ("type",), ("fieldType",)),
        (),
        Hint(r"propert|eigenschaft", 0.4),
        content=Content.DEFINITIONS,
        gives="definitions of properties",
    ),
    Shape(
        "hubspot-property-file",
        "hubspot",
        Kind.PROPERTY,
        "",
        _PROPERTY_FILE,
        (("internal_name",), ("type", "form_field")),
        (),
        Hint(r"propert|eigenschaft", 0.4),
        content=Content.DEFINITIONS,
        gives="definitions of properties",
    ),
    Shape(
        "hubspot-property-options",
        "hubspot",
        Kind.OPTION,
        "",
        _OPTION,
        (("object",), ("field",), ("value",), ("label",)),
        (),
        Hint(r"options?", 0.6),
        content=Content.DEFINITIONS,
        gives="options of picklists",
    ),
    Shape(
        "hubspot-property-history",
        "hubspot",
        Kind.HISTORY,
        "",
        _HISTORY,
        (("key",), ("field",), ("value",), ("at",), ("source_type",)),
        (),
        Hint(r"history|verlauf", 0.4),
        content=Content.HISTORY,
        gives="changes of values",
    ),
)
