"""Who sees what, and who may do what, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import BLOCKED, ORDER, OUTSIDE, PAGES, PUBLIC, STAFF

#: What is Aurora's and nobody else's, as its pages show it.
AURORAS = ("Aurora", ORDER, BLOCKED, "AG-001-1", "BOX-9001")


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_sees_nothing_of_another_merchant(
    name: str, browser: Browser, furnished: str, signed_in: dict[str, Any]
) -> None:
    context = browser.new_context(storage_state=signed_in["boris"])
    page = context.new_page()
    answer = page.goto(f"{furnished}{PAGES[name]}")
    assert answer is not None
    assert answer.status in (200, 404)
    asked_for = PAGES[name]
    shown = page.locator("body").inner_text()
    assert [word for word in AURORAS if word in shown and word not in asked_for] == []
    context.close()


@pytest.mark.parametrize("name", sorted(PAGES.keys() - PUBLIC))
def test_without_a_session_every_page_asks_to_sign_in(
    name: str, browser: Browser, furnished: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{furnished}{PAGES[name]}")
    assert "/sign-in/" in page.url
    assert "Aurora" not in page.locator("body").inner_text()
    context.close()


@pytest.mark.parametrize("name", STAFF)
def test_support_pages_are_closed_to_merchants(
    name: str, browser: Browser, furnished: str, signed_in: dict[str, Any]
) -> None:
    context = browser.new_context(storage_state=signed_in["boris"])
    page = context.new_page()
    answer = page.goto(f"{furnished}{STAFF[name]}")
    assert answer is not None
    assert answer.status == 403
    shown = page.locator("body").inner_text()
    assert [word for word in AURORAS if word in shown] == []
    context.close()


@pytest.mark.parametrize("name", OUTSIDE)
def test_pages_without_a_session_stand(name: str, page: Page, furnished: str) -> None:
    answer = page.goto(f"{furnished}{OUTSIDE[name]}")
    assert answer is not None
    assert answer.status == 200
    expect(page.locator("h1")).to_have_count(1)


def test_a_viewer_looks_and_cannot_act(page: Page, furnished: str, as_person: Any) -> None:
    as_person(page, "vera")
    page.goto(f"{furnished}/orders/{BLOCKED}/")
    before = page.locator(".badges").first.inner_text()
    assert "Blocked" in before
    acts = page.locator("main form[method=post]:not([action*='sign-out'])")
    assert [form.get_attribute("action") for form in acts.all()] == []
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")
    for act in ("retry", "dismiss", "pull"):
        answer = page.request.post(
            f"{furnished}/orders/{BLOCKED}/{act}/",
            headers={"X-CSRFToken": token, "Referer": furnished},
        )
        assert answer.status == 403
    page.reload()
    assert page.locator(".badges").first.inner_text() == before
