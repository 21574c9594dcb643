"""Order search and order detail: filters, sorting, opaque pages."""

from typing import Any

import pytest

from tests.sandbox.clients import World

SEARCH = "/order/202309/orders/search"
DETAIL = "/order/202507/orders"


def ids_of(data: Any) -> list[str]:
    return [one["id"] for one in data["orders"]]


def walk(box: World, **query: Any) -> list[list[str]]:
    """All pages of a search."""
    pages, token = [], ""
    while True:
        more = {"page_token": token} if token else {}
        data = box.us.data("POST", SEARCH, **query, **more)
        pages.append(ids_of(data))
        token = data["next_page_token"]
        if not token:
            return pages


def test_pages_hold_every_order_once_whatever_the_direction(box: World) -> None:
    placed = [box.control.place(create_time=1_700_000_000 + n // 2) for n in range(7)]
    up = walk(box, page_size=3, sort_field="create_time", sort_order="ASC")
    down = walk(box, page_size=3, sort_field="create_time", sort_order="DESC")
    assert up == [placed[:3], placed[3:6], placed[6:]]
    assert [one for page in down for one in page] == placed[::-1]


def test_a_page_token_holds_what_careless_clients_break(box: World) -> None:
    for _ in range(3):
        box.control.place()
    token = box.us.data("POST", SEARCH, page_size=1)["next_page_token"]
    assert {"+", "/", "="} <= set(token)
    raw = box.us.call("POST", SEARCH, page_size=1, page_token=token.replace("+", " "))
    assert raw.json["code"] == 36009004


def test_a_strict_sandbox_refuses_a_token_of_another_search(box: World) -> None:
    for _ in range(3):
        box.control.place()
    token = box.us.data("POST", SEARCH, page_size=1)["next_page_token"]
    other = {"order_status": "AWAITING_SHIPMENT"}
    assert box.us.call("POST", SEARCH, other, page_size=1, page_token=token).json["code"] == 0
    box.control.post("config", strict=True)
    refused = box.us.call("POST", SEARCH, other, page_size=1, page_token=token)
    assert refused.json["code"] == 36009004


def test_an_order_that_moves_on_between_two_pages_is_not_lost(box: World) -> None:
    placed = [box.control.place(update_time=1_700_000_000 + n) for n in range(4)]
    query = {"page_size": 2, "sort_field": "update_time", "sort_order": "ASC"}
    first = box.us.data("POST", SEARCH, **query)
    box.control.post(f"orders/{placed[0]}/cancel", by="BUYER")
    second = box.us.data("POST", SEARCH, **query, page_token=first["next_page_token"])
    third = box.us.data("POST", SEARCH, **query, page_token=second["next_page_token"])
    assert ids_of(first) == placed[:2]
    assert ids_of(second) + ids_of(third) == [*placed[2:], placed[0]]


@pytest.mark.parametrize("field", ["create_time", "update_time"])
def test_time_windows_include_the_start_and_leave_out_the_end(box: World, field: str) -> None:
    placed = [box.control.place(**{field: 1_700_000_000 + n}) for n in range(4)]
    body = {f"{field}_ge": 1_700_000_001, f"{field}_lt": 1_700_000_003}
    for sort_field in ("create_time", "update_time"):
        data = box.us.data("POST", SEARCH, body, sort_field=sort_field, sort_order="ASC")
        assert (sorted(ids_of(data)), data["total_count"]) == (sorted(placed[1:3]), 2)


def test_filters_are_joined_by_and(box: World) -> None:
    held = box.control.place(hold=True)
    open_one = box.control.place()
    asked = box.control.place()
    box.control.place(shipping_type="TIKTOK")
    box.control.post(f"orders/{asked}/request-cancel")

    def found(**body: Any) -> list[str]:
        return ids_of(box.us.data("POST", SEARCH, body, sort_order="ASC"))

    assert found(order_status="ON_HOLD") == [held]
    assert found(order_status="AWAITING_SHIPMENT", shipping_type="SELLER") == [open_one, asked]
    assert found(is_buyer_request_cancel=True) == [asked]
    assert found(warehouse_ids=["nowhere"]) == []
    assert found(order_status="UNPAID") == []


def test_shops_do_not_see_each_other(box: World) -> None:
    mine, theirs = box.control.place(shop="US"), box.control.place(shop="VN")
    assert ids_of(box.us.data("POST", SEARCH)) == [mine]
    assert ids_of(box.vn.data("POST", SEARCH)) == [theirs]
    refused = box.us.call("GET", DETAIL, ids=f"{mine},{theirs}").json
    assert refused["code"] == 21008111
    assert refused["message"].endswith(f"; detail:{theirs}")


def test_detail_takes_fifty_ids_and_no_more(box: World) -> None:
    ids = box.control.post("orders", count=51, hold=False)["ids"]
    for version in ("202309", "202507"):
        path = f"/order/{version}/orders"
        assert ids_of(box.us.data("GET", path, ids=",".join(ids[:50]))) == ids[:50]
        assert box.us.call("GET", path, ids=",".join(ids)).json["code"] == 36009004
    assert box.us.call("GET", DETAIL).json["code"] == 36009004


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ({"page_size": 0}, None),
        ({"page_size": 101}, None),
        ({"page_size": "x"}, None),
        ({"sort_field": "id"}, None),
        ({"sort_order": "UP"}, None),
        ({"page_token": "???"}, None),
        ({}, {"update_time_ge": "yesterday"}),
    ],
)
def test_nonsense_is_refused(box: World, query: dict[str, Any], body: Any) -> None:
    assert box.us.call("POST", SEARCH, body, **query).json["code"] == 36009004


def test_a_thousand_orders_are_seeded_and_read_in_ten_pages(box: World) -> None:
    answer = box.control.post("orders", count=1000, hold=False)
    assert len(set(answer["ids"])) == 1000
    pages = walk(box, page_size=100, sort_field="update_time", sort_order="ASC")
    assert [len(page) for page in pages] == [100] * 10
    assert {one for page in pages for one in page} == set(answer["ids"])
    assert box.log()["counts"] == {"tiktok:order.search": 10}
