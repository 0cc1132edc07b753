"""Every vendor's export is recognised, and its columns get their names and meanings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leadline.audit.tables import Kind
from leadline.inspection.recognition import LIKELY, Content
from tests.unit.inspection.stacks import archive, meanings, read, rows, shapes, table, unread

HUBSPOT = (
    '"Record ID","First Name","Last Name","Email","Phone Number","Contact owner","Lead Status",'
    '"Marketing contact status","Create Date","Last Activity Date","Associated Company",'
    '"Favourite Colour"\n'
    '"51","Ann","Lee","ann@example.com","+49 30 123456","Kim Roe (Deactivated User)","New",'
    '"Marketing contact","2026-01-31 10:00","2026-02-03 09:12","Example Ltd","blue"\n'
)


def test_a_hubspot_export_has_internal_names_for_its_labels(tmp_path: Path) -> None:
    reading = read(tmp_path, {"hubspot-crm-exports-all-contacts-2026-03-01.csv": HUBSPOT})
    (file,) = reading.files
    assert file.recognition.shape == "hubspot-contacts"
    assert file.recognition.confidence > 0.9
    assert '"Marketing contact status"' in file.recognition.evidence[0]
    assert "1 contact;" in file.held
    assert "1 column not known to hubspot, kept under its own name: Favourite Colour" in file.held
    assert rows(reading, "hubspot_contacts", "hs_object_id", "email", "favourite_colour") == [
        ("51", "ann@example.com", "blue")
    ]
    assert meanings(reading, "hubspot_contacts") == {
        "key": "hs_object_id",
        "first_name": "firstname",
        "last_name": "lastname",
        "email": "email",
        "phone": "phone",
        "owner": "hubspot_owner_id",
        "lead_status": "hs_lead_status",
        "marketing_status": "hs_marketable_status",
        "created_at": "createdate",
        "last_activity_at": "notes_last_updated",
    }


def test_a_german_hubspot_export_gets_the_same_names(tmp_path: Path) -> None:
    text = (
        "Datensatz-ID;Vorname;Nachname;E-Mail;Zuständiger Mitarbeiter;Lifecycle-Phase;"
        "Erstellungsdatum\n1001;Jörg;Groß;joerg@example.de;Ute Kühn;Lead;2026-01-31 10:00\n"
    )
    reading = read(tmp_path, {"kontakte.csv": text})
    assert shapes(reading) == {"kontakte.csv": "hubspot-contacts"}
    assert rows(reading, "hubspot_contacts", "firstname", "lifecyclestage") == [("Jörg", "Lead")]


def test_hubspot_companies_and_deals_are_told_from_contacts(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "companies.csv": "Record ID,Company name,Company owner,Create Date,"
            "Company Domain Name\n"
            "9001,Example Ltd,Kim Roe,2026-01-01 10:00,example.com\n",
            "deals.csv": "Record ID,Deal Name,Deal Stage,Pipeline,Close Date,Amount,Deal owner,"
            'Associated Contact IDs,"Date entered “Demo (Sales Pipeline)”"\n'
            "7001,Example renewal,Demo,Sales Pipeline,2026-05-01,1200,Kim Roe,51,2026-02-01\n",
        },
    )
    assert shapes(reading) == {"companies.csv": "hubspot-companies", "deals.csv": "hubspot-deals"}
    assert meanings(reading, "hubspot_companies")["domain"] == "domain"
    assert meanings(reading, "hubspot_deals")["contact_key"] == "associated_contact_ids"
    assert "date_entered_demo_sales_pipeline" in {
        column.name for column in table(reading, "hubspot_deals").columns
    }


def definitions() -> str:
    return json.dumps(
        {
            "results": [
                {
                    "name": "fav_colour_2",
                    "label": "Favourite Colour",
                    "type": "enumeration",
                    "fieldType": "select",
                    "calculated": False,
                    "options": [
                        {"label": "Blue", "value": "b", "hidden": False},
                        {"label": "Red", "value": "r", "hidden": True},
                    ],
                },
                {"name": "firstname", "label": "Given name", "type": "string", "fieldType": "text"},
            ]
        }
    )


def test_property_definitions_override_what_a_label_stands_for(tmp_path: Path) -> None:
    text = HUBSPOT.replace("First Name", "Given name")
    reading = read(tmp_path, {"contacts.csv": text, "contacts-properties.json": definitions()})
    named = {column.header: column.name for column in table(reading, "hubspot_contacts").columns}
    assert named["Favourite Colour"] == "fav_colour_2"
    assert named["Given name"] == "firstname"
    assert meanings(reading, "hubspot_contacts")["first_name"] == "firstname"


def test_definitions_become_properties_and_options(tmp_path: Path) -> None:
    reading = read(tmp_path, {"contacts-properties.json": definitions()})
    assert table(reading, "hubspot_properties").kind is Kind.PROPERTY
    assert rows(reading, "hubspot_properties", "object", "name", "label", "type")[0] == (
        "contact",
        "fav_colour_2",
        "Favourite Colour",
        "enumeration",
    )
    assert rows(reading, "hubspot_property_options", "field", "value", "label") == [
        ("fav_colour_2", "b", "Blue"),
        ("fav_colour_2", "r", "Red"),
    ]
    assert meanings(reading, "hubspot_property_options") == {
        "object": "object",
        "field": "field",
        "value": "value",
        "label": "label",
    }
    (file,) = reading.files
    assert file.held == "2 definitions of properties; 2 options of picklists"


def test_definitions_from_the_settings_page_are_read_loosely(tmp_path: Path) -> None:
    text = (
        "Name,Internal name,Type,Description,Group name,Form field\nFirst,firstname,string,,a,b\n"
    )
    reading = read(tmp_path, {"contact-properties.csv": text})
    assert rows(reading, "hubspot_property_file", "object", "internal_name", "label") == [
        ("contact", "firstname", "First")
    ]


def test_property_history_names_who_wrote(tmp_path: Path) -> None:
    answer = {
        "results": [
            {
                "id": "51",
                "propertiesWithHistory": {
                    "lifecyclestage": [
                        {
                            "value": "lead",
                            "timestamp": "2026-03-03T10:00:00Z",
                            "sourceType": "AUTOMATION_PLATFORM",
                            "sourceId": "flow:77",
                            "sourceLabel": "Nurture",
                        },
                        {"value": "", "timestamp": "2026-01-03T10:00:00Z", "sourceType": "IMPORT"},
                    ]
                },
            }
        ]
    }
    reading = read(tmp_path, {"contacts-history.json": json.dumps(answer)})
    assert table(reading, "hubspot_property_history").kind is Kind.HISTORY
    assert rows(
        reading, "hubspot_property_history", "object", "key", "field", "value", "source_id"
    ) == [
        ("contact", "51", "lifecyclestage", "lead", "flow:77"),
        ("contact", "51", "lifecyclestage", None, None),
    ]
    assert meanings(reading, "hubspot_property_history")["writer_kind"] == "source_type"
    assert reading.stack.taken_at.isoformat() == "2026-03-03T10:00:00+00:00"


def test_owners_and_action_types_are_tables_too(tmp_path: Path) -> None:
    owners = {
        "results": [
            {
                "id": "1",
                "email": "kim@example.com",
                "firstName": "Kim",
                "lastName": "Roe",
                "userId": 9,
                "archived": True,
            }
        ]
    }
    types = {"results": [{"actionTypeId": "1-1", "actionName": "Post to chat"}]}
    reading = read(
        tmp_path, {"owners.json": json.dumps(owners), "action-types.json": json.dumps(types)}
    )
    assert rows(reading, "hubspot_owners", "id", "name", "active") == [("1", "Kim Roe", "false")]
    assert table(reading, "hubspot_owners").kind is Kind.USER
    assert rows(reading, "hubspot_action_types", "actionTypeId") == [("1-1",)]


def test_users_get_their_name_in_one_column_as_records_name_their_owner(tmp_path: Path) -> None:
    text = (
        "Owner ID,User ID,First name,Last name,Email,Active\n1,9,Kim,Roe,kim@example.com,true\n"
        "2,10,,Lee,lee@example.com,false\n"
    )
    reading = read(tmp_path, {"hubspot-users.csv": text})
    name = meanings(reading, "hubspot_owners")["name"]
    assert rows(reading, "hubspot_owners", name) == [("Kim Roe",), ("Lee",)]


def test_records_of_the_interface_are_read_like_an_export(tmp_path: Path) -> None:
    answer = {"results": [{"id": "51", "properties": {"email": "a@example.com", "x_y": None}}]}
    reading = read(tmp_path, {"contacts.json": json.dumps(answer)})
    assert rows(reading, "hubspot_contacts", "hs_object_id", "email", "x_y") == [
        ("51", "a@example.com", None)
    ]


DATA_LOADER = (
    '"ID","FIRSTNAME","LASTNAME","EMAIL","ACCOUNTID","LEADSOURCE","HASOPTEDOUTOFEMAIL",'
    '"CREATEDDATE","TIER__C","ACCOUNT.NAME"\n'
    '"0035e00000A1b2CAAZ","Ann","Lee","ann@example.com","0015e00000Xy1ZzAAJ","Web","false",'
    '"2026-01-31T10:00:00.000Z","Gold","Example Ltd"\n'
)


def test_a_data_loader_file_has_the_names_of_the_interface(tmp_path: Path) -> None:
    reading = read(tmp_path, {"extract.csv": DATA_LOADER})
    assert shapes(reading) == {"extract.csv": "salesforce-contacts"}
    assert rows(reading, "salesforce_contacts", "Id", "LastName", "TIER__C") == [
        ("0035e00000A1b2CAAZ", "Lee", "Gold")
    ]
    assert meanings(reading, "salesforce_contacts")["opted_out"] == "HasOptedOutOfEmail"


REPORT = (
    '"Contact ID","First Name","Last Name","Email","Account Name","Mailing City"\n'
    '"0035e00000A1b2C","Ann","Lee","ann@example.com","Example Ltd","Köln"\n'
    '"0035e00000a1b2C","Bob","Ray","bob@example.com","Example Ltd","Bonn"\n'
    "\n\n\n"
    '"Contacts with accounts"\n'
    '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
    '"Confidential Information - Do Not Distribute"\n'
    '"Generated By:  Kim Roe  01.03.2026 10:00"\n'
    '"Grand Totals (2 records)"\n'
)


def test_a_salesforce_report_ends_before_its_trailer(tmp_path: Path) -> None:
    reading = read(tmp_path, {"report1709286.csv": REPORT.encode("latin-1")})
    found = table(reading, "salesforce_contacts")
    assert found.rows == 2
    assert found.complete is True
    assert found.sources[0].refused == 0
    assert "read as cp1252" in found.sources[0].note


def test_a_report_that_counts_more_records_than_it_has_is_not_whole(tmp_path: Path) -> None:
    reading = read(tmp_path, {"report.csv": REPORT.replace("(2 records)", "(2,000 records)")})
    found = table(reading, "salesforce_contacts")
    assert found.complete is False
    assert "the report counts 2,000 records, 2 were read" in found.sources[0].note


def test_short_salesforce_ids_are_completed_and_stay_two(tmp_path: Path) -> None:
    reading = read(tmp_path, {"report.csv": REPORT})
    # The vendor's own rule: each letter tells which of five characters are capitals.
    assert rows(reading, "salesforce_contacts", "Id") == [
        ("0035e00000A1b2CAAR",),
        ("0035e00000a1b2CAAQ",),
    ]


def test_salesforce_leads_accounts_opportunities_and_users_are_told_apart(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "a.csv": "Id,LastName,Email,Company,Status,IsConverted,ConvertedContactId\n"
            "00Q5e00000A1b2CEAZ,Lee,ann@example.com,Example,Open,true,0035e00000A1b2CAAV\n",
            "b.csv": "Id,Name,Website,BillingCity,BillingCountry\n"
            "0015e00000Xy1ZzAAJ,Example Ltd,example.com,Bonn,Germany\n",
            "c.csv": "Id,Name,StageName,Amount,CloseDate,IsClosed,AccountId\n"
            "0065e00000Xy1ZzAAJ,Renewal,Demo,1200,2026-05-01,false,0015e00000Xy1ZzAAJ\n",
            "d.csv": "Id,Username,Name,Email,IsActive,ProfileId\n"
            "0055e00000Xy1ZzAAJ,kim@example.com,Kim Roe,kim@example.com,false,00e1\n",
        },
    )
    assert shapes(reading) == {
        "a.csv": "salesforce-leads",
        "b.csv": "salesforce-accounts",
        "c.csv": "salesforce-opportunities",
        "d.csv": "salesforce-users",
    }
    assert meanings(reading, "salesforce_leads")["converted_key"] == "ConvertedContactId"
    assert meanings(reading, "salesforce_users")["owner_active"] == "IsActive"


MAILCHIMP = (
    '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,'
    "CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,"
    "TAGS{more}\n"
    '{email},Ann,Lee,2,"2026-01-01 10:00:00",127.0.0.1,"2026-01-01 10:00:00",,50.9,6.9,1,2,'
    'Europe/Berlin,DE,NW,"2026-02-01 10:00:00",123,{email}-id,,"""VIP"",""Blog"""{values}\n'
)


def mailchimp_zip() -> bytes:
    def file(email: str, more: str = "", values: str = "") -> str:
        return MAILCHIMP.format(email=email, more=more, values=values)

    return archive(
        {
            "subscribed_email_audience_export_ab12.csv": file("s@example.com"),
            "unsubscribed_email_audience_export_ab12.csv": file(
                "u@example.com", ",UNSUB_TIME,UNSUB_REASON", ',"2026-02-02 10:00:00",NORMAL'
            ),
            "cleaned_email_audience_export_ab12.csv": file(
                "c@example.com", ",CLEAN_TIME", ',"2026-02-02 10:00:00"'
            ),
            "nonsubscribed_email_audience_export_ab12.csv": file("n@example.com"),
        }
    )


def test_mailchimps_zip_gives_four_tables_with_their_status(tmp_path: Path) -> None:
    reading = read(tmp_path, {"audience_export_ab12.zip": mailchimp_zip()})
    assert {t.status: t.name for t in reading.stack.tables} == {
        "subscribed": "mailchimp_audience_subscribed",
        "unsubscribed": "mailchimp_audience_unsubscribed",
        "cleaned": "mailchimp_audience_cleaned",
        "nonsubscribed": "mailchimp_audience_nonsubscribed",
    }
    assert rows(reading, "mailchimp_audience_cleaned", "Email Address", "TAGS") == [
        ("c@example.com", '"VIP","Blog"')
    ]
    assert meanings(reading, "mailchimp_audience_unsubscribed")["opted_out_at"] == "UNSUB_TIME"
    paths = [file.path for file in reading.files]
    assert "given/audience_export_ab12.zip!cleaned_email_audience_export_ab12.csv" in paths


def test_a_renamed_file_of_mailchimp_tells_its_status_by_its_columns_or_not_at_all(
    tmp_path: Path,
) -> None:
    gone = MAILCHIMP.format(
        email="u@example.com", more=",UNSUB_TIME", values=",2026-02-02 10:00:00"
    )
    plain = MAILCHIMP.format(email="s@example.com", more="", values="")
    reading = read(tmp_path, {"old list.csv": gone, "list.csv": plain})
    assert {t.status for t in reading.stack.tables} == {"unsubscribed", None}
    held = {file.path: file.held for file in reading.files}
    assert "the status of its rows is not known" in held["given/list.csv"]
    assert "status" not in held["given/old list.csv"]


def test_ids_that_a_spreadsheet_cut_are_told(tmp_path: Path) -> None:
    reading = read(tmp_path, {"contacts.csv": HUBSPOT.replace('"51"', '"1,23E+10"')})
    assert "a spreadsheet has cut them" in reading.files[0].held


def test_klaviyo_keeps_consent_and_suppression_apart(tmp_path: Path) -> None:
    text = (
        "\ufeffEmail,Klaviyo ID,First Name,Email Marketing Consent,"
        "Email Marketing Consent Timestamp,Profile Created On,Last Active,Email Suppressions\n"
        "ann@example.com,01AB,Ann,SUBSCRIBED,2026-01-01 10:00:00,2025-01-01,2026-02-01,"
        "HARD_BOUNCE\n"
    )
    reading = read(tmp_path, {"export.csv": text})
    found = meanings(reading, "klaviyo_profiles")
    assert found["consent"] == "Email Marketing Consent"
    assert found["opted_out"] == "Email Suppressions"
    assert found["email"] == "Email"


def test_klaviyos_answer_reads_like_its_export(tmp_path: Path) -> None:
    profile = {
        "type": "profile",
        "id": "01AB",
        "attributes": {
            "email": "ann@example.com",
            "first_name": "Ann",
            "subscriptions": {
                "email": {"marketing": {"consent": "SUBSCRIBED", "consent_timestamp": "2026-01-01"}}
            },
            "properties": {"plan": "gold"},
        },
    }
    reading = read(tmp_path, {"profiles.json": json.dumps({"data": [profile]})})
    assert rows(
        reading, "klaviyo_profiles", "Klaviyo ID", "Email", "Email Marketing Consent", "plan"
    ) == [("01AB", "ann@example.com", "SUBSCRIBED", "gold")]


LISTS = {
    "hubspot-lists.json": (
        {
            "lists": [
                {
                    "listId": "41",
                    "name": "Newsletter",
                    "processingType": "DYNAMIC",
                    "objectTypeId": "0-1",
                    "additionalProperties": {"hs_list_size": "1200"},
                }
            ],
            "total": 1,
        },
        "hubspot_lists",
        ("listId", "name", "size"),
        ("41", "Newsletter", "1200"),
    ),
    "audiences.json": (
        {
            "lists": [
                {"id": "a1f9", "web_id": 7, "name": "Newsletter", "stats": {"member_count": 960}}
            ]
        },
        "mailchimp_audiences",
        ("id", "name", "member_count"),
        ("a1f9", "Newsletter", "960"),
    ),
    "segments.json": (
        {
            "data": [
                {
                    "type": "segment",
                    "id": "X1",
                    "attributes": {"name": "Buyers", "profile_count": 55},
                }
            ]
        },
        "klaviyo_lists",
        ("id", "name", "profile_count"),
        ("X1", "Buyers", "55"),
    ),
}


@pytest.mark.parametrize("file", LISTS)
def test_answers_about_lists_tell_their_sizes(tmp_path: Path, file: str) -> None:
    answer, table, columns, row = LISTS[file]
    reading = read(tmp_path, {file: json.dumps(answer)})
    assert rows(reading, table, *columns) == [row]
    told = meanings(reading, table)
    assert [told[each] for each in ("key", "name", "members")] == list(columns)


@pytest.mark.parametrize(
    ("name", "text", "status"),
    [
        (
            "suppression_bounces.csv",
            'status,reason,email,created\n5.1.1,"550, no\nbox",',
            "bounces",
        ),
        ("suppression_blocks.csv", "status,reason,email,created\n4.0.0,later,", "blocks"),
        ("suppression_invalid_emails.csv", "reason,email,created\nbad,", "invalid"),
        ("suppression_spam_reports.csv", "email,created\n", "spam reports"),
        ("suppression_unsubscribes.csv", "email,created\n", "unsubscribes"),
        ("suppression_group_unsubscribes_news.csv", "email,created\n", "group unsubscribes"),
    ],
)
def test_each_sort_of_sendgrids_suppressions_is_told_by_its_name(
    tmp_path: Path, name: str, text: str, status: str
) -> None:
    reading = read(tmp_path, {name: text + "ann@example.com,1767261600\n"})
    (found,) = reading.stack.tables
    assert (found.kind, found.status, found.rows) == (Kind.SUPPRESSION, status, 1)
    assert reading.stack.taken_at.isoformat() == "2026-01-01T10:00:00+00:00"


def test_sendgrids_activity_is_one_row_an_event(tmp_path: Path) -> None:
    text = (
        "processed,message_id,event,api_key_id,recv_message_id,subject,from,email,asm_group_id,"
        "originating_ip,unique_args\n"
        '2026-01-01 10:00:00,m1,delivered,k,r,Hi,us@example.com,ann@example.com,,1.2.3.4,"{}"\n'
    )
    reading = read(tmp_path, {"activity.csv": text})
    assert table(reading, "sendgrid_activity").kind is Kind.ACTIVITY
    assert meanings(reading, "sendgrid_activity")["at"] == "processed"


ZOOM = (
    "\ufeffAttendee Report\n"
    'Report Generated:,"Mar 23, 2026 6:26 PM"\n'
    "Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered,# Cancelled\n"
    '"Spring, planned",812 3456 7890,"Mar 22, 2026 7:00 PM",61,3,0\n'
    "Host Details,,,,,\n"
    "Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes)\n"
    'Yes,Kim Roe,kim@acme.example,"Mar 22, 2026 18:50:00","Mar 22, 2026 20:01:00",71\n'
    "Attendee Details,,,,,\n"
    "Attended,User Name (Original Name),First Name,Last Name,Email,Registration Time,"
    "Approval Status,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name\n"
    'Yes,Ann Lee,Ann,Lee,ann@example.com,"Mar 20, 2026 10:00:00",approved,'
    '"Mar 22, 2026 19:00:00","Mar 22, 2026 19:30:00",30,Yes,Germany\n'
    'Yes,Ann Lee,Ann,Lee,ann@example.com,"Mar 20, 2026 10:00:00",approved,'
    '"Mar 22, 2026 19:31:00","Mar 22, 2026 20:00:00",29,Yes,Germany\n'
    'No,Bob Ray,Bob,Ray,bob@example.com,"Mar 21, 2026 10:00:00",approved,--,--,--,--,Austria\n'
)


def test_zooms_attendees_are_read_without_its_hosts(tmp_path: Path) -> None:
    reading = read(tmp_path, {"attendee_81234567890.csv": ZOOM})
    assert shapes(reading) == {"attendee_81234567890.csv": "zoom-attendees"}
    assert rows(reading, "zoom_attendees", "email", "attended", "topic", "webinar_id") == [
        ("ann@example.com", "Yes", "Spring, planned", "812 3456 7890"),
        ("ann@example.com", "Yes", "Spring, planned", "812 3456 7890"),
        ("bob@example.com", "No", "Spring, planned", "812 3456 7890"),
    ]
    assert "1 row of hosts and panelists left out" in reading.files[0].held
    assert meanings(reading, "zoom_attendees")["topic"] == "topic"
    assert reading.stack.taken_at.isoformat() == "2026-03-21T10:00:00+00:00"


def test_zooms_registrations_keep_the_denied(tmp_path: Path) -> None:
    text = (
        'Registration Report\nReport Generated:,"Mar 1, 2026 6:26 PM"\n'
        'Topic,Webinar ID,Scheduled Time\nSpring,812 3456 7890,"Mar 22, 2026 7:00 PM"\n'
        "Attendee Details,\n"
        "First Name,Last Name,Email,Registration Time,Approval Status,What do you sell?\n"
        'Ann,Lee,ann@example.com,"Feb 20, 2026 10:00:00",approved,bikes\n'
        'Bob,Ray,bob@example.com,"Feb 21, 2026 10:00:00",denied,\n'
    )
    reading = read(tmp_path, {"registration_812.csv": text})
    assert rows(reading, "zoom_registrations", "email", "approval_status", "what_do_you_sell") == [
        ("ann@example.com", "approved", "bikes"),
        ("bob@example.com", "denied", None),
    ]


def test_gotos_report_is_read_from_its_session_details(tmp_path: Path) -> None:
    text = (
        "Generated,2026-03-23 10:00\n\nGeneral Information\n"
        "Webinar Name,Webinar ID,Actual Start Date/Time,# Registered\n"
        "Spring,123-456-789,2026-03-22 19:00,2\n\n"
        "Session Details\n"
        "Attended,Interest Rating,Last Name,First Name,Email Address,Registration Date / Time,"
        "Join Time\n"
        "Yes,92,Lee,Ann,ann@example.com,2026-03-20 10:00,2026-03-22 19:00\n"
        "No,,Ray,Bob,bob@example.com,2026-03-21 10:00,--\n"
    )
    reading = read(tmp_path, {"attendees.csv": text})
    assert shapes(reading) == {"attendees.csv": "goto-attendees"}
    assert rows(reading, "goto_attendees", "email", "attended", "topic") == [
        ("ann@example.com", "Yes", "Spring"),
        ("bob@example.com", "No", "Spring"),
    ]


def test_a_slack_export_is_told_by_channel(tmp_path: Path) -> None:
    users = [
        {"id": "U1", "name": "kim", "deleted": False, "profile": {"email": "kim@example.com"}},
        {"id": "U2", "name": "bot", "is_bot": True, "profile": {}},
    ]
    channels = [
        {"id": "C1", "name": "sales", "created": 1, "members": ["U1"], "is_archived": False}
    ]
    day = [{"type": "message", "user": "U1", "text": "a &amp; b", "ts": "1767261600.760577"}]
    content = archive(
        {
            "channels.json": json.dumps(channels),
            "users.json": json.dumps(users),
            "integration_logs.json": "[]",
            "sales/2026-01-01.json": json.dumps(day),
            "sales/2026-01-02.json": json.dumps([{**day[0], "ts": "1767361600.000100"}]),
        }
    )
    reading = read(tmp_path, {"Acme Slack export.zip": content})
    assert shapes(reading)["Acme Slack export.zip!sales"] == "slack-messages"
    assert (
        "2 messages in 2 files"
        in {f.recognition.shape: f.held for f in reading.files}["slack-messages"]
    )
    assert rows(reading, "slack_messages", "channel", "ts", "text") == [
        ("sales", "1767261600.760577", "a &amp; b"),
        ("sales", "1767361600.000100", "a &amp; b"),
    ]
    assert rows(reading, "slack_users", "id", "email", "active") == [
        ("U1", "kim@example.com", "true"),
        ("U2", None, None),
    ]


def test_google_contacts_calendly_and_typeform_are_recognised(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "contacts.csv": "First Name,Last Name,Organization Name,Labels,E-mail 1 - Label,"
            "E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value\n"
            "Ann,Lee,Example,* myContacts,* Work,ann@example.com,Mobile,+49 170 1234567\n",
            "old.csv": "Name,Given Name,Family Name,Yomi Name,Group Membership,E-mail 1 - Type,"
            "E-mail 1 - Value\nAnn Lee,Ann,Lee,,* myContacts,* ,ann@example.com\n",
            "events.csv": "User Name,Invitee Name,Invitee Email,Invitee Time Zone,Event Type Name,"
            "Start Date & Time,End Date & Time,Event Created Date & Time,Canceled\n"
            "Kim,Ann Lee,ann@example.com,Berlin,Demo,2026-03-01 10:00 am,2026-03-01 10:30 am,"
            "2026-02-20 09:00 am,false\n",
            "form.csv": '#,"What is your\nname?",Other,Other,Email,Response Type,Start Date (UTC),'
            "Submit Date (UTC),Network ID,Tags\n"
            "k1,Ann,a,b,ann@example.com,completed,2026-02-01 10:00:00,2026-02-01 10:01:00,n,\n",
        },
    )
    assert shapes(reading) == {
        "contacts.csv": "google-contacts",
        "old.csv": "google-contacts",
        "events.csv": "calendly-events",
        "form.csv": "typeform-responses",
    }
    assert rows(reading, "typeform_responses", "what_is_your_name", "other", "other_2") == [
        ("Ann", "a", "b")
    ]
    assert meanings(reading, "google_contacts")["email"] == "email_1"


def test_a_plain_table_is_likely_and_never_certain(tmp_path: Path) -> None:
    reading = read(tmp_path, {"list.csv": "E-Mail,Vorname,Notiz\nann@example.com,Ann,x\n"})
    (file,) = reading.files
    assert file.recognition.shape == "plain-contacts"
    assert LIKELY <= file.recognition.confidence < 0.9
    assert meanings(reading, "plain_contacts") == {"email": "email", "first_name": "first_name"}


def test_a_table_of_unknown_words_is_not_taken_for_anything(tmp_path: Path) -> None:
    reading = read(tmp_path, {"stock.csv": "Article,Count\nbolt,4\n"})
    assert reading.files == ()
    assert unread(reading) == {
        "stock.csv": "It is not recognised: no known export has its column names."
    }


def test_a_weak_likeness_is_said_with_what_would_settle_it(tmp_path: Path) -> None:
    reading = read(tmp_path, {"people.csv": "Record ID,First Name\nx1,Ann\n"})
    (told,) = reading.unread
    assert told.what.startswith("It looks like hubspot-contacts, but only ")
    assert "--as hubspot-contacts FILE" in told.fix


def test_close_rivals_are_named(tmp_path: Path) -> None:
    text = (
        "Record ID,Contact ID,First Name,Last Name,Email,Lifecycle Stage,Account Name,Mailing City,"
        "Contact owner\n123,0035e00000A1b2C,Ann,Lee,ann@example.com,Lead,Example,Bonn,Kim\n"
    )
    reading = read(tmp_path, {"merged.csv": text})
    (file,) = reading.files
    names = {file.recognition.shape, *(rival.shape for rival in file.rivals)}
    assert names == {"hubspot-contacts", "salesforce-contacts"}


def test_what_would_let_more_be_judged_is_listed_for_the_vendors_that_are_there(
    tmp_path: Path,
) -> None:
    reading = read(tmp_path, {"contacts.csv": HUBSPOT, "contacts-properties.json": definitions()})
    missing = dict(reading.missing)
    assert "hubspot-property-history" in missing
    assert "hubspot-flows" in missing
    assert "hubspot-properties" not in missing
    assert not [name for name in missing if name.startswith("salesforce")]
    assert all(why.endswith(".") and len(why) < 200 for why in missing.values())


def test_settings_files_are_told_and_not_taken_for_tables(tmp_path: Path) -> None:
    reading = read(tmp_path, {"costs.yaml": "currency: EUR\n", "contacts.csv": HUBSPOT})
    kinds = {file.path: file.recognition.content for file in reading.files}
    assert kinds["given/costs.yaml"] is Content.SETTINGS
