"""Addresses of the privacy page."""

from django.urls import path

from tiktoksync.privacy import views

urlpatterns = [
    path("settings/privacy/", views.show_privacy, name="settings-privacy"),
    path("settings/privacy/retention/", views.save_retention, name="privacy-retention"),
    path("settings/privacy/export/", views.ask_export, name="privacy-export"),
    path("settings/privacy/export/<int:export_id>/", views.fetch_export, name="privacy-fetch"),
    path("settings/privacy/erase/", views.ask_erasure, name="privacy-erase"),
    path("settings/privacy/erase/call-off/", views.call_off_erasure, name="privacy-call-off"),
]
