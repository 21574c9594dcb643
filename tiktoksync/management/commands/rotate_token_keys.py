"""`manage.py rotate_token_keys`: encrypt every stored secret with the newest of TOKEN_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tiktoksync.people.services.rotate_factors import rotate_factors
from tiktoksync.shops.services.tokens import rotate_secrets


class Command(BaseCommand):
    help = (
        "Encrypt every stored secret with the newest key of TOKEN_KEYS. Afterwards the older keys "
        "may be removed from TOKEN_KEYS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = rotate_secrets()
        rotate_factors(done)
        self.stdout.write(
            f"{done.rotated} secrets were encrypted anew, {done.current} had the newest key."
        )
        if done.unreadable:
            raise CommandError(
                f"{done.unreadable} secrets open with none of TOKEN_KEYS; add the key they were "
                "written with, or connect those accounts again"
            )
