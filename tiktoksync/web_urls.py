"""Addresses of every page a merchant uses."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from tiktoksync import views

urlpatterns = [
    path("", views.show_home, name="home"),
    path("activity/", views.show_activity, name="activity"),
    path("activity/runs/", include("tiktoksync.runs.urls")),
    path("frame/", views.refresh_frame, name="frame"),
    path("merchant/", views.choose_merchant, name="choose-merchant"),
    path("sign-in/", views.SignIn.as_view(), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("orders/", include("orders.urls")),
    path("products/", include("products.urls")),
    path("", include("tiktoksync.shops.urls")),
]
