"""How runs look to programs. The names are a public contract: add, never rename."""

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tiktoksync.api.fields import TextOrNull, UtcTime, UtcTimeOrNull
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.words import told_groups


class RunGroupSerializer(serializers.Serializer[Any]):
    """Items of a run that stand alike."""

    state = serializers.ChoiceField(RunItem.State.choices, read_only=True)
    cause = serializers.CharField(help_text="A word for programs; new ones may come.")
    words = serializers.CharField(help_text="The same for people.")
    count = serializers.IntegerField()


class RunSerializer(serializers.ModelSerializer[Run]):
    """A long job: what was asked for, how far it is, what came of its items."""

    kind = serializers.ChoiceField(Run.Kind.choices, read_only=True)
    status = serializers.ChoiceField(Run.Status.choices, read_only=True)
    tiktok_shop_id = serializers.SerializerMethodField()
    wish = serializers.SerializerMethodField(
        help_text="What was asked for; of a backfill its dates, `from` and `to`."
    )
    left = serializers.IntegerField(read_only=True, help_text="Items without an outcome.")
    to_do = serializers.IntegerField(
        read_only=True, help_text="Items that had none when the run was started."
    )
    percent = serializers.IntegerField(read_only=True, help_text="Of `to_do`, what is done.")
    seconds_left = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="An estimate from the pace so far."
    )
    groups = serializers.SerializerMethodField(help_text="The items by state and cause.")
    message = TextOrNull(help_text="Why it ended.")
    created_at = UtcTime()
    started_at = UtcTimeOrNull()
    finished_at = UtcTimeOrNull()

    class Meta:
        model = Run
        fields = [
            "id",
            "kind",
            "status",
            "tiktok_shop_id",
            "wish",
            "total",
            "done",
            "failed",
            "skipped",
            "left",
            "to_do",
            "percent",
            "seconds_left",
            "groups",
            "message",
            "created_at",
            "started_at",
            "finished_at",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "nullable": True})
    def get_tiktok_shop_id(self, run: Run) -> str | None:
        """The shop it is about; null if it is about none alone."""
        return run.shop.shop_id if run.shop else None

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_wish(self, run: Run) -> dict[str, Any]:
        """Times as ISO 8601."""
        return {
            name: datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")
            if name in ("from", "to")
            else value
            for name, value in run.wish.items()
        }

    @extend_schema_field(RunGroupSerializer(many=True))
    def get_groups(self, run: Run) -> list[dict[str, Any]]:
        """Counted anew after each step."""
        return told_groups(run)


class IssueSerializer(serializers.Serializer[Any]):
    """One thing that stands in an item's way."""

    code = serializers.CharField(help_text="A word for programs; new ones may come.")
    words = serializers.CharField(help_text="The same for people.")
    fix = serializers.CharField(help_text="What helps; may be empty.")


class RunItemSerializer(serializers.ModelSerializer[RunItem]):
    """One thing of a run, and what came of it."""

    remote_id = serializers.CharField(
        read_only=True, help_text="The platform's id: of an order, a product, a listing, a SKU."
    )
    state = serializers.ChoiceField(RunItem.State.choices, read_only=True)
    message = TextOrNull(source="words", help_text="What came of it, for people.")
    issues = serializers.SerializerMethodField(help_text="What stands in its way, all of it.")
    notes = serializers.SerializerMethodField(help_text="Worth knowing, and no obstacle.")
    updated_at = UtcTime()

    class Meta:
        model = RunItem
        fields = [
            "id",
            "remote_id",
            "title",
            "state",
            "cause",
            "message",
            "issues",
            "notes",
            "updated_at",
        ]
        read_only_fields = fields

    @extend_schema_field(IssueSerializer(many=True))
    def get_issues(self, item: RunItem) -> list[dict[str, str]]:
        """Not only what it is counted under."""
        return _told(item.facts.get("issues", []))

    @extend_schema_field(IssueSerializer(many=True))
    def get_notes(self, item: RunItem) -> list[dict[str, str]]:
        """What was mended or left out by itself."""
        return _told(item.facts.get("notes", []))


def _told(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{name: str(row.get(name) or "") for name in ("code", "words", "fix")} for row in rows]
