"""Orders for programs: look, try again, ask TikTok now."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from orders.api_aftersales import AftersaleActions
from orders.filters import orders_of
from orders.models import LineItem, Order
from orders.search import search_orders
from orders.serializers import OrderDetailSerializer, OrderSerializer
from orders.services import actions
from products.models import Link
from tiktoksync.api.errors import Conflict
from tiktoksync.api.pagination import Keyset
from tiktoksync.api.schema import RefusalSerializer
from tiktoksync.api.views import ApiView
from tiktoksync.sync.models import SyncStatus

ORDER_ID = r"[0-9A-Za-z_.-]{1,64}"
SHOP = OpenApiParameter(
    "shop", str, description="A tiktok_shop_id: leaves the merchant's other shops out."
)
REFUSED = OpenApiResponse(RefusalSerializer, "There is nothing to do; the message says why.")


class OrderFilter(filters.FilterSet):  # type: ignore[misc]
    """What a list of orders can be narrowed to."""

    tiktok_status = filters.CharFilter(help_text="TikTok's word, verbatim: AWAITING_SHIPMENT …")
    sync_status = filters.ChoiceFilter(choices=SyncStatus.choices)
    q = filters.CharFilter(
        method="search",
        help_text="Begins a TikTok order id, Shopify order name, seller SKU or tracking number.",
    )

    class Meta:
        model = Order
        fields = ["tiktok_status", "sync_status"]

    def search(self, orders: QuerySet[Order], name: str, text: str) -> QuerySet[Order]:
        """The same search as on the page of orders."""
        return search_orders(orders, text)


def lines_with_links() -> Prefetch[Any]:
    """The lines of orders, each with `linked`: whether its SKU has a link in that shop."""
    links = Link.objects.filter(
        shop=OuterRef("order__shop"), tiktok_sku_id=OuterRef("tiktok_sku_id")
    )
    return Prefetch("line_items", LineItem.objects.annotate(linked=Exists(links)))


def why_not_retried(order: Order) -> str:
    """The sentence for an order that cannot be tried again."""
    if order.sync_status in actions.RETRYABLE:
        return "This order was cancelled at TikTok or cannot be read, so it is not sent again."
    state = order.get_sync_status_display().lower()
    return f"This order is {state} and has no refused shipment: there is nothing to try again."


@extend_schema_view(
    list=extend_schema(summary="Orders, newest first", parameters=[SHOP]),
    retrieve=extend_schema(summary="One order with its history", parameters=[SHOP]),
)
class OrderViewSet(
    AftersaleActions,
    ApiView,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    GenericViewSet[Order],
):
    """The merchant's TikTok orders."""

    queryset = Order.objects.none()
    serializer_class = OrderDetailSerializer
    filterset_class = OrderFilter
    filter_backends = [filters.DjangoFilterBackend]
    lookup_field = "tiktok_order_id"
    lookup_value_regex = ORDER_ID
    keyset = Keyset("orders", "placed_at")

    def get_queryset(self) -> QuerySet[Order]:
        """The merchant's orders; `raw` stays in the database, it holds addresses."""
        if self.is_described:
            return Order.objects.none()
        return (
            orders_of(self.shops)
            .defer("raw")
            .select_related("shop")
            .prefetch_related(lines_with_links(), "fulfillments__replaces")
        )

    def get_serializer_class(self) -> type[OrderSerializer]:
        """Lists leave the history out."""
        return OrderSerializer if self.action == "list" else OrderDetailSerializer

    def get_object(self) -> Order:
        """The order of that id; if two shops have one, the newer row, unless `shop` is given."""
        key = self.kwargs["tiktok_order_id"]
        found = self.get_queryset().filter(tiktok_order_id=key)
        beside = ("packages", "history", "cancel_requests", "returns", "refunds")
        found = found.select_related("seller_cancellation").prefetch_related(*beside)
        order = found.order_by("-pk").first()
        if order is None:
            raise Http404(f"There is no order {key}.")
        return order

    @extend_schema(
        operation_id="orders_retry",
        summary="Try a failed or skipped order again",
        request=None,
        parameters=[SHOP],
        responses={202: OrderDetailSerializer, 409: REFUSED},
        filters=False,
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, tiktok_order_id: str) -> Response:
        """Puts the order back in the queue; 409 when there is nothing to try again."""
        order = self.get_object()
        if not actions.retry_order(order, actor="api"):
            raise Conflict(why_not_retried(order))
        return Response(self.get_serializer(self.get_object()).data, status.HTTP_202_ACCEPTED)

    @extend_schema(
        operation_id="orders_pull",
        summary="Ask TikTok for news now",
        request=None,
        parameters=[SHOP],
        responses={
            202: inline_serializer(
                "Pull", {"shops": serializers.IntegerField(help_text="Shops that are asked.")}
            ),
            409: REFUSED,
        },
        filters=False,
    )
    @action(detail=False, methods=["post"])
    def pull(self, request: Request) -> Response:
        """Makes the polls of the merchant's shops due at once; answers before they are done."""
        if not self.shops:
            raise Conflict("No such TikTok shop is connected.")
        return Response({"shops": actions.pull_now(self.shops)}, status.HTTP_202_ACCEPTED)
