"""Run a sandbox: inside this event loop (``serve``) or as a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import JsonValue

from leadline.errors import UsageError
from leadline.sandbox.config import read_config
from leadline.sandbox.control import PREFIX, Control
from leadline.sandbox.faults import Fault, FaultKind, Faults
from leadline.sandbox.front import Front
from leadline.sandbox.hubspot.account import HubSpotConfig, HubSpotSandbox
from leadline.sandbox.limits import Limits
from leadline.sandbox.listener import LOOPBACK, Answer, Link, Listener, Request, http_server
from leadline.sandbox.slack import SlackConfig, SlackSandbox
from leadline.sandbox.smtp.account import MailConfig, MailSandbox
from leadline.sandbox.smtp.session import smtp_server
from leadline.sandbox.timing import Clock
from leadline.sandbox.truth import Truth

HUBSPOT_PORT = 8701
SLACK_PORT = 8702
SMTP_PORT = 8703
SMTP_CONTROL_PORT = 8713

Sandbox = HubSpotSandbox | SlackSandbox | MailSandbox
_Tell = Callable[[Fault | None], None]


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that serves. ``control_url`` ends before ``/_sandbox``.

    For mail ``url`` is ``smtp://127.0.0.1:port``; for the others it is also the control's.
    """

    kind: str
    host: str
    port: int
    url: str
    control_url: str
    truth: Truth
    faults: Faults
    limits: Limits

    def address(self) -> dict[str, JsonValue]:
        """What another process needs to find it, as JSON."""
        return {
            "kind": self.kind,
            "host": self.host,
            "port": self.port,
            "url": self.url,
            "control_url": self.control_url,
        }


class _Weather:
    """Makes strangers and outages begin and end at their time."""

    def __init__(self, listener: Listener, clock: Clock, limits: Limits, tell_front: _Tell) -> None:
        self._listener = listener
        self._clock = clock
        self._limits = limits
        self._tell_front = tell_front
        self._timers: list[asyncio.TimerHandle] = []

    def begin(self, fault: Fault) -> None:
        """Let a fault that lasts for a time take its course."""
        if fault.kind is FaultKind.STRANGERS:
            begins = self._clock.now() + fault.delay_s
            ends = begins + fault.seconds if fault.seconds is not None else float("inf")
            self._limits.add_strangers(fault.match, fault.rate, begins, ends)
            return
        if fault.delay_s == 0:
            self._down(fault)
        else:
            self._later(fault.delay_s, lambda: self._down(fault))
        if fault.seconds is not None:
            self._later(fault.delay_s + fault.seconds, self._up)

    def end(self) -> None:
        """Good weather again."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._limits.remove_strangers()
        self._up()

    def stop(self) -> None:
        """No more changes: the sandbox shuts down."""
        for timer in self._timers:
            timer.cancel()

    def _later(self, delay_s: float, do: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(delay_s, do))

    def _down(self, fault: Fault) -> None:
        if fault.status is not None:
            self._tell_front(fault)
        else:
            self._listener.close()

    def _up(self) -> None:
        self._tell_front(None)
        self._listener.open_soon()


@asynccontextmanager
async def serve(sandbox: Sandbox, port: int = 0, control_port: int = 0) -> AsyncGenerator[Running]:
    """Serve until the block ends. Port 0 takes a free one; raises PortInUse.

    ``control_port`` is for mail only: the others answer ``/_sandbox/`` on their own port.
    """
    if isinstance(sandbox, MailSandbox):
        async with _serve_mail(sandbox, port, control_port) as running:
            yield running
        return
    control = _control(sandbox)
    front = Front(sandbox, sandbox.clock, sandbox.config.answer_time, sandbox.config.seed)

    async def handle(request: Request, link: Link) -> Answer:
        if request.path.startswith(PREFIX):
            return control.handle(request)
        return await front.handle(request, link)

    listener = Listener(http_server(handle), port, f"{sandbox.kind} sandbox")
    url = f"http://{LOOPBACK}:{listener.port}"
    running = _running(sandbox, listener.port, url, url)
    async with _open(sandbox, listener, front.answer_outage_with):
        yield running


@asynccontextmanager
async def _serve_mail(
    sandbox: MailSandbox, port: int, control_port: int
) -> AsyncGenerator[Running]:
    control = _control(sandbox)

    async def handle(request: Request, _: Link) -> Answer:
        served = sandbox.serve_page(request)
        return served if served is not None else control.handle(request)

    listener = Listener(smtp_server(sandbox), port, "smtp sandbox")
    try:
        doors = Listener(http_server(handle), control_port, "smtp sandbox (control)")
    except BaseException:
        await listener.shut_down()
        raise
    control_url = f"http://{LOOPBACK}:{doors.port}"
    url = f"smtp://{LOOPBACK}:{listener.port}"
    await doors.open()
    try:
        async with (
            sandbox.feed.running(control_url),
            _open(sandbox, listener, sandbox.answer_outage_with),
        ):
            yield _running(sandbox, listener.port, url, control_url)
    finally:
        await doors.shut_down()


@asynccontextmanager
async def _open(sandbox: Sandbox, listener: Listener, tell_front: _Tell) -> AsyncGenerator[None]:
    weather = _Weather(listener, sandbox.clock, sandbox.limits, tell_front)
    sandbox.faults.changed.append(weather.begin)
    sandbox.faults.cleared.append(weather.end)
    await listener.open()
    for fault in sandbox.config.faults:
        sandbox.faults.add(fault)
    try:
        yield
    finally:
        weather.stop()
        await listener.shut_down()
        sandbox.truth.close()


def _control(sandbox: Sandbox) -> Control:
    return Control(
        sandbox.kind,
        sandbox.clock,
        sandbox.truth,
        sandbox.faults,
        sandbox.limits,
        sandbox.control_doors(),
    )


def _running(sandbox: Sandbox, port: int, url: str, control_url: str) -> Running:
    return Running(
        sandbox.kind,
        LOOPBACK,
        port,
        url,
        control_url,
        sandbox.truth,
        sandbox.faults,
        sandbox.limits,
    )


def make_sandbox(kind: str, config: Mapping[str, JsonValue]) -> Sandbox:
    """Make a sandbox by its name. Raises UsageError for an unknown kind or wrong settings."""
    match kind:
        case "hubspot":
            return HubSpotSandbox(read_config(HubSpotConfig, config))
        case "slack":
            return SlackSandbox(read_config(SlackConfig, config))
        case "smtp":
            return MailSandbox(read_config(MailConfig, config))
        case _:
            raise UsageError(
                f'There is no sandbox for "{kind}".', fix="Choose hubspot, slack or smtp."
            )


def run_sandbox(
    kind: str,
    port: int | None = None,
    config: Mapping[str, JsonValue] | None = None,
    control_port: int | None = None,
) -> None:
    """Run one sandbox in this process until SIGTERM or SIGINT.

    Prints one line of JSON with its address once it accepts connections. None takes the
    sandbox's own port (8701 HubSpot, 8702 Slack, 8703 and 8713 SMTP), 0 a free one.
    """
    sandbox = make_sandbox(kind, config or {})
    own = {"hubspot": HUBSPOT_PORT, "slack": SLACK_PORT, "smtp": SMTP_PORT}[kind]
    chosen = own if port is None else port
    asyncio.run(
        _run_until_told(
            sandbox, chosen, SMTP_CONTROL_PORT if control_port is None else control_port
        )
    )


async def _run_until_told(sandbox: Sandbox, port: int, control_port: int) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, told.set)
    async with serve(sandbox, port, control_port) as running:
        sys.stdout.write(json.dumps(running.address()) + "\n")
        sys.stdout.flush()
        await told.wait()
