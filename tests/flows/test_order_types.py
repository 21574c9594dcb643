"""Every kind of order under every rule, and bundles, from TikTok to Shopify over the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from orders.models import Order
from orders.services.new_rules import apply_new_rules
from products.models import Link, Variant
from products.services.links import make_link
from tests.flows.world import US_SHOP, World, steps

MUG = [{"sku": "MUG-12"}]
WISHES: dict[str, dict[str, Any]] = {
    "normal": {},
    "sample": {"sample": True},
    "pre_order": {"order_type": "PRE_ORDER"},
    "fulfilled_by_tiktok": {"fulfillment_type": "FULFILLMENT_BY_TIKTOK"},
    "replacement": {"replacement_of": "576000000000000001"},
    "made_to_order": {"order_type": "MADE_TO_ORDER"},
}
TAGS = {
    "normal": "TikTok order",
    "sample": "TikTok sample",
    "pre_order": "TikTok pre-order",
    "fulfilled_by_tiktok": "Fulfilled by TikTok",
    "replacement": "TikTok replacement",
    "made_to_order": "TikTok made to order",
}
FREE = ("sample", "replacement")


def rule(world: World, **types: str) -> None:
    """The merchant sets rules of the matrix."""
    rules = world.shops[US_SHOP].rules
    rules.refresh_from_db()
    rules.order_types = {**rules.order_types, **types}
    rules.save(update_fields=["order_types"])
    apply_new_rules(world.shops[US_SHOP])


def place(world: World, **wish: Any) -> Order:
    order_id = world.place(**{"status": "AWAITING_SHIPMENT", "lines": MUG, **wish})
    world.sync()
    return world.order(order_id)


@pytest.mark.parametrize("choice", ["sync", "tag", "skip"])
@pytest.mark.parametrize("kind", WISHES)
def test_each_kind_follows_its_rule(world: World, kind: str, choice: str) -> None:
    rule(world, **{kind: choice})
    order = place(world, **WISHES[kind])
    assert order.kind == kind
    made = world.shopify(order.tiktok_order_id)
    if choice == "skip":
        assert (order.sync_status, order.skip_reason) == ("skipped", f"excluded_{kind}")
        assert made == []
        return
    assert order.sync_status == "synced"
    (created,) = made
    assert created["tags"] == sorted({"TikTok Shop", *([TAGS[kind]] if choice == "tag" else [])})
    assert (created["financial_status"], created["fulfillment_status"]) == ("PAID", "UNFULFILLED")
    total = Decimal(world.tiktok(order.tiktok_order_id)["payment"]["total_amount"])
    assert Decimal(created["total"]) == total
    assert (total == 0) is (kind in FREE)


# --- what costs nothing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wish",
    [{"sample": True}, {"replacement_of": "576000000000000001"}, {"exchange_of": "576000000001"}],
    ids=["sample", "replacement", "exchange"],
)
def test_what_costs_nothing_is_paid_without_a_payment(world: World, wish: dict[str, Any]) -> None:
    rule(world, sample="sync", replacement="sync")
    order = place(world, **wish)
    (created,) = world.shopify(order.tiktok_order_id)
    assert (created["financial_status"], Decimal(created["total"])) == ("PAID", Decimal(0))
    assert created["transactions"] == []
    assert Decimal(created["money"]["total_outstanding"]) == 0
    assert [line["quantity"] for line in created["line_items"]] == [1]
    assert all(line["requires_shipping"] for line in created["line_items"])


def test_a_free_order_ships_like_any_other(world: World) -> None:
    order = place(world, sample=True)
    world.fulfill(order.tiktok_order_id, "9400111899223100001234", "USPS")
    world.sync()
    assert world.tiktok(order.tiktok_order_id)["status"] == "AWAITING_COLLECTION"
    assert steps(order, "fulfillment")[-1] == "synced"


def test_a_refundable_sample_is_a_sample_that_costs(world: World) -> None:
    order = place(world, sample="refundable")
    assert order.kind == "sample"
    (created,) = world.shopify(order.tiktok_order_id)
    assert "TikTok sample" in created["tags"]
    assert Decimal(created["total"]) > 0


# --- pre-orders, back orders, unknown ones -------------------------------------------------------


def test_a_pre_order_waits_for_its_date_and_says_so(world: World) -> None:
    release = int(datetime(2027, 3, 1, 12, tzinfo=UTC).timestamp())
    order = place(world, status="ON_HOLD", order_type="PRE_ORDER", release_date=release)
    assert (order.sync_status, order.wait_reason) == ("held", "pre_order")
    assert order.release_at == datetime(2027, 3, 1, 12, tzinfo=UTC)
    said = order.history.filter(axis="sync").last()
    assert said is not None
    assert said.reason.startswith("Pre-order: TikTok holds it until 2027-03-01 12:00 UTC.")
    assert world.shopify(order.tiktok_order_id) == []

    world.act(order.tiktok_order_id, "release")
    world.sync()
    order = world.order(order.tiktok_order_id)
    assert (order.sync_status, order.release_at) == ("synced", None)
    assert len(world.shopify(order.tiktok_order_id)) == 1


def test_a_back_order_follows_the_rule_for_pre_orders(world: World) -> None:
    rule(world, pre_order="skip")
    order = place(world, order_type="BACK_ORDER")
    assert (order.kind, order.skip_reason) == ("pre_order", "excluded_pre_order")


def test_an_unknown_type_waits_with_its_name_until_there_is_a_rule(world: World) -> None:
    order = place(world, raw={"order_type": "SOMETHING_NEW"})
    assert (order.sync_status, order.wait_reason) == ("held", "unknown_order_type")
    said = order.history.filter(axis="sync").last()
    assert said is not None
    assert 'the type "SOMETHING_NEW", which is not known' in said.reason
    assert world.shopify(order.tiktok_order_id) == []

    rule(world, unknown="tag")
    for _ in range(2):
        world.sync()
    assert world.order(order.tiktok_order_id).sync_status == "synced"
    (created,) = world.shopify(order.tiktok_order_id)
    assert "TikTok other" in created["tags"]


def test_a_changed_rule_takes_in_orders_that_still_wait(world: World) -> None:
    waiting = place(world, order_type="MADE_TO_ORDER", lines=[{"sku": "TT-ONLY-BOX"}])
    assert (waiting.sync_status, waiting.failure_code) == ("failed", "sku_unlinked")
    rule(world, made_to_order="skip")
    world.sync()
    waiting.refresh_from_db()
    assert (waiting.sync_status, waiting.skip_reason) == ("skipped", "excluded_made_to_order")


# --- virtual bundles -----------------------------------------------------------------------------

SET = {"sku": "SET-1", "bundle": [{"sku": "MUG-12", "count": 2}, {"sku": "RING-10-T"}]}


def lines_of(world: World, order: Order) -> list[tuple[str, int, str, str]]:
    """SKU, quantity, unit price and bundle of each Shopify line."""
    (created,) = world.shopify(order.tiktok_order_id)
    return [
        (
            line["sku"],
            line["quantity"],
            str(Decimal(line["price"]).quantize(Decimal("0.01"))),
            line["properties"].get("Bundle", ""),
        )
        for line in created["line_items"]
    ]


def test_a_bundle_becomes_its_components_and_ships_as_one_unit(world: World) -> None:
    order = place(world, lines=[{**SET, "price": "50.01", "quantity": 2}])
    assert order.sync_status == "synced", order.failure_reason
    lines = lines_of(world, order)
    assert [(sku, quantity) for sku, quantity, _, _ in lines] == [("MUG-12", 4), ("RING-10-T", 2)]
    assert sum(Decimal(price) * quantity for _, quantity, price, _ in lines) == Decimal("100.02")
    assert {bundle for *_, bundle in lines} == {"SET-1"}
    (created,) = world.shopify(order.tiktok_order_id)
    told = world.tiktok(order.tiktok_order_id)
    assert Decimal(created["total"]) == Decimal(told["payment"]["total_amount"])

    world.fulfill(order.tiktok_order_id, "9400111899223100001234", "USPS")
    world.sync()
    told = world.tiktok(order.tiktok_order_id)
    assert told["status"] == "AWAITING_COLLECTION"
    assert {line["tracking_number"] for line in told["line_items"]} == {"9400111899223100001234"}


def test_a_bundle_with_a_link_of_its_own_stays_one_line(world: World) -> None:
    place(world)
    variant = Variant.objects.get(sku="MUG-12", store=world.shops[US_SHOP].store)
    order = place(world, lines=[{"sku": "TT-SET", "bundle": [{"sku": "TT-ONLY-BOX"}]}])
    assert (order.sync_status, order.failure_code) == ("failed", "sku_unlinked")
    assert "TT-ONLY-BOX" in order.failure_reason
    sku_id = order.line_items.get().tiktok_sku_id
    make_link(order.shop, sku_id, variant, origin=Link.Origin.BY_HAND)
    world.sync()
    assert [line[:2] for line in lines_of(world, order)] == [("MUG-12", 1)]


def test_a_component_without_a_variant_blocks_until_it_has_one(world: World) -> None:
    parts = [{"sku": "MUG-12"}, {"sku": "TT-ONLY-BOX"}]
    order = place(world, lines=[{"sku": "SET-2", "bundle": parts}])
    assert (order.sync_status, order.failure_code) == ("failed", "sku_unlinked")
    assert order.failure_reason.startswith("Not linked to a Shopify product: TT-ONLY-BOX.")
    assert world.shopify(order.tiktok_order_id) == []

    variant = Variant.objects.get(sku="MUG-12", store=order.shop.store)
    box = order.line_items.get().parts.get(seller_sku="TT-ONLY-BOX")
    make_link(order.shop, box.tiktok_sku_id, variant, origin=Link.Origin.BY_HAND)
    world.sync()
    assert world.order(order.tiktok_order_id).sync_status == "synced"
