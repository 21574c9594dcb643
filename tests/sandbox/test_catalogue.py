"""The demo catalogue keeps its shape and holds every kind of trouble it promises."""

from collections import Counter
from typing import Any

import pytest

from tiktoksync.sandbox.catalogue import demo_listings, demo_products
from tiktoksync.sandbox.config import complete_config

FIELDS = {
    "title", "vendor", "type", "options", "variants", "description", "images", "tags", "status",
    "category", "in_baskets", "requires_shipping", "create_time", "update_time",
}  # fmt: skip
VARIANT_FIELDS = {
    "sku", "values", "price", "inventory", "grams", "barcode", "compare_at", "image",
}  # fmt: skip
BOTH = pytest.mark.parametrize("rows", [demo_products, demo_listings])


def variants(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [variant for row in rows for variant in row["variants"]]


@BOTH
@pytest.mark.parametrize("currency", ["USD", "VND"])
def test_every_product_has_the_shape_that_is_promised(rows: Any, currency: str) -> None:
    for row in rows(currency):
        assert set(row) <= FIELDS
        for variant in row["variants"]:
            assert set(variant) <= VARIANT_FIELDS
            assert len(variant["values"]) == len(row["options"])
            assert isinstance(variant["price"], str)
        for image in row["images"]:
            assert set(image) == {"key", "width", "height"}


def test_the_first_products_keep_their_skus_and_prices() -> None:
    first = [(one["sku"], one["price"]) for one in variants(demo_products("USD")[:12])]
    assert first[:4] == [
        ("TEE-BLK-S", "18.00"), ("TEE-BLK-M", "18.00"), ("TEE-SND-L", "19.50"), ("MUG-12", "14.25"),
    ]  # fmt: skip
    assert len(first) == 16
    assert demo_listings("VND")[12]["variants"][0]["price"] == "350000"


def test_dong_are_whole_thousands() -> None:
    prices = [one["price"] for one in variants(demo_products("VND")[12:])]
    assert all(price.endswith("000") or price == "0" for price in prices)


def test_the_store_has_plenty_and_every_kind_of_trouble() -> None:
    rows = demo_products("USD")[12:]
    assert len(rows) >= 40
    assert max(len(row["variants"]) for row in rows) == 25
    assert {len(row["options"]) for row in rows} >= {0, 1, 2}
    assert any(not row["images"] for row in rows)
    assert any(min(one["width"], one["height"]) < 300 for row in rows for one in row["images"])
    assert any("grams" not in one for one in variants(rows))
    assert any(len(row["title"]) > 255 for row in rows)
    assert any(len(row["title"]) < 25 for row in rows)
    skus = [one["sku"] for one in variants(rows)]
    assert "" in skus
    assert any(" " in sku for sku in skus)
    assert any(len(sku) > 50 for sku in skus)
    assert [sku for sku, count in Counter(skus).items() if sku and count > 1] == [
        "PIN-GARDEN", "HAMMOCK-1",
    ]  # fmt: skip
    assert any(float(one["price"]) == 0 for one in variants(rows))
    assert {row.get("status") for row in rows} == {None, "DRAFT", "ARCHIVED"}


def test_the_shop_has_products_of_its_own() -> None:
    rows = demo_listings("USD")[12:]
    assert len(rows) >= 12
    skus = [one["sku"] for one in variants(rows)]
    assert skus.count("") == 3
    assert skus.count("TTS-DISH") == 2
    assert all(row["in_baskets"] is False for row in rows)
    assert {len(row["options"]) for row in rows} == {0, 1, 2, 3}


@BOTH
def test_no_caller_can_change_the_catalogue_for_the_next(rows: Any) -> None:
    for row in rows("USD"):
        row["title"] = "changed"
        row["variants"][0]["sku"] = "changed"
    assert "changed" not in [one["sku"] for one in variants(rows("USD"))]
    assert "changed" not in [row["title"] for row in rows("USD")]


def test_a_small_world_sells_what_both_sides_share() -> None:
    config = complete_config({"catalogue": "small"})
    assert [len(shop["products"]) for shop in config["shopify"]["shops"]] == [12, 12]
    assert [len(shop["products"]) for shop in config["tiktok"]["shops"]] == [13, 13]
    listed = variants(config["tiktok"]["shops"][0]["products"])
    sold = {one["sku"] for one in variants(config["shopify"]["shops"][0]["products"])}
    assert {one["sku"] for one in listed} - sold == {"TT-ONLY-BOX"}
