"""Addresses of the alerts pages."""

from django.urls import path

from tiktoksync.alerts import views

urlpatterns = [
    path("notifications/", views.list_alerts, name="notifications"),
    path("notifications/bell/", views.refresh_bell, name="bell"),
    path("notifications/bell/list/", views.show_bell, name="bell-list"),
    path("notifications/seen/", views.see, name="notifications-seen"),
    path("settings/notifications/", views.show_choices, name="settings-notifications"),
    path("settings/notifications/save/", views.save, name="settings-notifications-save"),
    path("settings/notifications/test/", views.send_test, name="settings-notifications-test"),
]
