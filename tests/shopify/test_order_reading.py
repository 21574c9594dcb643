"""Reading orders whole: what does not fit into the first look is read again, and nothing twice."""

from typing import Any

import pytest

from tests.shopify.fake_store import always, connect, response
from tiktoksync import errors
from tiktoksync.shopify import order_reading

DETAILS = {"displayFulfillmentStatus": "FULFILLED", "displayFinancialStatus": "PAID"}


class Orders:
    """Orders as plain lists, served the way the documents ask for them: cut at ``first``."""

    def __init__(self, **orders: dict[str, Any]) -> None:
        self.orders = orders

    def __call__(self, name: str, variables: dict[str, Any]) -> dict[str, Any]:
        match name:
            case "ReadOrders":
                return {"nodes": [self._order(gid, variables) for gid in variables["ids"]]}
            case "ReadOrder":
                order = self._order(variables["id"], variables)
                if order:
                    lines = self.orders[variables["id"]].get("lines", [])
                    order["lineItems"] = cut(lines, variables["orderLines"], variables["after"])
                return {"order": order}
            case "ReadOrderParcels":
                return {"order": self._order(variables["id"], variables, lines=False)}
            case "ReadParcelLines":
                return {"nodes": [self._lines(gid, variables) for gid in variables["ids"]]}
        raise AssertionError(name)

    def _order(
        self, gid: str, variables: dict[str, Any], lines: bool = True
    ) -> dict[str, Any] | None:
        order = self.orders.get(gid)
        if order is None:
            return None
        parcels = [
            self._parcel(parcel, variables, lines)
            for parcel in order["parcels"][: variables["parcels"]]
        ]
        return {"id": gid, **DETAILS, "fulfillments": parcels}

    def _parcel(
        self, parcel: dict[str, Any], variables: dict[str, Any], lines: bool
    ) -> dict[str, Any]:
        row = {
            "id": parcel["id"],
            "status": "SUCCESS",
            "trackingInfo": parcel["numbers"][: variables["numbers"]],
        }
        if lines:
            row["fulfillmentLineItems"] = cut(parcel["lines"], variables["lines"], None)
        return row

    def _lines(self, gid: str, variables: dict[str, Any]) -> dict[str, Any] | None:
        for order in self.orders.values():
            for parcel in order["parcels"]:
                if parcel["id"] == gid:
                    found = cut(parcel["lines"], variables["lines"], variables["after"])
                    return {"id": gid, "fulfillmentLineItems": found}
        return None


def cut(rows: list[Any], first: int, after: str | None) -> dict[str, Any]:
    start = int(after or 0)
    more = start + first < len(rows)
    return {
        "nodes": rows[start : start + first],
        "pageInfo": {"hasNextPage": more, "endCursor": str(start + first) if more else None},
    }


def parcel(name: str, lines: int = 1, numbers: int = 1) -> dict[str, Any]:
    return {
        "id": name,
        "numbers": [
            {"company": "USPS", "number": f"{name}-{number}", "url": None}
            for number in range(numbers)
        ],
        "lines": [
            {"quantity": 1, "lineItem": {"id": f"{name}/{line}", "sku": "A"}}
            for line in range(lines)
        ],
    }


def expected(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": one["id"],
        "status": "SUCCESS",
        "trackingInfo": one["numbers"],
        "fulfillmentLineItems": {"nodes": one["lines"]},
    }


def names(store: Any) -> list[str]:
    return [name for name, _ in store.asked]


def test_orders_of_the_usual_size_take_one_call_for_twelve(monkeypatch):
    orders = {f"o{number}": {"parcels": [parcel(f"p{number}", 5)]} for number in range(30)}
    client, store = connect(monkeypatch, Orders(**orders))
    answer = client.read_orders(list(orders))
    assert [order["id"] for order in answer.data] == list(orders)
    assert answer.data[7] == {
        "id": "o7",
        **DETAILS,
        "fulfillments": [expected(orders["o7"]["parcels"][0])],
    }
    assert names(store) == ["ReadOrders"] * 3
    assert [len(variables["ids"]) for _, variables in store.asked] == [12, 12, 6]
    assert all(sent["safe"] for sent in store.sent)
    assert answer.cost is not None
    assert answer.cost.requested == 33.0
    assert answer.elapsed == 0.75


def test_an_order_without_parcels_is_complete(monkeypatch):
    client, store = connect(monkeypatch, Orders(o={"parcels": []}))
    assert client.read_orders(["o"]).data == [{"id": "o", **DETAILS, "fulfillments": []}]
    assert names(store) == ["ReadOrders"]


def test_many_lines_of_a_parcel_are_read_to_the_last(monkeypatch):
    big = parcel("p", 118)
    client, store = connect(monkeypatch, Orders(o={"parcels": [big]}))
    assert client.read_orders(["o"]).data[0]["fulfillments"] == [expected(big)]
    assert names(store) == ["ReadOrders", "ReadParcelLines", "ReadParcelLines", "ReadParcelLines"]


def test_many_parcels_are_read_again_with_more_room(monkeypatch):
    parcels = [parcel(f"p{number}", 7) for number in range(11)]
    client, store = connect(monkeypatch, Orders(o={"parcels": parcels}))
    found = client.read_orders(["o"]).data[0]["fulfillments"]
    assert found == [expected(one) for one in parcels]
    assert names(store)[:2] == ["ReadOrders", "ReadOrderParcels"]
    asked = [variables["ids"] for name, variables in store.asked if name == "ReadParcelLines"]
    assert asked == [
        ["p3", "p4", "p5", "p6"],
        ["p7", "p8", "p9", "p10"],
        ["p0"],
        ["p1"],
        ["p2"],
    ]


def test_many_tracking_numbers_of_a_parcel_are_read_again(monkeypatch):
    one = parcel("p", 1, numbers=4)
    client, store = connect(monkeypatch, Orders(o={"parcels": [one]}))
    assert client.read_orders(["o"]).data[0]["fulfillments"] == [expected(one)]
    assert names(store) == ["ReadOrders", "ReadOrderParcels"]


def test_parcels_beyond_fifty_are_told_and_the_first_fifty_kept(monkeypatch):
    parcels = [parcel(f"p{number}") for number in range(53)]
    client, _ = connect(monkeypatch, Orders(o={"parcels": parcels}))
    answer = client.read_orders(["o"])
    assert answer.data[0]["fulfillments"] == [expected(one) for one in parcels[:50]]
    assert answer.warnings == ("o has more fulfillments than can be read",)


def test_orders_that_are_gone_are_left_out(monkeypatch):
    client, _ = connect(monkeypatch, Orders(a={"parcels": []}))
    assert [order["id"] for order in client.read_orders(["x", "a", "y"]).data] == ["a"]


def test_no_ids_ask_nobody_and_too_many_are_a_mistake(monkeypatch):
    client, store = connect(monkeypatch, Orders())
    assert client.read_orders([]).data == []
    with pytest.raises(ValueError, match="50"):
        client.read_orders([str(number) for number in range(51)])
    assert store.asked == []


def test_denied_fulfillments_are_not_the_same_as_none(monkeypatch):
    body = {
        "data": {"nodes": [{"id": "o", "fulfillments": None}]},
        "errors": [
            {
                "message": "Access denied for fulfillments field.",
                "path": ["nodes", 0, "fulfillments"],
                "extensions": {"code": "ACCESS_DENIED"},
            }
        ],
    }
    client, _ = connect(monkeypatch, always(response(body)))
    with pytest.raises(errors.NotAuthorized) as caught:
        client.read_orders(["o"])
    assert caught.value.account_reason == "scope_missing"
    assert "Access denied for fulfillments field." in caught.value.detail


@pytest.mark.parametrize("data", [{"nodes": None}, {"other": []}])
def test_an_answer_without_its_list_is_unclear(monkeypatch, data: dict):
    client, _ = connect(monkeypatch, always(data))
    with pytest.raises(errors.Unreachable):
        client.read_orders(["o"])


def test_reads_one_order_with_all_lines_and_parcels(monkeypatch):
    lines = [{"id": f"l{number}"} for number in range(120)]
    one = parcel("p", 6)
    client, store = connect(monkeypatch, Orders(o={"parcels": [one], "lines": lines}))
    order = client.read_order("o").data
    assert order is not None
    assert order["lineItems"] == {"nodes": lines}
    assert order["fulfillments"] == [expected(one)]
    assert names(store) == ["ReadOrder", "ReadOrder", "ReadOrder", "ReadParcelLines"]


def test_one_order_that_is_gone_is_none(monkeypatch):
    client, store = connect(monkeypatch, Orders())
    assert client.read_order("o").data is None
    assert names(store) == ["ReadOrder"]


def test_the_first_look_leaves_room_below_the_limit_of_a_single_query():
    look = order_reading.FIRST_LOOK
    a_parcel = 1 + look["numbers"] + 2 + look["lines"] * 3
    assert order_reading.ORDERS_A_CALL * (1 + look["parcels"] * a_parcel) <= 800
