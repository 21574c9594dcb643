"""Taking one side of a connection apart: nothing is sent any more, and what is here stays."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import Credential, ShopifyStore, TikTokShop
from tiktoksync.shops.services.note_changes import changed, note_settings_change
from tiktoksync.shops.services.pair import as_owner

SECTION = "connections"
STATES = {"ok": "connected", "reconnect": "lost", "stopped": "paused", "disconnected": "gone"}


def disconnect_account(account: TikTokShop | ShopifyStore, user: Any) -> bool:
    """Disconnect a shop or store; False if it is already.

    Webhooks are unsubscribed and tokens destroyed by the account's webhook lane, as soon as the
    platform answers. Orders, links, settings and history stay, and are found again when the same
    shop or store is connected once more.
    """
    with transaction.atomic():
        before = STATES.get(account.health, account.health)
        rows = type(account)._base_manager.filter(pk=account.pk, disconnected_at=None)
        now = database_now()
        done = rows.update(
            disconnected_at=now,
            stopped_at=now,
            stopped_by=str(user or "")[:150],
            subscribed_at=None,
            next_webhook_check_at=now,
        )
        if done:
            if account.auth_lost_at is not None:
                # The platform has ended the consent itself: nothing is left to say to it.
                Credential.objects.filter(**as_owner(account)).delete()
            _note(account, user, before)
            queue.wake(lane_of(account), account.pk)
    account.refresh_from_db()
    return bool(done)


def lane_of(account: TikTokShop | ShopifyStore) -> str:
    """The lane that looks after the account's webhooks."""
    is_store = isinstance(account, ShopifyStore)
    return "keep_store_webhooks" if is_store else "keep_shop_webhooks"


def _note(account: TikTokShop | ShopifyStore, user: Any, before: str) -> None:
    note_settings_change(
        account.merchant,
        SECTION,
        user=user,
        words=f"Disconnected {account}. Orders, links and settings stay.",
        changes=[changed("state", str(account), before, "disconnected")],
        shop=account if isinstance(account, TikTokShop) else None,
    )
