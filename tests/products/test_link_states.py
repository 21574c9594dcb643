"""What an order's SKUs are to Shopify: linked, being looked up, or nowhere."""

from __future__ import annotations

import pytest

from orders.facts import order_facts
from orders.policy import LinkState
from products.models import Link, Product, SkuLookup, Variant
from products.services.link_states import links_of
from tests.factories import Pair, make_pair, stored_order
from tests.orders.data import build
from tiktoksync.sync.models import SyncStatus

pytestmark = pytest.mark.django_db


def make_variant(pair: Pair, sku: str, number: int = 1) -> Variant:
    product, _ = Product.objects.get_or_create(
        store=pair.store, shopify_product_id="gid://shopify/Product/1"
    )
    return Variant.objects.create(
        store=pair.store,
        product=product,
        shopify_variant_id=f"gid://shopify/ProductVariant/{number}",
        sku=sku,
        sku_key=sku.casefold(),
    )


def states_of(pair: Pair, **unit: str) -> dict[str, LinkState]:
    order = stored_order(pair.shop, lines=[build.unit("771", sku="RED", **unit)])
    return links_of(pair.store, [order]).states(order, order_facts(order.raw))


def test_a_sku_nobody_asked_about_is_asked_for_once() -> None:
    pair = make_pair()
    assert states_of(pair) == {"29RED": LinkState.LOOKING_UP}
    assert SkuLookup.objects.get().sku_key == "red"


def test_a_second_listing_of_a_found_sku_is_asked_for_anew() -> None:
    """What was found before may be wrong by now, and a wrong variant must never be sent."""
    pair = make_pair()
    make_variant(pair, "red")
    found = SkuLookup.objects.create(
        store=pair.store, sku="RED", sku_key="red", sync_status="synced"
    )
    assert states_of(pair, sku_id="3000") == {"3000": LinkState.LOOKING_UP}
    asked = SkuLookup.objects.get()
    assert asked.pk != found.pk
    assert asked.sync_status == "pending"
    assert not Link.objects.exists()


def test_a_unit_without_a_tiktok_sku_is_not_asked_for() -> None:
    """There is nothing that a link could be made for."""
    assert states_of(make_pair(), sku_id="") == {}
    assert not SkuLookup.objects.exists()


def test_a_link_beats_an_equal_sku() -> None:
    pair = make_pair()
    make_variant(pair, "red", 1)
    chosen = make_variant(pair, "BLUE", 2)
    Link.objects.create(shop=pair.shop, tiktok_sku_id="29RED", variant=chosen, origin="by_hand")
    order = stored_order(pair.shop, lines=[build.unit("771", sku="RED")])
    links = links_of(pair.store, [order])
    assert links.states(order, order_facts(order.raw)) == {"29RED": LinkState.LINKED}
    assert links.variants(order)["29RED"].variant_id == chosen.shopify_variant_id
    assert not SkuLookup.objects.filter(sync_status=SyncStatus.PENDING).exists()
