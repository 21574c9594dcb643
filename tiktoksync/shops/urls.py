"""Addresses of settings."""

from django.urls import path

from products import views_settings as views_products
from tiktoksync.shops import views, views_audit, views_cancel_reasons, views_carriers, views_rules

urlpatterns = [
    path("settings/", views.show_settings, name="settings"),
    path("settings/merchant/", views.save_merchant, name="settings-merchant"),
    path("settings/orders/", views_rules.show_orders, name="settings-orders"),
    path("settings/fulfillment/", views_rules.show_fulfillment, name="settings-fulfillment"),
    path("settings/products/", views_products.show_products, name="settings-product-rules"),
    path("settings/inventory/", views_products.show_inventory, name="settings-inventory"),
    path("settings/aftersales/", views_rules.show_aftersales, name="settings-aftersales"),
    path("settings/rules/<str:shop_id>/", views_rules.save_rules, name="settings-rules"),
    path("settings/rules/<str:shop_id>/reset/", views_rules.reset_rules, name="settings-reset"),
    path("settings/rules/<str:shop_id>/effect/", views_rules.show_effect, name="settings-effect"),
    path("settings/carriers/<str:shop_id>/", views_carriers.save_carrier, name="settings-carrier"),
    path(
        "settings/cancel-reasons/<str:shop_id>/",
        views_cancel_reasons.save_cancel_reasons,
        name="settings-cancel-reasons",
    ),
    path("settings/api/", views.show_api, name="settings-api"),
    path("settings/tokens/", views.create_token, name="settings-token-create"),
    path(
        "settings/tokens/<int:token_id>/revoke/", views.revoke_token, name="settings-token-revoke"
    ),
    path("settings/audit/", views_audit.show_audit, name="settings-audit"),
    path("settings/capacity/", views_audit.show_capacity, name="settings-capacity"),
]
