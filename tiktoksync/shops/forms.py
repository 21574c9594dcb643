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
}
_GROUPS: list[tuple[str, list[str]]] = [
    ("When", ["auto_sync", "original_date", "safety_hold_minutes", "unlinked_policy"]),
    (
        "Money and stock",
        [
            "marketplace_collects_tax",
            "restock_on_cancel",
            "platform_discount_mode",
            "inventory_behaviour",
        ],
    ),
    ("On the Shopify order", ["tag", "sample_tag", "order_name_prefix", "stand_in_email"]),
    ("Tracking", ["other_carrier"]),
]
_CHOICES = [("sync", "Sync"), ("tag", "Sync with a tag"), ("skip", "Skip")]


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
        }
        help_texts: ClassVar[dict[str, str]] = {"other_carrier": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {**Rules().order_types, **self.instance.order_types}
        for kind, label in _KINDS.items():
            self.fields[f"kind_{kind}"] = forms.ChoiceField(
                choices=_CHOICES, label=label, initial=known.get(kind, "sync")
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
        self.instance.order_types = {**self.instance.order_types, **chosen}
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
