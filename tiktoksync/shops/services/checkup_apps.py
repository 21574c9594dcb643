"""What `doctor` looks at in each platform app: its secret, and where its tokens are renewed.

A renewal with a token that never was changes nothing: what it is refused for tells whether the
address and the secret are right.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from tiktoksync.errors import SyncError
from tiktoksync.failures import TIKTOK
from tiktoksync.shops.models import Platform, PlatformApp, ShopifyStore, TikTokShop
from tiktoksync.shops.services.clients import shopify_auth, tiktok_auth, tiktok_client
from tiktoksync.shops.services.findings import Finding, from_error

NO_TOKEN = "doctor-asks-without-a-token"
#: TikTok's answers to a token that never was.
UNKNOWN_TOKEN = ("36004001", "36004004", "36004005")
BAD_SIGNATURE = "106001"
#: Shopify's answers to a wrong key or secret, and to a token that never was.
BAD_APP = ("invalid_client", "application_cannot_be_found")
UNKNOWN_GRANT = ("invalid_grant", "invalid_request")
TAKE_OVER = "run connect_shops to take it over"


def check_apps() -> Iterator[Finding]:
    """Look at each app that an account is connected through; nothing is changed over there."""
    for app in PlatformApp.objects.order_by("platform", "pk"):
        if app.platform == Platform.TIKTOK:
            shop = TikTokShop.objects.select_related("app", "credential").filter(app=app).first()
            if shop is not None:
                yield from _check_tiktok_secret(shop)
                yield _check_token_host(app)
        else:
            store = ShopifyStore.objects.select_related("app").filter(app=app).first()
            if store is not None:
                yield from _check_shopify_secret(store)


def _check_token_host(app: PlatformApp) -> Finding:
    subject = f"{app}, token renewal"
    try:
        tiktok_auth(app).refresh_token(NO_TOKEN)
    except SyncError as error:
        if error.code not in UNKNOWN_TOKEN:
            return from_error(subject, TIKTOK, error, "TIKTOK_AUTH_URL")
    return Finding(subject, True, "answers")


def _check_tiktok_secret(shop: TikTokShop) -> Iterator[Finding]:
    """A secret of the environment that is not the stored one is tried with a signed read."""
    app, given = shop.app, settings.TIKTOK_APP_SECRET
    if app.key != settings.TIKTOK_APP_KEY or given in ("", app.secret):
        return
    app.secret = given  # of this object alone: it is never saved
    code = ""
    try:
        tiktok_client(shop).authorized_shops()
    except SyncError as error:
        code = error.code or "unknown"
    is_good = None if code and code != BAD_SIGNATURE else not code
    yield _differs(app, "TIKTOK_APP_SECRET", "TikTok Shop", is_good)


def _check_shopify_secret(store: ShopifyStore) -> Iterator[Finding]:
    """The stored secret signs webhooks and renews tokens; the environment's may be newer."""
    app = store.app
    if " " in app.key:  # connected with a token alone: there is no key to ask with
        return
    if app.secret and _is_shopify_secret(store) is False:
        words = "Shopify does not accept the stored secret: webhooks and renewals fail"
        yield Finding(f"{app}, secret", False, words, "run connect_shops with the app's own secret")
    given = settings.SHOPIFY_API_SECRET
    if app.key == settings.SHOPIFY_API_KEY and given not in ("", app.secret):
        app.secret = given  # of this object alone: it is never saved
        yield _differs(app, "SHOPIFY_API_SECRET", "Shopify", _is_shopify_secret(store))


def _is_shopify_secret(store: ShopifyStore) -> bool | None:
    """Whether the app's secret is accepted; None if Shopify does not tell."""
    try:
        shopify_auth(store).refresh(NO_TOKEN)
    except SyncError as error:
        if error.code in BAD_APP:
            return False
        return True if error.code in UNKNOWN_GRANT else None
    return True


def _differs(app: PlatformApp, setting: str, platform: str, is_good: bool | None) -> Finding:
    """A secret of the environment beside another that is stored, which is the one used."""
    subject = f"{app}, secret"
    if is_good is False:
        words = f"{platform} does not accept {setting}; the stored secret is used instead"
        return Finding(subject, False, words, f"correct {setting}")
    if is_good:
        words = f"{setting} is newer than the stored secret, which is the one used"
        return Finding(subject, False, words, TAKE_OVER)
    words = f"{setting} differs from the stored secret, which is the one used"
    return Finding(subject, False, words, f"{TAKE_OVER}, or correct {setting}")
