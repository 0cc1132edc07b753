"""Steps whose failure nobody hears of, or that go on as if nothing had failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.flow_checks.evidence import Weighed, at, named, rule, short, steps_named
from leadline.blueprint.flow_checks.facts import Facts
from leadline.blueprint.graph.flow import Failure, Flow, Step, StepKind
from leadline.blueprint.graph.walk import leads_to, reached_from, runs, steps_that_run

RULE = rule(
    "no-error-path",
    "A failure that nobody is told of",
    Severity.WARNING,
    marketer="When the other tool refuses a request (a limit, a bad value, a night's outage), the "
    "person is lost at this step. No list says who, and nothing tries again.",
    engineer="Steps with an outside effect that stop the run without a path of their own, a "
    "retry, or an error flow (n8n's default onError without settings.errorWorkflow, Salesforce "
    "elements without a fault connector): one finding a flow. Steps that go on after an error "
    "(continueRegularOutput) before others that write, send or call: one finding a step. Flows "
    "that are themselves the error flow of another are left out. Where the format has no word "
    "for failure it is not judged.",
    mend="Give the step an error path or retries, or the flow an error flow that tells a person.",
)
_EFFECTS = frozenset(
    {StepKind.WRITE, StepKind.CREATE, StepKind.DELETE, StepKind.SEND, StepKind.NOTIFY}
    | {StepKind.CALL, StepKind.READ, StepKind.LIST, StepKind.ENROLL, StepKind.CODE}
)


def find(flows: Sequence[Flow], facts: Facts) -> Iterator[Finding]:
    """One finding a flow for failures that stop it, one a step for failures that are ignored."""
    watching = {(flow.system, flow.error_flow) for flow in flows if flow.error_flow}
    for flow in flows:
        if not runs(flow):
            continue
        steps = [step for step in steps_that_run(flow) if step.kind in _EFFECTS]
        stopping = [step for step in steps if step.failure is Failure.STOPS]
        if stopping and not flow.error_flow and (flow.system, flow.id) not in watching:
            yield _stops(flow, stopping, steps, facts)
        for step in steps:
            if step.failure is Failure.IGNORED:
                after = next(_after(flow, step), None)
                if after is not None:
                    yield _ignored(flow, step, after, facts)


def unjudged(flows: Sequence[Flow]) -> Iterator[Flow]:
    """The flows whose format cannot say what becomes of a failure."""
    for flow in flows:
        steps = [s for s in flow.steps.values() if s.kind in _EFFECTS]
        if steps and all(s.failure in {Failure.UNSAID, Failure.CANNOT} for s in steps):
            yield flow


def _after(flow: Flow, step: Step) -> Iterator[Step]:
    following = tuple(e.to for e in leads_to(step) if e.to is not None and e.to in flow.steps)
    for name in sorted(reached_from(flow, following)):
        other = flow.steps[name]
        if other.kind in _EFFECTS - {StepKind.READ} and other.enabled and other is not step:
            yield other


def _stops(flow: Flow, stopping: Sequence[Step], steps: Sequence[Step], facts: Facts) -> Finding:
    many = len(stopping)
    what = f"{many} of {len(steps)} steps that touch other records or tools"
    verb = "end" if many > 1 else "ends"
    message = f"In {named(flow)} {what} {verb} the run on failure, and no error path tells anybody."
    more = Weighed(
        how="a person whose step fails is lost",
        count=many,
        of=len(steps),
        told=steps_named(stopping),
    )
    return at(RULE, flow, stopping[0], message, more, facts)


def _ignored(flow: Flow, step: Step, after: Step, facts: Facts) -> Finding:
    message = (
        f'{named(flow)} goes on when "{short(step.words, 36)}" fails, so '
        f'"{short(after.words, 36)}" works with empty values.'
    )
    return at(RULE, flow, step, message, Weighed(how="goes on with empty values"), facts)
