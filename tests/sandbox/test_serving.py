"""A sandbox as a process of its own, its settings, its ports, and its speed."""

from __future__ import annotations

import asyncio
import json
import smtplib
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio import to_thread

from leadline.errors import PortInUse, UsageError
from leadline.sandbox import (
    AnswerTime,
    HubSpotConfig,
    HubSpotSandbox,
    MailConfig,
    MailSandbox,
    serve,
)
from leadline.sandbox.serving import make_sandbox
from leadline.sandbox.truth import Ending
from tests.sandbox.waiting import until

SRC = Path(__file__).parents[2] / "src"
AUTH = {"authorization": "Bearer pat-na1-sandbox"}


@contextmanager
def process(kind: str, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command = [sys.executable, "-m", "leadline.sandbox", kind, "--port", "0", *options]
    started = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(SRC), "PATH": "/usr/bin:/bin"},
    )
    with started:
        try:
            assert started.stdout is not None
            yield started, json.loads(started.stdout.readline())
        finally:
            started.terminate()


@pytest.mark.parametrize("kind", ["hubspot", "slack", "smtp"])
def test_a_sandbox_runs_as_a_process_until_sigterm(kind: str) -> None:
    with process(kind, "--control-port", "0") as (running, address):
        assert (address["kind"], address["host"]) == (kind, "127.0.0.1")
        told = httpx.get(f"{address['control_url']}/_sandbox/", trust_env=False).json()
        assert told["kind"] == kind
        running.terminate()
        assert running.wait(timeout=10) == 0


def test_settings_come_as_json_and_the_truth_goes_to_a_file(tmp_path: Path) -> None:
    history = tmp_path / "deep" / "hubspot.jsonl"
    config = {
        "tier": "pro",
        "truth_file": str(history),
        "answer_time": {"median_s": 0.001},
        "faults": [{"kind": "commit_then_error", "status": 502}],
    }
    with process("hubspot", "--config", json.dumps(config)) as (_, address):
        body = {"properties": {"email": "a@x.example"}, "objectWriteTraceId": "w1"}
        answer = httpx.post(
            f"{address['url']}/crm/v3/objects/contacts", json=body, headers=AUTH, trust_env=False
        )
        assert answer.status_code == 502
        again = httpx.get(
            f"{address['url']}/crm/v3/objects/contacts", headers=AUTH, trust_env=False
        )
        assert again.headers["x-hubspot-ratelimit-max"] == "190"
        lines = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
        assert [line["type"] for line in lines] == ["effect", "call", "call"]
        assert lines[0]["key"] == "w1"
        assert (lines[1]["ambiguous"], lines[1]["effects"]) == (True, 1)


def test_a_taken_port_is_told_plainly() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = subprocess.run(
            [sys.executable, "-m", "leadline.sandbox", "slack", "--port", port],
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(SRC), "PATH": "/usr/bin:/bin"},
            timeout=20,
            check=False,
        )
    assert result.returncode == PortInUse.exit_code
    assert result.stderr == (
        f"slack sandbox: Port {port} is taken by another program."
        " End that program, or choose another port (0 takes a free one).\n"
    )


@pytest.mark.parametrize(
    ("kind", "config", "words"),
    [
        ("salesforce", {}, "There is no sandbox"),
        ("hubspot", {"tier": "gold"}, "tier"),
        ("smtp", {"per_second": 3}, "per_second"),
        ("slack", {"faults": [{"kind": "earthquake"}]}, "faults.0.kind"),
    ],
)
def test_wrong_settings_are_named(kind: str, config: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words) as wrong:
        make_sandbox(kind, config)
    assert str(wrong.value).endswith(".")


@pytest.mark.anyio
async def test_a_taken_control_port_gives_the_mail_port_back() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortInUse):
            async with serve(MailSandbox(), 0, taken.getsockname()[1]):
                pass


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells what listens")
def test_it_listens_on_loopback_only() -> None:
    with process("slack") as (_, address):
        table = Path("/proc/net/tcp").read_text(encoding="ascii")
    local = [line.split()[1] for line in table.splitlines()[1:]]
    ours = [a.partition(":")[0] for a in local if a.endswith(f":{address['port']:04X}")]
    assert set(ours) == {"0100007F"}


@pytest.mark.anyio
async def test_slow_answers_do_not_queue_behind_each_other() -> None:
    config = HubSpotConfig(answer_time=AnswerTime(0.1))
    async with (
        serve(HubSpotSandbox(config)) as running,
        httpx.AsyncClient(base_url=running.url, headers=AUTH, trust_env=False) as http,
    ):
        began = time.monotonic()
        await asyncio.gather(*(http.get("/crm/v3/objects/contacts") for _ in range(40)))
        assert 0.1 < time.monotonic() - began < 2.0  # one after the other: 4 s


@pytest.mark.anyio
@pytest.mark.parametrize("abruptly", [False, True])
async def test_a_caller_that_is_killed_before_its_answer_shows_as_left(abruptly: bool) -> None:
    config = HubSpotConfig(answer_time=AnswerTime(0.4, 0.0))
    async with serve(HubSpotSandbox(config)) as running:
        body = b'{"properties":{"email":"a@x.example"}}'
        head = (
            "POST /crm/v3/objects/contacts HTTP/1.1\r\nhost: x\r\n"
            f"authorization: Bearer pat-na1-sandbox\r\ncontent-length: {len(body)}\r\n\r\n"
        )

        def call_and_die() -> None:
            with socket.create_connection((running.host, running.port)) as wire:
                if abruptly:  # close with a reset, as a killed process does with unread data
                    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                wire.sendall(head.encode() + body)
                time.sleep(0.1)

        await to_thread.run_sync(call_and_die)
        await until(lambda: running.truth.ambiguity().calls == 1)
        assert running.truth.calls()[0].ending is Ending.LEFT
        assert running.truth.ambiguity().after_effect == 1


@pytest.mark.anyio
async def test_a_sandbox_may_have_a_clock_that_is_off() -> None:
    config = HubSpotConfig(clock_skew_s=3600.0)
    async with (
        serve(HubSpotSandbox(config)) as running,
        httpx.AsyncClient(base_url=running.url, headers=AUTH, trust_env=False) as http,
    ):
        body = {"properties": {"email": "a@x.example"}}
        made = (await http.post("/crm/v3/objects/contacts", json=body)).json()
        ahead = datetime.fromisoformat(made["updatedAt"]) - datetime.now(UTC)
        assert timedelta(minutes=59) < ahead <= timedelta(hours=1)
        assert running.truth.effects()[0].at - time.time() > 3500


@pytest.mark.anyio
async def test_nonsense_on_the_wire_does_not_end_the_server() -> None:
    async with serve(HubSpotSandbox()) as running:
        for nonsense in (
            b"\x00\xff\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"POST / HTTP/1.1\r\n",
            b"GET //[ HTTP/1.1\r\nhost: x\r\n\r\n",
        ):
            _, writer = await asyncio.open_connection(running.host, running.port)
            writer.write(nonsense)
            await writer.drain()
            writer.close()
        async with httpx.AsyncClient(base_url=running.url, headers=AUTH, trust_env=False) as http:
            assert (await http.get("/crm/v3/objects/contacts")).status_code == 200


@pytest.mark.anyio
@pytest.mark.anyio
async def test_hundreds_of_mails_a_second() -> None:
    async with serve(MailSandbox(MailConfig(per_s=100_000))) as running:

        def many() -> float:
            with smtplib.SMTP(running.host, running.port, timeout=10) as client:
                client.login("sandbox", "sandbox-password")
                began = time.perf_counter()
                for number in range(200):
                    text = f"Message-ID: <{number}@x>\r\nSubject: Hi\r\n\r\nHello.\r\n"
                    client.sendmail("a@x.example", [f"p{number}@x.example"], text)
                return 200 / (time.perf_counter() - began)

        assert await to_thread.run_sync(many) > 200
        assert len(running.truth.effects()) == 200


def test_a_hanging_caller_does_not_hold_up_the_end() -> None:
    config = json.dumps({"faults": [{"kind": "half_open", "on": "all"}]})
    with process("hubspot", "--config", config) as (running, address):
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(
                f"{address['url']}/crm/v3/objects/contacts",
                headers=AUTH,
                trust_env=False,
                timeout=0.2,
            )
        with socket.create_connection((address["host"], address["port"])):
            running.terminate()
            assert running.wait(timeout=10) == 0
        assert running.stderr is not None
        assert running.stderr.read() == ""
