"""What is told about messages before anything is sent."""

from __future__ import annotations

from leadline.expression.tree import Ref
from leadline.message.inspect import inspect, variables
from leadline.project.problems import Severity
from tests.unit.project.changed import parsed, problems

CONFIRMATION = "messages/webinar-confirmation.md"


def codes(*changes: tuple[str, str, str]) -> list[str]:
    return [p.code for p in inspect(parsed(*changes))]


def test_the_variables_of_a_message() -> None:
    message = parsed().messages["messages/webinar-confirmation"]
    assert variables(message) == {
        Ref("contact", "first_name"),
        Ref("event", "title"),
        Ref("event", "starts_at"),
        Ref("event", "join_url"),
    }


def test_names_that_a_template_makes_itself_are_not_variables() -> None:
    loop = "{% for i in (1..2) %}{{ n }}{{ i }}{{ forloop.index }}{% endfor %}"
    body = f"{{% assign n = contact.company %}}{loop}"
    message = parsed(("messages/own.md", "", body)).messages["messages/own"]
    assert variables(message) == {Ref("contact", "company")}


def test_a_place_in_a_message_is_that_of_the_file() -> None:
    (found,) = problems(
        (CONFIRMATION, "Hello {{ contact.first_name }}", "Hi\n\n  {{ contact.nme }}")
    )[:1]
    assert str(found.where) == f"{CONFIRMATION}:7:6"


def test_a_guard_is_as_good_as_a_stand_in() -> None:
    for guarded in (
        "{{ contact.last_name | default: 'x' }}",
        "{% if contact.last_name %}{{ contact.last_name }}{% endif %}",
        "{% unless contact.last_name %}x{% else %}{{ contact.last_name }}{% endunless %}",
    ):
        assert codes((CONFIRMATION, "Hello", f"Hello {guarded}")) == []


def test_a_name_without_guard_needs_a_stand_in() -> None:
    for bare in (
        "{{ contact.last_name }}",
        "{{ contact.last_name | upcase | default: 'x' }}",
        "{% if contact.company %}{{ contact.last_name }}{% endif %}",
        "{{ 'x' | append: contact.last_name }}",
        "{% assign n = contact.last_name %}{{ n }}",
    ):
        assert codes((CONFIRMATION, "Hello", f"Hello {bare}")) == ["missing-fallback"]


def test_the_address_is_always_known() -> None:
    assert codes((CONFIRMATION, "Hello", "Hello {{ contact.email }}")) == []


def test_a_message_reads_the_event_of_every_workflow_that_leads_to_it() -> None:
    second = (
        "name: Attended\nowner: a@b.example\nstarts: { when: webinar.attended }\nsteps:\n"
        "  - step: mail\n    send: messages/webinar-confirmation\n    as: transactional\n"
        "    if_missing: { contact.first_name: there }\n"
    )
    found = inspect(parsed(("workflows/attended.yaml", "", second)))
    assert {p.code for p in found} == {"unknown-property"}
    assert '"webinar.attended" has no property "title"' in found[0].message


def test_a_message_that_nobody_uses_is_told() -> None:
    found = inspect(parsed(("messages/spare.md", "", "Hello {{ event.title }}")))
    assert [(p.code, p.severity) for p in found] == [("unused-message", Severity.WARNING)]


def test_other_scopes_and_longer_names_are_refused() -> None:
    assert codes((CONFIRMATION, "Hello", "{{ company.name }}")) == ["unknown-scope"]
    assert codes((CONFIRMATION, "Hello", "{{ title }}")) == ["not-a-reference"]
    assert codes((CONFIRMATION, "Hello", "{{ contact.email.size }}")) == ["not-a-reference"]


def test_a_link_without_encryption_is_told() -> None:
    found = inspect(parsed((CONFIRMATION, "Hello", "[x](http://acme.example)")))
    assert [(p.code, p.severity) for p in found] == [("insecure-link", Severity.WARNING)]


def test_mjml_that_cannot_be_read_is_refused() -> None:
    body = "---\nsubject: x\n---\n<mjml><mj-body>"
    assert codes(("messages/broken.mjml", "", body)) == ["broken-template", "unused-message"]
