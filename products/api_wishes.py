"""Uploads, imports and pushes for programs: each begins a run that is watched as any other."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from products.models import ListingSku, ListingTask, Product, UploadTemplate
from products.selection import LISTING_FILTERS, PRODUCT_FILTERS
from products.serializers import LockSerializer, SkuLocksSerializer
from products.services import links, product_wishes
from products.services.link_runs import confirm_suggestions
from products.services.listing_task_locks import set_lock
from tiktoksync.api.errors import Conflict
from tiktoksync.api.fields import IdText
from tiktoksync.api.schema import RefusalSerializer
from tiktoksync.api.views import ApiView
from tiktoksync.runs.models import Run
from tiktoksync.runs.serializers import RunSerializer
from tiktoksync.runs.services.runs import RunConflict
from tiktoksync.shops.models import TikTokShop

PRODUCT_GID = "gid://shopify/Product/"
_PRODUCT_ID = re.compile(rf"(?:{PRODUCT_GID})?([0-9]{{1,20}})")
MOST_IDS = 10_000
# No longer number is an id of ours, and none fits into the database.
MOST_DIGITS = 18
NOTHING = OpenApiResponse(
    RefusalSerializer, "Nothing known here is meant, or the shop's last run of this kind goes on."
)
BEGUN = {202: RunSerializer, 409: NOTHING}


class WishSerializer(serializers.Serializer[dict[str, Any]]):
    """Which shop, and whether only a preview is wanted."""

    tiktok_shop_id = IdText(
        required=False, max_length=40, help_text="Needed only if the merchant has several shops."
    )
    dry_run = serializers.BooleanField(
        default=False, help_text="Only a preview: `runs/{id}/start/` does what it shows."
    )


class UploadSerializer(WishSerializer):
    """Products to be listed on TikTok: by id, by a filter, or all."""

    product_ids = serializers.ListField(
        child=IdText(max_length=80),
        required=False,
        max_length=MOST_IDS,
        help_text="Shopify product GIDs, or their numbers.",
    )
    filter = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=255),
        required=False,
        help_text=f"Any of {', '.join(PRODUCT_FILTERS)}; empty for all.",
    )
    template_id = serializers.IntegerField(required=False, allow_null=True)

    def validate_product_ids(self, value: list[str]) -> list[str]:
        """The GIDs of what was sent."""
        found = [_PRODUCT_ID.fullmatch(one) for one in value]
        if not all(found):
            raise ValidationError(f"A product id looks like {PRODUCT_GID}123, or 123.")
        return [f"{PRODUCT_GID}{match[1]}" for match in found if match]

    def validate_filter(self, value: dict[str, str]) -> dict[str, str]:
        """Only what products can be filtered by."""
        return _known(value, PRODUCT_FILTERS)


class ListingWishSerializer(WishSerializer):
    """Listings of the shop: by id, by a filter, or all."""

    tiktok_product_ids = serializers.ListField(
        child=IdText(max_length=40), required=False, max_length=MOST_IDS
    )
    filter = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=255),
        required=False,
        help_text=f"Any of {', '.join(LISTING_FILTERS)}; empty for all.",
    )

    def validate_filter(self, value: dict[str, str]) -> dict[str, str]:
        """Only what listings can be filtered by."""
        return _known(value, LISTING_FILTERS)


class ImportSerializer(ListingWishSerializer):
    """Listings to be imported."""

    force = serializers.BooleanField(
        default=False, help_text="An equal title alone does not keep a listing out."
    )


class PushSerializer(ListingWishSerializer):
    """What TikTok is to be told of listings."""

    what = serializers.ChoiceField([kind.value for kind in product_wishes.PUSHES])
    state = serializers.ChoiceField(
        ListingTask.State.choices,
        required=False,
        default="",
        help_text="For `state`: put on sale, or take off.",
    )


class WishView(ApiView):
    """What the beginnings of product runs share."""

    def _shop(self, wanted: dict[str, Any]) -> TikTokShop:
        shops = TikTokShop.objects.filter(merchant=self.merchant).select_related("store")
        if shop_id := wanted.get("tiktok_shop_id", ""):
            shops = shops.filter(shop_id=shop_id.replace("\0", ""))
        found = list(shops[:2])
        if len(found) == 1:
            return found[0]
        if not shop_id and found and (only := self._shop_of(wanted)):
            return only
        said = "Several shops could be meant: name one." if found else "There is no such shop."
        raise ValidationError({"tiktok_shop_id": said})

    def _shop_of(self, wanted: dict[str, Any]) -> TikTokShop | None:
        """The one shop that the named things can be about."""
        products = Product.objects.filter(shopify_product_id__in=wanted.get("product_ids") or ())
        of_products = Q(store__in=products.values("store"))
        of_listings = Q(listings__tiktok_product_id__in=wanted.get("tiktok_product_ids") or ())
        shops = TikTokShop.objects.filter(of_products | of_listings, merchant=self.merchant)
        found = list(shops.select_related("store").distinct()[:2])
        return found[0] if len(found) == 1 else None


class UploadList(WishView):
    """Uploads to TikTok."""

    @extend_schema(
        operation_id="products_upload",
        summary="List Shopify products on TikTok",
        request=UploadSerializer,
        responses=BEGUN,
    )
    def post(self, request: Request) -> Response:
        """Begins a run; what cannot be listed is told with its cause, the rest goes on."""
        wanted = _read(UploadSerializer(data=request.data))
        shop = self._shop(wanted)
        template = wanted.get("template_id")
        if template and not UploadTemplate.objects.filter(shop=shop, pk=template).exists():
            raise ValidationError({"template_id": "The shop has no such template."})
        return _begin(
            lambda: product_wishes.begin_upload(
                shop,
                _which(wanted, "product_ids", "product_ids"),
                template_id=template,
                start=not wanted["dry_run"],
            )
        )


class ImportList(WishView):
    """Imports from TikTok."""

    @extend_schema(
        operation_id="products_import",
        summary="Create Shopify products from TikTok listings",
        request=ImportSerializer,
        responses=BEGUN,
    )
    def post(self, request: Request) -> Response:
        """Begins a run; what Shopify has already is linked or left out, by the shop's rules."""
        wanted = _read(ImportSerializer(data=request.data))
        shop = self._shop(wanted)
        return _begin(
            lambda: product_wishes.begin_import(
                shop,
                _which(wanted, "tiktok_product_ids", "listing_ids"),
                force=wanted["force"],
                start=not wanted["dry_run"],
            )
        )


class PushList(WishView):
    """What TikTok is told of listings."""

    @extend_schema(
        operation_id="products_push",
        summary="Tell TikTok stock, prices, or on or off sale",
        request=PushSerializer,
        responses=BEGUN,
    )
    def post(self, request: Request) -> Response:
        """Begins a run; what is right already is not sent."""
        wanted = _read(PushSerializer(data=request.data))
        if wanted["what"] == Run.Kind.STATE and not wanted["state"]:
            raise ValidationError({"state": "Say activate or deactivate."})
        shop = self._shop(wanted)
        return _begin(
            lambda: product_wishes.begin_push(
                Run.Kind(wanted["what"]),
                shop,
                _which(wanted, "tiktok_product_ids", "listing_ids"),
                state=wanted["state"],
                start=not wanted["dry_run"],
            )
        )


class SuggestionSerializer(serializers.Serializer[dict[str, Any]]):
    """Suggestions of a link run that somebody has looked at and takes."""

    tiktok_sku_ids = serializers.ListField(child=IdText(max_length=40), max_length=MOST_IDS)


class SuggestionList(ApiView):
    """What a link run suggests, where SKUs differ."""

    @extend_schema(
        operation_id="runs_confirm",
        summary="Link what a run suggested",
        request=SuggestionSerializer,
        responses={200: RunSerializer},
    )
    def post(self, request: Request, pk: str) -> Response:
        """Takes the suggestions for these SKUs; others stay suggestions."""
        mine = Run.objects.filter(merchant=self.merchant, kind=Run.Kind.LINK)
        run = get_object_or_404(mine if len(pk) <= MOST_DIGITS else mine.none(), pk=pk)
        wanted = _read(SuggestionSerializer(data=request.data))
        confirm_suggestions(run, wanted["tiktok_sku_ids"])
        return Response(RunSerializer(run).data)


class SkuLocks(ApiView):
    """The locks of one TikTok SKU."""

    @extend_schema(
        operation_id="skus_lock",
        summary="Lock or unlock a SKU's stock or price",
        request=LockSerializer,
        responses=SkuLocksSerializer,
    )
    def post(self, request: Request, tiktok_sku_id: str) -> Response:
        """What is locked is left alone by every push; unlocking has what differs told."""
        own = ListingSku.objects.filter(shop__in=[shop.pk for shop in self.shops])
        named = own.filter(tiktok_sku_id=tiktok_sku_id).select_related("shop").order_by("-pk")
        # Two shops of a merchant may know one id: `shop=` says which is meant.
        if (sku := named.first()) is None:
            raise NotFound("No listing known here has this SKU.")
        wanted = _read(LockSerializer(data=request.data))
        return Response(SkuLocksSerializer(set_lock(sku, **wanted)).data)


class LinkRunList(WishView):
    """Linking by equal SKU."""

    @extend_schema(
        operation_id="products_link",
        summary="Link what has the same SKU on both sides",
        request=WishSerializer,
        responses=BEGUN,
    )
    def post(self, request: Request) -> Response:
        """Begins a run; blank, doubled and ambiguous SKUs are told and left alone."""
        wanted = _read(WishSerializer(data=request.data))
        shop = self._shop(wanted)
        return _begin(lambda: product_wishes.begin_link(shop, start=not wanted["dry_run"]))


class CatalogueRefresh(ApiView):
    """Both catalogues, read anew."""

    @extend_schema(
        operation_id="products_refresh",
        summary="Read both catalogues now",
        request=None,
        responses={202: OpenApiResponse(description="It is under way.")},
    )
    def post(self, request: Request) -> Response:
        """Asks both platforms for their products."""
        links.refresh_catalogue(self.merchant)
        return Response(status=status.HTTP_202_ACCEPTED)


def _read(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    wanted: dict[str, Any] = serializer.validated_data
    return wanted


def _which(wanted: dict[str, Any], name: str, key: str) -> dict[str, Any]:
    """The wish: ids if there are any, else the filter; nothing at all means all."""
    if name in wanted:
        if not wanted[name]:
            raise ValidationError({name: "At least one id is wanted."})
        return {key: wanted[name]}
    return {"filter": wanted.get("filter") or {}}


def _begin(begin: Any) -> Response:
    try:
        run = begin()
    except RunConflict as conflict:
        raise Conflict(str(conflict)) from conflict
    return Response(RunSerializer(run).data, status.HTTP_202_ACCEPTED)


def _known(value: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    if unknown := sorted(set(value) - set(names)):
        raise ValidationError(f"There is no filter {', '.join(unknown)}: {', '.join(names)}.")
    if value.get("link", "") not in ("", "linked", "unlinked"):
        raise ValidationError("`link` is linked or unlinked.")
    return {name: text.replace("\0", "") for name, text in value.items()}
