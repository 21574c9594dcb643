"""TikTok Shop's catalogue, read: products by page or by id, and what is in stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.payloads import rows, text
from tiktoksync.tiktok.transport import TikTokTransport, checked_id

MAX_FILTERED = 10
MAX_STOCK_QUESTIONS = 100


@dataclass(frozen=True, slots=True)
class ProductPage:
    """``next_page_token`` is empty on the last page. ``total_count`` is None if TikTok does not
    tell; of more than 10,000 matches none beyond can be paged to.
    """

    products: tuple[dict[str, Any], ...]
    next_page_token: str
    total_count: int | None = None


class ProductCalls(TikTokTransport):
    """Reads products."""

    def search_products(
        self,
        *,
        page_token: str = "",
        page_size: int = 100,
        status: str = "ALL",
        update_time_ge: int | None = None,
        update_time_le: int | None = None,
        seller_skus: Sequence[str] = (),
        sku_ids: Sequence[str] = (),
    ) -> Answer[ProductPage]:
        """A page of the shop's products with their SKUs, without description and images.

        Times are Unix seconds and both inclusive. All filters stay the same while paging. TikTok
        Shop documentation: Search Products.
        """
        if max(len(seller_skus), len(sku_ids)) > MAX_FILTERED:
            raise ValueError(f"At most {MAX_FILTERED} SKUs a call.")
        filters = {
            "status": status,
            "seller_skus": list(seller_skus),
            "sku_ids": list(sku_ids),
            "update_time_ge": update_time_ge,
            "update_time_le": update_time_le,
        }
        body = {name: value for name, value in filters.items() if value not in ("", None, [])}
        query = {"page_size": str(page_size), "page_token": page_token}
        return self.read("POST", "/product/202502/products/search", _product_page, query, body)

    def get_product(self, product_id: str) -> Answer[dict[str, Any]]:
        """One product whole, as it is live. Raises Gone when it is not one of this shop's.

        TikTok Shop documentation: Get Product.
        """
        return self.read("GET", f"/product/202309/products/{checked_id(product_id)}", dict)

    def search_inventory(self, product_ids: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        """Stock of up to 100 products: per SKU what is available and what orders have taken.

        Each row: ``product_id`` and ``skus[]`` with ``id``, ``total_available_quantity``,
        ``total_committed_quantity`` and ``warehouse_inventory[]``. TikTok Shop documentation:
        Inventory Search.
        """
        if len(product_ids) > MAX_STOCK_QUESTIONS:
            raise ValueError(f"At most {MAX_STOCK_QUESTIONS} products a call.")
        if not product_ids:
            return Answer([], "", 0.0)
        body = {"product_ids": [checked_id(one) for one in product_ids]}
        return self.read("POST", "/product/202309/inventory/search", rows("inventory"), None, body)


def _product_page(data: dict[str, Any]) -> ProductPage:
    total = data.get("total_count")
    return ProductPage(
        products=tuple(rows("products")(data)),
        next_page_token=text(data.get("next_page_token")),
        total_count=total if isinstance(total, int) and not isinstance(total, bool) else None,
    )
