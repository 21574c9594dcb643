"""Addresses of the webhook inbox."""

from django.urls import path

from tiktoksync.webhooks import pages

urlpatterns = [
    path("", pages.list_deliveries, name="webhook-inbox"),
    path("<int:delivery_id>/", pages.show_delivery, name="webhook"),
]
