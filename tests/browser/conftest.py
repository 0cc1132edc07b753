from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import VARIABLE, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(
    scope="module"
)  # its event loop runs until it is closed: no other suite may meet it
def browser() -> Iterator[Browser]:
    """The machine's Chromium without a window; skips with the reason where there is none."""
    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        pytest.skip("playwright and axe-playwright-python are not installed")
    program = chromium()
    if program is None:
        pytest.skip(f"no Chromium or Chrome is installed; {VARIABLE} may name one")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Root has no sandbox of Chromium's own; the pages are ours.
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()
