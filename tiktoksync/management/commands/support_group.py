"""`manage.py support_group`: the rights of support staff, as a group."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tiktoksync.support.services.support_group import keep_support_group


class Command(BaseCommand):
    help = "Make the group Support, or bring its rights up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        group = keep_support_group()
        self.stdout.write(f"{group.name}: {group.permissions.count()} rights")
