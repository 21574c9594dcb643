"""The orders list and an order, with a keyboard alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def orders(page: Page, furnished: str, as_person: Any) -> Page:
    """The orders list, for the owner."""
    as_person(page, "aurora")
    page.goto(f"{furnished}/orders/")
    return page


def focused(page: Page, what: str) -> Any:
    """A fact about what has the focus."""
    return page.evaluate(f"document.activeElement.{what}")


def test_the_first_stop_leads_past_the_navigation(orders: Page) -> None:
    orders.keyboard.press("Tab")
    assert focused(orders, "className") == "skip-link"
    orders.keyboard.press("Enter")
    assert focused(orders, "id") == "main"


def test_a_slash_searches_and_escape_leaves(orders: Page) -> None:
    orders.keyboard.press("/")
    assert focused(orders, "type") == "search"
    orders.keyboard.press("Escape")
    assert focused(orders, "type") != "search"


def test_rows_are_walked_ticked_and_opened(orders: Page) -> None:
    for key in ("j", "j", "k", "j"):
        orders.keyboard.press(key)
    row = orders.locator("[data-row]").nth(1)
    expect(row).to_have_class(re.compile(r"\bcurrent\b"))
    orders.keyboard.press("x")
    expect(row.locator("[data-pick]")).to_be_checked()
    link = row.locator("[data-open]").get_attribute("href")
    orders.keyboard.press("Enter")
    orders.wait_for_url(f"**{link}")
    expect(orders.locator("h1")).to_be_visible()
