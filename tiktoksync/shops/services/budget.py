"""The rate budgets of connected accounts: one bucket for each app and store at Shopify, one for
each app, shop and endpoint at TikTok, shared between all processes.
"""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from django.conf import settings

from tiktoksync.lib.gate import PacedGate
from tiktoksync.lib.shared_bucket import Limit, Seen, SharedBucket, bucket_of, buckets_in_use
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.sync.pace import Pace

FORGOTTEN_AFTER = timedelta(hours=1)
#: So many seconds' worth of TikTok calls may leave at once.
BURST_SECONDS = 5.0


def store_gate(store: ShopifyStore) -> PacedGate:
    """What each call to a store passes: the points that Shopify grants this app there."""
    bucket = _store_bucket(store)
    return PacedGate(lambda shape, safe: bucket, "Shopify")


def shop_gate(shop: TikTokShop) -> PacedGate:
    """What each call to a TikTok shop passes. TikTok publishes no limits: ours are settings."""
    account = _shop_account(shop)

    def bucket_for(endpoint: str, safe: bool) -> SharedBucket:
        rate = settings.TIKTOK_READS_PER_SECOND if safe else settings.TIKTOK_WRITES_PER_SECOND
        limit = Limit(rate, max(1.0, rate * BURST_SECONDS))
        return bucket_of(account, endpoint, limit)

    return PacedGate(bucket_for, "TikTok Shop")


def store_pace(store: ShopifyStore) -> Pace:
    """How many rows a lane of this store may claim."""
    bucket = _store_bucket(store)
    return Pace(lambda: (bucket,))


def shop_pace(shop: TikTokShop) -> Pace:
    """How many rows a lane of this shop may claim: the endpoints that it calls decide."""
    account = _shop_account(shop)
    return Pace(lambda: buckets_in_use(account))


def remember(store: ShopifyStore) -> None:
    """Keep what Shopify last told this process, for the day when the shared bucket is lost."""
    seen = _store_bucket(store).seen
    if seen is None:
        return
    told_at = database_now() - timedelta(seconds=monotonic() - seen.at)
    ShopifyStore.objects.filter(pk=store.pk).update(
        budget_available=seen.available,
        budget_rate=seen.rate,
        budget_maximum=seen.maximum,
        budget_seen_at=told_at,
    )


def _store_bucket(store: ShopifyStore) -> SharedBucket:
    bucket = bucket_of(f"shopify:{store.app_id}:{store.pk}", "points")
    if bucket.seen is None:
        bucket.seen = _remembered(store)
    return bucket


def _remembered(store: ShopifyStore) -> Seen | None:
    told_at, rate = store.budget_seen_at, store.budget_rate
    if told_at is None or not rate:
        return None
    age = database_now() - told_at
    if age > FORGOTTEN_AFTER:
        return None
    at = monotonic() - age.total_seconds()
    return Seen(store.budget_available or 0.0, rate, store.budget_maximum or 0.0, at)


def _shop_account(shop: TikTokShop) -> str:
    return f"tiktok:{shop.app_id}:{shop.pk}"
