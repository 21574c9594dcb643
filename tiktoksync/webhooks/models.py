"""The inbox: every genuine webhook, stored once, as it came."""

from django.db import models

from tiktoksync.shops.models import Platform, ShopifyStore, TikTokShop


class Delivery(models.Model):
    """One webhook request. It is a hint: the flows re-read the object it names."""

    class Outcome(models.TextChoices):
        NEW = "new", "Waiting"
        USED = "used", "Used"
        IGNORED = "ignored", "Ignored"
        EVIDENCE = "evidence", "Second body under one id"

    source = models.CharField(max_length=10, choices=Platform)
    delivery_id = models.CharField(
        max_length=100, help_text="The platform's own id, or the body's hash."
    )
    body_hash = models.CharField(max_length=64)
    topic = models.CharField(max_length=80)
    shop = models.ForeignKey(TikTokShop, models.CASCADE, null=True, blank=True)
    store = models.ForeignKey(ShopifyStore, models.CASCADE, null=True, blank=True)
    resource_id = models.CharField(max_length=80, blank=True, help_text="The order it is about.")
    body = models.TextField()
    received_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.NEW)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "delivery_id", "body_hash"], name="delivery_once"
            )
        ]
        indexes = [
            models.Index(fields=["outcome", "shop"], name="delivery_shop_new"),
            models.Index(fields=["outcome", "store"], name="delivery_store_new"),
            models.Index(fields=["received_at"], name="delivery_age"),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source} {self.topic} {self.delivery_id}"
