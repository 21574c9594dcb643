"""How many products a shop may still list today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from products.models import ProductRules, ProductUpload
from tiktoksync.shops.models import TikTokShop

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What was listed in the last 24 hours, and TikTok's limit as far as the merchant told it."""

    shop: TikTokShop
    used: int
    limit: int | None

    @property
    def left(self) -> int:
        """What TikTok should still take; 0 where no limit is known."""
        return max(0, (self.limit or 0) - self.used)


def list_allowances(shops: Sequence[TikTokShop]) -> list[Allowance]:
    """The allowance of each shop, by two queries. What TikTok had already does not count."""
    since = timezone.now() - DAY
    sent = ProductUpload.objects.filter(shop__in=shops, sent_at__gte=since, was_found=False)
    counts = sent.order_by().values("shop_id").annotate(n=Count("pk"))
    used: dict[Any, int] = {row["shop_id"]: row["n"] for row in counts}
    rules = ProductRules.objects.filter(shop__in=shops)
    limits = {one.shop_id: one.daily_uploads for one in rules.only("shop", "daily_uploads")}
    return [Allowance(shop, used.get(shop.pk, 0), limits.get(shop.pk)) for shop in shops]
