"""Three sets of order settings to begin with. This table is all that a preset is."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orders.policy import OrderKind
from tiktoksync.shops.models import OrderRules, TikTokShop

Unlinked, OnCancel = OrderRules.Unlinked, OrderRules.OnShopifyCancel
NORMAL_TAG = "normal_tag"


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of settings, and whom it suits."""

    key: str
    title: str
    words: str
    suits: str
    values: Mapping[str, Any]


PRESETS: tuple[Preset, ...] = (
    Preset(
        "safe",
        "Safe",
        "Nothing reaches your warehouse before it is certain.",
        "Suits you while you are new here, or ship by hand.",
        {
            "safety_hold_minutes": 60,
            "unlinked_policy": Unlinked.BLOCK,
            "original_date": True,
            "order_name_prefix": "",
            NORMAL_TAG: False,
            "other_carrier": False,
            "refund_in_shopify": False,
            "on_shopify_cancel": OnCancel.ASK,
        },
    ),
    Preset(
        "fast",
        "Fast",
        "Orders are in Shopify the moment TikTok releases them, whatever is missing.",
        "Suits you if a packing line waits for orders.",
        {
            "safety_hold_minutes": 0,
            "unlinked_policy": Unlinked.TEXT_LINE,
            "original_date": False,
            "order_name_prefix": "",
            NORMAL_TAG: False,
            "other_carrier": True,
            "refund_in_shopify": False,
            "on_shopify_cancel": OnCancel.AUTO,
        },
    ),
    Preset(
        "finance",
        "Finance",
        "Every Shopify order can be matched with TikTok's payout, by number, day and cent.",
        "Suits you if your books are kept from Shopify.",
        {
            "safety_hold_minutes": 0,
            "unlinked_policy": Unlinked.BLOCK,
            "original_date": True,
            "order_name_prefix": "TT-",
            NORMAL_TAG: True,
            "other_carrier": False,
            "refund_in_shopify": True,
            "on_shopify_cancel": OnCancel.ASK,
        },
    ),
)
BY_KEY = {preset.key: preset for preset in PRESETS}

LABELS: Mapping[str, str] = {
    "safety_hold_minutes": "Safety hold after payment",
    "unlinked_policy": "An item that is not linked",
    "original_date": "Date of the Shopify order",
    "order_name_prefix": "Name of the Shopify order",
    NORMAL_TAG: "A tag for the type of order",
    "other_carrier": "Tracking of unknown carriers",
    "refund_in_shopify": "Refunds made on TikTok",
    "on_shopify_cancel": "An order cancelled in Shopify alone",
}
_WORDS: Mapping[str, Mapping[Any, str]] = {
    "safety_hold_minutes": {0: "None: at once when TikTok releases it"},
    "unlinked_policy": {
        Unlinked.BLOCK: "The order waits and names the SKU",
        Unlinked.TEXT_LINE: "It goes along as a line of text",
    },
    "original_date": {
        True: "The time it was placed on TikTok",
        False: "The time it is created",
    },
    "order_name_prefix": {"": "Your store's next number"},
    NORMAL_TAG: {True: "“TikTok order” on normal orders", False: "None on normal orders"},
    "other_carrier": {
        True: "Sent under TikTok's “Other”",
        False: "Wait until you say which carrier it is",
    },
    "refund_in_shopify": {
        True: "Noted as refunds in Shopify",
        False: "Shown here, not noted in Shopify",
    },
    "on_shopify_cancel": {
        OnCancel.ASK: "Offered on the order, you choose",
        OnCancel.AUTO: "Cancelled on TikTok at once",
    },
}


@dataclass(frozen=True, slots=True)
class Line:
    """One setting of a preset, in words; `now` is what it is before the preset is chosen."""

    label: str
    words: str
    now: str

    @property
    def changes(self) -> bool:
        """Choosing the preset would change it."""
        return self.words != self.now


def say(name: str, value: Any) -> str:
    """A setting's value as a merchant reads it."""
    known = _WORDS[name].get(value)
    if known is not None:
        return known
    if name == "safety_hold_minutes":
        return f"{value} minutes"
    return f"{value} and TikTok's order number" if name == "order_name_prefix" else str(value)


def lines(preset: Preset, rules: OrderRules) -> list[Line]:
    """Exactly what a preset sets, beside what is set now."""
    return [
        Line(LABELS[name], say(name, value), say(name, value_of(rules, name)))
        for name, value in preset.values.items()
    ]


def compare(rules: OrderRules) -> list[tuple[str, list[tuple[str, Line]]]]:
    """Every setting with what each preset makes of it."""
    told = [(preset.title, lines(preset, rules)) for preset in PRESETS]
    return [
        (label, [(title, rows[place]) for title, rows in told])
        for place, label in enumerate(LABELS.values())
    ]


def value_of(rules: OrderRules, name: str) -> Any:
    """One setting that presets know, as a shop's rules have it."""
    if name == NORMAL_TAG:
        return rules.order_types.get(OrderKind.NORMAL) == "tag"
    return getattr(rules, name)


def apply_preset(rules: OrderRules, preset: Preset) -> OrderRules:
    """A copy of the rules with the preset's settings; nothing is stored."""
    found = copy.copy(rules)
    for name, value in preset.values.items():
        if name == NORMAL_TAG:
            kind = "tag" if value else "sync"
            found.order_types = {**rules.order_types, str(OrderKind.NORMAL): kind}
        else:
            setattr(found, name, value)
    return found


def preset_of(rules: OrderRules) -> Preset | None:
    """The preset that a shop's rules agree with; None where they are the merchant's own."""
    for preset in PRESETS:
        if all(value_of(rules, name) == value for name, value in preset.values.items()):
            return preset
    return None


def with_rules(shop: TikTokShop, rules: OrderRules) -> TikTokShop:
    """The shop as it would be under these rules; nothing is stored."""
    found = copy.copy(shop)
    found.rules = rules
    return found
