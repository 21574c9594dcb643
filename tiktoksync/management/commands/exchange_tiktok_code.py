"""`manage.py exchange_tiktok_code`: the consent link, and then the tokens for the code it gives."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tiktoksync.errors import SyncError
from tiktoksync.shops.services.exchange import consent_link, exchange_code


class Command(BaseCommand):
    help = (
        "Without an argument: print the link where the seller agrees. With the code, or the whole "
        "address the seller came back to: print the tokens and the shops that they open."
    )
    # What is missing is told in one sentence by handle().
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", nargs="?", default="", help="works once, within 30 minutes")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(self._answer(str(options["code"]).strip()))
        except SyncError as error:
            self.stderr.write(error.message)
            sys.exit(1)

    def _answer(self, code: str) -> str:
        if not code:
            return consent_link()
        found = exchange_code(code)
        shown = {
            "tiktok_access_token": found.tokens.access_token,
            "tiktok_access_expires": found.tokens.access_expires_at,
            "tiktok_refresh_token": found.tokens.refresh_token,
            "tiktok_refresh_expires": found.tokens.refresh_expires_at,
            "granted_scopes": list(found.tokens.granted_scopes),
            "shops": [asdict(shop) for shop in found.shops],
        }
        return json.dumps(shown, indent=2, ensure_ascii=False)
