"""What is said of each bad file of ``broken``: severity, code, place, message and fix."""

from __future__ import annotations

# ruff: noqa: E501
EXPECTED: dict[str, list[str]] = {
    "colon inside the text": [
        "error broken-yaml workflows/webinar.yaml:3:14 this line has a colon inside the text. Put the text in quotes.",
    ],
    "tab": [
        "error broken-yaml workflows/webinar.yaml:11:1 this line is indented with a tab. Use spaces, two for each level.",
    ],
    "quote never closed": [
        "error broken-yaml workflows/webinar.yaml:3:7 a quote is opened here and not closed on its line. Close it with the same sign, or remove it.",
    ],
    "text after a quote": [
        "error broken-yaml workflows/webinar.yaml:3:11 text follows after a closing quote. Put the whole text in one pair of quotes, double ones if it has an apostrophe.",
    ],
    "brace not closed": [
        "error broken-yaml workflows/webinar.yaml:20:10 a brace or bracket is not closed, or a comma is missing between two items. Close it, and put a comma between the items.",
    ],
    "begins with an at sign": [
        "error broken-yaml workflows/webinar.yaml:5:8 a text cannot begin with @. Put the text in quotes.",
    ],
    "indented differently": [
        'error broken-yaml workflows/webinar.yaml:26:4 a name stands where the list goes on. Begin the line with "- " like the others, or indent it below the item before.',
    ],
    "no space after the colon": [
        'error broken-yaml workflows/webinar.yaml:3:5 there is no space after the colon. Write a space after it: "name: value".',
    ],
    "channel with a sign in braces": [
        'error broken-yaml workflows/webinar.yaml:49:5 "#sales" and what follows it on the line reads as a comment. Channel names carry no #: write "sales".',
    ],
    "go to with a bare colon": [
        'error broken-yaml workflows/webinar.yaml:31:51 this line has a colon inside the text "go to: …". Put it in quotes ("go to: step-name") or in braces ({ go to: step-name }).',
    ],
    "list behind the name": [
        'error broken-yaml workflows/webinar.yaml:17:9 a "- " stands behind the name on one line. Begin the list on the next line, indented.',
    ],
    "anchor": [
        'error yaml-anchor workflows/webinar.yaml:3:7 a text that begins with "&" or "*" is a YAML anchor, which project files do not use. Put the text in quotes, or write out what the anchor stands for.',
    ],
    "alias": [
        'error yaml-anchor workflows/webinar.yaml:3:7 a text that begins with "&" or "*" is a YAML anchor, which project files do not use. Put the text in quotes, or write out what the anchor stands for.',
    ],
    "tag": [
        'error yaml-tag workflows/webinar.yaml:3:7 a text that begins with "!" is a YAML tag, which project files do not use. Put the text in quotes, or remove the tag.',
    ],
    "three braces": [
        "error nested-too-deep data/contact.yaml:4:67 more than one brace stands inside another here. Write it on lines of their own, indented below the name.",
    ],
    "second document": [
        'error second-document workflows/webinar.yaml:10:1 a second document begins here ("---"). Keep one document in a file; move the rest to a file of its own.',
    ],
    "duplicate name": [
        'error duplicate-key workflows/webinar.yaml:4:1 "name" stands here twice; the first is on line 3. Keep one of them.',
    ],
    "control character": [
        'error forbidden-character workflows/webinar.yaml:3:10 the character "\\x00" cannot stand in a project file. Delete it; it came in by copying from somewhere.',
    ],
    "Liquid without quotes": [
        'error key-not-text workflows/webinar.yaml:3:8 a list or a brace stands where a name should be. Text that begins with "{" or "[" needs quotes; Liquid belongs in messages/.',
    ],
    "channel with a sign": [
        'error eaten-by-comment workflows/webinar.yaml:43:14 "#sales" after "post_to" reads as a comment and is lost. Channel names carry no #: write "sales". A text with # needs quotes, a comment a space after the #.',
    ],
    "empty by a comment": [
        'error eaten-by-comment workflows/webinar.yaml:44:10 "#new-registration" after "text" reads as a comment and is lost. Channel names carry no #: write "new-registration". A text with # needs quotes, a comment a space after the #.',
    ],
    "channel with a quoted sign": [
        'error channel-with-sign workflows/webinar.yaml:43:14 the channel "#sales" has a # before its name. Channel names carry no #: write "sales".',
    ],
    "unknown name": [
        'error unknown-key workflows/webinar.yaml:46:5 unknown name "bundel" in this step. Did you mean "bundle"? Known here are "step", "was", "send", "as", "via", "not_after", "save_to", "set", "post_to", "text" and 12 more.',
    ],
    "unknown name at the top": [
        'error unknown-key workflows/webinar.yaml:4:1 unknown name "wy" in this workflow. Did you mean "why"? Known here are "name", "why", "owner", "promise", "starts", "stops", "success", "steps", "silence" and 1 more.',
    ],
    "misplaced name": [
        'error misplaced-key workflows/webinar.yaml:27:5 "bundle" has no meaning in a "send" step. Remove it; it belongs to "post_to".',
    ],
    "missing name": [
        'error missing-key workflows/webinar.yaml:3:1 this workflow has no "name". Add it: What people call the workflow.',
    ],
    "list instead of text": [
        'error wrong-shape workflows/webinar.yaml:3:7 "name" should be one text, not a list. Put text that begins with { or [ in quotes; write a single value otherwise.',
    ],
    "text instead of a list": [
        'error broken-yaml workflows/webinar.yaml:13:3 a name stands where the list goes on. Begin the line with "- " like the others, or indent it below the item before.',
    ],
    "empty value": [
        'error empty-value workflows/webinar.yaml:3:6 "name" has no value. Write the value after the colon, or remove the line.',
    ],
    "empty file": [
        "error empty-file workflows/webinar.yaml:1:1 this file is empty. Write something into it, or delete it.",
    ],
    "step without name": [
        'error missing-key workflows/webinar.yaml:33:5 this step has no "step". Add "step: a-name", or run "leadline fmt", which names every step.',
    ],
    "same step twice": [
        'error duplicate-step workflows/webinar.yaml:33:11 the step "confirmation" stands here twice; the first is on line 23. Give each step of a workflow its own name.',
    ],
    "step with a bad name": [
        'error bad-name workflows/webinar.yaml:33:11 "To the CRM" cannot be the name of a step. Use small letters, digits and hyphens, beginning with a letter, 60 at most.',
    ],
    "step that does nothing": [
        'warning never-entered workflows/webinar-follow-up.yaml:4:1 no event starts this workflow, and no other workflow enrolls in it. Add "starts:" with "when:", or an enroll_in step elsewhere.',
        'error no-event workflows/webinar-follow-up.yaml:9:13 "event.webinar" needs an event, but no event starts this workflow. Use a contact field, or name the event under starts: when.',
        'error no-event workflows/webinar-follow-up.yaml:16:17 "event.starts_at" needs an event, but no event starts this workflow. Use a contact field, or name the event under starts: when.',
        'error no-event workflows/webinar-follow-up.yaml:22:16 "event.starts_at" needs an event, but no event starts this workflow. Use a contact field, or name the event under starts: when.',
        'error no-kind workflows/webinar.yaml:49:5 this step does not say what it does. Add one of "send", "save_to", "post_to", "set", "wait", "wait_until", "wait_for", "choose" and 2 more.',
    ],
    "step that does two things": [
        'error several-kinds workflows/webinar.yaml:49:5 this step does several things: "wait" and "enroll_in". Make each a step of its own.',
    ],
    "missing failure policy": [
        "error missing-failure-policy workflows/webinar-follow-up.yaml:18:5 this step does not say what happens when it fails, and leadline.yaml has no default. Add if_it_fails: { retry_for: 1 day, then: dead letter }.",
        "error missing-failure-policy workflows/webinar-follow-up.yaml:32:13 this step does not say what happens when it fails, and leadline.yaml has no default. Add if_it_fails: { retry_for: 1 day, then: dead letter }.",
        "error missing-failure-policy workflows/webinar.yaml:33:5 this step does not say what happens when it fails, and leadline.yaml has no default. Add if_it_fails: { retry_for: 1 day, then: dead letter }.",
    ],
    "missing else": [
        'error missing-else workflows/webinar-follow-up.yaml:25:5 this choose does not say what happens when no branch holds. Add "- else:" with its steps as the last branch.',
    ],
    "marketing without consent": [
        'error marketing-without-consent workflows/webinar.yaml:26:5 marketing mail needs consent, which this version does not keep yet. Send only what people asked for, "as: transactional", until it does.',
    ],
    "missing purpose": [
        'error missing-purpose workflows/webinar.yaml:24:5 this send does not say why the mail is sent. Add "as: transactional" for what the contact asked for.',
    ],
    "endless wait": [
        'warning never-entered workflows/webinar-follow-up.yaml:4:1 no event starts this workflow, and no other workflow enrolls in it. Add "starts:" with "when:", or an enroll_in step elsewhere.',
        'error no-event workflows/webinar-follow-up.yaml:9:13 "event.webinar" needs an event, but no event starts this workflow. Use a contact field, or name the event under starts: when.',
        'error no-event workflows/webinar-follow-up.yaml:16:17 "event.starts_at" needs an event, but no event starts this workflow. Use a contact field, or name the event under starts: when.',
        'error no-event workflows/webinar-follow-up.yaml:22:16 "event.starts_at" needs an event, but no event starts this workflow. Use a contact field, or name the event under starts: when.',
        'error endless-wait workflows/webinar.yaml:49:5 this wait may never end: it has no "at_most" and no "if_not". Add how long it lasts at most and what follows: "at_most: 2 days", "if_not: carry on".',
    ],
    "unknown step to go to": [
        'error unknown-step workflows/webinar.yaml:31:5 unknown step "krm". Did you mean "crm"? It must be a step of the same workflow.',
    ],
    "go to in the defaults": [
        'error go-to-in-defaults leadline.yaml:15:3 a step belongs to one workflow, so the defaults cannot name one. Write "carry on", "stop" or "dead letter" here, and go to in the step itself.',
    ],
    "system has seen nothing": [
        'warning never-entered workflows/webinar-follow-up.yaml:4:1 no event starts this workflow, and no other workflow enrolls in it. Add "starts:" with "when:", or an enroll_in step elsewhere.',
        'error no-event workflows/webinar-follow-up.yaml:9:13 "event.webinar" needs an event, but no event starts this workflow. Use a contact field, or name the event under starts: when.',
        'error no-event workflows/webinar-follow-up.yaml:16:17 "event.starts_at" needs an event, but no event starts this workflow. Use a contact field, or name the event under starts: when.',
        'error no-event workflows/webinar-follow-up.yaml:22:16 "event.starts_at" needs an event, but no event starts this workflow. Use a contact field, or name the event under starts: when.',
        'error nothing-to-see workflows/webinar.yaml:49:5 the step "tell-sales" does not save to "hubspot". Name a step with save_to: hubspot.',
    ],
    "was is still there": [
        'error was-still-there workflows/webinar.yaml:34:10 "confirmation" is the name of another step, or was taken over twice. Under was: stands the name that this step alone had before.',
    ],
    "backfill": [
        "error backfill-not-supported workflows/webinar.yaml:13:3 this version cannot enter contacts from before the workflow yet. Remove backfill; the workflow takes those for whom the event comes from now on.",
    ],
    "bad duration": [
        'error not-a-duration workflows/webinar.yaml:46:13 "5s" is not a duration. Write a whole number and a unit, such as "5 minutes", "1 day" or "2 weeks"; at most ten years.',
    ],
    "bad share": [
        'error not-a-share workflows/webinar.yaml:8:58 "0.99" is not a share. Write per cent above 0 and at most 100, such as "99 %".',
    ],
    "promise of no step": [
        'error unknown-step workflows/webinar.yaml:8:18 unknown step "confirm". Did you mean "confirmation"? A promise names a step of its own workflow.',
    ],
    "not a time": [
        'error not-a-time workflows/webinar.yaml:30:16 "tomorrow" is not a time. Write "1 hour before event.starts_at", "event.starts_at" or "2026-12-01 09:00".',
    ],
    "time of another type": [
        'error not-a-time workflows/webinar.yaml:30:16 "event.title" is of type text, not a time. Name a field or property of type time.',
    ],
    "time that the clocks skip": [
        'error no-such-time workflows/webinar-follow-up.yaml:16:17 "2027-03-28 02:30" does not exist in Europe/Berlin: the clocks are put forward then. Choose a time an hour earlier or later.',
    ],
    "unknown field": [
        'error unknown-field workflows/webinar.yaml:40:7 unknown field "lifecyle_stage" on contact. Did you mean "lifecycle_stage"? Fields are listed in data/contact.yaml.',
    ],
    "unknown event": [
        'error unknown-event workflows/webinar.yaml:11:9 unknown event "webinar.registred". Did you mean "webinar.registered"? Events are declared in events.yaml.',
    ],
    "unknown property": [
        'error unknown-property workflows/webinar.yaml:13:13 unknown property "webinr" on the event "webinar.registered". Did you mean "webinar"? Properties are listed in events.yaml.',
    ],
    "property of one event only": [
        'error unknown-property workflows/webinar-follow-up.yaml:16:17 the event "webinar.attended" has no property "starts_at", so "event.starts_at" is not always there. Add it in events.yaml, or split the workflow by event.',
        'error unknown-property workflows/webinar-follow-up.yaml:22:16 the event "webinar.attended" has no property "starts_at", so "event.starts_at" is not always there. Add it in events.yaml, or split the workflow by event.',
        'error unknown-property workflows/webinar.yaml:30:16 the event "webinar.attended" has no property "starts_at", so "event.starts_at" is not always there. Add it in events.yaml, or split the workflow by event.',
        'error unknown-property workflows/webinar.yaml:38:21 the event "webinar.attended" has no property "title", so "event.title" is not always there. Add it in events.yaml, or split the workflow by event.',
    ],
    "dotted text": [
        'error unknown-scope workflows/webinar.yaml:37:16 "acme.com" is a dotted name that begins neither with contact nor event. If it is a text, write it in braces: { text: … }.',
    ],
    "value of a system": [
        'error system-field workflows/webinar.yaml:37:16 "hubspot.company" is a field of a system, which this version does not read yet. Use the contact field that has this name in the system (see data/contact.yaml).',
    ],
    "unknown system": [
        'error unknown-system workflows/webinar.yaml:34:14 unknown system "hubspt". Did you mean "hubspot"? Systems are the files in systems/.',
    ],
    "wrong kind of system": [
        'error wrong-system workflows/webinar.yaml:43:14 "hubspot" is of kind hubspot, which "post_to" cannot use. Name a system of kind "slack".',
    ],
    "unknown object": [
        'error unknown-object workflows/webinar.yaml:34:14 "hubspot" has no object "contacts" to save to. Write "contact".',
    ],
    "unknown message": [
        'error unknown-message workflows/webinar.yaml:24:11 there is no message "messages/webinar-confirmaton". Did you mean "messages/webinar-confirmation"? Messages are the files in messages/, named without ending.',
    ],
    "message with its ending": [
        'error unknown-message workflows/webinar.yaml:24:11 there is no message "messages/webinar-confirmation.md". Write it without its ending: "messages/webinar-confirmation".',
    ],
    "text in the workflow": [
        'error unknown-message workflows/webinar.yaml:44:11 there is no message "A new registration". Put the text into a file in messages/ and name it: text: messages/name.',
    ],
    "message without subject": [
        'error mail-without-subject workflows/webinar.yaml:24:5 the message "messages/hot-lead" has no subject, so it cannot be mailed. Begin its file with "---", "subject: …", "---".',
    ],
    "mail in a channel": [
        'error subject-in-post workflows/webinar.yaml:44:5 the message "messages/webinar-follow-up" has a subject, so it is a mail. Post a message without subject; make a file of its own for the channel.',
    ],
    "unknown workflow": [
        'error unknown-workflow workflows/webinar.yaml:50:16 unknown workflow "webinar-folow-up". Did you mean "webinar-follow-up"? Workflows are the files in workflows/, named without .yaml.',
    ],
    "circle of workflows": [
        'error enroll-circle workflows/webinar.yaml:50:16 these workflows enroll in a circle: "webinar-follow-up" → "webinar" → "webinar-follow-up". Remove one of these enroll_in steps; wait_for in one workflow can do the same.',
    ],
    "field without name in the system": [
        'error no-name-in-system workflows/webinar.yaml:37:7 the field "company" has no name in "hubspot". Add names: { hubspot: … } to the field in data/contact.yaml.',
    ],
    "nothing to match by": [
        'error cannot-match workflows/webinar-follow-up.yaml:12:3 the event "webinar.cancelled" has no "webinar" like the one in once_per to match by. Add the property "webinar" in events.yaml, or say which with where:.',
        'error cannot-match workflows/webinar.yaml:17:3 the event "webinar.cancelled" has no "webinar" like the one in once_per to match by. Add the property "webinar" in events.yaml, or say which with where:.',
    ],
    "value that the choice does not have": [
        'error wrong-type workflows/webinar.yaml:40:30 "led" cannot be a value of "lifecycle_stage", a choice field. Did you mean "lead"? It is one of "subscriber", "lead" or "customer".',
    ],
    "forward without order": [
        'error forward-without-order workflows/webinar.yaml:37:25 "company" is of type text, which has no forward. Only a choice has: its values are in order.',
    ],
    "wrong type": [
        'error wrong-type workflows/webinar.yaml:37:21 "contact.company" is of type text, "company_size" of type number. Write a value of the field\'s own type.',
    ],
    "not a number": [
        'error wrong-type workflows/webinar.yaml:37:21 "many" cannot be a value of "company_size", a number field. Write digits, such as "200" or "3.5".',
    ],
    "increment of a text": [
        'error not-a-number workflows/webinar.yaml:37:29 "company" is of type text and cannot be incremented. Only a number can.',
    ],
    "bare is not": [
        'error bare-negative workflows/webinar-follow-up.yaml:30:39 "contact.lifecycle_stage is not customer" does not say what about an unknown value. Write "contact.lifecycle_stage is not customer or unknown" or "contact.lifecycle_stage is not customer and known".',
    ],
    "comma in a condition": [
        'error no-operator workflows/webinar-follow-up.yaml:29:38 "AT" has no operator. A YAML list cuts a text at each comma. If it goes with the item before it, write "contact.country is DE or AT".',
    ],
    "unknown field in a condition": [
        'error unknown-field workflows/webinar-follow-up.yaml:29:15 unknown field "company_sise" on contact. Did you mean "contact.company_size"? Fields are listed in data/contact.yaml.',
    ],
    "field of a system": [
        'error system-field workflows/webinar-follow-up.yaml:29:15 "hubspot.company_size" is a field of a system, which this version does not read yet. Use the contact field that has this name in the system (see data/contact.yaml).',
    ],
    "list without all or any": [
        'error bare-list workflows/webinar-follow-up.yaml:28:13 a list of phrases does not say whether all or any of them must hold. Write "all:" or "any:" before the list.',
    ],
    "secret in the file": [
        'error secret-in-file systems/hubspot.yaml:4:19 a secret must not stand in a project file; only where it is found may. Write where the secret is found: "env:NAME" or "file:PATH". If this was a real secret, replace it at the vendor.',
    ],
    "write key in the file": [
        'error secret-in-file leadline.yaml:28:17 a secret must not stand in a project file; only where it is found may. Write where the secret is found: "env:NAME" or "file:PATH". If this was a real secret, replace it at the vendor.',
    ],
    "unknown kind": [
        'error unknown-word systems/hubspot.yaml:2:7 "kind" cannot be "hubsport". Did you mean "hubspot"? It is one of "hubspot", "slack" or "smtp".',
    ],
    "unknown tier": [
        'error unknown-word systems/hubspot.yaml:3:7 "tier" cannot be "startr". Did you mean "starter"? It is one of "free", "starter", "professional", "enterprise", "professional with add-on" and 1 more.',
    ],
    "sandbox that would reach the vendor": [
        'error sandbox-without-address systems/hubspot.yaml:2:1 the environment "dev" is a sandbox, but this system has no base_url there and would reach the vendor. Add base_url: { dev: http://127.0.0.1:8701 } or another sandbox.',
    ],
    "private address": [
        'error private-address systems/hubspot.yaml:6:1 "http://127.0.0.1:8701" is a private address, which "dev" does not allow. Add allow_private: { dev: true } if this is meant.',
    ],
    "unencrypted address": [
        'error not-encrypted systems/hubspot.yaml:6:1 "http://crm.acme.example" would carry the secret unencrypted. Write https://.',
    ],
    "unknown environment": [
        'error unknown-environment systems/hubspot.yaml:6:13 there is no environment "dve". Did you mean "dev"? Environments are declared in leadline.yaml.',
    ],
    "environment without setting": [
        'error missing-setting systems/mail.yaml:3:1 "host" says nothing for the environment "dev". Add it, or write one value for all environments.',
    ],
    "header in the sender": [
        'error bad-setting systems/mail.yaml:6:7 "Acme\\nBcc: all <hello@acme.example>" is not one sender. Write one sender, such as "Acme <hello@acme.example>", on one line.',
    ],
    "two senders": [
        'error bad-setting systems/mail.yaml:6:7 "Acme <a@acme.example>, <b@acme.example>" is not one sender. Write one sender, such as "Acme <hello@acme.example>", on one line.',
    ],
    "bad port": [
        'error bad-setting systems/mail.yaml:4:26 "58700000" is not a port. Write a port, a whole number up to 65535.',
    ],
    "bad limit": [
        'error not-a-limit systems/mail.yaml:7:21 "14/s" is not a limit. Write how many in how long, such as "14 per second" or "100 per 10 seconds".',
    ],
    "unknown limit": [
        'error unknown-key systems/mail.yaml:7:11 unknown name "mesages" in this smtp system\'s limits. Did you mean "messages"? Known here are "messages" and "day".',
    ],
    "header in the owner": [
        'error not-an-address workflows/webinar.yaml:5:8 "a@b.example\\nBcc: c" is not one mail address. Write one address and nothing else, such as "ops@acme.example".',
    ],
    "nobody answers": [
        'error unknown-workflow leadline.yaml:10:42 unknown workflow "webinar-folow-up". Did you mean "webinar-follow-up"? Workflows are the files in workflows/, named without .yaml.',
    ],
    "nobody to tell": [
        'error not-an-address workflows/webinar.yaml:31:62 "sales" cannot be told anything. Write "owner" or a mail address.',
    ],
    "choice without values": [
        "error choice-without-values data/contact.yaml:14:3 a choice needs its values, in order. Write { type: choice, values: [ first, second ] }.",
    ],
    "value twice": [
        'error duplicate-value data/contact.yaml:15:25 the value "subscriber" stands here twice. Keep one of them.',
    ],
    "unknown type": [
        'error unknown-word data/contact.yaml:8:23 "type" cannot be "integer". It is one of "text", "email", "choice", "number", "flag", "time" or "date".',
    ],
    "field with a bad name": [
        'error bad-name data/contact.yaml:9:1 "Country" cannot be the name of a field. Use small letters, digits and _, beginning with a letter, 50 at most.',
    ],
    "no email": [
        'error missing-email-field data/contact.yaml:4:1 contacts have no field "email", by which people are known and reached. Add email: { type: email, pii: true }.',
    ],
    "two fields with one name": [
        'error shared-name data/contact.yaml:6:1 "first_name" and "last_name" are both called "firstname" in hubspot. Give each field its own name in the system.',
    ],
    "unknown property type": [
        'error unknown-word events.yaml:4:62 "starts_at" cannot be "datetime". Did you mean "time"? It is one of "text", "email", "choice", "number", "flag", "time" or "date".',
    ],
    "unknown time zone": [
        'error unknown-time-zone leadline.yaml:6:12 there is no time zone "Europe/Berln". Did you mean "Europe/Berlin"? Write it like "Europe/Berlin" or "UTC".',
    ],
    "no environment": [
        'error bad-name leadline.yaml:21:3 "Dev" cannot be the name of an environment. Use small letters, digits and hyphens, beginning with a letter.',
    ],
    "no name of an environment": [
        'error missing-key leadline.yaml:4:1 this project has no "environments". Add it: Where the project runs.',
        'error unknown-key leadline.yaml:19:1 unknown name "environment" in this project. Did you mean "environments"? Known here are "project", "time_zone", "owners", "defaults", "environments", "ingest" and "silence".',
    ],
    "unknown name above a message": [
        'error unknown-key messages/webinar-confirmation.md:3:1 unknown name "preheder" above a message. Did you mean "preheader"? Known here are "subject" and "preheader".',
    ],
    "front matter never ends": [
        'error front-matter-open messages/webinar-confirmation.md:1:1 the lines above the text begin with "---" and never end. Put a line with "---" below the subject and the preheader.',
    ],
    "unknown field in a message": [
        'error unknown-field messages/webinar-confirmation.md:5:10 unknown field "firstname" on contact. Did you mean "first_name"? Fields are listed in data/contact.yaml.',
    ],
    "unknown property in a message": [
        'error unknown-property messages/webinar-confirmation.md:9:23 unknown property "join_link" on the event "webinar.registered". Did you mean "join_url"? Properties are listed in events.yaml.',
    ],
    "nothing for a missing name": [
        'error missing-fallback messages/webinar-confirmation.md:5:10 "contact.first_name" may be unknown, and the step "confirmation" has nothing to put there. Add if_missing: { contact.first_name: … } to the step, or write | default: "…" here.',
    ],
    "broken Liquid": [
        'error broken-template messages/webinar-confirmation.md:5:1 unknown filter "upcse". Did you mean "upcase"? Known are "default", "date", "upcase", "downcase", "capitalize", "strip", "lstrip", "rstrip" and 25 more.',
    ],
    "Liquid never closed": [
        "error broken-template messages/webinar-confirmation.md:5:1 the tag that begins here is never closed with endif. Write {% endif %} where it ends.",
    ],
    "include": [
        'error broken-template messages/webinar-confirmation.md:5:1 the tag "include" cannot be used here. Known are "if", "unless", "case", "for", "break", "continue", "assign", "comment" and "#".',
    ],
    "link to nowhere": [
        'error bad-link messages/webinar-confirmation.md:1:1 the link "acme.example/join" is not a web address. A link begins with https:// and has no spaces.',
    ],
}
