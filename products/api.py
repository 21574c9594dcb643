"""Links for programs: which Shopify variant is sold under which TikTok SKU."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import mixins, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from products.models import Link, Variant
from products.serializers import LinkChangeSerializer, LinkSerializer, NewLinkSerializer
from products.services import links
from products.services.link_by_id import link_by_id
from tiktoksync.api.errors import Conflict
from tiktoksync.api.pagination import Keyset
from tiktoksync.api.schema import RefusalSerializer
from tiktoksync.api.views import ApiView

SHOP = OpenApiParameter("shop", str, description="A tiktok_shop_id: leaves other shops out.")
STANDS = OpenApiResponse(LinkSerializer, "This very link stands already.")
TAKEN = OpenApiResponse(RefusalSerializer, "The SKU is linked to another variant.")


class LinkFilter(filters.FilterSet):  # type: ignore[misc]
    """What a list of links can be narrowed to."""

    tiktok_sku_id = filters.CharFilter()

    class Meta:
        model = Link
        fields = ["tiktok_sku_id"]


@extend_schema_view(
    list=extend_schema(summary="Links, newest first", parameters=[SHOP]),
    destroy=extend_schema(summary="Remove a link; equal SKUs alone do not bring it back"),
)
class LinkViewSet(ApiView, mixins.ListModelMixin, mixins.DestroyModelMixin, GenericViewSet[Link]):
    """The links of the merchant's shops."""

    queryset = Link.objects.none()
    serializer_class = LinkSerializer
    filterset_class = LinkFilter
    filter_backends = [filters.DjangoFilterBackend]
    lookup_value_regex = "[0-9]{1,18}"
    keyset = Keyset("links")

    def get_queryset(self) -> QuerySet[Link]:
        """The merchant's own links."""
        if self.is_described:
            return Link.objects.none()
        own = Link.objects.filter(shop__in=[shop.pk for shop in self.shops])
        return own.select_related("shop__store", "variant", "created_by")

    @extend_schema(
        summary="Link a TikTok SKU with a Shopify variant",
        request=NewLinkSerializer,
        responses={200: STANDS, 201: LinkSerializer, 409: TAKEN},
    )
    def create(self, request: Request) -> Response:
        """Orders that waited for this link go on by themselves."""
        wanted = NewLinkSerializer(data=request.data, context={"merchant": self.merchant})
        wanted.is_valid(raise_exception=True)
        shop, sku_id = wanted.validated_data["shop"], wanted.validated_data["tiktok_sku_id"]
        known = Link.objects.filter(shop=shop, tiktok_sku_id=sku_id).exists()
        try:
            link = link_by_id(**wanted.validated_data, origin=Link.Origin.API)
        except links.LinkConflict as conflict:
            raise Conflict(str(conflict)) from conflict
        code = status.HTTP_200_OK if known else status.HTTP_201_CREATED
        return Response(LinkSerializer(link).data, code)

    @extend_schema(
        operation_id="links_update",
        summary="Lead a link to another variant",
        request=LinkChangeSerializer,
        responses={200: LinkSerializer, 409: TAKEN},
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Orders that are not in Shopify yet are sent with the new variant."""
        link = self.get_object()
        wanted = LinkChangeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        gid = wanted.validated_data["shopify_variant_id"]
        variants = Variant.objects.filter(store=link.shop.store_id, shopify_variant_id=gid)
        variant = variants.first()
        if variant is None:
            said = f"{link.shop.store}, the store this shop feeds, has no such one."
            raise ValidationError({"shopify_variant_id": said})
        try:
            link = links.change_link(link, variant)
        except links.LinkConflict as conflict:
            raise Conflict(str(conflict)) from conflict
        return Response(LinkSerializer(self.get_queryset().get(pk=link.pk)).data)

    def perform_destroy(self, instance: Link) -> None:
        """The service removes it, as for the pages."""
        links.remove_link(instance)
