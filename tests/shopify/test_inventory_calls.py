"""Locations, and what they hold."""

from datetime import UTC, datetime

import pytest

from tests.shopify.fake_store import always, connect
from tests.shopify.products import connection
from tiktoksync import errors

ITEM = "gid://shopify/InventoryItem/1"
CHANGED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def level(location: int, available: int | None = 5, updated: str | None = "2026-11-20T08:00:00Z"):
    counted = [] if available is None else [{"name": "available", "quantity": available}]
    place = {"id": f"gid://shopify/Location/{location}"}
    return {"location": place, "quantities": counted, "updatedAt": updated}


def read(location: int, available: int, updated: datetime | None = CHANGED) -> dict:
    gid = f"gid://shopify/Location/{location}"
    return {"location_id": gid, "available": available, "updated_at": updated}


def test_reads_all_locations(monkeypatch):
    def handler(name: str, variables: dict) -> dict:
        if variables["after"] is None:
            return {"locations": connection([{"id": "l1"}], "c")}
        return {"locations": connection([{"id": "l2"}])}

    client, store = connect(monkeypatch, handler)
    assert [row["id"] for row in client.locations().data] == ["l1", "l2"]
    assert [variables["after"] for _, variables in store.asked] == [None, "c"]


def test_denied_locations_are_not_none(monkeypatch):
    client, _ = connect(monkeypatch, always({"locations": None}))
    with pytest.raises(errors.Unreachable):
        client.locations()


def test_reads_what_each_location_has_available(monkeypatch):
    nodes = [
        {"id": ITEM, "inventoryLevels": connection([level(1), level(2, -3, None)])},
        {"id": "i2", "inventoryLevels": connection([])},
        None,
        {},
    ]
    client, store = connect(monkeypatch, always({"nodes": nodes}))
    found = client.inventory_levels([ITEM, "i2", "i3", "i4", ITEM]).data
    assert found == {ITEM: [read(1, 5), read(2, -3, None)], "i2": []}
    assert store.asked == [("InventoryLevels", {"ids": [ITEM, "i2", "i3", "i4"], "first": 5})]
    assert store.sent[0]["safe"] is True


def test_a_level_without_a_number_counts_as_none_left(monkeypatch):
    nodes = [{"id": ITEM, "inventoryLevels": connection([level(1, None)])}]
    client, _ = connect(monkeypatch, always({"nodes": nodes}))
    assert client.inventory_levels([ITEM]).data == {ITEM: [read(1, 0)]}


def test_items_at_many_locations_are_read_to_the_end(monkeypatch):
    def handler(name: str, variables: dict) -> dict:
        if name == "InventoryLevels":
            return {"nodes": [{"id": ITEM, "inventoryLevels": connection([level(1)], "c1")}]}
        rows = (
            connection([level(2)], "c2") if variables["after"] == "c1" else connection([level(3)])
        )
        return {"inventoryItem": {"id": ITEM, "inventoryLevels": rows}}

    client, store = connect(monkeypatch, handler)
    assert client.inventory_levels([ITEM]).data == {ITEM: [read(1, 5), read(2, 5), read(3, 5)]}
    assert [variables.get("after") for _, variables in store.asked] == [None, "c1", "c2"]


@pytest.mark.parametrize(
    "data", [{"nodes": None}, {"nodes": [{"id": ITEM, "inventoryLevels": None}]}], ids=str
)
def test_denied_stock_is_not_empty_stock(monkeypatch, data: dict):
    client, _ = connect(monkeypatch, always(data))
    with pytest.raises(errors.Unreachable):
        client.inventory_levels([ITEM])


def test_no_items_ask_nobody(monkeypatch):
    client, store = connect(monkeypatch, always({}))
    assert client.inventory_levels([]).data == {}
    assert store.asked == []


def test_more_than_fifty_items_are_a_mistake_of_the_caller(monkeypatch):
    client, store = connect(monkeypatch, always({}))
    with pytest.raises(ValueError, match="50"):
        client.inventory_levels(["x"] * 51)
    assert store.asked == []
