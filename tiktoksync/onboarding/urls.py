"""Addresses of the onboarding pages."""

from django.urls import path

from tiktoksync.onboarding import views, views_acts, views_live

urlpatterns = [
    path("welcome/", views.show_setup, name="welcome"),
    path("welcome/shopify/", views.show_shopify, name="welcome-shopify"),
    path("welcome/tiktok/", views.show_tiktok, name="welcome-tiktok"),
    path("welcome/preflight/", views.show_preflight, name="welcome-preflight"),
    path("welcome/places/", views.show_places, name="welcome-places"),
    path("welcome/products/", views.show_products, name="welcome-products"),
    path("welcome/rules/", views.show_rules, name="welcome-rules"),
    path("welcome/backfill/", views.show_backfill, name="welcome-backfill"),
    path("welcome/rehearsal/", views_live.show_rehearsal, name="rehearsal"),
    path("welcome/live/", views_live.show_live, name="welcome-live"),
    path("welcome/fold/", views_acts.fold, name="welcome-fold"),
    path("welcome/done/", views_acts.settle_step, name="welcome-done"),
    path("welcome/preflight/check/", views_acts.check_again, name="welcome-check"),
    path("welcome/places/save/", views_acts.keep_places, name="welcome-places-save"),
    path("welcome/products/preview/", views_acts.preview_links, name="welcome-links-preview"),
    path("welcome/products/link/", views_acts.start_links, name="welcome-links-start"),
    path("welcome/rules/choose/", views_acts.choose_rules, name="welcome-rules-choose"),
    path("welcome/backfill/preview/", views_acts.preview_backfill, name="welcome-backfill-begin"),
    path("welcome/rehearsal/run/", views_live.run_rehearsal, name="rehearsal-run"),
    path("welcome/rehearsal/order/", views_live.place_order, name="rehearsal-order"),
    path("welcome/live/dry-run/", views_live.begin, name="dry-run-begin"),
    path("welcome/live/dry-run/end/", views_live.end, name="dry-run-end"),
    path("welcome/live/go/", views_live.go, name="go-live"),
]
