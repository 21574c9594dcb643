"""Changes of an order that exists: its shipping address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.shopify import payloads
from tiktoksync.shopify.layers import raise_user_errors
from tiktoksync.shopify.payloads import incomplete
from tiktoksync.shopify.tally import carry
from tiktoksync.shopify.transport import ShopifyTransport

# The parts of a MailingAddressInput that are ours; a company was never given.
ADDRESS_PARTS = (
    "firstName",
    "lastName",
    "address1",
    "address2",
    "city",
    "provinceCode",
    "countryCode",
    "zip",
    "phone",
)


@dataclass(frozen=True, slots=True)
class OrderAddress:
    """Where an order goes, by the names of a MailingAddressInput, and whether it still may move.

    `parts` holds what is there alone, and never shows in a representation.
    """

    parts: dict[str, str] = field(repr=False)
    fulfillment_status: str
    cancelled_at: str


class OrderChanges(ShopifyTransport):
    """Reads and replaces what may change on an order."""

    def read_order_address(self, gid: str) -> Answer[OrderAddress | None]:
        """Where an order goes now; None when the order is gone.

        Shopify documentation: Order, MailingAddress.
        """
        answer = self.execute("read_order_address", {"id": gid}, safe=True)
        if "order" not in answer.data:
            raise incomplete("order", answer.request_id, safe=True)
        order = answer.data["order"]
        return carry(answer, None if order is None else _order_address(order))

    def update_order_address(self, gid: str, address: Mapping[str, str]) -> Answer[str]:
        """Replace an order's shipping address; returns the order's id. The buyer gets no mail.

        Parts that the new address lacks are emptied, so that nothing of the old one stays.
        Shopify documentation: orderUpdate.
        """
        whole = {name: address.get(name) or None for name in ADDRESS_PARTS}
        variables = {"input": {"id": gid, "shippingAddress": whole}}
        answer = self.execute("update_order_address", variables, safe=False)
        payload = answer.data.get("orderUpdate") or {}
        updated = payload.get("order") or {}
        raise_user_errors(payload, request_id=answer.request_id)
        if not updated.get("id"):
            raise incomplete("orderUpdate without an order", answer.request_id, safe=False)
        return carry(answer, payloads.text(updated["id"]))


def _order_address(order: Mapping[str, Any]) -> OrderAddress:
    given = order.get("shippingAddress") or {}
    parts = {name: payloads.text(given.get(name)).strip() for name in ADDRESS_PARTS}
    parts["countryCode"] = payloads.text(given.get("countryCodeV2"))
    return OrderAddress(
        parts={name: value for name, value in parts.items() if value},
        fulfillment_status=payloads.text(order.get("displayFulfillmentStatus")),
        cancelled_at=payloads.text(order.get("cancelledAt")),
    )
