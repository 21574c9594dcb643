"""Merchants, their people, and everybody who signs in, for support staff."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from orders.models import Order
from tiktoksync.admin_base import MirrorInline, StaffAdmin, display, list_link
from tiktoksync.shops.admin_trouble import MerchantTrouble
from tiktoksync.shops.models import Membership, Merchant, ShopifyStore, TikTokShop
from tiktoksync.support.admin_incidents import IncidentPages
from tiktoksync.support.admin_merchant import DeskPages
from tiktoksync.support.desk import HEALTH_ORDER
from tiktoksync.sync.models import SyncStatus

LAST_FAILURES = 20

admin.site.unregister(User)
admin.site.unregister(Group)


class ShopInline(MirrorInline):
    model = TikTokShop
    fields = ("name", "shop_id", "region", "health", "paused_reason", "last_poll_at")
    readonly_fields = ("health",)


class StoreInline(MirrorInline):
    model = ShopifyStore
    fields = ("shop_domain", "health", "paused_reason", "last_fulfillment_poll_at")
    readonly_fields = ("health",)


class MembershipInline(TabularInline):  # type: ignore[misc]
    model = Membership
    extra = 0
    tab = True
    autocomplete_fields = ("user",)


@admin.register(Merchant)
class MerchantAdmin(DeskPages, IncidentPages, StaffAdmin):
    """One merchant at a glance: accounts, people, orders by status, blocks by cause."""

    list_display = ("name", "desk", "health", "waiting_for_people", "last_poll", "created_at")
    list_filter = (MerchantTrouble,)
    search_fields = ("name", "=tiktokshops__shop_id", "shopifystores__shop_domain")
    readonly_fields = (
        "desk",
        "orders_by_status",
        "blocked_by_cause",
        "last_failures",
        "created_at",
    )
    inlines = (ShopInline, StoreInline, MembershipInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merchant]:
        """The accounts of a page of merchants come in two queries, their troubles in the first."""
        rows: QuerySet[Merchant] = super().get_queryset(request)
        failed = Order.objects.needing_attention().filter(shop__merchant=OuterRef("pk"))
        counted = failed.order_by().values("shop__merchant").annotate(n=Count("pk")).values("n")
        return rows.annotate(waiting=Coalesce(Subquery(counted), 0)).prefetch_related(
            "tiktokshops", "shopifystores"
        )

    def has_delete_permission(self, request: HttpRequest, obj: Merchant | None = None) -> bool:
        """A merchant's history goes nowhere."""
        return False

    @display(
        description="health",
        label=dict.fromkeys(HEALTH_ORDER, "danger")
        | {"ok": "success", "paused": "warning", "stopped": "warning"},
    )
    def health(self, merchant: Merchant) -> str:
        """The worst of its accounts."""
        accounts = [*merchant.tiktokshops.all(), *merchant.shopifystores.all()]
        found = {account.health for account in accounts}
        return next((word for word in HEALTH_ORDER if word in found), "–")

    @display(description="orders that need a person", ordering="waiting")
    def waiting_for_people(self, merchant: Any) -> SafeString:
        """How many, with the way to them."""
        return list_link(Order, merchant.waiting, merchant=merchant.pk, trouble="failed")

    @display(description="oldest poll")
    def last_poll(self, merchant: Merchant) -> object:
        """Of the shop that was not asked for longest."""
        polls = [shop.last_poll_at for shop in merchant.tiktokshops.all() if shop.last_poll_at]
        return min(polls) if polls else None

    @display(description="orders by status")
    def orders_by_status(self, merchant: Merchant) -> SafeString:
        """Counts, each a link to the orders."""
        counted = _count(Order.objects.of_merchant(merchant), "sync_status")
        return _links(
            (list_link(Order, f"{SyncStatus(word).label}: {n}", merchant=merchant.pk, **where),)
            for word, n in counted
            for where in [{"sync_status__exact": word}]
        )

    @display(description="blocked by cause")
    def blocked_by_cause(self, merchant: Merchant) -> SafeString:
        """What the failed orders wait for."""
        failed = Order.objects.of_merchant(merchant).needing_attention()
        return _links(
            (list_link(Order, f"{cause}: {n}", merchant=merchant.pk, failure_code__exact=cause),)
            for cause, n in _count(failed, "failure_code")
        )

    @display(description="last failures")
    def last_failures(self, merchant: Merchant) -> SafeString:
        """The newest orders that need a person, with the cause of each."""
        failed = Order.objects.of_merchant(merchant).needing_attention().defer("raw")
        return format_html_join(
            "",
            '<p><a class="underline" href="{}">{}</a> {}</p>',
            (
                (reverse("admin:orders_order_change", args=[order.pk]), order, order.failure_reason)
                for order in failed.order_by("-pk")[:LAST_FAILURES]
            ),
        )


def _count(orders: QuerySet[Order], column: str) -> list[tuple[str, int]]:
    counted = orders.order_by().values_list(column).annotate(n=Count("pk"))
    return [(word, n) for word, n in counted.order_by("-n", column)]


def _links(lines: object) -> SafeString:
    return format_html_join(" · ", "{}", lines) or SafeString("–")  # type: ignore[arg-type]


@admin.register(Membership)
class MembershipAdmin(StaffAdmin):
    """Who works for whom."""

    list_display = ("user", "merchant", "role")
    list_filter = ("role",)
    list_select_related = ("user", "merchant")
    search_fields = ("user__username", "user__email", "merchant__name")
    autocomplete_fields = ("user", "merchant")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]
    """People who sign in."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Sets of permissions for staff."""
