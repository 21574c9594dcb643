"""TikTok Shop's catalogue, page by page."""

from dataclasses import dataclass
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.payloads import rows, text
from tiktoksync.tiktok.transport import TikTokTransport


@dataclass(frozen=True, slots=True)
class ProductPage:
    """``next_page_token`` is empty on the last page."""

    products: tuple[dict[str, Any], ...]
    next_page_token: str


class ProductCalls(TikTokTransport):
    """Reads products."""

    def search_products(self, *, page_token: str = "", page_size: int = 100) -> Answer[ProductPage]:
        """A page of the shop's products with their SKUs.

        TikTok Shop documentation: Search Products.
        """
        query = {"page_size": str(page_size), "page_token": page_token}
        path = "/product/202502/products/search"
        return self.read("POST", path, _product_page, query, {"status": "ALL"})


def _product_page(data: dict[str, Any]) -> ProductPage:
    return ProductPage(tuple(rows("products")(data)), text(data.get("next_page_token")))
