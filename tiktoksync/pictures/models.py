"""Small copies of the pictures that the platforms keep."""

from __future__ import annotations

from django.db import models


class Picture(models.Model):
    """A picture that a page showed: where it stands, and a small copy once it was fetched.

    It belongs to no merchant: what is at an address is the same for all of them, and who may look
    at the copy is in the signed address that pages have for it.
    """

    key = models.CharField(max_length=64, unique=True, help_text="SHA-256 of what names it.")
    url = models.TextField(help_text="Where the platform has it.")
    content = models.BinaryField(default=b"", help_text="The copy, a WebP file.")
    problem = models.CharField(max_length=200, blank=True, help_text="Why there is no copy.")
    asked_at = models.DateTimeField(help_text="When a page showed it last, to the day.")
    fetched_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="When it is fetched (again).")
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="picture_due"),
            models.Index(fields=["asked_at"], name="picture_asked"),
        ]

    def __str__(self) -> str:
        return self.url.partition("?")[0].rpartition("/")[2] or self.key[:12]
