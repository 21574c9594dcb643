"""Every address of the application."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from tiktoksync import health, metrics
from tiktoksync.admin_base import brand_site

admin.site.extra_context = brand_site  # type: ignore[attr-defined]  # asked for by each page
# Staff sign in where everybody does: limits of attempts and second factors hold for them too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.is_alive, name="healthz"),
    path("readyz", health.is_ready, name="readyz"),
    path("metrics", metrics.show_metrics, name="metrics"),
    path("webhooks/", include("tiktoksync.webhooks.urls")),
    path("api/v1/", include("tiktoksync.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("tiktoksync.people.account_urls")),
    path("", include("tiktoksync.web_urls")),
]
handler500 = "tiktoksync.api.errors.answer_crash"
