"""Orders that a store has already, found by the marks that connectors leave on them."""

from typing import Any

import pytest

from tests.shopify.fake_store import connect
from tiktoksync import errors
from tiktoksync.shopify.order_search import MarkedOrder

ONE, TWO = "576461413038785752", "576461413038785753"


def row(number: int = 7, **marks: Any) -> dict[str, Any]:
    gid = f"gid://shopify/Order/{number}"
    return {"id": gid, "legacyResourceId": str(number), "name": f"#10{number}", **marks}


def store_with(*rows: dict[str, Any], ours: dict[int, dict[str, Any]] | None = None) -> Any:
    found = {f"id{place}": one for place, one in (ours or {}).items()}
    page = {"nodes": list(rows), "pageInfo": {"hasNextPage": False}}
    return lambda name, variables: {**found, "orders": page}


@pytest.mark.parametrize(
    "marks",
    [
        {"sourceIdentifier": ONE},
        {"name": f"#TT-{ONE}"},
        {"name": f"TT{ONE}"},
        {"poNumber": ONE},
        {"tags": ["TikTok", f"TikTokOrderID:{ONE}"]},
        {"tags": [f"tiktok_{ONE}"]},
        {"note": f"Order {ONE}, gift wrap please"},
        {"customAttributes": [{"key": "TikTok order", "value": ONE}]},
    ],
    ids=lambda marks: next(iter(marks)),
)
def test_an_order_is_known_by_any_of_its_marks(monkeypatch, marks):
    client, _ = connect(monkeypatch, store_with(row(**marks)))
    name = marks.get("name", "#107")
    expected = MarkedOrder("gid://shopify/Order/7", "7", name, is_ours=False)
    assert client.find_marked_orders([ONE, TWO]).data == {ONE: expected}


@pytest.mark.parametrize(
    "marks", [{"note": f"1{ONE}"}, {"tags": [f"{ONE}0"]}, {"name": ONE[:-1]}, {}]
)
def test_what_only_looks_like_it_is_another_order(monkeypatch, marks):
    client, _ = connect(monkeypatch, store_with(row(**marks)))
    assert client.find_marked_orders([ONE]).data == {}


def test_the_apps_own_id_wins(monkeypatch):
    client, _ = connect(
        monkeypatch, store_with(row(7, sourceIdentifier=TWO), ours={1: row(8, sourceIdentifier="")})
    )
    found = client.find_marked_orders([ONE, TWO]).data
    assert found == {TWO: MarkedOrder("gid://shopify/Order/8", "8", "#108", is_ours=True)}


def test_one_request_asks_for_all_of_them(monkeypatch):
    client, store = connect(monkeypatch, store_with())
    client.find_marked_orders([ONE, TWO, ONE])
    ((name, variables),) = store.asked
    assert name == "FindMarkedOrders"
    values = [variables[f"id{place}"]["customId"]["value"] for place in range(10)]
    assert values == [ONE, *[TWO] * 9]
    for value in (ONE, TWO):
        for term in (f"source_identifier:'{value}'", f"tag:'{value}'", f"name:{value} OR {value}"):
            assert term in variables["search"]
    assert store.sent[0]["safe"] is True


def test_every_page_of_candidates_is_read(monkeypatch):
    def handler(name: str, variables: dict[str, Any]) -> dict[str, Any]:
        first = variables["after"] is None
        marks = {"note": ONE} if first else {"note": TWO}
        info = {"hasNextPage": first, "endCursor": "c"}
        return {"orders": {"nodes": [row(7 if first else 8, **marks)], "pageInfo": info}}

    client, store = connect(monkeypatch, handler)
    assert {key: one.id[-1] for key, one in client.find_marked_orders([ONE, TWO]).data.items()} == {
        ONE: "7",
        TWO: "8",
    }
    assert len(store.asked) == 2


def test_no_ids_ask_nothing_and_more_than_ten_are_refused(monkeypatch):
    client, store = connect(monkeypatch, store_with())
    assert client.find_marked_orders([]).data == {}
    assert store.asked == []
    with pytest.raises(ValueError, match="At most 10"):
        client.find_marked_orders([str(number) for number in range(11)])


def test_an_answer_without_the_search_is_no_answer(monkeypatch):
    client, _ = connect(monkeypatch, lambda name, variables: {"id0": None})
    with pytest.raises(errors.Unreachable):
        client.find_marked_orders([ONE])
