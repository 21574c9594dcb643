"""What a preset sets, and nothing else."""

from __future__ import annotations

import pytest
from django.forms.models import model_to_dict

from tests.factories import Pair, stored_order
from tiktoksync.onboarding import presets
from tiktoksync.onboarding.services.choose_preset import choose_preset
from tiktoksync.shops.models import OrderRules, SettingsChange

SAFE, FAST, FINANCE = (presets.BY_KEY[key] for key in ("safe", "fast", "finance"))


def columns(rules: OrderRules) -> dict[str, object]:
    return model_to_dict(rules, exclude=["id", "shop"])


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (
            "safe",
            {
                "safety_hold_minutes": 60,
                "unlinked_policy": "block",
                "original_date": True,
                "order_name_prefix": "",
                "order_types": {"normal": "sync", "sample": "skip"},
                "other_carrier": False,
                "refund_in_shopify": False,
                "on_shopify_cancel": "ask",
            },
        ),
        (
            "fast",
            {
                "safety_hold_minutes": 0,
                "unlinked_policy": "text_line",
                "original_date": False,
                "order_name_prefix": "",
                "order_types": {"normal": "sync", "sample": "skip"},
                "other_carrier": True,
                "refund_in_shopify": False,
                "on_shopify_cancel": "auto",
            },
        ),
        (
            "finance",
            {
                "safety_hold_minutes": 0,
                "unlinked_policy": "block",
                "original_date": True,
                "order_name_prefix": "TT-",
                "order_types": {"normal": "tag", "sample": "skip"},
                "other_carrier": False,
                "refund_in_shopify": True,
                "on_shopify_cancel": "ask",
            },
        ),
    ],
)
def test_choosing_a_preset_sets_its_settings_and_no_other(
    pair: Pair, woken: list[tuple[str, int]], key: str, expected: dict[str, object]
) -> None:
    OrderRules.objects.filter(shop=pair.shop).update(
        order_types={"sample": "skip"}, tag="Mine", stand_in_email="a@example.com"
    )
    before = columns(OrderRules.objects.get(shop=pair.shop))
    choose_preset(pair.shop, presets.BY_KEY[key], None)
    assert columns(OrderRules.objects.get(shop=pair.shop)) == {**before, **expected}


def test_looking_at_a_preset_stores_nothing(pair: Pair) -> None:
    rules = OrderRules.objects.get(shop=pair.shop)
    before = columns(rules)
    shop = presets.with_rules(pair.shop, presets.apply_preset(rules, FAST))
    assert shop.rules.unlinked_policy == "text_line"
    assert columns(rules) == before == columns(OrderRules.objects.get(shop=pair.shop))


def test_a_shop_knows_the_preset_it_agrees_with(pair: Pair, woken: list[tuple[str, int]]) -> None:
    rules = OrderRules.objects.get(shop=pair.shop)
    assert presets.preset_of(rules) is None
    for preset in presets.PRESETS:
        assert presets.preset_of(choose_preset(pair.shop, preset, None)) is preset
    rules = OrderRules.objects.get(shop=pair.shop)
    rules.safety_hold_minutes = 5
    assert presets.preset_of(rules) is None


def test_every_setting_of_a_preset_is_said_in_words(pair: Pair) -> None:
    rules = OrderRules.objects.get(shop=pair.shop)
    told = {line.label: line for line in presets.lines(SAFE, rules)}
    assert len(told) == len(SAFE.values) == len(presets.LABELS)
    hold = told["Safety hold after payment"]
    assert (hold.words, hold.changes) == ("60 minutes", True)
    assert hold.now == "None: at once when TikTok releases it"
    assert not told["An item that is not linked"].changes
    for preset in presets.PRESETS:
        assert set(preset.values) == set(presets.LABELS)


def test_a_choice_is_told_in_the_audit_log(pair: Pair, woken: list[tuple[str, int]]) -> None:
    choose_preset(pair.shop, FINANCE, None)
    line = SettingsChange.objects.get()
    assert (line.section, line.shop_id) == ("orders", pair.shop.pk)
    assert line.words == "Chose the preset Finance for Anna's shop."
    changed = {one["field"]: (one["from"], one["to"]) for one in line.changes}
    assert changed["order_name_prefix"] == (
        "Your store's next number",
        "TT- and TikTok's order number",
    )
    assert "original_date" not in changed


def test_waiting_orders_are_judged_anew(pair: Pair, woken: list[tuple[str, int]]) -> None:
    order = stored_order(pair.shop)
    assert order.wait_reason == "not_live"
    woken.clear()
    choose_preset(pair.shop, FAST, None)
    assert ("push_orders", pair.store.pk) in woken
