"""Reading products, variants, items, levels, locations and channels; searching and paging."""

from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.shopify.products import CUSTOM_ID, DEFINE_PRODUCT_ID, made, place_of, two_by_two

WHOLE = """{ products(first: 1, query: "title:'Everyday Cotton Tee'") { nodes {
  id legacyResourceId handle title descriptionHtml vendor productType status tags updatedAt
  publishedAt hasOnlyDefaultVariant tracksInventory totalInventory
  category { id fullName } seo { title description } variantsCount { count precision }
  options { name position optionValues { name hasVariants } }
  priceRangeV2 { minVariantPrice { amount currencyCode } maxVariantPrice { amount } }
  variants(first: 2) { pageInfo { hasNextPage } nodes { sku barcode title displayName price
    compareAtPrice inventoryPolicy inventoryQuantity position taxable availableForSale
    selectedOptions { name value } product { handle }
    inventoryItem { tracked requiresShipping sku duplicateSkuCount locationsCount { count }
      measurement { weight { unit value } } unitCost { amount } } } } } } }"""
TITLES = """query($q: String, $sort: ProductSortKeys, $reverse: Boolean) { products(first: 50,
  query: $q, sortKey: $sort, reverse: $reverse) { nodes { title } } }"""
SKUS = "query($q: String) { productVariants(first: 50, query: $q) { nodes { sku } } }"


@pytest.fixture
def shelf(box: World) -> World:
    """Three products in an otherwise empty store."""
    store = box.sandbox.world.shopify.stores["demo-us.myshopify.com"]
    for product in list(store.products):
        box.control.post(f"shopify/products/{product['legacyResourceId']}/delete")
    rows = [
        ("Blue cup", "Acme", "Kitchen", "ACTIVE", ["gift", "blue"], "CUP-1", "12.00", "111"),
        ("Red cup", "Acme", "Kitchen", "DRAFT", ["gift"], "CUP-2", "8.00", "222"),
        ("Tea towel", "Linen Co", "Textiles", "ARCHIVED", [], "TOWEL", "20.00", "333"),
    ]
    for title, vendor, kind, status, tags, sku, price, barcode in rows:
        box.control.post(
            "shopify/products", title=title, vendor=vendor, type=kind, status=status, tags=tags,
            variants=[{"sku": sku, "price": price, "barcode": barcode, "inventory": 5}],
        )  # fmt: skip
    return box


def titles(box: World, query: str | None, sort: str = "ID", reverse: bool = False) -> list[str]:
    variables = {"q": query, "sort": sort, "reverse": reverse}
    return [one["title"] for one in box.store.data(TITLES, variables)["products"]["nodes"]]


def test_a_product_is_read_whole(box: World) -> None:
    (node,) = box.store.data(WHOLE)["products"]["nodes"]
    assert (node["handle"], node["vendor"], node["status"]) == (
        "everyday-cotton-tee", "Harbor & Pine", "ACTIVE",
    )  # fmt: skip
    assert node["legacyResourceId"] == node["id"].rpartition("/")[2]
    assert node["variantsCount"] == {"count": 3, "precision": "EXACT"}
    assert node["seo"] == {"title": None, "description": None}
    assert [one["name"] for one in node["options"]] == ["Color", "Size"]
    assert node["options"][0]["optionValues"] == [
        {"name": "Black", "hasVariants": True},
        {"name": "Sand", "hasVariants": True},
    ]
    assert node["priceRangeV2"]["minVariantPrice"] == {"amount": "18.0", "currencyCode": "USD"}
    assert node["priceRangeV2"]["maxVariantPrice"] == {"amount": "19.5"}
    assert node["variants"]["pageInfo"] == {"hasNextPage": True}
    first = node["variants"]["nodes"][0]
    assert first["displayName"] == "Everyday Cotton Tee - Black / S"
    assert first["selectedOptions"] == [
        {"name": "Color", "value": "Black"},
        {"name": "Size", "value": "S"},
    ]
    assert (first["price"], first["inventoryQuantity"], first["inventoryPolicy"]) == (
        "18.00", 120, "DENY",
    )  # fmt: skip
    item = first["inventoryItem"]
    assert (item["tracked"], item["sku"], item["duplicateSkuCount"]) == (True, "TEE-BLK-S", 0)
    assert item["measurement"] == {"weight": {"unit": "GRAMS", "value": 180.0}}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("title:cup", ["Blue cup", "Red cup"]),
        ("title:'Red cup'", ["Red cup"]),
        ("cup", ["Blue cup", "Red cup"]),
        ("status:active", ["Blue cup"]),
        ("status:draft OR status:archived", ["Red cup", "Tea towel"]),
        ("vendor:Acme -tag:blue", ["Red cup"]),
        ("tag_not:gift", ["Tea towel"]),
        ("product_type:Textiles", ["Tea towel"]),
        ("sku:CUP-2", ["Red cup"]),
        ("sku:'CUP-2' OR sku:'TOWEL' OR sku:'NONE'", ["Red cup", "Tea towel"]),
        ("barcode:333", ["Tea towel"]),
        ("handle:blue-cup", ["Blue cup"]),
        ("price:>10", ["Blue cup", "Tea towel"]),
        ("inventory_total:5", ["Blue cup", "Red cup", "Tea towel"]),
        ("updated_at:>='2020-01-01T00:00:00Z'", ["Blue cup", "Red cup", "Tea towel"]),
        ("updated_at:<'2020-01-01T00:00:00Z'", []),
        ("published_status:published title:tea", ["Tea towel"]),
    ],
)
def test_the_search_fields_of_products(shelf: World, query: str, wanted: list[str]) -> None:
    answer = shelf.store.call(TITLES, {"q": query}).json
    assert [one["title"] for one in answer["data"]["products"]["nodes"]] == wanted
    assert "search" not in answer["extensions"]


def test_an_unknown_field_is_ignored_with_a_warning(shelf: World) -> None:
    answer = shelf.store.call(TITLES, {"q": "titel:cup"}).json
    assert len(answer["data"]["products"]["nodes"]) == 3
    (row,) = answer["extensions"]["search"]
    assert (row["path"], row["warnings"][0]["code"]) == (["products"], "invalid_field")


def test_variants_are_found_by_their_own_fields(shelf: World) -> None:
    def skus(query: str) -> list[str]:
        nodes = shelf.store.data(SKUS, {"q": query})["productVariants"]["nodes"]
        return [one["sku"] for one in nodes]

    products = shelf.control.get("shopify/products")["products"]
    numbers = [one["id"].rpartition("/")[2] for one in products]
    assert skus(f"product_id:{numbers[1]}") == ["CUP-2"]
    assert skus(f"product_ids:{numbers[0]},{numbers[2]}") == ["CUP-1", "TOWEL"]
    assert skus("barcode:111") == ["CUP-1"]
    assert skus("product_status:archived") == ["TOWEL"]
    assert skus("sku:cup") == ["CUP-1", "CUP-2"]


@pytest.mark.parametrize(
    ("sort", "reverse", "wanted"),
    [
        ("TITLE", False, ["Blue cup", "Red cup", "Tea towel"]),
        ("TITLE", True, ["Tea towel", "Red cup", "Blue cup"]),
        ("VENDOR", False, ["Blue cup", "Red cup", "Tea towel"]),
        ("ID", True, ["Tea towel", "Red cup", "Blue cup"]),
        ("UPDATED_AT", False, ["Blue cup", "Red cup", "Tea towel"]),
    ],
)
def test_products_are_sorted(shelf: World, sort: str, reverse: bool, wanted: list[str]) -> None:
    assert titles(shelf, None, sort, reverse) == wanted


def test_pages_follow_the_order_of_change(box: World) -> None:
    query = """query($after: String) { products(first: 5, after: $after, sortKey: UPDATED_AT) {
      nodes { id } pageInfo { hasNextPage endCursor } } }"""
    found: list[str] = []
    after, more = None, True
    while more:
        page = box.store.data(query, {"after": after})["products"]
        found += [one["id"] for one in page["nodes"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    assert sorted(found) == sorted(
        one["id"] for one in box.control.get("shopify/products")["products"]
    )
    assert len(set(found)) == len(found)


def test_products_are_counted(shelf: World) -> None:
    counts = shelf.store.data(
        """{ productsCount { count precision } productVariantsCount(query: "sku:cup") { count }
        locationsCount { count } few: productsCount(limit: 2) { count precision } }"""
    )
    assert counts == {
        "productsCount": {"count": 3, "precision": "EXACT"},
        "productVariantsCount": {"count": 2},
        "locationsCount": {"count": 1},
        "few": {"count": 2, "precision": "AT_LEAST"},
    }


def test_identifiers_find_products_and_variants(box: World) -> None:
    box.store.data(DEFINE_PRODUCT_ID)
    product = made(box.store, two_by_two(metafields=[{**CUSTOM_ID, "type": "id", "value": "77"}]))
    variant = product["variants"]["nodes"][0]["id"]
    query = """query($custom: UniqueMetafieldValueInput!, $id: ID!, $variant: ID!) {
      byCustom: productByIdentifier(identifier: {customId: $custom}) { id }
      byHandle: productByIdentifier(identifier: {handle: "rain-coat"}) { id }
      byId: productByIdentifier(identifier: {id: $id}) { id }
      variant: productVariantByIdentifier(identifier: {id: $variant}) { product { id } }
      field: product(id: $id) { metafield(namespace: "$app", key: "tiktok_product_id") { value } }
    }"""
    variables = {"custom": {**CUSTOM_ID, "value": "77"}, "id": product["id"], "variant": variant}
    found = box.store.data(query, variables)
    wanted = {"id": product["id"]}
    assert (found["byCustom"], found["byHandle"], found["byId"]) == (wanted, wanted, wanted)
    assert found["variant"] == {"product": wanted}
    assert found["field"] == {"metafield": {"value": "77"}}


def test_a_custom_id_of_products_needs_its_definition(box: World) -> None:
    query = """{ productByIdentifier(identifier: {customId: {namespace: "$app",
      key: "tiktok_product_id", value: "1"}}) { id } }"""
    answer = box.store.call(query).json
    assert answer["data"] == {"productByIdentifier": None}
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_a_unique_value_belongs_to_one_product(box: World) -> None:
    box.store.data(DEFINE_PRODUCT_ID)
    field = [{**CUSTOM_ID, "type": "id", "value": "77"}]
    made(box.store, two_by_two(metafields=field))
    query = """mutation($input: ProductSetInput!) { productSet(input: $input) {
      product { id } userErrors { field code } } }"""
    payload = box.store.data(query, {"input": two_by_two(metafields=field)})["productSet"]
    assert payload == {
        "product": None,
        "userErrors": [
            {"field": ["input", "metafields", "0", "value"], "code": "INVALID_METAFIELD"}
        ],
    }


def test_nodes_are_null_for_what_is_missing(box: World) -> None:
    box.control.post("shopify/products", title="One", variants=[{"sku": "ONE", "price": "1"}])
    rows = box.control.get("shopify/products")["variants"]
    ids = [rows[-1]["id"], "gid://shopify/ProductVariant/1", rows[-1]["product_id"]]
    query = """query($ids: [ID!]!) { nodes(ids: $ids) { id ... on ProductVariant { sku }
      ... on Product { title } } }"""
    assert box.store.data(query, {"ids": ids})["nodes"] == [
        {"id": ids[0], "sku": "ONE"},
        None,
        {"id": ids[2], "title": "One"},
    ]


def test_levels_are_reached_from_every_side(box: World) -> None:
    place = place_of(box)
    rows = box.control.get("shopify/products")["variants"]
    item = next(one["inventory_item_id"] for one in rows if one["sku"] == "MUG-12")
    query = """query($item: ID!, $place: ID!) {
      inventoryItem(id: $item) { inventoryLevels(first: 5) { nodes { id location { name } } } }
      location(id: $place) { isActive shipsInventory inventoryLevel(inventoryItemId: $item) { id }
        inventoryLevels(first: 1) { nodes { item { sku } } } } }"""
    found = box.store.data(query, {"item": item, "place": place})
    (level,) = found["inventoryItem"]["inventoryLevels"]["nodes"]
    assert found["location"]["inventoryLevel"] == {"id": level["id"]}
    assert found["location"]["inventoryLevels"]["nodes"] == [{"item": {"sku": rows[0]["sku"]}}]
    again = box.store.data(
        "query($id: ID!) { inventoryLevel(id: $id) { item { sku } updatedAt } }",
        {"id": level["id"]},
    )
    assert again["inventoryLevel"]["item"] == {"sku": "MUG-12"}


PUBLISH = """mutation($id: ID!, $input: [PublicationInput!]!) { publishablePublish(id: $id,
  input: $input) { publishable { ... on Product { id } availablePublicationsCount { count } }
  userErrors { field message } } }"""


def test_a_new_product_is_on_no_channel_until_it_is_published(box: World) -> None:
    product = made(box.store, two_by_two())
    rows = box.store.data(
        "{ publications(first: 5, catalogType: APP) { nodes { id catalog { title } } } }"
    )["publications"]["nodes"]
    assert rows[0]["catalog"] == {"title": "Online Store"}
    query = """query($id: ID!, $where: ID!) { product(id: $id) { publishedAt
      publishedOnPublication(publicationId: $where) } }"""
    wanted = {"id": product["id"], "where": rows[0]["id"]}
    assert box.store.data(query, wanted)["product"] == {
        "publishedAt": None, "publishedOnPublication": False,
    }  # fmt: skip
    wish = {"id": product["id"], "input": [{"publicationId": rows[0]["id"]}]}
    payload = box.store.data(PUBLISH, wish)["publishablePublish"]
    assert payload["publishable"]["availablePublicationsCount"] == {"count": 1}
    assert box.store.data(query, wanted)["product"]["publishedOnPublication"] is True
    strange = {"id": product["id"], "input": [{"publicationId": "gid://shopify/Publication/1"}]}
    assert box.store.data(PUBLISH, strange)["publishablePublish"]["userErrors"] == [
        {
            "field": ["input", "0", "publicationId"],
            "message": "Publication does not exist or is not publishable",
        }
    ]


@pytest.mark.parametrize(
    ("query", "field", "scope"),
    [
        ("{ products(first: 1) { nodes { id } } }", "products", "read_products"),
        ("{ productsCount { count } }", "productsCount", "read_products"),
        ("{ locations(first: 1) { nodes { id } } }", "locations", "read_locations"),
        ("{ inventoryItems(first: 1) { nodes { id } } }", "inventoryItems", "read_inventory"),
        ("{ publications(first: 1) { nodes { id } } }", "publications", "read_publications"),
        ('{ node(id: "gid://shopify/Product/1") { id } }', "node", "read_products"),
    ],
)
def test_reading_needs_its_scope(box: World, query: str, field: str, scope: str) -> None:
    box.sandbox.world.shopify.tokens["shpat_sandbox-us"].scopes[:] = ["read_orders"]
    error = box.store.call(query).json["errors"][0]
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert error["message"] == (
        f"Access denied for {field} field. Required access: `{scope}` access scope."
    )


def test_tags_and_metafields_of_products_are_written(box: World) -> None:
    product = made(box.store, two_by_two(tags=["a"]))
    query = """mutation($id: ID!, $owner: ID!) {
      tagsAdd(id: $id, tags: ["c", "b"]) { node { ... on Product { tags } } userErrors { field } }
      metafieldsSet(metafields: [{ownerId: $owner, namespace: "own", key: "size", value: "L",
        type: "single_line_text_field"}]) { metafields { value ownerType } userErrors { field } } }
    """
    first = product["variants"]["nodes"][0]["id"]
    found = box.store.data(query, {"id": product["id"], "owner": first})
    assert found["tagsAdd"] == {"node": {"tags": ["a", "b", "c"]}, "userErrors": []}
    assert found["metafieldsSet"]["metafields"] == [{"value": "L", "ownerType": "PRODUCTVARIANT"}]


def test_a_new_product_is_found_by_its_identifier_before_the_index_knows(box: World) -> None:
    box.store.data(DEFINE_PRODUCT_ID)
    box.control.post("faults", action="search_lag", platform="shopify", seconds=60)
    made(box.store, two_by_two(metafields=[{**CUSTOM_ID, "type": "id", "value": "77"}]))
    query = """{ productByIdentifier(identifier: {customId: {namespace: "$app",
      key: "tiktok_product_id", value: "77"}}) { title } }"""
    assert titles(box, "title:'Rain coat'") == []
    assert box.store.data(SKUS, {"q": "sku:'A-1'"})["productVariants"]["nodes"] == []
    assert box.store.data(query)["productByIdentifier"] == {"title": "Rain coat"}
    box.control.post("clock/advance", seconds=61)
    assert titles(box, "title:'Rain coat'") == ["Rain coat"]


def test_skus_may_be_there_twice(box: World) -> None:
    for title in ("One", "Two"):
        box.control.post("shopify/products", title=title, variants=[{"sku": "DUP", "price": "1"}])
    query = """{ productVariants(first: 5, query: "sku:'DUP'") { nodes {
      inventoryItem { duplicateSkuCount } } } }"""
    nodes: Any = box.store.data(query)["productVariants"]["nodes"]
    assert [one["inventoryItem"]["duplicateSkuCount"] for one in nodes] == [1, 1]
