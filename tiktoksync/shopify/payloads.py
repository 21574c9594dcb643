"""The parts of Shopify's answers the application reads, typed at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tiktoksync.errors import OutcomeUnknown, Unreachable


@dataclass(frozen=True, slots=True)
class CreatedLine:
    id: str
    sku: str
    quantity: int
    custom_attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class CreatedOrder:
    """``total`` and ``currency`` are known only where the answer holds them."""

    id: str
    legacy_id: str
    name: str
    total: Decimal | None = None
    currency: str = ""
    lines: tuple[CreatedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order of the store that stands for a TikTok order.

    ``witness`` tells by what it was recognised: ``identifier`` (the app's own id metafield) or
    ``source_identifier``. ``doubles`` are the ids of other orders with the same identity.
    """

    id: str
    legacy_id: str
    name: str
    witness: str
    source_identifier: str
    created_at: str
    cancelled_at: str | None
    total: Decimal | None
    currency: str
    doubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedOrder:
    id: str
    updated_at: datetime
    fulfillment_status: str = ""
    cancelled_at: str = ""


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """``next_cursor`` is empty on the last page."""

    orders: tuple[ChangedOrder, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class ShopInfo:
    id: str
    name: str
    domain: str
    currency: str
    presentment_currencies: tuple[str, ...]
    timezone: str
    plan: str
    is_development: bool
    installation_id: str
    app_id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MetafieldDefinition:
    id: str
    namespace: str
    key: str
    type: str


@dataclass(frozen=True, slots=True)
class WebhookSubscription:
    id: str
    topic: str
    uri: str


@dataclass(frozen=True, slots=True)
class CancelJob:
    """Cancelling goes on after the answer; the order's ``cancelledAt`` tells when it is done."""

    job_id: str
    done: bool


@dataclass(frozen=True, slots=True)
class Tracking:
    company: str = ""
    number: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class CreatedFulfillment:
    id: str
    legacy_id: str
    status: str


@dataclass(slots=True)
class Page:
    """One page of a connection; ``cursor`` is empty on the last one."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    cursor: str = ""


def created_order(row: Mapping[str, Any]) -> CreatedOrder:
    total, currency = money(row.get("totalPriceSet"))
    return CreatedOrder(
        id=text(row.get("id")),
        legacy_id=text(row.get("legacyResourceId")),
        name=text(row.get("name")),
        total=total,
        currency=currency,
        lines=tuple(created_line(line) for line in page(row.get("lineItems")).nodes),
    )


def created_line(row: Mapping[str, Any]) -> CreatedLine:
    return CreatedLine(
        id=text(row.get("id")),
        sku=text(row.get("sku")),
        quantity=int(row.get("quantity") or 0),
        custom_attributes=attributes(row.get("customAttributes")),
    )


def found_order(row: Mapping[str, Any], witness: str, doubles: tuple[str, ...]) -> FoundOrder:
    total, currency = money(row.get("totalPriceSet"))
    return FoundOrder(
        id=text(row.get("id")),
        legacy_id=text(row.get("legacyResourceId")),
        name=text(row.get("name")),
        witness=witness,
        source_identifier=text(row.get("sourceIdentifier")),
        created_at=text(row.get("createdAt")),
        cancelled_at=text(row.get("cancelledAt")) or None,
        total=total,
        currency=currency,
        doubles=doubles,
    )


def changed_order(row: Mapping[str, Any]) -> ChangedOrder:
    return ChangedOrder(
        id=text(row.get("id")),
        updated_at=datetime.fromisoformat(text(row.get("updatedAt"))),
        fulfillment_status=text(row.get("displayFulfillmentStatus")),
        cancelled_at=text(row.get("cancelledAt")),
    )


def shop_info(data: Mapping[str, Any]) -> ShopInfo:
    shop, installation = data["shop"], data["currentAppInstallation"]
    plan = shop.get("plan") or {}
    return ShopInfo(
        id=text(shop.get("id")),
        name=text(shop.get("name")),
        domain=text(shop.get("myshopifyDomain")).lower(),
        currency=text(shop.get("currencyCode")),
        presentment_currencies=tuple(map(text, shop.get("enabledPresentmentCurrencies") or ())),
        timezone=text(shop.get("ianaTimezone")),
        plan=text(plan.get("publicDisplayName")),
        is_development=plan.get("partnerDevelopment") is True,
        installation_id=text(installation.get("id")),
        app_id=text((installation.get("app") or {}).get("id")),
        scopes=tuple(text(scope.get("handle")) for scope in installation.get("accessScopes") or ()),
    )


def metafield_definition(row: Mapping[str, Any]) -> MetafieldDefinition:
    return MetafieldDefinition(
        id=text(row.get("id")),
        namespace=text(row.get("namespace")),
        key=text(row.get("key")),
        type=text((row.get("type") or {}).get("name")),
    )


def webhook_subscription(row: Mapping[str, Any]) -> WebhookSubscription:
    return WebhookSubscription(text(row.get("id")), text(row.get("topic")), text(row.get("uri")))


def page(raw: Any, after: str = "") -> Page:
    """A connection's rows and where to go on. A page that does not move on is the last one."""
    if not isinstance(raw, dict):
        return Page()
    nodes = [node for node in raw.get("nodes") or [] if isinstance(node, dict)]
    info = raw.get("pageInfo") or {}
    cursor = text(info.get("endCursor")) if info.get("hasNextPage") else ""
    return Page(nodes, cursor if nodes and cursor != after else "")


def money(raw: Any) -> tuple[Decimal | None, str]:
    """Amount and currency of a money bag's shop side."""
    side = raw.get("shopMoney") if isinstance(raw, dict) else None
    if not isinstance(side, dict):
        return None, ""
    try:
        return Decimal(str(side.get("amount"))), text(side.get("currencyCode"))
    except InvalidOperation:
        return None, ""


def attributes(raw: Any) -> dict[str, str]:
    """Custom attributes as a mapping; a later double wins."""
    pairs = raw if isinstance(raw, list) else []
    return {text(pair.get("key")): text(pair.get("value")) for pair in pairs}


def text(value: Any) -> str:
    """Text as it is, whole numbers exactly, everything else as nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def incomplete(what: str, request_id: str, *, safe: bool) -> Unreachable | OutcomeUnknown:
    """The error of an answer that lacks what it was asked for."""
    kind = Unreachable if safe else OutcomeUnknown
    return kind("Shopify's answer is not complete.", detail=what, request_id=request_id)
