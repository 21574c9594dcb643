"""References to the orders of another system."""

from typing import Any

from tests.sandbox.clients import World

PUT = "/order/202406/orders/external_orders"
SEARCH = "/order/202406/orders/external_order_search"


def reference(order_id: str, external_id: str, lines: Any = ()) -> dict[str, Any]:
    external = {"id": external_id, "platform": "SHOPIFY", "line_items": list(lines)}
    return {"id": order_id, "external_order": external}


def test_a_batch_is_stored_found_and_overwritten(box: World) -> None:
    ids = box.control.post("orders", count=3, hold=False)["ids"]
    line = box.us.order(ids[0])["line_items"][0]["id"]
    rows = [reference(one, f"gid-{n}") for n, one in enumerate(ids)]
    rows[0]["external_order"]["line_items"] = [{"id": "L1", "origin_id": line}]
    assert box.us.data("POST", PUT, {"orders": rows}) == {}
    path = f"/order/202406/orders/{ids[0]}/external_orders"
    stored = box.us.data("GET", path, platform="SHOPIFY")["external_orders"]
    assert stored == [rows[0]["external_order"]]
    box.us.data("POST", PUT, {"orders": [reference(ids[0], "gid-new")]})
    assert box.us.data("GET", path)["external_orders"][0]["id"] == "gid-new"
    query = {"platform": "SHOPIFY", "external_order_id": "gid-1"}
    assert [one["id"] for one in box.us.data("POST", SEARCH, **query)["orders"]] == [ids[1]]
    assert box.vn.data("POST", SEARCH, **query)["orders"] == []


def test_each_order_of_a_batch_fails_by_itself(box: World) -> None:
    good, foreign = box.control.place(), box.control.place(shop="VN")
    rows = [
        reference(foreign, "a"),
        reference(good, "b"),
        reference(good, "c", [{"id": "L1", "origin_id": "577"}]),
    ]
    errors = box.us.data("POST", PUT, {"orders": rows})["errors"]
    assert [(one["code"], one["detail"]["order_id"]) for one in errors] == [
        ("21008111", foreign),
        ("98001004", good),
    ]
    path = f"/order/202406/orders/{good}/external_orders"
    assert [one["id"] for one in box.us.data("GET", path)["external_orders"]] == ["b"]


def test_a_batch_holds_one_to_a_hundred_orders(box: World) -> None:
    order_id = box.control.place()
    for count, wanted in ((0, 36009004), (100, 0), (101, 36009004)):
        body = {"orders": [reference(order_id, "x")] * count}
        assert box.us.call("POST", PUT, body).json["code"] == wanted
