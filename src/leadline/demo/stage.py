"""The stage of the demo: sandboxes, a project in a directory of its own, and two workers.

Everything runs as processes of its own on loopback, as it would in life, so that one of them
can be killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from leadline.errors import LeadlineError
from leadline.project.read import example_files

WRITE_KEY = "demo-write-key"
CHANNEL = "webinar-signups"
STARTED_WITHIN_S = 60.0
ANSWER = {"median_s": 0.05, "sigma": 0.25}
"""How long a sandbox takes to answer: 50 ms in the middle, mildly skewed."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One sandbox process, and where it listens."""

    kind: str
    process: Process
    port: int
    url: str
    control: str


@dataclass(frozen=True, slots=True)
class Sandboxes:
    """The three of one side."""

    hubspot: Sandbox
    slack: Sandbox
    smtp: Sandbox

    def each(self) -> tuple[Sandbox, Sandbox, Sandbox]:
        """All three."""
        return self.hubspot, self.slack, self.smtp


@asynccontextmanager
async def sandboxes(
    seed: int, answer: Mapping[str, float], *, mails_per_s: int = 14
) -> AsyncGenerator[Sandboxes]:
    """Start HubSpot (Starter: 100 calls in 10 s), Slack (1 a second) and mail (14 a second)."""
    common: dict[str, object] = {"seed": seed, "answer_time": dict(answer)}
    channels = [{"id": "C0SIGNUPS1", "name": CHANNEL}, {"id": "C0SALESHOT", "name": "sales-hot"}]
    started: list[Sandbox] = []
    try:
        for kind, more in (
            ("hubspot", {"tier": "starter"}),
            ("slack", {"channels": channels}),
            ("smtp", {"tls": "none", "per_s": mails_per_s}),
        ):
            started.append(await _start_sandbox(kind, {**common, **more}))
        yield Sandboxes(*started)
    finally:
        for sandbox in started:
            await end(sandbox.process)


async def _start_sandbox(kind: str, config: Mapping[str, object]) -> Sandbox:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "leadline.sandbox",
        kind,
        "--port",
        "0",
        "--control-port",
        "0",
        "--config",
        json.dumps(config),
        stdout=PIPE,
    )
    line = await _first_line(process, f"the {kind} sandbox")
    address = json.loads(line)
    return Sandbox(kind, process, address["port"], address["url"], address["control_url"])


async def _first_line(process: Process, what: str) -> str:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(STARTED_WITHIN_S):
            line = (await process.stdout.readline()).decode()
    except TimeoutError:
        line = ""
    if not line:
        raise LeadlineError(f"Could not start {what}.", fix="What it said stands above.")
    return line


def write_project(directory: Path, where: Sandboxes, evidence: str) -> None:
    """Write the example project, its dev environment at the sandboxes of the demo."""
    ports = {
        "8701": str(where.hubspot.port),
        "8702": str(where.slack.port),
        "8703": str(where.smtp.port),
    }
    for name, text in example_files().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.startswith("systems/"):
            for usual, own in ports.items():
                text = text.replace(usual, own)
            text = re.sub(r"evidence: \{ dev: \w+", f"evidence: {{ dev: {evidence}", text)
        path.write_text(text, encoding="utf-8")


def environment() -> dict[str, str]:
    """The secrets of the demo, as a process's environment; none is a real one."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("LEADLINE_")},
        "LEADLINE_WRITE_KEY": WRITE_KEY,
        "HUBSPOT_TOKEN": "pat-na1-sandbox",
        "SLACK_TOKEN": "xoxb-sandbox",
        "SMTP_USER": "sandbox",
        "SMTP_PASSWORD": "sandbox-password",
        "PYTHONUNBUFFERED": "1",
    }


async def start_server(directory: Path, logs: Path) -> tuple[Process, str]:
    """Start ``leadline serve`` on a free port; return it with the address of its doors."""
    process = await _start(directory, logs / "serve.log", "serve", "--port", "0")
    line = await _first_line(process, "leadline serve")
    found = re.search(r"http://[\d.]+:\d+", line)
    assert found is not None, line
    return process, found[0]


async def start_worker(directory: Path, logs: Path) -> Process:
    """Start ``leadline worker``."""
    process = await _start(directory, logs / "worker.log", "worker")
    await _first_line(process, "leadline worker")
    return process


async def _start(directory: Path, log: Path, *command: str) -> Process:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as errors:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "leadline",
            *command,
            "--project",
            str(directory),
            stdout=PIPE,
            stderr=errors,
            env=environment(),
        )


async def end(process: Process) -> None:
    """End a process in good order, or at once where it does not."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(15):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def subscribe_feed(mail: Sandbox, server: str) -> None:
    """Have the mail sandbox post its delivery feed to the server."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            f"{mail.control}/_sandbox/feed", json={"url": f"{server}/v1/hooks/mail"}
        )
        answer.raise_for_status()


async def prepare_hubspot(hubspot: Sandbox) -> None:
    """Make the two properties that the project needs and HubSpot does not bring."""
    async with httpx.AsyncClient(trust_env=False) as client:
        for name, label, unique in (
            ("leadline_key", "Leadline key", True),
            ("last_webinar", "Last webinar", False),
        ):
            answer = await client.post(
                f"{hubspot.url}/crm/v3/properties/contacts",
                headers={"Authorization": "Bearer pat-na1-sandbox"},
                json={
                    "name": name,
                    "label": label,
                    "type": "string",
                    "fieldType": "text",
                    "groupName": "contactinformation",
                    "hasUniqueValue": unique,
                },
            )
            if answer.status_code not in (201, 409):
                answer.raise_for_status()
