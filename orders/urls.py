"""Addresses of the orders pages."""

from django.urls import path

from orders import (
    views,
    views_aftersales,
    views_backfill,
    views_detail,
    views_parcels,
    views_pull,
)

urlpatterns = [
    path("", views.list_orders, name="orders"),
    path("refresh/", views.refresh_orders, name="orders-refresh"),
    path("pull/", views_pull.pull_orders, name="orders-pull"),
    path("pull/progress/", views_pull.watch_pull, name="orders-pull-progress"),
    path("backfill/", views_backfill.show_backfill, name="backfill"),
    path("backfill/begin/", views_backfill.begin, name="backfill-begin"),
    path("backfill/<int:run_id>/", views_backfill.show_run, name="backfill-run"),
    path("backfill/<int:run_id>/start/", views_backfill.start, name="backfill-start"),
    path("backfill/<int:run_id>/cancel/", views_backfill.cancel, name="backfill-cancel"),
    path("backfill/<int:run_id>/retry/", views_backfill.retry, name="backfill-retry"),
    path("<str:tiktok_order_id>/", views_detail.show_order, name="order"),
    path("<str:tiktok_order_id>/refresh/", views_detail.refresh_order, name="order-refresh"),
    path("<str:tiktok_order_id>/retry/", views_detail.retry_order, name="order-retry"),
    path("<str:tiktok_order_id>/dismiss/", views_detail.dismiss_order, name="order-dismiss"),
    path("<str:tiktok_order_id>/release/", views_detail.release_order, name="order-release"),
    path("<str:tiktok_order_id>/pull/", views_detail.pull_order, name="order-pull"),
    path("<str:tiktok_order_id>/link/", views_detail.link_order, name="order-link"),
    path("<str:tiktok_order_id>/label/", views_parcels.ask_label, name="order-label"),
    path(
        "<str:tiktok_order_id>/cancel-request/accept/",
        views_aftersales.accept_cancel_request,
        name="order-cancel-accept",
    ),
    path(
        "<str:tiktok_order_id>/cancel-request/decline/",
        views_aftersales.decline_cancel_request,
        name="order-cancel-decline",
    ),
    path(
        "<str:tiktok_order_id>/cancel-on-tiktok/",
        views_aftersales.cancel_on_tiktok,
        name="order-cancel-on-tiktok",
    ),
    path(
        "<str:tiktok_order_id>/leave-on-tiktok/",
        views_aftersales.leave_on_tiktok,
        name="order-leave-on-tiktok",
    ),
]
