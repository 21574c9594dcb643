"""Products in Shopify, listings on TikTok, and the links between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from bench.furnish.people import Desk
from bench.pictures import hang_pictures
from products.models import (
    InventoryLevel,
    Link,
    Listing,
    ListingSku,
    Location,
    Product,
    Variant,
    sku_key,
)

WORDS = (
    ("Linen Shirt", "Shirts", ("S", "M", "L", "XL")),
    ("Ceramic Mug 350 ml", "Kitchen", ("Sand", "Moss", "Ink")),
    ("Bamboo Cutting Board", "Kitchen", ("Small", "Large")),
    ("Merino Beanie", "Hats", ("Grey", "Navy")),
    ("Soy Candle Cedar & Fig", "Home", ("180 g",)),
    ("Canvas Tote", "Bags", ("Natural", "Black")),
    ("Walnut Phone Stand", "Desk", ("One size",)),
    ("Recycled Wool Throw", "Home", ("130 × 170", "150 × 200")),
    ("Glass Water Bottle 750 ml", "Kitchen", ("Clear", "Smoke")),
    ("Organic Cotton Socks, 3 pairs", "Socks", ("36–38", "39–42", "43–46")),
)
LOCATION = "gid://shopify/Location/1"


@dataclass
class Goods:
    """What orders may be made of: units as TikTok tells them, with and without a link."""

    linked: list[dict[str, str]] = field(default_factory=list)
    unlinked: list[dict[str, str]] = field(default_factory=list)

    def picture(self, number: int) -> str:
        """The address of a product's picture."""
        return f"https://cdn.shopify.com/furnished/{number}.png"

    def pictures_of(self, number: int, title: str) -> list[dict[str, str]]:
        """A product's pictures as catalogues keep them."""
        return [{"url": self.picture(number), "alt": title}]


def stock_shelves(desk: Desk, products: int = 40) -> Goods:
    """Make the catalogues: most products on both sides and linked, some on one side only.

    The copies of their pictures are there already.
    """
    Location.objects.create(store=desk.store, shopify_location_id=LOCATION, name="Newark")
    goods = Goods()
    for number in range(1, products + 1):
        title, kind, sizes = WORDS[number % len(WORDS)]
        title = f"{title} No. {number}"
        product = Product.objects.create(
            store=desk.store,
            shopify_product_id=f"gid://shopify/Product/{number}",
            title=title,
            handle=f"product-{number}",
            status="ACTIVE",
            vendor="Aurora",
            product_type=kind,
            images=goods.pictures_of(number, title),
            description_html=f"<p>{title}, made to last.</p>",
            options=[{"name": "Size", "values": list(sizes)}],
        )
        _variants(desk, product, number, sizes, goods)
    for number in range(1, 4):
        _listing(desk, 9000 + number, f"Bundle Box {number}", ("Box",), goods, None)
    numbers = (*range(1, products + 1), *range(9001, 9004))
    hang_pictures({goods.picture(number): number for number in numbers})
    return goods


def _variants(
    desk: Desk, product: Product, number: int, sizes: tuple[str, ...], goods: Goods
) -> None:
    variants = []
    for place, size in enumerate(sizes, start=1):
        sku = f"AG-{number:03}-{place}"
        variants.append(
            Variant.objects.create(
                store=desk.store,
                product=product,
                shopify_variant_id=f"gid://shopify/ProductVariant/{number * 10 + place}",
                inventory_item_id=f"gid://shopify/InventoryItem/{number * 10 + place}",
                title=size,
                sku=sku,
                sku_key=sku_key(sku),
                position=place,
                option_values=[{"name": "Size", "value": size}],
                price=Decimal(8 + number % 30) + Decimal("0.90"),
                image=goods.picture(number),
            )
        )
        InventoryLevel.objects.create(
            store=desk.store,
            inventory_item_id=variants[-1].inventory_item_id,
            shopify_location_id=LOCATION,
            available=number * 7 % 90,
        )
    if number % 5:
        _listing(desk, number, product.title, sizes, goods, variants)


def _listing(
    desk: Desk,
    number: int,
    title: str,
    sizes: tuple[str, ...],
    goods: Goods,
    variants: list[Variant] | None,
) -> None:
    refused = number % 13 == 0
    listing = Listing.objects.create(
        shop=desk.shop,
        tiktok_product_id=str(1729000000000000000 + number),
        title=title,
        status="FAILED" if refused else "ACTIVATE",
        audit_status="FAILED" if refused else "AUDIT_APPROVED" if number % 7 else "AUDITING",
        images=goods.pictures_of(number, title),
        changed_at=timezone.now(),
    )
    for place, size in enumerate(sizes, start=1):
        sku = variants[place - 1].sku if variants else f"BOX-{number}"
        price = variants[place - 1].price if variants else Decimal("49.00")
        row = ListingSku.objects.create(
            shop=desk.shop,
            listing=listing,
            tiktok_sku_id=str(1730000000000000000 + number * 10 + place),
            seller_sku=sku,
            sku_key=sku_key(sku),
            name=size,
            price=price,
            currency="USD",
            quantity=number * 7 % 90,
            sent_quantity=number * 7 % 90,
            quantity_sent_at=timezone.now(),
        )
        if variants:
            Link.objects.create(
                shop=desk.shop,
                tiktok_sku_id=row.tiktok_sku_id,
                variant=variants[place - 1],
                origin=Link.Origin.values[number % len(Link.Origin.values)],
            )
        (goods.linked if variants else goods.unlinked).append(
            {
                "product_id": listing.tiktok_product_id,
                "sku_id": row.tiktok_sku_id,
                "seller_sku": sku,
                "product_name": title,
                "sku_name": size,
                "sku_image": goods.picture(number),
                "price": str(price),
            }
        )
