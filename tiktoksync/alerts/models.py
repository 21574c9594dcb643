"""What somebody must hear of, who has heard of it, and the letters that tell it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tiktoksync.shops.models import Membership, Merchant


class AlertKind(models.TextChoices):
    """What alerts are about; a person chooses a channel for each."""

    BLOCKED = "blocked", "Orders are blocked"
    TRACKING_REFUSED = "tracking_refused", "TikTok refuses tracking"
    CANCEL_REQUEST = "cancel_request", "A buyer asks to cancel"
    LISTING_REFUSED = "listing_refused", "TikTok refuses a listing"
    CONSENT_ENDING = "consent_ending", "A consent ends soon"
    CONSENT_LOST = "consent_lost", "A connection is lost"
    SYNC_LATE = "sync_late", "Sync is late"
    MENTION = "mention", "A colleague names you"


class Alert(models.Model):
    """One cause that waits for a person, however many things it holds up.

    Most are the whole team's and close by themselves; one with a reader is that person's alone.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="alerts")
    reader = models.ForeignKey(
        Membership,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whom alone it is for. Empty: the whole team.",
    )
    kind = models.CharField(max_length=20, choices=AlertKind)
    cause = models.CharField(max_length=200, help_text="What alike things are grouped by.")
    title = models.CharField(max_length=200)
    words = models.TextField(blank=True)
    address = models.CharField(max_length=300, blank=True, help_text="The page that mends it.")
    count = models.PositiveIntegerField(default=1, help_text="Things it holds up now.")
    told_count = models.PositiveIntegerField(
        default=1, help_text="Things it held up when people were last told."
    )
    is_urgent = models.BooleanField(default=False)
    raised_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "cause"],
                condition=models.Q(resolved_at=None),
                name="alert_open_once",
            )
        ]
        indexes = [models.Index(fields=["merchant", "resolved_at", "-id"], name="alert_open")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


def told_to(membership: Membership) -> models.Q:
    """The alerts that are for this person: those of the team, and those that name them.

    Who looks in as support has a membership that is in no table, and is named by nobody.
    """
    team = models.Q(merchant=membership.merchant_id, reader=None)
    return team | models.Q(reader=membership.pk) if membership.pk else team


class AlertSeen(models.Model):
    """A person has seen an alert."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="seen")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "user"], name="alert_seen_once")]

    def __str__(self) -> str:
        return f"{self.user} saw {self.alert}"


class AlertChoice(models.Model):
    """How one person hears of one kind of alert; a kind without a row follows the defaults."""

    class Email(models.TextChoices):
        OFF = "off", "No e-mail"
        AT_ONCE = "at_once", "At once"
        DIGEST = "digest", "In the daily digest"

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="alert_choices")
    kind = models.CharField(max_length=20, choices=AlertKind)
    in_app = models.BooleanField(default=True)
    email = models.CharField(max_length=10, choices=Email, default=Email.AT_ONCE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "kind"], name="alert_choice_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.kind}"


class AlertHours(models.Model):
    """When one person wants letters, in the merchant's time zone."""

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="alert_hours")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    urgent_breaks_quiet = models.BooleanField(default=False)
    digest_hour = models.PositiveSmallIntegerField(default=8)
    last_digest_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "alert hours"

    def __str__(self) -> str:
        return f"hours of {self.membership}"


class Letter(models.Model):
    """An e-mail that is due, sent or given up; the row is the queue."""

    class Kind(models.TextChoices):
        AT_ONCE = "at_once", "At once"
        DIGEST = "digest", "Digest"
        TEST = "test", "Test"

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=10, choices=Kind)
    alerts = models.ManyToManyField(Alert, related_name="letters", blank=True)
    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="letter_due", condition=models.Q(due_at__isnull=False)
            )
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} to {self.membership.user}"
