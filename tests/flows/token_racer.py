"""A process of workers that use an account's token: `python -m tests.flows.token_racer MODE`.

It says "ready", waits for a line, and then all its workers begin at once. What they met stands in
the sandbox's request log and in the database.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from threading import Barrier, Thread

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()

from django.db import connections

from tests.factories import pass_time
from tiktoksync.errors import NotAuthorized
from tiktoksync.lib import queue
from tiktoksync.shops.models import Credential, ShopifyStore, TikTokShop
from tiktoksync.shops.services.accounts import note_refusal
from tiktoksync.shops.services.clients import shopify_client, tiktok_client
from tiktoksync.sync.lanes import Lane, drain
from tiktoksync.sync.recovery import recover

WORKERS = 5
STEM = "refresh_tokens"


def use_dead_tokens() -> None:
    """Five workers, spread over the connected shops, meet an expired token at the same moment."""
    barrier = Barrier(WORKERS)
    keys = list(TikTokShop.objects.order_by("pk").values_list("pk", flat=True))
    threads = [
        Thread(target=_use_one, args=(keys[number % len(keys)], barrier))
        for number in range(WORKERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _use_one(shop_id: int, barrier: Barrier) -> None:
    shop = TikTokShop.objects.select_related("app", "credential").get(pk=shop_id)
    barrier.wait()
    try:
        tiktok_client(shop).get_orders(["1"])
    except NotAuthorized as error:
        note_refusal(shop, error)
        drain(Lane(STEM, shop.credential.pk))
    finally:
        connections.close_all()


def use_dead_store_token() -> None:
    """The same of a Shopify store whose hour is over."""
    barrier = Barrier(WORKERS)
    key = Credential.objects.get(store__isnull=False, access_expires_at__isnull=False).store_id
    threads = [Thread(target=_use_store, args=(key, barrier)) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _use_store(store_id: int, barrier: Barrier) -> None:
    store = ShopifyStore.objects.select_related("app", "credential").get(pk=store_id)
    barrier.wait()
    try:
        shopify_client(store).shop_info()
    except NotAuthorized as error:
        note_refusal(store, error)
        drain(Lane(STEM, store.credential.pk))
    finally:
        connections.close_all()


def renew() -> None:
    """One worker renews every token."""
    for key in Credential.objects.filter(shop__isnull=False).values_list("pk", flat=True):
        drain(Lane(STEM, key))


def renew_later() -> None:
    """What the sweep and the next worker do once the leases of a dead one are over."""
    pass_time(61)
    recover(Credential)
    renew()


MODES: dict[str, Callable[[], None]] = {
    "use": use_dead_tokens,
    "use_store": use_dead_store_token,
    "renew": renew,
    "renew_later": renew_later,
}


def main(mode: str) -> None:
    queue.wake = lambda stem, account_id: None
    queue.forget_wake = lambda stem, account_id: None
    TikTokShop.objects.exists()  # connects before the race begins
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    MODES[mode]()


if __name__ == "__main__":
    main(*sys.argv[1:])
