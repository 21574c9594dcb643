"""`manage.py watch_alerts`: one look at what needs a person, and the letters that are due."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tiktoksync.alerts.services.send_letters import send_letters
from tiktoksync.alerts.services.watch_alerts import watch_alerts
from tiktoksync.alerts.services.write_letters import write_digests


class Command(BaseCommand):
    help = "Raises and resolves alerts, writes the letters that are due and sends them."

    def handle(self, *args: Any, **options: Any) -> None:
        raised, digests = watch_alerts(), write_digests()
        self.stdout.write(f"watch_alerts: {raised} raised, {digests} digests")
        self.stdout.write(f"letters: {send_letters()} sent")
