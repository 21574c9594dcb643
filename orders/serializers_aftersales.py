"""How cancellations, returns and refunds look to programs: add to it, never rename."""

from rest_framework import serializers

from orders.models import CancelRequest, Refund, Return, SellerCancellation
from tiktoksync.api.fields import ChoiceOrNull, MoneyText, TextOrNull, UtcTimeOrNull
from tiktoksync.sync.models import FailureKind, SyncStatus


class OfferedReasonSerializer(serializers.Serializer[dict[str, str]]):
    """A reason that TikTok accepts."""

    name = serializers.CharField(read_only=True, help_text="TikTok's key: send this.")
    text = serializers.CharField(read_only=True, help_text="What people read.")


class CancelRequestSerializer(serializers.ModelSerializer[CancelRequest]):
    """A buyer asks to cancel: `held` waits for an answer, `synced` has one, `skipped` is over."""

    status = TextOrNull(help_text="TikTok's word, verbatim.")
    sync_status = serializers.ChoiceField(SyncStatus.choices, read_only=True)
    reason = TextOrNull(help_text="TikTok's key.")
    reason_text = TextOrNull()
    line_items = serializers.ListField(
        child=serializers.CharField(), source="units", read_only=True, help_text="Their TikTok ids."
    )
    refund_amount = MoneyText(
        allow_null=True, help_text="Decimal text in `currency`; null for cash on delivery."
    )
    currency = TextOrNull()
    requested_at = UtcTimeOrNull()
    respond_by = UtcTimeOrNull(help_text="TikTok grants the request by itself at this time.")
    verdict = ChoiceOrNull(CancelRequest.Verdict.choices)
    reject_reasons = OfferedReasonSerializer(many=True, read_only=True)
    failure_kind = ChoiceOrNull(FailureKind.choices)
    failure_reason = TextOrNull()
    skip_reason = TextOrNull(help_text="How it ended without an answer from here.")
    resolved_at = UtcTimeOrNull()

    class Meta:
        model = CancelRequest
        fields = [
            "cancel_id",
            "status",
            "sync_status",
            "reason",
            "reason_text",
            "line_items",
            "refund_amount",
            "currency",
            "requested_at",
            "respond_by",
            "verdict",
            "reject_reasons",
            "failure_kind",
            "failure_reason",
            "skip_reason",
            "resolved_at",
        ]
        read_only_fields = fields


class SellerCancellationSerializer(serializers.ModelSerializer[SellerCancellation]):
    """The order was cancelled in Shopify alone. `held` waits for a reason to be chosen."""

    sync_status = serializers.ChoiceField(SyncStatus.choices, read_only=True)
    shopify_reason = TextOrNull(help_text="Shopify's word: CUSTOMER, INVENTORY …")
    reasons = OfferedReasonSerializer(many=True, read_only=True)
    reason = TextOrNull(help_text="TikTok's key, once chosen.")
    failure_kind = ChoiceOrNull(FailureKind.choices)
    failure_reason = TextOrNull()
    done_at = UtcTimeOrNull(help_text="When TikTok cancelled it.")

    class Meta:
        model = SellerCancellation
        fields = [
            "sync_status",
            "shopify_reason",
            "reasons",
            "reason",
            "failure_kind",
            "failure_reason",
            "done_at",
        ]
        read_only_fields = fields


class ReturnSerializer(serializers.ModelSerializer[Return]):
    """A return, refund, replacement or exchange as TikTok tells it."""

    return_type = TextOrNull(help_text="TikTok's word, verbatim.")
    status = TextOrNull(help_text="TikTok's word, verbatim.")
    reason = TextOrNull(help_text="TikTok's key.")
    reason_text = TextOrNull()
    line_items = serializers.ListField(
        child=serializers.CharField(), source="units", read_only=True, help_text="Their TikTok ids."
    )
    refund_amount = MoneyText(
        allow_null=True, help_text="Decimal text in `currency`; null when no money goes back."
    )
    currency = TextOrNull()
    carrier = TextOrNull()
    tracking_number = TextOrNull()
    next_action = TextOrNull(help_text="What TikTok waits for from the seller, verbatim.")
    respond_by = UtcTimeOrNull()
    opened_at = UtcTimeOrNull()

    class Meta:
        model = Return
        fields = [
            "return_id",
            "return_type",
            "status",
            "reason",
            "reason_text",
            "line_items",
            "refund_amount",
            "currency",
            "carrier",
            "tracking_number",
            "next_action",
            "respond_by",
            "opened_at",
        ]
        read_only_fields = fields


class RefundSerializer(serializers.ModelSerializer[Refund]):
    """What was taken off the Shopify order, or left on it: `skip_reason` says why."""

    source = serializers.ChoiceField(  # type: ignore[assignment]  # the column is called so
        Refund.Source.choices, read_only=True
    )
    source_id = serializers.CharField(read_only=True, help_text="The return_id, or the units.")
    sync_status = serializers.ChoiceField(SyncStatus.choices, read_only=True)
    line_items = serializers.ListField(
        child=serializers.CharField(), source="units", read_only=True, help_text="Their TikTok ids."
    )
    amount = MoneyText(
        allow_null=True, help_text="What TikTok paid back; null for cancelled units."
    )
    currency = TextOrNull()
    shopify_refund_id = TextOrNull(help_text="The GID; null when staff had refunded it by hand.")
    failure_kind = ChoiceOrNull(FailureKind.choices)
    failure_reason = TextOrNull()
    skip_reason = TextOrNull()
    done_at = UtcTimeOrNull()

    class Meta:
        model = Refund
        fields = [
            "source",
            "source_id",
            "sync_status",
            "line_items",
            "amount",
            "currency",
            "shopify_refund_id",
            "failure_kind",
            "failure_reason",
            "skip_reason",
            "done_at",
        ]
        read_only_fields = fields


class DeclineSerializer(serializers.Serializer[dict[str, str]]):
    """Why a cancel request is declined."""

    reason = serializers.CharField(max_length=120, help_text="A name of `reject_reasons`.")
    comment = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class CancelOnTikTokSerializer(serializers.Serializer[dict[str, str]]):
    """With which reason an order is cancelled on TikTok."""

    reason = serializers.CharField(
        max_length=120, help_text="A name of the order's `seller_cancellation.reasons`."
    )
