"""pull_variants: the mirror of one Shopify store's products, variants, stock and places."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from products.models import Product
from products.services import load_products, read_store_hints
from products.services.load_state import Load, Poll, as_text, save_poll
from products.services.pull_catalogue import PUT_OFF_SECONDS, PullCatalogue, is_of_account
from products.services.read_products import Reading, without_known
from tiktoksync.errors import SyncError
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.http import platform_time
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services import budget
from tiktoksync.shops.services.accounts import note_good_poll, note_refused_poll
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import accounts

PRODUCTS_A_CALL = 25


class PullVariants(PullCatalogue):
    """Mirrors one store."""

    stem = "pull_variants"
    account: ShopifyStore
    accounts_model = ShopifyStore
    wanted = "variants_wanted_at"
    done = "variants_read_at"
    mark = "products_watermark"
    owner = "store"

    def keep_pace(self) -> None:
        budget.remember(self.account)

    @classmethod
    def wanted_rows(cls, now: datetime) -> QuerySet[Any]:
        return Product.objects.filter(wanted_at__lte=now)

    def open_reading(self) -> Reading:
        """An empty reading in this store's name."""
        return Reading(self.account, shopify_client(self.account), self.lease)

    def follow_hints(self) -> bool:
        return read_store_hints.follow(self)

    def read_wanted(self) -> bool:
        rows = self.wanted_rows(database_now()).filter(store=self.account).order_by("wanted_at")
        wanted = list(rows.only("pk", "shopify_product_id", "wanted_at")[:PRODUCTS_A_CALL])
        if not wanted:
            return False
        reading = self.open_reading()
        try:
            reading.look_up([row.shopify_product_id for row in wanted if row.shopify_product_id])
        except SyncError as error:
            if is_of_account(error):
                raise
            note_refused_poll(self.account, self.stem, error)
            self._settle(wanted, database_now() + scaled(PUT_OFF_SECONDS))
            return True
        accounts.note_success(self.account)
        with transaction.atomic():
            self.lease.renew()
            # First, so that what is wanted while it is stored stays wanted.
            self._settle(wanted, None)
            self.drained.worked += reading.store_all().variants
            reach("committing")
        note_good_poll(self.account, self.stem)
        return True

    def _settle(self, wanted: list[Product], until: datetime | None) -> None:
        """What was read is no longer wanted, unless it was wanted anew meanwhile."""
        for moment in {row.wanted_at for row in wanted}:
            keys = [row.pk for row in wanted if row.wanted_at == moment]
            Product.objects.filter(pk__in=keys, wanted_at=moment).update(wanted_at=until)

    def load_step(self, load: Load) -> None:
        load_products.go_on(self, load)

    # --- changes ---------------------------------------------------------------------------------

    def poll_step(self) -> None:
        poll = Poll.of(self.account) or self._begin_poll()
        client, since = shopify_client(self.account), datetime.fromisoformat(poll.since)
        page = client.products_page(updated_since=since, after=poll.cursor).data
        accounts.note_success(self.account)
        reading = self.open_reading()
        reading.take(without_known(self.account, page.products))
        more = page.next_cursor if page.next_cursor != poll.cursor else ""
        with transaction.atomic():
            self.lease.renew()
            self.drained.worked += reading.store_all().variants
            if more:
                poll.cursor = more
                save_poll(self.account, poll)
            else:
                self._move_mark(datetime.fromisoformat(poll.upto))
            reach("committing")

    def _begin_poll(self) -> Poll:
        """The window reaches back behind the mark: searches lag behind what was written."""
        now = self.shopify_now()
        mark = self.account.products_watermark or now
        since = mark - timedelta(seconds=settings.POLL_OVERLAP_SECONDS)
        return Poll(since=as_text(since), upto=as_text(now))

    def _move_mark(self, upto: datetime) -> None:
        mark = max(filter(None, [self.account.products_watermark, upto]))
        self.end_poll(products_watermark=mark)

    def shopify_now(self) -> datetime:
        """Shopify's clock."""
        return datetime.fromtimestamp(platform_time(self.account.base_url), UTC)
