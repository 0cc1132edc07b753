"""How a step writes a field, in a sentence."""

from __future__ import annotations

from typing import assert_never

from leadline.blueprint.sentences.values import Speaker, capital
from leadline.expression.spoken import Case, in_case
from leadline.expression.tree import Ref
from leadline.project.workflow import (
    AddTo,
    Clear,
    Constant,
    FromRef,
    Increment,
    Only,
    SaveStep,
    SetStep,
    To,
    Write,
)


def write_sentence(speaker: Speaker, name: str, write: Write, step: SaveStep | SetStep) -> str:
    """Say one write; a value that is unknown and for which nothing stands in writes nothing."""
    words, ref = speaker.words, Ref("contact", name)
    field = _field(speaker, ref, step)
    match write:
        case To():
            said = _to(speaker, ref, write, step)
        case AddTo():
            said = _add(speaker, ref, write, step)
        case Increment(by):
            form = words.increase if by >= 0 else words.decrease
            said = form.format(field=field, count=speaker.number(abs(by)))
        case Clear():
            said = words.clear.format(field=field)
        case _:
            assert_never(write)
    return capital(said)


def _to(speaker: Speaker, ref: Ref, write: To, step: SaveStep | SetStep) -> str:
    words, field, only = speaker.words, _field(speaker, ref, step), _only(speaker, write.only)
    match write.source:
        case Constant(value):
            return words.set_constant.format(
                field=field, value=speaker.value(ref, value), only=only
            )
        case FromRef(source):
            return words.set_reference.format(
                field=field,
                reference=speaker.noun(source, "genitive"),
                only=only,
                otherwise="" if _stands_in(source, step) else words.else_stays,
            )
        case _:
            assert_never(write.source)


def _add(speaker: Speaker, ref: Ref, write: AddTo, step: SaveStep | SetStep) -> str:
    words, listing = speaker.words, _field(speaker, ref, step, "genitive")
    match write.source:
        case Constant(value):
            return words.add_constant.format(value=speaker.value(ref, value), reference=listing)
        case FromRef(source):
            return words.add_reference.format(
                source=speaker.noun(source, "genitive"),
                reference=listing,
                otherwise="" if _stands_in(source, step) else words.else_not_added,
            )
        case _:
            assert_never(write.source)


def _field(speaker: Speaker, ref: Ref, step: SaveStep | SetStep, case: Case = "subject") -> str:
    """A field of the record that is saved, or of our own contact."""
    if isinstance(step, SaveStep):
        return in_case(speaker.words.record, ref.name, speaker.words.spoken, case)
    return speaker.noun(ref, case)


def _stands_in(source: Ref, step: SaveStep | SetStep) -> bool:
    return isinstance(step, SaveStep) and source in step.if_missing


def _only(speaker: Speaker, only: Only) -> str:
    match only:
        case Only.ALWAYS:
            return ""
        case Only.FORWARD:
            return speaker.words.only_forward
        case Only.IF_EMPTY:
            return speaker.words.only_if_empty
        case _:
            assert_never(only)
