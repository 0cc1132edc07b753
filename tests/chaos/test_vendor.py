"""The toy vendor does what its table says, and its book tells what it did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx
import pytest

from tests.chaos.history import Call, Effect, History, Limit, Recorder, read
from tests.chaos.stage import free_port, ready
from tests.chaos.vendor import LIMITS, ONE_CALL, Vendor, serve

pytestmark = pytest.mark.anyio


@dataclass
class Toy:
    """A running vendor, and the book that it writes."""

    http: httpx.AsyncClient
    book: Path

    async def order(self, fault: str, account: str = "crm", **more: float) -> None:
        body = {"account": account, "fault": fault, **more}
        (await self.http.post("/control", json=body)).raise_for_status()

    async def write(self, *refs: str) -> httpx.Response:
        items = [{"ref": ref, "place": f"{ref}@x.example"} for ref in refs]
        return await self.http.post("/crm/batch", json={"items": items})

    async def seen(self, ref: str) -> bool:
        answer = await self.http.post("/crm/read", json={"refs": [ref]})
        return ref in answer.json()["seen"]

    def history(self) -> History:
        return read([self.book])

    def effects(self) -> list[str]:
        return [line.ref for line in self.history() if isinstance(line, Effect)]

    def calls(self, by: str = "ours") -> list[Call]:
        return [
            line
            for line in self.history()
            if isinstance(line, Call) and line.by == by and line.operation != "read"
        ]


@pytest.fixture
async def toy(tmp_path: Path) -> AsyncIterator[Toy]:
    recorder = Recorder(tmp_path / "vendor.jsonl")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with (
        anyio.create_task_group() as tasks,
        httpx.AsyncClient(base_url=url, timeout=0.5, trust_env=False) as http,
    ):
        tasks.start_soon(serve, Vendor(recorder, 1), port)
        await ready(f"{url}/control", {"account": "crm", "fault": "none"})
        yield Toy(http, tmp_path / "vendor.jsonl")
        tasks.cancel_scope.cancel()
    recorder.close()


async def test_it_states_its_limits(toy: Toy) -> None:
    stated = {(line.connection, line.name) for line in toy.history() if isinstance(line, Limit)}
    assert stated == {(name, one[0]) for name, limits in LIMITS.items() for one in limits}


async def test_a_call_over_the_limit_is_refused_and_has_no_effect(toy: Toy) -> None:
    codes = [(await toy.write(f"r{n}")).status_code for n in range(11)]
    assert codes == [200] * 10 + [429]
    assert toy.effects() == [f"r{n}" for n in range(10)]


async def test_a_write_shows_after_its_lag(toy: Toy) -> None:
    await toy.write("r")
    assert not await toy.seen("r")
    with anyio.fail_after(5):
        while not await toy.seen("r"):  # noqa: ASYNC110  (the vendor tells nobody when)
            await anyio.sleep(0.11)


EFFECT_AT_ONCE = {"lost answer", "half an answer", "silent effect", "unclear"}
NO_ANSWER = ONE_CALL - {"unclear", "refused whole", "refused partly"}


@pytest.mark.parametrize("fault", sorted(NO_ANSWER | {"unclear"}))
async def test_what_an_honest_caller_cannot_know_is_written_down(toy: Toy, fault: str) -> None:
    await toy.order(fault, calls=1)
    if fault == "unclear":
        assert (await toy.write("r")).status_code == 500
    else:
        with pytest.raises(httpx.HTTPError):
            await toy.write("r")
    assert toy.effects() == (["r"] if fault in EFFECT_AT_ONCE else [])
    [call] = toy.calls()
    assert call.fault == fault
    assert call.unclear == (fault == "unclear")
    assert call.ending == ("answered" if fault == "unclear" else "withheld")
    assert (await toy.write("next")).status_code == 200


async def test_a_late_effect_comes_after_the_caller_gave_up(toy: Toy) -> None:
    await toy.order("late effect", calls=1)
    with pytest.raises(httpx.ReadTimeout):
        await toy.write("r")
    assert toy.effects() == []
    with anyio.fail_after(10):
        while toy.effects() != ["r"]:  # noqa: ASYNC110  (the vendor tells nobody when)
            await anyio.sleep(0.1)


async def test_a_bad_record_is_refused_for_ever(toy: Toy) -> None:
    refs = [f"r{n}" for n in range(8)]
    await toy.order("refused partly", calls=1)
    answer = await toy.write(*refs)
    if answer.status_code == 200:
        bad = {one["ref"] for one in answer.json()["results"] if "error" in one}
    else:
        bad = set(refs)  # refused whole: nothing of it took effect
    assert bad
    assert set(toy.effects()) == set(refs) - bad
    again = [await toy.write(ref) for ref in sorted(bad)]
    refused = [a.status_code == 400 or "error" in a.json()["results"][0] for a in again]
    assert any(refused)


@pytest.mark.parametrize(("fault", "status"), [("down", 503), ("locked out", 401)])
async def test_a_refusal_that_lasts_has_no_effect(toy: Toy, fault: str, status: int) -> None:
    await toy.order(fault, seconds=30)
    assert (await toy.write("r")).status_code == status
    await toy.order("none")
    assert (await toy.write("r")).status_code == 200
    assert toy.effects() == ["r"]


async def test_strangers_eat_the_quota_and_are_told_from_us(toy: Toy) -> None:
    await toy.order("strangers", seconds=30)
    with anyio.fail_after(5):
        while (await toy.write("r")).status_code != 429:  # noqa: ASYNC110  (as above)
            await anyio.sleep(0.05)
    assert toy.calls(by="stranger")
    assert {call.by for call in toy.calls()} == {"ours"}
