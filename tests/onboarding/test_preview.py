"""One stored order beside the Shopify order it would become, under each preset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from products.models import SkuLookup
from tests.factories import Pair, link_sku, make_variant, set_columns, stored_order
from tests.fakes import Platforms
from tests.orders.data import build
from tiktoksync.onboarding import presets
from tiktoksync.onboarding.preview import Preview, newest_orders, preview_order
from tiktoksync.onboarding.verdicts import Fate
from tiktoksync.shops.models import OrderRules

PAID = datetime.fromtimestamp(build.PAID, UTC)
LATER = PAID + timedelta(hours=3)


def look(pair: Pair, order: Any, preset: str = "", now: datetime = LATER) -> Preview:
    rules = OrderRules.objects.get(shop=pair.shop)
    if preset:
        rules = presets.apply_preset(rules, presets.BY_KEY[preset])
    found = preview_order(presets.with_rules(pair.shop, rules), order, now)
    assert found is not None
    return found


@pytest.fixture
def order(pair: Pair) -> Any:
    lines = [
        build.unit("901", platform_discount="1.00"),
        build.unit("902", platform_discount="1.00"),
        build.unit("903", sku="BLUE", price="5.00"),
    ]
    payment = build.payment(lines, original_shipping_fee="4.00")
    return stored_order(pair.shop, lines=lines, payment=payment)


def test_both_columns_show_the_same_money(pair: Pair, order: Any) -> None:
    link_sku(pair, "RED", 41)
    make_variant(pair.store, "BLUE", 42)
    found = look(pair, order)
    assert found.fate is Fate.CREATE
    assert [(item.quantity, item.sku, item.total) for item in found.sold] == [
        (2, "RED", Decimal(20)),
        (1, "BLUE", Decimal(5)),
    ]
    assert [(one.label, one.amount) for one in found.sums] == [
        ("TikTok's discount", Decimal("-2.00")),
        ("Shipping", Decimal("4.00")),
    ]
    made = found.made
    assert made is not None
    assert [(item.quantity, item.title, item.price, item.note) for item in made.items] == [
        (2, "Shirt / RED", Decimal("10.00"), ""),
        (1, "Shirt / BLUE", Decimal("5.00"), ""),
    ]
    assert [(one.label, one.amount) for one in made.charges] == [
        ("Standard shipping", Decimal("4.00"))
    ]
    assert made.total == Decimal("29.00")
    assert [(one.label, one.amount) for one in made.payments] == [
        ("TikTok Shop", Decimal("27.00")),
        ("TikTok Shop platform discount", Decimal("2.00")),
    ]
    assert (made.tags, made.note) == (["TikTok Shop"], [f"TikTok Shop order {order}"])


def test_the_presets_make_the_difference_that_they_tell(pair: Pair, order: Any) -> None:
    link_sku(pair, "RED", 41)
    link_sku(pair, "BLUE", 42)
    safe = look(pair, order, "safe", PAID + timedelta(minutes=10))
    assert (safe.fate, safe.words[:35]) == (Fate.WAIT, "Your safety hold keeps the order ba")
    assert safe.made is not None
    fast, finance = look(pair, order, "fast"), look(pair, order, "finance")
    assert fast.fate is finance.fate is Fate.CREATE
    assert fast.made
    assert finance.made
    assert (fast.made.name, fast.made.dated, fast.made.tags) == ("", None, ["TikTok Shop"])
    assert finance.made.name == f"TT-{order}"
    assert finance.made.dated == datetime.fromtimestamp(build.CREATED, UTC)
    assert finance.made.tags == ["TikTok Shop", "TikTok order"]


def test_an_unlinked_item_blocks_or_goes_as_text(pair: Pair, order: Any) -> None:
    link_sku(pair, "RED", 41)
    set_columns(pair.store, variants_read_at=LATER)
    pair.refresh()
    safe, fast = look(pair, order, "safe"), look(pair, order, "fast")
    assert (safe.fate, safe.made) == (Fate.BLOCK, None)
    assert safe.words.startswith("Not linked to a Shopify product: BLUE.")
    assert fast.fate is Fate.CREATE
    assert fast.made is not None
    assert [(item.title, item.note) for item in fast.made.items] == [
        ("Shirt / RED", ""),
        ("Shirt BLUE", "Line of text"),
    ]


def test_two_variants_with_one_sku_are_not_guessed(pair: Pair, order: Any) -> None:
    link_sku(pair, "RED", 41)
    make_variant(pair.store, "BLUE", 42)
    make_variant(pair.store, "blue", 43)
    found = look(pair, order)
    assert found.fate is Fate.BLOCK
    assert found.words.startswith("Several Shopify variants share the SKU: BLUE.")


def test_looking_asks_nobody_and_writes_nothing(
    pair: Pair,
    order: Any,
    platforms: Platforms,
    woken: list[tuple[str, int]],
    django_assert_max_num_queries: Any,
) -> None:
    woken.clear()
    pair.refresh()
    with django_assert_max_num_queries(7):
        look(pair, order, "fast")
    assert (platforms.tiktok.calls, platforms.shopify.calls) == ([], [])
    assert woken == []
    assert not SkuLookup.objects.exists()


def test_a_cancelled_order_would_be_skipped(pair: Pair) -> None:
    order = stored_order(pair.shop, status="CANCELLED")
    found = look(pair, order)
    assert (found.fate, found.words) == (
        Fate.SKIP,
        "Skipped: the order was cancelled on TikTok.",
    )


def test_sums_that_do_not_agree_are_told(pair: Pair, order: Any) -> None:
    link_sku(pair, "RED", 41)
    link_sku(pair, "BLUE", 42)
    order.raw["payment"]["total_amount"] = "99.00"
    found = look(pair, order)
    assert (found.fate, found.made) == (Fate.BLOCK, None)
    assert found.words.startswith("The sums do not agree: TikTok says 99.00 USD")


def test_an_order_without_its_buyers_data_is_not_offered(pair: Pair, order: Any) -> None:
    assert newest_orders(pair.shop, 5) == [order]
    set_columns(order, personal_data_erased_at=LATER)
    assert newest_orders(pair.shop, 5) == []


def test_what_cannot_be_read_has_no_preview(pair: Pair, order: Any) -> None:
    order.raw = {"id": "1"}
    assert preview_order(pair.shop, order, LATER) is None
