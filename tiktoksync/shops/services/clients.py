"""Builds the platforms' clients from stored rows and the base addresses of the settings."""

from django.conf import settings

from tiktoksync.errors import NotAuthorized
from tiktoksync.shopify.auth import ShopifyAuth
from tiktoksync.shopify.client import ShopifyClient
from tiktoksync.shops.models import Credential, PlatformApp, ShopifyStore, TikTokShop
from tiktoksync.shops.services.budget import shop_gate, store_gate
from tiktoksync.tiktok.auth import TikTokAuth
from tiktoksync.tiktok.client import TikTokClient


def tiktok_client(shop: TikTokShop) -> TikTokClient:
    """A client that speaks for one shop; raises NotAuthorized if the shop has no tokens."""
    return TikTokClient(
        api_url=settings.TIKTOK_API_URL,
        app_key=shop.app.key,
        app_secret=shop.app.secret,
        access_token=_credential(shop).access_token,
        shop_cipher=shop.cipher,
        deadline=settings.CALL_DEADLINE_SECONDS,
        gate=shop_gate(shop),
    )


def shopify_client(store: ShopifyStore) -> ShopifyClient:
    """A client that speaks for one store; raises NotAuthorized if the store has no tokens."""
    return ShopifyClient(
        base_url=store.base_url,
        api_version=settings.SHOPIFY_API_VERSION,
        access_token=_credential(store).access_token,
        deadline=settings.CALL_DEADLINE_SECONDS,
        gate=store_gate(store),
    )


def tiktok_auth(app: PlatformApp) -> TikTokAuth:
    """Renews the tokens of every shop that authorized this app."""
    return TikTokAuth(auth_url=settings.TIKTOK_AUTH_URL, app_key=app.key, app_secret=app.secret)


def shopify_auth(store: ShopifyStore) -> ShopifyAuth:
    """Renews the tokens of one store with the app it is connected through."""
    return ShopifyAuth(base_url=store.base_url, api_key=store.app.key, api_secret=store.app.secret)


def _credential(account: TikTokShop | ShopifyStore) -> Credential:
    try:
        return account.credential
    except Credential.DoesNotExist:
        raise NotAuthorized(
            f"{account} has no tokens stored: connect it again.", account_reason="consent_lost"
        ) from None
