"""Stored webhooks are looked into once more: the object each names is read again."""

from __future__ import annotations

from tiktoksync.lib import queue
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.webhooks.inbox import waiting_hints
from tiktoksync.webhooks.models import Delivery
from tiktoksync.webhooks.topics import SHOPIFY, TIKTOK

NEW, EVIDENCE = Delivery.Outcome.NEW, Delivery.Outcome.EVIDENCE


def lane_of(delivery: Delivery) -> str:
    """The flow that looks into such a webhook; "" where none does."""
    if delivery.shop_id:
        lanes = [reaction.lane for reaction in TIKTOK.values() if reaction.name == delivery.topic]
    elif delivery.store_id:
        prefix = delivery.topic.split("/")[0]
        lanes = [reaction.lane for name, reaction in SHOPIFY.items() if name == prefix]
    else:
        lanes = []
    return lanes[0] if lanes else ""


def read_again(delivery: Delivery) -> bool:
    """Have a webhook looked into again; False if nothing would come of it."""
    lane = lane_of(delivery)
    if not lane or delivery.outcome == EVIDENCE:
        return False
    Delivery.objects.filter(pk=delivery.pk).update(outcome=NEW, processed_at=None, note="")
    queue.wake(lane, delivery.shop_id or delivery.store_id or 0)
    return True


def wake_waiting(account: TikTokShop | ShopifyStore) -> int:
    """Wake every lane that webhooks of an account wait for; returns how many."""
    side = {"shop": account} if isinstance(account, TikTokShop) else {"store": account}
    known = {reaction.lane for reaction in (*TIKTOK.values(), *SHOPIFY.values())} - {""}
    waiting = [lane for lane in sorted(known) if waiting_hints(lane).filter(**side).exists()]
    for lane in waiting:
        queue.wake(lane, account.pk)
    return len(waiting)
