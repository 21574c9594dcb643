"""`manage.py rebuild_links`: the links between both catalogues, found again from the platforms."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from products.services.link_runs import are_read
from products.services.rebuild_links import Rebuilt, rebuild_links
from tiktoksync.errors import SyncError
from tiktoksync.lib.timing import database_now
from tiktoksync.management.flow_command import drain_all, raise_first
from tiktoksync.shops.models import ShopifyStore, TikTokShop

NOT_READ = "the catalogues of {} were not read yet: run `manage.py rebuild_links --read`"


class Command(BaseCommand):
    help = "Link TikTok SKUs and Shopify variants again, from what the platforms keep."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shop", action="append", help="only this TikTok shop (its id)")
        parser.add_argument("--read", action="store_true", help="read both catalogues first")
        parser.add_argument("--dry-run", action="store_true", help="count, and store nothing")
        parser.add_argument(
            "--no-imports",
            action="store_true",
            help="do not ask Shopify which products were imported (a call for each listing)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        shops = find_shops(options["shop"])
        if options["read"]:
            read_catalogues(shops)
        if unread := [str(shop) for shop in shops if not are_read(shop)]:
            raise CommandError(NOT_READ.format(", ".join(unread)))
        total, dry_run = Rebuilt(), options["dry_run"]
        for shop in shops:
            try:
                ask = not options["no_imports"]
                total.add(rebuild_links(shop, dry_run=dry_run, ask_shopify=ask))
            except SyncError as error:
                raise CommandError(f"{shop}: {error.message}") from error
        self.stdout.write(json.dumps({"shops": len(shops), "dry_run": dry_run, **asdict(total)}))


def find_shops(ids: list[str] | None) -> list[TikTokShop]:
    """The named shops, else all of them; raises CommandError for one that is not there."""
    shops = TikTokShop.objects.select_related("store").order_by("pk")
    found = list(shops.filter(shop_id__in=ids) if ids else shops)
    if missing := sorted(set(ids or ()) - {shop.shop_id for shop in found}):
        raise CommandError(f"there is no TikTok shop {', '.join(missing)}")
    return found


def read_catalogues(shops: list[TikTokShop]) -> None:
    """Read both catalogues of these shops whole, in this process."""
    now = database_now()
    stores = {shop.store_id for shop in shops}
    keys = [shop.pk for shop in shops]
    ShopifyStore.objects.filter(pk__in=stores).update(variants_wanted_at=now)
    TikTokShop.objects.filter(pk__in=keys).update(listings_wanted_at=now)
    for stem, accounts in (("pull_variants", sorted(stores)), ("pull_listings", keys)):
        raise_first(drain_all(stem, accounts).bugs)
