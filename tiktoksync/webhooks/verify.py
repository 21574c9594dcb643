"""Who signed a webhook. Everything here reads raw bytes; nothing is parsed before it is genuine."""

from tiktoksync.errors import SignatureError
from tiktoksync.shopify.auth import verify_webhook as verify_shopify
from tiktoksync.shops.models import Platform, PlatformApp
from tiktoksync.tiktok.signing import verify_webhook as verify_tiktok


def find_signers(platform: Platform, raw: bytes, header: str) -> set[int]:
    """Keys of the registered apps that signed this body; raises SignatureError if none did."""
    apps = PlatformApp.objects.filter(platform=platform).order_by("pk")
    signers = {app.pk for app in apps if is_signed_by(app, raw, header)}
    if not signers:
        raise SignatureError("No registered app signed this body.")
    return signers


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
