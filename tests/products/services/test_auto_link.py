"""Equal SKUs are linked as the mirrors store them; what is not surely one pair stays apart."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from orders.models import Order
from products.models import Link, ListingTask, ProductRules, RemovedLink, SkuLookup
from products.services import auto_link
from products.services.follow_catalogue import (
    catalogue_loaded,
    listings_stored,
    variants_stored,
)
from tests.factories import Pair, make_pair, make_shop, set_columns, stored_order
from tests.fakes import Wakes
from tests.orders.data import build
from tests.products.services.link_stage import links, listing, product, sku, variant

GONE = {"gone_at": timezone.now()}


def blocked(pair: Pair, order_id: str, seller_sku: str, sku_id: str, **columns: Any) -> Order:
    line = build.unit(f"{order_id}1", seller_sku, sku_id=sku_id)
    order = stored_order(pair.shop, order_id, lines=[line])
    columns = {"failure_kind": "config", "failure_code": "sku_unlinked", **columns}
    set_columns(order, **{"sync_status": "failed", **columns})
    return order


@pytest.fixture(autouse=True)
def read(pair: Pair) -> None:
    """The store's catalogue was read whole."""
    set_columns(pair.store, variants_read_at=timezone.now())


# --- pairs ---------------------------------------------------------------------------------------


def test_equal_skus_are_linked_when_the_listing_is_stored(pair: Pair) -> None:
    tee, shirt = product(pair.store, 1), listing(pair.shop, 1)
    variant(tee, 41, " tee-s")
    variant(tee, 42, "TEE-M")
    variant(tee, 43, "TEE-L")
    sku(shirt, "S", "TEE-S ")
    sku(shirt, "M", "tee-m")
    sku(shirt, "X", "TEE-X")
    listings_stored(pair.shop, [shirt.pk])
    assert links(pair.shop) == {"S": "41", "M": "42"}
    link = Link.objects.get(tiktok_sku_id="S")
    assert (link.origin, link.created_by) == ("same_sku", None)
    assert abs((timezone.now() - link.created_at).total_seconds()) < 10


def test_equal_skus_are_linked_when_the_product_is_stored_in_every_shop_of_the_store(
    pair: Pair,
) -> None:
    second = make_shop(pair.merchant, pair.store, "second")
    for shop, sku_id in ((pair.shop, "A"), (second, "B")):
        sku(listing(shop, 1), sku_id, "TEE")
    tee = product(pair.store, 1)
    variant(tee, 41, "TEE")
    variants_stored(pair.store, [tee.pk])
    assert (links(pair.shop), links(second)) == ({"A": "41"}, {"B": "41"})


def test_only_what_was_stored_is_linked(pair: Pair) -> None:
    tee = product(pair.store, 1)
    variant(tee, 41, "A")
    variant(tee, 42, "B")
    first, second = listing(pair.shop, 1), listing(pair.shop, 2)
    sku(first, "1", "A")
    sku(second, "2", "B")
    assert auto_link.link_listings(pair.shop, [second.pk]) == 1
    assert links(pair.shop) == {"2": "42"}


@pytest.mark.parametrize("blank", ["", "  "])
def test_blank_skus_are_no_pair(pair: Pair, blank: str) -> None:
    variant(product(pair.store, 1), 41, blank)
    shirt = listing(pair.shop, 1)
    sku(shirt, "1", blank)
    assert auto_link.link_listings(pair.shop, [shirt.pk]) == 0
    assert links(pair.shop) == {}


def test_two_variants_with_one_sku_are_never_guessed(pair: Pair) -> None:
    variant(product(pair.store, 1), 41, "TEE")
    variant(product(pair.store, 2), 42, "tee")
    shirt = listing(pair.shop, 1)
    sku(shirt, "1", "TEE")
    assert auto_link.link_listings(pair.shop, [shirt.pk]) == 0
    assert links(pair.shop) == {}


def test_a_deleted_variant_neither_counts_nor_is_linked(pair: Pair) -> None:
    variant(product(pair.store, 1), 41, "TEE", **GONE)
    variant(product(pair.store, 2), 42, "TEE")
    variant(product(pair.store, 3), 43, "CAP", **GONE)
    shirt = listing(pair.shop, 1)
    sku(shirt, "1", "TEE")
    sku(shirt, "2", "CAP")
    auto_link.link_listings(pair.shop, [shirt.pk])
    assert links(pair.shop) == {"1": "42"}


def test_two_listings_with_one_sku_sell_the_same_variant(pair: Pair) -> None:
    variant(product(pair.store, 1), 41, "TEE")
    first, second = listing(pair.shop, 1), listing(pair.shop, 2)
    sku(first, "1", "TEE")
    sku(second, "2", "tee ")
    auto_link.link_listings(pair.shop, [first.pk, second.pk])
    assert links(pair.shop) == {"1": "41", "2": "41"}


def test_one_sku_on_two_options_of_a_listing_says_nothing(pair: Pair) -> None:
    variant(product(pair.store, 1), 41, "TEE")
    shirt = listing(pair.shop, 1)
    sku(shirt, "RED", "TEE")
    sku(shirt, "BLUE", "tee")
    assert auto_link.link_listings(pair.shop, [shirt.pk]) == 0
    assert links(pair.shop) == {}


def test_an_option_that_is_gone_leaves_the_other_one_alone_with_its_sku(pair: Pair) -> None:
    variant(product(pair.store, 1), 41, "TEE")
    shirt = listing(pair.shop, 1)
    sku(shirt, "RED", "TEE")
    sku(shirt, "BLUE", "TEE", **GONE)
    auto_link.link_listings(pair.shop, [shirt.pk])
    assert links(pair.shop) == {"RED": "41"}


def test_a_listing_that_is_gone_is_not_linked(pair: Pair) -> None:
    variant(product(pair.store, 1), 41, "TEE")
    shirt = listing(pair.shop, 1, **GONE)
    sku(shirt, "1", "TEE")
    assert auto_link.link_listings(pair.shop, [shirt.pk]) == 0


def test_a_link_beats_an_equal_sku(pair: Pair) -> None:
    tee = product(pair.store, 1)
    variant(tee, 41, "TEE")
    chosen = variant(tee, 42, "OTHER")
    shirt = listing(pair.shop, 1)
    sku(shirt, "1", "TEE")
    Link.objects.create(shop=pair.shop, tiktok_sku_id="1", variant=chosen, origin="by_hand")
    assert auto_link.link_listings(pair.shop, [shirt.pk]) == 0
    assert links(pair.shop) == {"1": "42"}


def test_two_that_were_taken_apart_stay_apart_and_others_do_not(pair: Pair) -> None:
    tee = variant(product(pair.store, 1), 41, "TEE")
    first, second = listing(pair.shop, 1), listing(pair.shop, 2)
    sku(first, "1", "TEE")
    sku(second, "2", "TEE")
    RemovedLink.objects.create(shop=pair.shop, tiktok_sku_id="1", variant=tee, origin="same_sku")
    auto_link.link_listings(pair.shop, [first.pk, second.pk])
    assert links(pair.shop) == {"2": "41"}


def test_a_shop_that_links_nothing_by_itself_is_left_alone(pair: Pair) -> None:
    ProductRules.objects.create(shop=pair.shop, auto_link=False)
    tee, shirt = product(pair.store, 1), listing(pair.shop, 1)
    variant(tee, 41, "TEE")
    sku(shirt, "1", "TEE")
    listings_stored(pair.shop, [shirt.pk])
    variants_stored(pair.store, [tee.pk])
    assert links(pair.shop) == {}


def test_another_merchants_variants_are_another_matter(pair: Pair) -> None:
    ben = make_pair("Ben")
    variant(product(ben.store, 1), 41, "TEE")
    shirt = listing(pair.shop, 1)
    sku(shirt, "1", "TEE")
    assert auto_link.link_listings(pair.shop, [shirt.pk]) == 0


def test_nothing_is_linked_before_the_store_was_read_whole_and_all_of_it_then(pair: Pair) -> None:
    """In the middle of a load nobody knows whether a SKU stands there once."""
    set_columns(pair.store, variants_read_at=None)
    tee, shirt = product(pair.store, 1), listing(pair.shop, 1)
    for number, name in ((41, "A"), (42, "B")):
        variant(tee, number, name)
        sku(shirt, name, name)
    variants_stored(pair.store, [tee.pk])
    listings_stored(pair.shop, [shirt.pk])
    assert links(pair.shop) == {}
    variant(tee, 43, "B")
    set_columns(pair.store, variants_read_at=timezone.now())
    assert catalogue_loaded(pair.store) == ""
    assert links(pair.shop) == {"A": "41"}


def test_a_store_that_was_read_is_linked_some_listings_at_a_time(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auto_link, "LISTINGS_AT_ONCE", 2)
    tee = product(pair.store, 1)
    for number in range(3):
        variant(tee, number, f"SKU{number}")
        sku(listing(pair.shop, number), str(number), f"SKU{number}")
    cursor = catalogue_loaded(pair.store)
    assert links(pair.shop) == {"0": "0", "1": "1"}
    assert catalogue_loaded(pair.store, cursor) == ""
    assert links(pair.shop) == {"0": "0", "1": "1", "2": "2"}


# --- what follows --------------------------------------------------------------------------------


@pytest.fixture
def shirt(pair: Pair) -> int:
    variant(product(pair.store, 1), 41, "TEE")
    variant(product(pair.store, 2), 42, "CAP")
    shirt = listing(pair.shop, 1)
    sku(shirt, "1", "TEE")
    sku(shirt, "2", "CAP")
    return shirt.pk


def test_orders_that_waited_go_on_and_others_stay(pair: Pair, shirt: int, wakes: Wakes) -> None:
    first = blocked(pair, "1", "TEE", "1")
    second = blocked(pair, "2", "CAP", "2", failure_code="sku_ambiguous")
    other = blocked(pair, "3", "HAT", "3")
    money = blocked(pair, "4", "TEE", "1", failure_code="money_mismatch")
    wakes.lanes.clear()
    listings_stored(pair.shop, [shirt])
    states = []
    for order in (first, second, other, money):
        order.refresh_from_db()
        states.append(order.sync_status)
    assert states == ["pending", "pending", "failed", "failed"]
    assert list(first.history.filter(axis="sync").values_list("after", "reason"))[-1] == (
        "pending",
        "Its SKU is judged again.",
    )
    assert wakes.lanes.count(("push_orders", pair.store.pk)) == 1


def test_a_hundred_orders_are_released_in_as_many_queries_as_one(
    pair: Pair, shirt: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(100):
        blocked(pair, str(number), "TEE", "1")
    with django_assert_max_num_queries(60):
        listings_stored(pair.shop, [shirt])
    assert not Order.objects.filter(sync_status="failed").exists()


def test_look_ups_in_vain_are_forgotten_once_their_sku_is_linked(pair: Pair, shirt: int) -> None:
    for key, status in (("tee", "failed"), ("cap", "pending"), ("hat", "failed")):
        SkuLookup.objects.create(store=pair.store, sku=key, sku_key=key, sync_status=status)
    listings_stored(pair.shop, [shirt])
    assert set(SkuLookup.objects.values_list("sku_key", flat=True)) == {"cap", "hat"}


def test_a_look_up_in_vain_is_repeated_when_the_product_comes(pair: Pair, wakes: Wakes) -> None:
    """The order names a SKU of a listing that was not read yet."""
    blocked(pair, "1", "TEE", "1")
    for key in ("tee", "cap"):
        SkuLookup.objects.create(
            store=pair.store,
            sku=key,
            sku_key=key,
            sync_status="failed",
            failure_code="sku_unlinked",
        )
    tee = product(pair.store, 1)
    variant(tee, 41, "TEE")
    variant(tee, 42, "CAP")
    wakes.lanes.clear()
    variants_stored(pair.store, [tee.pk])
    states = dict(SkuLookup.objects.values_list("sku_key", "sync_status"))
    assert states == {"tee": "pending", "cap": "failed"}, "no order needs the cap"
    assert wakes.lanes == [("link_skus", pair.store.pk)]


def test_the_same_page_again_changes_nothing(pair: Pair, shirt: int, wakes: Wakes) -> None:
    listings_stored(pair.shop, [shirt])
    before = list(Link.objects.values_list("pk", "created_at"))
    wakes.lanes.clear()
    assert auto_link.link_listings(pair.shop, [shirt]) == 0
    assert list(Link.objects.values_list("pk", "created_at")) == before
    assert wakes.lanes == []


# --- Shopify's ids on TikTok ---------------------------------------------------------------------


def noted() -> list[str]:
    tasks = ListingTask.objects.filter(kind="ids").order_by("listing")
    return list(tasks.values_list("listing__tiktok_product_id", flat=True))


def by_hand(pair: Pair, sku_id: str, to: Any) -> None:
    Link.objects.create(shop=pair.shop, tiktok_sku_id=sku_id, variant=to, origin="by_hand")
    auto_link.note_external_ids(pair.shop, [sku_id])


def test_equal_skus_need_no_ids(pair: Pair, shirt: int) -> None:
    listings_stored(pair.shop, [shirt])
    assert noted() == []


def test_ids_are_noted_where_the_skus_differ_or_another_has_the_same(pair: Pair) -> None:
    tee = product(pair.store, 1)
    first, _, third = variant(tee, 41, "A"), variant(tee, 42, "B"), variant(tee, 43, "B")
    sku(listing(pair.shop, 1), "1", "OTHER")
    sku(listing(pair.shop, 2), "2", "B")
    sku(listing(pair.shop, 3), "3", "")
    sku(listing(pair.shop, 4), "4", "A")
    for sku_id, to in (("1", first), ("2", third), ("3", first), ("4", first)):
        by_hand(pair, sku_id, to)
    assert noted() == ["171", "172", "173"]


@pytest.mark.parametrize(("rule", "expected"), [("always", ["171"]), ("never", [])])
def test_the_rule_decides(pair: Pair, rule: str, expected: list[str]) -> None:
    ProductRules.objects.create(shop=pair.shop, external_ids=rule)
    tee = variant(product(pair.store, 1), 41, "A")
    sku(listing(pair.shop, 1), "1", "A")
    by_hand(pair, "1", tee)
    assert noted() == expected


def test_ids_that_tiktok_shows_already_are_not_noted_again(pair: Pair) -> None:
    tee = variant(product(pair.store, 1), 41, "A")
    sku(listing(pair.shop, 1), "1", "OTHER", external_sku_id="gid://shopify/ProductVariant/41")
    by_hand(pair, "1", tee)
    assert noted() == []
