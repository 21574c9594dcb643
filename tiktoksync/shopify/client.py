"""Shopify's Admin API, one method a need. Plain Python: usable from any thread."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tiktoksync.errors import CallLimited
from tiktoksync.lib.answers import Answer
from tiktoksync.shopify import payloads, search
from tiktoksync.shopify.bulk_calls import BulkCalls
from tiktoksync.shopify.catalogue_calls import CatalogueCalls
from tiktoksync.shopify.fulfillment_calls import FulfillmentCalls
from tiktoksync.shopify.inventory_calls import InventoryCalls
from tiktoksync.shopify.layers import raise_user_errors
from tiktoksync.shopify.order_changes import OrderChanges
from tiktoksync.shopify.order_reading import OrderReading
from tiktoksync.shopify.order_search import OrderSearch
from tiktoksync.shopify.payloads import (
    CancelJob,
    ChangedPage,
    CreatedOrder,
    FoundOrder,
    incomplete,
)
from tiktoksync.shopify.product_reading import ProductReading
from tiktoksync.shopify.product_writing import ProductWriting
from tiktoksync.shopify.refund_calls import RefundCalls
from tiktoksync.shopify.store_calls import StoreCalls
from tiktoksync.shopify.tally import carry

CHANGED_ORDERS_A_PAGE = 100
STAFF_NOTE_CHARS = 255


class ShopifyClient(
    OrderReading,
    OrderSearch,
    OrderChanges,
    FulfillmentCalls,
    CatalogueCalls,
    ProductReading,
    ProductWriting,
    InventoryCalls,
    BulkCalls,
    RefundCalls,
    StoreCalls,
):
    """Speaks for one store. Every method returns an Answer or raises a SyncError."""

    def create_order(
        self, order: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Answer[CreatedOrder]:
        """Create one order, with exactly one request. OutcomeUnknown: find_order first.

        The answer asks for no line items: their ids are read with the fulfillments, and ten lines
        here would cost as much as another order. Shopify documentation: orderCreate.
        """
        answer = self.execute("create_order", {"order": order, "options": options}, safe=False)
        payload = answer.data.get("orderCreate") or {}
        created = payload.get("order") or {}
        if not created.get("id"):
            raise_user_errors(payload, request_id=answer.request_id, limited=CallLimited)
            raise incomplete("orderCreate without an order", answer.request_id, safe=False)
        return carry(answer, payloads.created_order(created))

    def find_order(
        self, tiktok_order_id: str, *, namespace: str = "$app", key: str = "tiktok_order_id"
    ) -> Answer[FoundOrder | None]:
        """The order made for a TikTok order, by identifier and by source identifier at once.

        None means that neither knows one; the search behind the second lags behind writes. Raises
        ConfigError when the metafield definition is missing, as nothing is known then.
        Shopify documentation: orderByIdentifier, orders.
        """
        custom = {"namespace": namespace, "key": key, "value": tiktok_order_id}
        variables = {
            "identifier": {"customId": custom},
            "search": search.term("source_identifier", tiktok_order_id),
        }
        answer = self.execute("find_order", variables, safe=True, strict_search=True)
        by_key, listed = answer.data.get("orderByIdentifier"), answer.data.get("orders")
        if "orderByIdentifier" not in answer.data or not isinstance(listed, dict):
            raise incomplete("find_order", answer.request_id, safe=True)
        same = [
            row
            for row in payloads.page(listed).nodes
            if row.get("sourceIdentifier") == tiktok_order_id
        ]
        return carry(answer, _first_found(by_key, same))

    def orders_updated_since(
        self, since: datetime, *, source_name: str = "", after: str = ""
    ) -> Answer[ChangedPage]:
        """One page of changed orders, oldest change first. A search term that Shopify ignores only
        makes the page longer, so it is a warning here.
        """
        terms = [search.since("updated_at", since)]
        if source_name:
            terms.append(search.term("source_name", source_name))
        variables = {
            "search": " ".join(terms),
            "first": CHANGED_ORDERS_A_PAGE,
            "after": after or None,
        }
        answer = self.execute("orders_updated_since", variables, safe=True)
        if not isinstance(answer.data.get("orders"), dict):
            raise incomplete("orders", answer.request_id, safe=True)
        page = payloads.page(answer.data["orders"], after)
        orders = tuple(payloads.changed_order(row) for row in page.nodes)
        return carry(answer, ChangedPage(orders, page.cursor))

    def cancel_order(
        self, gid: str, *, reason: str, restock: bool, staff_note: str = ""
    ) -> Answer[CancelJob]:
        """Begin to cancel an order; the buyer gets no mail and no money from Shopify.

        Irreversible, and done in the background. Shopify documentation: orderCancel.
        """
        variables = {
            "orderId": gid,
            "reason": reason,
            "restock": restock,
            "staffNote": staff_note[:STAFF_NOTE_CHARS] or None,
        }
        answer = self.execute("cancel_order", variables, safe=False)
        payload = answer.data.get("orderCancel")
        if not isinstance(payload, dict):
            raise incomplete("orderCancel", answer.request_id, safe=False)
        raise_user_errors(payload, request_id=answer.request_id, key="orderCancelUserErrors")
        job = payload.get("job") or {}
        return carry(answer, CancelJob(payloads.text(job.get("id")), job.get("done") is True))


def _first_found(by_key: Any, same: list[dict[str, Any]]) -> FoundOrder | None:
    """The strong witness wins; every other order with the same source identifier is a double."""
    witness = "identifier" if isinstance(by_key, dict) else "source_identifier"
    chosen = by_key if isinstance(by_key, dict) else next(iter(same), None)
    if chosen is None:
        return None
    others = (payloads.text(row.get("id")) for row in same)
    doubles = tuple(gid for gid in others if gid != chosen.get("id"))
    return payloads.found_order(chosen, witness, doubles)
