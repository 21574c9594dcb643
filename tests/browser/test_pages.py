"""Every page in a real browser: it stands, it is quiet, it fits, and axe finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bench.chromium import Watch
from tests.browser.pages import OUTSIDE, PAGES

SIZES = {"wide": (1280, 900), "narrow": (390, 844)}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", [*PAGES, *OUTSIDE])
def test_it_stands_fits_and_can_be_read_by_everybody(
    name: str, size: str, theme: Any, browser: Browser, furnished: str, signed_in: dict[str, Any]
) -> None:
    width, height = SIZES[size]
    path = PAGES.get(name) or OUTSIDE[name]
    state = signed_in["aurora"] if name in PAGES else None
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        storage_state=state,
    )
    watch = Watch(context, furnished)
    page = context.new_page()
    answer = page.goto(f"{furnished}{path}")
    assert answer is not None
    assert answer.status == 200
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watch.faults == []
    context.close()
    assert _violations(browser, f"{furnished}{path}", state, theme, SIZES[size]) == []


def _violations(
    browser: Browser, address: str, state: Any, theme: Any, size: tuple[int, int]
) -> list[str]:
    """What axe finds; it is put into the page past its content security policy."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,
        reduced_motion="reduce",
        bypass_csp=True,
        storage_state=state,
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]
    context.close()
    return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]
