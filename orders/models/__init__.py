"""Orders, what follows them on either platform, and their history."""

from orders.models.aftersales import (
    AddressChange,
    Cancellation,
    CancelRequest,
    Refund,
    Return,
    SellerCancellation,
)
from orders.models.bundles import LinePart
from orders.models.desk import ListLayout, OrderComment, OrderTag, SavedView
from orders.models.history import StatusChange
from orders.models.order import LineItem, Order, OrderQuerySet, Package
from orders.models.shipping import ExternalReference, Fulfillment, PackageFulfillment

__all__ = [
    "AddressChange",
    "CancelRequest",
    "Cancellation",
    "ExternalReference",
    "Fulfillment",
    "LineItem",
    "LinePart",
    "ListLayout",
    "Order",
    "OrderComment",
    "OrderQuerySet",
    "OrderTag",
    "Package",
    "PackageFulfillment",
    "Refund",
    "Return",
    "SavedView",
    "SellerCancellation",
    "StatusChange",
]
