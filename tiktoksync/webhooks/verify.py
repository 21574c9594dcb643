"""Who signed a webhook. Everything here reads raw bytes; nothing is parsed before it is genuine."""

from django.conf import settings

from tiktoksync.errors import SignatureError
from tiktoksync.shopify.auth import verify_webhook as verify_shopify
from tiktoksync.shops.models import Platform, PlatformApp
from tiktoksync.tiktok.signing import verify_webhook as verify_tiktok


def find_signers(platform: Platform, raw: bytes, header: str) -> set[int]:
    """Keys of the registered apps that signed this body; raises SignatureError if nobody did.

    The installation's own app may sign before any account is connected with it: then the set is
    empty.
    """
    signers = [app for app in _known_apps(platform) if is_signed_by(app, raw, header)]
    if not signers:
        raise SignatureError("No registered app signed this body.")
    return {app.pk for app in signers if app.pk is not None}


def _known_apps(platform: Platform) -> list[PlatformApp]:
    apps = list(PlatformApp.objects.filter(platform=platform).order_by("pk"))
    own = PlatformApp(platform=platform)
    own.key, own.secret = (
        (settings.TIKTOK_APP_KEY, settings.TIKTOK_APP_SECRET)
        if platform == Platform.TIKTOK
        else (settings.SHOPIFY_API_KEY, settings.SHOPIFY_API_SECRET)
    )
    if own.secret and own.key not in {app.key for app in apps}:
        apps.append(own)
    return apps


def require_signer(app: PlatformApp, raw: bytes, header: str) -> None:
    """Raise SignatureError unless this very app signed, with its present or its old secret."""
    if not is_signed_by(app, raw, header):
        raise SignatureError("The app of this account did not sign this body.")


def is_signed_by(app: PlatformApp, raw: bytes, header: str) -> bool:
    """Whether one of the app's secrets signs the body."""
    return any(_fits(app, secret, raw, header) for secret in app.secrets)


def _fits(app: PlatformApp, secret: str, raw: bytes, header: str) -> bool:
    try:
        if app.platform == Platform.TIKTOK:
            verify_tiktok(app.key, secret, raw, header)
        else:
            verify_shopify(secret, raw, header)
    except SignatureError:
        return False
    return True
