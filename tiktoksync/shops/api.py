"""The merchant's shops for programs: are they connected, and how do they do."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.viewsets import GenericViewSet

from tiktoksync.api.fields import TextOrNull, UtcTimeOrNull
from tiktoksync.api.pagination import Keyset
from tiktoksync.api.views import ApiView
from tiktoksync.shops.models import TikTokShop

HEALTH = "ok, paused or reconnect:"


class ShopSerializer(serializers.ModelSerializer[TikTokShop]):
    """A TikTok shop and the Shopify store it feeds."""

    tiktok_shop_id = serializers.CharField(source="shop_id", read_only=True)
    shopify_shop = serializers.CharField(source="store.shop_domain", read_only=True)
    health = serializers.CharField(read_only=True, help_text=f"{HEALTH} the TikTok shop.")
    paused_reason = TextOrNull(help_text="Why calls to TikTok wait.")
    paused_until = UtcTimeOrNull()
    shopify_health = serializers.CharField(
        source="store.health", read_only=True, help_text=f"{HEALTH} the Shopify store."
    )
    shopify_paused_reason = TextOrNull(source="store.paused_reason")
    shopify_paused_until = UtcTimeOrNull(source="store.paused_until")
    refused_reason = TextOrNull(
        source="refusal", help_text="Why some of TikTok's news cannot be read, though it answers."
    )
    shopify_refused_reason = TextOrNull(source="store.refusal")
    last_poll_at = UtcTimeOrNull()
    consent_expires_at = UtcTimeOrNull(
        help_text="When the merchant has to consent at TikTok again."
    )

    class Meta:
        model = TikTokShop
        fields = [
            "tiktok_shop_id",
            "name",
            "region",
            "shopify_shop",
            "health",
            "paused_reason",
            "paused_until",
            "shopify_health",
            "shopify_paused_reason",
            "shopify_paused_until",
            "refused_reason",
            "shopify_refused_reason",
            "last_poll_at",
            "consent_expires_at",
        ]
        read_only_fields = fields

    def to_representation(self, shop: TikTokShop) -> dict[str, Any]:
        """A pause that is over is none: the columns keep it until the next good call."""
        shown = super().to_representation(shop)
        now = timezone.now()
        for account, prefix in ((shop, ""), (shop.store, "shopify_")):
            if not account.is_paused(now):
                shown[f"{prefix}paused_reason"] = shown[f"{prefix}paused_until"] = None
        return shown


@extend_schema_view(list=extend_schema(summary="Connected shops"))
class ShopViewSet(ApiView, mixins.ListModelMixin, GenericViewSet[TikTokShop]):
    """The merchant's TikTok shops, each with its Shopify store."""

    queryset = TikTokShop.objects.none()
    serializer_class = ShopSerializer
    keyset = Keyset("shops")

    def get_queryset(self) -> QuerySet[TikTokShop]:
        """The tokens stay where they are: only their date of expiry is read."""
        if self.is_described:
            return TikTokShop.objects.none()
        shops = TikTokShop.objects.filter(merchant=self.merchant).select_related("store")
        return shops.annotate(consent_expires_at=F("credential__refresh_expires_at"))
