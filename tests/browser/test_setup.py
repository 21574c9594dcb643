"""A new merchant, from sign-up to the first order in Shopify, clicked in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, LiveWorld

WHO, PASSWORD = "olga@example.com", "correct horse staple"


def sign_up(page: Page, url: str) -> None:
    """An account, and a business to it."""
    page.goto(f"{url}/sign-up/")
    page.locator("[name=email]").fill(WHO)
    page.locator("[name=password1]").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    page.get_by_label("Name").first.fill("Olga's")
    page.get_by_role("button", name="Set it up").click()
    page.wait_for_url("**/welcome/")


def connect(page: Page, live: LiveWorld) -> None:
    """Both consents, on the platforms' own pages."""
    pair = live.pairs[1]
    page.get_by_role("link", name="Begin").click()
    page.locator("#shop-domain").fill(pair.domain)
    page.get_by_role("button", name="Go on to Shopify").click()
    page.wait_for_url(f"{live.url}/welcome/shopify/")
    expect(page.locator("main")).to_contain_text(pair.domain)
    page.get_by_role("link", name="Next:").click()
    page.locator("#region-global").check()
    page.get_by_role("button", name="Go on to TikTok").click()
    page.wait_for_url(f"{live.platforms.base_url}/**")
    page.get_by_role("link", name=pair.shop_name).click()
    page.wait_for_url(f"{live.url}/welcome/tiktok/")
    expect(page.locator("main")).to_contain_text(pair.shop_name)
    page.get_by_role("link", name="Next:").click()


def settle_the_rest(page: Page) -> None:
    """Everything between the connections and going live."""
    page.wait_for_url("**/welcome/preflight/")
    page.goto(page.url.replace("preflight", "live"))
    expect(page.get_by_role("button", name="Go live")).to_have_count(0)
    page.get_by_role("button", name="Run the pre-flight").click()
    expect(page.get_by_role("button", name="Go live")).to_be_visible()
    page.goto(page.url.replace("live", "preflight"))
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_role("button", name="Check again")).to_be_visible()
    page.goto(page.url.replace("preflight", "places"))
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/welcome/products/")
    page.get_by_role("button", name=re.compile("Look (for equal SKUs|again)")).click()
    expect(page.get_by_role("button", name="Look again")).to_be_visible()
    page.get_by_role("button", name="Go on with these links").click()
    page.wait_for_url("**/welcome/rules/")
    page.locator("form", has=page.locator("[value=finance]")).get_by_role(
        "button", name=re.compile("Choose")
    ).click()
    page.goto(page.url.partition("/welcome/")[0] + "/welcome/backfill/")
    page.get_by_role("button", name="I need no older orders").click()
    page.wait_for_url("**/welcome/rehearsal/")
    page.get_by_role("button", name="Send the rehearsal order").click()
    expect(page.locator("main")).to_contain_text("It came through")


def test_a_new_merchant_is_led_to_the_first_order(page: Page, live: LiveWorld) -> None:
    pair = live.pairs[1]
    sign_up(page, live.url)
    connect(page, live)
    settle_the_rest(page)
    page.goto(f"{live.url}/welcome/live/")
    page.get_by_role("button", name="Begin a dry run").click()
    order_id = live.platforms.place(pair.shop_id, hold=False)
    row = page.locator("#dry-run tr", has_text=order_id)
    expect(row).to_contain_text(f"Would be created as TT-{order_id}", timeout=PATIENCE_MS)
    expect(page.locator("#dry-run")).to_contain_text("Orders sent to Shopify since it began: 0")
    assert live.platforms.shopify_orders(order_id) == []
    page.get_by_role("button", name="Go live").click()
    expect(page.locator("main")).to_contain_text("is live")
    page.goto(f"{live.url}/orders/{order_id}/")
    expect(page.locator(".badges").first).to_contain_text("Synced", timeout=PATIENCE_MS)
    (there,) = live.platforms.shopify_orders(order_id)
    assert there.name == f"TT-{order_id}"
