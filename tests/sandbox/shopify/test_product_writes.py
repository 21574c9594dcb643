"""productCreate, productUpdate, productDelete and the bulk calls of variants."""

from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.shopify.products import levels, made, place_of, product_set, two_by_two

CREATE = """mutation($product: ProductCreateInput!, $media: [CreateMediaInput!]) {
  productCreate(product: $product, media: $media) { product { id handle publishedAt
    options { name optionValues { name hasVariants } } variants(first: 9) { nodes { id title } }
    mediaCount { count } } userErrors { field message } } }"""
UPDATE = """mutation($product: ProductUpdateInput!) { productUpdate(product: $product) {
  product { title handle vendor tags variantsCount { count } } userErrors { field message } } }"""
DELETE = """mutation($id: ID!, $now: Boolean!) { productDelete(input: {id: $id}, synchronous: $now)
  { deletedProductId productDeleteOperation { id status } userErrors { field message } } }"""
ADD = """mutation($id: ID!, $rows: [ProductVariantsBulkInput!]!,
  $strategy: ProductVariantsBulkCreateStrategy) { productVariantsBulkCreate(productId: $id,
  variants: $rows, strategy: $strategy) { productVariants { id title sku price
  inventoryItem { id } } product { variants(first: 9) { nodes { title } } }
  userErrors { field message code } } }"""
CHANGE = """mutation($id: ID!, $rows: [ProductVariantsBulkInput!]!, $partial: Boolean) {
  productVariantsBulkUpdate(productId: $id, variants: $rows, allowPartialUpdates: $partial) {
  productVariants { id price compareAtPrice title } userErrors { field message code } } }"""
REMOVE = """mutation($id: ID!, $gone: [ID!]!) { productVariantsBulkDelete(productId: $id,
  variantsIds: $gone) { product { variantsCount { count } } userErrors { field code } } }"""

OPTIONS = [
    {"name": "Size", "values": [{"name": "S"}, {"name": "M"}]},
    {"name": "Color", "values": [{"name": "Red"}]},
]


def create(box: World, media: Any = None, **product: Any) -> Any:
    given = {"title": "Coat", **product}
    return box.store.data(CREATE, {"product": given, "media": media})["productCreate"]


def row(size: str, color: str = "Red", **more: Any) -> dict[str, Any]:
    values = [{"optionName": "Size", "name": size}, {"optionName": "Color", "name": color}]
    return {"optionValues": values, "price": "5", **more}


def count(box: World) -> int:
    return box.store.data("{ productsCount { count } }")["productsCount"]["count"]


def test_only_the_first_variant_is_made(box: World) -> None:
    product = create(box, productOptions=OPTIONS)["product"]
    assert [one["title"] for one in product["variants"]["nodes"]] == ["S / Red"]
    assert product["options"][0]["optionValues"] == [
        {"name": "S", "hasVariants": True},
        {"name": "M", "hasVariants": False},
    ]
    assert product["publishedAt"] is None


def test_a_taken_handle_made_from_a_title_gets_a_number(box: World) -> None:
    assert create(box)["product"]["handle"] == "coat"
    assert create(box)["product"]["handle"] == "coat-1"


@pytest.mark.parametrize(
    ("more", "field", "text"),
    [
        ({"title": ""}, ["title"], "Title can't be blank"),
        ({"title": "x" * 256}, ["title"], "Title is too long (maximum is 255 characters)"),
        (
            {"handle": "everyday-cotton-tee"},
            ["handle"],
            "Handle 'everyday-cotton-tee' already in use. Please provide a new handle.",
        ),
        (
            {"media": [{"originalSource": "bad", "mediaContentType": "IMAGE"}]},
            ["media", "0", "originalSource"],
            "Image URL is invalid",
        ),
    ],
    ids=["blank", "long", "handle", "media"],
)
def test_a_refused_product_is_not_made(
    box: World, more: dict[str, Any], field: list[str], text: str
) -> None:
    before = count(box)
    payload = create(box, **more)
    assert (payload["product"], count(box)) == (None, before)
    assert payload["userErrors"] == [{"field": field, "message": text}]


def test_own_fields_are_updated_and_the_rest_stays(box: World) -> None:
    product = made(box.store, two_by_two(vendor="Acme", tags=["a"]))
    payload = box.store.data(UPDATE, {"product": {"id": product["id"], "title": "Cape"}})
    assert payload["productUpdate"] == {
        "product": {"title": "Cape", "handle": "rain-coat", "vendor": "Acme", "tags": ["a"],
                    "variantsCount": {"count": 3}},
        "userErrors": [],
    }  # fmt: skip
    missing = box.store.data(UPDATE, {"product": {"id": "gid://shopify/Product/1", "title": "x"}})
    assert missing["productUpdate"]["userErrors"] == [
        {"field": ["id"], "message": "Product does not exist"}
    ]


def test_a_deleted_product_is_gone_with_its_variants(box: World) -> None:
    product = made(box.store, two_by_two())
    box.store.data(DELETE, {"id": product["id"], "now": True})
    ids = [product["id"], product["variants"]["nodes"][0]["id"]]
    assert box.store.data("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ids}) == {
        "nodes": [None, None]
    }
    assert create(box, handle="rain-coat")["product"]["handle"] == "rain-coat"
    again = box.store.data(DELETE, {"id": product["id"], "now": True})["productDelete"]
    assert again["userErrors"] == [{"field": ["id"], "message": "Product does not exist"}]


def test_a_busy_product_is_not_deleted(box: World) -> None:
    box.control.post("config", product_set_seconds=60)
    product = made(box.store, two_by_two())
    product_set(box.store, {"title": "Later"}, {"id": product["id"]}, now=False)
    refused = box.store.data(DELETE, {"id": product["id"], "now": True})["productDelete"]
    assert refused["deletedProductId"] is None
    assert refused["userErrors"][0]["message"] == (
        "Another operation already in progress. Please wait until current one is finished."
    )
    box.control.post("clock/advance", seconds=61)
    payload = box.store.data(DELETE, {"id": product["id"], "now": False})["productDelete"]
    assert payload["productDeleteOperation"]["status"] == "CREATED"
    box.control.post("clock/advance", seconds=61)
    found = box.store.data("query($id: ID!) { product(id: $id) { id } }", {"id": product["id"]})
    assert found == {"product": None}


def test_more_variants_are_made_with_stock(box: World) -> None:
    product = create(box, productOptions=OPTIONS)["product"]
    place = place_of(box)
    stocked = row("M", inventoryItem={"sku": "M-1", "tracked": True},
                  inventoryQuantities=[{"locationId": place, "availableQuantity": 4}])  # fmt: skip
    payload = box.store.data(ADD, {"id": product["id"], "rows": [stocked, row("L", "Blue")]})
    made_ones = payload["productVariantsBulkCreate"]
    assert made_ones["userErrors"] == []
    assert [(one["title"], one["sku"], one["price"]) for one in made_ones["productVariants"]] == [
        ("M / Red", "M-1", "5.00"),
        ("L / Blue", None, "5.00"),
    ]
    assert [one["title"] for one in made_ones["product"]["variants"]["nodes"]] == [
        "S / Red", "M / Red", "L / Blue",
    ]  # fmt: skip
    item = made_ones["productVariants"][0]["inventoryItem"]["id"]
    level = levels(box, item, place)
    assert level is not None
    assert level["available"] == 4


@pytest.mark.parametrize(
    ("strategy", "wanted"),
    [
        ("DEFAULT", ["S / Red", "M / Red"]),
        ("PRESERVE_STANDALONE_VARIANT", ["S / Red", "M / Red"]),
        ("REMOVE_STANDALONE_VARIANT", ["M / Red"]),
    ],
)
def test_the_strategy_decides_on_a_lone_variant(
    box: World, strategy: str, wanted: list[str]
) -> None:
    product = create(box, productOptions=OPTIONS)["product"]
    payload = box.store.data(ADD, {"id": product["id"], "rows": [row("M")], "strategy": strategy})[
        "productVariantsBulkCreate"
    ]
    assert [one["title"] for one in payload["product"]["variants"]["nodes"]] == wanted


@pytest.mark.parametrize(
    ("bad", "field", "code"),
    [
        (row("S"), ["variants", "1"], "VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE"),
        (
            {"optionValues": [{"optionName": "Size", "name": "M"}]},
            ["variants", "1"],
            "NEED_TO_ADD_OPTION_VALUES",
        ),
        (row("XL", price="-1"), ["variants", "1", "price"], "NEGATIVE_PRICE_VALUE"),
        (
            row("XL", inventoryQuantities=[
                {"locationId": "gid://shopify/Location/1", "availableQuantity": 1}]),
            ["variants", "1", "inventoryQuantities", "0"],
            "TRACKED_VARIANT_LOCATION_NOT_FOUND",
        ),
    ],
    ids=["exists", "values", "price", "location"],
)  # fmt: skip
def test_one_bad_variant_stops_all(box: World, bad: Any, field: list[str], code: str) -> None:
    product = create(box, productOptions=OPTIONS)["product"]
    payload = box.store.data(ADD, {"id": product["id"], "rows": [row("M"), bad]})
    payload = payload["productVariantsBulkCreate"]
    assert payload["productVariants"] is None
    assert [(one["field"], one["code"]) for one in payload["userErrors"]] == [(field, code)]
    assert len(payload["product"]["variants"]["nodes"]) == 1


def change(box: World, product: Any, rows: list[Any], partial: bool = False) -> Any:
    variables = {"id": product["id"], "rows": rows, "partial": partial}
    return box.store.data(CHANGE, variables)["productVariantsBulkUpdate"]


def test_prices_are_changed(box: World) -> None:
    product = made(box.store, two_by_two())
    first, second, _ = (one["id"] for one in product["variants"]["nodes"])
    payload = change(box, product, [{"id": first, "price": "9.5", "compareAtPrice": "12"}])
    assert payload == {
        "productVariants": [
            {"id": first, "price": "9.50", "compareAtPrice": "12.00", "title": "S / Red"}
        ],
        "userErrors": [],
    }
    values = [{"optionName": "Color", "name": "Green"}]
    (renamed,) = change(box, product, [{"id": second, "optionValues": values}])["productVariants"]
    assert renamed["title"] == "S / Green"


def test_a_partial_update_does_what_it_can(box: World) -> None:
    product = made(box.store, two_by_two())
    first = product["variants"]["nodes"][0]["id"]
    place = place_of(box)
    rows = [
        {"id": first, "price": "9"},
        {"id": "gid://shopify/ProductVariant/1", "price": "9"},
        {"price": "9"},
        {"id": first, "inventoryQuantities": [{"locationId": place, "availableQuantity": 1}]},
    ]
    codes = [
        "PRODUCT_VARIANT_DOES_NOT_EXIST", "PRODUCT_VARIANT_ID_MISSING",
        "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE",
    ]  # fmt: skip
    refused = change(box, product, rows)
    assert [one["code"] for one in refused["userErrors"]] == codes
    assert refused["productVariants"] is None
    query = "query($id: ID!) { productVariant(id: $id) { price } }"
    assert box.store.data(query, {"id": first})["productVariant"] == {"price": "20.50"}
    partial = change(box, product, rows, partial=True)
    assert [one["code"] for one in partial["userErrors"]] == codes
    assert [one["id"] for one in partial["productVariants"]] == [first]
    assert box.store.data(query, {"id": first})["productVariant"] == {"price": "9.00"}


def test_variants_are_removed_but_not_the_last(box: World) -> None:
    product = made(box.store, two_by_two())
    ids = [one["id"] for one in product["variants"]["nodes"]]

    def remove(gone: list[str]) -> Any:
        payload = box.store.data(REMOVE, {"id": product["id"], "gone": gone})
        return payload["productVariantsBulkDelete"]

    assert remove(ids)["userErrors"][0]["code"] == "CANNOT_DELETE_LAST_VARIANT"
    assert remove([ids[0], "gid://shopify/ProductVariant/1"])["userErrors"][0]["code"] == (
        "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT"
    )
    assert remove(ids[:2]) == {"product": {"variantsCount": {"count": 1}}, "userErrors": []}
