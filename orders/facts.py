"""A TikTok Shop order as typed facts: what the API sent, checked once, nothing guessed.

The shape is that of the TikTok Shop documentation: Get Order Detail and Get Order List. Optional
values come as missing keys, null, "", "0" or []; all of them read as absent. Anything that cannot
be read without guessing raises `Malformed`, whose text names fields and types, never values.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from orders import facts_reading as reading
from orders.facts_reading import Malformed
from tiktoksync.lib.money import ZERO

__all__ = [
    "BundlePart",
    "District",
    "LineFacts",
    "Malformed",
    "OrderFacts",
    "PaymentFacts",
    "Recipient",
    "TaxFact",
    "order_facts",
]

MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class TaxFact:
    """One tax on one unit. `rate` is as TikTok gives it, None when it gives none."""

    title: str
    rate: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BundlePart:
    """A component of a virtual bundle, per unit of the bundle."""

    sku_id: str
    product_id: str
    seller_sku: str
    count: int


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One unit sold: TikTok has no quantities. Amounts are per unit."""

    line_id: str
    product_id: str
    sku_id: str
    seller_sku: str
    product_name: str
    sku_name: str
    image: str
    currency: str
    original_price: Decimal
    sale_price: Decimal
    seller_discount: Decimal
    platform_discount: Decimal
    is_gift: bool
    display_status: str
    tax: tuple[TaxFact, ...]
    package_id: str
    tracking_number: str
    shipping_provider_id: str
    shipping_provider_name: str
    cancel_reason: str
    combined_skus: tuple[BundlePart, ...]

    @property
    def is_cancelled(self) -> bool:
        return self.display_status == "CANCELLED"


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """TikTok's sums for the whole order; an absent amount is 0 and not in `given`."""

    currency: str
    given: frozenset[str]
    original_total_product_price: Decimal = ZERO
    seller_discount: Decimal = ZERO
    platform_discount: Decimal = ZERO
    sub_total: Decimal = ZERO
    original_shipping_fee: Decimal = ZERO
    shipping_fee_seller_discount: Decimal = ZERO
    shipping_fee_platform_discount: Decimal = ZERO
    shipping_fee_cofunded_discount: Decimal = ZERO
    shipping_fee: Decimal = ZERO
    tax: Decimal = ZERO
    product_tax: Decimal = ZERO
    shipping_fee_tax: Decimal = ZERO
    total_amount: Decimal = ZERO
    retail_delivery_fee: Decimal = ZERO
    buyer_service_fee: Decimal = ZERO
    small_order_fee: Decimal = ZERO
    handling_fee: Decimal = ZERO
    shipping_insurance_fee: Decimal = ZERO
    item_insurance_fee: Decimal = ZERO
    item_insurance_tax: Decimal = ZERO
    payment_platform_discount: Decimal = ZERO
    payment_discount_service_fee: Decimal = ZERO
    distance_fee: Decimal = ZERO
    distance_shipping_fee: Decimal = ZERO


AMOUNTS = tuple(f.name for f in fields(PaymentFacts) if f.name not in ("currency", "given"))


@dataclass(frozen=True, slots=True)
class District:
    """One level of the address: `level` is "L0" (country) to "L4", `level_name` the local word."""

    level: str
    level_name: str
    name: str
    iso_code: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """The ship-to parts verbatim; any of them may be blank or masked with asterisks."""

    name: str
    first_name: str
    last_name: str
    first_name_local_script: str
    last_name_local_script: str
    phone_number: str
    region_code: str
    postal_code: str
    post_town: str
    address_line1: str
    address_line2: str
    address_line3: str
    address_line4: str
    address_detail: str
    full_address: str
    drop_off_location: str
    districts: tuple[District, ...]


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order. Times are Unix seconds, None when absent; statuses and types are verbatim."""

    order_id: str
    status: str
    update_time: int
    create_time: int
    paid_time: int | None
    cancel_time: int | None
    release_date: int | None
    rts_sla_time: int | None
    tts_sla_time: int | None
    shipping_due_time: int | None
    cancel_order_sla_time: int | None
    currency: str
    payment: PaymentFacts
    lines: tuple[LineFacts, ...]
    recipient: Recipient
    package_ids: tuple[str, ...]
    buyer_message: str
    seller_note: str
    order_type: str
    shipping_type: str
    fulfillment_type: str
    delivery_option_id: str
    delivery_option_name: str
    warehouse_id: str
    tracking_number: str
    shipping_provider: str
    cancel_reason: str
    cancellation_initiator: str
    is_on_hold_order: bool
    is_cod: bool
    is_sample: bool
    is_replacement: bool
    is_exchange: bool
    is_buyer_request_cancel: bool

    @property
    def total_amount(self) -> Decimal:
        """What the buyer pays."""
        return self.payment.total_amount

    @property
    def ship_by(self) -> int | None:
        """When the parcel must be handed over: TikTok's own stamp, the strictest word for it first.

        "Ready to ship" is the moment the seller answers for; the others follow from it.
        """
        return self.rts_sla_time or self.shipping_due_time or self.tts_sla_time


_TIMES = (
    "paid_time",
    "cancel_time",
    "release_date",
    "rts_sla_time",
    "tts_sla_time",
    "shipping_due_time",
    "cancel_order_sla_time",
)
_TEXTS = (
    "buyer_message",
    "seller_note",
    "order_type",
    "shipping_type",
    "fulfillment_type",
    "delivery_option_name",
    "shipping_provider",
    "cancel_reason",
    "cancellation_initiator",
)
_REFERENCES = ("delivery_option_id", "warehouse_id", "tracking_number")
_RECIPIENT_TEXTS = tuple(
    f.name for f in fields(Recipient) if f.name not in ("districts", "drop_off_location")
)


def order_facts(raw: Mapping[str, object]) -> OrderFacts:
    """The facts of one order object. Raises `Malformed`, with the order id where it is readable."""
    if not isinstance(raw, Mapping):
        raise Malformed("the order is not an object")
    order_id = reading.read_id(raw, "id")
    try:
        return _read_order(raw, order_id)
    except Malformed as error:
        raise Malformed(error.reason, order_id) from None


def _read_order(raw: Mapping[str, object], order_id: str) -> OrderFacts:
    if reading.is_deeper_than(raw, MAX_DEPTH):
        raise Malformed(f"the order is nested deeper than {MAX_DEPTH} levels")
    times: dict[str, Any] = {name: reading.read_time(raw, name) for name in _TIMES}
    texts: dict[str, Any] = {name: reading.read_text(raw, name) for name in _TEXTS}
    update_time = reading.read_time(raw, "update_time")
    if update_time is None:
        raise Malformed("update_time is missing")
    # An order without a creation time still has a place in the list: the next best stamp.
    create_time = reading.read_time(raw, "create_time") or times["paid_time"] or update_time
    texts |= {name: reading.read_reference(raw, name) for name in _REFERENCES}
    payment = _read_payment(reading.read_object(raw, "payment"))
    return OrderFacts(
        order_id=order_id,
        status=reading.read_required_text(raw, "status"),
        update_time=update_time,
        create_time=create_time,
        currency=payment.currency,
        payment=payment,
        lines=_read_lines(raw, payment.currency),
        recipient=_read_recipient(reading.read_object(raw, "recipient_address")),
        package_ids=_read_package_ids(raw),
        is_on_hold_order=reading.read_flag(raw, "is_on_hold_order"),
        is_cod=reading.read_flag(raw, "is_cod"),
        is_sample=reading.read_flag(raw, "is_sample_order")
        or reading.read_flag(raw, "is_refundable_sample"),
        is_replacement=reading.read_flag(raw, "is_replacement_order"),
        is_exchange=reading.read_flag(raw, "is_exchange_order"),
        is_buyer_request_cancel=reading.read_flag(raw, "is_buyer_request_cancel"),
        **times,
        **texts,
    )


def _read_payment(raw: Mapping[str, object]) -> PaymentFacts:
    amounts = {name: reading.read_amount(raw, name) for name in AMOUNTS}
    given = {name: amount for name, amount in amounts.items() if amount is not None}
    return PaymentFacts(
        currency=reading.read_currency(raw, "currency"), given=frozenset(given), **given
    )


def _read_lines(raw: Mapping[str, object], currency: str) -> tuple[LineFacts, ...]:
    lines = tuple(_read_line(item, currency) for item in reading.read_objects(raw, "line_items"))
    if not lines:
        raise Malformed("line_items is missing or empty")
    if len({line.line_id for line in lines}) != len(lines):
        raise Malformed("two line items have the same id")
    return lines


def _read_line(raw: Mapping[str, object], currency: str) -> LineFacts:
    return LineFacts(
        line_id=reading.read_id(raw, "id", "line item id"),
        product_id=reading.read_reference(raw, "product_id"),
        sku_id=reading.read_reference(raw, "sku_id"),
        seller_sku=reading.read_text(raw, "seller_sku"),
        product_name=reading.read_text(raw, "product_name"),
        sku_name=reading.read_text(raw, "sku_name"),
        image=reading.read_text(raw, "sku_image"),
        currency=reading.read_text(raw, "currency").strip().upper() or currency,
        original_price=reading.read_amount(raw, "original_price") or ZERO,
        sale_price=reading.read_amount(raw, "sale_price") or ZERO,
        seller_discount=reading.read_amount(raw, "seller_discount") or ZERO,
        platform_discount=reading.read_amount(raw, "platform_discount") or ZERO,
        is_gift=reading.read_flag(raw, "is_gift"),
        display_status=reading.read_text(raw, "display_status"),
        tax=tuple(_read_tax(item) for item in reading.read_objects(raw, "item_tax")),
        package_id=reading.read_reference(raw, "package_id"),
        tracking_number=reading.read_reference(raw, "tracking_number"),
        shipping_provider_id=reading.read_reference(raw, "shipping_provider_id"),
        shipping_provider_name=reading.read_text(raw, "shipping_provider_name"),
        cancel_reason=reading.read_text(raw, "cancel_reason"),
        combined_skus=_read_parts(raw),
    )


def _read_tax(raw: Mapping[str, object]) -> TaxFact:
    return TaxFact(
        title=reading.read_text(raw, "tax_type"),
        rate=reading.read_amount(raw, "tax_rate"),
        amount=reading.read_amount(raw, "tax_amount") or ZERO,
    )


def _read_parts(raw: Mapping[str, object]) -> tuple[BundlePart, ...]:
    """What a virtual bundle is made of; without the list, as its single items tell."""
    parts = [_read_part(item) for item in reading.read_objects(raw, "combined_listing_skus")]
    if not parts:
        items = (_read_part(item) for item in reading.read_objects(raw, "sub_item_info"))
        parts = [replace(item, count=count) for item, count in Counter(items).items()]
    return tuple(part for part in parts if part.count > 0)


def _read_part(raw: Mapping[str, object]) -> BundlePart:
    return BundlePart(
        sku_id=reading.read_reference(raw, "sku_id"),
        product_id=reading.read_reference(raw, "product_id"),
        seller_sku=reading.read_text(raw, "seller_sku"),
        count=reading.read_count(raw, "sku_count"),
    )


def _read_package_ids(raw: Mapping[str, object]) -> tuple[str, ...]:
    ids = (reading.read_reference(item, "id") for item in reading.read_objects(raw, "packages"))
    return tuple(dict.fromkeys(package_id for package_id in ids if package_id))


def _read_recipient(raw: Mapping[str, object]) -> Recipient:
    preferences = reading.read_object(raw, "delivery_preferences")
    return Recipient(
        drop_off_location=reading.read_text(preferences, "drop_off_location"),
        districts=tuple(
            District(
                level=reading.read_text(item, "address_level").upper(),
                level_name=reading.read_text(item, "address_level_name"),
                name=reading.read_text(item, "address_name"),
                iso_code=reading.read_text(item, "iso_code"),
            )
            for item in reading.read_objects(raw, "district_info")
        ),
        **{name: reading.read_text(raw, name) for name in _RECIPIENT_TEXTS},
    )
