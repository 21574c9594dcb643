"""Long jobs over many things: what was asked for, how far it is, and what came of each thing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tiktoksync.shops.models import Merchant, TikTokShop


class Run(models.Model):
    """One long job that a person or a program started.

    It is worked step by step by the lane of its kind: `next_step_at` says when the next step is
    due, `cursor` where it goes on, so that it survives every restart. What came of each thing is a
    RunItem; the numbers here are counted from those after each step.
    """

    class Kind(models.TextChoices):
        BACKFILL = "backfill", "Backfill of orders"
        UPLOAD = "upload", "Upload of products"
        IMPORT = "import", "Import of products"
        LINK = "link", "Linking of SKUs"
        STOCK = "stock", "Push of stock"
        PRICES = "prices", "Push of prices"
        STATE = "state", "Putting on or off sale"
        ORDERS = "orders", "Acting on orders"

    class Status(models.TextChoices):
        PREPARING = "preparing", "Preparing the preview"
        READY = "ready", "Ready to start"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    ACTIVE = (Status.PREPARING, Status.RUNNING)

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="runs")
    shop = models.ForeignKey(TikTokShop, models.CASCADE, null=True, blank=True, related_name="runs")
    kind = models.CharField(max_length=20, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.PREPARING)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty when a program asked for it.",
    )
    wish = models.JSONField(default=dict, blank=True, help_text="What was asked for.")
    cursor = models.JSONField(default=dict, blank=True, help_text="Where the next step goes on.")
    next_step_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    stumbles = models.PositiveSmallIntegerField(
        default=0, help_text="Steps in a row that did not come to their end."
    )
    total = models.PositiveIntegerField(default=0, help_text="Things this run is about.")
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    counts = models.JSONField(
        default=list, blank=True, help_text="The items by state and cause, each with its number."
    )
    message = models.TextField(blank=True, help_text="Where it stands, or why it ended.")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "kind"],
                condition=Q(status__in=("preparing", "running")),
                name="run_one_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="run_merchant"),
            models.Index(
                fields=["kind", "next_step_at"],
                name="run_due",
                condition=Q(status__in=("preparing", "running")),
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_active(self) -> bool:
        """Whether a worker has something to do for it."""
        return self.status in self.ACTIVE

    @property
    def is_preparing(self) -> bool:
        """The preview is being made."""
        return self.status == self.Status.PREPARING.value

    @property
    def is_ready(self) -> bool:
        """The preview waits for somebody's word."""
        return self.status == self.Status.READY.value

    @property
    def has_failed(self) -> bool:
        """It could not go on."""
        return self.status == self.Status.FAILED.value

    @property
    def may_be_cancelled(self) -> bool:
        """It has not ended."""
        return self.is_active or self.is_ready

    @property
    def left(self) -> int:
        """Items without an outcome."""
        return max(0, self.total - self.done - self.failed - self.skipped)

    @property
    def seconds_left(self) -> int | None:
        """An estimate from the pace so far; None while there is none to be made."""
        if self.status != self.Status.RUNNING or self.started_at is None or not self.got_through:
            return None
        spent: timedelta = timezone.now() - self.started_at
        return round(spent.total_seconds() / self.got_through * self.left)

    @property
    def to_do(self) -> int:
        """Items that had no outcome when the run was started."""
        return max(0, self.total - self._settled_before)

    @property
    def got_through(self) -> int:
        """Items that got their outcome since the run was started."""
        return max(0, self.to_do - self.left)

    @property
    def percent(self) -> int:
        """How much of the work is done, for a bar."""
        return 100 * self.got_through // self.to_do if self.to_do else 100

    @property
    def _settled_before(self) -> int:
        return int(self.cursor.get("settled_before", 0))

    def groups(self, *states: str) -> list[dict[str, Any]]:
        """The counted groups in these states, the largest first."""
        found = [group for group in self.counts if group["state"] in states]
        return sorted(found, key=lambda group: (-group["count"], group["cause"]))


class RunItem(models.Model):
    """One thing of a run. The first is worked first; `cause` is a word to group by."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        WORKING = "working", "Under way"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        SKIPPED = "skipped", "Left out"

    run = models.ForeignKey(Run, models.CASCADE, related_name="items")
    remote_id = models.CharField(max_length=80)
    position = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    cause = models.CharField(max_length=64, blank=True)
    words = models.TextField(blank=True, help_text="What came of it, for a person.")
    title = models.CharField(max_length=255, blank=True, help_text="What a person calls it.")
    facts = models.JSONField(
        default=dict, blank=True, help_text="More about it: `issues` is [{code, words, fix}]."
    )
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "remote_id"], name="run_item_once")]
        indexes = [
            models.Index(fields=["run", "state", "position", "id"], name="run_item_next"),
            models.Index(fields=["run", "cause", "id"], name="run_item_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.remote_id}: {self.state}"
