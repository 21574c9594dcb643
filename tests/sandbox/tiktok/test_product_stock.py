"""Prices, stock and what orders do to it; taking products off sale and back."""

from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.tiktok.catalogue import (
    PRODUCTS,
    body,
    code,
    create,
    detail,
    kinds,
    listed,
    sku,
)

WAREHOUSE = "7000714532876273401"


@pytest.fixture
def patient(box: World) -> World:
    """A world whose reviews wait for control."""
    box.control.post("config", review_seconds=None)
    return box


def one_sku(box: World, product_id: str) -> Any:
    return detail(box, product_id)["skus"][0]


def set_stock(box: World, product_id: str, *rows: dict[str, Any]) -> Any:
    path = f"{PRODUCTS}/{product_id}/inventory/update"
    return box.us.data("POST", path, {"skus": list(rows)})


def counts(box: World, sku_id: str) -> tuple[int, int]:
    """Available and committed."""
    data = box.us.data("POST", "/product/202309/inventory/search", {"sku_ids": [sku_id]})
    (row,) = data["inventory"][0]["skus"]
    (place,) = row["warehouse_inventory"]
    assert place["available_quantity"] == row["total_available_quantity"]
    assert place["committed_quantity"] == row["total_committed_quantity"]
    return row["total_available_quantity"], row["total_committed_quantity"]


def test_a_price_changes_at_once(patient: World) -> None:
    product_id = listed(patient)
    sku_id = one_sku(patient, product_id)["id"]
    path = f"{PRODUCTS}/{product_id}/prices/update"
    row = {"id": sku_id, "price": {"amount": "9.50", "currency": "USD"}}
    assert patient.us.data("POST", path, {"skus": [row]}) == {}
    assert one_sku(patient, product_id)["price"]["tax_exclusive_price"] == "9.50"
    assert detail(patient, product_id)["audit"]["status"] == "APPROVED"
    line = patient.us.order(patient.control.place(lines=[{"sku": "NEW-1"}]))["line_items"][0]
    assert line["sale_price"] == "9.50"


@pytest.mark.parametrize(
    ("price", "wanted"),
    [
        ({"amount": "0", "currency": "USD"}, 12052073),
        ({"amount": "9.999", "currency": "USD"}, 12052012),
        ({"amount": "9", "currency": "GBP"}, 12052084),
        (None, 12052073),
    ],
)
def test_a_wrong_price_changes_nothing(patient: World, price: Any, wanted: int) -> None:
    rows = [sku("A", ("Color", "Red")), sku("B", ("Color", "Blue"))]
    product_id = listed(patient, skus=rows)
    first, second = [row["id"] for row in detail(patient, product_id)["skus"]]
    good = {"id": first, "price": {"amount": "9.50", "currency": "USD"}}
    given = {"skus": [good, {"id": second, "price": price}]}
    assert code(patient.us, "POST", f"{PRODUCTS}/{product_id}/prices/update", given) == wanted
    assert one_sku(patient, product_id)["price"]["tax_exclusive_price"] == "12.00"
    assert "price_set" not in kinds(patient)


def test_prices_change_only_on_sale_and_outside_promotions(patient: World) -> None:
    product_id = create(patient)
    sku_id = one_sku(patient, product_id)["id"]
    given = {"skus": [{"id": sku_id, "price": {"amount": "9.50", "currency": "USD"}}]}
    path = f"{PRODUCTS}/{product_id}/prices/update"
    assert code(patient.us, "POST", path, given) == 12052901
    patient.control.post(f"products/{product_id}/approve")
    patient.control.post(f"products/{product_id}/lock")
    assert code(patient.us, "POST", path, given) == 12052038
    patient.control.post(f"products/{product_id}/lock", code=12019045)
    assert code(patient.us, "POST", path, given) == 12019045
    patient.control.post(f"products/{product_id}/lock", locked=False)
    assert code(patient.us, "POST", path, given) == 0


def test_stock_is_absolute_and_may_be_nothing(patient: World) -> None:
    product_id = create(patient)
    sku_id = one_sku(patient, product_id)["id"]
    for quantity in (7, 0, 99_999):
        row = {"id": sku_id, "inventory": [{"quantity": quantity}]}
        assert set_stock(patient, product_id, row) == {}
        assert counts(patient, sku_id) == (quantity, 0)
    assert one_sku(patient, product_id)["inventory"] == [
        {"quantity": 99_999, "warehouse_id": WAREHOUSE}
    ]


def test_a_sku_that_is_refused_does_not_stop_the_others(patient: World) -> None:
    rows = [sku("A", ("Color", "Red")), sku("B", ("Color", "Blue"))]
    product_id = listed(patient, skus=rows)
    first, second = [row["id"] for row in detail(patient, product_id)["skus"]]
    answer = set_stock(
        patient, product_id,
        {"id": first, "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 100_000}]},
        {"id": "12", "inventory": [{"quantity": 1}]},
        {"id": second, "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 3}]},
    )  # fmt: skip
    range_error, unknown = answer["errors"]
    assert range_error["detail"]["sku_id"] == first
    assert [one["code"] for one in range_error["detail"]["extra_errors"]] == [12052055]
    assert (unknown["code"], unknown["detail"]) == (12052036, {"sku_id": "12"})
    assert counts(patient, first) == (5, 0)
    assert counts(patient, second) == (3, 0)


def test_several_warehouses_have_to_be_listed_all(box: World) -> None:
    row = box.control.get("config")["tiktok"]["shops"][0]
    shop = {**row, "warehouses": 2}
    box.control.post("reset", config={"review_seconds": 0, "tiktok": {"shops": [shop]}})
    rows = box.us.data("GET", "/logistics/202309/warehouses")["warehouses"]
    first, second = [one["id"] for one in rows if one["type"] == "SALES_WAREHOUSE"]
    unnamed = body(box)
    assert code(box.us, "POST", PRODUCTS, unnamed) == 12019022
    places = [{"warehouse_id": one, "quantity": 5} for one in (first, second)]
    product_id = create(box, skus=[sku(inventory=places)])
    sku_id = one_sku(box, product_id)["id"]
    half = set_stock(box, product_id, {"id": sku_id, "inventory": places[:1]})
    assert [one["code"] for one in half["errors"]] == [12019028]
    places[1]["quantity"] = 0
    assert set_stock(box, product_id, {"id": sku_id, "inventory": places}) == {}
    shown = {one["warehouse_id"]: one["quantity"] for one in one_sku(box, product_id)["inventory"]}
    assert shown == {first: 5, second: 0}


def test_the_stock_of_a_deleted_product_cannot_be_set(patient: World) -> None:
    product_id = listed(patient)
    sku_id = one_sku(patient, product_id)["id"]
    patient.us.data("DELETE", PRODUCTS, {"product_ids": [product_id]})
    path = f"{PRODUCTS}/{product_id}/inventory/update"
    given = {"skus": [{"id": sku_id, "inventory": [{"quantity": 1}]}]}
    assert code(patient.us, "POST", path, given) == 12052901


def test_orders_commit_stock_and_give_it_back_or_take_it_away(box: World) -> None:
    listing = box.sandbox.world.tiktok.shops["7495000000000000001"].listings["MUG-12"]
    assert counts(box, listing.sku_id) == (300, 0)
    lines = [{"sku": "MUG-12", "quantity": 2}]
    sent = box.control.place(lines=lines)
    cancelled = box.control.place(lines=lines)
    assert counts(box, listing.sku_id) == (296, 4)
    box.control.post(f"orders/{cancelled}/cancel", by="BUYER")
    assert counts(box, listing.sku_id) == (298, 2)
    box.control.post(f"orders/{sent}/ship")
    assert counts(box, listing.sku_id) == (298, 2)
    box.control.post(f"orders/{sent}/scan")
    assert counts(box, listing.sku_id) == (298, 0)


def test_a_cancelled_line_gives_back_its_own_unit(box: World) -> None:
    listing = box.sandbox.world.tiktok.shops["7495000000000000001"].listings["MUG-12"]
    order_id = box.control.place(lines=[{"sku": "MUG-12", "quantity": 3}])
    line = box.us.order(order_id)["line_items"][0]["id"]
    box.control.post(f"orders/{order_id}/cancel", by="SELLER", line_item_ids=[line])
    assert counts(box, listing.sku_id) == (298, 2)
    box.control.post(f"orders/{order_id}/cancel", by="SELLER")
    assert counts(box, listing.sku_id) == (300, 0)


def test_selling_what_is_not_there_invents_no_stock(patient: World) -> None:
    product_id = listed(patient, skus=[sku(inventory=[{"quantity": 1}])])
    sku_id = one_sku(patient, product_id)["id"]
    order_id = patient.control.place(lines=[{"sku": "NEW-1", "quantity": 3}])
    assert counts(patient, sku_id) == (0, 3)
    patient.control.post(f"orders/{order_id}/cancel", by="BUYER")
    assert counts(patient, sku_id) == (1, 0)


def test_a_product_leaves_the_shelf_and_comes_back(patient: World) -> None:
    product_id = listed(patient)
    ids = {"product_ids": [product_id]}
    for verb, status in (("deactivate", "SELLER_DEACTIVATED"), ("activate", "ACTIVATE")):
        assert patient.us.data("POST", f"{PRODUCTS}/{verb}", ids) == {}
        assert detail(patient, product_id)["status"] == status
    assert patient.us.data("DELETE", PRODUCTS, ids) == {}
    assert detail(patient, product_id)["status"] == "DELETED"
    assert patient.us.data("POST", f"{PRODUCTS}/recover", ids) == {}
    assert detail(patient, product_id)["status"] == "SELLER_DEACTIVATED"
    assert kinds(patient)[2:] == [
        "product_deactivated", "product_activated", "product_deleted", "product_recovered",
    ]  # fmt: skip


def test_each_product_of_a_batch_fails_by_itself(patient: World) -> None:
    good, waiting = listed(patient), create(patient, skus=[sku("NEW-2")])
    rows = patient.vn.data("POST", f"{PRODUCTS}/search", {}, page_size=1)["products"]
    ids = [good, waiting, rows[0]["id"], "1729"]
    data = patient.us.data("POST", f"{PRODUCTS}/deactivate", {"product_ids": ids})
    found = {
        one["detail"]["product_id"]: one["detail"]["extra_errors"][0]["code"]
        for one in data["errors"]
    }
    assert found == {waiting: 12052901, rows[0]["id"]: 12052034, "1729": 12052260}
    assert detail(patient, good)["status"] == "SELLER_DEACTIVATED"
    assert detail(patient, waiting)["status"] == "PENDING"


def test_a_batch_holds_twenty_products(patient: World) -> None:
    path = f"{PRODUCTS}/activate"
    assert code(patient.us, "POST", path, {"product_ids": ["1"] * 21}) == 12019120
    assert code(patient.us, "POST", path, {"product_ids": []}) == 36009004


def test_deleting_needs_a_scope_of_its_own(patient: World) -> None:
    product_id = listed(patient)
    grant = patient.sandbox.world.tiktok.tokens[patient.us.shop[1]].grant
    grant.scopes.remove("seller.product.delete")
    assert code(patient.us, "DELETE", PRODUCTS, {"product_ids": [product_id]}) == 105005
    assert detail(patient, product_id)["status"] == "ACTIVATE"


def test_a_seller_sku_passes_to_the_next_product_when_its_own_is_deleted(patient: World) -> None:
    first, second = listed(patient), listed(patient, title="Second Mug")
    line = {"sku": "NEW-1"}

    def sold() -> str:
        order = patient.us.order(patient.control.place(lines=[line]))
        return str(order["line_items"][0]["product_id"])

    assert sold() == first
    patient.us.data("DELETE", PRODUCTS, {"product_ids": [first]})
    assert sold() == second
