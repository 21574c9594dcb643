"""The merchant, its connections, and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from bench.furnish import PASSWORD
from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.shops.models import (
    CarrierMapping,
    Credential,
    Membership,
    Merchant,
    OrderRules,
    Platform,
    PlatformApp,
    ShippingProvider,
    ShopifyStore,
    TikTokShop,
)

TEAM = (("aurora", "owner"), ("olive", "operator"), ("vera", "viewer"))
DELIVERY_OPTION = "7129104745"
CARRIERS = ("USPS", "UPS", "FedEx", "DHL eCommerce")


@dataclass
class Desk:
    """A merchant with one TikTok shop that feeds one Shopify store."""

    merchant: Merchant
    shop: TikTokShop
    store: ShopifyStore
    owner: User


def hire(name: str = "Aurora Goods", team: tuple[tuple[str, str], ...] = TEAM) -> Desk:
    """Make the merchant with both sides connected and live, its team, and one of support staff."""
    merchant = Merchant.objects.create(name=name, timezone="America/New_York")
    people = {who: _person(merchant, who, role) for who, role in team}
    if not User.objects.filter(username="staff").exists():
        User.objects.create_superuser("staff", "staff@sync.example.com", PASSWORD)
    slug = name.lower().replace(" ", "-")
    store = _store(merchant, f"{slug}.myshopify.com")
    shop = _shop(merchant, store, name, str(7495000000000000000 + merchant.pk))
    _look_over(shop)
    return Desk(merchant, shop, store, people[team[0][0]])


def _look_over(shop: TikTokShop) -> None:
    """What a pre-flight finds where nearly all is well."""
    rows = (
        ("shopify", "green", f"{shop.store} answers.", ""),
        ("scopes", "green", "Shopify grants all that is needed.", ""),
        ("currency", "green", "Both sides count in USD.", ""),
        ("rival", "green", "No other app brings TikTok orders to this store.", ""),
        ("tiktok", "green", f"{shop} answers.", ""),
        ("region", "green", "The shop sells in US.", ""),
        ("tiktok_scopes", "green", "TikTok grants all that is needed.", ""),
        ("warehouses", "green", "The shop has 2 warehouses on TikTok.", ""),
        (
            "tax",
            "amber",
            "TikTok misses the shop's tax information.",
            "Complete it in TikTok's Seller Center, then check again.",
        ),
        ("webhooks", "green", "Both platforms send their news here.", ""),
        ("clock", "green", "This server's clock is right.", ""),
    )
    PreflightCheck.objects.bulk_create(
        PreflightCheck(shop=shop, key=key, light=light, words=words, fix=fix)
        for key, light, words, fix in rows
    )


def _person(merchant: Merchant, who: str, role: str) -> User:
    user = User.objects.create_user(who, f"{who}@example.com", PASSWORD, first_name=who.title())
    Membership.objects.create(merchant=merchant, user=user, role=role)
    return user


def _store(merchant: Merchant, domain: str) -> ShopifyStore:
    app, _ = PlatformApp.objects.get_or_create(
        platform=Platform.SHOPIFY, key="furnished", defaults={"secret": "furnished"}
    )
    now = timezone.now()
    store = ShopifyStore.objects.create(
        merchant=merchant,
        app=app,
        shop_domain=domain,
        name=merchant.name,
        currency="USD",
        timezone=merchant.timezone,
        connected_at=now - timedelta(days=120),
        order_id_definition_at=now - timedelta(days=120),
        last_good_call_at=now,
        last_fulfillment_poll_at=now,
        next_fulfillment_poll_at=now + timedelta(days=30),
        fulfillments_watermark=now,
        last_catalogue_poll_at=now,
        next_catalogue_poll_at=now + timedelta(days=30),
        variants_read_at=now,
        products_watermark=now,
        subscribed_at=now - timedelta(days=120),
        webhooks_checked_at=now,
    )
    Credential.objects.create(store=store, access_token="shpat_furnished", sync_status="synced")
    return store


def _shop(merchant: Merchant, store: ShopifyStore, name: str, shop_id: str) -> TikTokShop:
    app, _ = PlatformApp.objects.get_or_create(
        platform=Platform.TIKTOK, key="furnished", defaults={"secret": "furnished", "market": "us"}
    )
    now = timezone.now()
    shop = TikTokShop.objects.create(
        merchant=merchant,
        app=app,
        store=store,
        shop_id=shop_id,
        cipher=f"ROW_{shop_id}",
        region="US",
        name=f"{name} US",
        connected_at=now - timedelta(days=120),
        live_at=now - timedelta(days=120),
        sync_from=now - timedelta(days=120),
        watermark=int(now.timestamp()),
        last_good_call_at=now,
        last_poll_at=now,
        next_poll_at=now + timedelta(days=30),
        last_aftersales_poll_at=now,
        next_aftersales_poll_at=now + timedelta(days=30),
        last_catalogue_poll_at=now,
        next_catalogue_poll_at=now + timedelta(days=30),
        listings_read_at=now,
        listings_watermark=int(now.timestamp()),
        subscribed_at=now - timedelta(days=120),
        webhooks_checked_at=now,
        warehouses=[{"id": "7000000000000000001", "name": "Newark", "is_default": True}],
    )
    Credential.objects.create(
        shop=shop,
        access_token="TTP_furnished",
        refresh_token="TTPR_furnished",
        access_expires_at=now + timedelta(days=6),
        # Soon enough for the pages to warn of it, late enough for it not to be urgent.
        refresh_expires_at=now + timedelta(days=24, hours=3),
        sync_status="synced",
    )
    OrderRules.objects.create(shop=shop, order_name_prefix="TT-")
    for place, carrier in enumerate(CARRIERS):
        ShippingProvider.objects.create(
            shop=shop,
            delivery_option_id=DELIVERY_OPTION,
            provider_id=str(7117858858072016645 + place),
            name=carrier,
        )
    CarrierMapping.objects.create(shop=shop, carrier="Fedex Home", provider_name="FedEx")
    return shop
