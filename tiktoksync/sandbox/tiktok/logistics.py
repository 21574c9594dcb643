"""Warehouses, delivery options and shipping providers."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import errors
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import Shop

_SEA = [
    ("6841743441349706241", "J&T Express"), ("6617675021119438849", "TT Virtual express"),
    ("7089283019120936706", "Ninja Van"), ("7077632813236520705", "DHL eCommerce"),
]  # fmt: skip
_WEST = [
    ("7117858858072016686", "USPS"), ("7117859084333745966", "UPS"),
    ("7129720299146184490", "FedEx"), ("7132708441138906926", "DHL Express"),
    ("7208559187146032939", "OnTrac"), ("7212608861798582062", "LaserShip"),
    ("7254084085246101294", "Amazon Logistics"), ("7260762541118424875", "GLS"),
    ("7264411092375283462", "Others"),
]  # fmt: skip
PROVIDERS: dict[str, list[tuple[str, str]]] = {
    "US": _WEST,
    "GB": [
        ("7049196203622991617", "Royal Mail"), ("7049195985506567938", "Evri"),
        ("7049196290549876482", "DPD UK"), ("7049196119841932034", "Yodel"),
        ("7132708441138906927", "DHL Express"), ("7117859084333745967", "UPS"),
    ],
    "VN": [
        ("7098915213018982145", "GHN"), ("7099654067386844933", "GHTK"),
        ("6841743441349706242", "J&T Express"), ("7099654339748857606", "Viettel Post"),
        ("7099654561317259014", "VNPost"), ("7089283019120936707", "Ninja Van"),
    ],
}  # fmt: skip


def providers_of(shop: Shop) -> dict[str, str]:
    """The shop's carriers by provider id."""
    fallback = _SEA if shop.region in ("TH", "MY", "SG", "PH", "ID") else _WEST
    return dict(PROVIDERS.get(shop.region, fallback))


def pickup_slots(now: int) -> list[dict[str, Any]]:
    """Tomorrow's two slots, and the one of the day after, which is taken."""
    morning = now - now % 86400 + 86400 + 9 * 3600
    starts = (morning, morning + 5 * 3600, morning + 86400)
    return [
        {"start_time": start, "end_time": start + 3 * 3600, "avaliable": n < 2}
        for n, start in enumerate(starts)
    ]


def open_slots(now: int) -> list[dict[str, Any]]:
    """The slots as a shipment names them."""
    return [
        {"start_time": one["start_time"], "end_time": one["end_time"]}
        for one in pickup_slots(now)
        if one["avaliable"]
    ]


def list_warehouses(ctx: Context) -> dict[str, Any]:
    shop = ctx.the_shop
    address = {
        "region": shop.region,
        "region_code": shop.region,
        "state": "",
        "city": "Sandbox City",
        "distict": "",
        "town": "",
        "postal_code": "00001",
        "address_line1": "1 Warehouse Way",
        "full_address": f"1 Warehouse Way, Sandbox City, {shop.region}",
        "contact_person": "Warehouse Desk",
        "phone_number": "(+1)2025550100",
    }
    sales = {
        "id": shop.warehouse_id,
        "entity_id": shop.warehouse_id,
        "name": "Sandbox warehouse",
        "effect_status": "ENABLED",
        "type": "SALES_WAREHOUSE",
        "sub_type": "DOMESTIC_WAREHOUSE",
        "is_default": True,
        "address": address,
    }
    returns = {
        **sales,
        "id": shop.warehouse_id[:-1] + "9",
        "name": "Sandbox returns",
        "type": "RETURN_WAREHOUSE",
        "is_default": False,
    }
    more = [
        {**sales, "id": one, "entity_id": one, "name": f"Warehouse {place}", "is_default": False}
        for place, one in enumerate(shop.warehouses[1:], start=2)
    ]
    return {"warehouses": [sales, *more, returns]}


def list_delivery_options(ctx: Context) -> dict[str, Any]:
    if ctx.params["warehouse_id"] != ctx.the_shop.warehouse_id:
        raise errors.bad_value("warehouse_id", "unknown warehouse", "a warehouse of the shop")
    option = {
        "id": ctx.the_shop.delivery_option_id,
        "name": "Shipped by seller",
        "type": "SEND_BY_SELLER",
        "description": "The seller brings the parcel to a carrier.",
        "dimension_limit": {"max_height": 100, "max_length": 100, "max_width": 100, "unit": "CM"},
        "weight_limit": {"min_weight": 1, "max_weight": 30000, "unit": "GRAM"},
        "platform": ["TIKTOK_SHOP"],
    }
    return {"delivery_options": [option]}


def list_shipping_providers(ctx: Context) -> dict[str, Any]:
    if ctx.params["delivery_option_id"] != ctx.the_shop.delivery_option_id:
        reason = "unknown delivery option"
        raise errors.bad_value("delivery_option_id", reason, "the option of an order")
    rows = [{"id": key, "name": name} for key, name in providers_of(ctx.the_shop).items()]
    return {"shipping_providers": rows}
