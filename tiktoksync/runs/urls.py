"""Addresses of the pages of runs."""

from django.urls import path

from tiktoksync.runs import views

urlpatterns = [
    path("", views.list_runs, name="runs"),
    path("<int:run_id>/", views.show_run, name="run"),
    path("<int:run_id>/items/", views.list_items, name="run-items"),
    path("<int:run_id>/items.csv", views.download, name="run-download"),
    path("<int:run_id>/start/", views.start, name="run-start"),
    path("<int:run_id>/cancel/", views.cancel, name="run-cancel"),
    path("<int:run_id>/retry/", views.retry, name="run-retry"),
]
