"""A story as people read it, and as programs do."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from leadline.explain import words
from leadline.explain.causes import Cause, EventsLike, Finding, Likes, StepFinding, Story

Shared = Mapping[Likes, int]


def story_lines(asked: str, stories: Sequence[Story], shared: Shared) -> Iterator[str]:
    """Write stories as lines of text; workflows that nothing started are named at the end."""
    yield asked
    started = [s for s in stories if s.finding.cause is not Cause.NO_TRIGGER]
    never = [s.workflow for s in stories if s not in started and s.workflow is not None]
    for story in started or stories:
        yield ""
        if story.workflow is not None:
            once = f", once for {story.once}" if story.once else ""
            title = f" ({story.title})" if story.title and story.title != story.workflow else ""
            yield f"{story.workflow}{title}{once}"
        yield from (f"  {line}" for line in _finding(story.finding, shared))
        told = {story.finding.sentence}
        for step in story.steps:
            # The step at which the run stands was told with the run.
            if not any(step.finding.sentence in sentence for sentence in told):
                yield from (f"  {line}" for line in _finding(step.finding, shared))
        if story.timeline:
            yield "  What happened:"
            yield from (f"    {words.at(line.at)}  {line.sentence}" for line in story.timeline)
    if started and never:
        yield ""
        ask = f"leadline why {shlex.quote(asked)} {never[0] if len(never) == 1 else 'WORKFLOW'}"
        yield f"Nothing that came in starts {words.listing(never)}: {ask}"


def _finding(finding: Finding, shared: Shared) -> Iterator[str]:
    yield finding.sentence
    if finding.would_have:
        yield f"  {finding.would_have}"
    others = _others(finding, shared)
    if others:
        yield f"  {others}"
    if finding.mend:
        yield f"  What to do: {finding.mend}"


def _others(finding: Finding, shared: Shared) -> str | None:
    if finding.likes is None or finding.likes not in shared:
        return None
    others = shared[finding.likes] - 1
    if others <= 0:
        return None
    if isinstance(finding.likes, EventsLike):
        return f"{words.many(others, 'more event')} rejected for the same reason."
    verb = "is" if others == 1 else "are"
    return f"{words.many(others, 'other person')} {verb} in the same place."


def story_object(asked: str, story: Story, shared: Shared) -> dict[str, object]:
    """One story, for programs."""
    return {
        "email": asked,
        "workflow": story.workflow,
        "once": story.once,
        "enrollment": story.enrollment,
        **_finding_object(story.finding, shared),
        "steps": [_step_object(step, shared) for step in story.steps],
        "timeline": [{"at": line.at, "sentence": line.sentence} for line in story.timeline],
    }


def _step_object(step: StepFinding, shared: Shared) -> dict[str, object]:
    return {
        "step": step.step,
        "key": step.key or None,
        "connection": step.connection or None,
        "kind": step.kind,
        "state": step.state,
        "vendor_id": step.vendor_id,
        **_finding_object(step.finding, shared),
    }


def _finding_object(finding: Finding, shared: Shared) -> dict[str, object]:
    return {
        "cause": finding.cause.value,
        "sentence": finding.sentence,
        "would_have": finding.would_have,
        "mend": finding.mend,
        "shared": shared.get(finding.likes) if finding.likes is not None else None,
        "at": finding.at,
    }
