"""Local stand-ins for vendors, each with limits, faults and a truth of its own.

``async with serve(HubSpotSandbox()) as running:`` inside an event loop, or
``run_sandbox("hubspot", port, config)`` as a process. Nothing here may know what it judges.
"""

from leadline.sandbox.faults import Fault, FaultKind
from leadline.sandbox.hubspot.account import HubSpotConfig, HubSpotSandbox
from leadline.sandbox.serving import Running, run_sandbox, serve
from leadline.sandbox.slack import Channel, SlackConfig, SlackSandbox
from leadline.sandbox.smtp.account import MailConfig, MailSandbox
from leadline.sandbox.timing import AnswerTime

__all__ = [
    "AnswerTime",
    "Channel",
    "Fault",
    "FaultKind",
    "HubSpotConfig",
    "HubSpotSandbox",
    "MailConfig",
    "MailSandbox",
    "Running",
    "SlackConfig",
    "SlackSandbox",
    "run_sandbox",
    "serve",
]
