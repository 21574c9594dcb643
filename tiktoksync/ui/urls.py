"""Addresses of the ui pages."""

from django.urls import path

from tiktoksync.ui import views

urlpatterns = [
    path("styleguide/", views.show_styleguide, name="styleguide"),
]
