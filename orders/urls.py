"""Addresses of the orders pages."""

from django.urls import path

from orders import views, views_detail, views_pull

urlpatterns = [
    path("", views.list_orders, name="orders"),
    path("refresh/", views.refresh_orders, name="orders-refresh"),
    path("pull/", views_pull.pull_orders, name="orders-pull"),
    path("pull/progress/", views_pull.watch_pull, name="orders-pull-progress"),
    path("<str:tiktok_order_id>/", views_detail.show_order, name="order"),
    path("<str:tiktok_order_id>/refresh/", views_detail.refresh_order, name="order-refresh"),
    path("<str:tiktok_order_id>/retry/", views_detail.retry_order, name="order-retry"),
    path("<str:tiktok_order_id>/dismiss/", views_detail.dismiss_order, name="order-dismiss"),
    path("<str:tiktok_order_id>/release/", views_detail.release_order, name="order-release"),
    path("<str:tiktok_order_id>/pull/", views_detail.pull_order, name="order-pull"),
    path("<str:tiktok_order_id>/link/", views_detail.link_order, name="order-link"),
]
