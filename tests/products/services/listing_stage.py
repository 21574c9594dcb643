"""A TikTok shop that sells what a Shopify store has: listings, variants, stock and links."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from products.models import (
    InventoryLevel,
    Link,
    Listing,
    ListingSku,
    ListingTask,
    Location,
    Product,
    ProductRules,
    Variant,
    sku_key,
)
from products.services.rules import product_rules
from tests.factories import Pair, set_columns
from tests.fakes import FakeTikTok
from tiktoksync.shops.models import TikTokShop

HERE, THERE = "gid://shopify/Location/1", "gid://shopify/Location/2"
Kind = ListingTask.Kind


class Stage:
    """One pair's catalogue, on both platforms and in both mirrors."""

    def __init__(self, pair: Pair, tiktok: FakeTikTok) -> None:
        self.pair = pair
        self.tiktok = tiktok
        self.numbers = count(1)
        for place in (HERE, THERE):
            Location.objects.get_or_create(store=pair.store, shopify_location_id=place)

    def rules(self, shop: TikTokShop | None = None, **columns: Any) -> ProductRules:
        """Set a shop's rules."""
        rules = product_rules(shop or self.pair.shop)
        set_columns(rules, **columns)
        return rules

    def sell(
        self,
        *skus: str,
        stock: int | None = 10,
        shown: int | None = 0,
        product_id: str = "171",
        status: str = "ACTIVATE",
        price: str = "10.00",
        shown_price: str = "10.00",
        warehouses: tuple[str, ...] = ("W1",),
        currency: str = "USD",
        shop: TikTokShop | None = None,
        is_linked: bool = True,
        **variant: Any,
    ) -> Listing:
        """A listing of these SKUs; a SKU that has a variant already shares it.

        Its variants have `stock` at one location (None: nothing is known), TikTok shows `shown` in
        the first warehouse and 0 in the others.
        """
        shop = shop or self.pair.shop
        listing = Listing.objects.create(
            shop=shop, tiktok_product_id=product_id, title=f"Shirt {product_id}", status=status
        )
        bodies = []
        for sku in skus:
            inventory = [
                {"warehouse_id": one, "quantity": (shown or 0) if one == warehouses[0] else 0}
                for one in warehouses
            ]
            ListingSku.objects.create(
                shop=shop,
                listing=listing,
                tiktok_sku_id=self.sku_id(sku, shop),
                seller_sku=sku,
                sku_key=sku_key(sku),
                price=Decimal(shown_price),
                currency=currency,
                inventory=inventory if shown is not None else [],
                quantity=shown,
            )
            bodies.append(
                {
                    "id": self.sku_id(sku, shop),
                    "seller_sku": sku,
                    "inventory": inventory,
                    "price": {"currency": currency, "sale_price": shown_price},
                }
            )
            if is_linked:
                self.link(sku, shop, self.variant(sku, product_id, stock, price, **variant))
        self.tiktok.shelf.add(product_id, *bodies, status=status)
        return listing

    def variant(
        self, sku: str, product_id: str, stock: int | None, price: str, **columns: Any
    ) -> Variant:
        """The variant of a SKU, made with its product and its stock if there is none yet."""
        known = Variant.objects.filter(store=self.pair.store, sku=sku).first()
        if known is not None:
            return known
        product, _ = Product.objects.get_or_create(
            store=self.pair.store,
            shopify_product_id=f"gid://shopify/Product/{product_id}",
            defaults={"title": f"Shirt {product_id}", "status": "ACTIVE"},
        )
        number = next(self.numbers)
        variant = Variant.objects.create(
            store=self.pair.store,
            product=product,
            shopify_variant_id=f"gid://shopify/ProductVariant/{number}",
            inventory_item_id=f"gid://shopify/InventoryItem/{number}",
            title=sku,
            sku=sku,
            sku_key=sku_key(sku),
            price=Decimal(price),
            **columns,
        )
        if stock is not None:
            self.stock(sku, stock)
        return variant

    def link(self, sku: str, shop: TikTokShop, variant: Variant) -> Link:
        return Link.objects.create(
            shop=shop,
            tiktok_sku_id=self.sku_id(sku, shop),
            variant=variant,
            origin=Link.Origin.BY_HAND,
        )

    def stock(self, sku: str, available: int, place: str = HERE) -> str:
        """What Shopify can sell at a place, as just read; returns the inventory item."""
        item = Variant.objects.get(store=self.pair.store, sku=sku).inventory_item_id
        InventoryLevel.objects.update_or_create(
            store=self.pair.store,
            inventory_item_id=item,
            shopify_location_id=place,
            defaults={"available": available, "seen_at": timezone.now()},
        )
        return item

    def sku_id(self, sku: str, shop: TikTokShop | None = None) -> str:
        """The TikTok SKU id; that of the pair's own shop is the one that test orders name."""
        own = shop is None or shop.pk == self.pair.shop.pk
        return f"29{sku}" if own else f"29{sku}-{shop.pk if shop else ''}"

    def sku(self, sku: str) -> ListingSku:
        return ListingSku.objects.get(shop=self.pair.shop, seller_sku=sku)

    def shows(self, sku: str) -> dict[str, int]:
        """What TikTok itself shows of a SKU, by warehouse."""
        return self.tiktok.shelf.stock_of(self.sku_id(sku))

    def price_shown(self, sku: str) -> str:
        """The price that TikTok itself shows."""
        for product in self.tiktok.shelf.products.values():
            for one in product["skus"]:
                if one["id"] == self.sku_id(sku):
                    return str(one["price"]["sale_price"])
        raise KeyError(sku)


def tasks(kind: Kind) -> list[tuple[str, str, str]]:
    """Every task of a kind: its listing, its status, and why it was left out or failed."""
    rows = ListingTask.objects.filter(kind=kind).order_by("listing__tiktok_product_id")
    return [
        (row.listing.tiktok_product_id, row.sync_status, row.skip_reason or row.failure_code)
        for row in rows.select_related("listing")
    ]


def the_task(kind: Kind) -> ListingTask:
    return ListingTask.objects.get(kind=kind)
