"""A merchant's own word on which of TikTok's carriers a name stands for, and what it releases."""

from __future__ import annotations

from django.db import transaction

from orders.models import Fulfillment
from tiktoksync.lib import queue
from tiktoksync.shops.models import CarrierMapping, TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus

CARRIER_UNKNOWN = "carrier_unknown"
SHOWN = 50


def map_carrier(shop: TikTokShop, carrier: str, provider_name: str) -> int:
    """Keep a mapping and try shipments again that wait for one; returns how many do."""
    with transaction.atomic():
        CarrierMapping.objects.update_or_create(
            shop=shop, carrier=carrier.strip(), defaults={"provider_name": provider_name.strip()}
        )
        return release_carriers(shop)


def release_carriers(shop: TikTokShop) -> int:
    """Queue the shipments again whose carrier TikTok did not know; returns how many."""
    with transaction.atomic():
        blocked = Fulfillment.objects.select_for_update(of=("self",), no_key=True).filter(
            order__shop=shop, sync_status=SyncStatus.FAILED, failure_code=CARRIER_UNKNOWN
        )
        released = 0
        for row in blocked.select_related("order").order_by("order_id", "pk"):
            released += statuses.move(
                row, SyncStatus.PENDING, reason="The carriers' names were mapped anew.", tries=0
            )
        if released:
            queue.wake("push_fulfillments", shop.pk)
    return released


def forget_carrier(shop: TikTokShop, carrier: str) -> bool:
    """Let a name stand for itself again; whether it was mapped. What was sent stays."""
    mapped = CarrierMapping.objects.filter(shop=shop, carrier=carrier)
    return mapped.delete()[0] > 0


def unknown_carriers(shop: TikTokShop) -> list[str]:
    """The names that shipments of this shop wait for, as typed in Shopify."""
    blocked = Fulfillment.objects.filter(
        order__shop=shop, sync_status=SyncStatus.FAILED, failure_code=CARRIER_UNKNOWN
    )
    names = blocked.exclude(carrier="").order_by("carrier").values_list("carrier", flat=True)
    return list(names.distinct()[:SHOWN])


def accepted_carriers(shop: TikTokShop) -> list[str]:
    """The carriers that TikTok has named for this shop, for any of its delivery options."""
    names = shop.shipping_providers.order_by("name").values_list("name", flat=True)
    return list(names.distinct())
