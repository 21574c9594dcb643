"""What `doctor` looks at: each part of the installation, in plain words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from tiktoksync.errors import SyncError
from tiktoksync.lib import queue
from tiktoksync.lib.http import platform_time
from tiktoksync.lib.secrets import UnreadableSecret
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.clients import shopify_client, tiktok_client
from tiktoksync.shops.services.preflight import missing_scopes, read_shop, read_store
from tiktoksync.shops.services.subscribe import missing_at_shopify, missing_at_tiktok
from tiktoksync.shops.services.tokens import count_unreadable_secrets

#: TikTok Shop refuses requests dated more than this ahead of its clock.
TOLERATED_SKEW_SECONDS = 30.0
CONSENT_WARNING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `words` say how it is, or what to do."""

    subject: str
    is_good: bool
    words: str


def check_everything() -> Iterator[Finding]:
    """Look at the installation, then at each connection; every finding comes as it is made."""
    yield from check_configuration()
    yield check_public_address()
    database = list(check_database())
    yield from database
    yield check_queue()
    if not all(finding.is_good for finding in database):
        return
    for store in ShopifyStore.objects.select_related("app"):
        yield from _guarded(f"Shopify {store.shop_domain}", lambda s=store: check_store(s))  # type: ignore[misc]
    for shop in TikTokShop.objects.select_related("app"):
        yield from _guarded(f"TikTok shop {shop.shop_id}", lambda s=shop: check_shop(s))  # type: ignore[misc]
    if TikTokShop.objects.exists():
        yield from check_clock()


def check_configuration() -> Iterator[Finding]:
    """Django's system checks, ours among them."""
    found = [message for message in checks.run_checks() if message.level >= checks.WARNING]
    for message in found:
        yield Finding("Configuration", False, str(message.msg))
    if not found:
        yield Finding("Configuration", True, "complete")


def check_public_address() -> Finding:
    """Whether the platforms can post webhooks to PUBLIC_URL."""
    url = settings.PUBLIC_URL
    if settings.ON_LOOPBACK:
        return Finding("PUBLIC_URL", True, f"{url} is this machine: for a sandbox only")
    if not settings.HTTPS:
        return Finding("PUBLIC_URL", False, f"{url} must begin with https://")
    if urlsplit(url).port is not None or _is_address(settings.PUBLIC_HOST):
        return Finding("PUBLIC_URL", False, f"{url}: TikTok needs a name, without a port")
    if not any(host in ("*", settings.PUBLIC_HOST) for host in settings.ALLOWED_HOSTS):
        return Finding("PUBLIC_URL", False, f"add {settings.PUBLIC_HOST} to ALLOWED_HOSTS")
    return Finding("PUBLIC_URL", True, url)


def check_database() -> Iterator[Finding]:
    """It answers, its tables are up to date, its secrets can be read."""
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if missing:
            yield Finding("Database", False, f"{missing} migrations are missing: run migrate")
            return
        unreadable = count_unreadable_secrets()
    except (DatabaseError, ImproperlyConfigured) as error:
        yield Finding("Database", False, f"does not answer ({type(error).__name__}): DATABASE_URL")
        return
    yield Finding("Database", True, f"{connection.vendor} answers, its tables are up to date")
    if unreadable:
        words = f"{unreadable} secrets open with none of TOKEN_KEYS: add the key they had"
        yield Finding("Secrets", False, words)
    else:
        yield Finding("Secrets", True, "every stored one can be read")


def check_queue() -> Finding:
    """Whether jobs can be handed over."""
    if queue.ping():
        return Finding("Queue", True, "answers")
    return Finding("Queue", False, "does not answer: check REDIS_URL, or start runstack")


def check_store(store: ShopifyStore) -> Iterator[Finding]:
    """Token, permissions, order-id metafield, webhooks."""
    subject = f"Shopify {store.shop_domain}"
    yield from _check_account(subject, store)
    info = read_store(shopify_client(store), store.shop_domain)
    missing = missing_scopes(info)
    words = f"lacks {', '.join(missing)}: add them to the app" if missing else "granted"
    yield Finding(f"{subject}, permissions", not missing, words)
    if store.shopify_app_id and info.app_id != store.shopify_app_id:
        yield Finding(f"{subject}, app", False, "the token is another app's: run connect_shops")
    definition = shopify_client(store).metafield_definition().data
    has_definition = definition is not None and definition.type == "id"
    words = "defined" if has_definition else "not defined: run connect_shops again"
    yield Finding(f"{subject}, order-id metafield", has_definition, words)
    yield _check_subscriptions(subject, store.subscribed_at, lambda: missing_at_shopify(store))


def check_shop(shop: TikTokShop) -> Iterator[Finding]:
    """Token, consent, webhooks."""
    subject = f"TikTok shop {shop.shop_id}"
    yield from _check_account(subject, shop)
    client = tiktok_client(shop)
    listed = read_shop(client, shop.shop_id, shop.cipher, shop.region, renewable=False)
    words = "opens the shop" if listed else "TikTok does not list its shops"
    yield Finding(f"{subject}, token", True, words)
    ends = shop.credential.refresh_expires_at
    if ends is not None:
        left = ends - timezone.now()
        words = f"ends on {ends:%Y-%m-%d}" + ("" if left > CONSENT_WARNING else ": renew it")
        yield Finding(f"{subject}, authorization", left > CONSENT_WARNING, words)
    yield _check_subscriptions(subject, shop.subscribed_at, lambda: missing_at_tiktok(shop))


def check_clock() -> Iterator[Finding]:
    """This machine's clock against those of the platforms that answered just now."""
    skew = platform_time(settings.TIKTOK_API_URL) - time.time()
    if abs(skew) <= TOLERATED_SKEW_SECONDS:
        yield Finding("Clock", True, "agrees with TikTok's")
    else:
        side = "behind" if skew > 0 else "ahead of"
        words = f"{abs(skew):.0f} s {side} TikTok's: set this machine's clock by NTP"
        yield Finding("Clock", False, words)


def _check_account(subject: str, account: ShopifyStore | TikTokShop) -> Iterator[Finding]:
    if account.is_paused(timezone.now()):
        reason = account.paused_reason or "no reason stored"
        yield Finding(f"{subject}, health", False, f"{account.health}: {reason}")
    else:
        yield Finding(f"{subject}, health", True, account.health)


def _check_subscriptions(
    subject: str, subscribed_at: object, missing: Callable[[], list[str]]
) -> Finding:
    subject = f"{subject}, webhooks"
    if subscribed_at is None:
        return Finding(subject, True, "none by choice: changes are found by polling")
    names = missing()
    if names:
        return Finding(subject, False, f"{', '.join(names)} missing: run connect_shops again")
    return Finding(subject, True, "subscribed")


def _guarded(subject: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """A connection that does not work is a finding too, and no reason to stop looking."""
    try:
        yield from look()
    except SyncError as error:
        yield Finding(subject, False, error.message)
    except UnreadableSecret:
        yield Finding(subject, False, "its tokens open with none of TOKEN_KEYS")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
