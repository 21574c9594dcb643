"""Why an order is not sent: closed lists, each entry with the sentence its merchant reads."""

from enum import StrEnum


class SkipReason(StrEnum):
    """The order will not be sent at all, unless the merchant takes it back."""

    BEFORE_SYNC_FROM = "before_sync_from"
    ALREADY_PAST_SHIPMENT = "already_past_shipment"
    CANCELLED = "cancelled"
    CANCELLED_IN_HOLD = "cancelled_in_hold"
    EXCLUDED_NORMAL = "excluded_normal"
    EXCLUDED_SAMPLE = "excluded_sample"
    EXCLUDED_PRE_ORDER = "excluded_pre_order"
    EXCLUDED_FULFILLED_BY_TIKTOK = "excluded_fulfilled_by_tiktok"
    EXCLUDED_REPLACEMENT = "excluded_replacement"
    EXCLUDED_MADE_TO_ORDER = "excluded_made_to_order"
    EXCLUDED_UNKNOWN_TYPE = "excluded_unknown_type"
    ALREADY_IN_SHOPIFY = "already_in_shopify"
    DISMISSED = "dismissed"


class WaitReason(StrEnum):
    """The order goes on by itself: at a known time, or when the named thing happens."""

    ON_HOLD = "on_hold"
    PRE_ORDER = "pre_order"
    UNPAID = "unpaid"
    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_ORDER_TYPE = "unknown_order_type"
    SAFETY_HOLD = "safety_hold"
    AUTO_SYNC_OFF = "auto_sync_off"
    SKU_LOOKUP = "sku_lookup"
    KEPT_BACK = "kept_back"
    NOT_LIVE = "not_live"


class BlockReason(StrEnum):
    """A person must act; the order goes on once the cause is gone."""

    SKU_UNLINKED = "sku_unlinked"
    SKU_AMBIGUOUS = "sku_ambiguous"
    SKU_BLANK = "sku_blank"
    VARIANT_GONE = "variant_gone"
    CURRENCY_NOT_ACCEPTED = "currency_not_accepted"
    MONEY_MISMATCH = "money_mismatch"
    ADDRESS_MISSING = "address_missing"


Reason = SkipReason | WaitReason | BlockReason

# Placeholders are filled from the facts given to `sentence`, else from DEFAULTS.
SENTENCES: dict[Reason, str] = {
    SkipReason.BEFORE_SYNC_FROM: (
        "Skipped: the order was placed before {sync_from}, when syncing starts."
    ),
    SkipReason.ALREADY_PAST_SHIPMENT: (
        "Skipped: TikTok already reports the order as {status}, so it is past shipping."
    ),
    SkipReason.CANCELLED: "Skipped: the order was cancelled on TikTok.",
    SkipReason.CANCELLED_IN_HOLD: (
        "Skipped: the order was cancelled while TikTok still held it back."
    ),
    SkipReason.EXCLUDED_NORMAL: "Skipped by your rule for normal orders.",
    SkipReason.EXCLUDED_SAMPLE: "Skipped by your rule for sample orders.",
    SkipReason.EXCLUDED_PRE_ORDER: "Skipped by your rule for pre-orders.",
    SkipReason.EXCLUDED_FULFILLED_BY_TIKTOK: (
        "Skipped: TikTok ships this order from its own warehouse."
    ),
    SkipReason.EXCLUDED_REPLACEMENT: "Skipped by your rule for replacement orders.",
    SkipReason.EXCLUDED_MADE_TO_ORDER: "Skipped by your rule for made-to-order items.",
    SkipReason.EXCLUDED_UNKNOWN_TYPE: "Skipped by your rule for orders of an unknown type.",
    SkipReason.ALREADY_IN_SHOPIFY: "Skipped: the order is already in Shopify.",
    SkipReason.DISMISSED: "Skipped: the order was dismissed here.",
    WaitReason.ON_HOLD: (
        "On hold at TikTok: the buyer can still cancel. It goes on when TikTok releases it."
    ),
    WaitReason.PRE_ORDER: (
        "Pre-order: TikTok holds it until {until}. It goes on when TikTok releases it."
    ),
    WaitReason.UNPAID: "TikTok reports the order as unpaid. It goes on once it is paid.",
    WaitReason.UNKNOWN_STATUS: (
        'TikTok reports the status "{status}", which is not known here. '
        "The order waits until TikTok reports a known one."
    ),
    WaitReason.UNKNOWN_ORDER_TYPE: (
        'TikTok gives the order the type "{order_type}", which is not known here. '
        "Sync it by hand, or choose what becomes of unknown types in the settings."
    ),
    WaitReason.SAFETY_HOLD: "Your safety hold keeps the order back until {until}.",
    WaitReason.AUTO_SYNC_OFF: "Automatic sync is off. The order waits for your click.",
    WaitReason.SKU_LOOKUP: "Looking up {skus} in Shopify. The order goes on by itself.",
    WaitReason.KEPT_BACK: "Kept back by you. The order waits until you release it.",
    WaitReason.NOT_LIVE: (
        "Not live yet: the order waits until you switch the connection on. "
        "Then it goes on by itself."
    ),
    BlockReason.SKU_UNLINKED: (
        "Not linked to a Shopify product: {skus}. Link it, and the order goes on by itself."
    ),
    BlockReason.SKU_AMBIGUOUS: (
        "Several Shopify variants share the SKU: {skus}. Choose one, "
        "and the order goes on by itself."
    ),
    BlockReason.SKU_BLANK: (
        "No seller SKU on TikTok for: {skus}. Link the item by hand, "
        "and the order goes on by itself."
    ),
    BlockReason.VARIANT_GONE: (
        "The linked Shopify variant no longer exists: {skus}. Link it anew, "
        "and the order goes on by itself."
    ),
    BlockReason.CURRENCY_NOT_ACCEPTED: (
        "The order is in {currency}, which the Shopify store does not accept. "
        "It accepts {accepted}."
    ),
    BlockReason.MONEY_MISMATCH: (
        "The sums do not agree: TikTok says {expected}, adding up gives {got} ({explanation}). "
        "The order was not sent."
    ),
    BlockReason.ADDRESS_MISSING: (
        "TikTok gives no shipping address for this order. It goes on once TikTok does."
    ),
}

DEFAULTS = {
    "sync_from": "the start date",
    "status": "under way",
    "order_type": "unknown",
    "until": "its time is up",
    "skus": "an item",
    "currency": "another currency",
    "accepted": "other currencies",
    "expected": "one total",
    "got": "another",
    "explanation": "its own sums contradict each other",
}


def sentence(reason: Reason, **facts: object) -> str:
    """The merchant's sentence for a reason; facts fill its blanks, missing ones stay general."""
    given = {name: str(value) for name, value in facts.items() if value not in (None, "")}
    return SENTENCES[reason].format_map({**DEFAULTS, **given})
