"""pull_listings: the products and SKUs of one TikTok shop, read on request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from products.services.pull_catalogue import PullCatalogue
from products.services.store_listings import store_listings
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.clients import tiktok_client


class PullListings(PullCatalogue):
    """Reads every product of a shop."""

    stem = "pull_listings"
    accounts_model = TikTokShop
    wanted = "listings_wanted_at"
    done = "listings_read_at"

    def read_page(self, cursor: str) -> tuple[Iterable[dict[str, Any]], str]:
        page = tiktok_client(self.account).search_products(page_token=cursor).data
        return page.products, page.next_page_token

    def store_page(self, bodies: Iterable[dict[str, Any]]) -> int:
        with transaction.atomic():
            return store_listings(self.account, bodies)
