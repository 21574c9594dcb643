"""Backfills for programs: a preview is begun here, and watched and started as a run."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from orders.services.backfill_orders import begin_backfill
from tiktoksync.api.errors import Conflict
from tiktoksync.api.fields import IdText
from tiktoksync.api.schema import RefusalSerializer
from tiktoksync.api.views import ApiView
from tiktoksync.runs.serializers import RunSerializer
from tiktoksync.runs.services.runs import RunConflict
from tiktoksync.shops.models import TikTokShop

UNDER_WAY = OpenApiResponse(
    RefusalSerializer, "The dates are no span, or the shop's last backfill is under way."
)


@extend_schema_field({"type": "string", "description": "A date, or a time with its zone."})
class Moment(serializers.Field[datetime, Any, str, Any]):
    """ISO 8601: a whole day of UTC, or a moment. `ends` takes the end of a day."""

    def __init__(self, *, ends: bool = False, **options: Any) -> None:
        self.ends = ends
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> datetime:
        """The moment that is meant; a day ends when the next one begins."""
        try:
            day = date.fromisoformat(str(data))
        except ValueError:
            moment = serializers.DateTimeField(default_timezone=UTC).to_internal_value(data)
            return moment.astimezone(UTC)
        try:
            begins = datetime.combine(day, time(), UTC)
            return begins + timedelta(days=1) if self.ends else begins
        except OverflowError as error:
            raise ValidationError("There is no such day.") from error

    def to_representation(self, value: datetime) -> str:
        """As ISO 8601."""
        return value.isoformat()


class BackfillSerializer(serializers.Serializer[Any]):
    """Which orders are to be looked at, by the time they were placed."""

    shop = IdText(
        required=False, help_text="A tiktok_shop_id; needed only if the merchant has several."
    )
    until = Moment(ends=True)

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name Python allows for an attribute; `to` is its pair."""
        fields = super().get_fields()
        fields["from"] = Moment()
        fields["to"] = fields.pop("until")
        return fields


class BackfillList(ApiView):
    """Backfills of old orders."""

    @extend_schema(
        operation_id="backfills_create",
        summary="Preview a backfill",
        request=BackfillSerializer,
        responses={202: RunSerializer, 409: UNDER_WAY},
    )
    def post(self, request: Request) -> Response:
        """Begins a preview of the orders placed in these days; nothing is created by it."""
        wanted = BackfillSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        shop = self._shop(wanted.validated_data.get("shop", ""))
        try:
            run = begin_backfill(shop, wanted.validated_data["from"], wanted.validated_data["to"])
        except RunConflict as conflict:
            raise Conflict(str(conflict)) from conflict
        return Response(RunSerializer(run).data, status.HTTP_202_ACCEPTED)

    def _shop(self, shop_id: str) -> TikTokShop:
        shops = TikTokShop.objects.filter(merchant=self.merchant)
        if shop_id:
            shops = shops.filter(shop_id=shop_id.replace("\0", ""))
        found = list(shops[:2])
        if len(found) != 1:
            said = "Several shops could be meant: name one." if found else "There is no such shop."
            raise ValidationError({"shop": said})
        return found[0]
