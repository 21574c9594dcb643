"""A pair as it is given, and its rows as they stand: found or built, refused if not free."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from tiktoksync.errors import ConfigError
from tiktoksync.shopify.auth import shop_domain
from tiktoksync.shops.models import (
    Credential,
    Merchant,
    Platform,
    PlatformApp,
    ShopifyStore,
    TikTokShop,
)
from tiktoksync.shops.services.families import Listed, newest_of_family
from tiktoksync.shops.services.tokens import moment


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """The tokens of one account, as given; an expiry of None is not known."""

    access_token: str
    access_expires_at: datetime | None = None
    refresh_token: str = ""
    refresh_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PairDetails:
    """What a person gives to connect a pair.

    `sync_from` is empty for "from now on", "all", or Unix seconds as text. Shopify keys left empty
    are the installation's own, and so is the app at TikTok. `of_merchant` is the merchant itself,
    where it is known by more than its name. The orders of a new shop wait until somebody switches
    it on, unless it `is_live`.
    """

    merchant: str
    shopify_shop: str
    shopify: Tokens
    tiktok_shop_id: str
    tiktok_cipher: str
    tiktok_region: str
    tiktok: Tokens
    shopify_api_key: str = ""
    shopify_api_secret: str = ""
    sync_from: str = ""
    owner_email: str = ""
    owner_password: str = ""
    subscribe: bool = True
    is_live: bool = True
    has_api_token: bool = True
    of_merchant: Merchant | None = None
    tiktok_app: PlatformApp | None = None


@dataclass(slots=True)
class Pair:
    """The rows of a pair, stored or not yet; `notes` are remarks that do not stop it.

    `listed` are the shops that TikTok lists as opened by the token.
    """

    merchant: Merchant
    shop: TikTokShop
    store: ShopifyStore
    notes: list[str] = field(default_factory=list)
    listed: Listed = field(default_factory=lambda: Listed({}))


def check_details(details: PairDetails) -> PairDetails:
    """The details in one spelling; raises a SyncError for what can be seen to be wrong."""
    first_moment(details.sync_from)
    if not details.merchant.strip():
        raise ConfigError("The merchant needs a name.")
    if not re.fullmatch(r"[0-9]{1,40}", details.tiktok_shop_id):
        raise ConfigError("A TikTok shop id is a number, as TikTok Shop's API gives it.")
    if not re.fullmatch(r"[A-Za-z]{2}", details.tiktok_region):
        raise ConfigError("The TikTok region is a country code of two letters, like US.")
    return replace(
        details,
        merchant=details.merchant.strip(),
        shopify_shop=shop_domain(details.shopify_shop.strip()),
        tiktok_region=details.tiktok_region.upper(),
    )


def first_moment(sync_from: str) -> datetime | None:
    """Orders placed before are not synced; None lets all in."""
    if not sync_from:
        # TikTok's times are whole seconds: what is placed in this one is not older.
        return timezone.now().replace(microsecond=0)
    if sync_from == "all":
        return None
    if re.fullmatch(r"[1-9][0-9]{0,9}", sync_from):
        return moment(int(sync_from))
    raise ConfigError("The start of syncing is 'all' or a time in Unix seconds.")


# --- the rows as they stand, or new ones ----------------------------------------------------------


def find_or_build_pair(details: PairDetails) -> Pair:
    """The pair's rows, with what was given set on them; raises ConfigError if they are not free."""
    named = Merchant.objects.filter(name=details.merchant)
    merchant = details.of_merchant or named.first() or Merchant(name=details.merchant)
    store = _find_or_build_store(details, merchant)
    shop = TikTokShop.objects.filter(shop_id=details.tiktok_shop_id).first()
    if shop is None:
        shop = TikTokShop(merchant=merchant, store=store, shop_id=details.tiktok_shop_id)
        shop.sync_from = first_moment(details.sync_from)
        shop.listings_wanted_at = timezone.now()
        shop.live_at = timezone.now() if details.is_live else None
    elif shop.merchant_id != merchant.pk:
        raise ConfigError(f"TikTok shop {shop.shop_id} already belongs to another merchant.")
    elif shop.store_id != store.pk:
        raise ConfigError(f"TikTok shop {shop.shop_id} already feeds {shop.store.shop_domain}.")
    shop.app = details.tiktok_app or installation_tiktok_app()
    shop.cipher, shop.region = details.tiktok_cipher, details.tiktok_region
    return Pair(merchant, shop, store)


def _find_or_build_store(details: PairDetails, merchant: Merchant) -> ShopifyStore:
    store = find_or_build_free_store(merchant, details.shopify_shop)
    store.app = _shopify_app(details, store)
    return store


def find_or_build_free_store(merchant: Merchant, domain: str) -> ShopifyStore:
    """The store's row, stored or not yet; raises ConfigError if another merchant has it."""
    store = ShopifyStore.objects.filter(shop_domain=domain).first()
    if store is None:
        store = ShopifyStore(merchant=merchant, shop_domain=domain)
        # Its variants are what a person wants to see when the first order names an unknown SKU.
        store.variants_wanted_at = timezone.now()
    elif store.merchant_id != merchant.pk:
        raise ConfigError(f"Shopify store {store.shop_domain} already belongs to another merchant.")
    return store


def installation_tiktok_app() -> PlatformApp:
    """The app of the settings, stored or not yet; raises ConfigError if there is none."""
    if not (settings.TIKTOK_APP_KEY and settings.TIKTOK_APP_SECRET):
        raise ConfigError("TIKTOK_APP_KEY and TIKTOK_APP_SECRET are missing from the environment.")
    app = find_or_build_app(Platform.TIKTOK, settings.TIKTOK_APP_KEY, settings.TIKTOK_APP_SECRET)
    app.market, app.service_id = settings.TIKTOK_MARKET, settings.TIKTOK_SERVICE_ID
    return app


def _shopify_app(details: PairDetails, store: ShopifyStore) -> PlatformApp:
    """The app whose key or secret is given, else the one the store has, else the installation's.

    A custom app's secret signs its webhooks; its key is needed only to renew tokens, so it may be
    missing.
    """
    key, secret = details.shopify_api_key, details.shopify_api_secret
    if not (key or secret) and store.pk is not None:
        key = store.app.key
    elif not key and secret in ("", settings.SHOPIFY_API_SECRET):
        key = settings.SHOPIFY_API_KEY
    if not secret and settings.SHOPIFY_API_KEY in ("", key):
        secret = settings.SHOPIFY_API_SECRET
    name = key or f"custom app of {store.shop_domain}"[:100]
    app = find_or_build_app(Platform.SHOPIFY, name, secret)
    if details.subscribe and not app.secret:
        raise ConfigError(
            "The Shopify app's secret is missing and without it no webhook can be verified: give "
            "--shopify-api-secret, or connect with --no-subscribe and rely on polling."
        )
    return app


def find_or_build_app(platform: Platform, key: str, secret: str) -> PlatformApp:
    """The app, with its secret replaced if another is given; the old one is accepted meanwhile."""
    app = PlatformApp.objects.filter(platform=platform, key=key).first()
    if app is None:
        return PlatformApp(platform=platform, key=key, secret=secret)
    if secret and app.secret != secret:
        app.old_secret, app.secret = app.secret, secret
    return app


def keep_newest_tokens(details: PairDetails, pair: Pair) -> PairDetails:
    """Tokens that were renewed here since they were given must not be replaced by old ones."""
    return replace(
        details,
        shopify=_newest(details.shopify, pair.store, pair.notes),
        tiktok=_newest(details.tiktok, pair.shop, pair.notes),
    )


def _newest(given: Tokens, account: ShopifyStore | TikTokShop, notes: list[str]) -> Tokens:
    relative = _renewed_by_relative(given, account)
    if relative is not None:
        notes.append(note_kept(account))
        return relative
    renewed = renewed_tokens(account)
    if renewed is None or given.access_expires_at is None or renewed.access_expires_at is None:
        return given
    if renewed.access_expires_at <= given.access_expires_at:
        return given
    notes.append(note_kept(account))
    return renewed


def _renewed_by_relative(given: Tokens, account: ShopifyStore | TikTokShop) -> Tokens | None:
    """The tokens of another shop of this authorization, if they were renewed since."""
    if isinstance(account, ShopifyStore):
        return None
    stored = newest_of_family(account, given.refresh_token)
    return None if stored is None else _tokens_of(stored)


def note_kept(account: ShopifyStore | TikTokShop) -> str:
    """The remark that given tokens were not taken."""
    return f"The tokens stored for {account} are newer than those given and stay."


def renewed_tokens(account: ShopifyStore | TikTokShop) -> Tokens | None:
    """The stored tokens, if they were renewed here since the account was connected."""
    stored = stored_credential(account)
    if stored is None or stored.renewed_at is None:
        return None
    return _tokens_of(stored)


def _tokens_of(stored: Credential) -> Tokens:
    return Tokens(
        stored.access_token,
        stored.access_expires_at,
        stored.refresh_token,
        stored.refresh_expires_at,
    )


def stored_credential(account: ShopifyStore | TikTokShop) -> Credential | None:
    """The account's tokens as they stand, None if it has none."""
    if account.pk is None:
        return None
    return Credential.objects.filter(**as_owner(account)).first()


def as_owner(account: ShopifyStore | TikTokShop) -> dict[str, Any]:
    """The account as the column of a credential."""
    return {"store" if isinstance(account, ShopifyStore) else "shop": account}
