"""`manage.py doctor`: is everything set up, and if not, what to do."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from tiktoksync.shops.services.checkup import check_everything


class Command(BaseCommand):
    help = "Check configuration, database, queue and every connection; exits 1 if one is wrong."
    # A wrong configuration is what this command is there to tell.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for finding in check_everything():
            wrong += not finding.is_good
            mark = "ok   " if finding.is_good else "WRONG"
            self.stdout.write(f"{mark}  {finding}")
        self.stdout.write(f"{wrong} to mend." if wrong else "All is well.")
        if wrong:
            sys.exit(1)
