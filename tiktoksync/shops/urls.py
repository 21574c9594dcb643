"""Addresses of settings and connections."""

from django.urls import path

from tiktoksync.shops import views, views_carriers

urlpatterns = [
    path("settings/", views.show_settings, name="settings"),
    path("settings/merchant/", views.save_merchant, name="settings-merchant"),
    path("settings/rules/<str:shop_id>/", views.save_rules, name="settings-rules"),
    path("settings/carriers/<str:shop_id>/", views_carriers.save_carrier, name="settings-carrier"),
    path("settings/tokens/", views.create_token, name="settings-token-create"),
    path(
        "settings/tokens/<int:token_id>/revoke/", views.revoke_token, name="settings-token-revoke"
    ),
    path("connect/", views.show_connections, name="connect"),
]
