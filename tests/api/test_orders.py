"""One order as a program sees it, and whose it is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Package
from tests.api.cast import (
    NOON,
    Cast,
    make_change,
    make_fulfillment,
    make_line,
    make_link,
    make_order,
    make_shop,
    make_variant,
)
from tests.api.schema import checked

ID = "576461413038785752"
URL = f"/api/v1/orders/{ID}/"


def test_a_synced_order_is_shown_with_every_named_field(cast: Cast, anna: Client) -> None:
    order = make_order(
        cast.anna.shop,
        sync_status="synced",
        shopify_order_id="gid://shopify/Order/820982911",
        shopify_legacy_id="820982911",
        shopify_order_name="#1001",
        ship_by=NOON + timedelta(days=2),
        synced_at=NOON + timedelta(hours=1, microseconds=5),
    )
    make_line(order, "TEE-M", 1)
    make_line(order, "TEE-L", 2, price=Decimal("11.9900"))
    make_link(cast.anna.shop, make_variant(cast.anna.store), "sku-TEE-M")
    make_fulfillment(order, "1Z999", sync_status="synced", sent_at=NOON)
    make_change(order, "tiktok", "", "ON_HOLD")
    make_change(order, "sync", "pending", "synced", actor="system", reason="Created.")
    Package.objects.create(order=order, tiktok_package_id="115", status="PROCESSING")

    body = checked(anna.get(URL), "orders_retrieve", 200)

    assert body == {
        "tiktok_order_id": ID,
        "tiktok_shop_id": cast.anna.shop.shop_id,
        "tiktok_status": "AWAITING_SHIPMENT",
        "sync_status": "synced",
        "failure_kind": None,
        "failure_reason": None,
        "skip_reason": None,
        "wait_reason": None,
        "shopify_order_id": "gid://shopify/Order/820982911",
        "shopify_legacy_id": "820982911",
        "shopify_order_name": "#1001",
        "total": "35.97",
        "currency": "USD",
        "is_cod": False,
        "cancel_requested": False,
        "ship_by": "2026-05-05T12:00:00Z",
        "placed_at": "2026-05-03T12:00:00Z",
        "paid_at": "2026-05-03T12:00:00Z",
        "synced_at": "2026-05-03T13:00:00.000005Z",
        "next_attempt_at": None,
        "line_items": [
            {
                "tiktok_line_item_id": f"{ID}1",
                "tiktok_product_id": "",
                "tiktok_sku_id": "sku-TEE-M",
                "seller_sku": "TEE-M",
                "product_name": "Tee",
                "quantity": 1,
                "price": "11.99",
                "linked": True,
            },
            {
                "tiktok_line_item_id": f"{ID}2",
                "tiktok_product_id": "",
                "tiktok_sku_id": "sku-TEE-L",
                "seller_sku": "TEE-L",
                "product_name": "Tee",
                "quantity": 1,
                "price": "11.99",
                "linked": False,
            },
        ],
        "fulfillments": [
            {
                "shopify_fulfillment_id": f"gid://shopify/Fulfillment/{order.pk}",
                "tracking_number": "1Z999",
                "carrier": "UPS",
                "sync_status": "synced",
                "failure_kind": None,
                "failure_reason": None,
                "sent_at": "2026-05-03T12:00:00Z",
                "parcel": 0,
                "replaces_tracking_number": None,
            }
        ],
        "packages": [
            {
                "tiktok_package_id": "115",
                "status": "PROCESSING",
                "carrier": "",
                "tracking_number": "",
                "label_ready": False,
                "is_gone": False,
            }
        ],
        "cancel_requests": [],
        "seller_cancellation": None,
        "returns": [],
        "refunds": [],
        "history": [
            {
                "at": "2026-05-03T12:00:00Z",
                "axis": "tiktok",
                "from": None,
                "to": "ON_HOLD",
                "actor": "tiktok",
                "reason": None,
            },
            {
                "at": "2026-05-03T12:00:00Z",
                "axis": "sync",
                "from": "pending",
                "to": "synced",
                "actor": "system",
                "reason": "Created.",
            },
        ],
    }


def test_a_failed_order_names_the_kind_and_the_reason(cast: Cast, anna: Client) -> None:
    make_order(
        cast.anna.shop,
        sync_status="failed",
        failure_kind="config",
        failure_code="sku_unlinked",
        failure_reason="TEE-M is not linked to a Shopify variant.",
    )

    body = checked(anna.get(URL), "orders_retrieve", 200)

    assert body["failure_kind"] == "config"
    assert body["failure_reason"] == "TEE-M is not linked to a Shopify variant."
    assert body["shopify_order_id"] is None


@pytest.mark.parametrize(
    ("currency", "amount", "text"),
    [
        ("VND", "168000", "168000"),
        ("JPY", "1250.0000", "1250"),
        ("USD", "5", "5.00"),
        ("KWD", "1.2340", "1.234"),
    ],
)
def test_money_has_the_places_of_its_currency(
    cast: Cast, anna: Client, currency: str, amount: str, text: str
) -> None:
    order = make_order(cast.anna.shop, currency=currency, total=Decimal(amount))
    make_line(order, price=Decimal(amount))

    body = checked(anna.get(URL), "orders_retrieve", 200)

    assert (body["total"], body["currency"]) == (text, currency)
    assert body["line_items"][0]["price"] == text


def test_the_buyers_address_stays_inside(cast: Cast, anna: Client) -> None:
    make_order(cast.anna.shop)

    assert b"Jane" not in anna.get(URL).content
    assert b"Jane" not in anna.get("/api/v1/orders/").content


def test_an_unknown_tiktok_status_is_shown_verbatim(cast: Cast, anna: Client) -> None:
    make_order(cast.anna.shop, tiktok_status="TELEPORTED", sync_status="held")

    assert checked(anna.get(URL), "orders_retrieve", 200)["tiktok_status"] == "TELEPORTED"


def test_a_malformed_order_without_currency_or_time_is_shown(cast: Cast, anna: Client) -> None:
    make_order(
        cast.anna.shop,
        sync_status="failed",
        failure_kind="malformed",
        currency="",
        total=0,
        placed_at=None,
        paid_at=None,
    )

    body = checked(anna.get(URL), "orders_retrieve", 200)

    assert (body["currency"], body["placed_at"], body["total"]) == (None, None, "0.00")


def test_another_merchants_order_is_not_found(cast: Cast, ben: Client) -> None:
    make_order(cast.anna.shop)

    body = checked(ben.get(URL), "orders_retrieve", 404)

    assert body == {
        "error": {"code": "not_found", "message": f"There is no order {ID}.", "fields": {}}
    }


def test_a_link_in_another_shop_does_not_make_a_line_linked(cast: Cast, anna: Client) -> None:
    make_line(make_order(cast.anna.shop))
    make_link(cast.ben.shop, make_variant(cast.ben.store), "sku-TEE-M")

    assert not checked(anna.get(URL), "orders_retrieve", 200)["line_items"][0]["linked"]


def test_one_id_in_two_shops_gives_the_newer_row_or_the_shop_that_is_named(
    cast: Cast, anna: Client
) -> None:
    side = cast.anna
    second = make_shop(side.merchant, side.shop.app, side.store, "7990", "Second")
    make_order(side.shop, total=Decimal(1))
    make_order(second, total=Decimal(2))

    assert checked(anna.get(URL), "orders_retrieve", 200)["total"] == "2.00"
    named = anna.get(URL, {"shop": side.shop.shop_id})
    assert checked(named, "orders_retrieve", 200)["total"] == "1.00"
    checked(anna.get(URL, {"shop": cast.ben.shop.shop_id}), "orders_retrieve", 404)


@pytest.mark.parametrize("strange", ["%00", "a%20b", "x" * 65, "'%20OR%201=1"])
def test_an_id_that_cannot_be_one_is_not_found(cast: Cast, anna: Client, strange: str) -> None:
    assert anna.get(f"/api/v1/orders/{strange}/").status_code == 404


def test_a_corrected_number_names_the_one_before(cast: Cast, anna: Client) -> None:
    order = make_order(cast.anna.shop)
    old = make_fulfillment(order, "OLD-1", sync_status="synced")
    make_fulfillment(order, "NEW-1", revision=1, replaces=old)
    told = checked(anna.get(URL), "orders_retrieve", 200)["fulfillments"]
    assert [(one["tracking_number"], one["replaces_tracking_number"]) for one in told] == [
        ("OLD-1", None),
        ("NEW-1", "OLD-1"),
    ]


def test_a_label_is_ready_or_not_and_its_address_is_not_told(cast: Cast, anna: Client) -> None:
    order = make_order(cast.anna.shop)
    label = {"label_url": "https://labels.example/1.pdf", "label_read_at": timezone.now()}
    Package.objects.create(order=order, tiktok_package_id="115", **label)
    answer = anna.get(URL)
    (package,) = checked(answer, "orders_retrieve", 200)["packages"]
    assert package["label_ready"] is True
    assert b"labels.example" not in answer.content
