"""What trouble an account, its tokens or a merchant can be in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from orders.models import Order
from tiktoksync.admin_base import TroubleFilter
from tiktoksync.lib.timing import scaled
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.sync.models import SyncStatus

EXPIRES_SOON = timedelta(days=30)
MISSED_POLLS = 15


def consent_lost(now: datetime) -> Q:
    """Only reconnecting helps."""
    return Q(auth_lost_at__isnull=False)


def paused(now: datetime) -> Q:
    """Calls wait a while."""
    return Q(paused_until__gt=now)


def not_polled(now: datetime) -> Q:
    """No poll for as long as a quarter of an hour at the usual interval."""
    long_ago = now - MISSED_POLLS * scaled(settings.POLL_SECONDS)
    return Q(last_poll_at__lt=long_ago) | Q(last_poll_at=None, connected_at__lt=long_ago)


def consent_expires(now: datetime) -> Q:
    """The merchant has to consent again soon."""
    return Q(refresh_expires_at__lt=now + EXPIRES_SOON)


class AccountTrouble(TroubleFilter):
    """Trouble of a shop or store."""

    kinds = {
        "reconnect": ("To be connected again", consent_lost),
        "paused": ("Paused", paused),
        "failing": ("Several failed calls in a row", lambda now: Q(failures__gte=3)),
    }


class ShopTrouble(TroubleFilter):
    """Trouble of a TikTok shop."""

    kinds = {**AccountTrouble.kinds, "polls": ("Not polled for long", not_polled)}


class CredentialTrouble(TroubleFilter):
    """Trouble of tokens."""

    kinds = {
        "failed": ("Cannot be renewed", lambda now: Q(sync_status=SyncStatus.FAILED)),
        "expired": ("Expired", lambda now: Q(access_expires_at__lte=now)),
        "consent": ("Consent ends within 30 days", consent_expires),
    }


def _of_merchant(condition: Q) -> Q:
    shops = TikTokShop.objects.filter(condition, merchant=OuterRef("pk"))
    return Q(Exists(shops))


def _of_store(condition: Q) -> Q:
    stores = ShopifyStore.objects.filter(condition, merchant=OuterRef("pk"))
    return Q(Exists(stores))


def _has_failed_orders(now: datetime) -> Q:
    failed = Order.objects.filter(shop__merchant=OuterRef("pk"), sync_status=SyncStatus.FAILED)
    return Q(Exists(failed))


class MerchantTrouble(TroubleFilter):
    """Trouble of a merchant: that of any account, or orders that need a person."""

    kinds = {
        "reconnect": (
            "To be connected again",
            lambda now: _of_merchant(consent_lost(now)) | _of_store(consent_lost(now)),
        ),
        "paused": ("Paused", lambda now: _of_merchant(paused(now)) | _of_store(paused(now))),
        "polls": ("Not polled for long", lambda now: _of_merchant(not_polled(now))),
        "failed": ("Orders need a person", _has_failed_orders),
    }
