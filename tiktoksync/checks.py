"""System checks: the application does not start half configured."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

SHORT_SECRET = 16


@register()
def check_platform_apps(**_: Any) -> list[CheckMessage]:
    """TikTok's app is needed for any flow; Shopify's may come with each store instead."""
    found: list[CheckMessage] = []
    for name in ("TIKTOK_APP_KEY", "TIKTOK_APP_SECRET"):
        if not getattr(settings, name):
            found.append(
                Error(
                    f"{name} is missing from the environment: it comes from the app's page in "
                    "TikTok Shop Partner Center",
                    id="tiktoksync.E001",
                )
            )
    if bool(settings.SHOPIFY_API_KEY) != bool(settings.SHOPIFY_API_SECRET):
        found.append(
            Error(
                "SHOPIFY_API_KEY and SHOPIFY_API_SECRET belong together; one of them is missing",
                id="tiktoksync.E002",
            )
        )
    return found


@register(deploy=True)
def check_secret_strength(**_: Any) -> list[CheckMessage]:
    """A guessable SECRET_KEY forges sessions."""
    if len(settings.SECRET_KEY) < SHORT_SECRET:
        return [
            Warning("SECRET_KEY is short; use at least 50 random characters", id="tiktoksync.W001")
        ]
    return []
