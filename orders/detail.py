"""Everything the page of one order shows, gathered with a handful of queries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Max
from django.utils import timezone

from orders.addresses import MASK
from orders.aftersales_shown import explain_aftersales, gather_aftersales
from orders.explanations import Explanation, explain_order
from orders.facts import Malformed, OrderFacts, Recipient, order_facts
from orders.mapping_money import FEE_TITLES
from orders.models import Fulfillment, LineItem, LinePart, Order, PackageFulfillment
from orders.parcels_shown import show_parcels
from orders.timeline import progress_rail, tell_history
from products.models import Link
from tiktoksync.sync.models import SyncStatus

_HIDDEN = "hidden by TikTok"


@dataclass(frozen=True, slots=True)
class ItemPart:
    """A component of a bundle, for all its units together."""

    part: LinePart
    quantity: int
    link: Link | None


@dataclass(frozen=True, slots=True)
class Item:
    """Equal units of an order as one line."""

    line: LineItem
    quantity: int
    link: Link | None
    is_cancelled: bool
    parts: list[ItemPart] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """What the buyer pays for these units, before shipping and tax."""
        return self.line.price * self.quantity

    @property
    def missing_skus(self) -> list[str]:
        """TikTok SKUs to link: its own; or of a bundle the components without a link."""
        if self.link:
            return []
        ids = [part.part.tiktok_sku_id for part in self.parts if part.link is None]
        return [sku for sku in (ids if self.parts else [self.line.tiktok_sku_id]) if sku]


@dataclass(frozen=True, slots=True)
class AddressPart:
    """One part of the ship-to address; `note` marks what TikTok hides."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One row of the money table; amounts that a side does not know are None."""

    label: str
    tiktok: Decimal | None
    shopify: Decimal | None = None
    difference: Decimal | None = None
    is_sum: bool = False

    @property
    def is_even(self) -> bool:
        """Both sides agree."""
        return self.difference == 0


def read_version(order: Order) -> str:
    """Changes whenever something on the order's page has changed."""
    newest = order.history.order_by("-id").values_list("pk", flat=True).first() or 0
    parts = (
        newest,
        int(order.seen_at.timestamp() * 1_000_000),
        order.sync_status,
        order.attempt_number,
        order.tries,
        *order.packages.aggregate(Max("label_read_at"), Max("wanted_at")).values(),
    )
    return "-".join(str(part) for part in parts)


def gather_detail(order: Order) -> dict[str, Any]:
    """The template's facts about one order."""
    history = list(order.history.select_related("user", "attempt"))
    fulfillments = list(order.fulfillments.all())
    packages, made = list(order.packages.all()), list(order.package_fulfillments.all())
    facts = _facts(order)
    cancellation = _or_none(order, "cancellation")
    aftersales = gather_aftersales(order, fulfillments)
    address = order.address_changes.last()
    shipped: list[Fulfillment | PackageFulfillment] = [*fulfillments, *made]
    explanation = explain_order(order, history, shipped, cancellation, address)
    return {
        "order": order,
        "explanation": _with_neighbours(order, explanation or explain_aftersales(aftersales)),
        "rail": progress_rail(order, history, fulfillments),
        "items": group_items(order),
        "parcels": show_parcels(order, fulfillments, packages, made, history),
        "fulfillments": fulfillments,
        "cancellation": cancellation,
        "money": money_rows(order, facts),
        "address": address_parts(facts.recipient) if facts else [],
        "buyer_message": facts.buyer_message if facts else "",
        "events": tell_history(history),
        "in_motion": is_in_motion(order),
        **aftersales,
        "version": read_version(order),
    }


def is_in_motion(order: Order) -> bool:
    """Whether a worker has the order, or is about to take it."""
    due = order.next_attempt_at is None or order.next_attempt_at <= timezone.now()
    if order.sync_status == SyncStatus.SENDING.value:
        return True
    return order.sync_status == SyncStatus.PENDING.value and due


def group_items(order: Order) -> list[Item]:
    """Units that are alike in SKU, price, gift and fate, counted together."""
    groups: dict[tuple[Any, ...], list[LineItem]] = {}
    for line in order.line_items.select_related("variant__product").prefetch_related("parts"):
        fate = line.display_status == "CANCELLED"
        key = (line.tiktok_sku_id or line.seller_sku, line.price, line.is_gift, fate)
        groups.setdefault(key, []).append(line)
    skus = {line.tiktok_sku_id for lines in groups.values() for line in lines}
    skus |= {part.tiktok_sku_id for lines in groups.values() for part in lines[0].parts.all()}
    links = {
        link.tiktok_sku_id: link
        for link in Link.objects.filter(shop=order.shop_id, tiktok_sku_id__in=skus).select_related(
            "variant__product"
        )
    }
    return [
        Item(
            lines[0],
            len(lines),
            links.get(lines[0].tiktok_sku_id),
            key[3],
            [
                ItemPart(part, part.count * len(lines), links.get(part.tiktok_sku_id))
                for part in lines[0].parts.all()
            ],
        )
        for key, lines in groups.items()
    ]


def address_parts(recipient: Recipient) -> list[AddressPart]:
    """The ship-to address part by part, as TikTok gives it, with masked parts marked."""
    districts = [district.name for district in reversed(recipient.districts) if district.name]
    street = " ".join(
        dict.fromkeys(
            part.strip()
            for part in (
                recipient.address_line1 or recipient.address_detail,
                recipient.address_line2,
                recipient.address_line3,
                recipient.address_line4,
            )
            if part.strip(' "')
        )
    )
    parts = [
        ("Name", recipient.name or f"{recipient.first_name} {recipient.last_name}".strip()),
        ("Street", street),
        ("Place", ", ".join(districts) or recipient.post_town),
        ("Postal code", recipient.postal_code),
        ("Country", recipient.region_code if not districts else ""),
        ("Phone", recipient.phone_number),
    ]
    return [
        AddressPart(label, value, _HIDDEN if MASK in value else "")
        for label, value in parts
        if value.strip()
    ]


def money_rows(order: Order, facts: OrderFacts | None) -> list[MoneyRow]:
    """TikTok's sums beside Shopify's, ending in the row that must be even."""
    rows = _payment_rows(facts) if facts else []
    rows.append(MoneyRow("Paid by the buyer", order.total, is_sum=True))
    if order.platform_discount:
        rows.append(MoneyRow("Paid by TikTok, for its discounts", order.platform_discount))
    expected = _expected_total(order)
    difference = None
    if order.shopify_total is not None and expected is not None:
        difference = order.shopify_total - expected
    rows.append(
        MoneyRow("Total for Shopify", expected, order.shopify_total, difference, is_sum=True)
    )
    return rows


def _payment_rows(facts: OrderFacts) -> list[MoneyRow]:
    payment = facts.payment
    shipping_off = payment.shipping_fee_seller_discount
    platform_off = payment.shipping_fee_platform_discount + payment.shipping_fee_cofunded_discount
    rows = [
        ("Items", payment.original_total_product_price),
        ("Your discount", -payment.seller_discount),
        ("TikTok's discount", -payment.platform_discount),
        ("Shipping", payment.original_shipping_fee),
        ("Your shipping discount", -shipping_off),
        ("TikTok's shipping discount", -platform_off),
        *((title, getattr(payment, name)) for name, title in FEE_TITLES.items()),
        ("Tax", payment.tax),
    ]
    return [MoneyRow(label, amount) for label, amount in rows if amount]


def _expected_total(order: Order) -> Decimal | None:
    try:
        return Decimal(str(order.expected_shopify_total))
    except ObjectDoesNotExist:
        return None


def _facts(order: Order) -> OrderFacts | None:
    try:
        return order_facts(order.raw)
    except Malformed:
        return None


def _or_none(order: Order, name: str) -> Any:
    try:
        return getattr(order, name)
    except ObjectDoesNotExist:
        return None


def _with_neighbours(order: Order, explanation: Explanation | None) -> Explanation | None:
    """How many other orders stand there for the very same reason."""
    if explanation is None or not order.needs_attention or not order.failure_reason:
        return explanation
    others = Order.objects.filter(
        shop__merchant=order.shop.merchant_id,
        sync_status=SyncStatus.FAILED,
        failure_reason=order.failure_reason,
    ).exclude(pk=order.pk)
    return replace(explanation, also_affected=others.count())
