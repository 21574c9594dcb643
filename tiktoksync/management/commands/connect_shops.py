"""`manage.py connect_shops`: connect a TikTok shop with a Shopify store, without a browser."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from tiktoksync.errors import SyncError
from tiktoksync.lib.secrets import UnreadableSecret
from tiktoksync.shops.services.connect import ConnectedPair, PairDetails, Tokens, connect_pair
from tiktoksync.shops.services.tokens import moment

REQUIRED = (
    "merchant",
    "shopify_shop",
    "shopify_token",
    "tiktok_shop_id",
    "tiktok_cipher",
    "tiktok_region",
    "tiktok_access_token",
    "tiktok_refresh_token",
)
#: May come from an environment variable of the same name: arguments show in the process list.
SECRETS = (
    "shopify_token",
    "shopify_refresh_token",
    "tiktok_cipher",
    "tiktok_access_token",
    "tiktok_refresh_token",
)
HELP = {
    "merchant": "name of the merchant; a new pair is added to an existing one",
    "owner_email": "makes a user who owns the merchant (password from OWNER_PASSWORD)",
    "shopify_shop": "name.myshopify.com",
    "shopify_token": "Admin API access token",
    "shopify_refresh_token": "of an expiring token",
    "shopify_token_expires": "Unix seconds",
    "shopify_api_key": "of the store's own app; else SHOPIFY_API_KEY of the installation",
    "shopify_api_secret": "of the store's own app; else SHOPIFY_API_SECRET",
    "tiktok_shop_id": "number of the shop, as the API gives it",
    "tiktok_cipher": "the shop's cipher",
    "tiktok_region": "country code, like US",
    "tiktok_access_token": "seller's access token",
    "tiktok_refresh_token": "seller's refresh token",
    "tiktok_access_expires": "Unix seconds",
    "tiktok_refresh_expires": "Unix seconds",
    "sync_from": "Unix seconds or 'all'; without it orders placed from now on are synced",
}


class Command(BaseCommand):
    help = "Connect a TikTok shop with a Shopify store; running it again renews the tokens only."
    # What is missing is told in one sentence by handle().
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        for name, words in HELP.items():
            hint = f" (or {name.upper()})" if name in SECRETS else ""
            parser.add_argument(f"--{name.replace('_', '-')}", default="", help=words + hint)
        parser.add_argument(
            "--no-subscribe", action="store_true", help="no webhooks: rely on polling"
        )
        parser.add_argument(
            "--shopify-client-credentials",
            action="store_true",
            help="ask Shopify for the token with the app's key and secret, now and each day",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pair = connect_pair(self._details(options))
        except SyncError as error:
            self._refuse(error.message)
        except UnreadableSecret:
            self._refuse("A stored secret opens with none of TOKEN_KEYS: add the key it had.")
        except DatabaseError as error:
            self._refuse(f"The database is not ready ({type(error).__name__}): run migrate first.")
        for note in pair.notes:
            self.stderr.write(note)
        self.stdout.write(json.dumps(_summary(pair)))

    def _details(self, options: dict[str, Any]) -> PairDetails:
        given = {name: str(options.get(name) or "").strip() for name in HELP}
        for name in SECRETS:
            given[name] = given[name] or os.environ.get(name.upper(), "").strip()
        asks = options["shopify_client_credentials"]
        if asks and given["shopify_token"]:
            self._refuse("--shopify-token and --shopify-client-credentials exclude each other.")
        for name in REQUIRED:
            if not given[name] and not (asks and name == "shopify_token"):
                hint = f" (or {name.upper()} in the environment)" if name in SECRETS else ""
                self._refuse(f"--{name.replace('_', '-')} is missing{hint}.")
        return PairDetails(
            merchant=given["merchant"],
            shopify_shop=given["shopify_shop"],
            shopify=Tokens(
                given["shopify_token"],
                self._moment(given, "shopify_token_expires"),
                given["shopify_refresh_token"],
            ),
            tiktok_shop_id=given["tiktok_shop_id"],
            tiktok_cipher=given["tiktok_cipher"],
            tiktok_region=given["tiktok_region"],
            tiktok=Tokens(
                given["tiktok_access_token"],
                self._moment(given, "tiktok_access_expires"),
                given["tiktok_refresh_token"],
                self._moment(given, "tiktok_refresh_expires"),
            ),
            shopify_api_key=given["shopify_api_key"],
            shopify_api_secret=given["shopify_api_secret"],
            sync_from=given["sync_from"],
            owner_email=given["owner_email"],
            owner_password=os.environ.get("OWNER_PASSWORD", ""),
            subscribe=not options["no_subscribe"],
        )

    def _moment(self, given: dict[str, str], name: str) -> Any:
        text = given[name]
        if not text:
            return None
        # TikTok Shop has given expiries in the year 2124: ten digits, and not eleven.
        if not re.fullmatch(r"[0-9]{1,10}", text):
            self._refuse(f"--{name.replace('_', '-')} is a time in Unix seconds.")
        return moment(int(text))

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(" ".join(sentence.split()))
        sys.exit(1)


def _summary(pair: ConnectedPair) -> dict[str, Any]:
    return {
        "merchant_id": pair.merchant.pk,
        "shop_id": pair.shop.pk,
        "store_id": pair.store.pk,
        "api_token": pair.api_token,
        "shopify_webhook_url": pair.shopify_webhook_url,
        "tiktok_webhook_url": pair.tiktok_webhook_url,
    }
