"""The whole timetable in one place: which flows there are, and what happens by itself when."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from tiktoksync.lib.timing import scaled_seconds

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FlowEntry:
    """Where a flow lives and which workers drain it."""

    path: str
    queue: str = "interactive"


# In the order in which a foreground pass works them.
FLOWS: dict[str, FlowEntry] = {
    "refresh_tokens": FlowEntry("tiktoksync.shops.services.refresh_tokens.RefreshTokens"),
    "pull_orders": FlowEntry("orders.services.pull_orders.PullOrders"),
    "pull_aftersales": FlowEntry("orders.services.pull_aftersales.PullAftersales"),
    "pull_fulfillments": FlowEntry("orders.services.pull_fulfillments.PullFulfillments"),
    "link_skus": FlowEntry("products.services.link_skus.LinkSkus"),
    "push_orders": FlowEntry("orders.services.push_orders.PushOrders"),
    "push_cancellations": FlowEntry("orders.services.push_cancellations.PushCancellations"),
    "push_addresses": FlowEntry("orders.services.push_addresses.PushAddresses"),
    "answer_cancel_requests": FlowEntry(
        "orders.services.answer_cancel_requests.AnswerCancelRequests"
    ),
    "push_seller_cancellations": FlowEntry(
        "orders.services.push_seller_cancellations.PushSellerCancellations"
    ),
    "push_refunds": FlowEntry("orders.services.push_refunds.PushRefunds"),
    "push_fulfillments": FlowEntry("orders.services.push_fulfillments.PushFulfillments"),
    "pull_packages": FlowEntry("orders.services.pull_packages.PullPackages"),
    "push_packages": FlowEntry("orders.services.push_packages.PushPackages"),
    "pull_variants": FlowEntry("products.services.pull_variants.PullVariants", "bulk"),
    "pull_listings": FlowEntry("products.services.pull_listings.PullListings", "bulk"),
    "product_runs": FlowEntry("products.services.product_runs.ProductRuns", "bulk"),
    "upload_products": FlowEntry("products.services.upload_products.UploadProducts", "bulk"),
    "import_products": FlowEntry("products.services.import_products.ImportProducts", "bulk"),
    "push_stock": FlowEntry("products.services.push_stock.PushStock"),
    "push_prices": FlowEntry("products.services.push_prices.PushPrices", "bulk"),
    "push_listing_states": FlowEntry(
        "products.services.push_listing_states.PushListingStates", "bulk"
    ),
    "push_external_ids": FlowEntry("products.services.push_external_ids.PushExternalIds", "bulk"),
    "backfill_orders": FlowEntry("orders.services.backfill_orders.BackfillOrders", "bulk"),
    "bulk_orders": FlowEntry("orders.services.bulk_orders.BulkOrders", "bulk"),
    "push_references": FlowEntry("orders.services.push_references.PushReferences", "bulk"),
    "keep_store_webhooks": FlowEntry(
        "tiktoksync.shops.services.keep_store_webhooks.KeepStoreWebhooks", "bulk"
    ),
    "keep_shop_webhooks": FlowEntry(
        "tiktoksync.shops.services.keep_shop_webhooks.KeepShopWebhooks", "bulk"
    ),
}


# Flows that have to start on the second, not with the next sweep.
POLLS = ("pull_orders", "pull_fulfillments")


def queue_of(stem: str) -> str:
    """The RQ queue whose workers drain this flow's lanes."""
    return FLOWS[stem].queue


def _sweep() -> None:
    from tiktoksync.sync.sweep import sweep

    sweep()


def _wake_polls() -> None:
    from tiktoksync.sync.sweep import wake_due

    wake_due(POLLS)


def _wake_rested() -> None:
    from tiktoksync.shops.services.wake_rested import wake_rested

    wake_rested()


def _prune() -> None:
    from tiktoksync.pictures.services.fetch_pictures import forget_unseen
    from tiktoksync.webhooks.inbox import prune

    prune(settings.WEBHOOK_KEEP_DAYS)
    forget_unseen()


def _look_after_consents() -> None:
    from tiktoksync.shops.services.consent import look_after_consents

    look_after_consents()


def _watch_alerts() -> None:
    from tiktoksync.alerts.services.watch_alerts import watch_alerts
    from tiktoksync.alerts.services.write_letters import write_digests

    watch_alerts()
    write_digests()


def _send_letters() -> None:
    from tiktoksync.alerts.services.send_letters import send_in_background

    send_in_background()


def _recheck_catalogue() -> None:
    from products.services.keep_in_step import recheck

    recheck()


def _keep_catalogue() -> None:
    from tiktoksync.support.services.keep_catalogue import keep_catalogue

    keep_catalogue()


def _work_privacy_requests() -> None:
    from tiktoksync.privacy.services.aside import work_aside

    work_aside()


def _erase_expired() -> None:
    from tiktoksync.privacy.services.aside import erase_aside

    erase_aside()


def _forget_old_journeys() -> None:
    from tiktoksync.connecting.services.journeys import forget_old_journeys

    forget_old_journeys()


def _fetch_pictures() -> None:
    from tiktoksync.pictures.services.fetch_pictures import fetch_aside

    fetch_aside()


# What happens by itself: seconds between two runs, and what runs.
TIMETABLE: tuple[tuple[float, Callable[[], None]], ...] = (
    (settings.SWEEP_SECONDS, _sweep),
    (1.0, _wake_polls),
    (1.0, _wake_rested),
    (30.0, _watch_alerts),
    (10.0, _send_letters),
    (60.0, _recheck_catalogue),
    (3600.0, _prune),
    (3600.0, _look_after_consents),
    (3600.0, _keep_catalogue),
    (600.0, _forget_old_journeys),
    (10.0, _work_privacy_requests),
    (3600.0, _erase_expired),
    (1.0, _fetch_pictures),
)


def run_cron(*, stop: Callable[[], bool], tick_seconds: float = 0.2) -> None:
    """Run the timetable until `stop()`; a second cron beside this one is harmless.

    A database that is away is waited for: it is the one thing cron cannot work without.
    """
    due = [0.0 for _ in TIMETABLE]
    while not stop():
        for place, (seconds, entry) in enumerate(TIMETABLE):
            if time.monotonic() >= due[place]:
                due[place] = time.monotonic() + scaled_seconds(seconds)
                _run_entry(entry)
        time.sleep(tick_seconds)


def _run_entry(entry: Callable[[], None]) -> None:
    try:
        entry()
    except DatabaseError as error:
        log.error("database away", entry=entry.__name__, error=type(error).__name__)
        close_old_connections()
