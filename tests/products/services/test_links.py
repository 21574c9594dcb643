"""Links between TikTok SKUs and Shopify variants: made once, never twice, released by."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from orders.models import Order
from products.models import Link, ListingSku, ListingTask, ProductRules, RemovedLink
from products.services import auto_link
from products.services.links import (
    LinkConflict,
    broken_links,
    change_link,
    make_link,
    make_links,
    refresh_catalogue,
    remove_link,
    unlink_effect,
)
from tests.factories import Pair, make_pair, make_variant, set_columns, stored_order
from tests.fakes import Platforms, Wakes
from tests.orders.data import build
from tests.products.services import link_stage as stage

BY_HAND = Link.Origin.BY_HAND


def blocked(pair: Pair, order_id: str = "1", sku: str = "RED", code: str = "sku_unlinked") -> Order:
    order = stored_order(pair.shop, order_id, lines=[build.unit(f"{order_id}1", sku)])
    set_columns(order, sync_status="failed", failure_kind="config", failure_code=code)
    return order


def status(order: Order) -> str:
    order.refresh_from_db()
    return order.sync_status


def test_a_link_is_made_with_its_maker(pair: Pair) -> None:
    person = get_user_model().objects.create(username="anna")
    link = make_link(pair.shop, " 29RED ", make_variant(pair.store), origin=BY_HAND, user=person)
    assert (link.tiktok_sku_id, link.origin, link.created_by) == ("29RED", "by_hand", person)


@pytest.mark.parametrize("code", ["sku_unlinked", "sku_ambiguous", "sku_blank", "variant_gone"])
def test_every_order_that_waited_for_it_goes_on(pair: Pair, wakes: Wakes, code: str) -> None:
    orders = [blocked(pair, str(number), code=code) for number in range(3)]
    wakes.lanes.clear()
    make_link(pair.shop, "29RED", make_variant(pair.store), origin=BY_HAND)
    assert [status(order) for order in orders] == ["pending"] * 3
    assert wakes.lanes == [("push_orders", pair.store.pk)]


def test_orders_blocked_for_something_else_stay(pair: Pair) -> None:
    other_sku = blocked(pair, "1", sku="BLUE")
    money = blocked(pair, "2", code="money_mismatch")
    refused = blocked(pair, "3")
    set_columns(refused, failure_kind="rejected")
    synced = blocked(pair, "4")
    set_columns(synced, sync_status="synced")
    make_link(pair.shop, "29RED", make_variant(pair.store), origin=BY_HAND)
    assert [status(order) for order in (other_sku, money, refused, synced)] == [
        "failed",
        "failed",
        "failed",
        "synced",
    ]


def test_the_same_link_again_is_the_same_link(pair: Pair) -> None:
    variant = make_variant(pair.store)
    first = make_link(pair.shop, "29RED", variant, origin=BY_HAND)
    again = make_link(pair.shop, "29RED", variant, origin=Link.Origin.API)
    assert (again.pk, again.origin, Link.objects.count()) == (first.pk, "by_hand", 1)


def test_a_second_variant_for_one_sku_is_refused_with_the_reason(pair: Pair) -> None:
    first = make_link(pair.shop, "29RED", make_variant(pair.store), origin=BY_HAND)
    order = blocked(pair)
    other = make_variant(pair.store, "BLUE", 42)
    with pytest.raises(LinkConflict, match="is linked to Shirt / RED already"):
        make_link(pair.shop, "29RED", other, origin=BY_HAND)
    first.refresh_from_db()
    assert (Link.objects.count(), first.variant.sku) == (1, "RED")
    assert status(order) == "failed"


def test_two_skus_may_be_one_variant(pair: Pair) -> None:
    variant = make_variant(pair.store)
    make_link(pair.shop, "29A", variant, origin=BY_HAND)
    make_link(pair.shop, "29B", variant, origin=BY_HAND)
    assert variant.links.count() == 2


def test_another_stores_variant_is_refused(pair: Pair) -> None:
    stranger = make_variant(make_pair("Ben").store)
    with pytest.raises(LinkConflict, match="another Shopify store"):
        make_link(pair.shop, "29RED", stranger, origin=BY_HAND)
    assert not Link.objects.exists()


@pytest.mark.parametrize("sku_id", ["", "  "])
def test_nothing_cannot_be_linked(pair: Pair, sku_id: str) -> None:
    with pytest.raises(LinkConflict, match="missing"):
        make_link(pair.shop, sku_id, make_variant(pair.store), origin=BY_HAND)
    assert not Link.objects.exists()


def test_another_shops_orders_of_the_same_sku_id_stay(pair: Pair) -> None:
    ben = make_pair("Ben")
    theirs = blocked(ben)
    make_link(pair.shop, "29RED", make_variant(pair.store), origin=BY_HAND)
    assert status(theirs) == "failed"


def test_a_removed_link_leaves_what_was_sent_as_it_is(pair: Pair) -> None:
    variant = make_variant(pair.store)
    link = make_link(pair.shop, "29RED", variant, origin=BY_HAND)
    order = stored_order(pair.shop)
    order.line_items.update(variant=variant)
    remove_link(link)
    assert not Link.objects.exists()
    assert order.line_items.get().variant == variant


def test_both_catalogues_of_a_merchant_and_no_other_are_read_again(
    pair: Pair, wakes: Wakes
) -> None:
    ben = make_pair("Ben")
    refresh_catalogue(pair.merchant)
    assert sorted(wakes.lanes) == [
        ("pull_listings", pair.shop.pk),
        ("pull_variants", pair.store.pk),
    ]
    pair.refresh()
    ben.refresh()
    assert pair.shop.listings_wanted_at is not None
    assert pair.store.variants_wanted_at is not None
    assert (ben.shop.listings_wanted_at, ben.store.variants_wanted_at) == (None, None)


# --- taken apart ---------------------------------------------------------------------------------


def parted(pair: Pair) -> list[tuple[str, str]]:
    rows = RemovedLink.objects.filter(shop=pair.shop).order_by("pk")
    return list(rows.values_list("tiktok_sku_id", "variant__sku"))


def test_a_removed_pair_is_remembered_with_who_and_how(pair: Pair, platforms: Platforms) -> None:
    person = get_user_model().objects.create(username="anna")
    link = make_link(pair.shop, "29RED", make_variant(pair.store), origin=Link.Origin.SAME_SKU)
    remove_link(link, user=person)
    removed = RemovedLink.objects.get()
    assert (removed.tiktok_sku_id, removed.variant.sku) == ("29RED", "RED")
    assert (removed.origin, removed.removed_by) == ("same_sku", person)
    assert (platforms.tiktok.calls, platforms.shopify.calls) == ([], [])


def test_a_removed_pair_is_not_linked_by_itself_but_by_a_person(pair: Pair) -> None:
    set_columns(pair.store, variants_read_at=timezone.now())
    variant = make_variant(pair.store)
    listing = stage.listing(pair.shop, 1)
    stage.sku(listing, "29RED", "RED")
    auto_link.link_listings(pair.shop, [listing.pk])
    remove_link(Link.objects.get())
    assert auto_link.link_listings(pair.shop, [listing.pk]) == 0
    assert stage.links(pair.shop) == {}

    make_link(pair.shop, "29RED", variant, origin=BY_HAND)
    assert parted(pair) == []
    assert stage.links(pair.shop) == {"29RED": "41"}


def test_removing_twice_is_removing_once(pair: Pair) -> None:
    link = make_link(pair.shop, "29RED", make_variant(pair.store), origin=BY_HAND)
    stale = Link.objects.get()
    remove_link(link)
    remove_link(stale)
    assert parted(pair) == [("29RED", "RED")]


def test_what_removing_means_is_told(pair: Pair) -> None:
    link = make_link(pair.shop, "29RED", make_variant(pair.store), origin=BY_HAND)
    for number, status in enumerate(("held", "pending", "failed", "synced", "skipped")):
        set_columns(stored_order(pair.shop, str(number)), sync_status=status)
    stored_order(pair.shop, "9", lines=[build.unit("91", "BLUE")])
    effect = unlink_effect(link)
    assert (effect.waiting_orders, effect.synced_orders, effect.pushes_stock) == (3, 1, True)
    assert effect.words == (
        "Both products stay as they are, on TikTok and in Shopify.",
        "3 orders with this SKU are not in Shopify yet; they wait until it is linked again.",
        "1 order with this SKU is in Shopify already; nothing changes there.",
        "Its stock is no longer pushed: TikTok keeps the quantity it shows now.",
    )


def test_stock_that_is_not_pushed_is_not_spoken_of(pair: Pair) -> None:
    link = make_link(pair.shop, "29RED", make_variant(pair.store), origin=BY_HAND)
    sku = stage.sku(stage.listing(pair.shop, 1), "29RED", "RED", stock_locked=True)
    assert unlink_effect(link).pushes_stock is False
    set_columns(sku, stock_locked=False)
    assert unlink_effect(link).pushes_stock is True
    ProductRules.objects.filter(shop=pair.shop).update(push_stock=False)
    link = Link.objects.get()
    assert unlink_effect(link).words == (
        "Both products stay as they are, on TikTok and in Shopify.",
    )


# --- changed -------------------------------------------------------------------------------------


def test_a_link_is_led_to_another_variant_and_the_old_pair_is_remembered(
    pair: Pair, wakes: Wakes
) -> None:
    person = get_user_model().objects.create(username="anna")
    first, second = make_variant(pair.store), make_variant(pair.store, "BLUE", 42)
    link = make_link(pair.shop, "29RED", first, origin=Link.Origin.SAME_SKU)
    order = blocked(pair, code="variant_gone")
    changed = change_link(link, second, user=person)
    assert (changed.pk, changed.variant, changed.origin) == (link.pk, second, "by_hand")
    assert changed.created_by == person
    assert parted(pair) == [("29RED", "RED")]
    assert status(order) == "pending"

    change_link(changed, first)
    assert parted(pair) == [("29RED", "BLUE")], "what a person puts together is a pair again"


def test_a_change_to_the_same_variant_is_none(pair: Pair) -> None:
    link = make_link(pair.shop, "29RED", make_variant(pair.store), origin=Link.Origin.SAME_SKU)
    assert change_link(link, link.variant).origin == "same_sku"
    assert parted(pair) == []


def test_a_link_that_is_gone_cannot_be_changed(pair: Pair) -> None:
    link = make_link(pair.shop, "29RED", make_variant(pair.store), origin=BY_HAND)
    stale = Link.objects.get()
    remove_link(link)
    with pytest.raises(LinkConflict, match="removed by somebody else"):
        change_link(stale, make_variant(pair.store, "BLUE", 42))
    assert stage.links(pair.shop) == {}


def test_a_deleted_variant_is_refused(pair: Pair) -> None:
    link = make_link(pair.shop, "29RED", make_variant(pair.store), origin=BY_HAND)
    gone = make_variant(pair.store, "BLUE", 42)
    set_columns(gone, gone_at=timezone.now())
    with pytest.raises(LinkConflict, match="deleted in Shopify"):
        make_link(pair.shop, "29BLUE", gone, origin=BY_HAND)
    with pytest.raises(LinkConflict, match="deleted in Shopify"):
        change_link(link, gone)
    assert stage.links(pair.shop) == {"29RED": "41"}
    assert parted(pair) == []


def test_links_that_lead_nowhere_are_known(pair: Pair) -> None:
    listing = stage.listing(pair.shop, 1)
    for number, sku in ((41, "A"), (42, "B"), (43, "C")):
        stage.sku(listing, sku, sku)
        make_link(pair.shop, sku, make_variant(pair.store, sku, number), origin=BY_HAND)
    link = Link.objects.select_related("variant").get(tiktok_sku_id="A")
    assert link.is_broken is False
    set_columns(link.variant, gone_at=timezone.now())
    assert Link.objects.get(tiktok_sku_id="A").is_broken is True
    ListingSku.objects.filter(tiktok_sku_id="B").update(gone_at=timezone.now())
    assert {link.tiktok_sku_id for link in broken_links(pair.shop)} == {"A", "B"}


# --- many at once --------------------------------------------------------------------------------


def test_many_are_linked_at_once_and_standing_links_stay(pair: Pair) -> None:
    red, blue = make_variant(pair.store), make_variant(pair.store, "BLUE", 42)
    stranger = make_variant(make_pair("Ben").store, "X", 99)
    make_link(pair.shop, "1", blue, origin=BY_HAND)
    order = blocked(pair)
    RemovedLink.objects.create(shop=pair.shop, tiktok_sku_id="29RED", variant=red, origin="order")
    made = make_links(
        pair.shop,
        {"29RED": red, "1": red, "2": blue, "3": stranger, "": red},
        origin=Link.Origin.UPLOADED,
    )
    assert sorted(made) == ["2", "29RED"]
    assert stage.links(pair.shop) == {"1": "42", "2": "42", "29RED": "41"}
    assert Link.objects.get(tiktok_sku_id="2").origin == "uploaded"
    assert (status(order), parted(pair)) == ("pending", [])


def test_a_link_by_hand_has_shopifys_ids_noted_where_the_skus_differ(pair: Pair) -> None:
    stage.sku(stage.listing(pair.shop, 1), "1", "OTHER")
    make_link(pair.shop, "1", make_variant(pair.store), origin=BY_HAND)
    task = ListingTask.objects.get()
    assert (task.kind, task.listing.tiktok_product_id) == ("ids", "171")
