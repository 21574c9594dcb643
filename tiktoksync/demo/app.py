"""The application as a program outside sees it: REST API v1."""

from typing import Any

from tiktoksync.demo.web import Refused, Web

NOT_FOUND = 404
Row = dict[str, Any]


class App:
    """One merchant's view, by API token."""

    def __init__(self, base_url: str, token: str) -> None:
        self.web = Web(base_url, {"Authorization": f"Token {token}"})

    def order(self, order_id: str) -> Row | None:
        """One order with its lines, shipments and history; None if the app does not know it."""
        try:
            found: Row = self.web.get(f"/api/v1/orders/{order_id}/")
        except Refused as refused:
            if refused.status == NOT_FOUND:
                return None
            raise
        return found

    def orders(self, **query: Any) -> list[Row]:
        """The newest orders, one page."""
        found: list[Row] = self.web.get("/api/v1/orders/", **query)["results"]
        return found

    def make_link(self, tiktok_sku_id: str, shopify_variant_id: str, shop_id: str) -> Row:
        """Say which variant a TikTok SKU is."""
        made: Row = self.web.post(
            "/api/v1/links/",
            {
                "tiktok_sku_id": tiktok_sku_id,
                "shopify_variant_id": shopify_variant_id,
                "tiktok_shop_id": shop_id,
            },
        )
        return made

    def products(self, **query: Any) -> list[Row]:
        """Variants of both sides with their link."""
        found: list[Row] = self.web.get("/api/v1/products/", **query)["results"]
        return found

    def shops(self) -> list[Row]:
        """The connected pairs and their health."""
        found: list[Row] = self.web.get("/api/v1/shops/")["results"]
        return found


def steps_of(order: Row, axis: str) -> list[tuple[str, str]]:
    """The (from, to) pairs of one axis of the history, oldest first."""
    return [
        (line["from"] or "", line["to"] or "") for line in order["history"] if line["axis"] == axis
    ]
