"""A person stops one side of a connection for a while, and lets it go on."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.note_changes import changed, note_settings_change

Side = TikTokShop | ShopifyStore
SECTION = "connections"
SHOP_LANES = (
    *("pull_orders", "pull_aftersales", "push_fulfillments", "answer_cancel_requests"),
    *("push_seller_cancellations", "pull_packages", "pull_listings", "push_stock"),
)
STORE_LANES = (
    *("pull_fulfillments", "push_orders", "push_cancellations", "push_addresses", "push_refunds"),
    *("push_packages", "link_skus", "pull_variants"),
)


def stop_account(account: Side, user: Any) -> bool:
    """Call nothing in this account's name until somebody lets it go on; False if it is stopped.

    Its tokens are renewed all the same, or they would die of a long pause.
    """
    with transaction.atomic():
        rows = type(account)._base_manager.filter(pk=account.pk, stopped_at=None)
        stopped = rows.update(stopped_at=database_now(), stopped_by=_name(user))
        if stopped:
            _note(account, user, f"Paused {account}.", "running", "paused")
    account.refresh_from_db(fields=["stopped_at", "stopped_by"])
    return bool(stopped)


def let_account_go_on(account: Side, user: Any) -> bool:
    """End the stop; False if there was none. What came meanwhile is caught up with at once."""
    with transaction.atomic():
        rows = type(account)._base_manager.filter(
            pk=account.pk, stopped_at__isnull=False, disconnected_at=None
        )
        resumed = rows.update(stopped_at=None, stopped_by="", **polls_due(account))
        if resumed:
            _note(account, user, f"Let {account} go on.", "paused", "running")
            wake_lanes(account)
    account.refresh_from_db()
    return bool(resumed)


def polls_due(account: Side) -> dict[str, Any]:
    """The columns that make the account look at once, from where it stopped looking."""
    now = database_now()
    if isinstance(account, TikTokShop):
        return {"next_poll_at": now, "next_aftersales_poll_at": now, "next_catalogue_poll_at": now}
    return {"next_fulfillment_poll_at": now, "next_catalogue_poll_at": now}


def wake_lanes(account: Side) -> None:
    """Have what waited worked now; the sweep finds what is not named here."""
    if isinstance(account, ShopifyStore):
        lanes = [(stem, account.pk) for stem in STORE_LANES]
    else:
        lanes = [(stem, account.pk) for stem in SHOP_LANES]
        # Its orders waited in the store's lanes.
        lanes += [(stem, account.store_id) for stem in STORE_LANES]
    for stem, key in lanes:
        queue.wake(stem, key)


def _note(account: Side, user: Any, words: str, before: str, after: str) -> None:
    note_settings_change(
        account.merchant,
        SECTION,
        user=user,
        words=words,
        changes=[changed("state", str(account), before, after)],
        shop=account if isinstance(account, TikTokShop) else None,
    )


def _name(user: Any) -> str:
    return (user.get_full_name() or user.get_username())[:150] if user else ""
