"""Searching finds the same orders whether a SKU's beginning is rare or stands in nearly all."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import search
from orders.models import LineItem, Order
from tests.factories import Pair, make_pair, stored_order, synced_order


@pytest.fixture
def pair(db: None) -> Pair:
    return make_pair("Anna")


def ids(words: str, pair: Pair) -> list[str]:
    found = search.search_orders(search.orders_in([pair.shop]), words, [pair.shop])
    return sorted(found.values_list("tiktok_order_id", flat=True))


@pytest.mark.parametrize("many", [0, 5_000])
def test_rare_or_common_the_same_orders_are_found(
    pair: Pair, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MANY", many)
    stored_order(pair.shop, "71")
    synced_order(pair.shop, "72")
    stored_order(make_pair("Ben").shop, "73")
    LineItem.objects.filter(order__tiktok_order_id="71").update(sku_key="red-1")
    LineItem.objects.filter(order__tiktok_order_id="72").update(sku_key="blue-1")
    LineItem.objects.filter(order__tiktok_order_id="73").update(sku_key="red-1")
    assert ids("RED", pair) == ["71"]
    assert ids("7", pair) == ["71", "72"]
    assert ids("#1001", pair) == ["72"]
    assert ids("green", pair) == []


def test_a_common_beginning_is_asked_of_each_order(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MANY", 0)
    stored_order(pair.shop, "71")
    LineItem.objects.update(sku_key="red-1")
    assert "EXISTS" in str(search.search_orders(Order.objects.all(), "red").query)
    assert "EXISTS" not in str(search.search_orders(Order.objects.all(), "blue").query)
    with CaptureQueriesContext(connection) as asked:
        ids("red", pair)
    assert len(asked) == 2
