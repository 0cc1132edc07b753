"""Bad files, one change of the example each: (path, old, new)."""

from __future__ import annotations

W = "workflows/webinar.yaml"
F = "workflows/webinar-follow-up.yaml"
L = "leadline.yaml"
C = "data/contact.yaml"
E = "events.yaml"
H = "systems/hubspot.yaml"
S = "systems/slack.yaml"
M = "systems/mail.yaml"
CONFIRMATION = "messages/webinar-confirmation.md"

CHANGES: dict[str, tuple[str, str, str]] = {
    # YAML's own errors
    "colon inside the text": (W, "name: Webinar", "name: Webinar: the launch"),
    "tab": (W, "  when: webinar.registered", "\twhen: webinar.registered"),
    "quote never closed": (W, "name: Webinar", 'name: "Webinar'),
    "text after a quote": (W, "name: Webinar", "name: 'it's a webinar'"),
    "brace not closed": (W, "within: 14 days }", "within: 14 days"),
    "begins with an at sign": (W, "owner: marketing-ops@acme.example", "owner: @ops"),
    "indented differently": (W, "    as: transactional", "   as: transactional"),
    "no space after the colon": (W, "name: Webinar", "name:Webinar"),
    "channel with a sign in braces": (
        W,
        "  - step: follow-up\n    enroll_in: webinar-follow-up",
        "  - { step: sales, post_to: slack #sales, text: messages/hot-lead }",
    ),
    "go to with a bare colon": (W, "then: carry on, tell: owner", "then: go to: crm"),
    "list behind the name": (W, "when: [ webinar.cancelled ]", "when: - webinar.cancelled"),
    # what project files do not use
    "anchor": (W, "name: Webinar", "name: &title Webinar"),
    "alias": (W, "name: Webinar", "name: *title"),
    "tag": (W, "name: Webinar", "name: !!str Webinar"),
    "three braces": (C, "names: { hubspot: email }", "names: { hubspot: { name: email } }"),
    "second document": (W, "starts:", "---\nstarts:"),
    "duplicate name": (W, "name: Webinar", "name: Webinar\nname: Again"),
    "control character": (W, "name: Webinar", "name: Web\x00inar"),
    "Liquid without quotes": (W, "name: Webinar", "name: {{ event.title }}"),
    # what YAML eats
    "channel with a sign": (W, "post_to: slack webinar-signups", "post_to: slack #sales"),
    "empty by a comment": (W, "messages/new-registration", "#new-registration"),
    "channel with a quoted sign": (W, "slack webinar-signups", '"slack #sales"'),
    # names and shapes
    "unknown name": (W, "    bundle: 5 seconds", "    bundel: 5 seconds"),
    "unknown name at the top": (W, "why:", "wy:"),
    "misplaced name": (W, "    as: transactional", "    as: transactional\n    bundle: 1 minute"),
    "missing name": (W, "name: Webinar\n", ""),
    "list instead of text": (W, "name: Webinar", "name: [ Webinar ]"),
    "text instead of a list": (W, "  when: webinar.registered", "  - webinar.registered"),
    "empty value": (W, "name: Webinar", "name:"),
    "empty file": (W, "", "# nothing yet\n"),
    # steps
    "step without name": (W, "  - step: crm\n    save_to", "  - save_to"),
    "same step twice": (W, "- step: crm", "- step: confirmation"),
    "step with a bad name": (W, "- step: crm", "- step: To the CRM"),
    "step that does nothing": (W, "    enroll_in: webinar-follow-up", "    was: old"),
    "step that does two things": (W, "    enroll_in", "    wait: 1 day\n    enroll_in"),
    "missing failure policy": (
        L,
        "  if_it_fails: { retry_for: 1 day, then: dead letter, tell: owner }\n",
        "",
    ),
    "missing else": (
        F,
        "      - else:\n          - step: done\n            stop: nothing more to do\n",
        "",
    ),
    "marketing without consent": (W, "as: transactional", "as: marketing"),
    "missing purpose": (W, "    as: transactional\n", ""),
    "endless wait": (W, "    enroll_in: webinar-follow-up", "    wait_for: webinar.attended"),
    "unknown step to go to": (W, "then: carry on, tell: owner", "then: 'go to: krm'"),
    "go to in the defaults": (L, "then: dead letter", "then: 'go to: crm'"),
    "system has seen nothing": (
        W,
        "    enroll_in: webinar-follow-up",
        "    wait_until: hubspot has seen tell-sales\n    at_most: 1 day\n    if_not: stop",
    ),
    "was is still there": (W, "- step: crm", "- step: crm\n    was: confirmation"),
    "backfill": (W, "  once_per", "  backfill: yes\n  once_per"),
    "bad duration": (W, "bundle: 5 seconds", "bundle: 5s"),
    "bad share": (W, "share: 99 %", "share: 0.99"),
    "promise of no step": (W, "promise: { step: confirmation", "promise: { step: confirm"),
    "not a time": (W, "not_after: event.starts_at", "not_after: tomorrow"),
    "time of another type": (W, "not_after: event.starts_at", "not_after: event.title"),
    "time that the clocks skip": (F, "2 hours after event.starts_at", "2027-03-28 02:30"),
    # references
    "unknown field": (W, "lifecycle_stage:", "lifecyle_stage:"),
    "unknown event": (W, "when: webinar.registered", "when: webinar.registred"),
    "unknown property": (W, "once_per: event.webinar", "once_per: event.webinr"),
    "property of one event only": (
        W,
        "when: webinar.registered",
        "when: [ webinar.registered, webinar.attended ]",
    ),
    "dotted text": (W, "company: contact.company", "company: acme.com"),
    "value of a system": (W, "company: contact.company", "company: hubspot.company"),
    "unknown system": (W, "save_to: hubspot contact", "save_to: hubspt contact"),
    "wrong kind of system": (W, "post_to: slack webinar-signups", "post_to: hubspot sales"),
    "unknown object": (W, "save_to: hubspot contact", "save_to: hubspot contacts"),
    "unknown message": (
        W,
        "send: messages/webinar-confirmation",
        "send: messages/webinar-confirmaton",
    ),
    "message with its ending": (
        W,
        "send: messages/webinar-confirmation",
        "send: messages/webinar-confirmation.md",
    ),
    "text in the workflow": (W, "text: messages/new-registration", "text: A new registration"),
    "message without subject": (W, "messages/webinar-confirmation", "messages/hot-lead"),
    "mail in a channel": (W, "messages/new-registration", "messages/webinar-follow-up"),
    "unknown workflow": (W, "enroll_in: webinar-follow-up", "enroll_in: webinar-folow-up"),
    "circle of workflows": (
        F,
        "            stop: nothing more to do",
        "            enroll_in: webinar",
    ),
    "field without name in the system": (C, "text, names: { hubspot: company }", "text"),
    "nothing to match by": (E, "webinar.cancelled: { webinar: text }", "webinar.cancelled: {}"),
    # values
    "value that the choice does not have": (W, "to: lead", "to: led"),
    "forward without order": (W, "company: contact.company", "company: { to: x, only: forward }"),
    "wrong type": (W, "company: contact.company", "company_size: contact.company"),
    "not a number": (W, "company: contact.company", "company_size: many"),
    "increment of a text": (W, "company: contact.company", "company: { increment: 1 }"),
    # conditions
    "bare is not": (F, "customer or unknown", "customer"),
    "comma in a condition": (
        F,
        "            - contact.company_size is at least 200\n"
        "            - contact.lifecycle_stage is not customer or unknown",
        "            [ contact.country is DE, AT ]",
    ),
    "unknown field in a condition": (F, "contact.company_size is", "contact.company_sise is"),
    "field of a system": (F, "contact.company_size is", "hubspot.company_size is"),
    "list without all or any": (F, "          all:\n", ""),
    # systems
    "secret in the file": (H, "env:HUBSPOT_TOKEN", "pat-na1-0f1e2d3c"),
    "write key in the file": (L, "env:LEADLINE_WRITE_KEY", "wk_live_8812"),
    "unknown kind": (H, "kind: hubspot", "kind: hubsport"),
    "unknown tier": (H, "tier: starter", "tier: startr"),
    "sandbox that would reach the vendor": (H, "base_url: { dev: http://127.0.0.1:8701 }\n", ""),
    "private address": (H, "allow_private: { dev: true }\n", ""),
    "unencrypted address": (H, "dev: http://127.0.0.1:8701", "dev: http://crm.acme.example"),
    "unknown environment": (H, "{ dev: http", "{ dve: http"),
    "environment without setting": (M, "host: { dev: 127.0.0.1, prod:", "host: { prod:"),
    "header in the sender": (
        M,
        "from: Acme <hello@acme.example>",
        'from: "Acme\\nBcc: all <hello@acme.example>"',
    ),
    "two senders": (M, "<hello@acme.example>", "<a@acme.example>, <b@acme.example>"),
    "bad port": (M, "prod: 587", "prod: 58700000"),
    "bad limit": (M, "14 per second", "14/s"),
    "unknown limit": (M, "messages: 14", "mesages: 14"),
    # people
    "header in the owner": (
        W,
        "owner: marketing-ops@acme.example",
        'owner: "a@b.example\\nBcc: c"',
    ),
    "nobody answers": (
        L,
        "[ webinar, webinar-follow-up ]",
        "[ webinar, webinar-folow-up ]",
    ),
    "nobody to tell": (W, "tell: owner", "tell: sales"),
    # fields, events, project
    "choice without values": (C, "  values: [ subscriber, lead, customer ]\n", ""),
    "value twice": (C, "[ subscriber, lead,", "[ subscriber, subscriber, lead,"),
    "unknown type": (C, "company_size: { type: number", "company_size: { type: integer"),
    "field with a bad name": (C, "country:", "Country:"),
    "no email": (C, "email: { type: email, pii: true,", "mail: { type: email, pii: true,"),
    "two fields with one name": (C, "hubspot: lastname", "hubspot: firstname"),
    "unknown property type": (E, "starts_at: time", "starts_at: datetime"),
    "unknown time zone": (L, "Europe/Berlin", "Europe/Berln"),
    "no environment": (L, "  dev: { sandbox: true }", "  Dev: { sandbox: true }"),
    "no name of an environment": (L, "environments:", "environment:"),
    # messages
    "unknown name above a message": (CONFIRMATION, "preheader:", "preheder:"),
    "front matter never ends": (CONFIRMATION, "starts.\n---\n", "starts.\n"),
    "unknown field in a message": (CONFIRMATION, "contact.first_name", "contact.firstname"),
    "unknown property in a message": (CONFIRMATION, "event.join_url", "event.join_link"),
    "nothing for a missing name": (
        W,
        "    if_missing: { contact.first_name: there }\n",
        "",
    ),
    "broken Liquid": (CONFIRMATION, "{{ contact.first_name }}", "{{ contact.first_name | upcse }}"),
    "Liquid never closed": (CONFIRMATION, "Hello", "{% if contact.company %}Hello"),
    "include": (CONFIRMATION, "Hello", "{% include 'x' %}"),
    "link to nowhere": (CONFIRMATION, "({{ event.join_url }})", "(acme.example/join)"),
}
