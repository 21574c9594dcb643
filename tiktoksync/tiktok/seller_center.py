"""Where a seller finds an order in TikTok's own pages."""

from __future__ import annotations

from urllib.parse import urlencode

#: Regions whose sellers sign in at an address of their own; the others share one.
_HOSTS = {"US": "seller-us.tiktok.com"}
_USUAL_HOST = "seller.tiktokshop.com"


def order_url(region: str, order_id: str) -> str:
    """The page of an order in Seller Center."""
    host = _HOSTS.get(region.upper(), _USUAL_HOST)
    named = {"order_no": order_id, "shop_region": region.upper()}
    return f"https://{host}/order/detail?{urlencode(named)}"
