"""Rows and bodies for tests: a merchant with a shop and a store, orders, shipments, links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Model
from django.utils import timezone

from orders.backfill import TO_DO
from orders.models import (
    AddressChange,
    Cancellation,
    CancelRequest,
    ExternalReference,
    Fulfillment,
    Order,
    PackageFulfillment,
    Refund,
    SellerCancellation,
    StatusChange,
)
from orders.services.store_orders import store_page
from products.models import (
    Link,
    Listing,
    ListingSku,
    ListingTask,
    Product,
    ProductImport,
    ProductUpload,
    SkuLookup,
    Variant,
    sku_key,
)
from tests.orders.data import build
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import (
    Credential,
    Merchant,
    OrderRules,
    Platform,
    PlatformApp,
    ShopifyStore,
    TikTokShop,
)
from tiktoksync.sync.models import LaneLease
from tiktoksync.webhooks.models import Delivery

ORDER_ID = "576461413038785752"
DELIVERY_OPTION = "7129104745"
FIRST_UPDATE = build.CREATED + 3700


@dataclass
class Pair:
    """A TikTok shop that feeds a Shopify store."""

    merchant: Merchant
    shop: TikTokShop
    store: ShopifyStore

    def refresh(self) -> Pair:
        """Both accounts as the database has them now."""
        self.shop = TikTokShop.objects.get(pk=self.shop.pk)
        self.store = ShopifyStore.objects.get(pk=self.store.pk)
        return self


def make_pair(name: str = "Anna", region: str = "US", **rules: Any) -> Pair:
    """A merchant with both sides connected; `rules` are columns of the shop's order rules."""
    merchant = Merchant.objects.create(name=name)
    store = make_store(merchant, f"{name.lower()}.myshopify.com")
    return Pair(merchant, make_shop(merchant, store, f"749{name}", region, **rules), store)


def make_store(merchant: Merchant, domain: str, **columns: Any) -> ShopifyStore:
    """A store whose order-id metafield is defined and whose token does not expire."""
    app, _ = PlatformApp.objects.get_or_create(
        platform=Platform.SHOPIFY, key="shopify-key", defaults={"secret": "shopify-app-secret"}
    )
    columns = {"currency": "USD", "order_id_definition_at": timezone.now(), **columns}
    store = ShopifyStore.objects.create(merchant=merchant, app=app, shop_domain=domain, **columns)
    Credential.objects.create(store=store, access_token=f"shpat_{domain}")
    return store


def make_shop(
    merchant: Merchant, store: ShopifyStore, shop_id: str, region: str = "US", **rules: Any
) -> TikTokShop:
    """A shop with tokens and order rules."""
    app, _ = PlatformApp.objects.get_or_create(
        platform=Platform.TIKTOK,
        key="tiktok-key",
        defaults={"secret": "tiktok-app-secret", "market": "us"},
    )
    shop = TikTokShop.objects.create(
        merchant=merchant,
        app=app,
        store=store,
        shop_id=shop_id,
        cipher=f"ROW_{shop_id}",
        region=region,
        name=f"{merchant.name}'s shop",
    )
    Credential.objects.create(
        shop=shop, access_token=f"TTP_{shop_id}", refresh_token=f"TTPR_{shop_id}"
    )
    OrderRules.objects.create(shop=shop, **rules)
    return shop


# --- orders --------------------------------------------------------------------------------------


def order_body(order_id: str = ORDER_ID, status: str = "AWAITING_SHIPMENT", **fields: Any) -> Any:
    """A TikTok order as its API tells it; `lines` are units, `age` moves update_time."""
    lines = fields.pop("lines", None)
    age = fields.pop("age", 0)
    fields = {
        "delivery_option_id": DELIVERY_OPTION,
        "rts_sla_time": build.CREATED + 200_000,
        "update_time": FIRST_UPDATE + age,
        **fields,
    }
    if lines is None:
        lines = [build.unit(f"{order_id[-6:]}1")]
    return build.order(lines, id=order_id, status=status, **fields)


def stored_order(shop: TikTokShop, order_id: str = ORDER_ID, *args: Any, **fields: Any) -> Order:
    """An order that was stored from TikTok's body."""
    store_page(shop, [order_body(order_id, *args, **fields)])
    return Order.objects.get(shop=shop, tiktok_order_id=order_id)


def synced_order(
    shop: TikTokShop, order_id: str = ORDER_ID, number: int = 1, **fields: Any
) -> Order:
    """An order that exists in Shopify too."""
    order = stored_order(shop, order_id, **fields)
    total = order.total + order.platform_discount
    set_columns(
        order,
        sync_status="synced",
        shopify_order_id=f"gid://shopify/Order/{number}",
        shopify_legacy_id=str(number),
        shopify_order_name=f"#{1000 + number}",
        shopify_total=total,
        shopify_status="UNFULFILLED",
        synced_at=timezone.now(),
    )
    return order


def make_fulfillment(order: Order, **columns: Any) -> Fulfillment:
    """A shipment of the whole order, queued for TikTok."""
    units = list(order.line_items.values_list("tiktok_line_item_id", flat=True))
    columns = {
        "shopify_fulfillment_id": f"gid://shopify/Fulfillment/{order.pk}",
        "status": "SUCCESS",
        "carrier": "USPS",
        "tracking_number": "9400111899223100001234",
        "shipped_units": units,
        **columns,
    }
    return Fulfillment.objects.create(order=order, **columns)


def make_cancellation(order: Order, **columns: Any) -> Cancellation:
    """A cancellation that Shopify has not been told of."""
    return Cancellation.objects.create(order=order, **columns)


def make_reference(order: Order, **columns: Any) -> ExternalReference:
    """A reference that TikTok has not been told of."""
    return ExternalReference.objects.create(order=order, **columns)


# --- catalogue -----------------------------------------------------------------------------------


def make_variant(store: ShopifyStore, sku: str = "RED", number: int = 41) -> Variant:
    product, _ = Product.objects.get_or_create(
        store=store, shopify_product_id="gid://shopify/Product/4", defaults={"title": "Shirt"}
    )
    return Variant.objects.create(
        store=store,
        product=product,
        shopify_variant_id=f"gid://shopify/ProductVariant/{number}",
        title=sku,
        sku=sku,
        sku_key=sku_key(sku),
        price=Decimal("10.00"),
    )


def link_sku(pair: Pair, sku: str = "RED", number: int = 41) -> Link:
    """Link the TikTok SKU that `tests.orders.data.build.unit` gives to a new variant."""
    variant = make_variant(pair.store, sku, number)
    return Link.objects.create(
        shop=pair.shop, tiktok_sku_id=f"29{sku}", variant=variant, origin=Link.Origin.BY_HAND
    )


def make_listing(shop: TikTokShop, *seller_skus: str, number: int = 1, **columns: Any) -> Listing:
    """A listing that is on sale, with a SKU for each seller SKU: ids ``29RED`` as in orders."""
    columns = {"title": f"Listing {number}", "status": "ACTIVATE", **columns}
    listing = Listing.objects.create(shop=shop, tiktok_product_id=f"17{number}", **columns)
    ListingSku.objects.bulk_create(
        [
            ListingSku(
                shop=shop,
                listing=listing,
                tiktok_sku_id=f"29{sku}",
                seller_sku=sku,
                sku_key=sku_key(sku),
                price=Decimal("10.00"),
                currency="USD",
                inventory=[{"warehouse_id": "7000", "quantity": 5}],
                quantity=5,
            )
            for sku in seller_skus
        ]
    )
    return listing


# --- runs ----------------------------------------------------------------------------------------


def make_backfill(pair: Pair, **causes: int) -> Run:
    """A backfill whose preview is ready, with so many missing orders by cause; one, if not told."""
    run = runs.begin_run(Run.Kind.BACKFILL, pair.shop, {"from": build.CREATED, "to": FIRST_UPDATE})
    items = [
        RunItem(
            run=run,
            remote_id=f"57646141303{len(cause):03}{n:06}",
            cause=cause,
            state="waiting" if cause in TO_DO else "skipped",
        )
        for cause, count in (causes or {"missing": 1}).items()
        for n in range(count)
    ]
    runs.add_items(run, items)
    runs.make_ready(run, "")
    return run


# --- webhooks ------------------------------------------------------------------------------------


def hint_of_order(shop: TikTokShop, *order_ids: str) -> Delivery:
    """A stored TikTok webhook that names orders."""
    number = Delivery.objects.count() + 1
    ids = ",".join(f'{{"order_id_list":["{order_id}"]}}' for order_id in order_ids)
    body = (
        f'{{"type":4,"shop_id":"{shop.shop_id}","timestamp":1780000000,'
        f'"tts_notification_id":"{number}","data":{{"package_list":[{ids}]}}}}'
    )
    return Delivery.objects.create(
        source=Platform.TIKTOK,
        delivery_id=str(number),
        body_hash=str(number),
        topic="PACKAGE_UPDATE",
        shop=shop,
        resource_id=order_ids[0] if order_ids else "",
        body=body,
    )


def hint_of_shopify(store: ShopifyStore, legacy_id: str, topic: str = "orders/updated") -> Delivery:
    """A stored Shopify webhook about one order."""
    number = Delivery.objects.count() + 1
    name = "order_id" if topic.startswith("fulfillments/") else "id"
    return Delivery.objects.create(
        source=Platform.SHOPIFY,
        delivery_id=f"s{number}",
        body_hash=str(number),
        topic=topic,
        store=store,
        resource_id=legacy_id,
        body=f'{{"{name}":{legacy_id}}}',
    )


# --- rows and time -------------------------------------------------------------------------------


def set_columns(row: Model, **columns: Any) -> None:
    """Write columns past the rules, to set a stage."""
    type(row)._base_manager.filter(pk=row.pk).update(**columns)
    row.refresh_from_db()


_TIMES: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    *(
        (model, ("next_attempt_at", "claimed_until", "in_doubt_since"))
        for model in (
            Order,
            Fulfillment,
            PackageFulfillment,
            Cancellation,
            AddressChange,
            CancelRequest,
            SellerCancellation,
            Refund,
            ExternalReference,
            SkuLookup,
            ProductUpload,
            ProductImport,
            ListingTask,
            Credential,
        )
    ),
    (Credential, ("access_expires_at", "refresh_expires_at", "renewed_at")),
    (TikTokShop, ("paused_until", "next_poll_at", "next_aftersales_poll_at")),
    (TikTokShop, ("next_catalogue_poll_at",)),
    (ShopifyStore, ("next_catalogue_poll_at",)),
    (Listing, ("detail_wanted_at",)),
    (Product, ("wanted_at",)),
    (Order, ("aftersales_wanted_at",)),
    (ShopifyStore, ("paused_until", "next_fulfillment_poll_at", "budget_seen_at")),
    (ShopifyStore, ("next_order_at", "order_limit_seen_at")),
    (LaneLease, ("held_until",)),
    (Run, ("next_step_at",)),
)


def pass_time(seconds: float) -> None:
    """Let time pass for everything that waits: all waiting moments come nearer."""
    for model, columns in _TIMES:
        for column in columns:
            rows = model._base_manager.exclude(**{column: None})
            rows.update(**{column: F(column) - timedelta(seconds=seconds)})
    for accounts in (TikTokShop, ShopifyStore):
        for account in accounts._base_manager.filter(catalogue_load__has_key="load"):
            account.catalogue_load["load"]["next_at"] -= seconds
            account.save(update_fields=["catalogue_load"])


def history(order: Order, axis: str = "sync") -> list[tuple[str, str]]:
    """The moves on one axis of an order's history, oldest first."""
    lines = StatusChange.objects.filter(order=order, axis=axis).order_by("pk")
    return list(lines.values_list("before", "after"))


def seconds_from_now(moment: datetime | None) -> float:
    """How far away a stored moment is."""
    assert moment is not None
    return (moment - datetime.now(UTC)).total_seconds()
