"""A real Chromium, and what it says of a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.furnish import PASSWORD

NAMES = ("chromium", "chromium-browser", "google-chrome")
# A test runs as root in a container, where Chromium's own sandbox cannot.
ARGUMENTS = ["--no-sandbox", "--force-color-profile=srgb", "--font-render-hinting=none"]


def find_chromium() -> str | None:
    """Where this machine's Chromium is; the environment's CHROME comes first."""
    names = filter(None, (os.environ.get("CHROME"), *NAMES))
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, until the end of the block."""
    path = find_chromium()
    if path is None:
        raise RuntimeError("no Chromium here: apt-get install chromium, or name it in CHROME")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def sign_in(page: Page, url: str, who: str, password: str = PASSWORD) -> None:
    """Sign in as a person does."""
    page.goto(f"{url}/sign-in/")
    form = page.locator("main form", has=page.locator("input[type=password]"))
    form.locator("input[name=login], input[name=username]").fill(who)
    form.locator("input[type=password]").fill(password)
    form.locator("button[type=submit], button:not([type])").first.click()
    page.wait_for_url(lambda address: "/sign-in/" not in address)


class Watch:
    """What went wrong in a context's pages: console errors, crashes, requests to elsewhere."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.faults: list[str] = []
        self.origin = origin
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.faults.append(f"crash: {error.error}"))
        context.on("request", self._see)

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console {message.type}: {message.text}")

    def _see(self, request: Any) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.faults.append(f"asked elsewhere: {request.url}")
