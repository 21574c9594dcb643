"""The table of endpoints: path, accepted versions, needed scope."""

from __future__ import annotations

from tiktoksync.sandbox.tiktok import (
    cancellation_calls,
    events,
    external,
    fulfillment,
    label_calls,
    logistics,
    orders,
    packages,
    return_calls,
    shops,
    splitting_calls,
)
from tiktoksync.sandbox.tiktok.product_endpoints import add_product_routes
from tiktoksync.sandbox.tiktok.routes import Router

ROUTER = Router()

_ORDER = "seller.order.info"
_SHIP = "seller.fulfillment.basic"
_PARCEL = "seller.fulfillment.package.write"
_FLEET = "seller.delivery.status.write"
_AUTH = "seller.authorization.info"
_PLACE = "seller.logistics"
_RETURN = "seller.return_refund.basic"

ROUTER.add("authorization.shops", "GET", "authorization", "202309", "shops",
           shops.list_authorized_shops, _AUTH, cipher=False)  # fmt: skip
ROUTER.add("seller.shops", "GET", "seller", "202309", "shops",
           shops.list_active_shops, "seller.shop.info", cipher=False)  # fmt: skip

ROUTER.add("order.search", "POST", "order", "202309", "orders/search",
           orders.search_orders, _ORDER)  # fmt: skip
ROUTER.add("order.detail", "GET", "order", "202309 202507", "orders",
           orders.get_orders, _ORDER)  # fmt: skip
ROUTER.add("order.price_detail", "GET", "order", "202407", "orders/{order_id}/price_detail",
           orders.get_price_detail, _ORDER)  # fmt: skip
ROUTER.add("order.external_put", "POST", "order", "202406", "orders/external_orders",
           external.put_external_orders, _ORDER)  # fmt: skip
ROUTER.add("order.external_get", "GET", "order", "202406", "orders/{order_id}/external_orders",
           external.get_external_orders, _ORDER)  # fmt: skip
ROUTER.add("order.external_search", "POST", "order", "202406", "orders/external_order_search",
           external.search_external_orders, _ORDER)  # fmt: skip

ROUTER.add("fulfillment.mark_shipped", "POST", "fulfillment", "202309 202610",
           "orders/{order_id}/packages", fulfillment.mark_shipped, _SHIP)  # fmt: skip
ROUTER.add("fulfillment.correct_order", "POST", "fulfillment", "202309",
           "orders/{order_id}/shipping_info/update",
           fulfillment.correct_order_tracking, _SHIP)  # fmt: skip
ROUTER.add("fulfillment.correct_package", "POST", "fulfillment", "202309 202610",
           "packages/{package_id}/shipping_info/update",
           fulfillment.correct_package_tracking, _SHIP)  # fmt: skip
ROUTER.add("fulfillment.ship_package", "POST", "fulfillment", "202309",
           "packages/{package_id}/ship", fulfillment.ship_package, _SHIP)  # fmt: skip
ROUTER.add("fulfillment.ship_batch", "POST", "fulfillment", "202309", "packages/ship",
           fulfillment.ship_packages, _SHIP)  # fmt: skip

ROUTER.add("logistics.warehouses", "GET", "logistics", "202309", "warehouses",
           logistics.list_warehouses, _PLACE)  # fmt: skip
ROUTER.add("logistics.delivery_options", "GET", "logistics", "202309",
           "warehouses/{warehouse_id}/delivery_options",
           logistics.list_delivery_options, _PLACE)  # fmt: skip
ROUTER.add("logistics.shipping_providers", "GET", "logistics", "202309",
           "delivery_options/{delivery_option_id}/shipping_providers",
           logistics.list_shipping_providers, _PLACE)  # fmt: skip

add_product_routes(ROUTER)

ROUTER.add("event.list", "GET", "event", "202309", "webhooks",
           events.list_webhooks, _AUTH)  # fmt: skip
ROUTER.add("event.put", "PUT", "event", "202309", "webhooks",
           events.put_webhook, _AUTH)  # fmt: skip
ROUTER.add("event.delete", "DELETE", "event", "202309", "webhooks",
           events.delete_webhook, _AUTH)  # fmt: skip

ROUTER.add("fulfillment.package_search", "POST", "fulfillment", "202309", "packages/search",
           packages.search_packages, _SHIP)  # fmt: skip
ROUTER.add("fulfillment.package_detail", "GET", "fulfillment", "202309",
           "packages/{package_id}", packages.get_package, _SHIP)  # fmt: skip
ROUTER.add("fulfillment.tracking", "GET", "fulfillment", "202309",
           "orders/{order_id}/tracking", packages.get_tracking, _SHIP)  # fmt: skip

ROUTER.add("fulfillment.create_package", "POST", "fulfillment", "202309 202512", "packages",
           label_calls.create_packages, _PARCEL)  # fmt: skip
ROUTER.add("fulfillment.shipping_services", "POST", "fulfillment", "202309",
           "orders/{order_id}/shipping_services/query",
           label_calls.query_services, _SHIP)  # fmt: skip
ROUTER.add("fulfillment.documents", "GET", "fulfillment", "202309",
           "packages/{package_id}/shipping_documents",
           label_calls.get_documents, _SHIP)  # fmt: skip
ROUTER.add("fulfillment.handover_slots", "GET", "fulfillment", "202309",
           "packages/{package_id}/handover_time_slots",
           label_calls.get_handover_slots, _SHIP)  # fmt: skip
ROUTER.add("fulfillment.deliver", "POST", "fulfillment", "202309", "packages/deliver",
           label_calls.deliver_packages, _FLEET)  # fmt: skip
ROUTER.add("fulfillment.split_attributes", "GET", "fulfillment", "202309",
           "orders/split_attributes", splitting_calls.get_split_attributes, _SHIP)  # fmt: skip
ROUTER.add("fulfillment.split", "POST", "fulfillment", "202309", "orders/{order_id}/split",
           splitting_calls.split_order, _PARCEL)  # fmt: skip
ROUTER.add("fulfillment.combinable", "GET", "fulfillment", "202309",
           "combinable_packages/search", splitting_calls.search_combinable, _SHIP)  # fmt: skip
ROUTER.add("fulfillment.combine", "POST", "fulfillment", "202309", "packages/combine",
           splitting_calls.combine_packages, _PARCEL)  # fmt: skip
ROUTER.add("fulfillment.uncombine", "POST", "fulfillment", "202309",
           "packages/{package_id}/uncombine",
           splitting_calls.uncombine_packages, _PARCEL)  # fmt: skip

ROUTER.add("cancellation.eligibility", "GET", "return_refund", "202309 202602",
           "orders/{order_id}/aftersale_eligibility",
           cancellation_calls.get_eligibility, _RETURN)  # fmt: skip
ROUTER.add("cancellation.create", "POST", "return_refund", "202309 202602", "cancellations",
           cancellation_calls.create_cancellation, _RETURN)  # fmt: skip
ROUTER.add("cancellation.search", "POST", "return_refund", "202309 202602",
           "cancellations/search", cancellation_calls.search_cancellations, _RETURN)  # fmt: skip
ROUTER.add("cancellation.approve", "POST", "return_refund", "202309",
           "cancellations/{cancel_id}/approve",
           cancellation_calls.approve_cancellation, _RETURN)  # fmt: skip
ROUTER.add("cancellation.reject", "POST", "return_refund", "202309",
           "cancellations/{cancel_id}/reject",
           cancellation_calls.reject_cancellation, _RETURN)  # fmt: skip
ROUTER.add("cancellation.reject_reasons", "GET", "return_refund", "202309", "reject_reasons",
           cancellation_calls.list_reject_reasons, _RETURN)  # fmt: skip
ROUTER.add("return.search", "POST", "return_refund", "202309 202602", "returns/search",
           return_calls.search_returns, _RETURN)  # fmt: skip
ROUTER.add("return.records", "GET", "return_refund", "202309", "returns/{return_id}/records",
           return_calls.get_records, _RETURN)  # fmt: skip
ROUTER.add("return.approve", "POST", "return_refund", "202309", "returns/{return_id}/approve",
           return_calls.approve_return, _RETURN)  # fmt: skip
ROUTER.add("return.reject", "POST", "return_refund", "202309 202606",
           "returns/{return_id}/reject", return_calls.reject_return, _RETURN)  # fmt: skip
