"""Every page of the application, with an address at which the furnished world shows it."""

from __future__ import annotations

#: How many orders the furnished world has; the numbers below follow from their shares.
ORDERS = 200


def _order(number: int) -> str:
    return str(576400000000000000 + number)


ORDER, BLOCKED, HELD, REFUSED = _order(130), _order(187), _order(196), _order(161)
SHOP = "7495000000000000001"
LISTING, UNLINKED_SKU = "1729000000000000001", "1730000000000090011"

PAGES: dict[str, str] = {
    "home": "/",
    "orders": "/orders/",
    "orders-attention": "/orders/?tab=attention",
    "orders-none-match": "/orders/?q=nothing-like-this",
    "order": f"/orders/{ORDER}/",
    "order-blocked": f"/orders/{BLOCKED}/",
    "order-held": f"/orders/{HELD}/",
    "order-tracking-refused": f"/orders/{REFUSED}/",
    "order-link": f"/products/link/{SHOP}/{UNLINKED_SKU}/",
    "returns": "/orders/returns/",
    "backfill": "/orders/backfill/",
    "search": "/search/?q=AG-001",
    "products": "/products/",
    "products-linked": "/products/?tab=linked",
    "products-upload": "/products/?tab=upload",
    "product": "/products/shopify/1/",
    "listing": f"/products/tiktok/{SHOP}/{LISTING}/",
    "links-file": "/products/links/file/",
    "templates": "/products/templates/",
    "template": f"/products/templates/for/{SHOP}/",
    "activity": "/activity/",
    "runs": "/activity/runs/",
    "webhooks": "/activity/webhooks/",
    "webhook": "/activity/webhooks/1/",
    "run": "/activity/runs/1/",
    "run-ready": "/activity/runs/3/",
    "notifications": "/notifications/",
    "settings": "/settings/",
    "settings-orders": "/settings/orders/",
    "settings-fulfillment": "/settings/fulfillment/",
    "settings-products": "/settings/products/",
    "settings-inventory": "/settings/inventory/",
    "settings-aftersales": "/settings/aftersales/",
    "settings-notifications": "/settings/notifications/",
    "settings-team": "/settings/team/",
    "settings-api": "/settings/api/",
    "settings-privacy": "/settings/privacy/",
    "settings-audit": "/settings/audit/",
    "settings-capacity": "/settings/capacity/",
    "connect": "/connect/",
    "connect-shopify": "/connect/shopify/",
    "connect-tiktok": "/connect/tiktok/",
    "welcome": "/welcome/",
    "welcome-preflight": "/welcome/preflight/",
    "welcome-places": "/welcome/places/",
    "welcome-products": "/welcome/products/",
    "welcome-rules": "/welcome/rules/",
    "welcome-backfill": "/welcome/backfill/",
    "welcome-rehearsal": "/welcome/rehearsal/",
    "welcome-live": "/welcome/live/",
    "help-errors": "/help/errors/",
}

#: Explanations hold nothing of a merchant's: everybody may read them.
PUBLIC = {"help-errors"}

#: What support staff see.
STAFF: dict[str, str] = {
    "admin": "/admin/",
    "admin-merchants": "/admin/shops/merchant/",
    "admin-merchant": "/admin/shops/merchant/1/desk/",
    "admin-orders": "/admin/orders/order/",
    "admin-failures": "/admin/support/failureentry/",
}

#: What is seen without a session.
OUTSIDE: dict[str, str] = {
    "sign-in": "/sign-in/",
    "sign-up": "/sign-up/",
    "forgotten": "/forgotten/",
}
