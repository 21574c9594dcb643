"""Both platforms as a person sees them: the sandbox's control API."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tiktoksync.demo.web import Web
from tiktoksync.demo.world import API_VERSION, Pair

Row = dict[str, Any]
LIST_PRODUCTS = """query($after: String) {
  products(first: 50, after: $after) {
    nodes { id title status variants(first: 50) { nodes { id sku price inventoryQuantity } } }
    pageInfo { hasNextPage endCursor }
  }
}"""
FIND_VARIANT = "query($q: String!) { productVariants(first: 1, query: $q) { nodes { id } } }"


@dataclass(frozen=True, slots=True)
class ShopifyOrder:
    """What the check needs to know of an order in Shopify."""

    id: str
    name: str
    total: Decimal
    currency: str
    financial_status: str
    fulfillment_status: str
    cancelled: bool
    was_open: bool
    tracking_numbers: frozenset[str]
    line_items: tuple[Row, ...]

    @property
    def price(self) -> str:
        """The total for people, with as many decimals as the amount has use for."""
        whole = self.total == self.total.to_integral_value()
        return f"{self.total:.{0 if whole else 2}f} {self.currency}"


class Platforms:
    """Places orders, moves them on, and looks at the result on both sides."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.web = Web(f"{base_url}/sandbox/api")

    # --- TikTok Shop ------------------------------------------------------------------------------

    def place(self, shop_id: str, **wish: Any) -> str:
        """A buyer orders; returns the TikTok order id."""
        placed = self.web.post("/orders", {"shop": shop_id, **wish})
        return str(placed["ids"][0])

    def act(self, order_id: str, action: str, **how: Any) -> None:
        """Something happens to the order: pay, release, scan, deliver, complete, cancel …"""
        self.web.post(f"/orders/{order_id}/{action}", how)

    def tiktok_order(self, order_id: str) -> Row:
        """The order as TikTok's API shows it."""
        found: Row = self.web.get(f"/orders/{order_id}")["order"]
        return found

    def pass_time(self, seconds: int) -> None:
        """Let the platforms' clocks run ahead."""
        self.web.post("/clock/advance", {"seconds": seconds})

    def listings(self, shop_id: str) -> list[Row]:
        """The products of a shop as TikTok has them, deleted ones left out."""
        found = self.web.get("/products", shop=shop_id)["products"]
        return [row for row in found if row["status"] != "DELETED"]

    def calls(self) -> dict[str, int]:
        """Calls of both platforms since the last reset, by operation."""
        counts: dict[str, int] = self.web.get("/log")["counts"]
        return counts

    def forget_calls(self) -> None:
        """Count from nothing."""
        self.web.post("/log/reset")

    # --- Shopify ----------------------------------------------------------------------------------

    def shopify_orders(self, order_id: str) -> list[ShopifyOrder]:
        """Every Shopify order, in any store, that names this TikTok order."""
        found = self.web.get("/shopify/orders", tiktok_order_id=order_id)["orders"]
        return [read_shopify_order(row) for row in found]

    def fulfil(self, shopify_order_id: str, number: str, company: str, lines: Any = None) -> None:
        """The merchant types a tracking number into Shopify."""
        body: Row = {"tracking_number": number, "company": company}
        if lines is not None:
            body["lines"] = lines
        self.web.post(f"/shopify/orders/{number_of(shopify_order_id)}/fulfill", body)

    def products(self, pair: Pair) -> list[Row]:
        """Every product of a store with its variants, asked of Shopify itself."""
        found: list[Row] = []
        cursor: str | None = None
        while True:
            page = self._ask_shopify(pair, LIST_PRODUCTS, {"after": cursor})["products"]
            found += page["nodes"]
            cursor = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return found

    def add_product(self, pair: Pair, **product: Any) -> str:
        """A merchant adds a product to a store; returns its GID."""
        added = self.web.post("/shopify/products", {"shop": pair.domain, **product})
        return str(added["product_id"])

    def set_stock(self, pair: Pair, sku: str, available: int) -> None:
        """Somebody counts the shelves of a store."""
        wish = {"shop": pair.domain, "available": available}
        self.web.post(f"/shopify/variants/{sku}/stock", wish)

    def _ask_shopify(self, pair: Pair, query: str, variables: Row) -> Row:
        shopify = Web(
            f"{self.base_url}/shopify/{pair.domain}",
            {"X-Shopify-Access-Token": pair.shopify_token},
        )
        body = {"query": query, "variables": variables}
        answer = shopify.post(f"/admin/api/{API_VERSION}/graphql.json", body)
        found: Row = answer["data"]
        return found

    def variant_id(self, pair: Pair, sku: str) -> str:
        """The variant of a SKU, asked of Shopify itself."""
        found = self._ask_shopify(pair, FIND_VARIANT, {"q": f'sku:"{sku}"'})
        return str(found["productVariants"]["nodes"][0]["id"])


def number_of(gid: str) -> str:
    """The plain number at the end of a Shopify id."""
    return gid.rsplit("/", 1)[-1]


def read_shopify_order(row: Row) -> ShopifyOrder:
    """The control API's view of a Shopify order, as far as it is needed."""
    statuses = {step["status"] for part in row["fulfillment_orders"] for step in part["history"]}
    numbers = {
        entry["number"]
        for fulfillment in row["fulfillments"]
        for entry in fulfillment["tracking"]
        if fulfillment["status"] == "SUCCESS"
    }
    return ShopifyOrder(
        id=str(row["id"]),
        name=row["name"],
        total=Decimal(row["total"]),
        currency=row["currency"],
        financial_status=row["financial_status"],
        fulfillment_status=row["fulfillment_status"],
        cancelled=bool(row["cancelled_at"]),
        was_open="OPEN" in statuses,
        tracking_numbers=frozenset(numbers),
        line_items=tuple(row["line_items"]),
    )


def tracking_of(order: Row) -> set[str]:
    """Every tracking number that the lines of a TikTok order carry."""
    return {line["tracking_number"] for line in order["line_items"] if line.get("tracking_number")}


def expected_total(order: Row) -> Decimal:
    """What Shopify has to show: the buyer's payment and what the platform pays to the seller."""
    payment = order["payment"]
    parts = ("total_amount", "platform_discount", "shipping_fee_platform_discount")
    return sum((Decimal(payment.get(name) or "0") for name in parts), Decimal(0))
