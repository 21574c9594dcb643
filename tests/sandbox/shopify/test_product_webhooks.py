"""Webhooks of products, stock and locations: when they come and what is in them."""

import json
from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.receiver import Receiver
from tests.sandbox.shopify.products import made, place_of, two_by_two, variant
from tests.sandbox.shopify.test_bulk import subscribe
from tests.sandbox.shopify.test_inventory import item_of, order

Bodies = dict[str, list[dict[str, Any]]]

TOPICS = (
    "PRODUCTS_CREATE", "PRODUCTS_UPDATE", "PRODUCTS_DELETE", "INVENTORY_LEVELS_UPDATE",
    "INVENTORY_LEVELS_CONNECT", "INVENTORY_ITEMS_UPDATE", "LOCATIONS_CREATE", "LOCATIONS_UPDATE",
    "LOCATIONS_DEACTIVATE", "LOCATIONS_ACTIVATE",
)  # fmt: skip


@pytest.fixture
def heard(box: World, receiver: Receiver) -> Any:
    """Gives the bodies by topic since the last call."""
    for topic in TOPICS:
        subscribe(box, receiver, topic)

    def listen() -> Bodies:
        box.control.post("webhooks/settle")
        found: Bodies = {}
        for hook in receiver.hooks:
            found.setdefault(hook.headers["x-shopify-topic"], []).append(json.loads(hook.body))
        receiver.hooks.clear()
        return found

    return listen


def number(gid: str) -> int:
    return int(gid.rpartition("/")[2])


def test_a_new_product_is_told_in_full(box: World, heard: Any) -> None:
    product = made(box.store, two_by_two(tags=["b", "a"]))
    found = heard()
    assert list(found) == ["products/create"]
    (body,) = found["products/create"]
    assert (body["id"], body["admin_graphql_api_id"]) == (number(product["id"]), product["id"])
    assert (body["title"], body["handle"], body["status"]) == ("Rain coat", "rain-coat", "active")
    assert (body["tags"], body["published_at"], body["published_scope"]) == ("a, b", None, "global")
    assert [(one["name"], one["values"]) for one in body["options"]] == [
        ("Size", ["S", "M"]),
        ("Color", ["Red", "Blue"]),
    ]
    rows = [(one["sku"], one["price"], one["option1"], one["option2"], one["option3"])
            for one in body["variants"]]  # fmt: skip
    assert rows[0] == ("A-1", "20.50", "S", "Red", None)
    gids = [one["admin_graphql_api_id"] for one in body["variant_gids"]]
    assert gids == [one["id"] for one in product["variants"]["nodes"]]
    assert body["variant_gids"][0]["updated_at"].endswith(".000Z")
    assert "T" in body["created_at"]
    assert not body["created_at"].endswith("Z")


def test_only_a_hundred_variants_are_told_in_full(box: World, heard: Any) -> None:
    colors = [f"C{n}" for n in range(120)]
    options = [
        {"name": "Size", "values": [{"name": "S"}]},
        {"name": "Color", "values": [{"name": one} for one in colors]},
    ]
    rows = [variant("S", one, one) for one in colors]
    made(box.store, {"title": "Many", "productOptions": options, "variants": rows})
    (body,) = heard()["products/create"]
    assert (len(body["variants"]), len(body["variant_gids"])) == (100, 120)


def test_an_update_and_a_deletion(box: World, heard: Any) -> None:
    product = made(box.store, two_by_two())
    heard()
    made(box.store, {"title": "New"}, {"id": product["id"]})
    (body,) = heard()["products/update"]
    assert body["title"] == "New"
    gone = "mutation($id: ID!) { productDelete(input: {id: $id}) { deletedProductId } }"
    assert box.store.data(gone, {"id": product["id"]})["productDelete"] == {
        "deletedProductId": product["id"]
    }
    assert heard() == {"products/delete": [{"id": number(product["id"])}]}


def test_what_the_merchant_does_is_told(box: World, heard: Any) -> None:
    box.control.post("shopify/products/everyday-cotton-tee/archive")
    (body,) = heard()["products/update"]
    assert (body["title"], body["status"]) == ("Everyday Cotton Tee", "archived")
    box.control.post("shopify/products/everyday-cotton-tee", title="Tee", status="active")
    (body,) = heard()["products/update"]
    assert (body["title"], body["status"]) == ("Tee", "active")
    box.control.post("shopify/variants/TEE-BLK-S/delete")
    (body,) = heard()["products/update"]
    assert [one["sku"] for one in body["variants"]] == ["TEE-BLK-M", "TEE-SND-L"]
    box.control.post("shopify/products/everyday-cotton-tee/delete")
    assert list(heard()) == ["products/delete"]


def test_stock_is_told_by_level_and_by_product(box: World, heard: Any) -> None:
    box.control.post("shopify/variants/MUG-12/stock", available=12)
    found = heard()
    (level,) = found["inventory_levels/update"]
    item, place = number(item_of(box, "MUG-12")), number(place_of(box))
    assert level.pop("updated_at")
    assert level == {
        "inventory_item_id": item,
        "location_id": place,
        "available": 12,
        "admin_graphql_api_id": f"gid://shopify/InventoryLevel/{place}?inventory_item_id={item}",
    }
    (body,) = found["products/update"]
    assert [one["inventory_quantity"] for one in body["variants"]] == [12]


def test_an_order_that_takes_stock_tells_it(box: World, heard: Any) -> None:
    order(box, "MUG-12", 4)
    found = heard()
    assert [one["available"] for one in found["inventory_levels/update"]] == [296]
    assert len(found["products/update"]) == 1


def test_an_untracked_item_has_no_number(box: World, heard: Any) -> None:
    box.control.post("shopify/variants/MUG-12", tracked=False)
    (item,) = heard()["inventory_items/update"]
    assert (item["sku"], item["tracked"]) == ("MUG-12", False)
    box.control.post("shopify/variants/MUG-12/stock", available=5)
    assert heard()["inventory_levels/update"][0]["available"] is None


def test_locations_come_and_go(box: World, heard: Any) -> None:
    made_one = box.control.post("shopify/locations", name="Annex", city="Trenton")
    (body,) = heard()["locations/create"]
    assert (body["name"], body["city"], body["active"]) == ("Annex", "Trenton", True)
    path = f"shopify/locations/{number(made_one['id'])}"
    box.control.post(path, name="Outlet")
    assert heard()["locations/update"][0]["name"] == "Outlet"
    box.control.post(path, active=False)
    assert heard()["locations/deactivate"][0]["active"] is False
    names = box.store.data("{ locations(first: 5) { nodes { name } } }")["locations"]["nodes"]
    assert "Outlet" not in [one["name"] for one in names]
    box.control.post("shopify/variants/MUG-12/stock", location="Main warehouse", delta=-1)
    assert heard()["inventory_levels/update"][0]["available"] == 299


def test_a_second_location_is_connected_first(box: World, heard: Any) -> None:
    box.control.post("shopify/locations", name="Annex")
    heard()
    box.control.post("shopify/variants/MUG-12/stock", location="Annex", available=7)
    found = heard()
    assert [one["available"] for one in found["inventory_levels/update"]] == [7]
    assert len(found["inventory_levels/connect"]) == 1
