"""The sweep wakes every lane with something due, and no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.models import Order, SellerCancellation
from orders.services.backfill_orders import begin_backfill
from orders.services.bulk_orders import begin_bulk
from products.models import ListingTask, ProductImport
from products.services import listing_tasks
from products.services.product_wishes import begin_link
from tests.factories import (
    Pair,
    hint_of_order,
    hint_of_shopify,
    make_cancellation,
    make_fulfillment,
    make_pair,
    make_reference,
    set_columns,
    synced_order,
)
from tests.fakes import Wakes
from tests.sync.conftest import make_row
from tiktoksync.cron import FLOWS
from tiktoksync.shops.models import Credential, ShopifyStore, TikTokShop
from tiktoksync.sync.sweep import recover_lost, sweep, wake_due

LATER = timedelta(hours=1)


@pytest.fixture
def quiet(pair: Pair, wakes: Wakes) -> Pair:
    """Nothing is due: both polls have just been made."""
    TikTokShop.objects.update(next_poll_at=timezone.now() + LATER)
    ShopifyStore.objects.update(next_fulfillment_poll_at=timezone.now() + LATER)
    return pair


def make_due(pair: Pair, stem: str) -> int:
    """Give one lane something to do; returns its account."""
    shop, store = pair.shop, pair.store
    match stem:
        case "refresh_tokens":
            Credential.objects.filter(shop=shop).update(next_attempt_at=timezone.now())
            return shop.credential.pk
        case "pull_orders":
            set_columns(shop, next_poll_at=timezone.now())
            return shop.pk
        case "pull_variants":
            set_columns(store, variants_wanted_at=timezone.now())
            return store.pk
        case "pull_listings":
            set_columns(shop, listings_wanted_at=timezone.now())
            return shop.pk
        case "pull_aftersales":
            set_columns(shop, next_aftersales_poll_at=timezone.now())
            return shop.pk
        case "keep_shop_webhooks":
            set_columns(shop, subscribed_at=timezone.now(), next_webhook_check_at=timezone.now())
            return shop.pk
        case "keep_store_webhooks":
            set_columns(store, subscribed_at=timezone.now(), next_webhook_check_at=timezone.now())
            return store.pk
        case "backfill_orders":
            begin_backfill(shop, timezone.now() - LATER, timezone.now())
            return shop.pk
        case "bulk_orders":
            begin_bulk(shop, "retry", {"ids": []})
            return shop.pk
        case "product_runs":
            begin_link(shop)
            return shop.pk
        case "upload_products":
            product = store.products.create(shopify_product_id="gid://shopify/Product/1")
            shop.uploads.create(product=product)
            return shop.pk
        case "import_products":
            ProductImport.objects.create(listing=shop.listings.create(tiktok_product_id="1"))
            return store.pk
        case "push_stock" | "push_prices" | "push_listing_states" | "push_external_ids":
            kind = {flow: kind for kind, flow in listing_tasks.FLOWS.items()}[stem]
            listing = shop.listings.create(tiktok_product_id="1")
            listing_tasks.ask(shop, [listing.pk], ListingTask.Kind(kind), reason="asked")
            return shop.pk
        case "push_orders":
            make_row(pair)
            return store.pk
        case "link_skus":
            store.sku_lookups.create(sku="RED", sku_key="red")
            return store.pk
    order = synced_order(shop)
    match stem:
        case "pull_fulfillments":
            set_columns(store, next_fulfillment_poll_at=timezone.now())
            return store.pk
        case "push_fulfillments":
            make_fulfillment(order)
            return shop.pk
        case "push_cancellations":
            make_cancellation(order)
            return store.pk
        case "push_references":
            make_reference(order)
            return shop.pk
        case "pull_packages":
            order.packages.create(tiktok_package_id="p1", wanted_at=timezone.now())
            return shop.pk
        case "push_packages":
            package = order.packages.create(tiktok_package_id="p1")
            order.package_fulfillments.create(package=package, tracking_number="9400")
            return store.pk
        case "push_addresses":
            order.address_changes.create(fingerprint="f")
            return store.pk
        case "answer_cancel_requests":
            order.cancel_requests.create(cancel_id="c1", verdict="approve")
            return shop.pk
        case "push_seller_cancellations":
            SellerCancellation.objects.create(order=order, reason="seller_cancel_reason")
            return shop.pk
        case "push_refunds":
            order.refunds.create(source="return", source_id="r1")
            return store.pk
    raise AssertionError(stem)


def test_a_quiet_installation_wakes_nobody(quiet: Pair, wakes: Wakes) -> None:
    assert sweep() == 0
    assert wakes.lanes == []


@pytest.mark.parametrize("stem", FLOWS)
def test_a_due_lane_is_woken_and_no_other(quiet: Pair, wakes: Wakes, stem: str) -> None:
    account = make_due(quiet, stem)
    wakes.lanes.clear()
    assert sweep() == 1
    assert wakes.lanes == [(stem, account)]


@pytest.mark.parametrize("stem", [stem for stem in FLOWS if stem != "refresh_tokens"])
def test_a_paused_account_is_not_woken(quiet: Pair, wakes: Wakes, stem: str) -> None:
    make_due(quiet, stem)
    for account in (quiet.shop, quiet.store):
        set_columns(account, paused_until=timezone.now() + LATER)
    wakes.lanes.clear()
    assert sweep() == 0
    assert wakes.lanes == []


@pytest.mark.parametrize("stem", FLOWS)
def test_an_account_without_consent_is_not_woken(quiet: Pair, wakes: Wakes, stem: str) -> None:
    make_due(quiet, stem)
    for account in (quiet.shop, quiet.store):
        set_columns(account, auth_lost_at=timezone.now())
    wakes.lanes.clear()
    assert sweep() == 0


def test_a_pause_for_want_of_a_token_does_not_keep_the_token_from_being_renewed(
    quiet: Pair, wakes: Wakes
) -> None:
    account = make_due(quiet, "refresh_tokens")
    set_columns(quiet.shop, paused_until=timezone.now() + LATER)
    sweep()
    assert wakes.lanes == [("refresh_tokens", account)]


@pytest.mark.parametrize("status", ["held", "sending", "synced", "failed", "skipped"])
def test_rows_that_do_not_wait_to_be_sent_wake_nobody(
    quiet: Pair, wakes: Wakes, status: str
) -> None:
    make_row(quiet, sync_status=status, claimed_until=timezone.now() + LATER)
    assert sweep() == 0


def test_a_row_whose_time_has_not_come_wakes_nobody(quiet: Pair, wakes: Wakes) -> None:
    make_row(quiet, next_attempt_at=timezone.now() + LATER)
    assert sweep() == 0


def test_many_rows_of_one_lane_wake_it_once(quiet: Pair, wakes: Wakes) -> None:
    for number in range(5):
        make_row(quiet, str(number))
    assert sweep() == 1


def test_a_hold_that_is_over_wakes_its_lane(quiet: Pair, wakes: Wakes) -> None:
    make_row(quiet, sync_status="held", next_attempt_at=timezone.now() - LATER)
    make_row(quiet, "2", sync_status="held")
    sweep()
    assert wakes.lanes == [("push_orders", quiet.store.pk)]


def test_hints_wake_their_own_account(quiet: Pair, wakes: Wakes) -> None:
    other = make_pair("Ben")
    set_columns(other.shop, next_poll_at=timezone.now() + LATER)
    set_columns(other.store, next_fulfillment_poll_at=timezone.now() + LATER)
    hint_of_order(quiet.shop, "1")
    hint_of_shopify(other.store, "1")
    sweep()
    assert sorted(wakes.lanes) == [
        ("pull_fulfillments", other.store.pk),
        ("pull_orders", quiet.shop.pk),
    ]


def test_a_store_without_open_orders_is_not_polled(quiet: Pair, wakes: Wakes) -> None:
    set_columns(quiet.store, next_fulfillment_poll_at=None)
    order = synced_order(quiet.shop)
    set_columns(order, tiktok_status="DELIVERED")
    wakes.lanes.clear()
    assert sweep() == 0


def test_the_polls_alone_can_be_looked_for(quiet: Pair, wakes: Wakes) -> None:
    make_row(quiet)
    set_columns(quiet.shop, next_poll_at=None)
    assert wake_due(("pull_orders", "pull_fulfillments")) == 1
    assert wakes.lanes == [("pull_orders", quiet.shop.pk)]


def test_the_sweep_gives_back_lost_claims_of_every_model(quiet: Pair, wakes: Wakes) -> None:
    past = timezone.now() - LATER
    order = synced_order(quiet.shop)
    rows: list[Any] = [
        make_row(quiet, sync_status="sending"),
        make_fulfillment(order, sync_status="sending"),
        make_cancellation(order, sync_status="sending"),
        make_reference(order, sync_status="sending"),
        quiet.store.sku_lookups.create(sku="RED", sku_key="red", sync_status="sending"),
        quiet.shop.credential,
    ]
    for row in rows:
        set_columns(row, sync_status="sending", claimed_until=past)
    assert recover_lost() == len(rows)
    for row in rows:
        row.refresh_from_db()
        assert row.sync_status == "pending", row
    assert Order.objects.get(pk=rows[0].pk).in_doubt_since is not None
