"""The call that tells TikTok the stock of one listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from products.services.push_stock_changes import Entry, SkuStock
from tiktoksync.errors import SyncError
from tiktoksync.lib.answers import Answer


@dataclass(slots=True)
class StockCall:
    """Tells TikTok the stock of one listing; runs in a pool thread. `told` is what it said,
    `more` that something is left to be told later.

    Where a SKU has other warehouses than the one that is meant, all of them have to be named: those
    keep what TikTok shows at this moment, which is read first.
    """

    client: Any
    product_id: str
    skus: Sequence[SkuStock]
    reads_first: bool
    more: bool = False
    told: dict[str, list[Entry]] = field(default_factory=dict)

    def __call__(self) -> Answer[dict[str, SyncError]]:
        shown = self._shown() if self.reads_first else {}
        for one in self.skus:
            sku_id = one.linked.sku.tiktok_sku_id
            entry: Entry = {"warehouse_id": one.warehouse_id, "quantity": one.quantity}
            others = shown.get(sku_id, one.others)
            kept = [other for other in others if other["warehouse_id"] != one.warehouse_id]
            self.told[sku_id] = [entry if one.warehouse_id else {"quantity": one.quantity}, *kept]
        body = [{"id": sku_id, "inventory": entries} for sku_id, entries in self.told.items()]
        answer: Answer[dict[str, SyncError]] = self.client.update_inventory(self.product_id, body)
        return answer

    def _shown(self) -> dict[str, list[Entry]]:
        rows = self.client.search_inventory([self.product_id]).data
        return {
            str(sku.get("id")): [
                {
                    "warehouse_id": str(one.get("warehouse_id")),
                    "quantity": int(one.get("available_quantity") or 0),
                }
                for one in sku.get("warehouse_inventory") or []
            ]
            for row in rows
            for sku in row.get("skus") or []
        }
