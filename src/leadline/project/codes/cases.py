"""Codes about the tests and the signatures of a project."""

from __future__ import annotations

from leadline.project.explanation import Explanation
from leadline.project.problems import Severity

CASES = (
    Explanation(
        "one-thing-a-line",
        "A line of a test that says several things",
        "Nobody could say in which order these things happen, so the test would prove nothing.",
        "Each entry under when: or expect: has exactly one of the keys that say what it is.",
        "Write one thing a line, each with its own - before it.",
    ),
    Explanation(
        "wrong-place",
        "A detail beside the wrong line of a test",
        "The detail would be ignored, and the test would check less than it seems to.",
        "A key such as with: belongs to an event, and not to what stands on this line.",
        "Move the detail to the line that it belongs to, or remove it.",
    ),
    Explanation(
        "two-tests",
        "Two tests of one name",
        "When one of them fails, nobody knows which.",
        "The names of tests are unique in their file; reports and snapshots go by them.",
        "Name each test by what it shows.",
    ),
    Explanation(
        "unknown-trouble",
        "A trouble that no system makes",
        "The test means to try a failure, but nothing would fail.",
        "trouble: names a system and one of the troubles that Leadline can play.",
        'Write a system and what it does, such as "hubspot refuses crm".',
    ),
    Explanation(
        "unknown-way",
        "A way that a choice does not have",
        "The test expects people on a way that is not there.",
        "way: names a branch of the choose step by its label, else or unknown.",
        "Write one of the ways that the step has.",
    ),
    Explanation(
        "time-goes-back",
        "A test whose clock would run backwards",
        "The lines of a test happen one after the other, and this one is before the one above it.",
        "The clock of a test only moves forward; at: names a time that is past by then.",
        "Write a later time, or put the line further up.",
    ),
    Explanation(
        "time-too-far",
        "A test that goes on for too long",
        "The test waits beyond any time that a calendar knows.",
        "The sum of the waits leaves the years that Python counts, 1 to 9999.",
        "Let less time go by.",
    ),
    Explanation(
        "time-comes-twice",
        "An hour that comes twice",
        "When the clocks are put back, an hour comes twice, and this time lies in it.",
        "A local time that is ambiguous in the zone; the first of the two is taken.",
        "Choose another time, to be clear.",
        Severity.WARNING,
    ),
    Explanation(
        "signature-of-nothing",
        "A signature of a workflow that is not there",
        "Somebody signed a workflow that was renamed or deleted; the signature says nothing now.",
        "signatures.yaml names a workflow that has no file in workflows/.",
        "Sign the workflow under its new name, or remove the signature.",
        Severity.WARNING,
    ),
)
