"""What the engine keeps: the columns of a row that queues itself, attempts, lane leases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models


class SyncStatus(models.TextChoices):
    """Our axis of a row's life; the moves between them are in statuses.py."""

    HELD = "held", "Waiting for release"
    PENDING = "pending", "Queued"
    SENDING = "sending", "Sending"
    SYNCED = "synced", "Synced"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"


class FailureKind(models.TextChoices):
    """Why a person must act."""

    CONFIG = "config", "Blocked: something has to be set up"
    AUTH = "auth", "Connection lost"
    REJECTED = "rejected", "Refused by the other side"
    GONE = "gone", "No longer there"
    EXHAUSTED = "exhausted", "Tried too often"
    MALFORMED = "malformed", "Unreadable"
    INTERNAL = "internal", "Error in TikTokSync"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of history, as the engine hands it to the row it happened to."""

    axis: str
    before: str
    after: str
    actor: str
    reason: str = ""
    request_id: str = ""
    attempt_id: int | None = None
    user_id: int | None = None


class SyncRow(models.Model):
    """A row that carries its own place in the queue.

    What is due stands in `sync_status`, `next_attempt_at`, `claimed_until`; the attempt number is
    the fencing token of the claim. Only `statuses.move()` writes `sync_status`.
    """

    sync_status = models.CharField(max_length=10, choices=SyncStatus, default=SyncStatus.PENDING)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempt_number = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0, help_text="Failed tries since the last success.")
    in_doubt_since = models.DateTimeField(
        null=True, blank=True, help_text="A write was sent and not clearly answered."
    )
    lookup_misses = models.PositiveSmallIntegerField(default=0)
    failure_kind = models.CharField(max_length=10, choices=FailureKind, blank=True)
    failure_code = models.CharField(max_length=64, blank=True)
    failure_reason = models.TextField(blank=True)
    skip_reason = models.CharField(max_length=40, blank=True)
    wait_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True

    def note_change(self, change: Change) -> None:
        """Keep a line of history; rows without a history of their own keep none."""

    @classmethod
    def note_changes(cls, changes: Sequence[tuple[Any, Change]]) -> None:
        """Keep lines of history for several rows at once."""
        for row, change in changes:
            row.note_change(change)

    @property
    def is_blocked(self) -> bool:
        """A merchant can unblock it by setting something up."""
        return (
            self.sync_status == SyncStatus.FAILED.value
            and self.failure_kind == FailureKind.CONFIG.value
        )


class Attempt(models.Model):
    """One try at the other side, written before anything leaves and kept for ever."""

    class Outcome(models.TextChoices):
        IN_FLIGHT = "in_flight", "In flight"
        OK = "ok", "Done"
        RETRY = "retry", "To be tried again"
        UNKNOWN = "unknown", "No clear answer"
        FAILED = "failed", "Failed"
        ABANDONED = "abandoned", "Its worker went away"
        SUPERSEDED = "superseded", "Answered after its lease"

    flow = models.CharField(max_length=40)
    step = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=40, help_text="The model of the row, app.model.")
    subject_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.IN_FLIGHT)
    code = models.CharField(max_length=64, blank=True)
    message = models.TextField(blank=True)
    request_id = models.CharField(max_length=80, blank=True)
    remote_id = models.CharField(max_length=80, blank=True)
    elapsed_ms = models.PositiveIntegerField(null=True, blank=True)
    cost = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "number"], name="attempt_once_per_number"
            )
        ]
        indexes = [models.Index(fields=["outcome", "started_at"], name="attempt_outcome")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.flow} {self.subject} {self.subject_id} try {self.number}: {self.outcome}"


class LaneLease(models.Model):
    """Who drains a lane; the fence rises with each new holder."""

    key = models.CharField(max_length=80, primary_key=True)
    fence = models.PositiveBigIntegerField(default=0)
    held_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.key} (fence {self.fence})"


class Account(models.Model):
    """What the engine needs to know of one connected account of a platform."""

    paused_until = models.DateTimeField(null=True, blank=True)
    paused_reason = models.CharField(max_length=200, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="Failed calls in a row.")
    auth_lost_at = models.DateTimeField(
        null=True, blank=True, help_text="Consent is gone: only reconnecting helps."
    )
    stopped_at = models.DateTimeField(
        null=True, blank=True, help_text="A person stopped it, until a person lets it go on."
    )
    stopped_by = models.CharField(max_length=150, blank=True)

    class Meta:
        abstract = True

    def is_paused(self, now: datetime) -> bool:
        """Whether calls in this account's name must wait."""
        return (
            self.auth_lost_at is not None
            or self.stopped_at is not None
            or (self.paused_until is not None and self.paused_until > now)
        )

    @property
    def lane_facts(self) -> dict[str, Any]:
        """Identifies the account in logs."""
        return {"account": f"{self._meta.model_name}:{self.pk}"}
