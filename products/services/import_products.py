"""import_products: TikTok listings become products of one Shopify store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from products.models import ProductImport
from tiktoksync.lib.answers import Answer
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.account_flows import StoreFlow
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt


class ImportProducts(StoreFlow, OutboundFlow):
    """Create Shopify products from TikTok listings."""

    stem = "import_products"
    model = ProductImport
    account: ShopifyStore
    account_of_row = "listing__shop__store"

    def plan(self, rows: Sequence[Any], now: datetime) -> list[Task]:
        raise NotImplementedError

    def record(
        self, rows: Sequence[Any], task: Task, answer: Answer[Any], attempts: dict[int, Attempt]
    ) -> None:
        raise NotImplementedError
