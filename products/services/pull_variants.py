"""pull_variants: the variants of one Shopify store, read on request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from products.services.pull_catalogue import PullCatalogue
from products.services.store_variants import store_variants
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.clients import shopify_client


class PullVariants(PullCatalogue):
    """Reads every variant of a store."""

    stem = "pull_variants"
    accounts_model = ShopifyStore
    wanted = "variants_wanted_at"
    done = "variants_read_at"

    def read_page(self, cursor: str) -> tuple[Iterable[dict[str, Any]], str]:
        page = shopify_client(self.account).variants_page(cursor).data
        return page.variants, page.next_cursor

    def store_page(self, bodies: Iterable[dict[str, Any]]) -> int:
        with transaction.atomic():
            return store_variants(self.account, bodies)
