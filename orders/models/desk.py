"""What people keep beside orders: their views of the list, words, and tags."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tiktoksync.shops.models import Membership, Merchant


class SavedView(models.Model):
    """A named set of filters of a list, for its maker or for the whole team."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="saved_views")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the whole team sees it.",
    )
    page = models.CharField(max_length=20, default="orders")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, help_text="The address's filters, as in a link.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "user", "page", "name"], name="saved_view_once"
            )
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ListLayout(models.Model):
    """How one person wants one list to look."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="list_layouts")
    page = models.CharField(max_length=20, default="orders")
    hidden = models.JSONField(default=list, blank=True, help_text="Columns that are left out.")
    is_dense = models.BooleanField(default=False)
    page_size = models.PositiveSmallIntegerField(default=50)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "page"], name="list_layout_once")
        ]

    def __str__(self) -> str:
        return f"{self.page} of {self.membership}"


class OrderComment(models.Model):
    """A person's word about an order. Support's own notes are for support alone."""

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="comments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    who = models.CharField(max_length=150)
    text = models.TextField(max_length=2000)
    is_for_staff = models.BooleanField(default=False)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]


class OrderTag(models.Model):
    """A merchant's own tag on an order; it is written to Shopify when the order is created."""

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="own_tags")
    name = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "name"], name="order_tag_once")]
        indexes = [models.Index(fields=["name"], name="order_tag_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
