"""Addresses of the support pages."""

from django.urls import path

from tiktoksync.support import views

urlpatterns = [
    path("help/errors/", views.show_errors, name="help-errors"),
    path("help/view-as/end/", views.end_view_as, name="view-as-end"),
]
