"""What people left behind: comments, views, changed settings, an invitation, a look by staff."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from bench.furnish.people import Desk
from orders.models import Order, OrderComment, OrderTag, SavedView
from tiktoksync.alerts.services.watch_alerts import watch_alerts
from tiktoksync.people.services.invitations import invite
from tiktoksync.shops.models import SettingsChange
from tiktoksync.support.models import StaffAction
from tiktoksync.support.services.keep_catalogue import keep_catalogue


def leave_words(desk: Desk) -> None:
    """Everything that a team says and does beside the orders; alerts come from what is wrong."""
    olive = User.objects.get(username="olive")
    for order in Order.objects.filter(shop=desk.shop, sync_status="failed")[:2]:
        OrderComment.objects.create(
            order=order,
            user=olive,
            who="olive",
            text="The box is a bundle: I ask Vera for the SKU.",
        )
        OrderTag.objects.create(order=order, name="gift wrap")
    SavedView.objects.create(
        merchant=desk.merchant, name="Due today, not shipped", query="due=today&tab=to-ship"
    )
    invite(desk.merchant, "noah@example.com", "operator", desk.owner)
    _look_in(desk)
    keep_catalogue()
    watch_alerts()


def _look_in(desk: Desk) -> None:
    now = timezone.now()
    SettingsChange.objects.create(
        merchant=desk.merchant,
        shop=desk.shop,
        section="orders",
        user=desk.owner,
        who="aurora",
        words="Order rules",
        changes=[{"field": "order_name_prefix", "label": "Prefix", "from": "", "to": "TT-"}],
        at=now - timedelta(days=2),
    )
    StaffAction.objects.create(
        merchant=desk.merchant,
        user=User.objects.get(username="staff"),
        who="staff",
        action="retry",
        words="Retried 3 blocked orders",
        reason="Asked for by the owner on the phone.",
        at=now - timedelta(hours=6),
    )
