"""A catalogue of both sides for the tests of links: rows as the mirrors store them."""

from __future__ import annotations

from products.models import Link, Listing, ListingSku, Product, Variant, sku_key
from tiktoksync.shops.models import ShopifyStore, TikTokShop


def product(store: ShopifyStore, number: int, title: str = "Tee", **columns: object) -> Product:
    gid = f"gid://shopify/Product/{number}"
    return Product.objects.create(store=store, shopify_product_id=gid, title=title, **columns)


def variant(parent: Product, number: int, sku: str = "", **columns: object) -> Variant:
    return Variant.objects.create(
        store=parent.store,
        product=parent,
        shopify_variant_id=f"gid://shopify/ProductVariant/{number}",
        title=str(columns.pop("title", sku)),
        sku=sku,
        sku_key=sku_key(sku),
        **columns,
    )


def listing(shop: TikTokShop, number: int, title: str = "Tee", **columns: object) -> Listing:
    columns = {"status": "ACTIVATE", **columns}
    return Listing.objects.create(
        shop=shop, tiktok_product_id=f"17{number}", title=title, **columns
    )


def sku(parent: Listing, sku_id: str, seller_sku: str = "", **columns: object) -> ListingSku:
    return ListingSku.objects.create(
        shop=parent.shop,
        listing=parent,
        tiktok_sku_id=sku_id,
        seller_sku=seller_sku,
        sku_key=sku_key(seller_sku),
        **columns,
    )


def links(shop: TikTokShop) -> dict[str, str]:
    """The shop's links: the number of the variant by TikTok SKU id."""
    rows = Link.objects.filter(shop=shop).values_list(
        "tiktok_sku_id", "variant__shopify_variant_id"
    )
    return {sku_id: gid.rpartition("/")[2] for sku_id, gid in rows}
