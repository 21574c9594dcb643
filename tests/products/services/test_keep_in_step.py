"""keep_in_step: only what differs is asked for, with few questions to the database."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.models import Order
from orders.services.actions import dismiss_order, retry_order
from orders.services.store_orders import store_page
from products.models import InventoryLevel, Listing, ListingTask, Product, Variant
from products.services import follow_catalogue, keep_in_step, listing_tasks
from products.services.listing_task_locks import set_lock
from tests.factories import Pair, make_pair, order_body, seconds_from_now, set_columns
from tests.fakes import FakeTikTok, Wakes
from tests.orders.services.conftest import Work
from tests.products.services.listing_stage import Kind, Stage, tasks
from tiktoksync.errors import Rejected
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.sweep import due_lanes

STEM = "push_stock"


@pytest.fixture
def stage(pair: Pair, tiktok: FakeTikTok) -> Stage:
    return Stage(pair, tiktok)


def asked(kind: Kind = Kind.STOCK) -> dict[str, str]:
    """The listings that are asked for, each with the reason."""
    rows = ListingTask.objects.filter(kind=kind, sync_status="pending")
    return dict(rows.values_list("listing__tiktok_product_id", "reason"))


# --- stock ---------------------------------------------------------------------------------------


def test_new_stock_is_asked_for_where_the_figure_differs(stage: Stage, wakes: Wakes) -> None:
    stage.sell("S", stock=7, shown=7, product_id="171")
    stage.sell("T", stock=7, shown=7, product_id="172")
    items = [stage.stock("S", 6), stage.stock("T", 7)]
    keep_in_step.stock_changed(stage.pair.store, items)
    assert asked() == {"171": "stock_changed"}
    assert wakes.lanes == [("push_stock", stage.pair.shop.pk)]


def test_stock_that_the_rules_hide_is_not_asked_for(stage: Stage, wakes: Wakes) -> None:
    stage.sell("S", stock=70, shown=5)
    stage.rules(stock_ceiling=5)
    keep_in_step.stock_changed(stage.pair.store, [stage.stock("S", 60)])
    assert (asked(), wakes.lanes) == ({}, [])


@pytest.mark.parametrize("spoil", ["rule", "lock", "state", "gone", "link"])
def test_what_is_left_alone_is_not_asked_for(stage: Stage, spoil: str) -> None:
    listing = stage.sell("S", stock=7, shown=1, is_linked=spoil != "link")
    if spoil == "rule":
        stage.rules(push_stock=False)
    elif spoil == "lock":
        set_columns(stage.sku("S"), stock_locked=True)
    elif spoil == "state":
        set_columns(listing, status="FREEZE")
    elif spoil == "gone":
        set_columns(listing, gone_at=timezone.now())
    keep_in_step.listings_changed(stage.pair.shop, [listing.pk])
    keep_in_step.products_changed(stage.pair.store, list(Product.objects.values_list("pk", flat=1)))
    assert ListingTask.objects.count() == 0


def test_every_shop_that_sells_the_variant_is_asked(stage: Stage) -> None:
    other = make_pair("Ben")
    set_columns(other.shop, store=stage.pair.store)
    stage.sell("S", stock=7, shown=7, product_id="171")
    stage.sell("S", shown=7, product_id="172", shop=other.shop)
    keep_in_step.stock_changed(stage.pair.store, [stage.stock("S", 6)])
    assert asked() == {"171": "stock_changed", "172": "stock_changed"}


def test_another_stores_items_with_the_same_id_are_others(stage: Stage) -> None:
    stage.sell("S", stock=7, shown=1)
    item = Variant.objects.get().inventory_item_id
    keep_in_step.stock_changed(make_pair("Ben").store, [item])
    assert asked() == {}


def test_a_new_link_has_the_stock_told(stage: Stage) -> None:
    stage.sell("S", stock=7, shown=1)
    follow_catalogue.links_made(stage.pair.shop, ["29S"])
    assert asked() == {"171": "linked"}


def test_what_tiktok_shows_otherwise_is_told_again(stage: Stage) -> None:
    listing = stage.sell("S", stock=7, shown=7)
    set_columns(stage.sku("S"), inventory=[{"warehouse_id": "W1", "quantity": 9}], quantity=9)
    keep_in_step.listings_changed(stage.pair.shop, [listing.pk])
    assert asked() == {"171": "listing_changed"}


@pytest.mark.parametrize("what", ["stock_changed", "products_changed", "listings_changed"])
def test_however_many_there_are_the_questions_stay_as_many(stage: Stage, what: str) -> None:
    stage.rules(push_prices=True, auto_deactivate=True)
    counts = []
    for number in (1, 40):
        for one in range(number):
            name = f"{number}-{one}"
            stage.sell(f"S{name}", f"T{name}", stock=7, shown=1, product_id=f"17{name}")
        with CaptureQueriesContext(connection) as queries:
            tell_all(stage, what)
        counts.append(len(queries))
        ListingTask.objects.all().delete()
    assert counts[0] == counts[1] <= 26


def tell_all(stage: Stage, what: str) -> None:
    store, shop = stage.pair.store, TikTokShop.objects.get(pk=stage.pair.shop.pk)
    if what == "stock_changed":
        items = InventoryLevel.objects.values_list("inventory_item_id", flat=True)
        keep_in_step.stock_changed(store, list(items))
    elif what == "products_changed":
        keep_in_step.products_changed(store, list(Product.objects.values_list("pk", flat=True)))
    else:
        keep_in_step.listings_changed(shop, list(Listing.objects.values_list("pk", flat=True)))


def test_without_a_link_one_question_is_enough(
    stage: Stage, django_assert_num_queries: Any
) -> None:
    stage.sell("S", is_linked=False)
    with django_assert_num_queries(1):
        keep_in_step.stock_changed(stage.pair.store, ["gid://shopify/InventoryItem/1"])
    with django_assert_num_queries(1):
        keep_in_step.orders_changed(stage.pair.shop, ["501"])


# --- orders --------------------------------------------------------------------------------------


def test_a_new_order_sets_its_units_aside(stage: Stage, work: Work) -> None:
    stage.sell("RED", stock=10, shown=10)
    store_page(stage.pair.shop, [order_body(status="ON_HOLD")])
    assert asked() == {"171": "order"}
    work(STEM)
    assert stage.shows("RED") == {"W1": 9}


def test_the_same_order_again_asks_for_nothing(stage: Stage, work: Work) -> None:
    stage.sell("RED", stock=10, shown=9)
    store_page(stage.pair.shop, [order_body()])
    store_page(stage.pair.shop, [order_body()])
    assert ListingTask.objects.count() == 0


def test_a_cancelled_order_gives_its_units_back(stage: Stage, work: Work) -> None:
    stage.sell("RED", stock=10, shown=9)
    store_page(stage.pair.shop, [order_body(status="ON_HOLD")])
    assert asked() == {}
    store_page(stage.pair.shop, [order_body(status="CANCELLED", age=5)])
    assert asked() == {"171": "order"}
    work(STEM)
    assert stage.shows("RED") == {"W1": 10}


def test_an_order_that_is_left_out_gives_its_units_back_and_takes_them_again(
    stage: Stage, work: Work
) -> None:
    stage.sell("RED", stock=10, shown=9)
    store_page(stage.pair.shop, [order_body()])
    order = Order.objects.get()
    assert dismiss_order(order, actor="merchant")
    work(STEM)
    assert stage.shows("RED") == {"W1": 10}
    assert retry_order(order, actor="merchant")
    work(STEM)
    assert stage.shows("RED") == {"W1": 9}


def test_an_order_of_one_shop_tells_the_other_too(stage: Stage) -> None:
    other = make_pair("Ben")
    set_columns(other.shop, store=stage.pair.store)
    stage.sell("RED", stock=10, shown=10, product_id="171")
    stage.sell("RED", shown=10, product_id="172", shop=other.shop)
    store_page(stage.pair.shop, [order_body()])
    assert asked() == {"171": "order", "172": "order"}


# --- prices --------------------------------------------------------------------------------------


def test_a_new_price_is_asked_for_by_the_rule(stage: Stage) -> None:
    stage.sell("S", shown=10, product_id="171")
    stage.sell("T", shown=10, product_id="172")
    Variant.objects.filter(sku="S").update(price=Decimal("12.00"))
    ids = list(Product.objects.values_list("pk", flat=True))
    keep_in_step.products_changed(stage.pair.store, ids)
    assert asked(Kind.PRICES) == {}
    stage.rules(push_prices=True)
    keep_in_step.products_changed(stage.pair.store, ids)
    assert asked(Kind.PRICES) == {"171": "product_changed"}
    assert asked(Kind.STOCK) == {}


def test_prices_wait_until_the_listing_is_on_sale(stage: Stage, work: Work) -> None:
    stage.rules(push_prices=True)
    listing = stage.sell("S", shown=10, price="12.00", status="SELLER_DEACTIVATED")
    keep_in_step.listings_changed(stage.pair.shop, [listing.pk])
    assert asked(Kind.PRICES) == {}
    set_columns(listing, status="ACTIVATE")
    keep_in_step.listings_changed(stage.pair.shop, [listing.pk])
    assert asked(Kind.PRICES) == {"171": "listing_changed"}


# --- asking --------------------------------------------------------------------------------------


def test_asking_twice_makes_one_task(stage: Stage) -> None:
    listing = stage.sell("S")
    for _ in range(2):
        listing_tasks.ask(stage.pair.shop, [listing.pk], Kind.STOCK, reason="stock_changed")
    assert tasks(Kind.STOCK) == [("171", "pending", "")]


def test_what_failed_is_tried_again_only_if_that_is_meant(stage: Stage) -> None:
    listing = stage.sell("S")
    ask = listing_tasks.ask
    ask(stage.pair.shop, [listing.pk], Kind.STOCK, reason="x")
    ListingTask.objects.update(sync_status="failed", failure_code="12052901")
    assert ask(stage.pair.shop, [listing.pk], Kind.STOCK, reason="x", retry_failed=False) == 0
    assert tasks(Kind.STOCK) == [("171", "failed", "12052901")]
    assert ask(stage.pair.shop, [listing.pk], Kind.STOCK, reason="x") == 1
    assert tasks(Kind.STOCK) == [("171", "pending", "")]


def test_another_shops_listings_are_not_asked_for(stage: Stage) -> None:
    listing = stage.sell("S")
    other = make_pair("Ben").shop
    assert listing_tasks.ask(other, [listing.pk], Kind.STOCK, reason="x") == 0
    assert ListingTask.objects.count() == 0


# --- the sweep -----------------------------------------------------------------------------------


def test_recheck_wakes_the_lanes_whose_time_has_come(stage: Stage, wakes: Wakes) -> None:
    stage.sell("S")
    keep_in_step.recheck()
    assert wakes.lanes == [("push_stock", stage.pair.shop.pk)]
    assert [lane.stem for lane in due_lanes([STEM])] == [STEM]


def test_a_shop_without_links_is_not_compared(stage: Stage, wakes: Wakes) -> None:
    stage.sell("S", is_linked=False)
    keep_in_step.recheck()
    assert (wakes.lanes, list(due_lanes([STEM]))) == ([], [])


def test_a_shop_that_may_not_be_called_is_not_compared(stage: Stage, wakes: Wakes) -> None:
    stage.sell("S")
    set_columns(stage.pair.shop, auth_lost_at=timezone.now())
    keep_in_step.recheck()
    assert (wakes.lanes, list(due_lanes([STEM]))) == ([], [])


def test_what_no_news_told_of_is_found_once_in_a_while(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    stage.sell("S", stock=7, shown=7)
    stage.stock("S", 3)
    keep_in_step.recheck()
    work(STEM)
    assert (stage.shows("S"), tiktok.count("update_inventory")) == ({"W1": 3}, 1)
    shop = TikTokShop.objects.get(pk=stage.pair.shop.pk)
    assert 800 < seconds_from_now(shop.next_stock_sweep_at) <= 900
    stage.stock("S", 4)
    keep_in_step.recheck()
    work(STEM)
    assert tiktok.count("update_inventory") == 1
    set_columns(shop, next_stock_sweep_at=timezone.now() - timedelta(seconds=1))
    work(STEM)
    assert stage.shows("S") == {"W1": 4}


def test_new_rules_are_followed_at_once(stage: Stage, wakes: Wakes, work: Work) -> None:
    stage.sell("S", stock=8, shown=8)
    stage.rules(stock_percent=50)
    keep_in_step.rules_changed(stage.pair.shop)
    assert wakes.lanes == [("push_stock", stage.pair.shop.pk)]
    work(STEM)
    assert stage.shows("S") == {"W1": 4}


def test_the_sweep_does_not_repeat_what_failed_for_good(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    stage.sell("S", stock=7)
    tiktok.shelf.refused_ids["29S"] = Rejected("No.", code="12052901")
    for _ in range(2):
        set_columns(stage.pair.shop, next_stock_sweep_at=timezone.now())
        work(STEM)
    assert tiktok.count("update_inventory") == 1
    keep_in_step.stock_changed(stage.pair.store, [stage.stock("S", 8)])
    work(STEM)
    assert tiktok.count("update_inventory") == 2


def test_the_sweep_takes_up_what_was_left_out(stage: Stage, work: Work) -> None:
    listing = stage.sell("S", stock=None)
    listing_tasks.ask(stage.pair.shop, [listing.pk], Kind.STOCK, reason="run")
    work(STEM)
    assert tasks(Kind.STOCK) == [("171", "skipped", "unknown_stock")]
    stage.stock("S", 3)
    set_columns(stage.pair.shop, next_stock_sweep_at=timezone.now())
    work(STEM)
    assert stage.shows("S") == {"W1": 3}


def test_a_large_shop_is_compared_piece_by_piece(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        stage.sell(f"S{number}", stock=5, product_id=f"17{number}")
    monkeypatch.setattr(keep_in_step, "CHUNK", 3)
    pieces: list[int] = []
    seen = lambda: pieces.append(ListingTask.objects.count())  # noqa: E731
    assert keep_in_step.sweep_shop(stage.pair.shop, seen) == 7
    assert pieces == [3, 6, 7]


# --- locks ---------------------------------------------------------------------------------------


def test_locking_tells_nothing_and_unlocking_what_differs(stage: Stage) -> None:
    stage.sell("S", stock=7, shown=7)
    sku = set_lock(stage.sku("S"), stock=True, user=None)
    assert (stage.sku("S").stock_locked, stage.sku("S").price_locked) == (True, False)
    keep_in_step.stock_changed(stage.pair.store, [stage.stock("S", 2)])
    assert ListingTask.objects.count() == 0
    set_lock(sku, stock=False)
    assert (stage.sku("S").stock_locked, asked()) == (False, {"171": "unlocked"})


def test_a_price_is_unlocked_by_itself(stage: Stage) -> None:
    stage.rules(push_prices=True)
    stage.sell("S", shown=10, price="12.00")
    sku = set_lock(stage.sku("S"), stock=True, price=True)
    set_lock(sku, price=False)
    assert (stage.sku("S").stock_locked, stage.sku("S").price_locked) == (True, False)
    assert (asked(Kind.PRICES), asked(Kind.STOCK)) == ({"171": "unlocked"}, {})


def test_a_lock_that_stands_already_changes_nothing(
    stage: Stage, django_assert_num_queries: Any
) -> None:
    stage.sell("S")
    sku = stage.sku("S")
    with django_assert_num_queries(0):
        set_lock(sku, stock=False, price=False)
