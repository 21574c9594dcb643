"""A TikTok listing as an import sees it: plain facts, read once from the stored rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from products.models import Listing, ListingSku
from tiktoksync.lib.money import parse_amount

DELETED, FROZEN = "DELETED", "FREEZE"


@dataclass(frozen=True, slots=True)
class SkuFacts:
    """One SKU; `attributes` are its sales attributes, name and value, in TikTok's order."""

    sku_id: str
    seller_sku: str = ""
    key: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    price: Decimal | None = None
    currency: str = ""
    barcode: str = ""
    image: str = ""
    quantity: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """One listing with its living SKUs; `weight` is what a parcel with one of it weighs."""

    product_id: str
    title: str = ""
    status: str = ""
    description_html: str = ""
    brand: str = ""
    category: str = ""
    images: tuple[str, ...] = ()
    weight: Decimal | None = None
    weight_unit: str = ""
    skus: tuple[SkuFacts, ...] = ()
    is_read: bool = True
    is_gone: bool = False

    @property
    def currencies(self) -> set[str]:
        """The currencies of its prices."""
        return {sku.currency for sku in self.skus if sku.price is not None}


def listing_facts(listing: Listing, skus: Iterable[ListingSku]) -> ListingFacts:
    """What the stored rows say of a listing; `skus` are its living ones."""
    weight = _weight(listing.package.get("weight"))
    return ListingFacts(
        product_id=listing.tiktok_product_id,
        title=" ".join(listing.title.split()),
        status=listing.status,
        description_html=listing.description_html,
        brand=listing.brand_name.strip(),
        category=listing.category_name.strip(),
        images=tuple(str(one["url"]) for one in listing.images if one.get("url")),
        weight=weight,
        weight_unit=str(listing.package.get("weight_unit") or "") if weight else "",
        skus=tuple(_sku(sku) for sku in skus),
        is_read=listing.detail_read_at is not None,
        is_gone=listing.gone_at is not None or listing.status == DELETED,
    )


def _sku(sku: ListingSku) -> SkuFacts:
    return SkuFacts(
        sku_id=sku.tiktok_sku_id,
        seller_sku=sku.seller_sku.strip(),
        key=sku.sku_key,
        attributes=tuple(
            (" ".join(str(one.get("name") or "").split()), _words(one.get("value")))
            for one in sku.attributes
        ),
        price=sku.price,
        currency=sku.currency,
        barcode=sku.barcode.strip(),
        image=sku.image,
        quantity=sku.quantity,
        name=_words(sku.name),
    )


def _words(value: object) -> str:
    return " ".join(str(value or "").split())


def _weight(value: object) -> Decimal | None:
    try:
        weight = parse_amount(value)
    except ValueError:
        return None
    return weight or None
