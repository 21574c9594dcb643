"""Every page in a real browser: it stands, it is quiet, it fits, and axe finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bench.chromium import Watch
from tests.browser.pages import OUTSIDE, PAGES, STAFF

COLOURS = ["color-contrast", "link-in-text-block"]
#: The frame around support's pages is the admin package's, which puts them into no landmark.
OF_THE_FRAME = ("landmark-one-main", "landmark-unique", "region")
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", [*PAGES, *OUTSIDE])
def test_it_stands_fits_and_can_be_read_by_everybody(
    name: str, size: str, browser: Browser, furnished: str, signed_in: dict[str, Any]
) -> None:
    width, height = SIZES[size]
    path = PAGES.get(name) or OUTSIDE[name]
    state = signed_in["aurora"] if name in PAGES else None
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="light", storage_state=state
    )
    watch = Watch(context, furnished)
    page = context.new_page()
    answer = page.goto(f"{furnished}{path}")
    assert answer is not None
    assert answer.status == 200
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watch.faults == []
    context.close()
    assert _violations(browser, f"{furnished}{path}", state, SIZES[size]) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", STAFF)
def test_support_can_read_its_pages(
    name: str, theme: Any, browser: Browser, furnished: str, signed_in: dict[str, Any]
) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        color_scheme=theme,
        reduced_motion="reduce",
        bypass_csp=True,
        storage_state=signed_in["staff"],
    )
    page = context.new_page()
    answer = page.goto(f"{furnished}{STAFF[name]}")
    assert answer is not None
    assert answer.status == 200
    page.wait_for_load_state("networkidle")
    options = {"rules": {rule: {"enabled": False} for rule in OF_THE_FRAME}}
    assert _told(theme, Axe().run(page, options=options).response["violations"]) == []
    context.close()


def _violations(browser: Browser, address: str, state: Any, size: tuple[int, int]) -> list[str]:
    """What axe finds; it is put into the page past its content security policy.

    The other theme is the same page in other colours: they alone are judged again.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="light",
        reduced_motion="reduce",
        bypass_csp=True,
        storage_state=state,
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    light = Axe().run(page).response["violations"]
    page.emulate_media(color_scheme="dark")
    dark = Axe().run(page, options={"runOnly": COLOURS}).response["violations"]
    context.close()
    return _told("light", light) + _told("dark", dark)


def _told(theme: str, violations: list[Any]) -> list[str]:
    return [f"{theme} {one['id']}: {node['target']}" for one in violations for node in one["nodes"]]
