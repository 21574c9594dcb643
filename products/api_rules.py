"""The rules of products, upload templates and locks, for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from products.models import ProductRules, UploadTemplate
from products.services import keep_in_step
from products.services.rules import product_rules
from tiktoksync.api.pagination import Keyset
from tiktoksync.api.views import ApiView
from tiktoksync.shops.models import TikTokShop

SHOP = OpenApiParameter("shop", str, description="A tiktok_shop_id: leaves other shops out.")


class TextList(serializers.ListField):
    """A list of texts."""

    child = serializers.CharField(max_length=255)


class ProductRulesSerializer(serializers.ModelSerializer[ProductRules]):
    """How a shop's products are uploaded, imported and kept in step."""

    tiktok_shop_id = serializers.CharField(source="shop.shop_id", read_only=True)
    stock_locations = TextList(
        required=False, help_text="Shopify location GIDs; empty means all active ones."
    )
    import_tags = TextList(required=False)

    class Meta:
        model = ProductRules
        exclude = ["id", "shop"]


class ProductRulesView(ApiView):
    """The product rules of one shop."""

    def _rules(self, tiktok_shop_id: str) -> ProductRules:
        own = TikTokShop.objects.filter(merchant=self.merchant)
        return product_rules(get_object_or_404(own, shop_id=tiktok_shop_id))

    @extend_schema(
        operation_id="product_rules_retrieve",
        summary="A shop's product rules",
        responses=ProductRulesSerializer,
    )
    def get(self, request: Request, tiktok_shop_id: str) -> Response:
        """As they stand, defaults included."""
        return Response(ProductRulesSerializer(self._rules(tiktok_shop_id)).data)

    @extend_schema(
        operation_id="product_rules_update",
        summary="Change a shop's product rules",
        request=ProductRulesSerializer(partial=True),
        responses=ProductRulesSerializer,
    )
    def patch(self, request: Request, tiktok_shop_id: str) -> Response:
        """Changes what is named; the next push follows the new rules."""
        rules = self._rules(tiktok_shop_id)
        wanted = ProductRulesSerializer(rules, data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        saved = wanted.save()
        keep_in_step.rules_changed(saved.shop)
        return Response(ProductRulesSerializer(saved).data)


class UploadTemplateSerializer(serializers.ModelSerializer[UploadTemplate]):
    """What an upload says of products where Shopify does not say it."""

    tiktok_shop_id = serializers.CharField(source="shop.shop_id")
    attributes = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="[{id, values: [{id} or {name}]}], as TikTok takes it.",
    )
    delivery_option_ids = TextList(required=False)

    class Meta:
        model = UploadTemplate
        exclude = ["shop", "created_at"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The shop is the merchant's; its names and its default are one of a kind."""
        if "shop" in attrs:
            own = TikTokShop.objects.filter(merchant=self.context["merchant"])
            shop = own.filter(shop_id=attrs.pop("shop")["shop_id"].replace("\0", "")).first()
            if shop is None:
                raise ValidationError({"tiktok_shop_id": "This merchant has no such shop."})
            attrs["shop"] = shop
        shop = attrs.get("shop") or (self.instance.shop if self.instance else None)
        others = UploadTemplate.objects.filter(shop=shop)
        if self.instance:
            others = others.exclude(pk=self.instance.pk)
        if others.filter(name=attrs.get("name")).exists():
            raise ValidationError({"name": "The shop has a template of this name."})
        if attrs.get("is_default") and others.filter(is_default=True).exists():
            raise ValidationError({"is_default": "The shop has another default template."})
        return attrs


@extend_schema_view(
    list=extend_schema(summary="Upload templates, newest first", parameters=[SHOP]),
    retrieve=extend_schema(summary="One upload template"),
    create=extend_schema(summary="Add an upload template"),
    partial_update=extend_schema(summary="Change an upload template"),
    destroy=extend_schema(summary="Remove an upload template"),
)
class UploadTemplateViewSet(
    ApiView,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[UploadTemplate],
):
    """The upload templates of the merchant's shops."""

    queryset = UploadTemplate.objects.none()
    serializer_class = UploadTemplateSerializer
    http_method_names = ["get", "post", "patch", "delete"]
    lookup_value_regex = "[0-9]{1,18}"
    keyset = Keyset("upload-templates")

    def get_queryset(self) -> QuerySet[UploadTemplate]:
        """The merchant's own templates."""
        if self.is_described:
            return UploadTemplate.objects.none()
        own = UploadTemplate.objects.filter(shop__in=[shop.pk for shop in self.shops])
        return own.select_related("shop")

    def get_serializer_context(self) -> dict[str, Any]:
        """The merchant, inside whom a shop is looked for."""
        context = dict(super().get_serializer_context())
        return context if self.is_described else context | {"merchant": self.merchant}
