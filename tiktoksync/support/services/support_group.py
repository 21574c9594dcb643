"""The group that gives support staff their rights."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

NAME = "Support"
#: Apps whose rows staff may look at; personal data and secrets are hidden in them all the same.
SEEN = (
    *("alerts", "connecting", "onboarding", "orders", "people", "privacy", "products", "runs"),
    *("shops", "support", "sync", "webhooks"),
)
#: What staff may do, each with a reason where a merchant is concerned.
DONE = (
    *("change_order", "change_cancelrequest", "change_sellercancellation", "change_refund"),
    *("change_addresschange", "change_productupload", "change_productimport"),
    *("change_listingtask", "change_product", "change_listing", "change_delivery"),
    *("change_tiktokshop", "change_shopifystore", "change_failureentry"),
    *("add_viewas", "add_reveal", "add_merchantnote"),
)


def keep_support_group() -> Group:
    """Make the group, or bring its rights up to date; people in it stay."""
    with transaction.atomic():
        group, _ = Group.objects.get_or_create(name=NAME)
        seen = Q(content_type__app_label__in=SEEN, codename__startswith="view_")
        done = Q(content_type__app_label__in=SEEN, codename__in=DONE)
        group.permissions.set(Permission.objects.filter(seen | done))
    return group
