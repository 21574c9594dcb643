"""Making a preset the order rules of a shop."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from orders.services.new_rules import apply_new_rules
from orders.services.rules import order_rules
from tiktoksync.onboarding.presets import LABELS, Preset, apply_preset, say, value_of
from tiktoksync.onboarding.services.progress import note_step
from tiktoksync.shops.models import OrderRules, TikTokShop
from tiktoksync.shops.services.note_changes import changed, note_settings_change


def choose_preset(shop: TikTokShop, preset: Preset, user: Any) -> OrderRules:
    """Store the preset's settings, tell the audit log, and judge waiting orders by them."""
    with transaction.atomic():
        order_rules(shop)
        before = OrderRules.objects.select_for_update().get(shop=shop)
        rules = apply_preset(before, preset)
        rules.save()
        note_settings_change(
            shop.merchant,
            "orders",
            user=user,
            words=f"Chose the preset {preset.title} for {shop}.",
            changes=_changes(before, rules, preset),
            shop=shop,
        )
        note_step(shop.merchant, shop, "rules", user)
    shop.rules = rules
    apply_new_rules(shop)
    return rules


def _changes(before: OrderRules, rules: OrderRules, preset: Preset) -> list[dict[str, str]]:
    return [
        changed(
            name,
            LABELS[name],
            say(name, value_of(before, name)),
            say(name, value_of(rules, name)),
        )
        for name in preset.values
    ]
