"""Addresses of the webhooks, below /webhooks/."""

from django.urls import path, re_path

from tiktoksync.webhooks import views

urlpatterns = [
    path("tiktok/", views.tiktok, name="webhook-tiktok"),
    path("shopify/", views.shopify_app, name="webhook-shopify-app"),
    re_path(
        r"^shopify/(?P<secret>[A-Za-z0-9_-]{8,64})/$", views.shopify_store, name="webhook-shopify"
    ),
]
