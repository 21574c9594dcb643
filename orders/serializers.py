"""How orders look to programs. The names are a public contract: add, never rename."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from orders.models import Fulfillment, LineItem, Order, Package, StatusChange
from orders.parcels_shown import is_label_ready
from orders.serializers_aftersales import (
    CancelRequestSerializer,
    RefundSerializer,
    ReturnSerializer,
    SellerCancellationSerializer,
)
from tiktoksync.api.fields import ChoiceOrNull, MoneyText, TextOrNull, UtcTime, UtcTimeOrNull
from tiktoksync.sync.models import FailureKind, SyncStatus


class LineItemSerializer(serializers.ModelSerializer[LineItem]):
    """One unit: TikTok sends an element for each."""

    quantity = serializers.SerializerMethodField(help_text="Always 1: TikTok lists every unit.")
    price = MoneyText(currency="order.currency", help_text="Decimal text in the order's currency.")
    linked = serializers.BooleanField(
        read_only=True, help_text="Whether a link names the Shopify variant of this SKU now."
    )

    class Meta:
        model = LineItem
        fields = [
            "tiktok_line_item_id",
            "tiktok_product_id",
            "tiktok_sku_id",
            "seller_sku",
            "product_name",
            "quantity",
            "price",
            "linked",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "integer", "enum": [1]})
    def get_quantity(self, line: LineItem) -> int:
        """There are no other quantities."""
        return 1


class PackageSerializer(serializers.ModelSerializer[Package]):
    """TikTok's parcel."""

    label_ready = serializers.SerializerMethodField(
        help_text="Whether TikTok's label can be opened on the order's page now."
    )

    class Meta:
        model = Package
        fields = [
            "tiktok_package_id",
            "status",
            "carrier",
            "tracking_number",
            "label_ready",
            "is_gone",
        ]
        read_only_fields = fields

    def get_label_ready(self, package: Package) -> bool:
        """The address itself is a public link: it is not given away here."""
        return is_label_ready(package)


class FulfillmentSerializer(serializers.ModelSerializer[Fulfillment]):
    """Shopify's shipment, and how far its tracking got on the way to TikTok."""

    sync_status = serializers.ChoiceField(SyncStatus.choices, read_only=True)
    failure_kind = ChoiceOrNull(FailureKind.choices)
    failure_reason = TextOrNull()
    sent_at = UtcTimeOrNull(help_text="When TikTok accepted the tracking.")
    replaces_tracking_number = TextOrNull(
        source="replaces.tracking_number",
        help_text="The number that TikTok was told before, corrected by this one.",
    )

    class Meta:
        model = Fulfillment
        fields = [
            "shopify_fulfillment_id",
            "tracking_number",
            "carrier",
            "sync_status",
            "failure_kind",
            "failure_reason",
            "sent_at",
            "parcel",
            "replaces_tracking_number",
        ]
        read_only_fields = fields


class HistorySerializer(serializers.ModelSerializer[StatusChange]):
    """One change, by whom and why, oldest first."""

    at = UtcTime()
    axis = serializers.ChoiceField(StatusChange.Axis.choices, read_only=True)
    to = TextOrNull(source="after")
    actor = serializers.ChoiceField(StatusChange.Actor.choices, read_only=True)
    reason = TextOrNull()

    class Meta:
        model = StatusChange
        fields = ["at", "axis", "from", "to", "actor", "reason"]

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name Python allows for an attribute."""
        self._declared_fields["from"] = TextOrNull(source="before")
        return super().get_fields()


class OrderSerializer(serializers.ModelSerializer[Order]):
    """An order as lists show it: all but its parcels and its history."""

    tiktok_shop_id = serializers.CharField(source="shop.shop_id", read_only=True)
    sync_status = serializers.ChoiceField(SyncStatus.choices, read_only=True)
    failure_kind = ChoiceOrNull(
        FailureKind.choices,
        help_text="Why a person must act; null unless sync_status is failed.",
    )
    failure_reason = TextOrNull(help_text="The cause in words.")
    skip_reason = TextOrNull(help_text="Why it is not sent to Shopify.")
    wait_reason = TextOrNull(help_text="What it waits for.")
    shopify_order_id = TextOrNull(help_text="The GID; null while the order is not in Shopify.")
    shopify_legacy_id = TextOrNull(help_text="The number in the GID.")
    shopify_order_name = TextOrNull(help_text="As Shopify shows it, #1001.")
    currency = TextOrNull()
    total = MoneyText(help_text="TikTok's total_amount: decimal text in `currency`.")
    ship_by = UtcTimeOrNull()
    placed_at = UtcTimeOrNull()
    paid_at = UtcTimeOrNull()
    synced_at = UtcTimeOrNull()
    next_attempt_at = UtcTimeOrNull(help_text="When it is tried next.")
    line_items = LineItemSerializer(many=True, read_only=True)
    fulfillments = FulfillmentSerializer(many=True, read_only=True)

    class Meta:
        model = Order
        fields = [
            "tiktok_order_id",
            "tiktok_shop_id",
            "tiktok_status",
            "sync_status",
            "failure_kind",
            "failure_reason",
            "skip_reason",
            "wait_reason",
            "shopify_order_id",
            "shopify_legacy_id",
            "shopify_order_name",
            "total",
            "currency",
            "is_cod",
            "cancel_requested",
            "ship_by",
            "placed_at",
            "paid_at",
            "synced_at",
            "next_attempt_at",
            "line_items",
            "fulfillments",
        ]
        read_only_fields = fields


class OrderDetailSerializer(OrderSerializer):
    """An order with its parcels and its whole history."""

    packages = PackageSerializer(many=True, read_only=True)
    cancel_requests = CancelRequestSerializer(many=True, read_only=True)
    seller_cancellation = serializers.SerializerMethodField()
    returns = ReturnSerializer(many=True, read_only=True)
    refunds = RefundSerializer(many=True, read_only=True)
    history = HistorySerializer(many=True, read_only=True)

    class Meta(OrderSerializer.Meta):
        fields = [
            *OrderSerializer.Meta.fields,
            "packages",
            "cancel_requests",
            "seller_cancellation",
            "returns",
            "refunds",
            "history",
        ]
        read_only_fields = fields

    @extend_schema_field(SellerCancellationSerializer(allow_null=True))
    def get_seller_cancellation(self, order: Order) -> Any:
        """Null unless the order was cancelled in Shopify alone."""
        row = getattr(order, "seller_cancellation", None)
        return None if row is None else SellerCancellationSerializer(row).data
