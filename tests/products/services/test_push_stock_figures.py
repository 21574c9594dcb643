"""The figures that push_stock tells: what can be sold, less what waiting orders take."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.models import Order
from products.models import InventoryLevel, Link, Listing, Product, ProductRules, Variant
from products.services import listing_tasks
from products.services.listing_task_skus import linked_skus
from products.services.push_stock_changes import listing_stocks
from tests.factories import Pair, make_pair, set_columns, stored_order
from tests.fakes import FakeTikTok
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tests.products.services.listing_stage import HERE, THERE, Kind, Stage, tasks
from tiktoksync.sync.models import Attempt

STEM = "push_stock"


@pytest.fixture
def stage(pair: Pair, tiktok: FakeTikTok) -> Stage:
    return Stage(pair, tiktok)


def ask(*listings: Listing) -> None:
    keys = [listing.pk for listing in listings]
    listing_tasks.ask(listings[0].shop, keys, Kind.STOCK, reason="stock_changed")


def test_the_rules_apply_after_what_is_set_aside(stage: Stage, work: Work) -> None:
    """(11 - 3) * 50 % = 4, more than the threshold of 3, not more than the ceiling of 5."""
    listing = stage.sell("RED", stock=11)
    stage.rules(stock_percent=50, stock_threshold=3, stock_ceiling=5)
    units = [build.unit(str(number)) for number in range(3)]
    stored_order(stage.pair.shop, lines=units, status="ON_HOLD")
    ask(listing)
    work(STEM)
    assert stage.shows("RED") == {"W1": 4}


def test_the_locations_are_added_up(stage: Stage, work: Work) -> None:
    listing = stage.sell("S", stock=3)
    stage.stock("S", 4, THERE)
    ask(listing)
    work(STEM)
    assert stage.shows("S") == {"W1": 7}


def test_only_the_chosen_locations_count(stage: Stage, work: Work) -> None:
    listing = stage.sell("S", stock=3)
    stage.stock("S", 4, THERE)
    stage.rules(stock_locations=[THERE])
    ask(listing)
    work(STEM)
    assert stage.shows("S") == {"W1": 4}


def test_a_location_that_is_closed_does_not_count(stage: Stage, work: Work) -> None:
    listing = stage.sell("S", stock=3)
    stage.stock("S", 4, THERE)
    stage.pair.store.locations.filter(shopify_location_id=THERE).update(is_active=False)
    ask(listing)
    work(STEM)
    assert stage.shows("S") == {"W1": 3}


def test_stock_elsewhere_alone_is_none_and_not_unknown(stage: Stage, work: Work) -> None:
    listing = stage.sell("S", stock=3, shown=9)
    stage.rules(stock_locations=[THERE])
    ask(listing)
    work(STEM)
    assert stage.shows("S") == {"W1": 0}


@pytest.mark.parametrize(
    ("columns", "ceiling", "quantity"),
    [
        ({"is_tracked": False}, None, 999),
        ({"sells_without_stock": True}, None, 999),
        ({"is_tracked": False}, 25, 25),
    ],
)
def test_what_shopify_does_not_count_is_offered_all_the_same(
    stage: Stage, work: Work, columns: dict[str, Any], ceiling: int | None, quantity: int
) -> None:
    listing = stage.sell("S", stock=0, **columns)
    stage.rules(stock_ceiling=ceiling)
    ask(listing)
    work(STEM)
    assert stage.shows("S") == {"W1": quantity}


@pytest.mark.parametrize("status", ["DRAFT", "ARCHIVED"])
def test_what_cannot_be_bought_in_shopify_is_not_offered(
    stage: Stage, work: Work, status: str
) -> None:
    listing = stage.sell("S", stock=8, shown=8)
    Product.objects.update(status=status)
    ask(listing)
    work(STEM)
    assert stage.shows("S") == {"W1": 0}


def test_a_draft_that_an_import_made_is_left_alone_until_it_is_sold(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    """It waits to be looked over in Shopify; TikTok goes on selling it."""
    listing = stage.sell("S", stock=8, shown=5)
    Link.objects.update(origin=Link.Origin.IMPORTED)
    Product.objects.update(status="DRAFT")
    ask(listing)
    work(STEM)
    assert (tiktok.calls, tasks(Kind.STOCK)) == ([], [("171", "skipped", "draft")])
    for status, units in (("ACTIVE", 8), ("DRAFT", 0)):
        Product.objects.update(status=status)
        ask(listing)
        work(STEM)
        assert stage.shows("S") == {"W1": units}


@pytest.mark.parametrize("status", ["UNLISTED", ""])
def test_an_unlisted_or_unread_product_is_offered(stage: Stage, work: Work, status: str) -> None:
    listing = stage.sell("S", stock=8)
    Product.objects.update(status=status)
    ask(listing)
    work(STEM)
    assert stage.shows("S") == {"W1": 8}


@pytest.mark.parametrize("model", [Variant, Product])
def test_what_is_gone_from_shopify_is_not_offered(stage: Stage, work: Work, model: Any) -> None:
    listing = stage.sell("S", stock=8, shown=8)
    model.objects.update(gone_at=timezone.now())
    ask(listing)
    work(STEM)
    assert stage.shows("S") == {"W1": 0}


def test_two_skus_of_one_variant_each_show_the_figure(stage: Stage, work: Work) -> None:
    first = stage.sell("S", stock=6, product_id="171")
    second = stage.sell("T", product_id="172", is_linked=False)
    stage.link("T", stage.pair.shop, Variant.objects.get(sku="S"))
    ask(first, second)
    work(STEM)
    assert (stage.shows("S"), stage.shows("T")) == ({"W1": 6}, {"W1": 6})


# --- what is set aside ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "left"),
    [("held", 8), ("pending", 8), ("sending", 8), ("failed", 8), ("skipped", 10), ("synced", 10)],
)
def test_units_of_orders_that_are_not_in_shopify_are_set_aside(
    stage: Stage, work: Work, status: str, left: int
) -> None:
    listing = stage.sell("RED", stock=10)
    order = stored_order(stage.pair.shop, lines=[build.unit("1"), build.unit("2")])
    set_columns(order, sync_status=status)
    ask(listing)
    work(STEM)
    assert stage.shows("RED") == {"W1": left}


def test_set_aside_only_by_the_rule(stage: Stage, work: Work) -> None:
    listing = stage.sell("RED", stock=10)
    stage.rules(set_aside_held=False)
    stored_order(stage.pair.shop, status="ON_HOLD")
    ask(listing)
    work(STEM)
    assert stage.shows("RED") == {"W1": 10}


def test_cancelled_orders_and_units_are_not_set_aside(stage: Stage, work: Work) -> None:
    listing = stage.sell("RED", stock=10)
    lines = [build.unit("1"), build.unit("2", display_status="CANCELLED")]
    stored_order(stage.pair.shop, "501", lines=lines)
    gone = stored_order(stage.pair.shop, "502")
    set_columns(gone, tiktok_status="CANCELLED", sync_status="failed")
    ask(listing)
    work(STEM)
    assert stage.shows("RED") == {"W1": 9}


def test_components_of_bundles_are_set_aside_by_their_own_links(stage: Stage, work: Work) -> None:
    listing = stage.sell("RED", stock=10)
    parts = [{"sku_id": "29RED", "product_id": "171", "seller_sku": "RED", "sku_count": 2}]
    lines = [build.unit("1", "BOX", combined_listing_skus=parts)]
    stored_order(stage.pair.shop, lines=lines)
    ask(listing)
    work(STEM)
    assert stage.shows("RED") == {"W1": 8}


def test_a_bundle_with_a_link_of_its_own_takes_no_components(stage: Stage, work: Work) -> None:
    red = stage.sell("RED", stock=10, product_id="171")
    box = stage.sell("BOX", stock=5, product_id="172")
    parts = [{"sku_id": "29RED", "product_id": "171", "seller_sku": "RED", "sku_count": 2}]
    stored_order(stage.pair.shop, lines=[build.unit("1", "BOX", combined_listing_skus=parts)])
    ask(red, box)
    work(STEM)
    assert (stage.shows("RED"), stage.shows("BOX")) == ({"W1": 10}, {"W1": 4})


def test_orders_of_every_shop_that_feeds_the_store_count(stage: Stage, work: Work) -> None:
    listing = stage.sell("RED", stock=10)
    other = make_pair("Ben")
    set_columns(other.shop, store=stage.pair.store)
    stage.sell("RED", product_id="172", shop=other.shop)
    unit = build.unit("1", sku_id=stage.sku_id("RED", other.shop))
    stored_order(other.shop, "501", lines=[unit])
    ask(listing)
    work(STEM)
    assert stage.shows("RED") == {"W1": 9}


def test_another_stores_orders_do_not_count(stage: Stage, work: Work) -> None:
    listing = stage.sell("RED", stock=10)
    stored_order(make_pair("Ben").shop, "501")
    ask(listing)
    work(STEM)
    assert stage.shows("RED") == {"W1": 10}


def created(order: Order, *, ago: float = 0.0) -> datetime:
    """The order has just come into being in Shopify; returns when the call for it began."""
    set_columns(order, sync_status="synced")
    began = timezone.now() - timedelta(seconds=ago)
    Attempt.objects.create(
        flow="push_orders",
        subject="orders.order",
        subject_id=order.pk,
        number=1,
        started_at=began,
        outcome=Attempt.Outcome.OK,
    )
    return began


@pytest.mark.parametrize(
    ("read_after", "inventory", "left"),
    [
        (False, "DECREMENT_IGNORING_POLICY", 9),
        (True, "DECREMENT_IGNORING_POLICY", 10),
        (False, "BYPASS", 10),
    ],
)
def test_an_order_just_created_counts_until_the_stock_is_read_again(
    stage: Stage, work: Work, read_after: bool, inventory: str, left: int
) -> None:
    """Between the creating and the news of the stock nobody else may be sold the unit."""
    listing = stage.sell("RED", stock=10)
    stage.pair.shop.rules.inventory_behaviour = inventory
    stage.pair.shop.rules.save(update_fields=["inventory_behaviour"])
    created(stored_order(stage.pair.shop))
    if read_after:
        stage.stock("RED", 10, HERE)
    ask(listing)
    work(STEM)
    assert stage.shows("RED") == {"W1": left}


@pytest.mark.parametrize(("seconds", "left"), [(-2, 9), (0, 10), (3, 10)])
def test_shopifys_own_time_of_the_stock_decides(
    stage: Stage, work: Work, seconds: int, left: int
) -> None:
    """It was read a moment ago, but that says nothing: the reading may have begun before."""
    listing = stage.sell("RED", stock=10)
    began = created(stored_order(stage.pair.shop), ago=5)
    stage.stock("RED", 10, HERE)
    whole = began.replace(microsecond=0) + timedelta(seconds=seconds)
    InventoryLevel.objects.update(changed_at=whole)
    ask(listing)
    work(STEM)
    assert stage.shows("RED") == {"W1": left}


def test_an_order_created_long_ago_no_longer_counts(stage: Stage, work: Work) -> None:
    listing = stage.sell("RED", stock=10)
    began = created(stored_order(stage.pair.shop), ago=1000)
    InventoryLevel.objects.update(seen_at=began - timedelta(seconds=60))
    ask(listing)
    work(STEM)
    assert stage.shows("RED") == {"W1": 10}


def test_planning_many_listings_takes_a_fixed_number_of_questions(
    stage: Stage, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        stage.sell(f"S{number}", f"T{number}", product_id=f"17{number}", stock=7)
    found = linked_skus(stage.pair.shop, Listing.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(7):
        listing_stocks(stage.pair.shop, ProductRules(), found)
