"""What TikTok is told of a product, to the last field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from products.models import ProductRules, UploadTemplate
from products.upload_checks import barcode_of
from products.upload_facts import CategoryFacts
from products.upload_mapping import create_body, first_option_images
from products.upload_package import PackageProblem, package_of
from tests.products.test_upload_checks import product, setting, variant

COLORS = (("Color", "Red"), ("Size", "S")), (("Color", "Blue"), ("Size", "S"))


def body(facts: Any, where: Any, **how: Any) -> dict[str, Any]:
    how = {"key": "k1", "images": ["uri-1"], "option_images": {}, **how}
    return create_body(facts, where, **how)


def test_a_product_without_options_has_no_sales_attributes() -> None:
    assert body(product(), setting(), images=["uri-1", "uri-2"]) == {
        "save_mode": "LISTING",
        "idempotency_key": "k1",
        "title": "Enamel camp mug, 12 oz, sea blue",
        "description": "<p>Keeps coffee warm.</p>",
        "category_id": "600001",
        "category_version": "v2",
        "main_images": [{"uri": "uri-1"}, {"uri": "uri-2"}],
        "external_product_id": "gid://shopify/Product/1",
        "package_weight": {"value": "0.32", "unit": "KILOGRAM"},
        "skus": [
            {
                "external_sku_id": "gid://shopify/ProductVariant/1",
                "price": {"amount": "14.25", "currency": "USD"},
                "inventory": [{"warehouse_id": "7000", "quantity": 5}],
                "seller_sku": "MUG-001",
            }
        ],
    }


def test_options_prices_barcodes_and_pictures_stand_on_each_sku() -> None:
    red = "https://cdn.example/red.png"
    facts = product(
        variant(1, options=COLORS[0], image=red, barcode="4006381333931"),
        variant(2, options=COLORS[1], price=Decimal("20.00"), quantity=0),
    )
    rules = ProductRules(price_percent=Decimal(10), price_rounding="99")
    skus = body(facts, setting(rules=rules), option_images={red: "uri-red"})["skus"]
    assert skus == [
        {
            "external_sku_id": "gid://shopify/ProductVariant/1",
            "price": {"amount": "15.99", "currency": "USD"},
            "inventory": [{"warehouse_id": "7000", "quantity": 5}],
            "seller_sku": "MUG-001",
            "sales_attributes": [
                {"name": "Color", "value_name": "Red", "sku_img": {"uri": "uri-red"}},
                {"name": "Size", "value_name": "S"},
            ],
            "identifier_code": {"code": "4006381333931", "type": "EAN"},
        },
        {
            "external_sku_id": "gid://shopify/ProductVariant/2",
            "price": {"amount": "22.99", "currency": "USD"},
            "inventory": [{"warehouse_id": "7000", "quantity": 1}],
            "seller_sku": "MUG-002",
            "sales_attributes": [
                {"name": "Color", "value_name": "Blue"},
                {"name": "Size", "value_name": "S"},
            ],
        },
    ]


def test_a_template_adds_what_tiktok_wants_beyond_shopify() -> None:
    template = UploadTemplate(
        attributes=[{"id": "100", "values": [{"id": "1"}]}],
        brand_id="55",
        delivery_option_ids=["8"],
        description_end="<p>Made in Hue</p>",
        package_length=Decimal("10.50"),
        package_width=Decimal(10),
        package_height=Decimal(12),
        size_unit="CENTIMETER",
    )
    told = body(product(), setting(template=template))
    assert told["description"] == "<p>Keeps coffee warm.</p><p>Made in Hue</p>"
    assert told["product_attributes"] == [{"id": "100", "values": [{"id": "1"}]}]
    assert (told["brand_id"], told["delivery_option_ids"]) == ("55", ["8"])
    assert told["package_dimensions"] == {
        "length": "10.5",
        "width": "10",
        "height": "12",
        "unit": "CENTIMETER",
    }


def test_vietnam_has_no_cents_and_a_blank_sku_is_not_sent() -> None:
    facts = product(variant(sku="", price=Decimal("189000.0000")))
    (sku,) = body(facts, setting("VN"))["skus"]
    assert sku["price"] == {"amount": "189000", "currency": "VND"}
    assert "seller_sku" not in sku


def test_the_tree_is_the_one_that_categories_are_recommended_from() -> None:
    assert body(product(), setting("DE"))["category_version"] == "v2"
    assert body(product(), setting("JP"))["category_version"] == "v1"


def test_a_barcode_on_two_variants_is_sent_for_neither() -> None:
    facts = product(
        variant(1, options=COLORS[0], barcode="4006381333931"),
        variant(2, options=COLORS[1], barcode="4006381333931"),
    )
    assert all("identifier_code" not in sku for sku in body(facts, setting())["skus"])


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("4006381333931", "EAN"),
        ("036000291452", "UPC"),
        ("96385074", "EAN"),
        ("00012345600012", "GTIN"),
        ("4006381333932", ""),
        ("036000291453", ""),
        ("12345", ""),
        ("40063813339３1", ""),
        ("", ""),
    ],
)
def test_a_barcode_is_known_by_its_length_and_check_digit(code: str, kind: str) -> None:
    found = barcode_of(variant(barcode=code))
    assert found == ({"code": code, "type": kind} if kind else None)


def test_the_first_picture_of_a_value_shows_it() -> None:
    facts = product(
        variant(1, options=COLORS[0], image="a"),
        variant(2, options=(("Color", "Red"), ("Size", "L")), image="b"),
        variant(3, options=COLORS[1]),
    )
    assert first_option_images(facts) == {"Red": "a"}
    assert first_option_images(product(variant(image="a"))) == {}


# --- packages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "weight", "unit", "told"),
    [
        ("US", "320", "GRAMS", ("0.32", "KILOGRAM")),
        ("US", "12", "OUNCES", ("0.75", "POUND")),
        ("US", "1.5", "POUNDS", ("1.5", "POUND")),
        ("VN", "12", "OUNCES", ("0.34", "KILOGRAM")),
        ("DE", "2", "KILOGRAMS", ("2", "KILOGRAM")),
        ("VN", "0.2", "GRAMS", ("0.001", "KILOGRAM")),
    ],
)
def test_the_weight_is_told_in_a_unit_of_the_region(
    region: str, weight: str, unit: str, told: tuple[str, str]
) -> None:
    facts = product(variant(weight=Decimal(weight), weight_unit=unit))
    assert package_of(facts, None, region) == {
        "package_weight": {"value": told[0], "unit": told[1]}
    }


def test_the_heaviest_variant_decides() -> None:
    facts = product(
        variant(1, weight=Decimal(900)),
        variant(2, weight=Decimal("1.1"), weight_unit="KILOGRAMS"),
        variant(3, weight=None),
    )
    assert package_of(facts, None, "US")["package_weight"]["value"] == "1.1"


def test_weight_and_size_are_of_one_system() -> None:
    template = UploadTemplate(
        package_length=Decimal(4),
        package_width=Decimal(4),
        package_height=Decimal(4),
        size_unit="INCH",
    )
    told = package_of(product(), template, "US")
    assert told["package_weight"] == {"value": "0.705", "unit": "POUND"}
    assert told["package_dimensions"]["unit"] == "INCH"
    with pytest.raises(PackageProblem) as problem:
        package_of(product(), template, "GB")
    assert problem.value.code == "units_mixed"


def test_shopifys_weight_goes_before_the_templates() -> None:
    template = UploadTemplate(package_weight=Decimal(3), weight_unit="KILOGRAM")
    assert package_of(product(), template, "US")["package_weight"]["value"] == "0.32"
    bare = product(variant(weight=Decimal(0)))
    assert package_of(bare, template, "US")["package_weight"]["value"] == "3"
    with pytest.raises(PackageProblem):
        package_of(bare, None, "US")


def test_a_category_of_another_name_is_told_by_its_id() -> None:
    where = setting(category=CategoryFacts("42"))
    assert body(product(), where)["category_id"] == "42"
