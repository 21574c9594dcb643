"""Products as they are stored: exact columns, nothing twice, nothing older than what is known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from products.models import InventoryLevel, Location, Product, Variant
from products.services import follow_catalogue
from products.services.store_levels import store_levels, store_locations
from products.services.store_products import mark_gone, store_late, store_products
from products.services.store_variants import store_variants
from tests.factories import Pair

PRODUCT, VARIANT = "gid://shopify/Product/4", "gid://shopify/ProductVariant/41"
ITEM, PLACE = "gid://shopify/InventoryItem/41", "gid://shopify/Location/1"


def variant(number: int = 41, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/ProductVariant/{number}",
        "sku": " Tee-Blk ",
        "barcode": "0123456789012",
        "title": "Black / S",
        "position": 2,
        "price": "19.90",
        "compareAtPrice": "25.00",
        "inventoryPolicy": "CONTINUE",
        "inventoryQuantity": 7,
        "selectedOptions": [
            {"name": "Color", "value": "Black"},
            {"name": "Size", "value": "S"},
        ],
        "media": [{"id": "gid://shopify/MediaImage/2"}],
        "inventoryItem": {
            "id": f"gid://shopify/InventoryItem/{number}",
            "tracked": False,
            "requiresShipping": True,
            "measurement": {"weight": {"unit": "GRAMS", "value": Decimal("250.5")}},
        },
        **fields,
    }


def picture(number: int, **fields: Any) -> dict[str, Any]:
    image = {"url": f"https://cdn.example/{number}.png", "width": 800, "height": 600}
    kind = "IMAGE"
    gid = f"gid://shopify/MediaImage/{number}"
    return {"id": gid, "alt": None, "mediaContentType": kind, "image": image, **fields}


def product(*variants: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": PRODUCT,
        "legacyResourceId": "4",
        "handle": "tee",
        "title": "Tee",
        "descriptionHtml": "<p>Soft</p>",
        "vendor": "Acme",
        "productType": "Shirts",
        "status": "ACTIVE",
        "tags": ["cotton", "tee"],
        "updatedAt": "2026-11-20T08:00:00Z",
        "category": {"id": "gid://shopify/TaxonomyCategory/aa-1", "fullName": "Apparel > Shirts"},
        "options": [
            {"id": "o1", "name": "Color", "position": 1, "optionValues": [{"name": "Black"}]},
            {"id": "o2", "name": "Size", "position": 2, "optionValues": [{"name": "S"}]},
        ],
        "variants": list(variants) or [variant()],
        "media": [picture(1, alt="Front"), {"id": "v", "mediaContentType": "VIDEO"}, picture(2)],
        "more_variants_after": "",
        **fields,
    }


@pytest.fixture(autouse=True)
def news(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    told: list[Any] = []

    def tell(store: Any, rows: Iterable[Any]) -> None:
        told.append(set(rows))

    monkeypatch.setattr(follow_catalogue, "variants_stored", tell)
    monkeypatch.setattr(follow_catalogue, "stock_stored", tell)
    return told


def test_a_product_fills_its_columns(pair: Pair, news: list[Any]) -> None:
    stored = store_products(pair.store, [product()])
    row = Product.objects.get()
    assert (stored.changed, stored.variants, news) == ({row.pk}, 1, [{row.pk}])
    assert (row.shopify_product_id, row.title, row.handle, row.status) == (
        PRODUCT,
        "Tee",
        "tee",
        "ACTIVE",
    )
    assert (row.description_html, row.vendor, row.product_type) == ("<p>Soft</p>", "Acme", "Shirts")
    assert (row.tags, row.category) == (["cotton", "tee"], "Apparel > Shirts")
    assert row.options == [
        {"name": "Color", "values": ["Black"]},
        {"name": "Size", "values": ["S"]},
    ]
    assert row.images == [
        {"url": "https://cdn.example/1.png", "alt": "Front", "width": 800, "height": 600},
        {"url": "https://cdn.example/2.png", "alt": "", "width": 800, "height": 600},
    ]
    assert row.changed_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert (row.wanted_at, row.gone_at) == (None, None)


def test_a_variant_fills_its_columns(pair: Pair) -> None:
    store_products(pair.store, [product()])
    row = Variant.objects.get()
    assert (row.shopify_variant_id, row.inventory_item_id) == (VARIANT, ITEM)
    assert (row.title, row.sku, row.sku_key) == ("Black / S", " Tee-Blk ", "tee-blk")
    assert (row.barcode, row.position) == ("0123456789012", 2)
    assert row.option_values == [
        {"name": "Color", "value": "Black"},
        {"name": "Size", "value": "S"},
    ]
    assert (row.price, row.compare_at_price) == (Decimal("19.9"), Decimal("25"))
    assert row.image == "https://cdn.example/2.png"
    assert (row.weight, row.weight_unit) == (Decimal("250.5"), "GRAMS")
    assert (row.is_tracked, row.sells_without_stock, row.requires_shipping) == (False, True, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": None, "tags": None, "options": None, "category": None, "media": None},
        {"title": "y" * 600, "handle": "z" * 600, "vendor": "v\x00" * 300},
        {"title": "\ud83d half a pair"},
        {"updatedAt": "yesterday"},
        {"media": [picture(1, image=None), picture(2, image={"url": "https://x/" + "a" * 2000})]},
    ],
    ids=["nothing", "long", "broken", "no time", "pictures"],
)
def test_odd_products_are_stored_as_far_as_they_can_be(pair: Pair, fields: dict[str, Any]) -> None:
    store_products(pair.store, [product(**fields), {"title": "no id"}, product(id="other")])
    assert set(Product.objects.values_list("shopify_product_id", flat=True)) == {PRODUCT, "other"}


@pytest.mark.parametrize(
    "fields",
    [
        {"sku": "x" * 300},
        {"sku": None, "barcode": None, "title": None},
        {"price": "1e30"},
        {"price": "9" * 17, "compareAtPrice": "free"},
        {"price": "-1.00"},
        {"position": -3},
        {"inventoryItem": None, "selectedOptions": None, "media": None},
        {"inventoryItem": {"measurement": {"weight": {"unit": "KILOGRAMS", "value": 10**12}}}},
    ],
    ids=["long sku", "nulls", "exponent", "huge", "negative", "position", "objects", "weight"],
)
def test_odd_variants_keep_no_other_from_being_stored(pair: Pair, fields: dict[str, Any]) -> None:
    store_products(pair.store, [product(variant(**fields), variant(42), {"sku": "no id"})])
    assert Variant.objects.count() == 2
    odd = Variant.objects.get(shopify_variant_id=VARIANT)
    assert (len(odd.sku) <= 255, odd.position >= 0) == (True, True)


def test_an_echo_is_no_news_and_costs_few_queries(pair: Pair, news: list[Any]) -> None:
    bodies = [
        product(*(variant(100 * n + m) for m in range(5)), id=f"gid://shopify/Product/{n}")
        for n in range(40)
    ]
    store_products(pair.store, bodies)
    news.clear()
    later = [body | {"updatedAt": "2026-11-21T08:00:00Z"} for body in bodies]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert store_products(pair.store, later).changed == set()
    assert news == []
    # The first changed times are written; then all is as it is known.
    assert len(queries) <= 12
    with CaptureQueriesContext(connection) as queries:
        store_products(pair.store, later)
    assert len(queries) <= 6
    assert Product.objects.filter(changed_at=datetime(2026, 11, 21, 8, tzinfo=UTC)).count() == 40


def test_new_rows_are_written_set_based(pair: Pair) -> None:
    bodies = [
        product(*(variant(100 * n + m) for m in range(5)), id=f"gid://shopify/Product/{n}")
        for n in range(1, 9)
    ]
    with CaptureQueriesContext(connection) as queries:
        store_products(pair.store, bodies)
    assert len(queries) <= 10


def test_what_is_older_than_the_mirror_changes_nothing_and_is_read_again(
    pair: Pair, news: list[Any]
) -> None:
    store_products(pair.store, [product(title="New", updatedAt="2026-11-20T09:00:00Z")])
    news.clear()
    stored = store_products(pair.store, [product(variant(sku="OLD"), title="Old")])
    row = Product.objects.get()
    assert (row.title, Variant.objects.get().sku, news) == ("New", " Tee-Blk ", [])
    assert (stored.stale, row.wanted_at is not None) == ({row.pk}, True)
    assert Variant.objects.get().gone_at is None


def test_variants_that_vanished_are_gone_and_their_product_is_news(
    pair: Pair, news: list[Any]
) -> None:
    store_products(pair.store, [product(variant(41), variant(42))])
    news.clear()
    store_products(pair.store, [product(variant(42))])
    gone = Variant.objects.get(shopify_variant_id=VARIANT)
    assert gone.gone_at is not None
    assert news == [{gone.product_id}]
    news.clear()
    store_products(pair.store, [product(variant(41), variant(42))])
    assert Variant.objects.filter(gone_at=None).count() == 2
    assert news == [{gone.product_id}]


def test_a_part_of_a_product_leaves_the_other_variants_alone(pair: Pair) -> None:
    store_products(pair.store, [product(variant(41), variant(42))])
    store_products(pair.store, [product(variant(42))], is_complete=False)
    assert Variant.objects.filter(gone_at=None).count() == 2


def test_a_variant_that_moved_belongs_to_its_new_product_and_both_are_news(
    pair: Pair, news: list[Any]
) -> None:
    store_products(pair.store, [product()])
    first = Product.objects.get()
    news.clear()
    store_products(pair.store, [product(id="gid://shopify/Product/5")])
    moved = Variant.objects.get()
    assert moved.product.shopify_product_id == "gid://shopify/Product/5"
    assert news == [{first.pk, moved.product_id}]


def test_what_comes_late_finds_its_product(pair: Pair, news: list[Any]) -> None:
    first = product(variant(41), media=[picture(1)])
    store_products(pair.store, [first], is_complete=False)
    late = variant(42)
    del late["media"]
    known = {name: value for name, value in variant(41).items() if name != "media"}
    store_late(
        pair.store,
        [(PRODUCT, late), (PRODUCT, known), ("gid://shopify/Product/unknown", variant(43))],
        [(PRODUCT, picture(1)), (PRODUCT, picture(2))],
    )
    row = Product.objects.get()
    assert [one["url"][-5:] for one in row.images] == ["1.png", "2.png"]
    assert Variant.objects.count() == 2


def test_a_body_without_media_leaves_the_pictures_as_they_are(pair: Pair) -> None:
    store_products(pair.store, [product(media=[picture(2)])])
    bare = variant()
    del bare["media"]
    body = product(bare, title="New")
    del body["media"]
    store_products(pair.store, [body])
    assert Product.objects.get().cover == "https://cdn.example/2.png"
    assert Variant.objects.get().image == "https://cdn.example/2.png"


def test_a_deleted_product_is_gone_once(pair: Pair, news: list[Any]) -> None:
    store_products(pair.store, [product()])
    row = Product.objects.get()
    news.clear()
    mark_gone(pair.store, [row.pk])
    mark_gone(pair.store, [row.pk])
    row.refresh_from_db()
    assert (row.gone_at is not None, Variant.objects.get().gone_at is not None) == (True, True)
    assert news == [{row.pk}]


def test_a_variant_found_alone_has_its_product_read(pair: Pair) -> None:
    found = {**variant(), "product": {"id": PRODUCT, "title": "Tee"}}
    assert store_variants(pair.store, [found]) == 1
    row = Product.objects.get()
    assert (row.title, row.wanted_at is not None) == ("Tee", True)


# --- stock ----------------------------------------------------------------------------------------


def level(available: int, hour: int = 8, place: str = PLACE) -> dict[str, Any]:
    at = datetime(2026, 11, 20, hour, tzinfo=UTC)
    return {"location_id": place, "available": available, "updated_at": at}


def stock() -> list[tuple[str, int]]:
    rows = InventoryLevel.objects.order_by("shopify_location_id")
    return list(rows.values_list("shopify_location_id", "available"))


def test_stock_is_stored_and_told_only_where_it_changed(pair: Pair, news: list[Any]) -> None:
    assert store_levels(pair.store, {ITEM: [level(3)], "other": [level(1)]}) == {ITEM, "other"}
    assert store_levels(pair.store, {ITEM: [level(3)], "other": [level(2, 9)]}) == {"other"}
    assert news == [{ITEM, "other"}, {"other"}]
    assert sorted(InventoryLevel.objects.values_list("available", flat=True)) == [2, 3]


def test_old_stock_changes_nothing(pair: Pair) -> None:
    store_levels(pair.store, {ITEM: [level(3, 9)]})
    assert store_levels(pair.store, {ITEM: [level(8, 8)]}) == set()
    assert stock() == [(PLACE, 3)]


def test_a_place_that_an_item_no_longer_has_is_forgotten(pair: Pair) -> None:
    second = "gid://shopify/Location/2"
    store_levels(pair.store, {ITEM: [level(3), level(4, place=second)]})
    assert store_levels(pair.store, {ITEM: [level(3)]}, is_complete=False) == set()
    assert stock() == [(PLACE, 3), (second, 4)]
    assert store_levels(pair.store, {ITEM: [level(3)]}) == {ITEM}
    assert stock() == [(PLACE, 3)]


def test_places_come_and_go(pair: Pair) -> None:
    shown = [{"id": PLACE, "name": "Shop", "isActive": True}]
    store_locations(pair.store, [*shown, {"id": "gid://shopify/Location/2", "name": "Attic"}])
    store_locations(pair.store, [{**shown[0], "name": "Store"}, {"name": "no id"}])
    rows = Location.objects.order_by("pk").values_list("name", "is_active")
    assert list(rows) == [("Store", True), ("Attic", False)]
