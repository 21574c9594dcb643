"""Links between TikTok SKUs and Shopify variants: made once, never twice, released by."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from orders.models import Order
from products.models import Link
from products.services.links import LinkConflict, make_link, refresh_catalogue, remove_link
from tests.factories import Pair, make_pair, make_variant, set_columns, stored_order
from tests.fakes import Wakes
from tests.orders.data import build

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
