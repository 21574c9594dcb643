"""A made-up TikTok order, in TikTok's own shape, about products that the shop really has linked.

Its number begins with zeros, as no order of TikTok's does, and its buyer is nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from products.models import Link, ListingSku
from tiktoksync.lib.money import text
from tiktoksync.shops.models import TikTokShop

ORDER_ID = "000000000000000001"
MOST_ITEMS = 2
SHIPPING = Decimal(5)
PRICE = Decimal(20)
PACKING_DAYS = 2


@dataclass(frozen=True, slots=True)
class Goods:
    """A TikTok SKU that the made-up order is about."""

    sku_id: str
    seller_sku: str
    name: str
    price: Decimal


def pick_goods(shop: TikTokShop) -> list[Goods]:
    """Some of the shop's linked SKUs; without any, some of its unlinked ones."""
    linked = Link.objects.filter(shop=shop, variant__gone_at=None).order_by("pk")
    links = list(linked.select_related("variant__product")[:MOST_ITEMS])
    skus = ListingSku.objects.filter(shop=shop).select_related("listing").order_by("pk")
    if links:
        known = {sku.tiktok_sku_id: sku for sku in skus.filter(tiktok_sku_id__in=_ids(links))}
        return [_linked_goods(link, known.get(link.tiktok_sku_id)) for link in links]
    return [_goods(sku) for sku in skus[:MOST_ITEMS]]


def made_up_order(
    goods: Sequence[Goods], currency: str, region: str, now: datetime, status: str
) -> dict[str, Any]:
    """The order as TikTok's API would tell it: shipping paid by the buyer, a discount by TikTok."""
    placed = int(now.timestamp())
    goods = [replace(one, price=Decimal(text(one.price, currency))) for one in goods]
    lines = [_line(number, one, currency) for number, one in enumerate(goods, 1)]
    return {
        "id": ORDER_ID,
        "status": status,
        "create_time": placed,
        "paid_time": placed,
        "update_time": placed,
        "rts_sla_time": placed + PACKING_DAYS * 86400,
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": "SELLER",
        "delivery_option_name": "Standard shipping",
        "order_type": "NORMAL",
        "is_cod": False,
        "is_on_hold_order": status == "ON_HOLD",
        "recipient_address": _nobody(region),
        "line_items": lines,
        "payment": _payment(goods, currency),
    }


def _line(number: int, one: Goods, currency: str) -> dict[str, Any]:
    price, gift = text(one.price, currency), text(_platform(one, currency), currency)
    return {
        "id": f"{ORDER_ID}{number}",
        "sku_id": one.sku_id,
        "seller_sku": one.seller_sku,
        "product_name": one.name,
        "sku_name": "Default",
        "currency": currency,
        "original_price": price,
        "seller_discount": "0",
        "platform_discount": gift,
        "sale_price": text(one.price - Decimal(gift), currency),
        "is_gift": False,
        "display_status": "AWAITING_SHIPMENT",
    }


def _payment(goods: Sequence[Goods], currency: str) -> dict[str, str]:
    listed = sum((one.price for one in goods), Decimal(0))
    platform = sum((_platform(one, currency) for one in goods), Decimal(0))
    sums = {
        "original_total_product_price": listed,
        "seller_discount": Decimal(0),
        "platform_discount": platform,
        "sub_total": listed - platform,
        "original_shipping_fee": SHIPPING,
        "shipping_fee": SHIPPING,
        "tax": Decimal(0),
        "total_amount": listed - platform + SHIPPING,
    }
    return {"currency": currency, **{name: text(sum_, currency) for name, sum_ in sums.items()}}


def _platform(one: Goods, currency: str) -> Decimal:
    """A tenth of the price, as a discount that TikTok pays for; exact in the currency."""
    return Decimal(text(one.price / 10, currency))


def _nobody(region: str) -> dict[str, Any]:
    return {
        "name": "Nobody",
        "region_code": region,
        "postal_code": "00000",
        "address_line1": "Made up for a rehearsal",
        "address_detail": "Made up for a rehearsal",
        "district_info": [],
    }


def _ids(links: Sequence[Link]) -> list[str]:
    return [link.tiktok_sku_id for link in links]


def _linked_goods(link: Link, sku: ListingSku | None) -> Goods:
    if sku is not None:
        return _goods(sku)
    variant = link.variant
    return Goods(link.tiktok_sku_id, variant.sku, str(variant.product), variant.price or PRICE)


def _goods(sku: ListingSku) -> Goods:
    return Goods(sku.tiktok_sku_id, sku.seller_sku, sku.listing.title, sku.price or PRICE)
