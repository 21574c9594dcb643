"""Shopify's consent: where the merchant is sent, and what comes of the answer.

The one place besides the flows that calls Shopify while somebody waits; every call has a deadline.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from tiktoksync.connecting.models import ConsentJourney
from tiktoksync.connecting.refusals import Refused, from_error
from tiktoksync.errors import ConfigError, Rejected, SignatureError, SyncError
from tiktoksync.lib.timing import database_now
from tiktoksync.shopify.auth import (
    ShopifyAuth,
    ShopifyTokens,
    authorize_link,
    shop_domain,
    verify_query_hmac,
)
from tiktoksync.shops.models import Credential, Merchant, Platform, PlatformApp, ShopifyStore
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.shops.services.connect import ensure_definition
from tiktoksync.shops.services.note_changes import note_settings_change
from tiktoksync.shops.services.pair import Tokens, find_or_build_app, find_or_build_free_store
from tiktoksync.shops.services.preflight import NEEDED_SCOPES, read_store
from tiktoksync.shops.services.store_pair import (
    APP_COLUMNS,
    STORE_COLUMNS,
    keep_tokens,
    save_changes,
    store_facts,
)
from tiktoksync.shops.services.subscribe import leave_webhooks_to_check

SHOPIFY = "Shopify"
SECTION = "connections"
DEADLINE = 10.0
OLDEST_REQUEST = timedelta(minutes=10)


def read_domain(given: str) -> str:
    """A store's domain from what a person types: its name, its domain or its address."""
    text = given.strip().lower().removeprefix("https://").removeprefix("http://").strip("/")
    name, _, path = text.partition("/")
    if name == "admin.shopify.com" and path.startswith("store/"):
        name = path.split("/")[1]
    if name and "." not in name:
        name = f"{name}.myshopify.com"
    try:
        return shop_domain(name)
    except Rejected:
        raise Refused("domain") from None


def verify_install(params: Mapping[str, str]) -> str:
    """The store that sent this request; raises Refused unless Shopify signed it, just now."""
    try:
        domain = shop_domain(str(params.get("shop", "")))
        verify_query_hmac(params, shopify_app(domain).secrets)
        age = database_now().timestamp() - int(str(params.get("timestamp", "")))
    except (Rejected, SignatureError, ValueError):
        raise Refused("signature") from None
    if abs(age) > OLDEST_REQUEST.total_seconds():
        raise Refused("signature")
    return domain


def shopify_app(domain: str) -> PlatformApp:
    """The app a store is connected through, else the installation's; raises Refused without one."""
    store = ShopifyStore.objects.select_related("app").filter(shop_domain=domain).first()
    if store is not None and store.app.secret and not store.app.key.startswith("custom app"):
        return store.app
    if not (settings.SHOPIFY_API_KEY and settings.SHOPIFY_API_SECRET):
        message = "SHOPIFY_API_KEY and SHOPIFY_API_SECRET are missing from its settings."
        raise Refused("no_app", message=message)
    app = find_or_build_app(Platform.SHOPIFY, settings.SHOPIFY_API_KEY, settings.SHOPIFY_API_SECRET)
    save_changes(app, *APP_COLUMNS)
    return app


def consent_address(app: PlatformApp, domain: str, state: str) -> str:
    """Where the merchant agrees."""
    return authorize_link(
        base_url(domain),
        app.key,
        scopes=settings.SHOPIFY_SCOPES,
        redirect_uri=settings.PUBLIC_URL + reverse("connect-shopify-callback"),
        state=state,
    )


def base_url(domain: str) -> str:
    """Where a store answers."""
    return str(settings.SHOPIFY_URL).replace("{shop}", domain)


def admin_link(domain: str) -> str:
    """The store's own admin, for a person who wants to look."""
    return f"https://{domain}/admin?{urlencode({'from': 'tiktoksync'})}"


def finish_shopify(journey: ConsentJourney, params: Mapping[str, str], user: Any) -> ShopifyStore:
    """Turn the answer of the consent page into a connected store; raises Refused otherwise."""
    assert journey.app is not None
    assert journey.merchant is not None
    app, merchant = journey.app, journey.merchant
    try:
        verify_query_hmac(params, app.secrets)
        domain = shop_domain(str(params.get("shop", "")))
    except (SignatureError, Rejected):
        raise Refused("signature") from None
    if domain != journey.shop_domain:
        raise Refused("wrong_store", wanted=journey.shop_domain, found=domain)
    if not params.get("code"):
        raise Refused("denied")
    try:
        auth = ShopifyAuth(
            base_url=base_url(domain), api_key=app.key, api_secret=app.secret, deadline=DEADLINE
        )
        tokens = auth.exchange_code(str(params["code"])).data
        return connect_store(merchant, domain, app, tokens, user)
    except SyncError as error:
        raise from_error(SHOPIFY, error) from error


def connect_store(
    merchant: Merchant, domain: str, app: PlatformApp, tokens: ShopifyTokens, user: Any
) -> ShopifyStore:
    """Store what a consent opened: a new store, or the same one with its links and history."""
    if missing := [scope for scope in NEEDED_SCOPES if scope not in tokens.scopes]:
        raise Refused("scopes", platform=SHOPIFY, missing=", ".join(missing))
    try:
        store = find_or_build_free_store(merchant, domain)
    except ConfigError:
        raise Refused("taken", account=domain) from None
    was_known, store.app = store.pk is not None, app
    # Only lends the token to the client: this credential is never stored.
    Credential(store=store, access_token=tokens.access_token)
    info = read_store(shopify_client(store), domain)
    with transaction.atomic():
        moved = store_facts(store, info, [])
        if not was_known and merchant.timezone == "UTC" and info.timezone:
            # A merchant who has connected nothing before has not chosen a time zone either.
            merchant.timezone = info.timezone
            merchant.save(update_fields=["timezone"])
        columns = (*STORE_COLUMNS, "order_id_definition_at") if moved else STORE_COLUMNS
        save_changes(store, *columns)
        keep_tokens(store, _moments(tokens))
        words = f"Connected {domain} again." if was_known else f"Connected {domain}."
        note_settings_change(merchant, SECTION, user=user, words=words)
    _set_up(store)
    return store


def _set_up(store: ShopifyStore) -> None:
    """What the store needs besides; where that fails now, the lanes do it later."""
    leave_webhooks_to_check(store)
    try:
        ensure_definition(store)
    except SyncError:
        return


def _moments(tokens: ShopifyTokens) -> Tokens:
    now = database_now()
    ends, end_of_all = tokens.expires_in, tokens.refresh_expires_in
    return Tokens(
        tokens.access_token,
        now + timedelta(seconds=ends) if ends else None,
        tokens.refresh_token,
        now + timedelta(seconds=end_of_all) if end_of_all else None,
    )
