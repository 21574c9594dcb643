"""The real client against the sandbox's shop over HTTP: listings, pictures, prices, stock."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tiktoksync.errors import Gone, Rejected
from tiktoksync.lib.download import download_file
from tiktoksync.sandbox.pictures import picture
from tiktoksync.sandbox.server import start
from tiktoksync.tiktok.client import TikTokClient

LIVE = "ACTIVATE"


@pytest.fixture(scope="module")
def sandbox_url() -> Iterator[str]:
    sandbox = start(port=0)
    yield sandbox.url
    sandbox.stop()


@pytest.fixture
def client(sandbox_url: str) -> TikTokClient:
    return TikTokClient(
        api_url=f"{sandbox_url}/tiktok",
        app_key="sandbox",
        app_secret="sandbox-tiktok-secret",
        access_token="TTP_sandbox-us-access",
        shop_cipher="TTP_sandboxUsCipher01",
    )


def wish(client: TikTokClient, sku: str, **changes: Any) -> dict[str, Any]:
    """A product that the shop takes."""
    found = client.recommend_category(title="Blue coffee mug", category_version="v2").data
    assert found is not None
    attributes = client.category_attributes(found.id, category_version="v2").data
    uri = client.upload_image(picture(sku, 600, 600), filename="mug.png").data.uri
    price = {"amount": "12.50", "currency": "USD"}
    stock = [{"warehouse_id": warehouse(client), "quantity": 5}]
    return {
        "title": "Blue coffee mug with a handle",
        "description": "<p>A mug.</p>",
        "category_id": found.id,
        "category_version": "v2",
        "main_images": [{"uri": uri}],
        "package_weight": {"value": "0.5", "unit": "KILOGRAM"},
        "package_dimensions": {
            **dict.fromkeys(("length", "width", "height"), "10"),
            "unit": "CENTIMETER",
        },
        "product_attributes": [
            {"id": row["id"], "values": [{"id": row["values"][0]["id"]}]}
            for row in attributes
            if row["is_requried"] and row["type"] == "PRODUCT_PROPERTY"
        ],
        "idempotency_key": f"key-{sku}",
        "external_product_id": f"product-{sku}",
        "skus": [
            {
                "seller_sku": sku,
                "external_sku_id": f"variant-{sku}",
                "price": price,
                "inventory": stock,
            }
        ],
        **changes,
    }


def warehouse(client: TikTokClient) -> str:
    rows = client.warehouses().data
    return next(str(row["id"]) for row in rows if row["type"] == "SALES_WAREHOUSE")


def a_live_product(client: TikTokClient) -> dict[str, Any]:
    listed = client.search_products(status=LIVE).data.products
    return client.get_product(listed[0]["id"]).data


def test_all_pages_hold_what_is_counted(client: TikTokClient):
    found, token, total = [], "", None
    while True:
        page = client.search_products(page_size=5, page_token=token).data
        found += [one["id"] for one in page.products]
        token, total = page.next_page_token, page.total_count
        if not token:
            break
    assert len(found) == len(set(found)) == total


def test_a_product_is_found_by_sku_and_by_time(client: TikTokClient):
    product = a_live_product(client)
    sku, changed = product["skus"][0], product["update_time"]
    for filters in (
        {"seller_skus": [sku["seller_sku"]]},
        {"sku_ids": [sku["id"]]},
        {"update_time_ge": changed, "update_time_le": changed},
    ):
        found = client.search_products(**filters).data.products
        assert product["id"] in [one["id"] for one in found]


def test_a_created_product_is_created_once(client: TikTokClient):
    body = wish(client, "E2E-ONCE")
    assert client.check_listing(body).data is None
    made = client.create_product(body).data
    assert [(one.seller_sku, one.external_sku_id) for one in made.skus] == [
        ("E2E-ONCE", "variant-E2E-ONCE")
    ]
    assert client.create_product(body).data.product_id == made.product_id
    found = client.search_products(seller_skus=["E2E-ONCE"]).data.products
    assert [one["id"] for one in found] == [made.product_id]
    assert client.get_product(made.product_id).data["external_product_id"] == "product-E2E-ONCE"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"main_images": [{"uri": "tos/unknown"}]}, "main_images"),
        ({"package_weight": {"value": "0", "unit": "KILOGRAM"}}, "package_weight"),
        ({"category_id": "1"}, "category_id"),
    ],
    ids=["title", "picture", "weight", "category"],
)
def test_a_refused_product_names_its_field_and_is_not_made(
    client: TikTokClient, changes: dict[str, Any], field: str
):
    body = wish(client, f"E2E-{field.upper()}", **changes)
    for call in (client.check_listing, client.create_product):
        with pytest.raises(Rejected) as caught:
            call(body)
        assert caught.value.field == field
    assert client.search_products(seller_skus=[f"E2E-{field.upper()}"]).data.products == ()


def test_an_edit_changes_what_it_names(client: TikTokClient):
    made = client.create_product(wish(client, "E2E-EDIT", save_mode="AS_DRAFT")).data
    title = "Green coffee mug with a handle"
    assert client.partial_edit_product(made.product_id, {"title": title}).data.product_id
    after = client.get_product(made.product_id).data
    assert (after["title"], after["skus"][0]["seller_sku"]) == (title, "E2E-EDIT")


def test_prices_and_stock_are_live_at_once(client: TikTokClient):
    product = a_live_product(client)
    price = {"amount": "9.99", "currency": "USD"}
    prices = [{"id": one["id"], "price": price} for one in product["skus"]]
    assert client.update_prices(product["id"], prices).data is None
    stock = [
        {
            "id": one["id"],
            "inventory": [
                {"warehouse_id": row["warehouse_id"], "quantity": 7} for row in one["inventory"]
            ],
        }
        for one in product["skus"]
    ]
    assert client.update_inventory(product["id"], stock).data == {}
    after = client.get_product(product["id"]).data["skus"]
    assert {Decimal(one["price"]["sale_price"]) for one in after} == {Decimal("9.99")}
    (row,) = client.search_inventory([product["id"]]).data
    counted = {one["id"]: one["total_available_quantity"] for one in row["skus"]}
    assert counted == {one["id"]: 7 * len(one["inventory"]) for one in stock}


def test_stock_at_an_unknown_warehouse_is_refused_by_sku(client: TikTokClient):
    product = a_live_product(client)
    sku = product["skus"][0]["id"]
    wrong = [{"id": sku, "inventory": [{"warehouse_id": "999", "quantity": 1}]}]
    refused = client.update_inventory(product["id"], wrong).data
    assert [(one, type(error), error.field) for one, error in refused.items()] == [
        (sku, Rejected, "warehouse_id")
    ]


def test_products_go_off_sale_and_on_again(client: TikTokClient):
    gid = a_live_product(client)["id"]
    refused = client.deactivate_products([gid, "17290000000000"]).data
    assert {one: type(error) for one, error in refused.items()} == {"17290000000000": Gone}
    assert client.get_product(gid).data["status"] == "SELLER_DEACTIVATED"
    assert client.activate_products([gid]).data == {}


def test_the_tree_holds_the_recommended_category(client: TikTokClient):
    found = client.recommend_category(title="Blue coffee mug", category_version="v2").data
    assert found is not None
    assert found.is_available
    rows = {row["id"]: row for row in client.categories(category_version="v2").data}
    assert rows[found.id]["is_leaf"] is True
    assert rows[found.id]["local_name"] == found.name
    assert "size_chart" in client.category_rules(found.id, category_version="v2").data
    assert client.recommend_category(title="zzzz qqqq", category_version="v2").data is None


def test_brands_come_by_the_page(client: TikTokClient):
    first = client.brands(page_size=2).data
    assert len(first.brands) == 2
    second = client.brands(page_size=2, page_token=first.next_page_token).data
    assert not {one["id"] for one in first.brands} & {one["id"] for one in second.brands}
    name = first.brands[0]["name"]
    assert name in [one["name"] for one in client.brands(name=name).data.brands]


def test_the_shop_is_ready_to_list(client: TikTokClient):
    assert not [row for row in client.prerequisites().data if row["is_failed"]]


def test_a_picture_can_be_fetched_where_tiktok_shows_it(client: TikTokClient):
    image = client.upload_image(picture("shown", 640, 480), filename="a.png").data
    assert (image.width, image.height) in ((640, 480), (640, 640))
    fetched = download_file(image.url, max_bytes=10**7)
    assert fetched.content_type.startswith("image/")
    with pytest.raises(Rejected):
        client.upload_image(b"no picture", filename="a.png")
