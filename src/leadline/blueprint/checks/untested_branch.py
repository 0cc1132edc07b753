"""A branch that no test takes."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, quoted


def _find(subject: Subject) -> Iterator[Problem]:
    severity = Severity.ERROR if subject.is_real else Severity.NOTE
    for workflow, step, branch in subject.untested or ():
        where = subject.places.get((workflow, step))
        if where is not None:
            yield Problem(
                CHECK.code,
                f"no test takes the branch {quoted(branch)} of {quoted(step)}.",
                where,
                'Write a case for it in tests/; "leadline test --suggest" drafts one.',
                severity,
            )


CHECK = Check(
    code="untested-branch",
    title="A branch that no test takes",
    severity=Severity.ERROR,
    marketer="What happens here when something goes wrong has never been tried: the first to try "
    "it will be your contacts.",
    engineer="The coverage of tests/*.yaml leaves out this branch: a failure, a choice or an "
    "unknown. It refuses in an environment with real systems and is a note otherwise.",
    mend="Write a test that takes the branch.",
    find=_find,
    silenceable=True,
)
