"""A merchant goes: connections, keys, people's places and buyers' data; bare orders stay.

What stays is what accounting needs: ids, sums, statuses and their history, without any person.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from orders.models import Order, OrderComment
from tiktoksync.connecting.services.disconnect import disconnect_account
from tiktoksync.people.models import Invitation
from tiktoksync.privacy.models import Export, PrivacyRequest
from tiktoksync.privacy.services.erase_orders import erase_orders
from tiktoksync.shops.models import ApiToken, Merchant, ShopifyStore, TikTokShop
from tiktoksync.webhooks.models import Delivery


def erase_merchant(merchant: Merchant, request: PrivacyRequest, beat: Callable[[], None]) -> int:
    """Erase in this order: nothing new comes in, then what is here goes, then the people."""
    accounts: list[TikTokShop | ShopifyStore] = [*merchant.tiktokshops.all()]
    accounts += merchant.shopifystores.all()
    for account in accounts:
        disconnect_account(account, request.asked_by)
    ApiToken.objects.filter(merchant=merchant, revoked_at=None).update(revoked_at=timezone.now())
    beat()
    orders = Order.objects.filter(shop__merchant=merchant)
    erase_orders(orders, beat)
    count = orders.count()
    with transaction.atomic():
        Delivery.objects.filter(shop__merchant=merchant).update(body="")
        Delivery.objects.filter(store__merchant=merchant).update(body="")
        OrderComment.objects.filter(order__shop__merchant=merchant).delete()
        Export.objects.filter(request__merchant=merchant).delete()
        Invitation.objects.filter(merchant=merchant).delete()
        merchant.memberships.all().delete()
        Merchant.objects.filter(pk=merchant.pk).update(name=f"Erased merchant {merchant.pk}")
    return count
