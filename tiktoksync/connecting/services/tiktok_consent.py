"""TikTok's consent: where the seller is sent, and what comes of the answer.

The one place besides the flows that calls TikTok Shop while somebody waits; every call has a
deadline.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction

from tiktoksync.connecting.models import ConsentJourney, TikTokGrant
from tiktoksync.connecting.refusals import Refused, from_error
from tiktoksync.connecting.services.journeys import LIFE
from tiktoksync.errors import ConfigError, SyncError
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import Credential, Merchant, Platform, PlatformApp, ShopifyStore
from tiktoksync.shops.models import TikTokShop as Shop
from tiktoksync.shops.services.connect import connect_pair
from tiktoksync.shops.services.exchange import exchange_with
from tiktoksync.shops.services.note_changes import note_settings_change
from tiktoksync.shops.services.pair import PairDetails, Tokens, installation_tiktok_app
from tiktoksync.shops.services.refresh_tokens import on_our_clock
from tiktoksync.shops.services.store_pair import APP_COLUMNS, save_changes
from tiktoksync.shops.services.subscribe import leave_webhooks_to_check
from tiktoksync.sync.lanes import Lane, drain
from tiktoksync.tiktok.auth import TokenPair, authorize_link

TIKTOK = "TikTok Shop"
SECTION = "connections"
#: Where sellers agree, by market; an app of one market is unknown on the page of the other.
PAGES = {"us": "https://services.us.tiktokshop.com", "global": "https://services.tiktokshop.com"}
NEEDED = (
    "seller.authorization.info",
    "seller.order.info",
    "seller.fulfillment.basic",
    "seller.logistics",
    "seller.product.basic",
    "seller.product.write",
    "seller.return_refund.basic",
)


def markets() -> set[str]:
    """The markets that this installation has an app for."""
    rows = PlatformApp.objects.filter(platform=Platform.TIKTOK).exclude(service_id="")
    known = {market for market in rows.values_list("market", flat=True) if market in PAGES}
    has_own = settings.TIKTOK_APP_KEY and settings.TIKTOK_SERVICE_ID
    return known | ({settings.TIKTOK_MARKET} if has_own else set())


def tiktok_app(market: str) -> PlatformApp:
    """The app for a market's sellers; raises Refused if the installation has none."""
    if market == settings.TIKTOK_MARKET and settings.TIKTOK_SERVICE_ID:
        try:
            app = installation_tiktok_app()
        except ConfigError as error:
            raise Refused("no_app", message=error.message) from error
        save_changes(app, *APP_COLUMNS)
        return app
    rows = PlatformApp.objects.filter(platform=Platform.TIKTOK, market=market)
    found = rows.exclude(service_id="").order_by("pk").first()
    if found is None:
        sellers = "United States" if market == "us" else "other markets"
        message = f"It has no TikTok app for sellers in the {sellers}."
        raise Refused("no_app", message=message.replace("in the other", "in other"))
    return found


def consent_address(app: PlatformApp, state: str) -> str:
    """Where the seller agrees."""
    own = settings.TIKTOK_AUTHORIZE_URL
    page = PAGES.get(app.market, own) if own in PAGES.values() else own
    return authorize_link(page, app.service_id, state)


def open_consent(journey: ConsentJourney, code: str, user: Any) -> TikTokGrant:
    """Exchange the code; returns what it opens, kept until the shops are chosen."""
    assert journey.app is not None
    assert journey.merchant is not None
    try:
        exchanged = exchange_with(journey.app.key, journey.app.secret, code)
    except SyncError as error:
        raise from_error(TIKTOK, error) from error
    tokens = exchanged.tokens
    granted = set(tokens.granted_scopes)
    if missing := [scope for scope in NEEDED if granted and scope not in granted]:
        raise Refused("scopes", platform=TIKTOK, missing=", ".join(missing))
    if not exchanged.shops:
        raise Refused("no_shops")
    wanted = journey.shop_domain
    if wanted and wanted not in {shop.id for shop in exchanged.shops}:
        found = ", ".join(shop.name or shop.id for shop in exchanged.shops)
        raise Refused("wrong_shop", wanted=_name_of(journey.merchant, wanted), found=found)
    shops = [
        {"id": shop.id, "name": shop.name, "region": shop.region, "cipher": shop.cipher}
        for shop in exchanged.shops
    ]
    return _keep(journey, tokens, shops, user)


def _keep(
    journey: ConsentJourney, tokens: TokenPair, shops: list[dict[str, str]], user: Any
) -> TikTokGrant:
    now = database_now()
    assert journey.app is not None
    assert journey.merchant is not None
    return TikTokGrant.objects.create(
        merchant=journey.merchant,
        app=journey.app,
        store=journey.store,
        user=user,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        access_expires_at=on_our_clock(tokens.access_expires_at) or now + LIFE,
        refresh_expires_at=on_our_clock(tokens.refresh_expires_at) or now + LIFE,
        shops=shops,
    )


def connect_chosen(
    grant: TikTokGrant, shop_ids: Iterable[str], store: ShopifyStore, user: Any
) -> list[Shop]:
    """Connect the chosen shops of a consent to a store.

    The grant is used up and forgotten either way: its tokens may be another merchant's shop's.
    Raises Refused; what could be connected before that stays connected.
    """
    chosen = [shop for shop in grant.shops if shop["id"] in set(shop_ids)]
    try:
        _check_store(store)
        for row in chosen:
            _check_free(grant.merchant, row, store)
        return [_connect(grant, row, store, user) for row in chosen]
    except SyncError as error:
        raise from_error(TIKTOK, error) from error
    finally:
        grant.delete()


def _check_store(store: ShopifyStore) -> None:
    """The store must be one that may be called: both platforms are asked before one is stored."""
    credential = Credential.objects.filter(store=store).first()
    if credential is None or store.disconnected_at or store.auth_lost_at:
        raise Refused("no_store")
    if credential.is_expired(database_now()):
        drain(Lane("refresh_tokens", credential.pk))


def _check_free(merchant: Merchant, row: dict[str, str], store: ShopifyStore) -> None:
    known = Shop.objects.select_related("store").filter(shop_id=row["id"]).first()
    if known is None:
        return
    name = row["name"] or row["id"]
    if known.merchant_id != merchant.pk:
        raise Refused("taken", account=name)
    if known.store_id != store.pk:
        raise Refused("other_store", account=name, found=str(known.store))


def _connect(grant: TikTokGrant, row: dict[str, str], store: ShopifyStore, user: Any) -> Shop:
    merchant = grant.merchant
    was_known = Shop.objects.filter(shop_id=row["id"]).exists()
    credential = Credential.objects.get(store=store)
    pair = connect_pair(
        PairDetails(
            merchant=merchant.name,
            of_merchant=merchant,
            shopify_shop=store.shop_domain,
            shopify=Tokens(
                credential.access_token,
                credential.access_expires_at,
                credential.refresh_token,
                credential.refresh_expires_at,
            ),
            tiktok_shop_id=row["id"],
            tiktok_cipher=row["cipher"],
            tiktok_region=row["region"],
            tiktok=Tokens(
                grant.access_token,
                grant.access_expires_at,
                grant.refresh_token,
                grant.refresh_expires_at,
            ),
            tiktok_app=grant.app,
            subscribe=False,
            is_live=False,
            has_api_token=False,
        )
    )
    words = f"Connected {pair.shop} again." if was_known else f"Connected {pair.shop}."
    with transaction.atomic():
        note_settings_change(merchant, SECTION, user=user, words=words, shop=pair.shop)
        leave_webhooks_to_check(pair.shop)
    return pair.shop


def _name_of(merchant: Merchant, shop_id: str) -> str:
    shop = Shop.objects.filter(merchant=merchant, shop_id=shop_id).first()
    return str(shop or shop_id)
