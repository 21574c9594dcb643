"""The carriers that TikTok takes for a delivery option: kept as it names them, asked for ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.db import transaction

from orders.models import Order
from tiktoksync.errors import SyncError
from tiktoksync.lib.secrets import UnreadableSecret
from tiktoksync.shops.models import ShippingProvider, TikTokShop
from tiktoksync.shops.services.clients import tiktok_client

log = structlog.get_logger(__name__)

#: So many of the newest orders tell which delivery options the shop uses.
RECENT_ORDERS = 20


def keep_carriers(shop: TikTokShop, option: str, providers: Sequence[Mapping[str, Any]]) -> None:
    """Replace what was known of one delivery option."""
    with transaction.atomic():
        ShippingProvider.objects.filter(shop=shop, delivery_option_id=option).delete()
        ShippingProvider.objects.bulk_create(
            ShippingProvider(
                shop=shop,
                delivery_option_id=option,
                provider_id=str(provider["id"])[:40],
                name=str(provider["name"])[:200],
            )
            for provider in {str(one["id"]): one for one in providers}.values()
        )


def ask_for_carriers(shop: TikTokShop) -> int:
    """Ask TikTok for the carriers of options that newest orders have and nothing is known of.

    Returns how many options were answered. They can be shown before anything is shipped; where
    TikTok does not say, the first shipment asks again.
    """
    newest = Order.objects.filter(shop=shop).exclude(delivery_option_id="").order_by("-pk")
    options = dict.fromkeys(newest.values_list("delivery_option_id", flat=True)[:RECENT_ORDERS])
    known = shop.shipping_providers.values_list("delivery_option_id", flat=True)
    answered = 0
    for option in [one for one in options if one not in set(known)]:
        try:
            providers = tiktok_client(shop).shipping_providers(option).data
        except (SyncError, UnreadableSecret) as error:
            log.warning("carriers not read", shop=shop.pk, code=getattr(error, "code", ""))
            break
        keep_carriers(shop, option, providers)
        answered += 1
    return answered
