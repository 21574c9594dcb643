"""Addresses of the webhooks, below /webhooks/."""

from django.urls import path

from tiktoksync.webhooks import views

urlpatterns = [
    path("tiktok/", views.tiktok, name="webhook-tiktok"),
    path("shopify/", views.shopify_app, name="webhook-shopify-app"),
    path("shopify/<str:secret>/", views.shopify_store, name="webhook-shopify"),
]
