"""upload_products: Shopify products become listings of one TikTok shop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from products.models import ProductUpload
from tiktoksync.lib.answers import Answer
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt


class UploadProducts(ShopFlow, OutboundFlow):
    """List Shopify products on TikTok."""

    stem = "upload_products"
    model = ProductUpload
    account: TikTokShop
    account_of_row = "shop"

    def plan(self, rows: Sequence[Any], now: datetime) -> list[Task]:
        raise NotImplementedError

    def record(
        self, rows: Sequence[Any], task: Task, answer: Answer[Any], attempts: dict[int, Attempt]
    ) -> None:
        raise NotImplementedError
