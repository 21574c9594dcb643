"""pull_variants: the catalogue of a Shopify store, read when somebody asks for it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from products.models import Link, Product, Variant
from products.services.link_by_id import link_by_id
from products.services.links import refresh_catalogue
from tests.factories import Pair, pass_time, set_columns
from tests.fakes import FakeShopify
from tests.orders.services.conftest import Work
from tiktoksync.errors import RateLimited, Rejected
from tiktoksync.shops.models import ShopifyStore


@pytest.fixture
def wanted(pair: Pair) -> Pair:
    refresh_catalogue(pair.merchant)
    return pair.refresh()


def test_every_variant_of_the_store_is_read(wanted: Pair, shopify: FakeShopify, work: Work) -> None:
    shopify.page_size = 2
    for number in range(5):
        shopify.add_variant(f"SKU-{number}", number)
    assert work("pull_variants").worked == 5
    assert [after for (after,) in shopify.arguments("variants_page")] == ["", "2", "4"]
    assert Variant.objects.filter(store=wanted.store).count() == 5
    assert Product.objects.get().title == "Shirt"
    store = ShopifyStore.objects.get()
    assert (store.variants_wanted_at, store.variants_read_at is not None) == (None, True)


def test_what_nobody_asked_for_is_not_read(pair: Pair, shopify: FakeShopify, work: Work) -> None:
    from products.services.pull_variants import PullVariants

    assert list(PullVariants.due_accounts(timezone.now())) == []


def test_reading_again_brings_changes_and_doubles_nothing(
    wanted: Pair, shopify: FakeShopify, work: Work
) -> None:
    row = shopify.add_variant("RED", 41)
    work("pull_variants")
    row.update(sku="BLUE ", price="12.00", title="Blue")
    set_columns(wanted.store, variants_wanted_at=timezone.now())
    work("pull_variants")
    variant = Variant.objects.get()
    assert (variant.sku, variant.sku_key, variant.title) == ("BLUE ", "blue", "Blue")
    assert str(variant.price) == "12.0000"


def test_the_same_variant_on_two_pages_or_twice_on_one_is_no_error(
    wanted: Pair, shopify: FakeShopify, work: Work
) -> None:
    for _ in range(3):
        shopify.add_variant("RED", 41)
    shopify.page_size = 2
    work("pull_variants")
    assert Variant.objects.count() == 1


def test_somebody_who_asks_during_the_reading_is_not_forgotten(
    wanted: Pair, shopify: FakeShopify, work: Work
) -> None:
    later = timezone.now() + timezone.timedelta(seconds=1)
    shopify.during("variants_page", lambda: set_columns(wanted.store, variants_wanted_at=later))
    work("pull_variants")
    assert ShopifyStore.objects.get().variants_wanted_at == later


def test_a_failure_leaves_the_wish(wanted: Pair, shopify: FakeShopify, work: Work) -> None:
    shopify.add_variant("RED", 41)
    shopify.fail("variants_page", RateLimited("Slow down.", retry_after=2))
    work("pull_variants")
    assert ShopifyStore.objects.get().variants_wanted_at is not None
    assert not Variant.objects.exists()
    pass_time(3)
    work("pull_variants")
    assert Variant.objects.count() == 1


def test_a_variant_that_a_link_named_before_is_filled_in(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link = link_by_id(pair.shop, "29RED", "gid://shopify/ProductVariant/41", origin=Link.Origin.API)
    shopify.add_variant("RED", 41)
    work("pull_variants")
    link.refresh_from_db()
    assert (link.variant.sku, link.variant.product.title) == ("RED", "Shirt")
    assert [product.title for product in Product.objects.all()] == ["Shirt"]


def test_a_reading_that_is_refused_is_not_asked_for_again_by_itself(
    wanted: Pair, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("variants_page", Rejected("No such field."))
    with pytest.raises(Rejected):
        work("pull_variants")
    assert ShopifyStore.objects.get().variants_wanted_at is None
