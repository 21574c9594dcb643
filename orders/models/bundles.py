"""What a virtual bundle is made of: its components need variants as any sold item does."""

from __future__ import annotations

from django.db import models

from orders.models.order import LineItem


class LinePart(models.Model):
    """A component of one unit of a bundle."""

    line = models.ForeignKey(LineItem, models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField(default=0)
    tiktok_sku_id = models.CharField(max_length=40, blank=True)
    tiktok_product_id = models.CharField(max_length=40, blank=True)
    seller_sku = models.CharField(max_length=255, blank=True)
    sku_key = models.CharField(max_length=255, blank=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "position"], name="line_part_once")]
        indexes = [
            models.Index(fields=["tiktok_sku_id"], name="line_part_sku_id"),
            models.Index(fields=["sku_key"], name="line_part_sku_key"),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.count} × {self.seller_sku or self.tiktok_sku_id}"
