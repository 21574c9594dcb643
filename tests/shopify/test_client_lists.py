"""Lists the Shopify client reads page by page: changed orders, variants by SKU."""

from datetime import UTC, datetime

import pytest

from tests.shopify.fake_store import always, connect, response
from tiktoksync import errors
from tiktoksync.lib.answers import Cost
from tiktoksync.shopify.payloads import ChangedOrder, ChangedPage
from tiktoksync.shopify.transport import load_document

GID = "gid://shopify/Order/6011000000001"


# Polling


def test_lists_changed_orders_oldest_first(monkeypatch):
    nodes = [{"id": GID, "updatedAt": "2026-11-20T08:16:02Z"}]
    page = {"nodes": nodes, "pageInfo": {"hasNextPage": True, "endCursor": "c2"}}
    client, store = connect(monkeypatch, always({"orders": page}))
    since = datetime(2026, 11, 20, 8, tzinfo=UTC)
    answer = client.orders_updated_since(since, source_name="tiktok-shop", after="c1")
    moment = datetime(2026, 11, 20, 8, 16, 2, tzinfo=UTC)
    assert answer.data == ChangedPage((ChangedOrder(GID, moment),), "c2")
    assert store.asked == [
        (
            "OrdersUpdatedSince",
            {
                "search": "updated_at:>='2026-11-20T08:00:00Z' source_name:'tiktok-shop'",
                "first": 100,
                "after": "c1",
            },
        )
    ]
    assert "sortKey: UPDATED_AT" in load_document("orders_updated_since")


def test_the_last_page_has_no_cursor(monkeypatch):
    page = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": "c2"}}
    client, store = connect(monkeypatch, always({"orders": page}))
    since = datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert client.orders_updated_since(since).data == ChangedPage((), "")
    assert store.asked[0][1] == {
        "search": "updated_at:>='2026-11-20T08:00:00Z'",
        "first": 100,
        "after": None,
    }


def test_an_ignored_search_term_is_tolerated_in_a_poll(monkeypatch):
    warning = {"field": "source_name", "message": "Invalid search field for this query."}
    body = {
        "data": {"orders": {"nodes": [], "pageInfo": {}}},
        "extensions": {"search": [{"warnings": [warning]}]},
    }
    client, _ = connect(monkeypatch, always(response(body)))
    answer = client.orders_updated_since(datetime(2026, 11, 20, tzinfo=UTC), source_name="x")
    assert answer.warnings == ("search source_name: Invalid search field for this query.",)


def test_a_poll_without_its_list_is_not_an_empty_poll(monkeypatch):
    client, _ = connect(monkeypatch, always({"orders": None}))
    with pytest.raises(errors.Unreachable):
        client.orders_updated_since(datetime(2026, 11, 20, tzinfo=UTC))


# Variants


def variant(sku: str) -> dict:
    return {
        "id": f"gid://shopify/ProductVariant/{sku}",
        "sku": sku,
        "title": "M",
        "price": "10.0",
        "product": {"id": "gid://shopify/Product/1", "title": "Tee"},
        "inventoryItem": {"id": "gid://shopify/InventoryItem/1"},
    }


def test_finds_variants_page_by_page(monkeypatch):
    pages = {
        None: {"nodes": [variant("A")], "pageInfo": {"hasNextPage": True, "endCursor": "c1"}},
        "c1": {"nodes": [variant("a")], "pageInfo": {"hasNextPage": False, "endCursor": None}},
    }
    client, store = connect(
        monkeypatch, lambda name, variables: {"productVariants": pages[variables["after"]]}
    )
    answer = client.find_variants(["A", "B:1", "A", " ", ""])
    assert answer.data == [variant("A"), variant("a")]
    assert [variables["after"] for _, variables in store.asked] == [None, "c1"]
    assert store.asked[0][1]["search"] == r"sku:'A' OR sku:'B\:1'"
    assert answer.cost == Cost(22.0, 20.0, 1990.0, 2000.0, 100.0)
    assert answer.elapsed == 0.5


def test_a_page_that_leads_to_itself_does_not_loop(monkeypatch):
    page = {"nodes": [variant("A")], "pageInfo": {"hasNextPage": True, "endCursor": "c1"}}
    client, store = connect(monkeypatch, always({"productVariants": page}))
    client.find_variants(["A"])
    assert len(store.asked) == 2


def test_variants_beyond_what_is_read_are_told(monkeypatch):
    def endless(name: str, variables: dict) -> dict:
        cursor = str(int(variables["after"] or 0) + 1)
        info = {"hasNextPage": True, "endCursor": cursor}
        return {"productVariants": {"nodes": [variant("A")], "pageInfo": info}}

    client, store = connect(monkeypatch, endless)
    answer = client.find_variants(["A"])
    assert len(store.asked) == 20
    assert answer.warnings == ("more look like these than are read",)


def test_no_skus_ask_nobody(monkeypatch):
    client, store = connect(monkeypatch, always({}))
    assert client.find_variants(["", "  "]).data == []
    assert store.asked == []


def test_more_than_twenty_five_skus_are_a_mistake_of_the_caller(monkeypatch):
    client, store = connect(monkeypatch, always({}))
    with pytest.raises(ValueError, match="25"):
        client.find_variants([str(number) for number in range(26)])
    assert store.asked == []


def test_a_failed_variant_search_is_not_an_empty_one(monkeypatch):
    client, _ = connect(monkeypatch, always({"productVariants": None}))
    with pytest.raises(errors.Unreachable):
        client.find_variants(["A"])
