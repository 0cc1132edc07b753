"""From a group of waiting actions to the effects that a connector carries out.

Values were fixed when the action was intended; text is rendered here, from the release that
the run is pinned to. The names that a vendor will know an effect by are keyed digests: the
same at every attempt, and telling nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leadline.connectors.contract import Effect, Mail, Post, RecordWrite
from leadline.expression.types import Value
from leadline.journey.action import PostMessage, SaveRecord, SendEmail
from leadline.journey.compiled import CompiledProject
from leadline.ledger import coalesce
from leadline.ledger.key import ActionKey
from leadline.ledger.outcome import Rejected
from leadline.message.render import RenderedEmail, RenderedText, RenderProblem, render
from leadline.runtime.grouping import Group, Waiting
from leadline.runtime.link import Link
from leadline.store.secret_key import SecretKey, keyed_digest


@dataclass(frozen=True, slots=True)
class Prepared:
    """One effect ready to go, or the reason why it cannot be made."""

    members: tuple[Waiting, ...]
    effect: Effect | Rejected


@dataclass(frozen=True, slots=True)
class Maker:
    """What making effects needs beside the actions."""

    link: Link
    secret: SecretKey
    environment: str
    releases: Mapping[str, CompiledProject]

    def prepare(self, group: Group) -> tuple[Prepared, ...]:
        """Make the effects of a group, one for each mail, record or post."""
        by_key = {_key(w): w for w in group.members}
        if group.writes:
            return tuple(self._record(write, by_key) for write in group.writes)
        return tuple(Prepared((one,), self._message(one)) for one in group.members)

    def ref(self, effect: Effect) -> str:
        """The name by which the vendor will speak of an effect."""
        match effect:
            case Mail(message_id=message_id):
                return message_id
            case RecordWrite(write_id=write_id):
                return write_id
            case Post(post_id=post_id):
                return post_id

    def _message(self, one: Waiting) -> Effect | Rejected:
        release = self.releases[one.row.release]
        match one.action:
            case SendEmail() as action:
                return self._mail(action, release)
            case PostMessage() as action:
                rendered = render(
                    release.messages[action.message], _values(action.values), release.time_zone
                )
                if not isinstance(rendered, RenderedText):
                    return _unrendered(rendered, action.message)
                name = self._name(action.key)
                return Post((str(action.key),), name, action.channel, rendered.text)
            case _:
                raise TypeError(f"{type(one.action).__name__} is not a message.")

    def _mail(self, action: SendEmail, release: CompiledProject) -> Mail | Rejected:
        rendered = render(
            release.messages[action.message], _values(action.values), release.time_zone
        )
        if not isinstance(rendered, RenderedEmail):
            return _unrendered(rendered, action.message)
        sender = self.link.settings.values["from"]
        domain = sender.rpartition("@")[2].strip(" >") or "leadline.invalid"
        name = self._name(action.key)
        return Mail(
            members=(str(action.key),),
            to=action.to,
            from_=sender,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            message_id=f"<{name}@{domain}>",
            envid=name,
        )

    def _record(self, write: coalesce.RecordWrite, by_key: Mapping[ActionKey, Waiting]) -> Prepared:
        members = tuple(by_key[key] for key in write.members)
        first = members[0].action
        assert isinstance(first, SaveRecord)
        effect = RecordWrite(
            members=tuple(str(key) for key in write.members),
            write_id=self._name(write.members[-1]),
            object=first.object,
            record=write.record,
            fields=write.fields,
            own_key=keyed_digest(self.secret, self.environment, "record", write.record)[:40],
        )
        return Prepared(members, effect)

    def _name(self, key: ActionKey) -> str:
        return action_name(self.secret, self.environment, str(key))


def action_name(secret: SecretKey, environment: str, key: str) -> str:
    """The name by which a vendor knows an action: a keyed digest, the same at each attempt."""
    return keyed_digest(secret, environment, "action", key)[:40]


def _key(waiting: Waiting) -> ActionKey:
    work = waiting.work
    return ActionKey(work.enrollment_id, work.step, work.visit)


def _unrendered(problem: RenderedEmail | RenderedText | RenderProblem, message: str) -> Rejected:
    if isinstance(problem, RenderProblem):
        return Rejected(f"{problem.message} {problem.fix}", message)
    return Rejected("The message is of the wrong kind: a mail has a subject, a post none.", message)


def _values(values: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for dotted, value in values.items():
        scope, _, name = dotted.partition(".")
        found.setdefault(scope, {})[name] = value
    return found
