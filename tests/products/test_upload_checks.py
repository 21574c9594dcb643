"""What keeps a product off TikTok: every cause is found before anything is sent."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from products.models import ProductRules, UploadTemplate
from products.upload_checks import find_issues, find_notes, usable_images
from products.upload_facts import (
    Attribute,
    CategoryFacts,
    Picture,
    ProductFacts,
    Setting,
    VariantFacts,
    category_facts,
)
from products.upload_words import ISSUES, NOTES

MUGS = CategoryFacts("600001", "Home › Mugs")
BY_SERVICES = {"shop_not_ready", "image_unusable"}


def variant(number: int = 1, **columns: Any) -> VariantFacts:
    columns = {
        "sku": f"MUG-{number:03}",
        "price": Decimal("14.25"),
        "quantity": 5,
        "weight": Decimal(320),
        "weight_unit": "GRAMS",
        "options": (("Title", "Default Title"),),
        **columns,
    }
    return VariantFacts(f"gid://shopify/ProductVariant/{number}", **columns)


def product(*variants: VariantFacts, **columns: Any) -> ProductFacts:
    columns = {
        "title": "Enamel camp mug, 12 oz, sea blue",
        "description_html": "<p>Keeps coffee warm.</p>",
        "images": (Picture("https://cdn.example/1.png", 1200, 1200),),
        "variants": variants or (variant(),),
        **columns,
    }
    return ProductFacts("gid://shopify/Product/1", **columns)


def setting(region: str = "US", **columns: Any) -> Setting:
    columns = {"rules": ProductRules(), "category": MUGS, "warehouse_id": "7000", **columns}
    columns.setdefault("currency", {"US": "USD", "VN": "VND", "DE": "EUR", "JP": "JPY"}[region])
    return Setting(region, **columns)


def in_category(**columns: Any) -> Setting:
    return setting(category=replace(MUGS, **columns))


def sized(count: int, **options: Any) -> tuple[VariantFacts, ...]:
    return tuple(
        variant(number, options=(("Size", f"No {number}"),), **options)
        for number in range(1, count + 1)
    )


LONG = "Colour of the inner glaze"
CASES: list[tuple[str, ProductFacts, Setting]] = [
    ("already_listed", product(listed_as="listing 5"), setting()),
    ("product_not_active", product(status="ARCHIVED"), setting()),
    ("product_not_active", product(status="UNLISTED"), setting()),
    ("no_variants", replace(product(), variants=()), setting()),
    ("no_shipping", product(variant(requires_shipping=False)), setting()),
    ("currency_mismatch", product(), setting(currency="EUR")),
    ("title_missing", product(title=" 🔥 !! "), setting()),
    ("title_too_short", product(title="Mug, 12 oz"), setting("VN")),
    ("title_too_long", product(title="Mug " * 65), setting()),
    ("description_missing", product(description_html="<p>&nbsp;</p><img src='x'>"), setting()),
    ("description_too_long", product(description_html="ab " * 4000), setting()),
    ("language_refused", product(title="抹茶スターターセット"), setting()),
    ("no_image", product(images=()), setting()),
    ("image_too_small", product(images=(Picture("https://a.example/1", 299, 900),)), setting()),
    ("category_missing", product(), setting(category=None)),
    ("category_unavailable", product(), in_category(is_available=False)),
    ("attribute_required", product(), in_category(attributes=(Attribute("1", "Material"),))),
    ("certificate_required", product(), in_category(certificates=("CE mark",))),
    ("size_chart_required", product(), in_category(needs_size_chart=True)),
    ("responsible_required", product(), in_category(responsible=("a manufacturer",))),
    ("weight_missing", product(variant(weight=None)), setting()),
    ("size_missing", product(), in_category(needs_size=True)),
    (
        "units_mixed",
        product(),
        setting(
            "VN",
            template=UploadTemplate(
                package_length=Decimal(4),
                package_width=Decimal(4),
                package_height=Decimal(4),
                size_unit="INCH",
            ),
        ),
    ),
    ("sku_missing", product(variant(sku=" ")), in_category(needs_sku=True)),
    ("sku_too_long", product(variant(sku="x" * 51)), setting()),
    ("sku_form", product(variant(sku="MUG 1")), setting()),
    ("sku_form", product(variant(sku="MUG1")), setting("DE")),
    ("sku_duplicate", product(*sized(2, sku="Mug-001")), setting()),
    ("sku_taken", product(taken={"MUG-001": "Other mug"}), setting()),
    ("too_many_variants", product(*sized(301)), setting()),
    (
        "too_many_options",
        product(variant(options=tuple((f"Kind {n}", "a") for n in range(4)))),
        setting(),
    ),
    ("option_too_long", product(variant(options=((LONG, "a"),))), setting()),
    ("value_too_long", product(variant(options=(("Size", LONG * 3),))), setting()),
    (
        "options_equal",
        product(
            variant(1, options=(("Color", "Red"),)), variant(2, options=(("Color", "red 🔴"),))
        ),
        setting(),
    ),
    (
        "option_missing",
        product(variant(1, options=(("Color", "Red"),)), variant(2, options=())),
        setting(),
    ),
    ("price_missing", product(variant(price=None)), setting()),
    ("price_zero", product(variant(price=Decimal(0))), setting()),
    ("price_zero", product(), setting(rules=ProductRules(price_percent=Decimal(-100)))),
    ("stock_unknown", product(variant(quantity=None)), setting()),
    ("stock_missing", product(variant(quantity=0)), setting(rules=ProductRules(push_stock=False))),
    ("warehouse_missing", product(), setting(warehouse_id="")),
]


def codes(facts: ProductFacts, where: Setting) -> list[str]:
    return [one["code"] for one in find_issues(facts, where)]


@pytest.mark.parametrize(
    ("code", "facts", "where"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)]
)
def test_each_cause_is_found_alone_and_told_in_words(
    code: str, facts: ProductFacts, where: Setting
) -> None:
    (issue,) = find_issues(facts, where)
    assert issue["code"] == code
    for text in (issue["words"], issue["fix"]):
        assert text[:1].isupper()
        assert text.endswith(".")
        assert "{" not in text


def test_no_cause_is_without_a_case() -> None:
    assert {case[0] for case in CASES} | BY_SERVICES == set(ISSUES)


@pytest.mark.parametrize("region", ["US", "VN", "DE", "JP"])
def test_nothing_stands_in_the_way_of_a_good_product(region: str) -> None:
    assert find_issues(product(), setting(region)) == []
    assert find_notes(product(), setting(region)) == []


def test_every_cause_is_told_at_once() -> None:
    facts = product(variant(price=None, sku="A B"), images=(), status="DRAFT")
    assert codes(facts, setting()) == [
        *("product_not_active", "no_image", "sku_form", "price_missing"),
    ]


def test_what_is_listed_already_is_not_checked_further() -> None:
    assert codes(product(listed_as="listing 5", images=()), setting()) == ["already_listed"]


def test_limits_are_those_of_the_region() -> None:
    assert codes(product(title="M" * 5 + "ug " * 83), setting()) == []
    assert codes(product(*sized(300)), setting()) == []
    assert codes(product(*sized(101)), setting("VN")) == ["too_many_variants"]
    assert codes(product(variant(sku="MUG1")), setting()) == []
    assert codes(product(title="抹茶セット"), setting("JP")) == []


def test_an_attribute_is_asked_for_only_where_its_condition_holds() -> None:
    asked = (Attribute("2", "Battery kind", conditions=(("1", "yes"),)),)
    assert codes(product(), in_category(attributes=asked)) == []
    template = UploadTemplate(attributes=[{"id": "1", "values": [{"id": "yes"}]}])
    where = setting(template=template, category=replace(MUGS, attributes=asked))
    assert codes(product(), where) == ["attribute_required"]
    template.attributes += [{"id": "2", "values": [{"name": "Lithium"}]}]
    assert codes(product(), where) == []


def test_a_template_fills_what_shopify_does_not_say() -> None:
    template = UploadTemplate(
        description_end="<p>Made in Hue</p>", package_weight=Decimal("0.5"), weight_unit="KILOGRAM"
    )
    facts = product(variant(weight=None), description_html="")
    assert codes(facts, setting(template=template)) == []


def test_small_pictures_and_those_beyond_nine_are_left_out() -> None:
    many = tuple(Picture(f"https://cdn.example/{n}.png", 600, 600) for n in range(11))
    facts = product(images=(Picture("https://cdn.example/s.png", 100, 600), *many))
    assert [one.url for one in usable_images(facts)] == [one.url for one in many[:9]]
    notes = find_notes(facts, setting())
    assert [one["words"] for one in notes] == [
        "Left out, smaller than 300 pixels: 1 picture.",
        "TikTok takes 9 pictures: the first 9 of 11 are sent.",
    ]


def test_a_picture_of_unknown_size_is_tried() -> None:
    assert codes(product(images=(Picture("https://cdn.example/1.png"),)), setting()) == []


NOTED = [
    ("title_cleaned", product(title="Mug ☕ and more for every kitchen")),
    ("images_left_out", product(images=(Picture("a", 600, 600), Picture("b", 10, 600)))),
    ("too_many_images", product(images=(Picture("a", 600, 600),) * 10)),
    ("description_images", product(description_html="<p>Text</p><img src='x'>")),
    ("barcode_left_out", product(variant(barcode="4006381333932"))),
    ("no_stock_yet", product(variant(quantity=0))),
    ("found_by_sku", product(same_sku="listing 5, “Mug”")),
]


@pytest.mark.parametrize(("code", "facts"), NOTED, ids=[one[0] for one in NOTED])
def test_what_is_sent_otherwise_is_noted_and_stops_nothing(code: str, facts: ProductFacts) -> None:
    assert find_issues(facts, setting()) == []
    (note,) = find_notes(facts, setting())
    assert (note["code"], note["fix"]) == (code, "")
    assert not re.search("[{}]", note["words"])


def test_no_note_is_without_a_case() -> None:
    assert {one[0] for one in NOTED} == set(NOTES)


# --- what TikTok says about a category -----------------------------------------------------------


def test_a_category_survives_a_cursor() -> None:
    told = category_facts(
        "7",
        "Toys",
        is_available=True,
        attributes=[
            {"id": "1", "name": "Age", "type": "PRODUCT_PROPERTY", "is_requried": True},
            {"id": "2", "name": "Colour", "type": "SALES_PROPERTY", "is_requried": True},
            {
                "id": "3",
                "name": "Battery",
                "type": "PRODUCT_PROPERTY",
                "requirement_conditions": [
                    {
                        "condition_type": "VALUE_ID_MATCH",
                        "attribute_id": "1",
                        "attribute_value_id": "9",
                    }
                ],
            },
        ],
        rules={
            "package_dimension": {"is_required": True},
            "seller_sku": {"is_required": False},
            "size_chart": {"is_supported": True, "is_required": True},
            "manufacturer": {"is_required": True},
            "product_certifications": [
                {"id": "1", "name": "Toy safety", "is_required": True},
                {"id": "2", "name": "Other", "is_required": False},
            ],
        },
    )
    assert told == CategoryFacts(
        "7",
        "Toys",
        attributes=(Attribute("1", "Age"), Attribute("3", "Battery", (("1", "9"),))),
        needs_size=True,
        needs_size_chart=True,
        certificates=("Toy safety",),
        responsible=("a manufacturer",),
    )
    assert CategoryFacts.from_json(told.as_json()) == told
