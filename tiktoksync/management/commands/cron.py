"""The process that runs the timetable."""

from __future__ import annotations

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand

from tiktoksync.cron import run_cron


class Command(BaseCommand):
    help = "Run the timetable until stopped; a second one beside it is harmless."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        run_cron(stop=stop.is_set)
