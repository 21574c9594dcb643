"""Forms of the settings page."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms

from orders.policy import OrderKind
from orders.policy_rules import Rules
from tiktoksync.shops.models import ApiToken, Merchant, OrderRules

_KINDS = {
    OrderKind.NORMAL: "Normal orders",
    OrderKind.SAMPLE: "Samples",
    OrderKind.PRE_ORDER: "Pre-orders",
    OrderKind.FULFILLED_BY_TIKTOK: "Fulfilled by TikTok",
    OrderKind.REPLACEMENT: "Replacements",
    OrderKind.MADE_TO_ORDER: "Made to order",
    OrderKind.UNKNOWN: "Unknown types",
}
#: The fields of each section under their headings; the matrix of types comes on top.
SECTIONS: dict[str, list[tuple[str, list[str]]]] = {
    "orders": [
        ("When", ["auto_sync", "original_date", "safety_hold_minutes", "unlinked_policy"]),
        (
            "Money and stock",
            ["marketplace_collects_tax", "platform_discount_mode", "inventory_behaviour"],
        ),
        ("On the Shopify order", ["order_name_prefix", "stand_in_email", "tag", "sample_tag"]),
    ],
    "fulfillment": [("Tracking", ["other_carrier", "fulfill_tiktok_parcels"])],
    "aftersales": [
        ("From TikTok to Shopify", ["restock_on_cancel", "follow_cancelled_units"]),
        ("Returns and refunds", ["refund_in_shopify", "restock_returns"]),
        ("From Shopify to TikTok", ["on_shopify_cancel"]),
    ],
}
ABOUT = {
    "When": "When a paid order becomes a Shopify order.",
    "Money and stock": "TikTok's sums decide. Here you say how Shopify shows them, and what "
    "happens to stock.",
    "On the Shopify order": "How you recognize these orders in Shopify.",
    "Tracking": "Numbers added in Shopify go to TikTok at once, parcel by parcel. Shopify does not "
    "write to buyers: TikTok does.",
    "From TikTok to Shopify": "An order cancelled on TikTok is always cancelled in Shopify; one "
    "that is shipped already becomes a task for you.",
    "Returns and refunds": "TikTok pays buyers back by itself. Here you say what is noted in "
    "Shopify.",
    "From Shopify to TikTok": "A cancellation in Shopify can be told to TikTok, with one of the "
    "reasons it takes.",
}
_CHOICES = [("sync", "Sync"), ("tag", "Sync with a tag"), ("skip", "Skip")]
#: No rule: orders of a type that is not known here are held for a person to judge.
_WAIT = "wait"
_UNKNOWN_CHOICES = [(_WAIT, "Hold until I decide"), *_CHOICES]


class OrderRulesForm(forms.ModelForm):  # type: ignore[type-arg]
    """How one shop's orders become Shopify orders."""

    class Meta:
        model = OrderRules
        fields = (
            "auto_sync",
            "safety_hold_minutes",
            "unlinked_policy",
            "platform_discount_mode",
            "marketplace_collects_tax",
            "inventory_behaviour",
            "restock_on_cancel",
            "order_name_prefix",
            "tag",
            "sample_tag",
            "stand_in_email",
            "original_date",
            "other_carrier",
            "fulfill_tiktok_parcels",
            "follow_cancelled_units",
            "refund_in_shopify",
            "restock_returns",
            "on_shopify_cancel",
        )
        labels = {
            "auto_sync": "Send released orders to Shopify by themselves",
            "safety_hold_minutes": "Safety hold, in minutes after payment",
            "unlinked_policy": "An item that is not linked",
            "platform_discount_mode": "Discounts that TikTok pays for",
            "marketplace_collects_tax": "TikTok collects and remits the tax",
            "inventory_behaviour": "Stock in Shopify",
            "restock_on_cancel": "Put items back into stock when TikTok cancels an order",
            "order_name_prefix": "Prefix of order names",
            "tag": "Tag of every order",
            "sample_tag": "Tag of samples",
            "stand_in_email": "E-mail in place of the buyer's",
            "original_date": "Keep the date of the TikTok order",
            "other_carrier": "Send tracking of unknown carriers under TikTok's “Other”",
            "fulfill_tiktok_parcels": "Parcels that TikTok ships become fulfillments in Shopify",
            "follow_cancelled_units": "Take items that TikTok cancels off the Shopify order",
            "refund_in_shopify": "Note refunds on TikTok as refunds in Shopify",
            "restock_returns": "Items that buyers send back",
            "on_shopify_cancel": "An order that is cancelled in Shopify alone",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "other_carrier": "",
            "fulfill_tiktok_parcels": "",
            "follow_cancelled_units": "No money moves in Shopify: TikTok pays the buyer back.",
            "refund_in_shopify": "The items are taken off; TikTok pays the buyer, Shopify nobody.",
            "on_shopify_cancel": "TikTok says which reasons it takes; out of stock comes first.",
        }

    def __init__(self, *args: Any, section: str = "", **kwargs: Any) -> None:
        """With a section, its fields alone: the others stay as they are."""
        super().__init__(*args, **kwargs)
        self.section = section if section in SECTIONS else ""
        if self.section:
            for name in set(self.fields) - set(_names_of(self.section)):
                del self.fields[name]
        if self.has_types:
            self._add_types()

    @property
    def has_types(self) -> bool:
        """Whether the matrix of order types is part of it."""
        return self.section in ("", "orders")

    def _add_types(self) -> None:
        known = {**Rules().order_types, **self.instance.order_types}
        for kind, label in _KINDS.items():
            is_unknown = kind == OrderKind.UNKNOWN
            self.fields[f"kind_{kind}"] = forms.ChoiceField(
                choices=_UNKNOWN_CHOICES if is_unknown else _CHOICES,
                label=label,
                initial=known.get(kind) or (_WAIT if is_unknown else "sync"),
            )

    @property
    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields under their headings, each with what they are about."""
        sections = [self.section] if self.section else list(SECTIONS)
        named = [group for key in sections for group in SECTIONS[key]]
        return [(title, ABOUT[title], [self[name] for name in names]) for title, names in named]

    @property
    def types(self) -> list[forms.BoundField]:
        """The rows of the matrix of order types."""
        return [self[f"kind_{kind}"] for kind in _KINDS] if self.has_types else []

    @property
    def order_types(self) -> dict[str, str]:
        """The matrix as its one column keeps it, from what was sent and is valid."""
        chosen = {
            str(kind): self.cleaned_data[f"kind_{kind}"]
            for kind in _KINDS
            if f"kind_{kind}" in self.cleaned_data
        }
        rules_of_types = {**self.instance.order_types, **chosen}
        return {kind: rule for kind, rule in rules_of_types.items() if rule != _WAIT}

    def save(self, commit: bool = True) -> OrderRules:
        """The matrix of order types goes into its one column."""
        self.instance.order_types = self.order_types
        rules: OrderRules = super().save(commit)
        return rules


def _names_of(section: str) -> list[str]:
    return [name for _, names in SECTIONS[section] for name in names]


def default_rules(section: str) -> dict[str, Any]:
    """What a section's columns hold before anybody has chosen."""
    fresh = OrderRules()
    names = [*_names_of(section), *(["order_types"] if section == "orders" else [])]
    return {name: getattr(fresh, name) for name in names}


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name for a new API token."""

    class Meta:
        model = ApiToken
        fields = ("name",)
        labels = {"name": "What is it for?"}


class MerchantForm(forms.ModelForm):  # type: ignore[type-arg]
    """The time zone that pages are written in."""

    timezone = forms.ChoiceField(
        choices=lambda: [(name, name.replace("_", " ")) for name in sorted(available_timezones())],
        label="Time zone",
    )

    class Meta:
        model = Merchant
        fields = ("timezone",)
