"""The input of productSet, whole, from listings as TikTok has them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from products.import_facts import ListingFacts, SkuFacts
from products.import_mapping import (
    ImportOptions,
    imported_product,
    last_part,
    match_variants,
    short_title,
)

DONG = ImportOptions("VND", tags=("TikTok", " TikTok ", ""), location_id="gid://shopify/Location/7")
DOLLARS = ImportOptions("USD")
SPRAY = ListingFacts(
    product_id="1734952395144267383",
    title="[Quà Tặng] Chai Xịt Thơm Miệng Fujisalt 14mL",
    status="ACTIVATE",
    description_html='<p style="text-align: left;"><span>- Xuất xứ: Việt Nam</span></p>',
    brand="Fujiwa Vietnam",
    category="Chăm sóc sắc đẹp > Chăm sóc mũi & răng miệng > Xịt miệng",
    images=("https://p16.example/c85.jpeg?dr=15568", "https://p16.example/699.jpeg"),
    weight=Decimal("0.2"),
    weight_unit="KILOGRAM",
    skus=(
        SkuFacts(
            "1734952449674217079",
            "XTM-C",
            "xtm-c",
            price=Decimal("72000.0000"),
            currency="VND",
            quantity=43,
        ),
    ),
)


def sku(number: int, price: str = "9.5", **how: Any) -> SkuFacts:
    return SkuFacts(str(number), price=Decimal(price), currency="USD", **how)


def test_a_vietnamese_listing_with_a_single_sku() -> None:
    assert imported_product(SPRAY, DONG).input == {
        "title": "[Quà Tặng] Chai Xịt Thơm Miệng Fujisalt 14mL",
        "descriptionHtml": "<p>- Xuất xứ: Việt Nam</p>",
        "status": "DRAFT",
        "vendor": "Fujiwa Vietnam",
        "productType": "Xịt miệng",
        "tags": ["TikTok"],
        "metafields": [
            {
                "namespace": "$app",
                "key": "tiktok_product_id",
                "type": "id",
                "value": "1734952395144267383",
            }
        ],
        "productOptions": [{"name": "Title", "position": 1, "values": [{"name": "Default Title"}]}],
        "files": [
            {
                "originalSource": "https://p16.example/c85.jpeg?dr=15568",
                "contentType": "IMAGE",
                "alt": "[Quà Tặng] Chai Xịt Thơm Miệng Fujisalt 14mL",
            },
            {
                "originalSource": "https://p16.example/699.jpeg",
                "contentType": "IMAGE",
                "alt": "[Quà Tặng] Chai Xịt Thơm Miệng Fujisalt 14mL",
            },
        ],
        "variants": [
            {
                "optionValues": [{"optionName": "Title", "name": "Default Title"}],
                "position": 1,
                "price": "72000",
                "sku": "XTM-C",
                "inventoryItem": {
                    "tracked": True,
                    "requiresShipping": True,
                    "measurement": {"weight": {"value": 0.2, "unit": "KILOGRAMS"}},
                },
                "inventoryQuantities": [
                    {
                        "locationId": "gid://shopify/Location/7",
                        "name": "available",
                        "quantity": 43,
                    }
                ],
            }
        ],
    }


def test_three_options_with_pictures_barcodes_and_no_skus() -> None:
    facts = ListingFacts(
        "9",
        "Shirt",
        images=("https://p16.example/cover.jpeg",),
        skus=(
            sku(
                1,
                attributes=(("Color", "Red"), ("Size", "S"), ("Fabric", "Silk")),
                image="https://p16.example/red.jpeg",
                barcode="4006381333931",
            ),
            sku(
                2,
                attributes=(("Color", "Red"), ("Size", "M"), ("Fabric", "Silk")),
                image="https://p16.example/red.jpeg",
                quantity=-2,
            ),
        ),
    )
    told = imported_product(facts, DOLLARS).input
    assert [file["originalSource"] for file in told["files"]] == [
        "https://p16.example/cover.jpeg",
        "https://p16.example/red.jpeg",
    ]
    assert told["productOptions"] == [
        {"name": "Color", "position": 1, "values": [{"name": "Red"}]},
        {"name": "Size", "position": 2, "values": [{"name": "S"}, {"name": "M"}]},
        {"name": "Fabric", "position": 3, "values": [{"name": "Silk"}]},
    ]
    red = {"originalSource": "https://p16.example/red.jpeg", "contentType": "IMAGE"}
    item = {"tracked": True, "requiresShipping": True}
    assert told["variants"] == [
        {
            "optionValues": [
                {"optionName": "Color", "name": "Red"},
                {"optionName": "Size", "name": "S"},
                {"optionName": "Fabric", "name": "Silk"},
            ],
            "position": 1,
            "price": "9.50",
            "inventoryItem": item,
            "barcode": "4006381333931",
            "file": red,
        },
        {
            "optionValues": [
                {"optionName": "Color", "name": "Red"},
                {"optionName": "Size", "name": "M"},
                {"optionName": "Fabric", "name": "Silk"},
            ],
            "position": 2,
            "price": "9.50",
            "inventoryItem": item,
            "file": red,
        },
    ]
    assert {"vendor", "productType"} & set(told) == set(), "Shopify's own defaults"
    assert told["tags"] == []


def test_twenty_five_variants_each_with_its_own_stock() -> None:
    skus = tuple(
        sku(n, attributes=(("Size", str(n)),), seller_sku=f"S-{n}", quantity=n) for n in range(25)
    )
    wanted = replace(DOLLARS, location_id="gid://shopify/Location/1")
    told = imported_product(ListingFacts("9", "Ring", skus=skus), wanted).input
    assert [one["sku"] for one in told["variants"]] == [f"S-{n}" for n in range(25)]
    assert [one["inventoryQuantities"][0]["quantity"] for one in told["variants"]] == [*range(25)]
    assert len(told["productOptions"][0]["values"]) == 25


def test_the_rules_of_the_shop_come_before_the_listings_words() -> None:
    wanted = replace(DONG, status="ACTIVE", vendor="Ours", product_type="Spray")
    told = imported_product(SPRAY, wanted).input
    assert (told["status"], told["vendor"], told["productType"]) == ("ACTIVE", "Ours", "Spray")


def test_without_a_location_no_stock_is_told_but_it_is_counted() -> None:
    (variant,) = imported_product(SPRAY, replace(DONG, location_id="")).input["variants"]
    assert "inventoryQuantities" not in variant
    assert variant["inventoryItem"]["tracked"] is True


@pytest.mark.parametrize(
    ("weight", "unit", "told"),
    [
        (Decimal("500"), "GRAM", {"value": 500.0, "unit": "GRAMS"}),
        (Decimal("1.25"), "POUND", {"value": 1.25, "unit": "POUNDS"}),
        (Decimal("1"), "STONE", None),
        (None, "KILOGRAM", None),
    ],
)
def test_weights_in_shopifys_words(weight: Decimal | None, unit: str, told: Any) -> None:
    facts = replace(SPRAY, weight=weight, weight_unit=unit)
    (variant,) = imported_product(facts, DONG).input["variants"]
    assert variant["inventoryItem"].get("measurement", {}).get("weight") == told


def test_pictures_that_are_no_web_addresses_are_left_out() -> None:
    facts = replace(SPRAY, images=("tos-alisg/1", "data:image/png;base64,AA", "https://a/b.png"))
    files = imported_product(facts, DONG).input["files"]
    assert [file["originalSource"] for file in files] == ["https://a/b.png"]


def test_a_long_title_is_cut_between_words() -> None:
    assert short_title("Áo " * 100) == ("Áo " * 85).strip()
    assert short_title("x" * 300) == "x" * 255
    assert short_title(" a  b ") == "a b"
    assert short_title("y" * 255) == "y" * 255


def test_a_category_path_ends_in_the_type() -> None:
    assert last_part("Home > Men/Women > Mugs") == "Mugs"
    assert last_part("Men/Women") == "Men/Women"
    assert last_part("") == ""


# --- which variant is which SKU ------------------------------------------------------------------

SIZES = ListingFacts(
    "9",
    "Ring",
    skus=tuple(
        sku(n, attributes=(("Size", size),), seller_sku=f"R-{n}", key=f"r-{n}")
        for n, size in enumerate("SML")
    ),
)


def variant(number: int, sku: str | None = None, **values: str) -> dict[str, Any]:
    chosen = [{"name": name, "value": value} for name, value in values.items()]
    return {"id": f"v{number}", "sku": sku, "selectedOptions": chosen}


def test_variants_are_matched_by_their_option_values_in_whatever_order() -> None:
    found = [variant(3, Size="L"), variant(1, Size="S"), variant(2, Size="m")]
    matched = match_variants(imported_product(SIZES, DOLLARS), found)
    assert matched == {"0": "v1", "1": "v2", "2": "v3"}


def test_changed_options_are_matched_by_a_sku_that_only_one_has() -> None:
    found = [variant(1, "R-0", Size="Small"), variant(2, " r-1 ", Size="Medium")]
    found += [variant(3, "R-2", Size="Big"), variant(4, "R-2", Size="Huge")]
    assert match_variants(imported_product(SIZES, DOLLARS), found) == {"0": "v1", "1": "v2"}


def test_what_is_not_clear_is_not_matched() -> None:
    twins = replace(SIZES, skus=tuple(replace(one, key="r") for one in SIZES.skus))
    found = [variant(1, "R", Size="Small"), variant(2, None, Colour="M"), variant(3, "", Size="X")]
    assert match_variants(imported_product(twins, DOLLARS), found) == {}


def test_a_variant_stands_for_one_sku_alone() -> None:
    found = [variant(1, "R-1", Size="S")]
    assert match_variants(imported_product(SIZES, DOLLARS), found) == {"0": "v1"}
