"""A workflow in sentences: what it is for, what starts and ends it, its steps, what it relies on.

``sentences`` says everything that ``Meaning`` holds; a reader in the tests reads it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from leadline.blueprint.sentences.english import ENGLISH
from leadline.blueprint.sentences.german import GERMAN
from leadline.blueprint.sentences.meaning import Attribute, Letter, Meaning
from leadline.blueprint.sentences.sentence import Part, Sentence
from leadline.blueprint.sentences.steps import step_sentences
from leadline.blueprint.sentences.values import Speaker, capital
from leadline.blueprint.sentences.words import Words
from leadline.expression.spoken import day, in_quotes, number, visible
from leadline.expression.tree import Condition, Ref
from leadline.expression.types import FieldType, Kind
from leadline.project.triggers import all_steps
from leadline.project.workflow import PostStep, Promise, SaveStep, SendStep

LANGUAGES: Mapping[str, Words] = {each.spoken.code: each for each in (ENGLISH, GERMAN)}
"""The languages by their code."""


def sentences(meaning: Meaning, language: str = "en") -> tuple[Sentence, ...]:
    """Everything about a workflow, in order. KeyError for a language that there is not."""
    speaker = Speaker(meaning, LANGUAGES[language])
    return (
        *_workflow(speaker),
        Sentence(0, speaker.words.starting, Part.HEADING),
        *(Sentence(1, text) for text in _start(speaker)),
        Sentence(0, speaker.words.happening, Part.HEADING),
        *_steps(speaker),
        Sentence(0, speaker.words.relying, Part.HEADING),
        *(Sentence(1, text) for text in _relying(speaker)),
        *_messages(speaker),
    )


def _workflow(speaker: Speaker) -> Iterator[Sentence]:
    words, workflow = speaker.words, speaker.meaning.workflow
    title = words.title.format(title=speaker.quoted(workflow.title), name=workflow.name)
    yield Sentence(0, title, Part.HEADING)
    if workflow.why:
        yield Sentence(1, words.why.format(why=speaker.quoted(workflow.why)))
    yield Sentence(1, words.owner.format(owner=workflow.owner))
    if workflow.promise is not None:
        yield Sentence(1, _promise(speaker, workflow.promise))
    for each in workflow.silenced:
        yield Sentence(
            1,
            words.silenced.format(
                check=speaker.quoted(each.check),
                date=day(each.until, words.spoken),
                because=speaker.quoted(each.because),
            ),
        )
    if workflow.override is not None:
        yield Sentence(
            1,
            words.override.format(
                by=speaker.quoted(workflow.override.by),
                date=day(workflow.override.until, words.spoken),
                reason=speaker.quoted(workflow.override.reason),
            ),
        )
    yield Sentence(1, words.zone.format(zone=speaker.meaning.time_zone))


def _promise(speaker: Speaker, promise: Promise) -> str:
    # The file says per cent with six decimals at most, so the shortest text is the exact one.
    share = (Decimal(repr(promise.share)) * 100).normalize()
    return speaker.words.promise.format(
        share=number(share, speaker.words.spoken),
        step=speaker.quoted(promise.step),
        span=speaker.span(promise.within, "dative"),
    )


def _start(speaker: Speaker) -> Iterator[str]:
    words, meaning = speaker.words, speaker.meaning
    starts = meaning.workflow.starts
    if starts.when:
        yield words.starts.format(events=speaker.names(starts.when))
    else:
        yield words.starts_by_workflow
    if meaning.late_after is not None and starts.when:
        yield words.late.format(span=speaker.span(meaning.late_after))
    if meaning.late:
        yield words.late_counts.format(events=speaker.names(meaning.late))
    if any(isinstance(s, SendStep | SaveStep) for s in all_steps(meaning.workflow.steps)):
        yield words.needs_address
    if starts.only_if is not None:
        yield words.only_if.format(condition=speaker.condition(starts.only_if))
    if starts.once_per is None:
        yield words.once_ever
    else:
        yield words.once_per.format(reference=speaker.noun(starts.once_per, "genitive"))
    one, many = words.max_burst
    burst = one if starts.max_burst == 1 else many
    yield burst.format(count=speaker.number(starts.max_burst))
    yield from _ends(speaker)


def _ends(speaker: Speaker) -> Iterator[str]:
    words, workflow = speaker.words, speaker.meaning.workflow
    if workflow.stops is not None:
        yield words.stops.format(
            events=speaker.names(workflow.stops.when), which=which(speaker, workflow.stops.where_)
        )
    if workflow.success is not None:
        yield words.success.format(
            events=speaker.quoted(workflow.success.event),
            span=speaker.span(workflow.success.within, "dative"),
            which=which(speaker, workflow.success.where_),
        )


def which(speaker: Speaker, where: Condition | None) -> str:
    """Which events count: those that a condition holds for, or those with the same once_per."""
    words, once = speaker.words, speaker.meaning.workflow.starts.once_per
    if where is not None:
        return words.counts_where.format(condition=speaker.condition(where))
    if once is None or once.scope != "event":
        return ""  # every event of the same person counts
    return words.counts_same.format(reference=speaker.noun(once, "genitive"))


def _steps(speaker: Speaker) -> Iterator[Sentence]:
    steps = speaker.meaning.workflow.steps
    if any(isinstance(s, SendStep | SaveStep | PostStep) for s in all_steps(steps)):
        yield Sentence(1, speaker.words.undecided)
    yield from step_sentences(speaker, steps, 1, which)


def _relying(speaker: Speaker) -> Iterator[str]:
    words, meaning = speaker.words, speaker.meaning
    for system, kind in meaning.systems.items():
        yield words.system.format(system=system, kind=kind)
    for name, field in meaning.fields.items():
        yield from _field(speaker, name, field)
    for event, read in meaning.events.items():
        for name, kind in read.items():
            yield words.property.format(
                event=speaker.quoted(event),
                property=speaker.quoted(name),
                kind=_kind(speaker, kind),
            )


def _field(speaker: Speaker, name: str, field: Attribute) -> Iterator[str]:
    words, ref = speaker.words, Ref("contact", name)
    named = "".join(
        words.named.format(system=system, name=speaker.quoted(own))
        for system, own in field.names.items()
    )
    yield capital(
        words.field.format(field=speaker.noun(ref), kind=_kind(speaker, field.type), names=named)
    )
    if field.every_value:
        yield words.every_value.format(reference=speaker.noun(ref, "genitive"))


def _kind(speaker: Speaker, kind: FieldType) -> str:
    if kind.kind is Kind.CHOICE and kind.values:
        return speaker.words.choice.format(values=speaker.names(kind.values))
    return speaker.words.kinds[kind.kind]


def _messages(speaker: Speaker) -> Iterator[Sentence]:
    messages = speaker.meaning.messages
    if messages:
        yield Sentence(0, speaker.words.reading, Part.HEADING)
    for name, letter in messages.items():
        yield from _letter(speaker, name, letter)


def _letter(speaker: Speaker, name: str, letter: Letter) -> Iterator[Sentence]:
    words, spoken = speaker.words, speaker.words.spoken
    head = words.text if letter.subject is None else words.mail
    yield Sentence(1, head.format(message=speaker.quoted(name), format=letter.format))
    if letter.subject is not None:
        yield Sentence(2, words.subject.format(text=in_quotes(letter.subject, spoken)))
    if letter.preheader is not None:
        yield Sentence(2, words.preheader.format(text=in_quotes(letter.preheader, spoken)))
    yield Sentence(2, words.body)
    for line in letter.body.split("\n"):
        yield Sentence(3, visible(line), Part.QUOTE)
