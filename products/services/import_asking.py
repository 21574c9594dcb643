"""What an import asks the platforms before it decides: details of listings, and what Shopify has.

Whatever concerns the account that is asked makes the whole step wait: nothing of it was stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from products.import_checks import Cause
from products.models import Listing
from products.services.product_runs import Waits
from products.services.store_listings import store_details
from tiktoksync.errors import Gone, PermanentError, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import ConnectedAccount, ShopifyStore, TikTokShop
from tiktoksync.shops.services.accounts import note_refusal
from tiktoksync.shops.services.clients import shopify_client, tiktok_client
from tiktoksync.sync import accounts
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.settling import concerns_account

REST_SECONDS = 60.0
SEARCHED_A_CALL = 25


@contextmanager
def speaking_for(account: ConnectedAccount) -> Iterator[None]:
    """Calls in an account's name. What concerns the account pauses it; raises Waits then."""
    now = database_now()
    if account.is_paused(now):
        raise Waits(account.paused_until or now + scaled(REST_SECONDS))
    try:
        yield
    except SyncError as error:
        if not concerns_account(error):
            raise
        until = note_refusal(account, error)
        raise Waits(until or database_now() + scaled(REST_SECONDS)) from error
    accounts.note_success(account)


def read_details(shop: TikTokShop, listings: Sequence[Listing], lease: Lease) -> dict[int, Cause]:
    """Have the details of these listings stored as TikTok has them now.

    Returns those that cannot be read, by row, with the cause.
    """
    unread: dict[int, Cause] = {}
    for listing in listings:
        if listing.detail_read_at is not None and listing.detail_wanted_at is None:
            continue
        asked_at = database_now()
        try:
            with speaking_for(shop):
                body = tiktok_client(shop).get_product(listing.tiktok_product_id).data
        except Gone:
            unread[listing.pk] = Cause.LISTING_GONE
        except PermanentError:
            unread[listing.pk] = Cause.UNREADABLE
        else:
            with transaction.atomic():
                store_details(shop, [body], asked_at)
        lease.renew()
    return unread


def find_variants(
    store: ShopifyStore, skus: Sequence[str], barcodes: Sequence[str], lease: Lease
) -> list[dict[str, Any]]:
    """The variants that Shopify has with these SKUs or barcodes, and others that look like them."""
    client = shopify_client(store)
    found = _in_pieces(store, client.find_variants, skus, lease)
    return found + _in_pieces(store, client.find_variants_by_barcode, barcodes, lease)


def _in_pieces(
    store: ShopifyStore,
    call: Callable[[Sequence[str]], Answer[list[dict[str, Any]]]],
    values: Sequence[str],
    lease: Lease,
) -> list[dict[str, Any]]:
    wanted = list(dict.fromkeys(value for value in values if value))
    found: list[dict[str, Any]] = []
    for start in range(0, len(wanted), SEARCHED_A_CALL):
        with speaking_for(store):
            found += call(wanted[start : start + SEARCHED_A_CALL]).data
        lease.renew()
    return found


def find_titles(store: ShopifyStore, titles: Sequence[str], lease: Lease) -> set[str]:
    """Which of these titles products of the store have, in Shopify itself; case-folded."""
    client, found = shopify_client(store), set[str]()
    for title in dict.fromkeys(titles):
        with speaking_for(store):
            products = client.find_titles(title).data
        found |= {fold(str(one.get("title") or "")) for one in products}
        lease.renew()
    return found


def fold(title: str) -> str:
    """A title as titles are compared."""
    return " ".join(title.split()).casefold()
