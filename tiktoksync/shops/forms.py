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
_GROUPS: list[tuple[str, list[str]]] = [
    ("When", ["auto_sync", "original_date", "safety_hold_minutes", "unlinked_policy"]),
    (
        "Money and stock",
        [
            "marketplace_collects_tax",
            "platform_discount_mode",
            "inventory_behaviour",
        ],
    ),
    (
        "Cancellations and returns",
        [
            "restock_on_cancel",
            "follow_cancelled_units",
            "refund_in_shopify",
            "restock_returns",
            "on_shopify_cancel",
        ],
    ),
    ("On the Shopify order", ["tag", "sample_tag", "order_name_prefix", "stand_in_email"]),
    ("Tracking", ["other_carrier", "fulfill_tiktok_parcels"]),
]
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {**Rules().order_types, **self.instance.order_types}
        for kind, label in _KINDS.items():
            is_unknown = kind == OrderKind.UNKNOWN
            self.fields[f"kind_{kind}"] = forms.ChoiceField(
                choices=_UNKNOWN_CHOICES if is_unknown else _CHOICES,
                label=label,
                initial=known.get(kind) or (_WAIT if is_unknown else "sync"),
            )

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        kinds = [f"kind_{kind}" for kind in _KINDS]
        named = [*_GROUPS, ("Types of order", kinds)]
        return [(title, [self[name] for name in names]) for title, names in named]

    def save(self, commit: bool = True) -> OrderRules:
        """The matrix of order types goes into its one column."""
        chosen = {str(kind): self.cleaned_data[f"kind_{kind}"] for kind in _KINDS}
        rules_of_types = {**self.instance.order_types, **chosen}
        self.instance.order_types = {
            kind: rule for kind, rule in rules_of_types.items() if rule != _WAIT
        }
        rules: OrderRules = super().save(commit)
        return rules


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
