"""Support finds an order by whatever id it is given, and trouble by one click."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Order
from tests.admin.places import page
from tests.api.cast import Cast, make_fulfillment, make_line, make_order
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.sync.accounts import lose_consent, pause


def found(client: Client, model: Any, **query: Any) -> list[str]:
    response = client.get(page(model, "changelist"), query)
    assert response.status_code == 200
    return [str(row) for row in response.context["cl"].result_list]


@pytest.mark.parametrize(
    "words",
    [
        "5764",
        "gid://shopify/Order/820982911",
        "820982911",
        "#1001",
        "1001",
        "tee-m",
        "1Z999",
        "57641",
    ],
)
def test_an_order_is_found_by_any_id(root: Client, cast: Cast, words: str) -> None:
    order = make_order(
        cast.anna.shop,
        "5764",
        shopify_order_id="gid://shopify/Order/820982911",
        shopify_legacy_id="820982911",
        shopify_order_name="#1001",
    )
    make_line(order, "TEE-M", 1)
    make_line(order, "TEE-M", 2)
    make_fulfillment(order)
    make_line(make_order(cast.ben.shop, "99"), "CAP")

    assert found(root, Order, q=words) == ["5764"]


def test_orders_in_trouble_are_told_apart(root: Client, cast: Cast) -> None:
    now = timezone.now()
    make_order(cast.anna.shop, "failed", sync_status="failed")
    make_order(cast.anna.shop, "doubt", in_doubt_since=now)
    make_order(cast.anna.shop, "stuck", claimed_until=now - timedelta(minutes=1))
    make_order(cast.anna.shop, "overdue", ship_by=now - timedelta(hours=1))
    make_order(cast.anna.shop, "cancel", cancel_requested=True)
    make_order(cast.anna.shop, "double", other_shopify_ids=["gid://shopify/Order/2"])
    make_order(cast.anna.shop, "well", sync_status="synced")

    for kind in ("failed", "doubt", "stuck", "overdue", "cancel", "double"):
        assert found(root, Order, trouble=kind) == [kind]
    assert len(found(root, Order, trouble="any")) == 6


def test_shops_in_trouble_are_told_apart(root: Client, cast: Cast) -> None:
    now = timezone.now()
    TikTokShop.objects.update(last_poll_at=now)
    assert found(root, TikTokShop, trouble="any") == []

    pause(cast.anna.shop, 60, "Slow down.")
    assert found(root, TikTokShop, trouble="paused") == ["Anna's shop"]
    lose_consent(cast.ben.shop, "Revoked.")
    assert found(root, TikTokShop, trouble="reconnect") == ["Ben's shop"]
    TikTokShop.objects.filter(pk=cast.ben.shop.pk).update(last_poll_at=now - timedelta(minutes=16))
    assert found(root, TikTokShop, trouble="polls") == ["Ben's shop"]


def test_merchants_in_trouble_are_told_apart(root: Client, cast: Cast) -> None:
    TikTokShop.objects.update(last_poll_at=timezone.now())
    assert found(root, Merchant, trouble="any") == []

    lose_consent(cast.anna.store, "Uninstalled.")
    make_order(cast.ben.shop, sync_status="failed")

    assert found(root, Merchant, trouble="reconnect") == ["Anna"]
    assert found(root, Merchant, trouble="failed") == ["Ben"]
    assert found(root, Merchant, trouble="any") == ["Anna", "Ben"]


def test_a_merchant_at_a_glance_leads_to_the_orders(root: Client, cast: Cast) -> None:
    failed = make_order(
        cast.anna.shop,
        "1",
        sync_status="failed",
        failure_code="sku_unlinked",
        failure_reason="TEE-M is <not> linked.",
    )
    make_order(cast.anna.shop, "2", sync_status="synced")
    make_order(cast.ben.shop, "3", sync_status="failed", failure_code="sku_unlinked")
    key = cast.anna.merchant.pk

    content = root.get(page(Merchant, "change", key)).content.decode()

    assert "Failed: 1" in content
    assert "Synced: 1" in content
    assert "sku_unlinked: 1" in content
    assert f'href="/admin/orders/order/{failed.pk}/change/">1</a> TEE-M is &lt;not&gt;' in content
    assert f"merchant={key}&amp;failure_code__exact=sku_unlinked" in content
    assert found(root, Order, merchant=key, failure_code__exact="sku_unlinked") == ["1"]
    assert found(root, Order, merchant=key, sync_status__exact="synced") == ["2"]


@pytest.mark.parametrize("key", ["x", "999", "9" * 30, "²", "1; DROP"])
def test_a_merchant_filter_that_names_nobody_hides_nothing_and_breaks_nothing(
    root: Client, cast: Cast, key: str
) -> None:
    make_order(cast.anna.shop, "1")

    assert found(root, Order, merchant=key) == ["1"]


def test_an_order_leads_to_its_attempts(root: Client, cast: Cast) -> None:
    order = make_order(cast.anna.shop, attempt_number=3)

    content = root.get(page(Order, "change", order.pk)).content.decode()

    address = f"/admin/sync/attempt/?subject__exact=orders.order&amp;subject_id__exact={order.pk}"
    assert address in content
    assert root.get(address.replace("&amp;", "&")).status_code == 200
