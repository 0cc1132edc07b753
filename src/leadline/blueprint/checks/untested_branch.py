"""A failure branch that no test takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, listed, quoted
from leadline.rehearsal.coverage import FAILS, GIVES_UP, UNKNOWN, Untested, untested

_BRANCHES = frozenset({FAILS, GIVES_UP, UNKNOWN})
_FIX = 'Write a case for it in tests/; "leadline test --suggest" drafts one.'


def _find(subject: Subject) -> Iterator[Problem]:
    cases = subject.project.cases
    if subject.environment is None:
        return  # `leadline test` says it; here it would be said of every project that begins
    severity = Severity.ERROR if subject.is_real else Severity.NOTE
    missing: dict[str, list[Untested]] = defaultdict(list)
    for one in untested(subject.project, cases):
        if one.branch in _BRANCHES:
            missing[one.workflow].append(one)
    tested = {case.workflow for case in cases}
    for workflow, several in missing.items():
        if workflow in tested:
            for one in several:
                yield Problem(CHECK.code, one.sentence, one.where, _FIX, severity)
            continue
        steps = listed(dict.fromkeys(one.step for one in several))
        yield Problem(
            CHECK.code,
            f"no test plays {quoted(workflow)}: nobody has tried what follows when {steps} fail.",
            subject.project.workflows[workflow].where,
            _FIX,
            severity,
        )


CHECK = Check(
    code="untested-branch",
    title="A failure branch that no test takes",
    severity=Severity.ERROR,
    marketer="What happens here when something goes wrong has never been tried: the first to try "
    "it will be your contacts.",
    engineer="The coverage of tests/*.yaml leaves out a failure (if_it_fails), a wait that gives "
    "up (if_not) or the unknown. It refuses in an environment with real systems and is a note "
    "in a sandbox; where no environment is named, leadline test alone says it.",
    mend="Write a test that takes the branch.",
    find=_find,
    silenceable=True,
)
