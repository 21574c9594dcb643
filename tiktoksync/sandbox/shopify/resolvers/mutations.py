"""The fields of Mutation: each hands its arguments to the module that does the work."""

from __future__ import annotations

from typing import Any

from graphql.execution.values import get_directive_values

from tiktoksync.sandbox.shopify import (
    fulfillment_orders,
    fulfillments,
    metafields,
    order_changes,
    order_create,
    refunds,
    subscriptions,
)
from tiktoksync.sandbox.shopify.errors import coded
from tiktoksync.sandbox.shopify.metafields import set_metafields
from tiktoksync.sandbox.shopify.state import Record

Info = Any

MOST_INPUT = 250


def sized(rows: list[Any] | None, name: str, most: int = MOST_INPUT) -> None:
    """Refuse a list of more rows than an input may have."""
    if rows and len(rows) > most:
        text = f"The input array size of {len(rows)} is greater than the maximum allowed of {most}."
        raise coded(text, "MAX_INPUT_SIZE_EXCEEDED", argument=name)


def _order_create(
    _root: Any, info: Info, order: dict[str, Any], options: dict[str, Any] | None = None
) -> Record:
    sized(order.get("metafields"), "metafields")
    return order_create.create_order(info.context, order, options)


def idempotency_key(info: Info) -> str | None:
    """The key of the field's ``@idempotent``."""
    directive = info.schema.get_directive("idempotent")
    values = get_directive_values(directive, info.field_nodes[0], info.variable_values)
    return str(values["key"]) if values else None


def _refund(_root: Any, info: Info, input: dict[str, Any]) -> Record:
    return refunds.refund_once(info.context, input, idempotency_key(info))


def _tags(add: bool) -> Any:
    def resolve(_root: Any, info: Info, id: str, tags: list[str]) -> Record:
        sized(tags, "tags")
        return order_changes.change_tags(info.context, id, tags, add)

    return resolve


def _set_metafields(_root: Any, info: Info, metafields: list[dict[str, Any]]) -> Record:
    return set_metafields(info.context, metafields)


def _tracking(
    _root: Any,
    info: Info,
    fulfillmentId: str,
    trackingInfoInput: dict[str, Any],
    notifyCustomer: bool | None = None,
) -> Record:
    return fulfillments.update_tracking(info.context, fulfillmentId, trackingInfoInput)


FIELDS: dict[str, Any] = {
    "Mutation.fulfillmentCancel": lambda _r, i, id: fulfillments.cancel(i.context, id),
    "Mutation.fulfillmentCreate": lambda _r, i, fulfillment, message=None: fulfillments.create(
        i.context, fulfillment
    ),
    "Mutation.fulfillmentEventCreate": lambda _r, i, fulfillmentEvent: fulfillments.add_event(
        i.context, fulfillmentEvent
    ),
    "Mutation.fulfillmentOrderHold": lambda _r, i, fulfillmentHold, id: fulfillment_orders.hold(
        i.context, id, fulfillmentHold
    ),
    "Mutation.fulfillmentOrderReleaseHold": lambda _r, i, id, holdIds=None, externalId=None: (
        fulfillment_orders.release_hold(i.context, id, holdIds)
    ),
    "Mutation.fulfillmentTrackingInfoUpdate": _tracking,
    "Mutation.metafieldDefinitionCreate": lambda _r, i, definition: metafields.create_definition(
        i.context, definition
    ),
    "Mutation.metafieldsSet": _set_metafields,
    "Mutation.orderCancel": lambda _r, i, **given: order_changes.cancel_order(i.context, given),
    "Mutation.orderClose": lambda _r, i, input: order_changes.close_order(i.context, input["id"]),
    "Mutation.orderCreate": _order_create,
    "Mutation.orderDelete": lambda _r, i, orderId: order_changes.delete_order(i.context, orderId),
    "Mutation.orderMarkAsPaid": lambda _r, i, input: order_changes.mark_as_paid(
        i.context, input["id"]
    ),
    "Mutation.orderOpen": lambda _r, i, input: order_changes.open_order(i.context, input["id"]),
    "Mutation.orderUpdate": lambda _r, i, input: order_changes.update_order(i.context, input),
    "Mutation.refundCreate": _refund,
    "Mutation.tagsAdd": _tags(add=True),
    "Mutation.tagsRemove": _tags(add=False),
    "Mutation.webhookSubscriptionCreate": lambda _r, i, topic, webhookSubscription: (
        subscriptions.create(i.context, topic, webhookSubscription)
    ),
    "Mutation.webhookSubscriptionDelete": lambda _r, i, id: subscriptions.delete(i.context, id),
    "Mutation.webhookSubscriptionUpdate": lambda _r, i, id, webhookSubscription: (
        subscriptions.update(i.context, id, webhookSubscription)
    ),
}
