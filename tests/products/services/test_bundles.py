"""Components of virtual bundles are looked up, linked and waited for as sold items are."""

from __future__ import annotations

from typing import Any

import pytest

from orders.models import LineItem, LinePart, Order
from orders.services.store_orders import store_page
from products.models import Link, SkuLookup
from products.services.links import make_link
from tests.factories import Pair, link_sku, make_variant, order_body, pass_time, stored_order
from tests.fakes import FakeShopify
from tests.orders.data import build
from tests.orders.services.conftest import Work

PARTS = [
    {"sku_id": "29MUG", "product_id": "17MUG", "seller_sku": "Mug", "sku_count": 2},
    {"sku_id": "29BOX", "product_id": "17BOX", "seller_sku": "BOX", "sku_count": 1},
]


def set_of(*parts: dict[str, Any], line_id: str = "1") -> dict[str, Any]:
    return build.unit(line_id, "SET", "30.00", combined_listing_skus=list(parts))


@pytest.fixture
def order(pair: Pair) -> Order:
    return stored_order(pair.shop, lines=[set_of(*PARTS), set_of(*PARTS, line_id="2")])


def state(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.sync_status, order.failure_code or order.wait_reason


def lines_of(shopify: FakeShopify) -> list[tuple[str, int]]:
    (made,) = shopify.orders.values()
    return [(line["variantId"], line["quantity"]) for line in made.input["lineItems"]]


def test_components_are_stored_with_each_unit(order: Order) -> None:
    rows = LinePart.objects.filter(line__order=order).order_by("line", "position")
    assert [(row.line.tiktok_line_item_id, row.tiktok_sku_id, row.count) for row in rows] == [
        *(("1", "29MUG", 2), ("1", "29BOX", 1)),
        *(("2", "29MUG", 2), ("2", "29BOX", 1)),
    ]
    assert {row.sku_key for row in rows} == {"mug", "box"}


def test_news_change_the_components_and_the_same_again_does_not(pair: Pair, order: Order) -> None:
    before = set(LinePart.objects.values_list("pk", flat=True))
    store_page(pair.shop, [order_body(lines=order.raw["line_items"], age=5, seller_note="hi")])
    assert set(LinePart.objects.values_list("pk", flat=True)) == before
    store_page(pair.shop, [order_body(lines=[set_of(PARTS[0])], age=10)])
    assert LinePart.objects.filter(line__tiktok_line_item_id="1").count() == 1


def test_the_bundle_and_its_components_are_looked_up_together(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    work("push_orders")
    assert state(order) == ("pending", "sku_lookup")
    assert set(SkuLookup.objects.values_list("sku", flat=True)) == {"SET", "Mug", "BOX"}
    shopify.add_variant("mug", 1)
    shopify.add_variant("BOX", 2)
    work("link_skus")
    work("push_orders")
    assert state(order) == ("synced", "")
    assert lines_of(shopify) == [
        ("gid://shopify/ProductVariant/1", 4),
        ("gid://shopify/ProductVariant/2", 2),
    ]
    assert set(Link.objects.values_list("tiktok_sku_id", flat=True)) == {"29MUG", "29BOX"}
    assert not LineItem.objects.exclude(variant=None).exists(), "a unit is no single variant"


def test_a_bundle_found_under_its_own_sku_is_one_line(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    work("push_orders")
    for number, sku in enumerate(("SET", "Mug", "BOX"), 1):
        shopify.add_variant(sku, number)
    work("link_skus")
    work("push_orders")
    assert lines_of(shopify) == [("gid://shopify/ProductVariant/1", 2)]


def test_a_missing_component_blocks_the_order_with_its_name(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.add_variant("Mug", 1)
    for stem in ("push_orders", "link_skus", "push_orders"):
        work(stem)
    assert state(order) == ("failed", "sku_unlinked")
    assert order.failure_reason.startswith("Not linked to a Shopify product: BOX.")
    assert shopify.orders == {}

    make_link(pair.shop, "29BOX", make_variant(pair.store, "BOX", 9), origin=Link.Origin.BY_HAND)
    assert state(order) == ("pending", "")
    work("push_orders")
    assert state(order)[0] == "synced"


def test_linking_the_bundle_itself_releases_the_order_too(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work
) -> None:
    for stem in ("push_orders", "link_skus", "push_orders"):
        work(stem)
    assert state(order) == ("failed", "sku_unlinked")
    make_link(pair.shop, "29SET", make_variant(pair.store, "X", 9), origin=Link.Origin.BY_HAND)
    work("push_orders")
    assert lines_of(shopify) == [("gid://shopify/ProductVariant/9", 2)]


def test_a_missing_component_is_looked_for_again(
    order: Order, shopify: FakeShopify, work: Work
) -> None:
    shopify.add_variant("Mug", 1)
    for stem in ("push_orders", "link_skus", "push_orders"):
        work(stem)
    shopify.add_variant("BOX", 2)
    pass_time(61)
    work("link_skus")
    work("push_orders")
    assert state(order)[0] == "synced"


def test_linked_components_need_no_look_up(pair: Pair, shopify: FakeShopify, work: Work) -> None:
    for number, sku in enumerate(("SET", "MUG", "BOX"), 41):
        if sku != "SET":
            link_sku(pair, sku, number)
    SkuLookup.objects.create(
        store=pair.store, sku="SET", sku_key="set", sync_status="failed", failure_code="x"
    )
    stored_order(pair.shop, lines=[set_of(*PARTS)])
    work("push_orders")
    assert shopify.called() == ["create_order"]
    assert lines_of(shopify) == [
        ("gid://shopify/ProductVariant/42", 2),
        ("gid://shopify/ProductVariant/43", 1),
    ]


def test_ordinary_orders_cost_no_more_queries(pair: Pair, django_assert_num_queries: Any) -> None:
    from orders.facts import order_facts
    from orders.services.store_parts import update_parts

    order = stored_order(pair.shop)
    with django_assert_num_queries(0):
        update_parts(order, order_facts(order.raw))
