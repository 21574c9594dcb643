"""What both platforms say about a pair, before anything of it is stored."""

from __future__ import annotations

from tiktoksync.errors import (
    ConfigError,
    Gone,
    MalformedPayload,
    NotAuthorized,
    Rejected,
    SyncError,
    Unreachable,
)
from tiktoksync.shopify.client import ShopifyClient
from tiktoksync.shopify.payloads import ShopInfo
from tiktoksync.tiktok.client import TikTokClient
from tiktoksync.tiktok.payloads import AuthorizedShop

#: What orders, tracking, products and stock need; a write scope stands for its read scope too.
NEEDED_SCOPES = (
    "write_orders",
    "write_products",
    "read_fulfillments",
    "read_inventory",
    "read_locations",
)
#: Two spellings of one country.
SAME_REGION = {"UK": "GB"}


def read_store(client: ShopifyClient, domain: str) -> ShopInfo:
    """The store a token opens; raises ConfigError if it is another one than was named."""
    info = client.shop_info().data
    if info.domain and info.domain != domain:
        raise ConfigError(f"The Shopify token belongs to {info.domain}, not to {domain}.")
    return info


def missing_scopes(info: ShopInfo) -> list[str]:
    """Permissions the app will miss in this store; none if the store does not list any."""
    granted = {*info.scopes, *(scope.replace("write_", "read_", 1) for scope in info.scopes)}
    return [scope for scope in NEEDED_SCOPES if scope not in granted] if granted else []


def read_shop(
    client: TikTokClient, shop_id: str, cipher: str, region: str, *, renewable: bool
) -> AuthorizedShop | None:
    """The shop as TikTok lists it, None if TikTok does not tell; raises ConfigError on a mismatch.

    A token that only needs to be renewed is no obstacle when it is `renewable`.
    """
    listed = list_shops(client, renewable=renewable)
    return None if listed is None else find_listed(listed, shop_id, cipher, region)


def list_shops(client: TikTokClient, *, renewable: bool) -> list[AuthorizedShop] | None:
    """Every shop the token opens, None if TikTok does not tell."""
    try:
        return client.authorized_shops().data
    except SyncError as error:
        if _says_nothing(error, renewable):
            return None
        raise


def find_listed(
    listed: list[AuthorizedShop], shop_id: str, cipher: str, region: str
) -> AuthorizedShop:
    """The shop among those the token opens; raises ConfigError if it is not as given."""
    found = next((shop for shop in listed if shop.id == shop_id), None)
    if found is None:
        others = ", ".join(shop.id for shop in listed) or "none"
        raise ConfigError(
            f"The TikTok token does not open shop {shop_id}; the shops it opens: {others}."
        )
    if found.cipher and found.cipher != cipher:
        raise ConfigError(f"The cipher given for TikTok shop {shop_id} is not the shop's.")
    if found.region and _plain(found.region) != _plain(region):
        raise ConfigError(
            f"TikTok shop {shop_id} sells in {found.region}, not in {region} as given."
        )
    return found


def _says_nothing(error: SyncError, renewable: bool) -> bool:
    """Whether an error leaves what was given neither proved nor disproved."""
    if isinstance(error, NotAuthorized):
        reason = error.account_reason
        return reason == "scope_missing" or (reason == "token_expired" and renewable)
    return isinstance(error, Gone | Rejected | MalformedPayload | Unreachable)


def _plain(region: str) -> str:
    region = region.strip().upper()
    return SAME_REGION.get(region, region)
