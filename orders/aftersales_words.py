"""Cancellations, returns and refunds in plain words, and which cancel reason fits which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

RETURN_TYPES = {
    "REFUND": "Refund without return",
    "RETURN_AND_REFUND": "Return and refund",
    "REPLACEMENT": "Replacement",
    "EXCHANGE": "Exchange",
}
# Words and tone, as presentation.Badge takes them: good, info, wait, bad, off.
RETURN_STATUSES: Mapping[str, tuple[str, str]] = {
    "RETURN_OR_REFUND_REQUEST_PENDING": ("Asked for", "wait"),
    "REFUND_OR_RETURN_REQUEST_REJECT": ("Declined", "off"),
    "AWAITING_BUYER_SHIP": ("Buyer sends it back", "info"),
    "BUYER_SHIPPED_ITEM": ("On its way back", "info"),
    "REJECT_RECEIVE_PACKAGE": ("Returned parcel refused", "bad"),
    "AWAITING_BUYER_RESPONSE": ("Partial refund offered", "wait"),
    "RETURN_OR_REFUND_REQUEST_SUCCESS": ("Refund agreed", "good"),
    "RETURN_OR_REFUND_REQUEST_COMPLETE": ("Refunded", "good"),
    "RETURN_OR_REFUND_REQUEST_CANCEL": ("Withdrawn", "off"),
    "REPLACEMENT_REQUEST_PENDING": ("Replacement asked for", "wait"),
    "REPLACEMENT_REQUEST_REJECT": ("Replacement declined", "off"),
    "REPLACEMENT_REQUEST_REFUND_SUCCESS": ("Refunded instead", "good"),
    "REPLACEMENT_REQUEST_CANCEL": ("Replacement withdrawn", "off"),
    "REPLACEMENT_REQUEST_COMPLETE": ("Replaced", "good"),
    "EXCHANGE_REQUEST_PENDING": ("Exchange asked for", "wait"),
    "EXCHANGE_REQUEST_REFUND_SUCCESS": ("Refunded instead", "good"),
    "EXCHANGE_REQUEST_CANCEL": ("Exchange withdrawn", "off"),
    "EXCHANGE_REQUEST_COMPLETE": ("Exchanged", "good"),
}
NEXT_ACTIONS = {
    "SELLER_RESPOND_REFUND": "TikTok waits for your answer to the refund",
    "SELLER_RESPOND_RETURN": "TikTok waits for your answer to the return",
    "SELLER_RESPOND_RECEIVE_PACKAGE": "TikTok waits for you to check the returned parcel",
    "SELLER_RESPOND_REPLACEMENT": "TikTok waits for your answer to the replacement",
}
#: A seller's reasons by how TikTok's keys end; the beginning changes with the order's status.
SELLER_REASONS = {
    "out_of_stock": "Out of stock",
    "wrong_price": "Pricing error",
    "address_not_deliver": "Unable to deliver to the buyer's address",
    "buyer_requested_cancellation": "The buyer asked for it",
}
_PREFIXES = ("seller_cancel_paid_reason_", "seller_cancel_unpaid_reason_", "seller_cancel_reason_")
OUT_OF_STOCK = "out_of_stock"
# What Shopify's reason is on TikTok, best first. Where none of these is offered, it is the first
# reason that TikTok offers. Shopify documentation: OrderCancelReason.
PREFERRED: Mapping[str, tuple[str, ...]] = {
    "CUSTOMER": ("buyer_requested_cancellation", OUT_OF_STOCK),
    "INVENTORY": (OUT_OF_STOCK,),
    "DECLINED": (OUT_OF_STOCK,),
    "FRAUD": (OUT_OF_STOCK, "address_not_deliver"),
    "STAFF": (OUT_OF_STOCK, "wrong_price"),
    "OTHER": (OUT_OF_STOCK,),
}


def return_word(status: str) -> str:
    """A return's status in words; one that nobody has heard of stays as it came."""
    known = RETURN_STATUSES.get(status)
    return known[0] if known else status


def return_type_word(kind: str) -> str:
    """What kind of return it is."""
    return RETURN_TYPES.get(kind, kind or "Return")


def seller_reason_word(reason: str) -> str:
    """A seller's reason in words: TikTok gives no text for its keys."""
    end = reason_ending(reason)
    return SELLER_REASONS.get(end) or end.replace("_", " ").strip().capitalize() or reason


def choose_reason(shopify_reason: str, offered: Sequence[str], wish: str = "") -> str:
    """The offered TikTok reason that fits Shopify's best; "" when nothing is offered.

    `wish` is the ending that the shop prefers to ours.
    """
    wanted = (wish, *PREFERRED.get(shopify_reason.upper(), PREFERRED["OTHER"]))
    by_ending = {reason_ending(name): name for name in reversed(offered)}
    fitting = (by_ending[end] for end in wanted if end in by_ending)
    return next(fitting, offered[0] if offered else "")


def reason_ending(reason: str) -> str:
    """What a seller's reason is known by, whatever its key begins with."""
    for prefix in _PREFIXES:
        if reason.startswith(prefix):
            return reason.removeprefix(prefix)
    return reason


# The lines of an order's history, by axis and by our status.
SENTENCES: Mapping[str, Mapping[str, str]] = {
    "cancel_request": {
        "held": "The buyer asks to cancel",
        "pending": "Answer queued for TikTok",
        "sending": "Sending the answer to TikTok",
        "synced": "TikTok has the answer",
        "failed": "TikTok did not take the answer",
        "skipped": "The buyer's cancel request is over",
    },
    "seller_cancellation": {
        "held": "Cancelled in Shopify, not on TikTok: your choice",
        "pending": "Cancellation queued for TikTok",
        "sending": "Asking TikTok",
        "synced": "Cancelled on TikTok",
        "failed": "Not cancelled on TikTok",
        "skipped": "Left as it is on TikTok",
    },
    "refund": {
        "pending": "Refund queued for Shopify",
        "sending": "Working on the refund in Shopify",
        "synced": "Refund noted in Shopify",
        "failed": "Refund not noted in Shopify",
        "skipped": "Nothing taken off in Shopify",
    },
}
GOES_ON = {
    "cancel_request": "TikTok does not have the answer yet; queued again",
    "seller_cancellation": "Not cancelled on TikTok yet; queued again",
    "refund": "Not noted in Shopify yet; queued again",
}


def return_tone(status: str) -> str:
    """The colour of a return's status; none for one that nobody has heard of."""
    known = RETURN_STATUSES.get(status)
    return known[1] if known else "off"
