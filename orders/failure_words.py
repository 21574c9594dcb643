"""What a person can do about an order that does not go on, by its cause; and every such cause.

The sentences stand with the flows that say them; here is the advice, and the list of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orders import backfill, parcel_words
from orders.policy_reasons import DEFAULTS, SENTENCES, BlockReason, SkipReason, WaitReason
from tiktoksync.support.buttons import Action
from tiktoksync.support.lines import Line, line
from tiktoksync.sync.models import FailureKind

GROUP, PARCELS, AFTERWARDS = "Orders", "Parcels and tracking", "Cancellations, refunds, addresses"

KIND_FIXES: Mapping[str, str] = {
    FailureKind.AUTH: "Reconnect the account. The order goes on by itself afterwards.",
    FailureKind.REJECTED: "Correct what was refused, then retry.",
    FailureKind.GONE: "What the order refers to no longer exists. Put it back or link it anew, "
    "then retry.",
    FailureKind.EXHAUSTED: "Retry once the other side answers again.",
    FailureKind.MALFORMED: "Nothing can be sent until TikTok sends the order in a readable form.",
    FailureKind.INTERNAL: "Retry. If it comes back, tell support the request id from the timeline.",
    FailureKind.CONFIG: "Set up what is missing, then retry.",
}
_KIND_ACTIONS: Mapping[str, Action] = {
    FailureKind.AUTH: Action.RECONNECT,
    FailureKind.MALFORMED: Action.WAIT,
    FailureKind.INTERNAL: Action.RETRY,
    FailureKind.CONFIG: Action.OPEN_ORDER_SETTINGS,
    FailureKind.GONE: Action.RETRY,
}
CODE_FIXES: Mapping[str, str] = {
    BlockReason.SKU_UNLINKED: "Choose the Shopify variant that is sold under this SKU.",
    BlockReason.SKU_AMBIGUOUS: "Choose which of the Shopify variants is meant.",
    BlockReason.SKU_BLANK: "Choose the Shopify variant that is sold as this item.",
    BlockReason.VARIANT_GONE: "Choose another Shopify variant for this SKU.",
    BlockReason.CURRENCY_NOT_ACCEPTED: "Add the currency to the Shopify store, then retry.",
    BlockReason.MONEY_MISMATCH: "Compare the sums below with TikTok's own page of the order. "
    "Retry after a fresh copy has come.",
    "address_after_shipping": "Ask the carrier to redirect the parcel. Once the "
    "Shopify order carries the new address, retry.",
    "address_hidden": "Once the Shopify order carries the new address, retry.",
    BlockReason.ADDRESS_MISSING: "Nothing to do: the order goes on once TikTok gives an address.",
    **parcel_words.FIXES,
}
#: Advice for what waits or was left out, where a person can change it.
_WAIT_FIXES: Mapping[str, str] = {
    WaitReason.UNKNOWN_ORDER_TYPE: "Sync it by hand, or choose in the order settings what becomes "
    "of unknown types.",
    WaitReason.SAFETY_HOLD: "Nothing to do: it goes on by itself. Or sync it now.",
    WaitReason.AUTO_SYNC_OFF: "Sync it now, or switch automatic sync on in the order settings.",
}
_WAIT_ACTIONS: Mapping[str, Action] = {
    WaitReason.UNKNOWN_ORDER_TYPE: Action.RELEASE,
    WaitReason.SAFETY_HOLD: Action.RELEASE,
    WaitReason.AUTO_SYNC_OFF: Action.RELEASE,
}
_WAIT = "Nothing to do: the order goes on by itself."
_SKIP_FIXES: Mapping[str, str] = {
    SkipReason.BEFORE_SYNC_FROM: "Retry to send it all the same, or take in old orders by a "
    "backfill.",
    SkipReason.ALREADY_PAST_SHIPMENT: "Nothing to do: it is shipped. Retry to have it in Shopify.",
    SkipReason.CANCELLED: "Nothing to do: nothing is to be shipped.",
    SkipReason.CANCELLED_IN_HOLD: "Nothing to do: nothing is to be shipped.",
    SkipReason.ALREADY_IN_SHOPIFY: "Nothing to do: look at the order in Shopify.",
    SkipReason.DISMISSED: "Retry to take it back.",
}
_RULE_FIX = "Retry to send this one, or change the rule in the order settings."


def lines() -> Iterator[Line]:
    """Every cause that keeps an order, or what follows it, from going on."""
    yield from _kind_lines()
    yield from _policy_lines()
    yield from _part_lines(PARCELS, _parcel_sentences())
    yield from _part_lines(AFTERWARDS, _aftersales_sentences())
    yield from _backfill_lines()


def _kind_lines() -> Iterator[Line]:
    sentences = {
        FailureKind.CONFIG: "Something that this needs is not set up.",
        FailureKind.AUTH: "The connection to the platform is lost.",
        FailureKind.REJECTED: "The platform refused it.",
        FailureKind.GONE: "What this refers to no longer exists.",
        FailureKind.EXHAUSTED: "It was tried many times without success.",
        FailureKind.MALFORMED: "What the platform sent cannot be read.",
        FailureKind.INTERNAL: "Something went wrong inside TikTokSync; the log has the details.",
    }
    for kind in FailureKind:
        action = _KIND_ACTIONS.get(kind, Action.RETRY)
        yield line(
            "kinds", "Kinds of failure", kind, sentences[kind], KIND_FIXES[kind], action=action
        )


def _policy_lines() -> Iterator[Line]:
    for reason, sentence in SENTENCES.items():
        if isinstance(reason, BlockReason):
            layer, fix, action = "block", CODE_FIXES.get(reason, ""), None
        elif isinstance(reason, WaitReason):
            layer, fix = "wait", _WAIT_FIXES.get(reason, _WAIT)
            action = _WAIT_ACTIONS.get(reason, Action.WAIT)
        else:
            layer, fix = "skip", _SKIP_FIXES.get(reason, _RULE_FIX)
            action = Action.OPEN_ORDER_SETTINGS if fix == _RULE_FIX else None
        yield line(
            *("orders", GROUP, str(reason), sentence, fix),
            layer=layer,
            action=action or "",
            blanks=DEFAULTS,
        )


def _part_lines(group: str, sentences: Mapping[str, tuple[str, str]]) -> Iterator[Line]:
    for code, (sentence, fix) in sentences.items():
        action = Action.EDIT_CARRIERS if code == "carrier_unknown" else ""
        advice = CODE_FIXES.get(code) or fix
        yield line("orders", group, code, sentence, advice, layer="parts", action=action)


def _parcel_sentences() -> Mapping[str, tuple[str, str]]:
    from orders.services import fulfillment_words as words
    from orders.services import parcel_rows, push_packages

    return {
        "carrier_unknown": (words.CARRIER_UNKNOWN, ""),
        "number_refused": (words.NUMBER_FORM, ""),
        "units_unknown": (words.NO_UNITS, ""),
        "delivery_option_unknown": (
            words.NO_OPTION,
            "Pull a fresh copy of the order. If it stays, ship it in TikTok's Seller Center.",
        ),
        "one_number": (
            words.ONE_NUMBER,
            "Ship the items in Shopify under the number that TikTok has, or correct it in TikTok's "
            "Seller Center.",
        ),
        "shipped_otherwise": (
            words.SHIPPED_OTHERWISE,
            "Put TikTok's number on the Shopify fulfillment, or correct it in TikTok's Seller "
            "Center.",
        ),
        parcel_rows.TAKEN_BACK: (parcel_rows.TAKEN_BACK_WORDS, ""),
        "fulfillment_gone": (push_packages.NO_FULFILLMENT, "Fulfil the items in Shopify by hand."),
    }


def _aftersales_sentences() -> Mapping[str, tuple[str, str]]:
    from orders.services import push_addresses, push_cancellations, push_packages
    from orders.services import push_seller_cancellations as seller

    return {
        "order_gone": (
            push_packages.ORDER_GONE,
            "Put it right in Shopify by hand: the order that it concerns was deleted there.",
        ),
        "recall": (
            push_cancellations.RECALL,
            "Have the parcel called back by its carrier, then cancel the order in Shopify.",
        ),
        "not_eligible": (seller.NOT_ELIGIBLE, "Answer the order in TikTok's Seller Center."),
        "address_hidden": (push_addresses.HIDDEN, ""),
        "address_after_shipping": (push_addresses.SHIPPED, ""),
        "gone": (
            push_addresses.GONE,
            "Correct the address on the order in Shopify that takes its place.",
        ),
        "malformed": (
            "TikTok sent the order in a form that cannot be read. The original is kept.",
            KIND_FIXES[FailureKind.MALFORMED],
        ),
    }


_BACKFILL_FIXES: Mapping[str, tuple[str, Action]] = {
    backfill.Cause.MISSING: ("Nothing to do: the backfill creates it.", Action.WAIT),
    backfill.Cause.MISSING_ON_HOLD: (_WAIT, Action.WAIT),
    backfill.Cause.UNPAID: ("Nothing to do: it comes by itself once it is paid.", Action.WAIT),
    backfill.Cause.UNREADABLE: (
        "Open the order in TikTok's Seller Center. If it looks right there, make a new preview.",
        Action.OPEN_TIKTOK,
    ),
    backfill.Cause.GONE: ("Look for the order in TikTok's Seller Center.", Action.OPEN_TIKTOK),
}


def _backfill_lines() -> Iterator[Line]:
    """What a backfill finds; the reasons of the policy have lines of their own."""
    there = ("Nothing to do: the order is where it belongs.", Action.WAIT)
    for cause in backfill.Cause:
        fix, action = _BACKFILL_FIXES.get(cause, there)
        sentence = f"{backfill.cause_words(cause)}."
        yield line("backfill", "Backfills", str(cause), sentence, fix, action=action)
