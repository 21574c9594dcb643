"""pull_variants: the mirror of a Shopify store, whole on request and by what changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from products.models import InventoryLevel, Link, Location, Product, Variant
from products.services import follow_catalogue, load_products
from products.services.link_by_id import link_by_id
from products.services.links import refresh_catalogue
from products.services.pull_variants import PullVariants
from tests.factories import Pair, pass_time, set_columns
from tests.fakes import FakeShopify
from tests.orders.services.conftest import Work
from tiktoksync.errors import NotAuthorized, RateLimited, Rejected, Unreachable
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.sync.flows import Budget


@pytest.fixture
def wanted(pair: Pair) -> Pair:
    refresh_catalogue(pair.merchant)
    return pair.refresh()


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, set[Any]]]:
    """What was told to have changed."""
    told: list[tuple[str, set[Any]]] = []
    for name in ("variants_stored", "stock_stored"):
        monkeypatch.setattr(
            follow_catalogue, name, lambda store, rows, name=name: told.append((name, set(rows)))
        )
    return told


def due() -> list[int]:
    return list(PullVariants.due_accounts(timezone.now()))


def change(shopify: FakeShopify, number: int, **fields: Any) -> None:
    """A product changes over there, now."""
    body = shopify.catalogue.products[f"gid://shopify/Product/{number}"]
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    body.update({"updatedAt": moment.isoformat().replace("+00:00", "Z"), **fields})


# --- the whole catalogue --------------------------------------------------------------------------


def test_every_product_of_the_store_is_read(wanted: Pair, shopify: FakeShopify, work: Work) -> None:
    shopify.page_size = 2
    for number in range(1, 6):
        shopify.catalogue.add(number, {"sku": f"SKU-{number}"})
        shopify.catalogue.stock(f"gid://shopify/InventoryItem/{number}1", number)
    assert work("pull_variants").worked == 5
    assert [after for _, after in shopify.arguments("products_page")] == ["", "2", "4"]
    assert list(Variant.objects.order_by("sku").values_list("sku", flat=True)) == [
        "SKU-1",
        "SKU-2",
        "SKU-3",
        "SKU-4",
        "SKU-5",
    ]
    assert sum(InventoryLevel.objects.values_list("available", flat=True)) == 15
    assert Location.objects.get().name == "Shop"
    store = ShopifyStore.objects.get()
    assert (store.variants_wanted_at, store.variants_read_at is not None) == (None, True)
    assert store.products_watermark is not None
    assert store.catalogue_load["last"]["seen"] == 5
    assert due() == []


def test_what_nobody_asked_for_is_not_read(pair: Pair, shopify: FakeShopify) -> None:
    assert due() == []


def test_a_catalogue_read_before_it_was_followed_is_read_once_more(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    set_columns(pair.store, variants_read_at=timezone.now())
    assert due() == [pair.store.pk]
    work("pull_variants")
    assert due() == []


def test_what_is_no_longer_met_is_gone_and_comes_back(
    wanted: Pair, shopify: FakeShopify, work: Work, news: list[Any]
) -> None:
    shopify.catalogue.add(1, {"sku": "A"}, {"sku": "B"})
    kept = shopify.catalogue.add(2, {"sku": "C"})
    work("pull_variants")
    gone = shopify.catalogue.products.pop("gid://shopify/Product/1")
    del kept["variants"][0]
    news.clear()
    refresh_catalogue(wanted.merchant)
    work("pull_variants")
    first = Product.objects.get(shopify_product_id="gid://shopify/Product/1")
    second = Product.objects.get(shopify_product_id="gid://shopify/Product/2")
    assert (first.gone_at is not None, second.gone_at) == (True, None)
    assert Variant.objects.filter(gone_at=None).count() == 0
    assert ("variants_stored", {first.pk}) in news
    assert ("variants_stored", {second.pk}) in news

    shopify.catalogue.products[gone["id"]] = gone
    refresh_catalogue(wanted.merchant)
    work("pull_variants")
    first.refresh_from_db()
    assert first.gone_at is None
    assert set(Variant.objects.filter(gone_at=None).values_list("sku", flat=True)) == {"A", "B"}


def test_an_empty_answer_does_not_wipe_the_mirror(
    wanted: Pair, shopify: FakeShopify, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopify.catalogue.add(1)
    work("pull_variants")
    refresh_catalogue(wanted.merchant)

    def hide() -> None:
        shopify.catalogue.products.clear()

    shopify.during("count_products", hide)
    work("pull_variants")
    assert Product.objects.get().gone_at is None
    assert ShopifyStore.objects.get().catalogue_load["last"]["words"] == load_products.NOTHING_READ


def test_reading_again_changes_nothing_and_tells_nobody(
    wanted: Pair, shopify: FakeShopify, work: Work, news: list[Any]
) -> None:
    shopify.catalogue.add(1, {"sku": "A"})
    shopify.catalogue.stock("gid://shopify/InventoryItem/11", 3)
    work("pull_variants")
    assert [name for name, _ in news] == ["stock_stored", "variants_stored"]
    news.clear()
    refresh_catalogue(wanted.merchant)
    work("pull_variants")
    assert news == []
    assert Variant.objects.count() == 1


def test_a_product_on_two_pages_is_stored_once(
    wanted: Pair, shopify: FakeShopify, work: Work
) -> None:
    shopify.page_size = 1
    body = shopify.catalogue.add(1)
    shopify.catalogue.products["again"] = body
    work("pull_variants")
    assert (Product.objects.count(), Variant.objects.count()) == (1, 1)


def test_variants_that_did_not_fit_on_the_page_are_read(
    wanted: Pair, shopify: FakeShopify, work: Work
) -> None:
    body = shopify.catalogue.add(1, *({"sku": f"S{n}"} for n in range(7)))
    shopify.page_size = 3
    whole = list(body["variants"])

    def cut() -> None:
        body["variants"], body["more_variants_after"] = whole[:3], "3"

    def restore() -> None:
        body["variants"] = whole

    cut()
    shopify.during("products_page", restore)
    work("pull_variants")
    assert Variant.objects.filter(gone_at=None).count() == 7
    assert [after for _, after in shopify.arguments("product_variants")] == ["3", "6"]


def test_a_reading_goes_on_where_the_last_drain_stopped(
    wanted: Pair, shopify: FakeShopify, work: Work
) -> None:
    shopify.page_size = 1
    for number in range(1, 5):
        shopify.catalogue.add(number)
    budget = Budget()
    shopify.hooks["products_page"] = [lambda: None, lambda: setattr(budget, "seconds", 0.0)]
    work("pull_variants", budget)
    assert Product.objects.count() == 2
    assert ShopifyStore.objects.get().catalogue_load["load"]["cursor"] == "2"
    assert due() == [wanted.store.pk]
    work("pull_variants")
    assert [after for _, after in shopify.arguments("products_page")] == ["", "1", "2", "3"]
    assert Product.objects.filter(gone_at=None).count() == 4


def test_somebody_who_asks_during_the_reading_is_not_forgotten(
    wanted: Pair, shopify: FakeShopify, work: Work
) -> None:
    later = timezone.now() + timedelta(seconds=1)
    shopify.catalogue.add(1)
    shopify.during("products_page", lambda: set_columns(wanted.store, variants_wanted_at=later))
    work("pull_variants")
    assert ShopifyStore.objects.get().variants_wanted_at == later


def test_a_failure_leaves_the_wish(wanted: Pair, shopify: FakeShopify, work: Work) -> None:
    shopify.catalogue.add(1)
    shopify.fail("products_page", RateLimited("Slow down.", retry_after=2))
    work("pull_variants")
    assert ShopifyStore.objects.get().variants_wanted_at is not None
    assert not Variant.objects.exists()
    pass_time(3)
    work("pull_variants")
    assert Variant.objects.count() == 1


def test_a_reading_that_is_refused_is_told_and_not_asked_for_again_by_itself(
    wanted: Pair, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("count_products", Rejected("No such field."))
    work("pull_variants")
    store = ShopifyStore.objects.get()
    assert (store.variants_wanted_at, store.variants_read_at) == (None, None)
    assert (store.refusal, store.paused_until) == ("No such field.", None)
    assert due() == []


def test_a_missing_permission_for_stock_leaves_the_rest_of_the_mirror(
    wanted: Pair, shopify: FakeShopify, work: Work
) -> None:
    shopify.catalogue.add(1)
    denied = NotAuthorized("No read_inventory.", account_reason="scope_missing")
    shopify.fail("inventory_levels", denied)
    InventoryLevel.objects.create(
        store=wanted.store, inventory_item_id="i", shopify_location_id="l", available=4
    )
    work("pull_variants")
    store = ShopifyStore.objects.get()
    assert (Variant.objects.count(), InventoryLevel.objects.count()) == (1, 1)
    assert (store.refusal, store.paused_until) == ("No read_inventory.", None)
    assert store.variants_read_at is not None


def test_a_missing_permission_for_products_does_not_stop_the_store(
    wanted: Pair, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("count_products", NotAuthorized("No.", account_reason="scope_missing"))
    work("pull_variants")
    store = ShopifyStore.objects.get()
    assert (store.refusal, store.paused_until, store.health) == ("No.", None, "ok")


def test_lost_consent_ends_the_reading(wanted: Pair, shopify: FakeShopify, work: Work) -> None:
    shopify.fail("count_products", NotAuthorized("Gone.", account_reason="consent_lost"))
    work("pull_variants")
    assert ShopifyStore.objects.get().health == "reconnect"


def test_a_variant_that_a_link_named_before_is_filled_in(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link = link_by_id(pair.shop, "29RED", "gid://shopify/ProductVariant/41", origin=Link.Origin.API)
    shopify.catalogue.add(4, {"sku": "RED"}, title="Shirt")
    work("pull_variants")
    link.refresh_from_db()
    assert (link.variant.sku, link.variant.product.title) == ("RED", "Shirt")
    assert [product.title for product in Product.objects.all()] == ["Shirt"]


def test_a_link_to_a_variant_that_is_not_there_is_seen_to_be_so(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link = link_by_id(pair.shop, "29RED", "gid://shopify/ProductVariant/9", origin=Link.Origin.API)
    work("pull_variants")
    link.variant.refresh_from_db()
    assert link.variant.gone_at is not None


# --- changes --------------------------------------------------------------------------------------


@pytest.fixture
def mirrored(wanted: Pair, shopify: FakeShopify, work: Work) -> Pair:
    """Two products that are mirrored; the next poll is due."""
    shopify.catalogue.add(1, {"sku": "A"})
    shopify.catalogue.add(2, {"sku": "B"})
    work("pull_variants")
    shopify.calls.clear()
    pass_time(301)
    return wanted.refresh()


def test_a_poll_reads_what_changed_since_the_mark(
    mirrored: Pair, shopify: FakeShopify, work: Work, news: list[Any]
) -> None:
    mark = mirrored.store.products_watermark
    assert mark is not None
    change(shopify, 2, title="New")
    assert due() == [mirrored.store.pk]
    work("pull_variants")
    assert shopify.arguments("products_page") == [(mark - timedelta(seconds=300), "")]
    product = Product.objects.get(title="New")
    assert news == [("variants_stored", {product.pk})]
    store = ShopifyStore.objects.get()
    assert (store.products_watermark or mark) > mark
    assert due() == []


def test_what_was_read_since_it_changed_costs_nothing_more(
    mirrored: Pair, shopify: FakeShopify, work: Work
) -> None:
    change(shopify, 2)
    work("pull_variants")
    Product.objects.update(seen_at=timezone.now() + timedelta(seconds=60))
    pass_time(301)
    shopify.calls.clear()
    work("pull_variants")
    assert shopify.called() == ["products_page"]


def test_the_mark_stays_where_a_page_fails_and_the_poll_goes_on_from_that_page(
    mirrored: Pair, shopify: FakeShopify, work: Work
) -> None:
    mark = mirrored.store.products_watermark
    shopify.page_size = 1
    change(shopify, 1, title="One")
    change(shopify, 2, title="Two")
    shopify.during("products_page", lambda: shopify.fail("products_page", Unreachable("Away.")))
    work("pull_variants")
    store = ShopifyStore.objects.get()
    assert store.products_watermark == mark
    assert Product.objects.filter(title__in=["One", "Two"]).count() == 1
    pass_time(5)
    work("pull_variants")
    assert Product.objects.filter(title__in=["One", "Two"]).count() == 2
    cursors = [after for _, after in shopify.arguments("products_page")]
    assert cursors == ["", "1", "1"]
    assert ShopifyStore.objects.filter(products_watermark__gt=mark).exists()


def test_a_refused_poll_is_told_and_tried_after_the_interval(
    mirrored: Pair, shopify: FakeShopify, work: Work
) -> None:
    mark = mirrored.store.products_watermark
    shopify.fail("products_page", Rejected("No."))
    work("pull_variants")
    store = ShopifyStore.objects.get()
    assert (store.refusal, store.products_watermark) == ("No.", mark)
    assert due() == []
    pass_time(301)
    work("pull_variants")
    assert ShopifyStore.objects.get().refusal == ""


def test_a_wanted_product_is_read_again_and_a_deleted_one_is_gone(
    mirrored: Pair, shopify: FakeShopify, work: Work
) -> None:
    set_columns(mirrored.store, next_catalogue_poll_at=timezone.now() + timedelta(hours=1))
    del shopify.catalogue.products["gid://shopify/Product/1"]
    shopify.catalogue.products["gid://shopify/Product/2"]["vendor"] = "Acme"
    Product.objects.update(wanted_at=timezone.now())
    work("pull_variants")
    assert shopify.called() == ["read_products", "inventory_levels"]
    rows = dict(Product.objects.values_list("shopify_product_id", "vendor"))
    assert rows["gid://shopify/Product/2"] == "Acme"
    assert Product.objects.filter(gone_at=None).count() == 1
    assert Variant.objects.filter(gone_at=None).get().sku == "B"
    assert not Product.objects.exclude(wanted_at=None).exists()


def test_a_product_wanted_anew_while_it_is_read_stays_wanted(
    mirrored: Pair, shopify: FakeShopify, work: Work
) -> None:
    product = Product.objects.first()
    assert product is not None
    later = timezone.now() + timedelta(minutes=5)
    set_columns(product, wanted_at=timezone.now())
    shopify.during("read_products", lambda: set_columns(product, wanted_at=later))
    work("pull_variants")
    product.refresh_from_db()
    assert product.wanted_at == later


def test_wanted_products_that_are_refused_are_put_off(
    mirrored: Pair, shopify: FakeShopify, work: Work
) -> None:
    set_columns(mirrored.store, next_catalogue_poll_at=timezone.now() + timedelta(hours=1))
    Product.objects.update(wanted_at=timezone.now())
    shopify.fail("read_products", Rejected("No."))
    work("pull_variants")
    assert shopify.count("read_products") == 1
    assert Product.objects.filter(wanted_at__gt=timezone.now()).count() == 2
    assert due() == []
