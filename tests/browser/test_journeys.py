"""What a merchant lives through in a day, clicked in a real browser on the living world."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, LiveWorld
from tiktoksync.demo.travellers import UNLINKED_SKU

TRACKING = "9400111899223197429903"
LINK_TO = "PUZ-NM-1000"
REFUSAL = "Currency is not enabled"
REFUSED_SKU = "RING-10-T"


def badges(page: Page) -> str:
    """The words of the order's badges."""
    return page.locator(".badges").first.inner_text()


def expect_badges(page: Page, *words: str) -> None:
    """Wait until the order's badges say so."""
    for word in words:
        expect(page.locator(".badges").first).to_contain_text(word, timeout=PATIENCE_MS)


def test_an_order_goes_all_the_way_before_the_merchants_eyes(
    page_at_work: Page, live: LiveWorld
) -> None:
    page = page_at_work
    page.goto(f"{live.url}/orders/")
    page.evaluate("window.stayed = true")
    order_id = live.platforms.place(live.pairs[0].shop_id, lines=[{"sku": "RING-10-T"}])
    row = page.locator("[data-row]", has_text=order_id)
    expect(row).to_contain_text("On hold", timeout=PATIENCE_MS)
    assert live.platforms.shopify_orders(order_id) == []
    live.platforms.act(order_id, "release")
    expect(row).to_contain_text("Synced", timeout=PATIENCE_MS)
    assert page.evaluate("window.stayed") is True
    row.get_by_role("link", name=re.compile(order_id)).first.click()
    expect_badges(page, "Awaiting shipment", "Synced")
    (there,) = live.platforms.shopify_orders(order_id)
    expect(page.locator("main")).to_contain_text(there.name)
    page.evaluate("window.stayed = true")
    live.platforms.fulfil(there.id, TRACKING, "USPS")
    expect_badges(page, "Awaiting collection")
    expect(page.locator("main")).to_contain_text(TRACKING)
    for action, word in (("scan", "In transit"), ("deliver", "Delivered")):
        live.platforms.act(order_id, action)
        expect_badges(page, word)
    assert page.evaluate("window.stayed") is True
    assert len(live.platforms.shopify_orders(order_id)) == 1


def test_an_unlinked_sku_is_linked_from_the_order_and_lets_it_go(
    page_at_work: Page, live: LiveWorld
) -> None:
    page = page_at_work
    order_id = live.platforms.place(
        live.pairs[0].shop_id, lines=[{"sku": UNLINKED_SKU}], hold=False
    )
    page.goto(f"{live.url}/orders/?tab=attention")
    expect(page.locator("[data-row]", has_text=order_id)).to_contain_text(
        "Blocked", timeout=PATIENCE_MS
    )
    page.goto(f"{live.url}/orders/{order_id}/")
    expect(page.locator("main")).to_contain_text(UNLINKED_SKU)
    assert live.platforms.shopify_orders(order_id) == []
    page.get_by_role("link", name="Link product").first.click()
    page.locator("main [data-search]").fill(LINK_TO)
    page.get_by_role("radio", name=re.compile(LINK_TO)).check()
    page.locator("#variants").get_by_role("button", name="Link").click()
    page.goto(f"{live.url}/orders/{order_id}/")
    expect_badges(page, "Synced")
    assert len(live.platforms.shopify_orders(order_id)) == 1


def test_products_are_uploaded_after_a_look_at_what_would_happen(
    page_at_work: Page, live: LiveWorld
) -> None:
    page, shop = page_at_work, live.pairs[0].shop_id
    before = {row["id"] for row in live.platforms.listings(shop)}
    page.goto(f"{live.url}/products/?tab=upload")
    for tick in page.locator("input[name=pick]").all()[:6]:
        tick.check()
    expect(page.locator("[data-bulk-count]")).to_contain_text("6")
    page.get_by_role("button", name="Upload to TikTok").click()
    page.wait_for_url("**/activity/runs/*/")
    start = page.get_by_role("button", name=re.compile(r"^Upload \d+ "))
    expect(start).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#run")).to_contain_text(re.compile(r"\d+ ready"))
    wanted = int(re.sub(r"\D", "", start.inner_text()))
    assert 1 <= wanted <= 6
    assert {row["id"] for row in live.platforms.listings(shop)} == before
    page.evaluate("window.stayed = true")
    start.click()
    expect(page.locator("#run progress")).to_have_attribute("max", str(wanted))
    expect(page.locator("#run .badges")).to_contain_text("Finished", timeout=2 * PATIENCE_MS)
    expect(page.locator("#run")).to_contain_text(f"{wanted} uploaded")
    assert page.evaluate("window.stayed") is True
    assert len({row["id"] for row in live.platforms.listings(shop)} - before) == wanted


def test_orders_that_shopify_refused_are_tried_again_together(
    page_at_work: Page, live: LiveWorld
) -> None:
    page, control = page_at_work, live.platforms.web
    fault = {"action": "user_errors", "message": REFUSAL, "code": "INVALID"}
    match = {"platform": "shopify", "operation": "orderCreate"}
    control.post("/faults", {"rules": [{**fault, "match": match, "times": 2}]})
    orders = [
        live.platforms.place(live.pairs[0].shop_id, lines=[{"sku": REFUSED_SKU}], hold=False)
        for _ in range(2)
    ]
    page.goto(f"{live.url}/orders/?tab=attention")
    for order_id in orders:
        row = page.locator("[data-row]", has_text=order_id)
        expect(row).to_contain_text("Failed, needs you", timeout=PATIENCE_MS)
        row.locator("[data-pick]").check()
    assert [live.platforms.shopify_orders(one) for one in orders] == [[], []]
    page.locator("#bulk").get_by_role("button", name="Retry").click()
    asked = page.locator(".bulk-ask")
    expect(asked).to_contain_text("All 2 selected orders can be retried")
    assert [live.platforms.shopify_orders(one) for one in orders] == [[], []]
    asked.get_by_role("button", name=re.compile("2 orders")).click()
    for order_id in orders:
        page.goto(f"{live.url}/orders/{order_id}/")
        expect_badges(page, "Synced")
        assert len(live.platforms.shopify_orders(order_id)) == 1


def test_pictures_come_by_themselves_from_the_installation(
    page_at_work: Page, live: LiveWorld
) -> None:
    page = page_at_work
    page.goto(f"{live.url}/products/?tab=upload")
    picture = page.locator(".thumb img").first
    expect(picture).to_have_attribute("src", re.compile("^/pictures/[^/]+/"))
    # Nobody has seen it yet: the point that stands for it gives way to the copy without a reload.
    page.wait_for_function(
        "() => document.querySelector('.thumb img').naturalWidth > 1", timeout=PATIENCE_MS
    )
    assert picture.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [160, 160]
