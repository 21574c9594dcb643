"""Orders for support staff: found by any id, trouble first, acted on through the services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders.filters import search_orders
from orders.models import (
    Cancellation,
    ExternalReference,
    Fulfillment,
    LineItem,
    Order,
    Package,
    StatusChange,
)
from orders.services import actions
from tiktoksync.admin_base import (
    SYNC_COLOURS,
    LongMirrorAdmin,
    MirrorInline,
    TroubleFilter,
    action,
    apply_to_each,
    display,
    list_link,
)
from tiktoksync.lib import money
from tiktoksync.shops.models import Merchant
from tiktoksync.sync.models import Attempt, SyncStatus

FAILED = Q(sync_status=SyncStatus.FAILED)
IN_DOUBT = Q(in_doubt_since__isnull=False)


FIRST_ASKED = [
    *("shop", "tiktok_order_id", "tiktok_status", "sync_status", "failure_reason"),
    *("failure_kind", "failure_code", "amount", "attempts", "ship_by", "cancel_requested"),
]
IN_SHOPIFY = [
    *("shopify_order_id", "shopify_legacy_id", "shopify_order_name", "shopify_total"),
    *("shopify_status", "shopify_cancelled_at", "synced_at", "other_shopify_ids"),
]
AS_TIKTOK_TELLS = [
    *("kind", "shipping_type", "fulfillment_type", "delivery_option_id", "is_cod"),
    *("placed_at", "paid_at", "released_at", "tiktok_update_time", "ship_to"),
    *("platform_discount", "cancel_reason", "cancelled_by", "first_seen_at", "seen_at"),
]
IN_THE_QUEUE = [
    *("next_attempt_at", "claimed_until", "attempt_number", "tries", "in_doubt_since"),
    *("lookup_misses", "skip_reason", "wait_reason", "approved_at"),
]


class RowTrouble(TroubleFilter):
    """Trouble of any row that queues itself."""

    kinds = {
        "failed": ("Needs a person", lambda now: FAILED),
        "doubt": ("Sent, not clearly answered", lambda now: IN_DOUBT),
        "stuck": ("Sending for too long", lambda now: Q(claimed_until__lt=now)),
    }


class OrderTrouble(TroubleFilter):
    """Trouble of an order."""

    kinds = {
        **RowTrouble.kinds,
        "overdue": (
            "Ship-by is over",
            lambda now: Q(ship_by__lt=now, tiktok_status="AWAITING_SHIPMENT"),
        ),
        "cancel": ("Buyer asks to cancel", lambda now: Q(cancel_requested=True)),
        "double": ("Several Shopify orders", lambda now: ~Q(other_shopify_ids=[])),
    }


class MerchantFilter(admin.SimpleListFilter):
    """Orders of one merchant, as the merchant's page links to them; no list of all merchants."""

    title = "merchant"
    parameter_name = "merchant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The one that is chosen."""
        key = str(self.used_parameters.get(self.parameter_name, ""))
        keys = [int(key)] if key.isdecimal() and len(key) < 19 else []
        return [(str(one.pk), one.name) for one in Merchant.objects.filter(pk__in=keys)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        """That merchant's orders."""
        key = self.value() or ""
        return queryset.filter(shop__merchant=int(key)) if key.isdecimal() else queryset


class LineItemInline(MirrorInline):
    model = LineItem
    fields = ("tiktok_line_item_id", "seller_sku", "product_name", "price", "is_gift")
    readonly_fields = fields
    verbose_name_plural = "units"


class PackageInline(MirrorInline):
    model = Package
    fields = ("tiktok_package_id", "status", "carrier", "tracking_number")


class FulfillmentInline(MirrorInline):
    model = Fulfillment
    fields = ("shopify_fulfillment_id", "carrier", "tracking_number", "sync_status", "sent_at")


class CancellationInline(MirrorInline):
    model = Cancellation
    fields = ("reason", "cancelled_by", "sync_status", "requested_at", "done_at")


class StatusChangeInline(MirrorInline):
    model = StatusChange
    fields = ("at", "axis", "before", "after", "actor", "user", "reason", "request_id")
    ordering = ("-id",)
    verbose_name_plural = "history"

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatusChange]:
        """People's names come with the lines."""
        rows: QuerySet[StatusChange] = super().get_queryset(request)
        return rows.select_related("user")


class SyncRowAdmin(LongMirrorAdmin):
    """A mirror whose rows queue themselves."""

    list_filter: Any = (RowTrouble, "sync_status", "failure_kind")

    @display(description="sync", ordering="sync_status", label=SYNC_COLOURS)
    def sync(self, row: Any) -> str:
        """Our axis, in colour."""
        return str(row.get_sync_status_display())

    @display(description="why")
    def why(self, row: Any) -> str:
        """The cause, in short, in a column that is wide enough to read."""
        text = row.failure_reason or row.skip_reason or row.wait_reason
        short = text if len(text) <= 80 else f"{text[:79]}…"
        return format_html('<div style="min-width: 14rem">{}</div>', short) if short else ""

    @display(description="attempts")
    def attempts(self, row: Any) -> SafeString:
        """Every try of this row."""
        subject = row._meta.label_lower
        text = f"{row.attempt_number} attempts"
        return list_link(Attempt, text, subject__exact=subject, subject_id__exact=row.pk)


@admin.register(Order)
class OrderAdmin(SyncRowAdmin):
    """The order, its units, parcels and history."""

    for_superusers = ("raw",)
    list_display = (
        *("tiktok_order_id", "tiktok_status", "sync", "why", "shopify_order_name"),
        *("amount", "shop", "placed_at"),
    )
    list_filter = (OrderTrouble, MerchantFilter, "sync_status", "failure_kind", "is_cod")
    list_select_related = ("shop",)
    search_fields = ("tiktok_order_id",)
    search_help_text = "TikTok or Shopify order id, #name, seller SKU, tracking number, line id"
    ordering = ("-id",)
    readonly_fields = ("attempts", "amount")
    inlines = (
        *(LineItemInline, FulfillmentInline, PackageInline),
        *(CancellationInline, StatusChangeInline),
    )
    actions = ("retry", "dismiss", "release")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What is asked first stands first."""
        return [
            (None, {"fields": FIRST_ASKED}),
            ("In Shopify", {"fields": IN_SHOPIFY}),
            ("As TikTok tells", {"fields": AS_TIKTOK_TELLS}),
            ("In the queue", {"fields": IN_THE_QUEUE}),
            *([("Raw", {"fields": ["raw"]})] if "raw" not in self.get_exclude(request) else []),
        ]

    @display(description="total")
    def amount(self, order: Order) -> str:
        """TikTok's total with its currency."""
        return f"{money.text(order.total, order.currency)} {order.currency}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """By every id somebody may hold in hands; nothing is joined, so nothing comes twice."""
        words = search_term.strip().replace("\0", "")
        if not words:
            return queryset, False
        lines = LineItem.objects.filter(tiktok_line_item_id=words)
        ids = Q(shopify_order_id=words) | Q(shopify_legacy_id=words)
        found = search_orders(Order.objects.all(), words)
        more = Order.objects.filter(ids | Q(pk__in=lines.values("order_id")))
        either = Q(pk__in=found.values("pk")) | Q(pk__in=more.values("pk"))
        return queryset.filter(either), False

    @action(description="Retry", permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        """Queue failed and skipped orders again."""
        apply_to_each(
            self,
            request,
            queryset,
            lambda order: actions.retry_order(order, actor="staff", user=request.user),
            done="queued again",
            left="there is nothing to try again",
        )

    @action(description="Leave out of Shopify", permissions=["operate"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        """Skip orders that are not in Shopify."""
        apply_to_each(
            self,
            request,
            queryset,
            lambda order: actions.dismiss_order(order, actor="staff", user=request.user),
            done="left out of Shopify",
            left="in Shopify already, on the way, or left out before",
        )

    @action(description="Release our own hold", permissions=["operate"])
    def release(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        """End the safety hold of orders that TikTok released."""
        apply_to_each(
            self,
            request,
            queryset,
            lambda order: actions.release_order(order, actor="staff", user=request.user),
            done="released",
            left="not held by us",
        )


@admin.register(LineItem)
class LineItemAdmin(LongMirrorAdmin):
    """Units of orders, for finding the orders that name a SKU."""

    list_display = ("tiktok_line_item_id", "order", "seller_sku", "tiktok_sku_id", "variant")
    list_select_related = ("order", "variant__product")
    unread = ("order__raw",)
    search_fields = ("=tiktok_line_item_id", "=tiktok_sku_id", "sku_key__startswith")
    ordering = ("-id",)


@admin.register(Package)
class PackageAdmin(LongMirrorAdmin):
    """TikTok's parcels."""

    list_display = ("tiktok_package_id", "order", "status", "carrier", "tracking_number")
    list_select_related = ("order",)
    unread = ("order__raw",)
    search_fields = ("=tiktok_package_id", "=tracking_number", "=order__tiktok_order_id")
    ordering = ("-id",)


@admin.register(Fulfillment)
class FulfillmentAdmin(SyncRowAdmin):
    """Shopify's shipments on their way to TikTok."""

    list_display = ("__str__", "order", "provider_name", "sync", "why", "sent_at")
    list_select_related = ("order",)
    unread = ("order__raw",)
    search_fields = ("=shopify_fulfillment_id", "=tracking_number", "=order__tiktok_order_id")
    readonly_fields = ("attempts",)
    ordering = ("-id",)


@admin.register(Cancellation)
class CancellationAdmin(SyncRowAdmin):
    """Orders cancelled at TikTok that Shopify has to follow."""

    list_display = ("order", "cancelled_by", "reason", "sync", "why", "requested_at", "done_at")
    list_select_related = ("order",)
    unread = ("order__raw",)
    search_fields = ("=order__tiktok_order_id",)
    readonly_fields = ("attempts",)
    ordering = ("-id",)


@admin.register(ExternalReference)
class ExternalReferenceAdmin(SyncRowAdmin):
    """Shopify ids to be written on TikTok orders."""

    list_display = ("order", "sync", "why", "next_attempt_at")
    list_select_related = ("order",)
    unread = ("order__raw",)
    search_fields = ("=order__tiktok_order_id",)
    readonly_fields = ("attempts",)
    ordering = ("-id",)


@admin.register(StatusChange)
class StatusChangeAdmin(LongMirrorAdmin):
    """Every change of every order, newest first."""

    list_display = ("at", "order", "axis", "before", "after", "actor", "user", "reason")
    list_filter = ("actor", "axis")
    list_select_related = ("order", "user")
    unread = ("order__raw",)
    search_fields = ("=order__tiktok_order_id", "=request_id")
    ordering = ("-id",)
