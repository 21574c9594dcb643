"""A large catalogue by bulk operations: waited for, stored line by line, begun again, given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from products.models import InventoryLevel, Product, Variant
from products.services import load_bulk, load_products
from products.services.links import refresh_catalogue
from products.services.pull_variants import PullVariants
from tests.factories import Pair, pass_time
from tests.fake_shopify_products import whole_variant
from tests.fakes import FakeShopify
from tests.orders.services.conftest import Work
from tiktoksync.errors import Gone, NotAuthorized, OutcomeUnknown, Unreachable
from tiktoksync.shopify.bulk_calls import BULK_INVENTORY, BULK_PRODUCTS, BulkOperation
from tiktoksync.shops.models import Platform, ShopifyStore
from tiktoksync.sync.flows import Budget
from tiktoksync.webhooks.inbox import Incoming, store_once
from tiktoksync.webhooks.topics import read_shopify

Line = dict[str, Any]
UPDATED = "2026-11-20T08:00:00Z"


class Files:
    """The files of bulk operations, by their address."""

    def __init__(self) -> None:
        self.lines: dict[str, list[Line]] = {}
        self.asked: list[tuple[str, int]] = []
        self.breaks_after: int | None = None

    def download(self, url: str, *, skip: int = 0, deadline: float = 600.0) -> Iterator[Line]:
        self.asked.append((url, skip))
        if url not in self.lines:
            raise Gone("The file is no longer there.")
        for number, line in enumerate(self.lines[url]):
            if number == self.breaks_after:
                self.breaks_after = None
                raise Unreachable("A file broke off before its end.")
            if number >= skip:
                yield line


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch, shopify: FakeShopify) -> Files:
    """A store of five products with two variants each, which counts as large; its file."""
    made = Files()
    monkeypatch.setattr(load_bulk, "download_lines", made.download)
    monkeypatch.setattr(load_products, "PAGED_AT_MOST", 3)
    monkeypatch.setattr(load_bulk, "LINES_A_BATCH", 4)
    for number in range(1, 6):
        shopify.catalogue.add(number, {"sku": f"S{number}1"}, {"sku": f"S{number}2"})
    made.lines["products"] = [line for number in range(1, 6) for line in product_lines(number)]
    made.lines["stock"] = [line for number in range(1, 6) for line in stock_lines(number)]
    return made


def product_lines(number: int, **fields: Any) -> list[Line]:
    """A product, its variants and its picture, as lines."""
    gid = f"gid://shopify/Product/{number}"
    head = {"id": gid, "title": f"Product {number}", "status": "ACTIVE", "updatedAt": UPDATED}
    variants = [whole_variant(f"{number}{n}", {"sku": f"S{number}{n}"}) for n in (1, 2)]
    for one in variants:
        del one["media"]
    image = {"url": f"https://cdn.example/{number}.png", "width": 600, "height": 600}
    media = {"id": f"gid://shopify/MediaImage/{number}", "alt": "", "image": image}
    return [{**head, **fields}, *({**row, "__parentId": gid} for row in (*variants, media))]


def stock_lines(number: int) -> list[Line]:
    lines: list[Line] = []
    for n in (1, 2):
        item = f"gid://shopify/InventoryItem/{number}{n}"
        level = {
            "id": f"gid://shopify/InventoryLevel/1?inventory_item_id={number}{n}",
            "location": {"id": "gid://shopify/Location/1"},
            "quantities": [{"name": "available", "quantity": 10 * number + n}],
            "updatedAt": UPDATED,
            "__parentId": item,
        }
        lines += [{"id": item, "sku": f"S{number}{n}", "tracked": True}, level]
    return lines


@pytest.fixture
def wanted(pair: Pair) -> Pair:
    refresh_catalogue(pair.merchant)
    return pair.refresh()


def running(shopify: FakeShopify) -> str:
    """The operation that is under way."""
    (gid,) = [one.id for one in shopify.catalogue.operations.values() if not one.is_over]
    return gid


def finish(shopify: FakeShopify, url: str, status: str = "COMPLETED") -> None:
    shopify.catalogue.finish(running(shopify), url, 1, status)
    pass_time(120)


def due() -> list[int]:
    return list(PullVariants.due_accounts(timezone.now()))


def load_state() -> dict[str, Any]:
    state: dict[str, Any] = ShopifyStore.objects.get().catalogue_load.get("load", {})
    return state


def test_a_large_catalogue_is_read_in_two_operations(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work
) -> None:
    old = Product.objects.create(
        store=wanted.store,
        shopify_product_id="gid://shopify/Product/old",
        seen_at=timezone.now() - timedelta(days=1),
    )
    work("pull_variants")
    assert shopify.catalogue.documents == [BULK_PRODUCTS]
    assert shopify.count("products_page") == 0
    assert due() == [], "nothing is asked while Shopify works"
    pass_time(3)
    work("pull_variants")
    assert load_state()["stage"] == "products"

    finish(shopify, "products")
    work("pull_variants")
    assert (Product.objects.filter(gone_at=None).count(), Variant.objects.count()) == (6, 10)
    assert shopify.catalogue.documents == [BULK_PRODUCTS, BULK_INVENTORY]
    finish(shopify, "stock")
    work("pull_variants")
    levels = InventoryLevel.objects.values_list("inventory_item_id", "available")
    assert dict(levels)["gid://shopify/InventoryItem/52"] == 52
    assert len(levels) == 10
    old.refresh_from_db()
    assert old.gone_at is not None
    assert Product.objects.get(title="Product 3").cover == "https://cdn.example/3.png"
    store = ShopifyStore.objects.get()
    assert (store.variants_wanted_at, store.variants_read_at is not None) == (None, True)
    assert store.catalogue_load["last"]["way"] == "bulk"
    assert load_state() == {}


def test_the_webhook_of_a_finished_operation_ends_the_wait(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work
) -> None:
    work("pull_variants")
    gid = running(shopify)
    shopify.catalogue.finish(gid, "products", 20)
    raw = f'{{"admin_graphql_api_id":"{gid}","status":"completed"}}'.encode()
    hint = read_shopify("bulk_operations/finish", raw)
    store_once(Incoming(Platform.SHOPIFY, hint, raw, wanted.store))
    assert due() == [wanted.store.pk]
    work("pull_variants")
    assert Variant.objects.count() == 10


def test_a_file_that_breaks_off_goes_on_at_the_line(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work
) -> None:
    work("pull_variants")
    files.breaks_after = 10
    finish(shopify, "products")
    work("pull_variants")
    # Batches end before the next product: after eight of the ten lines that came.
    assert (load_state()["line"], Product.objects.count()) == (8, 2)
    assert ShopifyStore.objects.get().paused_until is None
    pass_time(60)
    work("pull_variants")
    assert files.asked == [("products", 0), ("products", 8)]
    assert (Product.objects.count(), Variant.objects.count()) == (5, 10)


def test_a_worker_gives_way_between_two_batches(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work
) -> None:
    work("pull_variants")
    finish(shopify, "products")
    budget = Budget()
    budget.polite_seconds, budget.others_wait = 0.0, Product.objects.exists
    work("pull_variants", budget)
    assert (load_state()["line"], Product.objects.count()) == (4, 1)
    work("pull_variants")
    assert Product.objects.count() == 5


@pytest.mark.parametrize("status", ["FAILED", "EXPIRED", "CANCELED"])
def test_an_operation_that_fails_is_begun_again_and_then_pages_are_read(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work, status: str
) -> None:
    for _ in range(3):
        work("pull_variants")
        finish(shopify, "", status)
        work("pull_variants")
        pass_time(60)
    work("pull_variants")
    assert shopify.catalogue.documents == [BULK_PRODUCTS] * 3
    assert shopify.count("products_page") >= 1
    assert Variant.objects.count() == 10
    last = ShopifyStore.objects.get().catalogue_load["last"]
    assert (last["way"], status.lower() in last["words"]) == ("pages", True)


def test_a_result_that_is_no_longer_there_is_asked_for_anew(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work
) -> None:
    work("pull_variants")
    finish(shopify, "expired")
    work("pull_variants")
    assert load_state()["operation"] == ""
    pass_time(60)
    work("pull_variants")
    finish(shopify, "products")
    work("pull_variants")
    assert Variant.objects.count() == 10


def test_an_unclear_start_is_made_again(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work
) -> None:
    shopify.fail("start_bulk_query", OutcomeUnknown("No answer."), after_effect=True)
    work("pull_variants")
    pass_time(60)
    work("pull_variants")
    assert shopify.count("start_bulk_query") == 2
    assert load_state()["operation"] != ""


def test_others_operations_are_waited_for(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work
) -> None:
    gid = "gid://shopify/BulkOperation/1"
    shopify.catalogue.operations[gid] = BulkOperation(gid, "RUNNING")
    shopify.catalogue.most_operations = 1
    work("pull_variants")
    store = ShopifyStore.objects.get()
    assert (store.paused_until, due()) == (None, [])
    shopify.catalogue.operations.clear()
    pass_time(120)
    work("pull_variants")
    assert load_state()["operation"] != ""


def test_without_permission_for_stock_the_products_are_kept(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work
) -> None:
    InventoryLevel.objects.create(
        store=wanted.store,
        inventory_item_id="i",
        shopify_location_id="l",
        seen_at=timezone.now() - timedelta(days=1),
    )
    work("pull_variants")
    finish(shopify, "products")
    shopify.fail("start_bulk_query", NotAuthorized("No.", account_reason="scope_missing"))
    work("pull_variants")
    store = ShopifyStore.objects.get()
    assert (store.variants_read_at is not None, store.paused_until) == (True, None)
    assert InventoryLevel.objects.count() == 1


def test_lines_in_any_order_come_to_the_same(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work
) -> None:
    lines = files.lines["products"]
    heads = [line for line in lines if "__parentId" not in line]
    others = [line for line in lines if "__parentId" in line]
    files.lines["products"] = heads + others[::-1]
    work("pull_variants")
    finish(shopify, "products")
    work("pull_variants")
    assert Variant.objects.count() == 10
    assert {len(product.images) for product in Product.objects.all()} == {1}
    for product in Product.objects.all():
        assert product.variants.filter(gone_at=None).count() == 2


def test_what_a_webhook_brought_meanwhile_is_newer_than_the_file(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work
) -> None:
    work("pull_variants")
    body = shopify.catalogue.products["gid://shopify/Product/1"]
    body.update({"title": "Newer", "updatedAt": "2026-11-21T08:00:00Z"})
    Product.objects.create(
        store=wanted.store, shopify_product_id=body["id"], wanted_at=timezone.now()
    )
    work("pull_variants")
    finish(shopify, "products")
    work("pull_variants")
    assert Product.objects.get(shopify_product_id=body["id"]).title == "Newer"


def test_a_poll_goes_on_while_shopify_works(
    wanted: Pair, shopify: FakeShopify, files: Files, work: Work
) -> None:
    work("pull_variants")
    running_one = running(shopify)
    pass_time(301)
    work("pull_variants")
    assert shopify.count("products_page") == 1
    assert running(shopify) == running_one
