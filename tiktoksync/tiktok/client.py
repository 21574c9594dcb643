"""TikTok Shop's API, one method an endpoint. Plain Python: usable from any thread."""

from collections.abc import Mapping, Sequence
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.aftersale_calls import AftersaleCalls
from tiktoksync.tiktok.category_calls import CategoryCalls
from tiktoksync.tiktok.image_calls import ImageCalls
from tiktoksync.tiktok.package_calls import PackageCalls
from tiktoksync.tiktok.payloads import (
    AuthorizedShop,
    ItemError,
    OrderPage,
    Webhook,
    authorized_shop,
    item_error,
    order_page,
    records,
    rows,
    webhook,
)
from tiktoksync.tiktok.product_calls import ProductCalls
from tiktoksync.tiktok.product_writing import ProductWriting
from tiktoksync.tiktok.transport import checked_id

MAX_IDS = 50
MAX_EXTERNAL_ORDERS = 100


class TikTokClient(
    PackageCalls, ProductCalls, ProductWriting, CategoryCalls, ImageCalls, AftersaleCalls
):
    """Speaks for one shop. Every method returns an Answer or raises a SyncError.

    ``api_url`` may carry a path prefix (a proxy, a recording server); requests are signed over the
    platform's own path. ``deadline`` bounds each call, in seconds.
    """

    def search_orders(
        self,
        *,
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        create_time_ge: int | None = None,
        create_time_lt: int | None = None,
        order_status: str = "",
        page_token: str = "",
        page_size: int = 100,
        sort_field: str = "update_time",
        sort_order: str = "ASC",
    ) -> Answer[OrderPage]:
        """One page of orders, nearly whole. Times are Unix seconds, ``_lt`` is exclusive.

        TikTok Shop documentation: Get Order List.
        """
        filters = {
            "order_status": order_status,
            "create_time_ge": create_time_ge,
            "create_time_lt": create_time_lt,
            "update_time_ge": update_time_ge,
            "update_time_lt": update_time_lt,
        }
        query = {
            "page_size": str(page_size),
            "page_token": page_token,
            "sort_field": sort_field,
            "sort_order": sort_order,
        }
        path = "/order/202309/orders/search"
        return self.read("POST", path, order_page, query, _without_empty(filters))

    def get_orders(self, ids: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        """Up to 50 orders by id. TikTok Shop documentation: Get Order Detail."""
        if len(ids) > MAX_IDS:
            raise ValueError(f"At most {MAX_IDS} orders a call.")
        if not ids:
            return Answer([], "", 0.0)
        query = {"ids": ",".join(checked_id(order_id) for order_id in ids)}
        return self.read("GET", "/order/202507/orders", rows("orders"), query)

    def authorized_shops(self) -> Answer[list[AuthorizedShop]]:
        """The shops of this token, each with its cipher. Documentation: Get Authorized Shops."""
        path = "/authorization/202309/shops"
        return self.read("GET", path, records("shops", authorized_shop))

    def shipping_providers(self, delivery_option_id: str) -> Answer[list[dict[str, Any]]]:
        """Carriers (id, name) of a delivery option. Documentation: Get Shipping Providers."""
        option = checked_id(delivery_option_id)
        path = f"/logistics/202309/delivery_options/{option}/shipping_providers"
        return self.read("GET", path, rows("shipping_providers"))

    def warehouses(self) -> Answer[list[dict[str, Any]]]:
        """TikTok Shop documentation: Get Warehouse List."""
        return self.read("GET", "/logistics/202309/warehouses", rows("warehouses"))

    def put_external_orders(self, orders: Sequence[Mapping[str, Any]]) -> Answer[list[ItemError]]:
        """Note up to 100 orders' ids of the other platform; sending again overwrites.

        Returns what was refused, order by order. Documentation: Add External Order References.
        """
        if len(orders) > MAX_EXTERNAL_ORDERS:
            raise ValueError(f"At most {MAX_EXTERNAL_ORDERS} orders a call.")
        if not orders:
            return Answer([], "", 0.0)
        path = "/order/202406/orders/external_orders"
        envelope, answer = self.write("POST", path, {"orders": list(orders)})
        refused = records("errors", item_error)(envelope.data)
        return Answer(refused, answer.request_id, answer.elapsed)

    def get_webhooks(self) -> Answer[list[Webhook]]:
        """TikTok Shop documentation: Get Shop Webhooks."""
        return self.read("GET", "/event/202309/webhooks", records("webhooks", webhook))

    def put_webhook(self, event_type: str, address: str) -> Answer[None]:
        """Create or replace one subscription. Documentation: Update Shop Webhook."""
        body = {"address": address, "event_type": event_type}
        return self.write("PUT", "/event/202309/webhooks", body)[1]

    def delete_webhook(self, event_type: str) -> Answer[None]:
        """TikTok Shop documentation: Delete Shop Webhook."""
        return self.write("DELETE", "/event/202309/webhooks", {"event_type": event_type})[1]


def _without_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", None)}
