"""What ``systems check`` looks at in a workspace: token, scopes, channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leadline.connectors.contract import Check, Need
from leadline.connectors.door import Door, Reply, Request
from leadline.connectors.replies import as_text
from leadline.connectors.slack.answers import failure, home
from leadline.connectors.slack.history import channels
from leadline.ledger.outcome import Accepted, Outcome, Throttled

SCOPES = ("chat:write", "channels:read", "channels:history")


async def check(door: Door, needs: tuple[Need, ...]) -> tuple[Check, ...]:
    """Look at the token, its scopes, and the channels that the project posts to."""
    token = Request("POST", "/api/auth.test", form={}, bearer=door.settings.secrets["token"])
    answer = await door.call(token, home(door))
    if not isinstance(answer, Reply) or answer.fields.get("ok") is not True:
        trouble = failure(answer)
        reason = "" if isinstance(trouble, Accepted | Throttled) else f" ({trouble.reason})"
        return (
            Check(
                "token",
                ok=False,
                message=f"Slack did not accept the token{reason}.",
                fix="Copy the bot token (xoxb-…) from the app's page, OAuth & Permissions.",
            ),
        )
    checks = [Check("token", ok=True, message=f"The token is good for {_team(answer)}.")]
    granted = {s.strip() for s in answer.headers.get("x-oauth-scopes", "").split(",") if s.strip()}
    checks += [_scope(scope, granted) for scope in SCOPES if granted]
    wanted = [need.name.removeprefix("#") for need in needs if need.what == "channel"]
    if wanted:
        checks += _channel_checks(wanted, await channels(door))
    return tuple(checks)


def _team(answer: Reply) -> str:
    return as_text(answer.fields.get("team")) or "its workspace"


def _scope(scope: str, granted: set[str]) -> Check:
    if scope in granted:
        return Check(f"scope {scope}", ok=True, message=f"The scope {scope} is granted.")
    return Check(
        f"scope {scope}",
        ok=False,
        message=f"The scope {scope} is missing.",
        fix=f"Add {scope} under OAuth & Permissions and install the app again.",
    )


def _channel_checks(
    wanted: Iterable[str], found: list[Mapping[str, object]] | Outcome
) -> list[Check]:
    if not isinstance(found, list):
        return [
            Check(
                "channels",
                ok=False,
                message="Slack did not list its channels.",
                fix="Grant the scope channels:read, then check again.",
            )
        ]
    by_name = {c.get(key): c for c in found for key in ("name", "id")}
    return [_channel_check(name, by_name.get(name)) for name in dict.fromkeys(wanted)]


def _channel_check(name: str, channel: Mapping[str, object] | None) -> Check:
    title = f"channel {name}"
    if channel is None:
        return Check(
            title,
            ok=False,
            message=f'There is no public channel "{name}".',
            fix="Create it, or write another channel in the workflow.",
        )
    if channel.get("is_archived") is True:
        return Check(
            title,
            ok=False,
            message=f'The channel "{name}" is archived.',
            fix="Unarchive it, or write another channel in the workflow.",
        )
    if channel.get("is_member") is not True:
        return Check(
            title,
            ok=False,
            message=f'The app is not in the channel "{name}", so a post cannot be read back.',
            fix=f"Invite it: write /invite and the app's name in {name}.",
        )
    return Check(title, ok=True, message=f'The channel "{name}" takes posts.')
