"""What each webhook is about and which lane looks into it. Pure tables and readers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from tiktoksync.errors import MalformedPayload
from tiktoksync.tiktok.payloads import WebhookEvent, parse_webhook


class Use(Enum):
    """What becomes of a genuine webhook of a connected account."""

    #: The lane fetches it from the inbox and re-reads the object it names.
    HINT = "hint"
    #: The platform says that the connection is over.
    CLOSE = "close"
    #: The platform says when the connection will be over.
    WARN = "warn"
    #: Somebody asks about personal data: a privacy request is made of it.
    ASK = "ask"
    #: Kept until it is pruned.
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Reaction:
    """One row of the tables: `id_field` is the body's field that names the object."""

    use: Use
    lane: str = ""
    name: str = ""
    id_field: str = "id"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """One genuine webhook, read. `account` is the shop its signed body names, or empty."""

    topic: str
    use: Use
    lane: str = ""
    account: str = ""
    delivery_id: str = ""
    resource_ids: tuple[str, ...] = ()
    sent_at: datetime | None = None
    ends_at: datetime | None = None
    note: str = ""


_PRIVACY = "A privacy request was made of it; it is answered within 30 days."

#: The one topic that may be about several orders.
PACKAGE_TOPIC = "PACKAGE_UPDATE"

TIKTOK: dict[int, Reaction] = {
    1: Reaction(Use.HINT, "pull_orders", "ORDER_STATUS_CHANGE"),
    3: Reaction(Use.HINT, "pull_orders", "RECIPIENT_ADDRESS_UPDATE"),
    4: Reaction(Use.HINT, "pull_orders", PACKAGE_TOPIC),
    5: Reaction(Use.HINT, "pull_listings", "PRODUCT_STATUS_CHANGE", id_field="product_id"),
    6: Reaction(
        Use.CLOSE,
        "",
        "SELLER_DEAUTHORIZATION",
        note="The seller withdrew the app's authorization in TikTok Shop: connect it again.",
    ),
    7: Reaction(Use.WARN, "", "UPCOMING_AUTHORIZATION_EXPIRATION"),
    11: Reaction(Use.HINT, "pull_orders", "CANCELLATION_STATUS_CHANGE"),
    12: Reaction(Use.HINT, "pull_orders", "RETURN_STATUS_CHANGE"),
    15: Reaction(Use.HINT, "pull_listings", "PRODUCT_INFORMATION_CHANGE", id_field="product_id"),
    16: Reaction(Use.HINT, "pull_listings", "PRODUCT_CREATION", id_field="product_id"),
    18: Reaction(Use.HINT, "pull_listings", "PRODUCT_CATEGORY_CHANGE", id_field="product_id"),
    37: Reaction(Use.HINT, "pull_listings", "PRODUCT_AUDIT_STATUS_CHANGE", id_field="product_id"),
    # These two are switched on in Partner Center alone.
    50: Reaction(Use.HINT, "pull_listings", "SKU_STATUS_CHANGE", id_field="product_id"),
    71: Reaction(Use.HINT, "pull_listings", "INVENTORY_CHANGE", id_field="product_id"),
}

#: By whole topic first, then by the part before the slash.
SHOPIFY: dict[str, Reaction] = {
    "orders": Reaction(Use.HINT, "pull_fulfillments"),
    "fulfillments": Reaction(Use.HINT, "pull_fulfillments", id_field="order_id"),
    "refunds": Reaction(Use.HINT, "pull_fulfillments", id_field="order_id"),
    "products": Reaction(Use.HINT, "pull_variants"),
    "inventory_levels": Reaction(Use.HINT, "pull_variants", id_field="inventory_item_id"),
    "inventory_items": Reaction(Use.HINT, "pull_variants"),
    "locations": Reaction(Use.HINT, "pull_variants"),
    "bulk_operations": Reaction(Use.HINT, "pull_variants", id_field="admin_graphql_api_id"),
    "app/uninstalled": Reaction(
        Use.CLOSE, note="The app was uninstalled from the Shopify store: connect it again."
    ),
    "app/scopes_update": Reaction(Use.KEEP, note="The app's permissions were changed."),
    "customers/data_request": Reaction(Use.ASK, note=_PRIVACY),
    "customers/redact": Reaction(Use.ASK, note=_PRIVACY),
    "shop/redact": Reaction(Use.ASK, note=_PRIVACY),
}
_UNKNOWN = Reaction(Use.KEEP, note="Not a topic that is used.")
_REMOTE_ID = re.compile(r"[0-9]{1,40}")
_GID = re.compile(r"gid://shopify/[A-Za-z]+/([0-9]{1,40})")


def read_tiktok(raw: bytes) -> Hint:
    """Read a TikTok Shop webhook; what cannot be read is kept with a note, never refused."""
    try:
        event = parse_webhook(raw)
    except MalformedPayload:
        return Hint("", Use.KEEP, note="The body cannot be read.")
    reaction = TIKTOK.get(event.type, _UNKNOWN)
    hint = Hint(
        topic=reaction.name or f"type {event.type}"[:80],
        use=reaction.use,
        lane=reaction.lane,
        account=event.shop_id,
        delivery_id=event.notification_id,
        resource_ids=_named(event, reaction),
        sent_at=_moment(event.timestamp),
        ends_at=_end_of_consent(event) if reaction.use is Use.WARN else None,
        note=reaction.note,
    )
    if hint.use is Use.WARN:
        return replace(hint, note=_expiry_note(hint.ends_at))
    return _with_resource(hint)


def read_shopify(topic: str, raw: bytes) -> Hint:
    """Read a Shopify webhook. The topic comes from a header, which Shopify does not sign."""
    topic = topic.strip().lower()[:80]
    body = _json_object(raw)
    if body is None:
        return Hint(topic, Use.KEEP, note="The body cannot be read.")
    reaction = SHOPIFY.get(topic) or SHOPIFY.get(topic.partition("/")[0]) or _UNKNOWN
    account = body.get("myshopify_domain") or body.get("shop_domain")
    hint = Hint(
        topic=topic,
        use=reaction.use,
        lane=reaction.lane,
        account=account.lower() if isinstance(account, str) else "",
        resource_ids=_remote_ids(body.get(reaction.id_field)),
        note=reaction.note,
    )
    if hint.use is Use.CLOSE and not hint.account:
        # A signed body of another topic, sent again under this one: the topic is not signed.
        return replace(hint, use=Use.KEEP, note="The body is not that of a store.")
    return _with_resource(hint)


def _with_resource(hint: Hint) -> Hint:
    """A hint that names nothing cannot be looked into; the next poll sees what it was about."""
    if hint.use is Use.HINT and not hint.resource_ids:
        return replace(hint, use=Use.KEEP, lane="", note="It names nothing to read again.")
    return hint


def _json_object(raw: bytes) -> dict[str, Any] | None:
    """Parse with exact integers; None for anything but a JSON object."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _named(event: WebhookEvent, reaction: Reaction) -> tuple[str, ...]:
    """The orders or the product that a TikTok Shop webhook is about."""
    if reaction.id_field == "product_id":
        return _remote_ids(event.data.get("product_id"))
    return tuple(filter(_REMOTE_ID.fullmatch, event.order_ids))


def _remote_ids(value: object) -> tuple[str, ...]:
    text = str(value) if isinstance(value, int | str) else ""
    if gid := _GID.fullmatch(text):
        return (gid[1],)
    return (text,) if _REMOTE_ID.fullmatch(text) else ()


def _moment(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, ValueError, OSError):
        return None


def _end_of_consent(event: WebhookEvent) -> datetime | None:
    """When the seller's authorization ends, as TikTok Shop says it: Unix seconds as text."""
    value = str(event.data.get("expiration_time", ""))
    return _moment(int(value)) if re.fullmatch(r"[0-9]{1,12}", value) else None


def _expiry_note(ends_at: datetime | None) -> str:
    if ends_at is None:
        return "The seller's authorization ends soon."
    return f"The seller's authorization ends on {ends_at:%Y-%m-%d %H:%M} UTC."
