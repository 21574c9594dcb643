"""The real client against the sandbox's store over HTTP: products, stock, bulk files."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tiktoksync.errors import CallLimited, ConfigError, Rejected
from tiktoksync.lib.download import download_lines
from tiktoksync.sandbox.config import DEFAULT
from tiktoksync.sandbox.server import start
from tiktoksync.shopify.bulk_calls import BULK_INVENTORY, BULK_PRODUCTS, BulkOperation, gid_type
from tiktoksync.shopify.client import ShopifyClient

INPUT: dict[str, Any] = {
    "title": "From TikTok",
    "status": "DRAFT",
    "productOptions": [{"name": "Size", "values": [{"name": "S"}, {"name": "M"}]}],
    "variants": [
        {
            "sku": f"F-{size}",
            "price": "9.90",
            "optionValues": [{"optionName": "Size", "name": size}],
        }
        for size in "SM"
    ],
}


@pytest.fixture(scope="module")
def sandbox_url() -> Iterator[str]:
    # The pace is not what is proven here.
    sandbox = start(port=0, config={**DEFAULT, "bucket": {"maximum": 10**6, "restore_rate": 10**6}})
    yield sandbox.url
    sandbox.stop()


def client_of(sandbox_url: str) -> ShopifyClient:
    return ShopifyClient(
        base_url=f"{sandbox_url}/shopify/demo-us.myshopify.com",
        api_version="2026-10",
        access_token="shpat_sandbox-us",
    )


@pytest.fixture
def client(sandbox_url: str) -> ShopifyClient:
    return client_of(sandbox_url)


def every_product(client: ShopifyClient) -> dict[str, dict[str, Any]]:
    found, cursor = {}, ""
    while True:
        page = client.products_page(after=cursor).data
        found |= {one["id"]: one for one in page.products}
        cursor = page.next_cursor
        if not cursor:
            return found


def finish(client: ShopifyClient, gid: str) -> BulkOperation:
    """Wait for the end of a bulk operation."""
    ends = time.monotonic() + 20
    while not (found := client.bulk_operation(gid).data).is_over:
        assert time.monotonic() < ends
    return found


def test_the_pages_hold_what_is_counted_and_read_by_id(client: ShopifyClient):
    counts, products = client.count_products().data, every_product(client)
    variants = [one for product in products.values() for one in product["variants"]]
    assert (counts.products, counts.variants) == (len(products), len(variants))
    assert counts.is_exact
    some = list(products)[:9]
    gone = "gid://shopify/Product/1"
    assert client.read_products([*some, gone]).data == {
        **{gid: products[gid] for gid in some},
        gone: None,
    }


def test_variants_of_one_product_are_the_same_from_both_sides(client: ShopifyClient):
    product = next(iter(every_product(client).values()))
    assert list(client.product_variants(product["id"]).data.variants) == product["variants"]


def test_only_changes_since_a_moment_are_given(client: ShopifyClient):
    later = datetime.now(UTC) + timedelta(days=1)
    assert client.products_page(updated_since=later).data.products == ()
    assert client.products_page(updated_since=later - timedelta(days=9000)).data.products


def test_products_are_found_by_their_words(client: ShopifyClient):
    product = next(iter(every_product(client).values()))
    word = product["title"].split()[0]
    assert product["id"] in [one["id"] for one in client.find_products(title=word).data]
    assert product["id"] in [one["id"] for one in client.find_titles(product["title"]).data]


def test_stock_is_given_by_item_and_location(client: ShopifyClient):
    places = {place["id"] for place in client.locations().data}
    variants = [one for product in every_product(client).values() for one in product["variants"]]
    items = [one["inventoryItem"]["id"] for one in variants][:50]
    levels = client.inventory_levels(items).data
    assert list(levels) == items
    assert {level["location_id"] for rows in levels.values() for level in rows} <= places
    assert all(isinstance(row["available"], int) for rows in levels.values() for row in rows)


def test_a_product_is_made_once_and_found_by_its_id(client: ShopifyClient):
    with pytest.raises(ConfigError):
        client.product_by_custom_id("1729")
    made = client.define_product_id().data
    assert client.define_product_id().data == made
    assert client.metafield_definition("$app", "tiktok_product_id", owner="PRODUCT").data == made
    assert client.product_by_custom_id("1729").data is None
    first = client.set_product(INPUT, custom_id="1729").data
    again = client.set_product(INPUT | {"title": "Anew"}, custom_id="1729").data
    assert first.id == again.id
    found = client.product_by_custom_id("1729").data
    assert found is not None
    assert (found["id"], found["title"]) == (first.id, "Anew")
    assert [one["sku"] for one in found["variants"]] == ["F-S", "F-M"]


def test_a_refused_product_is_not_made(client: ShopifyClient):
    client.define_product_id()
    with pytest.raises(Rejected) as caught:
        client.set_product(INPUT | {"title": "x" * 300}, custom_id="1730")
    assert caught.value.field == "input.title"
    assert client.product_by_custom_id("1730").data is None


@pytest.mark.parametrize(
    ("document", "kinds"),
    [
        (BULK_PRODUCTS, {"Product", "ProductVariant"}),
        (BULK_INVENTORY, {"InventoryItem", "InventoryLevel"}),
    ],
)
def test_a_bulk_file_holds_every_object(client: ShopifyClient, document: str, kinds: set[str]):
    operation = finish(client, client.start_bulk_query(document).data.id)
    assert (operation.status, operation.error_code) == ("COMPLETED", "")
    rows = list(download_lines(operation.url))
    assert len(rows) == operation.object_count
    assert kinds <= {gid_type(row["id"]) for row in rows}
    parents = {row["id"] for row in rows if "__parentId" not in row}
    assert {row["__parentId"] for row in rows if "__parentId" in row} <= parents
    assert list(download_lines(operation.url, skip=len(rows) - 1)) == rows[-1:]


def test_a_bulk_product_says_the_same_as_a_page(client: ShopifyClient):
    operation = finish(client, client.start_bulk_query(BULK_PRODUCTS).data.id)
    rows = {row["id"]: row for row in download_lines(operation.url)}
    for gid, product in every_product(client).items():
        plain = {
            name for name in product if name not in ("variants", "media", "more_variants_after")
        }
        assert {name: rows[gid][name] for name in plain} == {name: product[name] for name in plain}
        for variant in product["variants"]:
            bare = {name: value for name, value in variant.items() if name != "media"}
            assert rows[variant["id"]] == bare | {"__parentId": gid}


def test_the_sixth_bulk_reading_waits_until_one_is_ended():
    sandbox = start(port=0, config={**DEFAULT, "bulk_seconds": 3600.0})
    try:
        client = client_of(sandbox.url)
        running = [client.start_bulk_query(BULK_INVENTORY).data.id for _ in range(5)]
        with pytest.raises(CallLimited) as caught:
            client.start_bulk_query(BULK_INVENTORY)
        assert caught.value.code == "OPERATION_IN_PROGRESS"
        assert not client.bulk_operation(running[0]).data.is_over
        assert client.cancel_bulk_operation(running[0]).data.id == running[0]
        assert finish(client, running[0]).status == "CANCELED"
        assert client.start_bulk_query(BULK_INVENTORY).data.id not in running
    finally:
        sandbox.stop()
