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

    def all_products(self, side: str, shop_id: str) -> list[Row]:
        """Every product of one side that a shop is about, page by page."""
        found: list[Row] = []
        path: str = f"/api/v1/products/?side={side}&shop={shop_id}&limit=100"
        while path:
            page = self.web.get(path)
            found += page["results"]
            path = (page["next"] or "").removeprefix(self.web.base_url)
        return found

    def begin(self, what: str, shop_id: str, **wish: Any) -> Row:
        """Begin an upload, an import, a push or the linking of equal SKUs; the run."""
        body = {"tiktok_shop_id": shop_id, **wish}
        run: Row = self.web.post(f"/api/v1/products/{what}/", body)
        return run

    def run(self, run_id: int, act: str = "") -> Row:
        """A run as it stands; `act` starts, cancels or retries it."""
        path = f"/api/v1/runs/{run_id}/{act}/" if act else f"/api/v1/runs/{run_id}/"
        run: Row = self.web.post(path) if act else self.web.get(path)
        return run

    def run_items(self, run_id: int, **query: Any) -> list[Row]:
        """What came of the things of a run, one page."""
        found: list[Row] = self.web.get(f"/api/v1/runs/{run_id}/items/", limit=100, **query)[
            "results"
        ]
        return found

    def change_rules(self, shop_id: str, **rules: Any) -> None:
        """Set product rules of a shop."""
        self.web.ask("PATCH", f"/api/v1/shops/{shop_id}/product-rules/", rules)

    def add_template(self, shop_id: str, **template: Any) -> None:
        """Say what uploads tell TikTok where Shopify does not."""
        self.web.post("/api/v1/upload-templates/", {"tiktok_shop_id": shop_id, **template})

    def refresh_products(self) -> None:
        """Have both catalogues read."""
        self.web.post("/api/v1/products/refresh/")

    def links(self, shop_id: str) -> list[Row]:
        """The links of a shop, one page."""
        found: list[Row] = self.web.get("/api/v1/links/", shop=shop_id, limit=100)["results"]
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
