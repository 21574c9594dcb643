"""TikTok Shop's words. Unknown ones are kept as text and never guessed."""

from enum import IntEnum, StrEnum
from typing import Literal


class OrderStatus(StrEnum):
    UNPAID = "UNPAID"
    #: Paid, within the buyer's hour of remorse; cannot be fulfilled, has no address.
    ON_HOLD = "ON_HOLD"
    AWAITING_SHIPMENT = "AWAITING_SHIPMENT"
    PARTIALLY_SHIPPING = "PARTIALLY_SHIPPING"
    #: Every item has tracking, the carrier has not scanned the parcel yet.
    AWAITING_COLLECTION = "AWAITING_COLLECTION"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class WebhookType(IntEnum):
    """The ``type`` number of a webhook body."""

    ORDER_STATUS_CHANGE = 1
    REVERSE_STATUS_UPDATE = 2
    RECIPIENT_ADDRESS_UPDATE = 3
    PACKAGE_UPDATE = 4
    PRODUCT_STATUS_CHANGE = 5
    SELLER_DEAUTHORIZATION = 6
    UPCOMING_AUTHORIZATION_EXPIRATION = 7
    CANCELLATION_STATUS_CHANGE = 11
    RETURN_STATUS_CHANGE = 12
    PRODUCT_INFORMATION_CHANGE = 15
    PRODUCT_CREATION = 16
    PRODUCT_CATEGORY_CHANGE = 18
    INVENTORY_STATUS_CHANGE = 27
    PRODUCT_AUDIT_STATUS_CHANGE = 37
    SKU_STATUS_CHANGE = 50
    INVENTORY_CHANGE = 71


#: The events worth subscribing to, by the name the subscription call takes.
WEBHOOK_EVENTS = (
    "ORDER_STATUS_CHANGE",
    "RECIPIENT_ADDRESS_UPDATE",
    "PACKAGE_UPDATE",
    "SELLER_DEAUTHORIZATION",
    "UPCOMING_AUTHORIZATION_EXPIRATION",
    "CANCELLATION_STATUS_CHANGE",
    "RETURN_STATUS_CHANGE",
    "PRODUCT_STATUS_CHANGE",
    "PRODUCT_INFORMATION_CHANGE",
    "PRODUCT_AUDIT_STATUS_CHANGE",
)

#: Webhook types that name orders to read again.
ORDER_WEBHOOKS = frozenset(
    {
        WebhookType.ORDER_STATUS_CHANGE,
        WebhookType.REVERSE_STATUS_UPDATE,
        WebhookType.RECIPIENT_ADDRESS_UPDATE,
        WebhookType.PACKAGE_UPDATE,
        WebhookType.CANCELLATION_STATUS_CHANGE,
        WebhookType.RETURN_STATUS_CHANGE,
    }
)

#: Webhooks spell two words differently from the API.
WEBHOOK_SPELLINGS = {
    "CANCEL": "CANCELLED",
    "CANCELLATION_REQUEST_CANCELLED": "CANCELLATION_REQUEST_CANCEL",
}

#: Regions where the seller's own tracking is given by marking order lines as shipped.
MARK_SHIPPED_REGIONS = frozenset({"US", "GB", "UK", "ES", "IE", "IT", "DE", "FR", "JP"})

ShippingCall = Literal["mark_shipped", "ship_package"]


def shipping_call(region: str) -> ShippingCall:
    """Which call hands over seller tracking in this region; the other one is refused there."""
    return "mark_shipped" if region.strip().upper() in MARK_SHIPPED_REGIONS else "ship_package"
