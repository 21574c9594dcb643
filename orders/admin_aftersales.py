"""Cancellations, returns and refunds for support staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from orders.models import (
    AddressChange,
    CancelRequest,
    Order,
    Refund,
    Return,
    SellerCancellation,
)
from orders.services import actions, answers
from tiktoksync.admin_base import LongMirrorAdmin, MirrorInline, action, apply_to_each
from tiktoksync.sync.admin_rows import RowTrouble, SyncRowAdmin

ACTOR = "staff"


class CancelRequestInline(MirrorInline):
    model = CancelRequest
    fields = ("cancel_id", "status", "reason_text", "respond_by", "verdict", "sync_status")
    verbose_name_plural = "cancel requests"


class SellerCancellationInline(MirrorInline):
    model = SellerCancellation
    fields = ("shopify_reason", "reason", "sync_status", "requested_at", "done_at")
    verbose_name_plural = "cancelled in Shopify"


class ReturnInline(MirrorInline):
    model = Return
    fields = ("return_id", "return_type", "status", "reason_text", "refund_amount", "currency")


class RefundInline(MirrorInline):
    model = Refund
    fields = ("source", "source_id", "amount", "currency", "sync_status", "done_at")
    verbose_name_plural = "refunds in Shopify"


INLINES = (CancelRequestInline, SellerCancellationInline, ReturnInline, RefundInline)


class RequestTrouble(RowTrouble):
    """Trouble of a cancel request."""

    kinds = {
        **RowTrouble.kinds,
        "open": ("Waits for an answer", lambda now: Q(sync_status="held", wait_reason="answer")),
        "late": (
            "Nobody answered in time",
            lambda now: Q(sync_status="held", respond_by__lt=now),
        ),
    }


class RetriedAdmin(SyncRowAdmin):
    """Rows that are tried again with everything else of their order that failed."""

    list_select_related: Any = ("order",)
    unread = ("order__raw",)
    readonly_fields = ("attempts",)
    ordering = ("-id",)
    actions: Any = ("retry",)

    @action(description="Retry", permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Queue what failed again."""
        return apply_to_each(
            self,
            request,
            queryset,
            lambda row: actions.retry_order(row.order, actor=ACTOR, user=request.user),
            done="queued again",
            left="there is nothing to try again",
        )


def _decides(decide: Callable[..., Any]) -> bool:
    """Whether there was something to decide."""
    try:
        decide()
    except answers.CannotAnswer:
        return False
    return True


@admin.register(CancelRequest)
class CancelRequestAdmin(RetriedAdmin):
    """Buyers who ask to cancel, and what was answered."""

    list_display = ("cancel_id", "order", "reason_text", "respond_by", "verdict", "sync", "why")
    list_filter = (RequestTrouble, "sync_status", "verdict")
    search_fields = ("=cancel_id", "=order__tiktok_order_id")
    actions = ("accept", "decline", "retry")

    @action(description="Accept", permissions=["operate"])
    def accept(
        self, request: HttpRequest, queryset: QuerySet[CancelRequest]
    ) -> HttpResponse | None:
        """Accept open requests in the merchant's place."""

        def accept(order: Order) -> Any:
            return answers.accept_cancel_request(order, actor=ACTOR, user=request.user)

        return apply_to_each(
            self,
            request,
            queryset,
            lambda row: _decides(lambda: accept(row.order)),
            done="accepted",
            left="not open any more",
        )

    @action(description="Decline, with TikTok's first reason", permissions=["operate"])
    def decline(
        self, request: HttpRequest, queryset: QuerySet[CancelRequest]
    ) -> HttpResponse | None:
        """Decline open requests in the merchant's place."""

        def decline(row: CancelRequest) -> Any:
            reason = row.reject_reasons[0]["name"] if row.reject_reasons else ""
            order = row.order
            return answers.decline_cancel_request(order, reason, "", actor=ACTOR, user=request.user)

        return apply_to_each(
            self,
            request,
            queryset,
            lambda row: _decides(lambda: decline(row)),
            done="declined",
            left="not open any more, or TikTok's reasons are not read yet",
        )


@admin.register(SellerCancellation)
class SellerCancellationAdmin(RetriedAdmin):
    """Orders that were cancelled in Shopify alone."""

    list_display = ("order", "shopify_reason", "reason", "sync", "why", "requested_at", "done_at")
    search_fields = ("=cancel_id", "=order__tiktok_order_id")


@admin.register(Refund)
class RefundAdmin(RetriedAdmin):
    """What was taken off Shopify orders, or left on them."""

    list_display = ("order", "source", "source_id", "amount", "currency", "sync", "why", "done_at")
    search_fields = ("=source_id", "=shopify_refund_id", "=order__tiktok_order_id")


@admin.register(Return)
class ReturnAdmin(LongMirrorAdmin):
    """Returns as TikTok tells them."""

    personal = ("raw",)
    list_display = ("return_id", "order", "return_type", "status", "refund_amount", "currency")
    list_filter = ("return_type",)
    list_select_related = ("order",)
    unread = ("order__raw",)
    search_fields = ("=return_id", "=tracking_number", "=order__tiktok_order_id")
    ordering = ("-id",)


@admin.register(AddressChange)
class AddressChangeAdmin(RetriedAdmin):
    """New addresses of orders that Shopify has."""

    list_display = ("order", "revision", "sync", "why", "requested_at", "done_at")
    search_fields = ("=order__tiktok_order_id",)
