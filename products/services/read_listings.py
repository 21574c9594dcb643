"""Reading TikTok's products whole, one call each: several are under way at a time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from products.models import Listing
from products.services.pull_catalogue import is_of_account
from products.services.store_listings import mark_listings_gone, store_details
from tiktoksync.errors import Gone, SyncError
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop
from tiktoksync.tiktok.client import TikTokClient


@dataclass(slots=True)
class Details:
    """Listings as they were read, by TikTok's ids, until they are stored in one transaction."""

    shop: TikTokShop
    asked_at: datetime
    bodies: list[dict[str, Any]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    refused: dict[str, SyncError] = field(default_factory=dict)
    #: What stands in the way of all of them; what was read before it may still be stored.
    trouble: SyncError | None = None

    @property
    def settled(self) -> list[str]:
        """The ids whose state is known now."""
        return [str(body.get("id")) for body in self.bodies] + self.gone

    def store_all(self) -> int:
        """Write all of it, inside the caller's transaction; returns how many SKUs were read."""
        stored = store_details(self.shop, self.bodies, self.asked_at)
        if self.gone:
            rows = Listing.objects.filter(shop=self.shop, tiktok_product_id__in=self.gone)
            mark_listings_gone(self.shop, list(rows.values_list("pk", flat=True)))
        return stored.skus


def details_a_step() -> int:
    """How many listings are read side by side."""
    return int(settings.LANE_CONCURRENCY)


def read_details(shop: TikTokShop, client: TikTokClient, ids: Sequence[str]) -> Details:
    """Read these listings side by side, within the shop's rate budget. Raises nothing."""
    details = Details(shop, database_now())
    for product_id, outcome in zip(ids, _ask_all(client, ids), strict=True):
        if isinstance(outcome, Gone):
            details.gone.append(product_id)
        elif not isinstance(outcome, SyncError):
            details.bodies.append({**outcome, "id": product_id})
        elif is_of_account(outcome):
            details.trouble = outcome
        else:
            details.refused[product_id] = outcome
    return details


def _ask_all(client: TikTokClient, ids: Sequence[str]) -> list[dict[str, Any] | SyncError]:
    if len(ids) == 1:
        return [_ask(client, ids[0])]
    with ThreadPoolExecutor(details_a_step(), thread_name_prefix="details") as pool:
        calls = [pool.submit(copy_context().run, _ask, client, one) for one in ids]
        return [call.result() for call in calls]


def _ask(client: TikTokClient, product_id: str) -> dict[str, Any] | SyncError:
    try:
        return client.get_product(product_id).data
    except SyncError as error:
        return error
