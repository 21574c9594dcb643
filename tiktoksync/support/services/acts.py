"""What support does for a merchant from the desk: a closed table, each act through its service.

Every act has a reason and leaves a line that the merchant reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from orders.models import Order
from orders.services.actions import pull_now, retry_order
from products.services.product_wishes import begin_link
from tiktoksync.connecting.services.run_preflight import run_preflight
from tiktoksync.connecting.services.stop_account import let_account_go_on, stop_account
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.services.runs import RunConflict
from tiktoksync.shops.models import Merchant, ShopifyStore, TikTokShop
from tiktoksync.shops.services.accounts import renew_soon
from tiktoksync.support.services.reread import wake_waiting
from tiktoksync.support.services.staff_actions import note_staff_action, read_reason
from tiktoksync.sync.accounts import resume

SHOP, STORE = "shop", "store"
#: The most hours of orders that are read again at once, and orders that are retried at once.
MOST_HOURS, MOST_RETRIED = 24 * 14, 200


class NothingDone(Exception):
    """The act has no effect here; the message says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for an act, and its only number: how many hours back."""

    user: Any
    hours: int = 24


@dataclass(frozen=True, slots=True)
class Act:
    """`label` for staff, `done` for the merchant; `run` raises NothingDone."""

    label: str
    done: str
    run: Callable[[Any, Request], None]
    of: tuple[str, ...] = (SHOP, STORE)


def _pull(shop: TikTokShop, request: Request) -> None:
    if shop.is_paused(timezone.now()):
        raise NothingDone("It is paused, or to be connected again.")
    pull_now([shop])


def _pull_range(shop: TikTokShop, request: Request) -> None:
    """Orders changed within the last hours are read again; what is stored is compared, not lost."""
    hours = min(max(request.hours, 1), MOST_HOURS)
    since = int((timezone.now() - timedelta(hours=hours)).timestamp())
    rows = TikTokShop.objects.filter(pk=shop.pk)
    rows.filter(watermark__gt=since).update(watermark=since)
    rows.update(next_poll_at=database_now())
    queue.wake("pull_orders", shop.pk)


def _relink(shop: TikTokShop, request: Request) -> None:
    try:
        begin_link(shop, start=True, user=request.user)
    except RunConflict as conflict:
        raise NothingDone(str(conflict)) from conflict


def _pause(account: Any, request: Request) -> None:
    if account.auth_lost_at:
        raise NothingDone("It is to be connected again anyway.")
    if not stop_account(account, request.user):
        raise NothingDone("It is paused already.")


def _resume(account: Any, request: Request) -> None:
    """End the stop of a person, or the rest that a platform asked for."""
    if let_account_go_on(account, request.user):
        return
    if account.paused_until is None or account.auth_lost_at:
        raise NothingDone("It is not paused, or to be connected again.")
    resume(account)


def _renew(account: Any, request: Request) -> None:
    if not renew_soon(account):
        raise NothingDone("It cannot be renewed, or was a moment ago: it is to be connected again.")


def _resubscribe(account: Any, request: Request) -> None:
    """The daily look at the subscriptions is due now."""
    now = database_now()
    type(account).objects.filter(pk=account.pk).update(next_webhook_check_at=now)
    kind = SHOP if isinstance(account, TikTokShop) else STORE
    queue.wake(f"keep_{kind}_webhooks", account.pk)


def _reread(account: Any, request: Request) -> None:
    if not wake_waiting(account):
        raise NothingDone("No webhook of it waits.")


def _retry_blocked(shop: TikTokShop, request: Request) -> None:
    failed = Order.objects.filter(shop=shop).needing_attention().order_by("-pk")
    moved = sum(
        retry_order(order, actor="staff", user=request.user)
        for order in failed.select_related("shop")[:MOST_RETRIED]
    )
    if not moved:
        raise NothingDone("No order of it can be tried again.")


def _preflight(shop: TikTokShop, request: Request) -> None:
    """Both sides are asked, reads only; what was found stands on the merchant's pre-flight."""
    if shop.disconnected_at or shop.store.disconnected_at:
        raise NothingDone("It is disconnected: there is nobody to ask.")
    run_preflight(shop)


ACTS: dict[str, Act] = {
    "pull": Act("Ask for news now", "Asked TikTok for news.", _pull, (SHOP,)),
    "pull_range": Act(
        "Read the last hours of orders again", "Had orders read again.", _pull_range, (SHOP,)
    ),
    "retry_blocked": Act(
        "Retry orders that need a person", "Retried blocked orders.", _retry_blocked, (SHOP,)
    ),
    "relink": Act("Link equal SKUs", "Began to link equal SKUs.", _relink, (SHOP,)),
    "preflight": Act("Run the pre-flight", "Ran the pre-flight.", _preflight, (SHOP,)),
    "pause": Act("Pause until resumed", "Paused the connection until it is resumed.", _pause),
    "resume": Act("Resume", "Let the connection go on.", _resume),
    "renew": Act("Renew the token", "Had the connection's key renewed.", _renew),
    "resubscribe": Act(
        "Subscribe webhooks again", "Had the webhook subscriptions repaired.", _resubscribe
    ),
    "reread": Act("Look into waiting webhooks", "Had waiting webhooks looked into.", _reread),
}


def accounts_of(merchant: Merchant) -> dict[str, Any]:
    """The merchant's accounts by the names that forms give them."""
    shops = TikTokShop.objects.filter(merchant=merchant).select_related("store", "credential")
    stores = ShopifyStore.objects.filter(merchant=merchant).select_related("credential")
    return {f"{SHOP}:{row.pk}": row for row in shops} | {f"{STORE}:{row.pk}": row for row in stores}


def perform(name: str, account: Any, request: Request, reason: str) -> str:
    """Do one act, and write it down; returns what was done. Raises NothingDone, ReasonMissing."""
    read_reason(reason)
    kind = SHOP if isinstance(account, TikTokShop) else STORE
    act = ACTS.get(name)
    if act is None or kind not in act.of:
        raise NothingDone("There is no such act for this account.")
    act.run(account, request)
    words = f"{act.done[:-1]} ({account})."
    note_staff_action(request.user, account.merchant, name, words, reason, row=account)
    return act.done
