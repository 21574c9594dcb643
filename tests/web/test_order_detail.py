"""One order's page: why it stands there, its way, its money, its history."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Order, StatusChange
from orders.services.store_orders import store_page
from tests.factories import (
    ORDER_ID,
    Pair,
    link_sku,
    make_cancellation,
    make_fulfillment,
    set_columns,
    stored_order,
    synced_order,
)
from tests.orders.data import build
from tests.web.reading import elements_of, text_of

PAGE = f"/orders/{ORDER_ID}/"
AT = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


ALWAYS = {"menu-order-pull"}


def fail(order: Order, code: str = "sku_unlinked", kind: str = "config", **columns: Any) -> None:
    """Set an order aside, with the line of history that belongs to it."""
    reason = columns.pop("failure_reason", "Not linked to a Shopify product: RED.")
    set_columns(
        order,
        sync_status="failed",
        failure_kind=kind,
        failure_code=code,
        failure_reason=reason,
        **columns,
    )
    StatusChange.objects.create(
        order=order, axis="sync", before="pending", after="failed", actor="system", reason=reason
    )


def buttons_of(answer: Any) -> set[str]:
    """The ids of the page's action buttons."""
    return {each["id"] for each in elements_of(answer, "button") if "id" in each}


def next_button(answer: Any) -> str:
    """The words on the one button at the top; "" without one."""
    found = re.search(r'id="next-step"[^>]*>(.*?)</(?:a|button)>', answer.content.decode(), re.S)
    return re.sub(r"<[^>]+>", "", found.group(1)).strip() if found else ""


def test_an_order_in_shopify_shows_both_numbers(pair: Pair, anna: Client) -> None:
    synced_order(pair.shop)
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert f"Order {ORDER_ID}" in words
    assert "Awaiting shipment Synced in Shopify as #1001" in words
    links = [link.get("href") for link in elements_of(answer, "a")]
    assert "https://anna.myshopify.com/admin/orders/1" in links


def test_a_blocked_order_says_what_why_and_how(pair: Pair, anna: Client) -> None:
    fail(stored_order(pair.shop))
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "Blocked: not in Shopify yet since just now" in words
    assert "Not linked to a Shopify product: RED." in words
    assert "What helps: Choose the Shopify variant that is sold under this SKU." in words
    assert buttons_of(answer) >= {"order-retry", "skip", "order-dismiss"}
    assert next_button(answer) == "Link product"
    assert f"{PAGE}link/?shop=749Anna" in [link.get("href") for link in elements_of(answer, "a")]


def test_link_product_leads_to_the_first_item_without_a_link(pair: Pair, anna: Client) -> None:
    link_sku(pair, "RED")
    lines = [build.unit("1", "RED"), build.unit("2", "BLUE"), build.unit("3", "GREEN")]
    stored_order(pair.shop, lines=lines)
    answer = anna.get(f"{PAGE}link/")
    assert answer["Location"] == "/products/link/749Anna/29BLUE/?order=576461413038785752"


def test_with_every_item_linked_it_leads_back_to_the_order(pair: Pair, anna: Client) -> None:
    link_sku(pair, "RED")
    stored_order(pair.shop)
    assert anna.get(f"{PAGE}link/")["Location"] == f"{PAGE}?shop=749Anna"


def test_orders_stopped_for_the_same_reason_are_counted(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    for index in range(3):
        fail(stored_order(pair.shop, f"57646141303878000{index}"))
    fail(stored_order(pair.shop, "576461413038780009"), failure_reason="Another.")
    fail(stored_order(strangers.shop, "576461413038780008"))
    words = text_of(anna.get("/orders/576461413038780000/"))
    assert "Also affects 2 other orders ." in words


@pytest.mark.parametrize(
    ("kind", "code", "fix"),
    [
        ("rejected", "INVALID", "Correct what was refused, then retry."),
        ("exhausted", "503", "Retry once the other side answers again."),
        ("internal", "KeyError", "tell support the request id from the timeline"),
        ("config", "money_mismatch", "Compare the sums below"),
        ("config", "whatever", "Set up what is missing, then retry."),
    ],
)
def test_each_failure_names_its_own_remedy(
    kind: str, code: str, fix: str, pair: Pair, anna: Client
) -> None:
    fail(stored_order(pair.shop), code, kind)
    answer = anna.get(PAGE)
    assert fix in text_of(answer)
    assert "order-retry" in buttons_of(answer)


def test_a_lost_connection_offers_to_reconnect(pair: Pair, anna: Client) -> None:
    fail(stored_order(pair.shop), "401", "auth")
    assert "What helps: Reconnect the account." in text_of(anna.get(PAGE))


def test_an_unreadable_order_is_shown_and_offers_no_retry(pair: Pair, anna: Client) -> None:
    store_page(pair.shop, [{"id": ORDER_ID, "status": "AWAITING_SHIPMENT", "update_time": 5}])
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "TikTok sent this order in a form that cannot be read" in words
    assert "order-retry" not in buttons_of(answer)
    assert "TikTok has not named the items yet." in words


def test_a_held_order_says_when_it_should_go_on(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop, status="ON_HOLD", recipient_address={})
    set_columns(order, release_at=timezone.now() + timedelta(minutes=40, seconds=30))
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "On hold at TikTok: the buyer can still cancel." in words
    assert "TikTok should release it in 40 min" in words
    assert "TikTok gives no address yet." in words
    assert buttons_of(answer) == ALWAYS | {*("menu-order-keep-back", "skip", "order-dismiss")}


@pytest.mark.parametrize("reason", ["safety_hold", "auto_sync_off", "unknown_order_type"])
def test_our_own_holds_can_be_released(reason: str, pair: Pair, anna: Client) -> None:
    set_columns(stored_order(pair.shop), sync_status="held", wait_reason=reason)
    assert "order-release" in buttons_of(anna.get(PAGE))


def test_a_skipped_order_can_be_sent_after_all(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status="skipped", skip_reason="dismissed")
    answer = anna.get(PAGE)
    assert "This order is not sent to Shopify" in text_of(answer)
    assert buttons_of(answer) == ALWAYS | {"menu-order-retry", "order-retry", "order-dismiss"}
    set_columns(order, tiktok_status="CANCELLED")
    assert buttons_of(anna.get(PAGE)) == ALWAYS | {"order-dismiss"}


def test_a_failed_try_says_that_it_goes_on_by_itself(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop)
    set_columns(order, tries=2, next_attempt_at=timezone.now() + timedelta(minutes=4))
    words = text_of(anna.get(PAGE))
    assert "Failed, will retry" in words
    assert "The last try did not work. It is tried again by itself" in words
    assert "On its way to Shopify" not in words


def test_refused_tracking_stands_above_a_synced_order(pair: Pair, anna: Client) -> None:
    row = make_fulfillment(synced_order(pair.shop))
    set_columns(
        row, sync_status="failed", failure_kind="rejected", failure_reason="Not one of USPS."
    )
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "The tracking number did not reach TikTok Not one of USPS." in words
    assert "Failed, needs you" in words
    assert "order-retry" in buttons_of(answer)


def test_a_cancellation_that_failed_stands_above_all_else(pair: Pair, anna: Client) -> None:
    order = synced_order(pair.shop)
    set_columns(order, tiktok_status="CANCELLED", cancel_reason="Out of stock")
    set_columns(
        make_cancellation(order),
        sync_status="failed",
        failure_kind="rejected",
        failure_reason="It is fulfilled already.",
    )
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "Cancelled on TikTok, but not in Shopify It is fulfilled already." in words
    assert "order-retry" in buttons_of(answer)


def test_a_second_shopify_order_is_never_hidden(pair: Pair, anna: Client) -> None:
    set_columns(synced_order(pair.shop), other_shopify_ids=["gid://shopify/Order/9"])
    assert "More than one Shopify order claims this TikTok order." in text_of(anna.get(PAGE))


def test_a_new_address_that_came_too_late_is_told_loudly(pair: Pair, anna: Client) -> None:
    from orders.models import AddressChange
    from orders.services.push_addresses import SHIPPED

    order = synced_order(pair.shop)
    AddressChange.objects.create(
        order=order,
        fingerprint="x",
        sync_status="failed",
        failure_kind="config",
        failure_code="address_after_shipping",
        failure_reason=SHIPPED,
    )
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "The buyer's new address is not in Shopify" in words
    assert "after the parcel was shipped in Shopify" in words
    assert "Ask the carrier to redirect the parcel." in words
    assert "order-retry" in buttons_of(answer)
    assert "has a new address that Shopify lacks" in text_of(anna.get("/"))
    assert ORDER_ID in text_of(anna.get("/orders/?tab=attention"))


def test_staffs_words_take_the_place_of_ours_and_the_raw_ones_stay(
    pair: Pair, anna: Client
) -> None:
    from tiktoksync.support.catalogue import changed
    from tiktoksync.support.models import FailureEntry

    fail(stored_order(pair.shop))
    assert "What does this mean?" in text_of(anna.get(PAGE))
    FailureEntry.objects.filter(code="sku_unlinked").delete()
    FailureEntry.objects.create(
        key="orders/block/sku_unlinked",
        group="Orders",
        code="sku_unlinked",
        sentence="We do not know this article yet.",
        fix="Tell us which one it is.",
    )
    changed.forget()
    words = text_of(anna.get(PAGE))
    changed.forget()
    assert "We do not know this article yet." in words
    assert "What helps: Tell us which one it is." in words
    assert "In the words of the other side Not linked to a Shopify product: RED." in words
