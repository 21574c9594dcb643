"""productSet: making and replacing whole products, its identifiers and its refusals."""

from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.shopify.products import (
    CUSTOM_ID,
    DEFINE_PRODUCT_ID,
    SET,
    levels,
    made,
    place_of,
    product_set,
    refusals,
    two_by_two,
    variant,
)

BY_ID = """query($value: String!) { productByIdentifier(identifier: {customId: {
  namespace: "$app", key: "tiktok_product_id", value: $value}}) { id } }"""
OPERATION = """query($id: ID!) { productOperation(id: $id) { status product { id title }
  ... on ProductSetOperation { id userErrors { field message } } } }"""


def count(box: World) -> int:
    return box.store.data("{ productsCount { count } }")["productsCount"]["count"]


def test_a_product_is_made_with_everything_in_it(box: World) -> None:
    place = place_of(box)
    given = two_by_two(tags=["b", "a", "b"], vendor="Acme", status="DRAFT")
    given["variants"][0].update(
        inventoryItem={
            "tracked": True,
            "measurement": {"weight": {"unit": "KILOGRAMS", "value": 0.25}},
        },
        inventoryQuantities=[{"locationId": place, "name": "available", "quantity": 7}],
    )
    product = made(box.store, given)
    assert (product["handle"], product["status"], product["tags"]) == (
        "rain-coat", "DRAFT", ["a", "b"],
    )  # fmt: skip
    assert [(one["name"], one["values"]) for one in product["options"]] == [
        ("Size", ["S", "M"]),
        ("Color", ["Red", "Blue"]),
    ]
    rows = product["variants"]["nodes"]
    assert [(one["title"], one["sku"], one["price"], one["position"]) for one in rows] == [
        ("S / Red", "A-1", "20.50", 1),
        ("S / Blue", "A-2", "20.50", 2),
        ("M / Red", "A-3", "20.50", 3),
    ]
    assert rows[0]["inventoryItem"]["measurement"] == {
        "weight": {"unit": "KILOGRAMS", "value": 0.25}
    }
    assert [one["inventoryQuantity"] for one in rows] == [7, 0, 0]
    assert levels(box, rows[0]["inventoryItem"]["id"], place) == {
        "available": 7, "on_hand": 7, "committed": 0, "incoming": 0,
    }  # fmt: skip


def test_lists_replace_and_what_is_left_out_stays(box: World) -> None:
    old = made(box.store, two_by_two(vendor="Acme", tags=["x"]))
    kept = {one["title"]: one["id"] for one in old["variants"]["nodes"]}
    given = two_by_two(title="Rain coat II")
    given["variants"] = [variant("M", "Red", "B-3"), variant("M", "Blue", "B-4")]
    new = made(box.store, given, {"id": old["id"]})
    assert (new["id"], new["title"], new["tags"]) == (old["id"], "Rain coat II", ["x"])
    rows = {one["title"]: one for one in new["variants"]["nodes"]}
    assert list(rows) == ["M / Red", "M / Blue"]
    assert rows["M / Red"]["id"] == kept["M / Red"]
    assert rows["M / Red"]["sku"] == "B-3"
    assert [one["id"] for one in new["options"]] == [one["id"] for one in old["options"]]
    gone = box.store.data("query($id: ID!) { node(id: $id) { id } }", {"id": kept["S / Red"]})
    assert gone == {"node": None}


def test_a_product_without_options_has_the_default_one(box: World) -> None:
    product = made(box.store, {"title": "Plain"})
    assert product["hasOnlyDefaultVariant"] is True
    assert [(one["name"], one["values"]) for one in product["options"]] == [
        ("Title", ["Default Title"])
    ]
    assert [one["title"] for one in product["variants"]["nodes"]] == ["Default Title"]


def test_a_custom_id_makes_a_product_once(box: World) -> None:
    box.store.data(DEFINE_PRODUCT_ID)
    identifier = {"customId": {**CUSTOM_ID, "value": "1729"}}
    before = count(box)
    first = made(box.store, two_by_two(), identifier)
    again = made(box.store, two_by_two(title="Other"), identifier)
    assert (again["id"], again["title"]) == (first["id"], "Other")
    assert count(box) == before + 1
    assert box.store.data(BY_ID, {"value": "1729"})["productByIdentifier"] == {"id": first["id"]}
    assert [(one["key"], one["value"]) for one in first["metafields"]["nodes"]] == [
        ("tiktok_product_id", "1729")
    ]


def test_a_custom_id_without_its_definition_is_an_error(box: World) -> None:
    variables = {"input": two_by_two(), "now": True,
                 "identifier": {"customId": {**CUSTOM_ID, "value": "1"}}}  # fmt: skip
    before = count(box)
    answer = box.store.call(SET, variables).json
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert count(box) == before


def test_metafields_beside_a_custom_id_must_hold_it(box: World) -> None:
    box.store.data(DEFINE_PRODUCT_ID)
    other = [{**CUSTOM_ID, "type": "id", "value": "2"}]
    identifier = {"customId": {**CUSTOM_ID, "value": "1"}}
    assert [
        code for _, _, code in refusals(box.store, two_by_two(metafields=other), identifier)
    ] == ["METAFIELD_MISMATCH"]


def test_a_handle_finds_or_makes_a_product(box: World) -> None:
    identifier = {"handle": "coat"}
    first = made(box.store, two_by_two(handle="coat"), identifier)
    again = made(box.store, two_by_two(handle="coat", title="Coat"), identifier)
    assert (first["handle"], again["id"]) == ("coat", first["id"])
    (refusal,) = refusals(box.store, two_by_two(), {"handle": "unknown"})
    assert refusal[2] == "MISSING_FIELD_REQUIRED"


def test_an_id_may_not_be_given_twice(box: World) -> None:
    product = made(box.store, two_by_two())
    given = two_by_two(id=product["id"])
    (refusal,) = refusals(box.store, given, {"id": product["id"]})
    assert refusal == (
        ["input", "id"], "The id field is not allowed if identifier is provided.",
        "ID_NOT_ALLOWED",
    )  # fmt: skip
    (refusal,) = refusals(box.store, two_by_two(), {"id": "gid://shopify/Product/1"})
    assert refusal[2] == "PRODUCT_DOES_NOT_EXIST"


TWICE = [variant("S", "Red", "A"), variant("M", "Red", "B"), variant("S", "Red", "C")]
LONG = "x" * 256


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"title": " "}, (["input", "title"], "Title can't be blank", None)),
        ({"title": LONG}, (["input", "title"], "is too long (maximum is 255 characters)", None)),
        (
            {"handle": "mug"},
            (
                ["input", "handle"],
                "Handle 'mug' already in use. Please provide a new handle.",
                None,
            ),
        ),
        (
            {"variants": TWICE},
            (
                ["input", "variants", "2"],
                "The variant 'S / Red' already exists. Please change at least one option value.",
                None,
            ),
        ),
        (
            {"variants": None},
            (
                ["input", "variants"],
                "Variants input is required when updating product options",
                None,
            ),
        ),
        (
            {"files": [{"originalSource": "nonsense"}]},
            (["input", "files", "0", "originalSource"], "Image URL is invalid", "INVALID_INPUT"),
        ),
        (
            {"variants": [variant("XL", "Red", "A")]},
            (
                ["input", "variants", "0", "optionValues"],
                "Option value does not exist",
                "OPTION_VALUE_DOES_NOT_EXIST",
            ),
        ),
        (
            {"variants": [{"optionValues": [{"optionName": "Size", "name": "S"}]}]},
            (
                ["input", "variants", "0", "optionValues"],
                "You need to add option values for Color",
                "OPTION_VALUES_MISSING",
            ),
        ),
        (
            {"variants": [variant("S", "Red", "A", price="-1")]},
            (
                ["input", "variants", "0", "price"],
                "Price must be greater than or equal to 0",
                "INVALID_VARIANT",
            ),
        ),
        (
            {"variants": [variant("S", "Red", "A", file={"originalSource": "https://a.b/c.png"})]},
            (
                ["input", "variants", "0", "file"],
                "The file of a variant must also be among the files of the product.",
                "INVALID_VARIANT",
            ),
        ),
    ],
)
def test_a_refusal_makes_nothing(box: World, more: dict[str, Any], wanted: Any) -> None:
    box.control.post("shopify/products", title="Mug", variants=[{"sku": "M", "price": "1"}])
    before = count(box)
    assert refusals(box.store, two_by_two(**more)) == [wanted]
    assert count(box) == before


def test_variants_of_a_known_product_want_their_options_too(box: World) -> None:
    product = made(box.store, two_by_two())
    given = {"variants": [variant("S", "Red", "A")]}
    (refusal,) = refusals(box.store, given, {"id": product["id"]})
    assert refusal[2] == "PRODUCT_OPTIONS_INPUT_MISSING"


def test_too_many_variants_are_not_even_looked_at(box: World) -> None:
    given = two_by_two(variants=[variant("S", "Red", "A")] * 2049)
    box.control.post("config", bucket={"maximum": 4000, "restore_rate": 200})
    answer = box.store.call(SET, {"input": given, "now": True}).json
    assert answer["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


def test_known_variants_take_quantities_only_where_they_are_stocked(box: World) -> None:
    made_one = made(box.store, two_by_two())
    second = box.control.post("shopify/locations", name="Annex")["id"]
    given = two_by_two()
    given["variants"][0]["inventoryQuantities"] = [
        {"locationId": second, "name": "available", "quantity": 1}
    ]
    (refusal,) = refusals(box.store, given, {"id": made_one["id"]})
    assert refusal[0] == ["input", "variants", "0", "inventoryQuantities", "0", "locationId"]


def test_in_the_background_it_happens_later(box: World) -> None:
    box.control.post("config", product_set_seconds=60)
    before = count(box)
    payload = product_set(box.store, two_by_two(), now=False)
    assert payload["product"] is None
    assert payload["productSetOperation"]["status"] == "CREATED"
    wanted = {"id": payload["productSetOperation"]["id"]}
    assert box.store.data(OPERATION, wanted)["productOperation"]["status"] == "ACTIVE"
    assert count(box) == before
    box.control.post("clock/advance", seconds=61)
    done = box.store.data(OPERATION, wanted)["productOperation"]
    assert (done["status"], done["product"]["title"]) == ("COMPLETE", "Rain coat")
    assert count(box) == before + 1


def test_in_the_background_the_operation_tells_what_was_refused(box: World) -> None:
    payload = product_set(box.store, two_by_two(title=""), now=False)
    wanted = {"id": payload["productSetOperation"]["id"]}
    done = box.store.data(OPERATION, wanted)["productOperation"]
    assert (done["status"], done["product"]) == ("COMPLETE", None)
    assert done["userErrors"] == [{"field": ["input", "title"], "message": "Title can't be blank"}]


def test_it_costs_by_what_is_written(box: World) -> None:
    query = """mutation($input: ProductSetInput!) { productSet(input: $input) {
      userErrors { message } } }"""
    given = two_by_two(
        metafields=[{"key": f"k{n}", "namespace": "own", "type": "single_line_text_field",
                     "value": "1"} for n in range(5)],
        files=[{"originalSource": "https://a.example/1.png"}],
    )  # fmt: skip
    cost = box.store.call(query, {"input": given}).json["extensions"]["cost"]
    # 10, three variants at 0.2, five metafields at 0.4 and one file at 1.9 make 4.5.
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (15, 15)


def test_writing_needs_its_scope(box: World) -> None:
    token = box.sandbox.world.shopify.tokens["shpat_sandbox-us"]
    token.scopes[:] = ["read_products"]
    answer = box.store.call(SET, {"input": two_by_two(), "now": True}).json
    assert answer["data"] == {"productSet": None}
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
