"""Webhook subscriptions on both platforms: the missing are added, those elsewhere replaced."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.utils import timezone

from tiktoksync.errors import ConfigError, NotAuthorized, PermanentError
from tiktoksync.lib import queue
from tiktoksync.lib.timing import scaled
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.clients import shopify_client, tiktok_client

log = structlog.get_logger(__name__)

SHOPIFY_TOPICS = (
    "ORDERS_UPDATED",
    "ORDERS_FULFILLED",
    "ORDERS_PARTIALLY_FULFILLED",
    "ORDERS_CANCELLED",
    "FULFILLMENTS_CREATE",
    "FULFILLMENTS_UPDATE",
    "PRODUCTS_CREATE",
    "PRODUCTS_UPDATE",
    "PRODUCTS_DELETE",
    "INVENTORY_LEVELS_UPDATE",
    "INVENTORY_ITEMS_UPDATE",
    "LOCATIONS_CREATE",
    "LOCATIONS_UPDATE",
    "LOCATIONS_ACTIVATE",
    "LOCATIONS_DEACTIVATE",
    "LOCATIONS_DELETE",
    "BULK_OPERATIONS_FINISH",
    "APP_UNINSTALLED",
    "APP_SCOPES_UPDATE",
)
TIKTOK_EVENTS = (
    "ORDER_STATUS_CHANGE",
    "RECIPIENT_ADDRESS_UPDATE",
    "PACKAGE_UPDATE",
    "SELLER_DEAUTHORIZATION",
    "UPCOMING_AUTHORIZATION_EXPIRATION",
    "CANCELLATION_STATUS_CHANGE",
    "RETURN_STATUS_CHANGE",
    "PRODUCT_STATUS_CHANGE",
    "PRODUCT_INFORMATION_CHANGE",
    "PRODUCT_CREATION",
    "PRODUCT_CATEGORY_CHANGE",
    "PRODUCT_AUDIT_STATUS_CHANGE",
)
#: The catalogues are looked at every few minutes too: an app without the permission for such news
#: works without them.
SPARED = ("INVENTORY_", "LOCATIONS_", "BULK_", "PRODUCT_")
DAY = 86400.0
STORE_PATH = "/webhooks/shopify/"
TIKTOK_PATH = "/webhooks/tiktok/"


def store_webhook_url(store: ShopifyStore) -> str:
    """Where Shopify posts this store's webhooks."""
    return f"{settings.PUBLIC_URL}{STORE_PATH}{store.webhook_secret}/"


def tiktok_webhook_url() -> str:
    """Where TikTok Shop posts the webhooks of every shop."""
    return f"{settings.PUBLIC_URL}{TIKTOK_PATH}"


def check_public_url() -> None:
    """Raise ConfigError if no platform would accept our address."""
    if not (settings.HTTPS or settings.ON_LOOPBACK):
        raise ConfigError(
            f"PUBLIC_URL is {settings.PUBLIC_URL}: webhooks need an https address "
            "(or connect with --no-subscribe and rely on polling)."
        )


def subscribe_store(store: ShopifyStore) -> int:
    """Subscribe to every topic that is used; returns how many subscriptions were changed.

    Shopify deletes a subscription whose deliveries keep failing, so this is worth repeating.
    """
    client, wanted = shopify_client(store), store_webhook_url(store)
    present = client.webhook_subscriptions().data
    served = {one.topic for one in present if one.uri == wanted}
    missing = [topic for topic in SHOPIFY_TOPICS if topic not in served]
    stale = [one for one in present if one.uri != wanted and _is_ours(one.uri)]
    refused = [
        topic for topic in missing if not _add(client.create_webhook_subscription, topic, wanted)
    ]
    for one in stale:
        client.delete_webhook_subscription(one.id)
    return _note(store, len(missing) - len(refused) + len(stale))


def subscribe_shop(shop: TikTokShop) -> int:
    """Subscribe to every event that is used; returns how many subscriptions were changed."""
    client, wanted = tiktok_client(shop), tiktok_webhook_url()
    present = {one.event_type: one.address for one in client.get_webhooks().data}
    missing = [event for event in TIKTOK_EVENTS if present.get(event) != wanted]
    refused = [event for event in missing if not _add(client.put_webhook, event, wanted)]
    return _note(shop, len(missing) - len(refused))


def unsubscribe_store(store: ShopifyStore) -> int:
    """Take away every subscription that is ours; returns how many there were."""
    client = shopify_client(store)
    ours = [one for one in client.webhook_subscriptions().data if _is_ours(one.uri)]
    for one in ours:
        client.delete_webhook_subscription(one.id)
    return len(ours)


def unsubscribe_shop(shop: TikTokShop) -> int:
    """Take away every subscription that is ours; returns how many there were."""
    client, here = tiktok_client(shop), tiktok_webhook_url()
    ours = [one.event_type for one in client.get_webhooks().data if one.address == here]
    for event in ours:
        client.delete_webhook(event)
    return len(ours)


def leave_webhooks_to_check(account: TikTokShop | ShopifyStore) -> None:
    """Have the subscriptions made complete by the account's webhook lane, soon and once a day.

    Where no platform could reach us nothing is arranged: the polls bring all news.
    """
    if not (settings.HTTPS or settings.ON_LOOPBACK):
        return
    now = timezone.now()
    account.subscribed_at = account.next_webhook_check_at = now
    account.save(update_fields=["subscribed_at", "next_webhook_check_at"])
    is_store = isinstance(account, ShopifyStore)
    queue.wake("keep_store_webhooks" if is_store else "keep_shop_webhooks", account.pk)


def missing_at_shopify(store: ShopifyStore) -> list[str]:
    """Topics of a store that do not reach us."""
    wanted = store_webhook_url(store)
    present = shopify_client(store).webhook_subscriptions().data
    served = {one.topic for one in present if one.uri == wanted}
    return [topic for topic in SHOPIFY_TOPICS if topic not in served]


def missing_at_tiktok(shop: TikTokShop) -> list[str]:
    """Events of a shop that do not reach us."""
    wanted = tiktok_webhook_url()
    present = {one.event_type: one.address for one in tiktok_client(shop).get_webhooks().data}
    return [event for event in TIKTOK_EVENTS if present.get(event) != wanted]


def _add(subscribe: Callable[[str, str], object], topic: str, address: str) -> bool:
    """Subscribe to one topic; False if it was refused and can be done without."""
    try:
        subscribe(topic, address)
    except PermanentError as error:
        is_of_all = isinstance(error, NotAuthorized) and error.account_reason != "scope_missing"
        if is_of_all or not topic.startswith(SPARED):
            raise
        log.warning("webhook topic refused", topic=topic, reason=error.message)
        return False
    return True


def _is_ours(uri: str) -> bool:
    """Whether an address is one of this application, perhaps from before it moved."""
    return STORE_PATH in urlsplit(uri).path


def _note(account: TikTokShop | ShopifyStore, changed: int) -> int:
    if changed or account.subscribed_at is None:
        now = timezone.now()
        account.subscribed_at, account.next_webhook_check_at = now, now + scaled(DAY)
        account.save(update_fields=["subscribed_at", "next_webhook_check_at"])
    return changed
