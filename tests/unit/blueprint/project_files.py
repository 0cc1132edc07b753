"""A small project in which every key of a workflow stands once, as tests of the map read it."""

from __future__ import annotations

from collections.abc import Mapping

from leadline.project.files import Files
from leadline.project.parse import parse
from leadline.project.project import Project

FILES: Mapping[str, str] = {
    "leadline.yaml": """\
project: acme
time_zone: Europe/Berlin
owners: { ann@acme.example: [ launch ], bob@acme.example: [ nurture ] }
environments: { dev: { sandbox: true }, prod: { sandbox: false, only_to: [] } }
""",
    "systems/hubspot.yaml": """\
kind: hubspot
tier: { dev: free, prod: professional }
secrets: { token: env:HUBSPOT_TOKEN }
base_url: { dev: http://127.0.0.1:8701 }
allow_private: { dev: true }
owner: ann@acme.example
reads: { contact: 15 minutes }
lag: 30 seconds
""",
    "systems/slack.yaml": """\
kind: slack
secrets: { token: env:SLACK_TOKEN }
base_url: { dev: http://127.0.0.1:8702 }
allow_private: { dev: true }
""",
    "systems/mail.yaml": """\
kind: smtp
host: { dev: 127.0.0.1, prod: smtp.acme.example }
from: Acme <hello@acme.example>
limits: { messages: 20 per second }
""",
    "data/contact.yaml": """\
email: { type: email, from: hubspot, names: { hubspot: email } }
first_name: { type: text, names: { hubspot: firstname } }
country: { type: text, names: { hubspot: country } }
size: { type: number, names: { hubspot: numberofemployees } }
stage: { type: choice, values: [ subscriber, lead, customer ], names: { hubspot: lifecyclestage } }
topic: { type: text, names: { hubspot: topic } }
visits: { type: number, names: { hubspot: visits } }
""",
    "events.yaml": """\
launch.joined: { launch: text, title: text, starts_at: time, expect: 500 in 1 minute }
launch.left: { launch: text }
launch.seen: { launch: text, minutes: number }
""",
    "messages/welcome.md": """\
---
subject: Welcome to {{ event.title }}
---
Hello {{ contact.first_name }}.
""",
    "messages/hot.md": '{{ contact.email }} of {{ contact.country | default: "nowhere" }}\n',
    "workflows/launch.yaml": """\
name: Launch
owner: ann@acme.example
starts:
  when: launch.joined
  if: contact.size is at least 10
  once_per: event.launch
stops: { when: [ launch.left ] }
success: { event: launch.seen, within: 14 days }
steps:
  - step: welcome
    send: messages/welcome
    as: transactional
    if_missing: { contact.first_name: there }
    not_after: 1 hour before event.starts_at
    if_it_fails: { retry_for: 6 hours, then: carry on }
  - step: crm
    save_to: hubspot contact
    set:
      topic: event.title
      stage: { to: lead, only: forward }
      visits: { increment: 1 }
    if_it_fails: { retry_for: 1 day, then: dead letter, tell: owner }
  - step: seen
    wait_until: hubspot has seen crm
    at_most: 30 minutes
    if_not: stop
  - step: who
    choose:
      - if:
          none:
            - contact.country is DE
            - contact.country is not AT or unknown
        then:
          - step: wait
            wait_for: launch.seen
            where: event.minutes is at least 5
            at_most: 7 days
            if_not: { go to: tell }
      - unknown:
          - step: ours
            set: { contact.topic: event.title }
      - else:
          - step: on
            enroll_in: nurture
  - step: tell
    post_to: slack sales
    text: messages/hot
    bundle: 1 minute
    if_it_fails: { retry_for: 1 hour, then: { go to: end } }
  - step: end
    stop: done
""",
    "workflows/nurture.yaml": """\
name: Nurture
owner: bob@acme.example
starts: { once_per: event.launch }
steps:
  - step: later
    wait_until: 2 days after event.starts_at
  - step: pause
    wait: 3 days
  - step: note
    save_to: hubspot contact
    set: { topic: clear }
    if_it_fails: { retry_for: 1 day, then: stop }
""",
}


def project(files: Mapping[str, str] = FILES) -> Project:
    """The project of these files, which must have no error."""
    found, problems = parse(Files(files))
    assert found is not None, [str(problem) for problem in problems]
    return found
