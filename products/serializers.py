"""How links look to programs. The names are a public contract: add, never rename."""

import re
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from products.models import Link, ListingSku, Variant
from tiktoksync.api.fields import IdText, UtcTime
from tiktoksync.shops.models import Merchant, TikTokShop

VARIANT_GID = "gid://shopify/ProductVariant/"
_VARIANT_ID = re.compile(rf"(?:{VARIANT_GID})?([0-9]{{1,20}})")


class LinkSerializer(serializers.ModelSerializer[Link]):
    """A TikTok SKU and the Shopify variant that is sold under it."""

    tiktok_shop_id = serializers.CharField(source="shop.shop_id", read_only=True)
    shopify_variant_id = serializers.CharField(
        source="variant.shopify_variant_id", read_only=True, help_text="The GID."
    )
    shopify_sku = serializers.CharField(source="variant.sku", read_only=True)
    origin = serializers.ChoiceField(Link.Origin.choices, read_only=True)
    why = serializers.CharField(read_only=True, help_text="How it came to be, for people.")
    created_at = UtcTime()

    class Meta:
        model = Link
        fields = [
            "id",
            "tiktok_shop_id",
            "tiktok_sku_id",
            "shopify_variant_id",
            "shopify_sku",
            "origin",
            "why",
            "created_at",
        ]
        read_only_fields = fields


class LinkChangeSerializer(serializers.Serializer[dict[str, Any]]):
    """The variant a link is to lead to from now on."""

    shopify_variant_id = IdText(
        max_length=80, help_text="gid://shopify/ProductVariant/123, or the number alone."
    )

    def validate_shopify_variant_id(self, value: str) -> str:
        """The GID of what was sent."""
        return variant_gid(value)


class LockSerializer(serializers.Serializer[dict[str, Any]]):
    """What is left alone on a TikTok SKU; what is not named stays as it is."""

    stock = serializers.BooleanField(required=False)
    price = serializers.BooleanField(required=False)


class SkuLocksSerializer(serializers.ModelSerializer[ListingSku]):
    """The locks of a TikTok SKU as they stand."""

    stock = serializers.BooleanField(source="stock_locked", read_only=True)
    price = serializers.BooleanField(source="price_locked", read_only=True)

    class Meta:
        model = ListingSku
        fields = ["tiktok_sku_id", "seller_sku", "stock", "price"]
        read_only_fields = fields


class CatalogueVariantSerializer(serializers.Serializer[Any]):
    """What can be linked: a Shopify variant or a TikTok SKU."""

    id = serializers.CharField(help_text="The variant's GID, or the TikTok SKU id.")
    title = serializers.CharField()
    sku = serializers.CharField(help_text="The seller's own SKU; may be empty.")
    price = serializers.CharField(allow_null=True, help_text="Decimal text in `currency`.")
    currency = serializers.CharField(allow_null=True)
    barcode = serializers.CharField(help_text="May be empty.")
    stock = serializers.IntegerField(
        allow_null=True,
        help_text="What Shopify can sell at all its locations, or what TikTok shows.",
    )
    sent_stock = serializers.IntegerField(
        allow_null=True, help_text="What TikTok was told last; null for a Shopify variant."
    )
    linked = serializers.BooleanField()
    links = LinkSerializer(many=True)


class CatalogueProductSerializer(serializers.Serializer[Any]):
    """A product of either side."""

    side = serializers.ChoiceField([("shopify", "Shopify"), ("tiktok", "TikTok")])
    id = serializers.CharField(help_text="The product's GID, or the TikTok product id.")
    title = serializers.CharField()
    status = serializers.CharField(
        allow_null=True, help_text="The platform's word, verbatim; null while it is not known."
    )
    review = serializers.CharField(
        allow_null=True, help_text="TikTok's word for its review; null for a Shopify product."
    )
    review_reasons = serializers.ListField(
        child=serializers.DictField(), help_text="Why TikTok refused it, in its own words."
    )
    image = serializers.CharField(allow_null=True, help_text="The address of the cover.")
    shopify_shop = serializers.CharField()
    tiktok_shop_id = serializers.CharField(
        allow_null=True, help_text="null for a Shopify product: several shops may sell it."
    )
    variants = CatalogueVariantSerializer(many=True)


def variant_gid(value: str) -> str:
    """The GID of a variant named by it or by its number; raises ValidationError for neither."""
    match = _VARIANT_ID.fullmatch(value)
    if not match:
        raise ValidationError(f"A variant id looks like {VARIANT_GID}123, or 123.")
    return f"{VARIANT_GID}{match[1]}"


class NewLinkSerializer(serializers.Serializer[dict[str, Any]]):
    """What is to be linked; gives `shop`, `tiktok_sku_id` and `shopify_variant_id`."""

    tiktok_sku_id = IdText(max_length=40)
    shopify_variant_id = IdText(
        max_length=80, help_text="gid://shopify/ProductVariant/123, or the number alone."
    )
    tiktok_shop_id = IdText(
        max_length=40,
        required=False,
        help_text="Needed only if several shops of the merchant could be meant.",
    )

    def validate_shopify_variant_id(self, value: str) -> str:
        """The GID of what was sent."""
        return variant_gid(value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Find the shop inside the merchant; a variant not read yet may still be its store's."""
        shop = _find_shop(self.context["merchant"], attrs)
        gid = attrs["shopify_variant_id"]
        stores = set(
            Variant.objects.filter(shopify_variant_id=gid).values_list("store_id", flat=True)
        )
        if stores and shop.store_id not in stores:
            raise ValidationError(
                {"shopify_variant_id": f"{shop.store}, the store this shop feeds, has no such one."}
            )
        return {"shop": shop, "tiktok_sku_id": attrs["tiktok_sku_id"], "shopify_variant_id": gid}


def _find_shop(merchant: Merchant, attrs: dict[str, Any]) -> TikTokShop:
    """The shop that is named, the only one, or the only one that lists the SKU."""
    own = TikTokShop.objects.filter(merchant=merchant).select_related("store")
    if named := attrs.get("tiktok_shop_id"):
        found = list(own.filter(shop_id=named))
        trouble = "This merchant has no such shop."
    else:
        found = list(own[:2])
        trouble = "Several shops could be meant: name one."
        if not found:
            trouble = "This merchant has no TikTok shop yet."
        elif len(found) > 1:
            listing = ListingSku.objects.filter(tiktok_sku_id=attrs["tiktok_sku_id"])
            found = list(own.filter(pk__in=listing.values("shop")))
    if len(found) != 1:
        raise ValidationError({"tiktok_shop_id": trouble})
    return found[0]
