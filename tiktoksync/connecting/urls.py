"""Addresses of the connecting pages."""

from django.urls import path

from tiktoksync.connecting import views, views_preflight, views_shopify, views_sides, views_tiktok

SIDE = "connect/<str:side>/<int:account_id>"

urlpatterns = [
    path("connect/", views.show_connections, name="connect"),
    path("connect/shopify/", views_shopify.show_form, name="connect-shopify"),
    path("connect/shopify/begin/", views_shopify.begin, name="connect-shopify-begin"),
    path("connect/shopify/callback/", views_shopify.finish, name="connect-shopify-callback"),
    path("connect/shopify/install/", views_shopify.install, name="connect-shopify-install"),
    path("connect/tiktok/", views_tiktok.show_form, name="connect-tiktok"),
    path("connect/tiktok/begin/", views_tiktok.begin, name="connect-tiktok-begin"),
    path("connect/tiktok/callback/", views_tiktok.finish, name="connect-tiktok-callback"),
    path("connect/tiktok/choose/<int:grant_id>/", views_tiktok.choose, name="connect-choose"),
    path("connect/tiktok/take/<int:grant_id>/", views_tiktok.take, name="connect-take"),
    path(
        "connect/preflight/<str:shop_id>/", views_preflight.show_preflight, name="connect-preflight"
    ),
    path(
        "connect/preflight/<str:shop_id>/run/",
        views_preflight.check_again,
        name="connect-preflight-run",
    ),
    path(f"{SIDE}/test/", views_sides.test, name="connect-test"),
    path(f"{SIDE}/pause/", views_sides.pause, name="connect-pause"),
    path(f"{SIDE}/resume/", views_sides.resume, name="connect-resume"),
    path(f"{SIDE}/disconnect/", views_sides.ask_to_disconnect, name="connect-disconnect"),
    path(f"{SIDE}/disconnect/now/", views_sides.disconnect, name="connect-disconnect-now"),
]
