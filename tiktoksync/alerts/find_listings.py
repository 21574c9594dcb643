"""Listings that TikTok's review refused."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min
from django.urls import reverse

from products.catalogue_products import REFUSED
from products.models import Listing
from tiktoksync.alerts.findings import Finding, say_count
from tiktoksync.alerts.models import AlertKind
from tiktoksync.shops.models import TikTokShop


def find_refused_listings() -> Iterator[Finding]:
    """One cause a shop: what TikTok objects to stands at each of the listings."""
    shops = TikTokShop.objects.filter(disconnected_at=None).order_by()
    rows = Listing.objects.order_by().filter(REFUSED, shop__in=shops.values("pk"), gone_at=None)
    found = rows.values("shop", "shop__merchant", "shop__name", "shop__shop_id").annotate(
        count=Count("pk"), title=Min("title")
    )
    for group in found:
        count, shop = group["count"], group["shop__name"] or group["shop__shop_id"]
        example = f"“{group['title']}”" if group["title"] else "The listing"
        about = f"{example} cannot be sold" if count == 1 else "They cannot be sold"
        yield Finding(
            merchant_id=group["shop__merchant"],
            kind=AlertKind.LISTING_REFUSED,
            cause=f"shop/{group['shop']}",
            title=f"TikTok refuses {say_count(count, 'listing', 'listings')} of {shop}",
            words=f"{about} until what TikTok objects to is corrected.",
            address=f"{reverse('products')}?tab=fixing",
            count=count,
        )
