"""What programs decide about cancellations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from orders.models import Order
from orders.serializers import OrderDetailSerializer
from orders.serializers_aftersales import CancelOnTikTokSerializer, DeclineSerializer
from orders.services import answers
from tiktoksync.api.errors import Conflict
from tiktoksync.api.schema import RefusalSerializer

ACTOR = "api"
SHOP = OpenApiParameter(
    "shop", str, description="A tiktok_shop_id: leaves the merchant's other shops out."
)
ANSWERS: dict[Any, Any] = {
    202: OrderDetailSerializer,
    409: OpenApiResponse(RefusalSerializer, "There is nothing to decide; the message says why."),
}


class AftersaleActions:
    """The decisions about an order, for its viewset."""

    get_object: Callable[[], Order]
    get_serializer: Callable[..., Any]

    @extend_schema(
        operation_id="orders_cancel_request_accept",
        summary="Accept the buyer's cancel request",
        request=None,
        parameters=[SHOP],
        responses=ANSWERS,
        filters=False,
    )
    @action(detail=True, methods=["post"], url_path="cancel-request/accept")
    def accept_cancel_request(self, request: Request, tiktok_order_id: str) -> Response:
        """Queues the answer for TikTok; 409 when the buyer does not ask, or no longer."""
        return self._decide(answers.accept_cancel_request)

    @extend_schema(
        operation_id="orders_cancel_request_decline",
        summary="Decline the buyer's cancel request",
        request=DeclineSerializer,
        parameters=[SHOP],
        responses=ANSWERS,
        filters=False,
    )
    @action(detail=True, methods=["post"], url_path="cancel-request/decline")
    def decline_cancel_request(self, request: Request, tiktok_order_id: str) -> Response:
        """Queues the answer for TikTok; 409 also for a reason that TikTok does not take."""
        wish = DeclineSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        return self._decide(answers.decline_cancel_request, **wish.validated_data)

    @extend_schema(
        operation_id="orders_cancel_on_tiktok",
        summary="Cancel on TikTok what was cancelled in Shopify",
        request=CancelOnTikTokSerializer,
        parameters=[SHOP],
        responses=ANSWERS,
        filters=False,
    )
    @action(detail=True, methods=["post"], url_path="cancel-on-tiktok")
    def cancel_on_tiktok(self, request: Request, tiktok_order_id: str) -> Response:
        """Queues the cancellation; 409 also for a reason that TikTok does not offer."""
        wish = CancelOnTikTokSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        return self._decide(answers.cancel_on_tiktok, **wish.validated_data)

    def _decide(self, decide: Callable[..., Any], **wish: str) -> Response:
        try:
            decide(self.get_object(), actor=ACTOR, **wish)
        except answers.CannotAnswer as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(self.get_serializer(self.get_object()).data, status.HTTP_202_ACCEPTED)
