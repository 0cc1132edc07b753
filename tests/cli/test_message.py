"""Previews: with sample values, and with those of a person."""

from __future__ import annotations

import orjson
import pytest

from tests.cli.stage import Stage
from tests.cli.test_why import ANN, SIGNED_UP, signed_up

pytestmark = pytest.mark.anyio


async def test_a_preview_shows_sample_values_of_the_right_types(stage: Stage) -> None:
    shown = await stage.run("message", "preview", "messages/hello")
    assert shown.output == "Subject: Welcome to Plan\n\nHello First name!\n"
    post = await stage.run("message", "preview", "news.md")
    assert post.output == "ann@people.example signed up.\n"


async def test_a_preview_shows_the_values_of_a_person(stage: Stage) -> None:
    await signed_up(stage)
    await stage.comes("signed.up", "bob@people.example", {**SIGNED_UP, "plan": "basic"})
    await stage.move()
    ann = await stage.run("message", "preview", "hello", "--email", ANN)
    assert ann.output == "Subject: Welcome to pro\n\nHello Ann!\n"
    bob = await stage.run("message", "preview", "hello", "--email", "Bob@people.example", "--json")
    told = orjson.loads(bob.output)
    assert told["subject"] == "Welcome to basic"
    assert told["text"].strip() == "Hello there!", "what stands in is shown as it would be sent"
    assert "<html" in told["html"].lower()


async def test_a_preview_shows_the_html_part(stage: Stage) -> None:
    shown = await stage.run("message", "preview", "hello", "--html")
    assert "Hello First name!" in shown.output
    assert "</html>" in shown.output.lower()


async def test_a_preview_says_which_value_is_not_known(stage: Stage) -> None:
    await stage.comes("bought", ANN, {"plan": "pro"})
    await stage.move()
    wrong = await stage.run("message", "preview", "hello", "--email", ANN)
    assert wrong.exit_code == 1
    assert "event.plan" in wrong.trouble


async def test_an_unknown_message_or_person_is_told(stage: Stage) -> None:
    wrong = await stage.run("message", "preview", "helo")
    assert (wrong.exit_code, 'Did you mean "messages/hello"?' in wrong.trouble) == (2, True)
    nobody = await stage.run("message", "preview", "hello", "--email", "nobody@people.example")
    assert (nobody.exit_code, "Nobody with the address" in nobody.trouble) == (1, True)
