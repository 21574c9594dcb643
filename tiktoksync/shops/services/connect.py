"""Connecting one TikTok shop with one Shopify store, once or again.

What is given is checked against both platforms before anything is stored; then the rows are written
in one transaction; then the platforms are set up. Every step may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction

from tiktoksync.errors import ConfigError, NotAuthorized
from tiktoksync.lib.timing import database_now
from tiktoksync.shopify.payloads import ShopInfo
from tiktoksync.shops.models import Credential, Merchant, ShopifyStore, TikTokShop
from tiktoksync.shops.services.clients import shopify_auth, shopify_client, tiktok_client
from tiktoksync.shops.services.families import Listed
from tiktoksync.shops.services.order_id import ensure_order_id_definition
from tiktoksync.shops.services.pair import (
    Pair,
    PairDetails,
    Tokens,
    as_owner,
    check_details,
    find_or_build_pair,
    keep_newest_tokens,
    note_kept,
    renewed_tokens,
    stored_credential,
)
from tiktoksync.shops.services.preflight import find_listed, list_shops, missing_scopes, read_store
from tiktoksync.shops.services.store_pair import store_facts, store_pair
from tiktoksync.shops.services.subscribe import (
    check_public_url,
    store_webhook_url,
    subscribe_shop,
    subscribe_store,
    tiktok_webhook_url,
)
from tiktoksync.shops.services.tokens import (
    USUAL_SHOPIFY_LIFE,
    existing_or_new_token,
    is_asked_anew,
)

__all__ = ["ConnectedPair", "PairDetails", "Tokens", "connect_pair", "ensure_definition"]

API_TOKEN_NAME = "connect_shops"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ConnectedPair:
    """What connecting came to; `notes` are remarks for the operator."""

    merchant: Merchant
    shop: TikTokShop
    store: ShopifyStore
    api_token: str = field(repr=False)
    shopify_webhook_url: str = field(repr=False)
    tiktok_webhook_url: str
    notes: tuple[str, ...] = ()


def connect_pair(details: PairDetails) -> ConnectedPair:
    """Connect a pair, or renew a connected one: then only its tokens change.

    Raises a SyncError whose message says what to do. What belongs to another merchant is refused,
    and a refusal stores nothing.
    """
    details = check_details(details)
    if details.subscribe:
        check_public_url()
    pair = find_or_build_pair(details)
    if not details.shopify.access_token:
        details = replace(details, shopify=_own_tokens(pair.store))
    details, info = _ask_platforms(details, keep_newest_tokens(details, pair), pair)
    _store(details, pair, info)
    ensure_definition(pair.store)
    if details.subscribe:
        subscribe_store(pair.store)
        subscribe_shop(pair.shop)
    return ConnectedPair(
        merchant=pair.merchant,
        shop=pair.shop,
        store=pair.store,
        api_token=_api_token(pair) if details.has_api_token else "",
        shopify_webhook_url=store_webhook_url(pair.store),
        tiktok_webhook_url=tiktok_webhook_url(),
        notes=tuple(pair.notes),
    )


def _api_token(pair: Pair) -> str:
    return existing_or_new_token(pair.merchant, API_TOKEN_NAME)


def _own_tokens(store: ShopifyStore) -> Tokens:
    """The store's living token, or one that its app is given by the client credentials grant."""
    stored, now = stored_credential(store), database_now()
    if stored is not None and is_asked_anew(stored) and not stored.is_expired(now):
        return Tokens(stored.access_token, stored.access_expires_at)
    pair = shopify_auth(store).client_credentials().data
    lives = timedelta(seconds=pair.expires_in or USUAL_SHOPIFY_LIFE.total_seconds())
    return Tokens(pair.access_token, now + lives)


def _ask_platforms(
    given: PairDetails, details: PairDetails, pair: Pair
) -> tuple[PairDetails, ShopInfo]:
    """What the store is, and the shop's name; raises if either is not what was given.

    The details come back with the tokens that work: the newest, or else those that were given.
    """
    store, shop = pair.store, pair.shop
    info, shopify = _ask(
        store,
        (details.shopify, given.shopify),
        lambda _: read_store(shopify_client(store), store.shop_domain),
        pair.notes,
    )
    if missing := missing_scopes(info):
        pair.notes.append(f"The Shopify app lacks permissions: {', '.join(missing)}.")
    listed, tiktok = _ask(
        shop,
        (details.tiktok, given.tiktok),
        lambda renewable: list_shops(tiktok_client(shop), renewable=renewable),
        pair.notes,
    )
    if listed is not None:
        pair.listed = Listed.of(listed)
        found = find_listed(listed, shop.shop_id, shop.cipher, shop.region)
        shop.name = found.name[:200] or shop.name
    return replace(details, shopify=shopify, tiktok=tiktok), info


def _ask(
    account: ShopifyStore | TikTokShop,
    candidates: tuple[Tokens, Tokens],
    read: Callable[[bool], T],
    notes: list[str],
) -> tuple[T, Tokens]:
    """Ask with the newest tokens; when they are refused, with those renewed here or those given.

    `read` is told whether an expired token may still be renewed.
    """
    newest, given = candidates
    renewed = renewed_tokens(account)
    other = renewed if renewed not in (None, newest) else given
    try:
        _lend(account, newest)
        return read(bool(newest.refresh_token) and renewed is None), newest
    except NotAuthorized:
        if other is None or other == newest:
            raise
    _lend(account, other)
    # Old ones that were given again must not take the place of others that can be renewed.
    answer = read(other == renewed)
    if other == renewed:
        notes.append(note_kept(account))
    else:
        notes.remove(note_kept(account))
    return answer, other


def _lend(account: ShopifyStore | TikTokShop, tokens: Tokens) -> None:
    """Let the account's clients use these tokens; the credential made here is never stored."""
    Credential(**as_owner(account), access_token=tokens.access_token)


def _store(details: PairDetails, pair: Pair, info: ShopInfo) -> None:
    store = pair.store
    moved = store_facts(store, info, pair.notes)
    if pair.merchant.pk is None and info.timezone:
        pair.merchant.timezone = info.timezone
    try:
        with transaction.atomic():
            store_pair(pair, details, forget_definition=moved)
    except IntegrityError as error:
        raise ConfigError("This pair is being connected by somebody else: try again.") from error


def ensure_definition(store: ShopifyStore) -> None:
    """The unique order-id metafield must be there; when it is and we know, nothing is written."""
    if store.order_id_definition_at is not None:
        found = shopify_client(store).metafield_definition().data
        if found is not None and found.type == "id":
            return
    ensure_order_id_definition(store)
