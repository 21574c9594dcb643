"""Dry runs: what they show, how they end, and that they send nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.models import Order
from tests.factories import Pair, link_sku, pass_time, set_columns, stored_order
from tests.fakes import Platforms, call_inline
from tests.orders.data import build
from tiktoksync.connecting.services.go_live import go_live
from tiktoksync.onboarding.models import DryRun
from tiktoksync.onboarding.services.dry_runs import (
    JUDGED,
    DryRunConflict,
    Findings,
    begin_dry_run,
    end_dry_run,
    last_dry_run,
    read_findings,
    sent_since,
)
from tiktoksync.onboarding.verdicts import Fate
from tiktoksync.shops.models import OrderRules, SettingsChange
from tiktoksync.sync.lanes import Lane, drain


def look(run: DryRun) -> Findings:
    run = DryRun.objects.select_related("shop__store").get(pk=run.pk)
    return read_findings(run, timezone.now())


def fates(findings: Findings) -> dict[str, Fate]:
    return {verdict.order.tiktok_order_id: verdict.fate for verdict in findings.verdicts}


@pytest.fixture
def run(pair: Pair) -> DryRun:
    link_sku(pair, "RED", 41)
    set_columns(pair.store, variants_read_at=timezone.now())
    return begin_dry_run(pair.refresh().shop, 24, None)


def test_each_order_tells_what_would_become_of_it(pair: Pair, run: DryRun) -> None:
    blue = [build.unit("9", sku="BLUE")]
    stored_order(pair.shop, "1001")
    stored_order(pair.shop, "1002", lines=blue)
    stored_order(pair.shop, "1003", status="ON_HOLD")
    stored_order(pair.shop, "1004", status="CANCELLED")
    stored_order(pair.shop, "1005", fulfillment_type="FULFILLMENT_BY_TIKTOK")
    findings = look(run)
    assert fates(findings) == {
        "1001": Fate.CREATE,
        "1002": Fate.BLOCK,
        "1003": Fate.WAIT,
        "1004": Fate.SKIP,
        "1005": Fate.SKIP,
    }
    words = {one.order.tiktok_order_id: one.words for one in findings.verdicts}
    assert words["1002"].startswith("Not linked to a Shopify product: BLUE.")
    assert words["1003"].startswith("On hold at TikTok")
    assert words["1005"] == "Skipped: TikTok ships this order from its own warehouse."
    assert (findings.total, findings.left_out, findings.sent) == (5, 0, 0)
    assert findings.counts[Fate.SKIP] == 2


def test_a_link_that_is_made_meanwhile_shows_at_once(pair: Pair, run: DryRun) -> None:
    stored_order(pair.shop, "1002", lines=[build.unit("9", sku="BLUE")])
    assert fates(look(run)) == {"1002": Fate.BLOCK}
    link_sku(pair, "BLUE", 42)
    assert fates(look(run)) == {"1002": Fate.CREATE}


def test_nothing_is_sent_however_often_the_lanes_run(
    pair: Pair, run: DryRun, platforms: Platforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_inline(monkeypatch)
    order = stored_order(pair.shop, "1001")
    look(run)
    for _ in range(3):
        pass_time(3600)
        drain(Lane("push_orders", pair.store.pk))
    assert platforms.shopify.calls == []
    order.refresh_from_db()
    assert (order.sync_status, order.wait_reason, order.attempt_number) == ("held", "not_live", 0)
    assert sent_since(run) == 0

    go_live(pair.shop)
    drain(Lane("push_orders", pair.store.pk))
    assert platforms.shopify.count("create_order") == 1
    assert Order.objects.get().sync_status == "synced"
    assert sent_since(run) == 1


def test_orders_of_before_that_wait_are_shown_too(pair: Pair) -> None:
    link_sku(pair, "RED", 41)
    waiting, skipped = (
        stored_order(pair.shop, "1001"),
        stored_order(pair.shop, "1002", status="CANCELLED"),
    )
    yesterday = timezone.now() - timedelta(days=1)
    for order in (waiting, skipped):
        set_columns(order, first_seen_at=yesterday, released_at=None)
    assert fates(look(begin_dry_run(pair.shop, 1, None))) == {"1001": Fate.CREATE}


def test_it_ends_by_itself_and_waits_for_a_person(pair: Pair, run: DryRun) -> None:
    set_columns(run, started_at=timezone.now() - timedelta(hours=25))
    set_columns(run, ends_at=timezone.now() - timedelta(hours=1))
    stored_order(pair.shop, "1001")
    findings = look(run)
    assert findings.is_over
    assert fates(findings) == {}
    pair.refresh()
    assert pair.shop.live_at is None
    again = begin_dry_run(pair.shop, 4, None)
    run.refresh_from_db()
    assert run.ended_at == run.ends_at
    assert last_dry_run(pair.shop) == again
    assert not look(again).is_over


def test_one_at_a_time(pair: Pair, run: DryRun) -> None:
    with pytest.raises(DryRunConflict, match="under way"):
        begin_dry_run(pair.shop, 1, None)
    assert DryRun.objects.count() == 1


@pytest.mark.parametrize("hours", [0, 25, 1000])
def test_a_day_is_the_longest(pair: Pair, hours: int) -> None:
    with pytest.raises(DryRunConflict, match="between 1 and 24 hours"):
        begin_dry_run(pair.shop, hours, None)
    assert not DryRun.objects.exists()


def test_a_live_shop_has_none(pair: Pair) -> None:
    go_live(pair.shop)
    with pytest.raises(DryRunConflict, match="is live already"):
        begin_dry_run(pair.shop, 1, None)
    assert not DryRun.objects.exists()


def test_ending_it_is_told_once(pair: Pair, run: DryRun) -> None:
    assert end_dry_run(pair.shop, None) is True
    assert end_dry_run(pair.shop, None) is False
    assert look(run).is_over
    assert [line.words for line in SettingsChange.objects.order_by("pk")] == [
        "Began a dry run of 24 h for Anna's shop.",
        "Ended the dry run of Anna's shop.",
    ]
    assert pair.refresh().shop.live_at is None


def test_a_rule_of_the_merchant_counts(pair: Pair, run: DryRun) -> None:
    OrderRules.objects.filter(shop=pair.shop).update(auto_sync=False)
    stored_order(pair.shop, "1001")
    (verdict,) = look(run).verdicts
    assert (verdict.fate, verdict.words) == (
        Fate.WAIT,
        "Automatic sync is off. The order waits for your click.",
    )


def test_the_page_is_bounded(pair: Pair, run: DryRun, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        stored_order(pair.shop, f"100{number}")
    with django_assert_max_num_queries(9):
        few = look(run)
    Order.objects.bulk_create(
        Order(
            shop=pair.shop,
            tiktok_order_id=f"2{number:05}",
            tiktok_status="AWAITING_SHIPMENT",
            tiktok_update_time=1,
            raw=few.verdicts[0].order.raw,
            wait_reason="not_live",
            currency="USD",
        )
        for number in range(JUDGED + 20)
    )
    with django_assert_max_num_queries(9):
        many = look(run)
    assert (len(many.verdicts), many.total, many.left_out) == (JUDGED, JUDGED + 23, 23)
