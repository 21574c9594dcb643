"""The pre-flight."""

from tiktoksync.shops.models import TikTokShop


def run_preflight(shop: TikTokShop) -> None:
    """Look both sides over."""
