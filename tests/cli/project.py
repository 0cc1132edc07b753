"""A small project whose runs can come to every end that ``why`` knows."""

from __future__ import annotations

FILES = {
    "leadline.yaml": """
project: acme
time_zone: Europe/Berlin
owners: { ops@acme.example: [ welcome, promo, loyal, leaving, away ] }
defaults:
  if_it_fails: { retry_for: 1 day, then: dead letter, tell: owner }
  max_burst: 10000
environments:
  dev: { sandbox: true, only_to: [ "@people.example", ops@acme.example ] }
  prod: { sandbox: false, only_to: [] }
ingest: { write_keys: [ env:LEADLINE_WRITE_KEY ] }
""",
    "systems/mail.yaml": """
kind: smtp
host: 127.0.0.1
port: 8703
tls: none
from: Acme <hello@acme.example>
limits: { messages: 2 per second }
evidence: feed
secrets: { user: env:SMTP_USER, password: env:SMTP_PASSWORD }
""",
    "systems/crm.yaml": """
kind: hubspot
tier: starter
secrets: { token: env:HUBSPOT_TOKEN }
base_url: { dev: http://127.0.0.1:8701 }
allow_private: { dev: true }
""",
    "systems/chat.yaml": """
kind: slack
secrets: { token: env:SLACK_TOKEN }
base_url: { dev: http://127.0.0.1:8702 }
allow_private: { dev: true }
""",
    "data/contact.yaml": """
email: { type: email, pii: true, from: crm, names: { crm: email } }
first_name: { type: text, pii: true, names: { crm: firstname } }
country: { type: text, names: { crm: country } }
seats: { type: number, names: { crm: seats } }
""",
    "events.yaml": """
signed.up: { plan: text, starts_at: time }
called.off: { plan: text }
bought: { plan: text }
asked.for.offer: { plan: text }
came.back: { plan: text }
moved.away: { plan: text }
asked.to.leave: { plan: text }
""",
    "messages/hello.md": """---
subject: Welcome to {{ event.plan }}
---
Hello {{ contact.first_name }}!
""",
    "messages/offer.md": """---
subject: An offer
---
Hello!
""",
    "messages/news.md": """
{{ contact.email }} signed up.
""",
    "workflows/welcome.yaml": """
name: Welcome
why: Everyone who signs up gets a mail.
owner: ops@acme.example
promise: { step: hello, within: 5 minutes, share: 99 % }
starts: { when: signed.up, once_per: event.plan }
stops: { when: [ called.off ] }
success: { event: bought, within: 14 days }
steps:
  - step: hello
    send: messages/hello
    as: transactional
    if_missing: { contact.first_name: there }
    not_after: event.starts_at
  - step: crm
    save_to: crm contact
    set: { first_name: contact.first_name, country: contact.country }
  - step: who
    choose:
      - if: contact.seats is at least 200
        then:
          - step: big
            post_to: chat sales
            text: messages/news
            bundle: 1 hour
      - else:
          - step: pause
            wait: 3 days
  - step: bye
    stop: nothing more to do
""",
    "workflows/promo.yaml": """
name: Promo
why: An offer to those in the right country.
owner: ops@acme.example
starts:
  when: asked.for.offer
  if: contact.country is DE
  max_burst: 2
steps:
  - step: offer
    send: messages/offer
    as: transactional
  - step: buys
    wait_for: bought
    at_most: 14 days
    if_not: carry on
""",
    "workflows/loyal.yaml": """
name: Loyal
why: Who comes back is written down.
owner: ops@acme.example
starts: { when: came.back }
steps:
  - step: note
    save_to: crm contact
    set: { country: { to: DE } }
    if_it_fails: { retry_for: 1 day, then: carry on }
  - step: seen
    wait_until: crm has seen note
    at_most: 30 minutes
    if_not: carry on
""",
    "workflows/leaving.yaml": """
name: Leaving
why: Who leaves is told so.
owner: ops@acme.example
starts: { when: asked.to.leave }
steps:
  - step: goodbye
    send: messages/offer
    as: transactional
    if_it_fails: { retry_for: 1 day, then: stop }
""",
    "workflows/away.yaml": """
name: Away
why: Who moves is written down.
owner: ops@acme.example
starts: { when: moved.away }
steps:
  - step: note
    save_to: crm contact
    set: { country: { to: FR } }
""",
}
