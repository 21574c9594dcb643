"""Addresses of every page a merchant uses."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from orders import views_search
from tiktoksync import views
from tiktoksync.people.views import SignIn

urlpatterns = [
    path("", views.show_home, name="home"),
    path("home/refresh/", views.refresh_home, name="home-refresh"),
    path("activity/", views.show_activity, name="activity"),
    path("activity/retry/", views.retry_cause, name="activity-retry"),
    path("activity/runs/", include("tiktoksync.runs.urls")),
    path("activity/webhooks/", include("tiktoksync.webhooks.page_urls")),
    path("frame/", views.refresh_frame, name="frame"),
    path("merchant/", views.choose_merchant, name="choose-merchant"),
    path("sign-in/", SignIn.as_view(), name="login"),
    path("search/", views_search.search, name="search"),
    path("search/suggest/", views_search.suggest, name="search-suggest"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("orders/", include("orders.urls")),
    path("products/", include("products.urls")),
    path("", include("tiktoksync.shops.urls")),
    path("", include("tiktoksync.people.urls")),
    path("", include("tiktoksync.connecting.urls")),
    path("", include("tiktoksync.onboarding.urls")),
    path("", include("tiktoksync.alerts.urls")),
    path("", include("tiktoksync.support.urls")),
    path("", include("tiktoksync.privacy.urls")),
    path("", include("tiktoksync.pictures.urls")),
    path("", include("tiktoksync.ui.urls")),
]
