"""A Chromium found on this machine, and the page open in it with one of everything on show."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.scene import Scene, a_scene

ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}


def chromium() -> str:
    """Its path, "" where there is none."""
    named = os.environ.get("CHROMIUM", "")
    return named or next(filter(None, map(shutil.which, NAMES)), "")


@pytest.fixture(scope="module")
def chromium_path() -> str:
    path = chromium()
    if not path:
        reason = f"no Chromium: none of {', '.join(NAMES)} is on PATH and CHROMIUM is not set"
        if os.environ.get("LIAISON_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=list(ARGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=WIDTHS)
async def scene(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """The gallery at one width; each module has its own sandbox."""
    async with a_scene(browser, WIDTHS[request.param]) as scene:
        yield scene
