"""Every address of the application."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from tiktoksync import health, metrics
from tiktoksync.admin_base import brand_site

admin.site.extra_context = brand_site  # type: ignore[attr-defined]  # asked for by each page

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.is_alive, name="healthz"),
    path("readyz", health.is_ready, name="readyz"),
    path("metrics", metrics.show_metrics, name="metrics"),
    path("webhooks/", include("tiktoksync.webhooks.urls")),
    path("api/v1/", include("tiktoksync.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("tiktoksync.web_urls")),
]
handler500 = "tiktoksync.api.errors.answer_crash"
