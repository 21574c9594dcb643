"""What belongs to an order, on the order's page."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest

from orders.models import Cancellation, Fulfillment, LineItem, Package, StatusChange
from tiktoksync.admin_base import MirrorInline


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
