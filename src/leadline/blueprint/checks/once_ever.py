"""A workflow about something that comes again, which each person enters once in her life."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.check import Check, Subject
from leadline.project.problems import Problem, Severity, listed, quoted
from leadline.project.workflow import Workflow


def _find(subject: Subject) -> Iterator[Problem]:
    for workflow in subject.project.workflows.values():
        if workflow.starts.once_per is None and workflow.starts.when:
            used = _used(workflow, subject)
            if used:
                yield Problem(
                    CHECK.code,
                    f"each person enters once ever, but {listed(used[:3])} "
                    f"{'is' if len(used) == 1 else 'are'} another each time "
                    f"{quoted(workflow.starts.when[0])} comes.",
                    workflow.where,
                    "Add once_per: with the property that says which one, such as event.webinar.",
                    CHECK.severity,
                )


def _used(workflow: Workflow, subject: Subject) -> list[str]:
    """What messages of the workflow say of the event."""
    refs = {r for read in subject.programs[workflow.name].variables.values() for r in read}
    return sorted(str(ref) for ref in refs if ref.scope == "event")


CHECK = Check(
    code="once-ever",
    title="The second time brings nothing",
    severity=Severity.WARNING,
    marketer="Somebody who registers for a second webinar gets no mail: she has been in this "
    "workflow once, and once is all.",
    engineer="starts: has no once_per, which means one run a person for ever, while messages of "
    "the workflow read properties of the event, which differ from one event to the next.",
    mend="Add once_per: with the property that says which webinar, order or trial it is.",
    find=_find,
)
