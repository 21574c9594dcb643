"""link_skus: a SKU is asked for once, linked where exactly one fits, and asked for again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.models import LineItem, Order
from products.models import Link, Listing, ListingSku, ProductRules, RemovedLink, SkuLookup, Variant
from products.services.follow_catalogue import variants_stored
from tests.factories import (
    Pair,
    history,
    link_sku,
    make_shop,
    make_variant,
    pass_time,
    seconds_from_now,
    set_columns,
    stored_order,
)
from tests.fakes import FakeShopify, Wakes
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import RateLimited, Rejected, Unreachable
from tiktoksync.sync.lanes import Lane, drain

STEM = "link_skus"


@pytest.fixture
def order(pair: Pair, work: Work) -> Order:
    """An order that waits for its SKU to be looked up."""
    order = stored_order(pair.shop)
    work("push_orders")
    order.refresh_from_db()
    assert (order.sync_status, order.wait_reason) == ("pending", "sku_lookup")
    return order


def lookup() -> SkuLookup:
    return SkuLookup.objects.get()


def state(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.sync_status, order.failure_code


# --- found ---------------------------------------------------------------------------------------


def test_a_sku_that_stands_once_in_shopify_is_linked_and_its_orders_go_on_at_once(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work, wakes: Wakes
) -> None:
    shopify.add_variant("RED", 41)
    wakes.lanes.clear()
    assert work(STEM).worked == 1
    link = Link.objects.get()
    assert (link.shop_id, link.tiktok_sku_id) == (pair.shop.pk, "29RED")
    assert link.variant.shopify_variant_id == "gid://shopify/ProductVariant/41"
    assert link.origin == Link.Origin.SAME_SKU
    assert lookup().sync_status == "synced"
    order.refresh_from_db()
    assert seconds_from_now(order.next_attempt_at) <= 0
    assert ("push_orders", pair.store.pk) in wakes.lanes


def test_the_variant_is_kept_with_its_product(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.add_variant("RED", 41)
    work(STEM)
    variant = Variant.objects.select_related("product").get()
    assert (variant.sku, variant.sku_key, variant.title) == ("RED", "red", "RED")
    assert (variant.product.title, str(variant.price)) == ("Shirt", "10.0000")
    assert variant.inventory_item_id == "gid://shopify/InventoryItem/41"


@pytest.mark.parametrize("sku", [" red ", "Red", "rEd"])
def test_skus_are_compared_without_case_and_outer_spaces(
    pair: Pair, shopify: FakeShopify, work: Work, sku: str
) -> None:
    stored_order(pair.shop, lines=[build.unit("1", sku, sku_id="29X")])
    shopify.add_variant("RED", 41)
    work("push_orders")
    work(STEM)
    assert Link.objects.get().tiktok_sku_id == "29X"


def test_a_search_that_finds_more_than_was_asked_links_nothing_else(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.add_variant("RED-LARGE", 40)
    shopify.add_variant("RED", 41)
    work(STEM)
    assert Link.objects.get().variant.sku == "RED"


def test_the_same_variant_told_twice_is_one_variant(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    """A list that shifts between two pages."""
    shopify.add_variant("RED", 41)
    shopify.add_variant("RED", 41)
    work(STEM)
    assert (Link.objects.count(), Variant.objects.count()) == (1, 1)


def test_all_listings_that_name_the_sku_are_linked(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    other = make_shop(pair.merchant, pair.store, "second")
    stored_order(pair.shop, "1", lines=[build.unit("1", "RED", sku_id="29A")])
    stored_order(pair.shop, "2", lines=[build.unit("2", "RED", sku_id="29B")])
    stored_order(other, "3", lines=[build.unit("3", "RED", sku_id="29C")])
    shopify.add_variant("RED", 41)
    work("push_orders")
    work(STEM)
    assert shopify.count("find_variants") == 1
    links = Link.objects.values_list("shop_id", "tiktok_sku_id").order_by("tiktok_sku_id")
    assert list(links) == [(pair.shop.pk, "29A"), (pair.shop.pk, "29B"), (other.pk, "29C")]
    work("push_orders")
    assert set(Order.objects.values_list("sync_status", flat=True)) == {"synced"}


def test_a_later_listing_of_a_known_sku_is_asked_for_anew_and_linked(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    """The SKU may stand on another variant by now: what was found before is not believed."""
    old = shopify.add_variant("RED", 41)
    work(STEM)
    old["sku"] = "OLD-RED"
    shopify.add_variant("RED", 42)
    later = stored_order(pair.shop, "2", lines=[build.unit("2", "RED", sku_id="29NEW")])
    for _ in range(2):
        work("push_orders")
        work(STEM)
        pass_time(61)
    link = Link.objects.get(tiktok_sku_id="29NEW")
    assert link.variant.shopify_variant_id == "gid://shopify/ProductVariant/42"
    work("push_orders")
    assert state(later)[0] == "synced"


def test_a_link_made_by_hand_beats_an_equal_sku(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    chosen = link_sku(pair, "RED", 77)
    stored_order(pair.shop, "1")
    stored_order(pair.shop, "2", lines=[build.unit("2", "RED", sku_id="29B")])
    shopify.add_variant("RED", 41)
    work("push_orders")
    work(STEM)
    chosen.refresh_from_db()
    assert chosen.variant.shopify_variant_id == "gid://shopify/ProductVariant/77"
    assert LineItem.objects.filter(variant=chosen.variant).count() == 1


# --- not found, ambiguous ------------------------------------------------------------------------


def test_a_sku_nobody_knows_blocks_the_order_by_name(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    work(STEM)
    row = lookup()
    assert (row.sync_status, row.failure_code) == ("failed", "sku_unlinked")
    assert row.failure_reason == "No Shopify variant has the SKU RED."
    assert 55 < seconds_from_now(row.next_attempt_at) <= 60
    work("push_orders")
    assert state(order) == ("failed", "sku_unlinked")


def test_a_sku_in_two_variants_is_never_guessed(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.add_variant("RED", 41)
    shopify.add_variant("red ", 42)
    work(STEM)
    assert lookup().failure_reason == "2 Shopify variants have the SKU RED."
    work("push_orders")
    assert state(order) == ("failed", "sku_ambiguous")
    assert not Link.objects.exists()


def test_an_order_without_any_sku_is_blocked_and_nothing_is_asked(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    order = stored_order(pair.shop, lines=[build.unit("1", " ", sku_id="29X")])
    work("push_orders")
    assert state(order) == ("failed", "sku_blank")
    assert (SkuLookup.objects.count(), shopify.calls) == (0, [])


def test_a_unit_without_a_tiktok_sku_cannot_be_linked_and_is_not_asked_for_for_ever(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    order = stored_order(pair.shop, lines=[build.unit("1", "RED", sku_id="")])
    shopify.add_variant("RED", 41)
    for _ in range(3):
        work("push_orders")
        work(STEM)
    assert state(order) == ("failed", "sku_unlinked")
    assert not Link.objects.exists()
    assert shopify.count("find_variants") <= 1


# --- asked for again -----------------------------------------------------------------------------


@pytest.fixture
def blocked(order: Order, work: Work) -> Order:
    work(STEM)
    work("push_orders")
    assert state(order) == ("failed", "sku_unlinked")
    return order


def test_a_blocked_sku_is_looked_up_again_once_a_minute(
    blocked: Order, shopify: FakeShopify, work: Work
) -> None:
    work(STEM)
    assert shopify.count("find_variants") == 1
    pass_time(61)
    work(STEM)
    assert shopify.count("find_variants") == 2


def test_the_order_goes_on_within_a_minute_of_the_product(
    blocked: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.add_variant("RED", 41)
    pass_time(61)
    work(STEM)
    assert state(blocked) == ("pending", "")
    work("push_orders")
    assert state(blocked) == ("synced", "")


def test_news_of_a_product_do_not_wait_for_the_minute(
    pair: Pair, blocked: Order, shopify: FakeShopify, work: Work
) -> None:
    """The mirror stores them and says so; the look-up is due at once."""
    shopify.add_variant("RED", 41)
    variants_stored(pair.store, [make_variant(pair.store, "RED", 41).product_id])
    assert lookup().sync_status == "pending"
    work(STEM)
    assert state(blocked) == ("pending", "")
    assert Link.objects.get().tiktok_sku_id == "29RED"


def test_news_of_other_products_ask_nothing(
    pair: Pair, blocked: Order, shopify: FakeShopify, work: Work
) -> None:
    variants_stored(pair.store, [make_variant(pair.store, "BLUE", 42).product_id])
    work(STEM)
    assert lookup().sync_status == "failed"
    assert shopify.count("find_variants") == 1


def test_looking_again_in_vain_leaves_the_blocked_orders_in_peace(
    blocked: Order, shopify: FakeShopify, work: Work
) -> None:
    """A thousand blocked orders must not move to and fro every minute."""
    before = history(blocked)
    for _ in range(5):
        pass_time(61)
        work(STEM)
        work("push_orders")
    assert shopify.count("find_variants") == 6
    assert history(blocked) == before


def test_a_different_finding_is_told(blocked: Order, shopify: FakeShopify, work: Work) -> None:
    shopify.add_variant("RED", 41)
    shopify.add_variant("RED", 42)
    pass_time(61)
    work(STEM)
    work("push_orders")
    assert state(blocked) == ("failed", "sku_ambiguous")


def test_a_sku_that_no_order_waits_for_is_not_asked_for(
    blocked: Order, shopify: FakeShopify, work: Work
) -> None:
    set_columns(blocked, sync_status="skipped")
    for _ in range(3):
        pass_time(61)
        work(STEM)
    assert shopify.count("find_variants") == 1


# --- the store -----------------------------------------------------------------------------------


def test_twenty_five_skus_go_in_one_call(pair: Pair, shopify: FakeShopify, work: Work) -> None:
    for number in range(30):
        stored_order(pair.shop, str(number), lines=[build.unit("1", f"SKU-{number:02}")])
    work("push_orders")
    work(STEM)
    assert sorted(len(skus) for (skus,) in shopify.arguments("find_variants")) == [5, 25]


@pytest.mark.parametrize("error", [Unreachable("Away."), RateLimited("Slow.", retry_after=3)])
def test_a_store_that_cannot_be_asked_keeps_the_orders_waiting(
    order: Order, shopify: FakeShopify, work: Work, error: Exception
) -> None:
    shopify.fail("find_variants", error)
    work(STEM)
    assert lookup().sync_status == "pending"
    assert state(order) == ("pending", "")
    shopify.add_variant("RED", 41)
    pass_time(61)
    work(STEM)
    assert lookup().sync_status == "synced"


def test_a_look_up_that_was_refused_is_asked_again_and_the_order_goes_on(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    """A permission that is missing today is given tomorrow."""
    shopify.add_variant("RED", 41)
    shopify.fail("find_variants", Rejected("Not known.", code="undefinedField"))
    work(STEM)
    row = lookup()
    assert (row.sync_status, row.failure_code) == ("failed", "undefinedField")
    assert 50 < seconds_from_now(row.next_attempt_at) <= 60
    assert state(order) == ("pending", "")
    pass_time(61)
    assert work(STEM).worked == 1
    assert Link.objects.get().tiktok_sku_id == "29RED"
    work("push_orders")
    assert state(order) == ("synced", "")


def test_a_paused_store_is_not_asked(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    set_columns(pair.store, paused_until=timezone.now() + timedelta(seconds=30))
    work(STEM)
    assert shopify.calls == []


def test_another_merchants_variants_are_another_matter(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    from tests.factories import make_pair

    ben = make_pair("Ben")
    make_variant(ben.store, "RED", 99)
    theirs = stored_order(ben.shop, "9")
    drain(Lane("push_orders", ben.store.pk))
    shopify.add_variant("RED", 41)
    work(STEM)
    assert Link.objects.get().shop_id == pair.shop.pk
    assert state(theirs)[0] == "pending"
    assert SkuLookup.objects.filter(store=ben.store).get().sync_status == "pending"


def test_ones_links_release_only_ones_own_orders(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work, wakes: Any
) -> None:
    shopify.add_variant("RED", 41)
    wakes.lanes.clear()
    work(STEM)
    assert {account for stem, account in wakes.lanes if stem == "push_orders"} == {pair.store.pk}


# --- the mirror ----------------------------------------------------------------------------------


@pytest.fixture
def read(pair: Pair) -> Pair:
    """The store's variants were read whole, a moment ago."""
    set_columns(pair.store, variants_read_at=timezone.now())
    return pair


def test_what_the_mirror_surely_knows_needs_no_call(
    read: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    make_variant(read.store, "Red ", 41)
    work(STEM)
    link = Link.objects.get()
    assert (link.tiktok_sku_id, link.origin, link.variant.sku) == ("29RED", "same_sku", "Red ")
    assert shopify.calls == []
    assert not SkuLookup.objects.exists()
    work("push_orders")
    assert state(order) == ("synced", "")


def test_a_mirror_without_the_sku_does_not_end_the_search(
    read: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.add_variant("RED", 41)
    work(STEM)
    assert shopify.count("find_variants") == 1
    assert Link.objects.get().variant.shopify_variant_id == "gid://shopify/ProductVariant/41"


@pytest.mark.parametrize("age", [901, 86400])
def test_an_old_mirror_is_not_believed(
    read: Pair, order: Order, shopify: FakeShopify, work: Work, age: int
) -> None:
    set_columns(read.store, variants_read_at=timezone.now() - timedelta(seconds=age))
    make_variant(read.store, "RED", 41)
    shopify.add_variant("RED", 42)
    work(STEM)
    assert Link.objects.get().variant.shopify_variant_id == "gid://shopify/ProductVariant/42"


def test_a_poll_keeps_the_mirror_fresh(
    read: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    now = timezone.now()
    set_columns(read.store, variants_read_at=now - timedelta(days=3), last_catalogue_poll_at=now)
    make_variant(read.store, "RED", 41)
    work(STEM)
    assert Link.objects.count() == 1
    assert shopify.calls == []


def test_a_deleted_variant_in_the_mirror_is_not_linked(
    read: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    set_columns(make_variant(read.store, "RED", 41), gone_at=timezone.now())
    work(STEM)
    assert shopify.count("find_variants") == 1
    assert not Link.objects.exists()
    assert lookup().failure_code == "sku_unlinked"


def test_two_in_the_mirror_are_never_guessed(
    read: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    make_variant(read.store, "RED", 41)
    make_variant(read.store, "red", 42)
    shopify.add_variant("RED", 41)
    shopify.add_variant("RED", 42)
    work(STEM)
    assert lookup().failure_code == "sku_ambiguous"
    assert not Link.objects.exists()


# --- kept apart ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mirrored", [True, False])
def test_two_that_were_taken_apart_are_not_linked_by_an_order(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work, mirrored: bool
) -> None:
    variant = make_variant(pair.store, "RED", 41)
    shopify.add_variant("RED", 41)
    if mirrored:
        set_columns(pair.store, variants_read_at=timezone.now())
    RemovedLink.objects.create(
        shop=pair.shop, tiktok_sku_id="29RED", variant=variant, origin="same_sku"
    )
    for _ in range(3):
        work(STEM)
        work("push_orders")
    assert not Link.objects.exists()
    assert state(order) == ("failed", "sku_unlinked")
    assert lookup().failure_reason.startswith("A Shopify variant has the SKU RED, but equal SKUs")
    assert shopify.count("find_variants") == (0 if mirrored else 1)


def test_the_other_listing_of_a_pair_taken_apart_is_linked(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    variant = make_variant(pair.store, "RED", 41)
    shopify.add_variant("RED", 41)
    RemovedLink.objects.create(
        shop=pair.shop, tiktok_sku_id="29RED", variant=variant, origin="same_sku"
    )
    stored_order(pair.shop, "2", lines=[build.unit("2", "RED", sku_id="29B")])
    work(STEM)
    assert set(Link.objects.values_list("tiktok_sku_id", flat=True)) == {"29B"}


def test_a_shop_that_links_nothing_by_itself_waits_for_a_person(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    ProductRules.objects.create(shop=pair.shop, auto_link=False)
    shopify.add_variant("RED", 41)
    work(STEM)
    work("push_orders")
    assert not Link.objects.exists()
    assert state(order) == ("failed", "sku_unlinked")


def test_a_seller_sku_that_its_listing_has_twice_says_nothing(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    listing = Listing.objects.create(shop=pair.shop, tiktok_product_id="17")
    for sku_id in ("29RED", "29BLUE"):
        ListingSku.objects.create(
            shop=pair.shop, listing=listing, tiktok_sku_id=sku_id, seller_sku="RED", sku_key="red"
        )
    shopify.add_variant("RED", 41)
    work(STEM)
    work("push_orders")
    assert not Link.objects.exists()
    assert state(order) == ("failed", "sku_unlinked")
