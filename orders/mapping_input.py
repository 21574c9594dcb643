"""The pieces of Shopify's OrderCreateOrderInput, each written from facts already decided."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from orders.facts import LineFacts, OrderFacts
from orders.mapping_lines import Group, TaxShare
from orders.mapping_taxes import TaxPlan
from tiktoksync.lib.money import text

BUYER_GATEWAY = "TikTok Shop"
PLATFORM_GATEWAY = "TikTok Shop platform discount"
PLATFORM_CODE = "TIKTOK-PLATFORM"
LINE_IDS_PROPERTY = "_tiktok_line_item_ids"
BUNDLE_PROPERTY = "Bundle"
TAG_LENGTH = 40
NOTE_LENGTH = 5000
# What TikTok calls the only variant of a product that has none.
_NO_VARIANT_NAMES = frozenset({"", "default"})


@dataclass(frozen=True, slots=True)
class MappingOptions:
    """The merchant's settings that shape a Shopify order.

    `platform_discount_mode`: "payment" (the platform's discounts are a second payment) or
    "discount" (they lower the total). `unlinked_policy`: "text_line" lets units without a variant
    through as text, anything else refuses them. Blank tags and names mean none.
    """

    platform_discount_mode: str = "payment"
    order_name_prefix: str = ""
    tag: str = "TikTok Shop"
    extra_tags: tuple[str, ...] = ()
    source_name: str = "tiktok-shop"
    marketplace_collects_tax: bool = True
    inventory_behaviour: str = "DECREMENT_IGNORING_POLICY"
    stand_in_email: str = ""
    original_date: bool = True
    unlinked_policy: str = "block"
    sample_tag: str = "TikTok sample"
    shop_name: str = ""
    metafield_namespace: str = "$app"
    metafield_key: str = "tiktok_order_id"

    def __post_init__(self) -> None:
        if self.platform_discount_mode not in ("payment", "discount"):
            raise ValueError("platform_discount_mode is neither payment nor discount")


@dataclass(frozen=True, slots=True)
class Charge:
    """One shipping or fee line; `code` is TikTok's field name for fees."""

    code: str
    title: str
    amount: Decimal
    tax: TaxShare | None


def price_set(amount: Decimal, currency: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": text(amount, currency), "currencyCode": currency}}


def iso_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def line_item(
    group: Group, taxes: TaxPlan, options: MappingOptions, currency: str
) -> dict[str, Any]:
    """One line; Shopify's default for `requiresShipping` is false, so it is always said."""
    line = group.line
    properties = [{"name": LINE_IDS_PROPERTY, "value": ",".join(line.line_ids)}]
    if line.bundle:
        properties.append({"name": BUNDLE_PROPERTY, "value": line.bundle})
    if group.unit.is_gift:
        properties.append({"name": "_tiktok_gift", "value": "true"})
    item: dict[str, Any] = {
        **({"variantId": line.variant_id} if line.variant_id else _text_article(group.unit)),
        "quantity": line.quantity,
        "priceSet": price_set(line.unit_price, currency),
        "requiresShipping": True,
        "properties": properties,
    }
    if taxes.on_lines and group.taxes:
        item["taxLines"] = [tax_line(share, options, currency) for share in group.taxes]
    return item


def _text_article(unit: LineFacts) -> dict[str, str]:
    """An article Shopify does not know, by TikTok's names; Shopify insists on a title."""
    title = unit.product_name.strip() or unit.seller_sku.strip() or "TikTok item"
    article = {"title": title}
    if unit.sku_name.strip().lower() not in _NO_VARIANT_NAMES:
        article["variantTitle"] = unit.sku_name.strip()
    if unit.seller_sku.strip():
        article["sku"] = unit.seller_sku.strip()
    return article


def shipping_line(charge: Charge, options: MappingOptions, currency: str) -> dict[str, Any]:
    line: dict[str, Any] = {
        "title": charge.title,
        "code": charge.code,
        "priceSet": price_set(charge.amount, currency),
    }
    if charge.tax:
        line["taxLines"] = [tax_line(charge.tax, options, currency)]
    return line


def tax_line(share: TaxShare, options: MappingOptions, currency: str) -> dict[str, Any]:
    """A tax for the whole line, not a unit of it, as Shopify reads it."""
    return {
        "title": share.title,
        "rate": format(share.rate, "f"),
        "priceSet": price_set(share.amount, currency),
        "channelLiable": options.marketplace_collects_tax,
    }


def order_taxes(taxes: TaxPlan, options: MappingOptions, currency: str) -> dict[str, Any]:
    if not taxes.on_order:
        return {}
    return {"taxLines": [tax_line(taxes.on_order, options, currency)]}


def discount_code(amount: Decimal, currency: str) -> dict[str, Any]:
    if not amount:
        return {}
    code = {"code": PLATFORM_CODE, "amountSet": price_set(amount, currency)}
    return {"discountCode": {"itemFixedDiscountCode": code}}


def payment(facts: OrderFacts, buyer: Decimal, platform: Decimal) -> dict[str, Any]:
    """Who paid what. Cash on delivery is not paid yet, whatever the platform adds to it."""
    if facts.is_cod:
        return {"financialStatus": "PENDING"}
    parts = ((BUYER_GATEWAY, buyer), (PLATFORM_GATEWAY, platform))
    sales = [_sale(facts, gateway, amount) for gateway, amount in parts if amount]
    return {"financialStatus": "PAID", **({"transactions": sales} if sales else {})}


def _sale(facts: OrderFacts, gateway: str, amount: Decimal) -> dict[str, Any]:
    return {
        "kind": "SALE",
        "status": "SUCCESS",
        "gateway": gateway,
        "amountSet": price_set(amount, facts.currency),
    }


def identity(facts: OrderFacts, options: MappingOptions) -> dict[str, Any]:
    """What makes the order findable again, and unique: the metafield of type `id`."""
    metafield = {
        "namespace": options.metafield_namespace,
        "key": options.metafield_key,
        "type": "id",
        "value": facts.order_id,
    }
    found: dict[str, Any] = {
        "sourceName": options.source_name,
        "sourceIdentifier": facts.order_id,
        "metafields": [metafield],
    }
    if options.original_date:
        found["processedAt"] = iso_time(facts.create_time)
    if options.order_name_prefix.strip():
        found["name"] = options.order_name_prefix + facts.order_id
    if options.stand_in_email.strip():
        found["email"] = options.stand_in_email.strip()
    return found


def texts(
    facts: OrderFacts, options: MappingOptions, hidden: tuple[str, ...], cancelled: tuple[str, ...]
) -> dict[str, Any]:
    attributes = {"tiktok_order_id": facts.order_id, "tiktok_shop": options.shop_name.strip()}
    if facts.ship_by:
        attributes["tiktok_ship_by"] = iso_time(facts.ship_by)
    return {
        "tags": _tags(facts, options),
        "note": _note(facts, hidden, cancelled),
        "customAttributes": [
            {"key": key, "value": value} for key, value in attributes.items() if value
        ],
    }


def _tags(facts: OrderFacts, options: MappingOptions) -> list[str]:
    """Shopify takes at most 40 characters a tag and splits at commas."""
    wanted = [options.tag, *options.extra_tags, options.sample_tag if facts.is_sample else ""]
    tidy = (tag.replace(",", " ").strip()[:TAG_LENGTH].strip() for tag in wanted)
    return list(dict.fromkeys(tag for tag in tidy if tag))


def _note(facts: OrderFacts, hidden: tuple[str, ...], cancelled: tuple[str, ...]) -> str:
    lines = [f"TikTok Shop order {facts.order_id}"]
    if facts.buyer_message.strip():
        lines.append(f"Message from the buyer: {facts.buyer_message.strip()}")
    drop_off = facts.recipient.drop_off_location.strip()
    if drop_off and "*" not in drop_off:
        lines.append(f"Leave the parcel at: {drop_off}")
    if hidden:
        lines.append(f"Hidden by TikTok: {', '.join(hidden)}")
    if cancelled:
        lines.append(f"Cancelled on TikTok, do not ship: {len(cancelled)} of the units")
    return "\n".join(lines)[:NOTE_LENGTH]


def create_options(options: MappingOptions) -> dict[str, Any]:
    """TikTok writes to the buyer itself, so Shopify must not."""
    return {
        "inventoryBehaviour": options.inventory_behaviour,
        "sendReceipt": False,
        "sendFulfillmentReceipt": False,
    }
