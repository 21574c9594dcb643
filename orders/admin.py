"""Orders for support staff: found by any id, trouble first, acted on through the services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from orders import admin_aftersales, admin_desk  # noqa: F401  registers its models too
from orders.admin_inlines import (
    CancellationInline,
    FulfillmentInline,
    LineItemInline,
    PackageInline,
    StatusChangeInline,
)
from orders.models import (
    Cancellation,
    ExternalReference,
    Fulfillment,
    LineItem,
    LinePart,
    Order,
    Package,
    PackageFulfillment,
    StatusChange,
)
from orders.search import search_orders
from orders.services import actions
from tiktoksync.admin_base import (
    LongMirrorAdmin,
    TroubleFilter,
    action,
    apply_to_each,
    display,
)
from tiktoksync.lib import money
from tiktoksync.shops.models import Merchant
from tiktoksync.sync.admin_rows import RowTrouble, SyncRowAdmin

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
    *("placed_at", "paid_at", "released_at", "tiktok_update_time"),
    *("platform_discount", "cancel_reason", "cancelled_by", "first_seen_at", "seen_at"),
]
IN_THE_QUEUE = [
    *("next_attempt_at", "claimed_until", "attempt_number", "tries", "in_doubt_since"),
    *("lookup_misses", "skip_reason", "wait_reason", "approved_at"),
]


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


@admin.register(Order)
class OrderAdmin(SyncRowAdmin):
    """The order, its units, parcels and history."""

    personal = ("ship_to", "raw")
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
        *(CancellationInline, *admin_aftersales.INLINES, StatusChangeInline),
    )
    actions = ("retry", "dismiss", "release")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What is asked first stands first."""
        hidden = self.hidden_personal(request, obj)
        return [
            (None, {"fields": FIRST_ASKED}),
            ("Buyer", {"fields": ["buyers_data"] if hidden else ["ship_to", "raw"]}),
            ("In Shopify", {"fields": IN_SHOPIFY}),
            ("As TikTok tells", {"fields": AS_TIKTOK_TELLS}),
            ("In the queue", {"fields": IN_THE_QUEUE}),
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
    def retry(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Queue failed and skipped orders again."""
        return apply_to_each(
            self,
            request,
            queryset,
            lambda order: actions.retry_order(order, actor="staff", user=request.user),
            done="queued again",
            left="there is nothing to try again",
        )

    @action(description="Leave out of Shopify", permissions=["operate"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Skip orders that are not in Shopify."""
        return apply_to_each(
            self,
            request,
            queryset,
            lambda order: actions.dismiss_order(order, actor="staff", user=request.user),
            done="left out of Shopify",
            left="in Shopify already, on the way, or left out before",
        )

    @action(description="Release our own hold", permissions=["operate"])
    def release(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """End the safety hold of orders that TikTok released."""
        return apply_to_each(
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
    """TikTok's parcels; the label tells where the buyer lives."""

    personal = ("label_url",)
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


@admin.register(PackageFulfillment)
class PackageFulfillmentAdmin(SyncRowAdmin):
    """TikTok's own parcels on their way to Shopify."""

    list_display = ("__str__", "order", "package", "sync", "why", "sent_at")
    list_select_related = ("order", "package")
    unread = ("order__raw",)
    search_fields = ("=shopify_fulfillment_id", "=tracking_number", "=order__tiktok_order_id")
    readonly_fields = ("attempts",)
    ordering = ("-id",)


@admin.register(LinePart)
class LinePartAdmin(LongMirrorAdmin):
    """The parts of bundles."""

    list_display = ("__str__",)
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
