"""Two worlds for a real browser: a furnished one that stands still, and one that lives.

The furnished world has one merchant with orders in every state and no worker. The living one is the
whole application with the sandbox's two platforms, as `make demo` starts it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from bench.chromium import ARGUMENTS, Watch, find_chromium, sign_in
from bench.served import served
from tests.browser.pages import ORDERS
from tiktoksync.demo import world
from tiktoksync.demo.app import App
from tiktoksync.demo.installation import Installation, choose_port
from tiktoksync.demo.platforms import Platforms

#: Long enough for a worker on a busy machine; a page that works answers far sooner.
PATIENCE_MS = 30_000


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's own Chromium."""
    path = find_chromium()
    assert path, "no Chromium here: apt-get install chromium, or name it in CHROME"
    return {**browser_type_launch_args, "executable_path": path, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the furnished world."""
    folder: Path = tmp_path_factory.mktemp("furnished")
    with served(folder, ORDERS, debug=True) as url:
        yield url


@dataclass(frozen=True, slots=True)
class LiveWorld:
    """The living world: where it is, and both platforms as a person sees them."""

    url: str
    password: str
    who: str
    pairs: tuple[world.Pair, world.Pair]
    app: App
    platforms: Platforms
    installation: Installation


@pytest.fixture(scope="session")
def live() -> Iterator[LiveWorld]:
    """The living world with its first pair connected and both catalogues read."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    installation = Installation(
        f"browser-{worker}", app_port=choose_port(None), sandbox_port=choose_port(None)
    )
    try:
        installation.start()
        installation.make_staff()
        connected = installation.connect(installation.pairs[0])
        for catalogue in ("pull_variants", "pull_listings"):
            installation.manage(catalogue)
        yield LiveWorld(
            installation.app_url,
            installation.secrets["DEMO_PASSWORD"],
            world.OWNER_EMAIL,
            installation.pairs,
            App(installation.app_url, connected["api_token"]),
            Platforms(installation.sandbox_url),
            installation,
        )
    finally:
        installation.stop()


@pytest.fixture(autouse=True)
def calm(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Watch]:
    """Every test ends with no console error, no crash, and no request beyond the origin.

    A test may go to the platforms' own pages (`origin` of its `watch` mark says where), or expect
    a refusal by taking its line out of `faults`.
    """
    context.set_default_timeout(PATIENCE_MS)
    watch = Watch(context, "http://127.0.0.1:")
    yield watch
    assert watch.faults == []


def _states(browser: Browser, url: str) -> dict[str, Any]:
    found = {}
    for who in ("aurora", "olive", "vera", "staff", "boris"):
        context = browser.new_context()
        sign_in(context.new_page(), url, who)
        found[who] = context.storage_state()
        context.close()
    return found


@pytest.fixture(scope="session")
def signed_in(browser: Browser, furnished: str) -> dict[str, Any]:
    """The cookies of everybody in the furnished world, by name."""
    return _states(browser, furnished)


@pytest.fixture
def as_person(context: BrowserContext, signed_in: dict[str, Any]) -> Any:
    """Gives this test's page somebody's session."""

    def become(page: Page, who: str) -> None:
        context.clear_cookies()
        context.add_cookies(signed_in[who]["cookies"])

    return become


@pytest.fixture
def page_at_work(page: Page, live: LiveWorld) -> Page:
    """A page of the living world, signed in as the merchant's owner."""
    sign_in(page, live.url, live.who, live.password)
    return page
