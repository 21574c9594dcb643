"""`manage.py mint_api_token MERCHANT`: a new key to a merchant's REST API."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tiktoksync.shops.models import Merchant
from tiktoksync.shops.services.tokens import mint_token


class Command(BaseCommand):
    help = "Make an API token for a merchant and print it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("merchant", help="the merchant's name, or its number")
        parser.add_argument("--name", default="API", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(mint_token(find_merchant(options["merchant"]), options["name"][:100]))


def find_merchant(given: str) -> Merchant:
    """By name, else by number; raises CommandError if there is none."""
    found = Merchant.objects.filter(name=given).first()
    if found is None and given.isascii() and given.isdigit() and len(given) < 19:
        found = Merchant.objects.filter(pk=int(given)).first()
    if found is None:
        raise CommandError(f"there is no merchant {given!r}")
    return found
