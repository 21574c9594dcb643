"""Which access scope opens which field; any one of the named ones will do."""

from __future__ import annotations

_READ_FO = (
    "read_merchant_managed_fulfillment_orders",
    "read_third_party_fulfillment_orders",
    "read_assigned_fulfillment_orders",
)
_WRITE_FO = tuple(scope.replace("read_", "write_") for scope in _READ_FO)

NEEDED: dict[str, tuple[str, ...]] = {
    "QueryRoot.orders": ("read_orders",),
    "QueryRoot.order": ("read_orders",),
    "QueryRoot.orderByIdentifier": ("read_orders",),
    "QueryRoot.ordersCount": ("read_orders",),
    "QueryRoot.products": ("read_products",),
    "QueryRoot.product": ("read_products",),
    "QueryRoot.productVariants": ("read_products",),
    "QueryRoot.productVariant": ("read_products",),
    "QueryRoot.locations": ("read_locations",),
    "QueryRoot.inventoryItem": ("read_inventory", "read_products"),
    "QueryRoot.inventoryItems": ("read_inventory", "read_products"),
    "QueryRoot.fulfillmentOrder": _READ_FO,
    "QueryRoot.fulfillmentOrders": _READ_FO,
    "QueryRoot.customer": ("read_customers",),
    "Order.customer": ("read_customers",),
    "Mutation.orderCreate": ("write_orders",),
    "Mutation.orderCancel": ("write_orders",),
    "Mutation.orderUpdate": ("write_orders",),
    "Mutation.orderClose": ("write_orders",),
    "Mutation.orderOpen": ("write_orders",),
    "Mutation.orderDelete": ("write_orders",),
    "Mutation.orderMarkAsPaid": ("write_orders",),
    "Mutation.refundCreate": ("write_orders",),
    "Mutation.fulfillmentCreate": _WRITE_FO,
    "Mutation.fulfillmentTrackingInfoUpdate": (*_WRITE_FO, "write_fulfillments"),
    "Mutation.fulfillmentCancel": (*_WRITE_FO, "write_fulfillments"),
    "Mutation.fulfillmentEventCreate": ("write_fulfillments",),
    "Mutation.fulfillmentOrderHold": _WRITE_FO[:2],
    "Mutation.fulfillmentOrderReleaseHold": _WRITE_FO[:2],
}
