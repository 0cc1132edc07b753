"""How ``leadline fmt`` writes a file."""

from __future__ import annotations

from leadline.project.fmt import format_file

UGLY = """# top
name:   "X"   # c1


steps:
# first
- send: messages/a
  as: transactional
  # inner
  if_missing: {contact.first_name: there,b.c: "x, y" }
-   wait: 3 days
# - wait: 4 days
-   choose:
    - if:
         all: [a.b is 1,
             c.d is 2]
      then:
       - {wait: 1 day}
       - {send: messages/a, as: transactional}
    - else:
          - stop: |
              hello
                there

              # no comment
            was: x
          # end of else
only_to: [ ]
# last"""

NEAT = """# top
name:   "X"   # c1

steps:
  # first
  - step: a
    send: messages/a
    as: transactional
    # inner
    if_missing: { contact.first_name: there, b.c: "x, y" }
  - step: wait-3-days
    wait: 3 days
  # - wait: 4 days
  - step: choose
    choose:
      - if:
          all: [ a.b is 1,
              c.d is 2 ]
        then:
          - { step: wait-1-day, wait: 1 day }
          - { step: a-2, send: messages/a, as: transactional }
      - else:
          - step: stop-hello-there-no-comment
            stop: |
              hello
                there

              # no comment
            was: x
          # end of else
only_to: []
# last
"""


def test_indentation_braces_and_names() -> None:
    formatted, problems = format_file("workflows/x.yaml", UGLY)
    assert formatted == NEAT
    assert not problems


def test_formatting_twice_changes_nothing() -> None:
    assert format_file("workflows/x.yaml", NEAT) == (NEAT, ())


def test_steps_are_named_in_workflows_only() -> None:
    formatted, _ = format_file("systems/x.yaml", "steps:\n- send: messages/a\n")
    assert formatted == "steps:\n  - send: messages/a\n"


def test_names_come_from_what_a_step_does_and_are_never_taken_twice() -> None:
    text = """steps:
  - { step: a, send: messages/a }
  - { send: messages/a }
  - { save_to: hubspot contact, set: { x: y } }
  - { post_to: slack sales-hot, text: messages/a }
  - { set: { contact.country: DE } }
  - { wait_until: 1 hour before event.starts_at }
  - { wait_for: webinar.attended }
  - { enroll_in: follow-up }
  - { as: transactional }
"""
    formatted, _ = format_file("workflows/x.yaml", text)
    names = [line.split("step: ")[1].split(",")[0] for line in formatted.splitlines()[1:]]
    assert names == [
        "a",
        "a-2",
        "save-to-hubspot",
        "post-to-sales-hot",
        "set-country",
        "wait-until-1-hour-before-event-starts-at",
        "wait-for-webinar-attended",
        "enroll-in-follow-up",
        "step",
    ]


def test_a_broken_file_is_left_alone_with_its_problem() -> None:
    text = "a: [ b\n"
    formatted, problems = format_file("workflows/x.yaml", text)
    assert formatted == text
    assert [p.code for p in problems] == ["broken-yaml"]


def test_a_text_whose_depth_is_written_as_a_figure_keeps_its_meaning() -> None:
    text = "a:\n    b: |2\n      x\n"
    formatted, problems = format_file("events.yaml", text)
    assert formatted == "a:\n  b: |2\n    x\n"
    assert not problems


def test_line_ends_of_windows_become_plain() -> None:
    assert format_file("events.yaml", "a: {}\r\nb: {}\r\n")[0] == "a: {}\nb: {}\n"


def test_a_message_only_gets_its_last_line_end() -> None:
    assert format_file("messages/a.md", "two  \nspaces")[0] == "two  \nspaces\n"
