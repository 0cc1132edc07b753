"""Each fault shows its effect in the truth, and its lie in the answer."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any, TypeVar

import httpx
import pytest
from anyio import to_thread
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from leadline.sandbox import (
    Fault,
    FaultKind,
    HubSpotConfig,
    HubSpotSandbox,
    MailConfig,
    MailSandbox,
    Running,
    SlackConfig,
    SlackSandbox,
    serve,
)
from leadline.sandbox.truth import Ending
from tests.sandbox.waiting import until

pytestmark = pytest.mark.anyio
T = TypeVar("T")
UPSERT = "/crm/objects/2026-09/contacts/batch/upsert"
AUTH = {"authorization": "Bearer pat-na1-sandbox"}


async def ask(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    return await to_thread.run_sync(lambda: call(*args, **kwargs))


@asynccontextmanager
async def hubspot(*faults: Fault, **settings: Any) -> AsyncIterator[tuple[Running, Any]]:
    config = HubSpotConfig(faults=faults, **settings)
    async with (
        serve(HubSpotSandbox(config)) as running,
        httpx.AsyncClient(base_url=running.url, headers=AUTH, trust_env=False, timeout=0.3) as http,
    ):
        yield running, http


def batch(*emails: str, traced: bool = True) -> dict[str, Any]:
    rows = [{"id": e, "idProperty": "email", "properties": {"firstname": "A"}} for e in emails]
    if traced:
        for number, row in enumerate(rows):
            row["objectWriteTraceId"] = f"t{number}"
    return {"inputs": rows}


# --- effect without answer ------------------------------------------------------------------


async def test_commit_then_cut_keeps_the_effect_and_resets_the_connection() -> None:
    async with hubspot(Fault(FaultKind.COMMIT_THEN_CUT)) as (running, http):
        with pytest.raises(httpx.TransportError):
            await http.post(UPSERT, json=batch("a@x.example", "b@x.example"))
        assert len(running.truth.effects()) == 2
        ambiguity = running.truth.ambiguity()
        assert (ambiguity.calls, ambiguity.members, ambiguity.after_effect) == (1, 2, 1)
        blind = await http.post(UPSERT, json=batch("a@x.example", "b@x.example"))
        assert blind.status_code == 200
        assert len(running.truth.effects()) == 4  # a blind resend shows as a second write


async def test_commit_then_hang_keeps_the_effect_and_never_answers() -> None:
    async with hubspot(Fault(FaultKind.COMMIT_THEN_HANG)) as (running, http):
        with pytest.raises(httpx.ReadTimeout):
            await http.post(UPSERT, json=batch("a@x.example"), timeout=0.3)
        assert len(running.truth.effects()) == 1
        (call,) = running.truth.ambiguity().requests
        assert (call.ending, call.fault, call.effects) == (Ending.WITHHELD, "commit_then_hang", 1)


async def test_commit_then_error_keeps_the_effect_and_says_502() -> None:
    async with hubspot(Fault(FaultKind.COMMIT_THEN_ERROR, status=502)) as (running, http):
        answer = await http.post(UPSERT, json=batch("a@x.example"))
        assert answer.status_code == 502
        assert running.truth.ambiguity().after_effect == 1


async def test_half_open_has_no_effect_and_never_answers() -> None:
    async with hubspot(Fault(FaultKind.HALF_OPEN)) as (running, http):
        with pytest.raises(httpx.ReadTimeout):
            await http.post(UPSERT, json=batch("a@x.example"), timeout=0.3)
        assert running.truth.effects() == []
        ambiguity = running.truth.ambiguity()
        assert (ambiguity.calls, ambiguity.without_effect) == (1, 1)


async def test_a_cut_before_the_effect_leaves_nothing() -> None:
    async with hubspot(Fault(FaultKind.CUT_BEFORE_EFFECT)) as (running, http):
        with pytest.raises(httpx.TransportError):
            await http.post(UPSERT, json=batch("a@x.example"))
        assert running.truth.effects() == []
        assert running.truth.ambiguity().without_effect == 1


async def test_a_late_effect_comes_after_the_caller_gave_up() -> None:
    async with hubspot(Fault(FaultKind.LATE_EFFECT, delay_s=0.6)) as (running, http):
        with pytest.raises(httpx.ReadTimeout):
            await http.post(UPSERT, json=batch("a@x.example"), timeout=0.3)
        assert running.truth.effects() == []
        call = running.truth.calls()[0]
        await until(lambda: call.ending is not Ending.OPEN)
        (effect,) = running.truth.effects()
        assert effect.at - call.at >= 0.55
        assert (call.ending, running.truth.ambiguity().after_effect) == (Ending.LEFT, 1)


async def test_a_slow_answer_is_true_but_may_come_too_late() -> None:
    slow = Fault(FaultKind.SLOW_ANSWER, delay_s=0.15)
    late = Fault(FaultKind.SLOW_ANSWER, delay_s=0.6)
    async with hubspot(slow, late) as (running, http):
        began = time.monotonic()
        assert (await http.post(UPSERT, json=batch("a@x.example"))).status_code == 200
        assert time.monotonic() - began >= 0.15
        assert running.truth.ambiguity().calls == 0
        with pytest.raises(httpx.ReadTimeout):
            await http.post(UPSERT, json=batch("b@x.example"), timeout=0.3)
        await until(lambda: running.truth.ambiguity().calls == 1)
        assert len(running.truth.effects()) == 2


async def test_reads_are_spared_unless_asked_for() -> None:
    everything = Fault(FaultKind.ERROR, status=500, on="reads")
    async with hubspot(everything) as (running, http):
        assert (await http.post(UPSERT, json=batch("a@x.example"))).status_code == 200
        assert (await http.get("/crm/v3/objects/contacts")).status_code == 500
        assert running.truth.ambiguity().calls == 0  # a read that fails leaves no doubt


# --- refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [423, 477, 500, 503, 504, 521])
async def test_an_error_answer_without_effect(status: int) -> None:
    async with hubspot(Fault(FaultKind.ERROR, status=status)) as (running, http):
        answer = await http.post(UPSERT, json=batch("a@x.example"))
        assert answer.status_code == status
        assert ("retry-after" in answer.headers) == (status == 477)
        assert running.truth.effects() == []
        assert running.truth.ambiguity().calls == (1 if status >= 500 else 0)


async def test_throttled_though_there_is_room_is_never_our_fault() -> None:
    async with hubspot(Fault(FaultKind.THROTTLED)) as (running, http):
        answer = await http.post(UPSERT, json=batch("a@x.example"))
        assert (answer.status_code, answer.json()["policyName"]) == (429, "TEN_SECONDLY_ROLLING")
        figures = running.truth.figures()
        assert (figures["throttled_calls"], figures["throttled_calls_caused"]) == (1, 0)


async def test_a_batch_refused_whole_names_one_row_and_writes_none() -> None:
    async with hubspot(Fault(FaultKind.REFUSE_WHOLE)) as (running, http):
        emails = [f"p{i}@x.example" for i in range(10)]
        answer = await http.post(UPSERT, json=batch(*emails))
        assert answer.status_code == 400
        assert sum(e in answer.json()["message"] for e in emails) == 1
        assert running.truth.effects() == []
        assert (await http.post(UPSERT, json=batch(*emails))).status_code == 200


async def test_a_row_that_stays_bad_is_found_by_halving() -> None:
    async with hubspot(Fault(FaultKind.REFUSE_WHOLE, stays=True)) as (running, http):
        refused: list[str] = []

        async def halve(emails: list[str]) -> None:
            answer = await http.post(UPSERT, json=batch(*emails, traced=False))
            if answer.status_code == 200:
                return
            if len(emails) == 1:
                refused.extend(emails)
                return
            middle = len(emails) // 2
            await halve(emails[:middle])
            await halve(emails[middle:])

        await halve([f"p{i}@x.example" for i in range(16)])
        assert len(refused) == 1
        written = {e.values["email"] for e in running.truth.effects()}
        assert len(written) == 15
        assert refused[0] not in written


async def test_a_batch_refused_in_part_writes_the_rest() -> None:
    async with hubspot(Fault(FaultKind.REFUSE_PART)) as (running, http):
        one = await http.post(UPSERT, json=batch("single@x.example"))
        assert one.status_code == 200  # a part of one does not exist: the fault waits
        answer = await http.post(UPSERT, json=batch("a@x.example", "b@x.example", "c@x.example"))
        assert (answer.status_code, answer.json()["numErrors"]) == (207, 1)
        (bad,) = answer.json()["errors"][0]["context"]["objectWriteTraceId"]
        keys = {e.key for e in running.truth.effects() if e.call == 2}
        assert keys == {"t0", "t1", "t2"} - {bad}


# --- quota and outages ----------------------------------------------------------------------


async def test_strangers_eat_the_quota_and_show_in_the_headers() -> None:
    async with hubspot(Fault(FaultKind.STRANGERS, rate=2_000.0, match="burst")) as (running, http):
        await asyncio.sleep(0.2)
        answer = await http.get("/crm/v3/objects/contacts")
        assert answer.status_code == 429
        assert answer.headers["x-hubspot-ratelimit-remaining"] == "0"
        figures = running.truth.figures()
        assert (figures["throttled_calls"], figures["throttled_calls_caused"]) == (1, 0)
        window = (await http.get("/_sandbox/windows")).json()["windows"][0]
        assert window["strangers"] > 100
        assert (window["own"], window["own_over_full"]) == (1, False)


async def test_an_outage_refuses_connections_and_ends() -> None:
    async with hubspot() as (running, http):
        assert (await http.get("/crm/v3/objects/contacts")).status_code == 200
        running.faults.add(Fault(FaultKind.OUTAGE, seconds=0.3))
        with pytest.raises(httpx.TransportError):
            await http.get("/crm/v3/objects/contacts")
        with pytest.raises(httpx.ConnectError):
            await http.get("/crm/v3/objects/contacts")
        with socket.socket() as thief, pytest.raises(OSError, match="in use"):
            thief.bind(("127.0.0.1", running.port))  # the port stays the sandbox's
        await until(lambda: accepts(running.port))
        assert (await http.get("/crm/v3/objects/contacts")).status_code == 200


def accepts(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


async def test_an_outage_may_begin_later_and_answer_503() -> None:
    outage = Fault(FaultKind.OUTAGE, delay_s=1.0, seconds=60.0, status=503)
    async with hubspot(outage) as (running, http):
        assert (await http.get("/crm/v3/objects/contacts")).status_code == 200
        await asyncio.sleep(1.05)
        answer = await http.post(UPSERT, json=batch("a@x.example"))
        assert answer.status_code == 503
        assert running.truth.effects() == []
        running.faults.clear()
        assert (await http.post(UPSERT, json=batch("a@x.example"))).status_code == 200


# --- the control doors ----------------------------------------------------------------------


async def test_faults_are_switched_over_http_and_the_truth_is_asked_there() -> None:
    async with hubspot() as (_, http):
        switched = await http.post("/_sandbox/faults", json={"kind": "commit_then_cut"})
        assert switched.json()["faults"][0]["hits"] == 0
        with pytest.raises(httpx.TransportError):
            await http.post(UPSERT, json=batch("a@x.example"))
        assert (await http.get("/_sandbox/ambiguity")).json()["after_effect"] == 1
        assert (await http.get("/_sandbox/faults")).json()["faults"][0]["hits"] == 1
        truth = (await http.get("/_sandbox/truth", params={"key": "t0"})).json()
        assert truth["effects"][0]["values"]["email"] == "a@x.example"
        after = (await http.get("/_sandbox/truth", params={"after": truth["next"]})).json()
        assert after["effects"] == []
        assert (await http.delete("/_sandbox/faults")).json() == {"faults": []}
        assert (await http.get("/_sandbox/figures")).json()["ambiguous_members"] == 1
        assert (await http.get("/_sandbox/calls")).json()["calls"][0]["ending"] == "withheld"
        await http.post("/_sandbox/reset")
        assert (await http.get("/_sandbox/figures")).json()["calls"] == 0
        contacts = (await http.get("/_sandbox/contacts")).json()["contacts"]
        assert contacts[0]["properties"]["email"] == "a@x.example"


@pytest.mark.parametrize(
    "body", ["{", '{"kind": "earthquake"}', '{"kind": "feed_loss"}', '{"kind": "error", "x": 1}']
)
async def test_an_impossible_fault_is_a_400_that_says_why(body: str) -> None:
    async with hubspot() as (_, http):
        answer = await http.post("/_sandbox/faults", content=body)
        assert answer.status_code == 400
        assert answer.json()["message"]
        unknown = await http.get("/_sandbox/nothing")
        assert "GET /_sandbox/truth" in unknown.json()["message"]


# --- Slack ----------------------------------------------------------------------------------


@asynccontextmanager
async def slack(*faults: Fault) -> AsyncIterator[tuple[Running, WebClient]]:
    config = SlackConfig(faults=faults, per_channel_per_s=1000)
    async with serve(SlackSandbox(config)) as running:
        base = f"{running.url}/api/"
        yield running, WebClient("xoxb-sandbox", base_url=base, retry_handlers=[], timeout=1)


async def test_slack_says_fatal_error_and_posted_all_the_same() -> None:
    fault = Fault(FaultKind.COMMIT_THEN_ERROR, error="fatal_error")
    async with slack(fault) as (running, client):
        with pytest.raises(SlackApiError) as lie:
            await ask(client.chat_postMessage, channel="sales", text="x")
        assert (lie.value.response.status_code, lie.value.response["error"]) == (
            200,
            "fatal_error",
        )
        assert len(running.truth.effects()) == 1
        assert running.truth.ambiguity().after_effect == 1


async def test_slack_says_internal_error_and_posted_nothing() -> None:
    async with slack(Fault(FaultKind.ERROR, error="internal_error")) as (running, client):
        with pytest.raises(SlackApiError):
            await ask(client.chat_postMessage, channel="sales", text="x")
        assert running.truth.effects() == []
        assert running.truth.ambiguity().without_effect == 1


async def test_slack_refuses_plainly_and_leaves_no_doubt() -> None:
    async with slack(Fault(FaultKind.ERROR, error="restricted_action")) as (running, client):
        with pytest.raises(SlackApiError):
            await ask(client.chat_postMessage, channel="sales", text="x")
        assert running.truth.ambiguity().calls == 0


async def test_slacks_own_client_doubles_a_post_after_a_reset() -> None:
    async with slack(Fault(FaultKind.COMMIT_THEN_CUT)) as (running, _):
        trusting = WebClient("xoxb-sandbox", base_url=f"{running.url}/api/")
        answer = await ask(trusting.chat_postMessage, channel="sales", text="x")
        assert answer["ok"]
        assert len(running.truth.effects()) == 2


async def test_slack_without_its_retries_leaves_one_post_and_a_doubt() -> None:
    async with slack(Fault(FaultKind.COMMIT_THEN_HANG)) as (running, client):
        with pytest.raises(TimeoutError):
            await ask(client.chat_postMessage, channel="sales", text="x")
        assert len(running.truth.effects()) == 1
        assert running.truth.ambiguity().after_effect == 1


async def test_slack_throttles_strangers_and_us_alike() -> None:
    async with slack(Fault(FaultKind.STRANGERS, rate=90_000.0, match="channel:")) as (
        running,
        client,
    ):
        await asyncio.sleep(0.05)
        with pytest.raises(SlackApiError) as throttled:
            await ask(client.chat_postMessage, channel="sales", text="x")
        assert throttled.value.response.status_code == 429
        assert running.truth.figures()["throttled_calls_caused"] == 0


# --- mail -----------------------------------------------------------------------------------


@asynccontextmanager
async def mail(*faults: Fault, **settings: Any) -> AsyncIterator[Running]:
    async with serve(MailSandbox(MailConfig(faults=faults, **settings))) as running:
        yield running


def send(running: Running, *to: str, timeout: float = 5.0) -> dict[str, tuple[int, bytes]]:
    message = EmailMessage()
    message["From"] = "hello@acme.example"
    message["Message-ID"] = "<1@acme.example>"
    message.set_content("Hello.")
    client = smtplib.SMTP(running.host, running.port, timeout=timeout)
    try:
        client.login("sandbox", "sandbox-password")
        return client.send_message(message, to_addrs=list(to) or ["ada@x.example"])
    finally:
        client.close()


async def test_a_cut_after_the_final_dot_keeps_the_mail() -> None:
    async with mail(Fault(FaultKind.COMMIT_THEN_CUT)) as running:
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            await ask(send, running)
        assert [e.key for e in running.truth.effects()] == ["<1@acme.example>"]
        assert running.truth.ambiguity().after_effect == 1
        await ask(send, running)
        assert len(running.truth.effects(key="<1@acme.example>")) == 2  # a blind resend doubles


async def test_silence_after_the_final_dot_keeps_the_mail() -> None:
    async with mail(Fault(FaultKind.COMMIT_THEN_HANG)) as running:
        with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
            await ask(send, running, timeout=0.4)
        assert len(running.truth.effects()) == 1
        assert running.truth.ambiguity().after_effect == 1


async def test_silence_after_the_final_dot_may_also_mean_nothing() -> None:
    async with mail(Fault(FaultKind.HALF_OPEN)) as running:
        with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
            await ask(send, running, timeout=0.4)
        assert running.truth.effects() == []
        assert running.truth.ambiguity().without_effect == 1


async def test_a_cut_before_the_final_dot_leaves_neither_mail_nor_doubt() -> None:
    async with mail(Fault(FaultKind.CUT_BEFORE_EFFECT)) as running:
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            await ask(send, running)
        assert running.truth.effects() == []
        assert running.truth.ambiguity().calls == 0


async def test_an_error_after_the_mail_was_taken() -> None:
    async with mail(Fault(FaultKind.COMMIT_THEN_ERROR, status=451)) as running:
        with pytest.raises(smtplib.SMTPDataError) as lie:
            await ask(send, running)
        assert lie.value.smtp_code == 451
        assert len(running.truth.effects()) == 1
        assert running.truth.ambiguity().after_effect == 1


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        (Fault(FaultKind.ERROR, status=451), smtplib.SMTPDataError, 451),
        (Fault(FaultKind.THROTTLED), smtplib.SMTPDataError, 454),
        (Fault(FaultKind.REFUSE_WHOLE), smtplib.SMTPDataError, 554),
        (Fault(FaultKind.ERROR, status=421, match="connect"), smtplib.SMTPConnectError, 421),
    ],
)
async def test_a_mail_refused_leaves_nothing(
    fault: Fault, error: type[smtplib.SMTPResponseException], code: int
) -> None:
    async with mail(fault) as running:
        with pytest.raises(error) as refused:
            await ask(send, running)
        assert refused.value.smtp_code == code
        assert running.truth.effects() == []
        assert running.truth.figures()["throttled_calls_caused"] == 0
        await ask(send, running)
        assert len(running.truth.effects()) == 1


async def test_greylisting_answers_a_recipient_451_once() -> None:
    async with mail(Fault(FaultKind.ERROR, status=451, match="recipient")) as running:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as grey:
            await ask(send, running)
        assert grey.value.recipients["ada@x.example"][0] == 451
        assert await ask(send, running) == {}


async def test_one_of_several_recipients_is_refused() -> None:
    async with mail(Fault(FaultKind.REFUSE_PART)) as running:
        refused = await ask(send, running, "a@x.example", "b@x.example")
        assert list(refused) == ["a@x.example"]
        assert [e.values["recipient"] for e in running.truth.effects()] == ["b@x.example"]


async def test_a_mail_may_be_taken_late() -> None:
    async with mail(Fault(FaultKind.LATE_EFFECT, delay_s=0.3)) as running:
        with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
            await ask(send, running, timeout=0.1)
        assert running.truth.effects() == []
        await until(lambda: running.truth.ambiguity().calls == 1)
        assert len(running.truth.effects()) == 1


async def test_strangers_mail_eats_the_rate() -> None:
    async with mail(Fault(FaultKind.STRANGERS, rate=5_000.0, match="rate")) as running:
        await asyncio.sleep(0.05)
        with pytest.raises(smtplib.SMTPDataError) as throttled:
            await ask(send, running)
        assert throttled.value.smtp_code == 454
        figures = running.truth.figures()
        assert (figures["throttled_calls"], figures["throttled_calls_caused"]) == (1, 0)


async def test_a_mail_outage_refuses_or_greets_with_421() -> None:
    async with mail() as running:
        running.faults.add(Fault(FaultKind.OUTAGE, status=421))
        with pytest.raises(smtplib.SMTPConnectError):
            await ask(send, running)
        running.faults.clear()
        running.faults.add(Fault(FaultKind.OUTAGE))
        with pytest.raises(ConnectionRefusedError):
            await ask(send, running)
        async with httpx.AsyncClient(trust_env=False) as http:  # its control stays open
            assert (await http.delete(f"{running.control_url}/_sandbox/faults")).is_success
        await ask(send, running)
        assert len(running.truth.effects()) == 1


async def test_a_batch_fault_waits_for_a_batch_that_is_large_enough() -> None:
    async with hubspot(Fault(FaultKind.REFUSE_WHOLE, members=3)) as (running, http):
        await http.post("/crm/v3/objects/contacts", json={"properties": {"city": "X"}})
        small = await http.post(UPSERT, json=batch("a@x.example", "b@x.example"))
        assert small.status_code == 200
        large = await http.post(UPSERT, json=batch("a@x.example", "b@x.example", "c@x.example"))
        assert large.status_code == 400
        assert [c.fault for c in running.truth.calls()] == [None, None, "refuse_whole"]
