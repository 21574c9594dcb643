"""How far a merchant is on the way to a live shop."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from tiktoksync.shops.models import Merchant, TikTokShop


class SetupProgress(models.Model):
    """The steps a merchant has been through; what is done on the platforms is asked of the rows."""

    merchant = models.OneToOneField(Merchant, models.CASCADE, related_name="setup")
    steps = models.JSONField(
        default=dict, blank=True, help_text="By shop and step: {done_at or skipped_at, by}."
    )
    is_folded = models.BooleanField(default=False, help_text="The card on the home page is shut.")
    finished_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "setup progress"

    def __str__(self) -> str:
        return f"setup of {self.merchant}"


class Rehearsal(models.Model):
    """A made-up order that walks the whole path on the merchant's own settings, and leaves nothing.

    It is worked out from the rules and the mapping; no platform hears of it.
    """

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="rehearsals")
    steps = models.JSONField(default=list, help_text="[{key, is_good, words, fix}] in their order.")
    is_good = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"rehearsal of {self.shop}"


class DryRun(models.Model):
    """Up to a day in which orders are judged and mapped and none is created.

    What would become of them is worked out whenever somebody looks.
    """

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="dry_runs")
    started_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop"], condition=models.Q(ended_at=None), name="dry_run_one_at_a_time"
            )
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"dry run of {self.shop}"
