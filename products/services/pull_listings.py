"""pull_listings: the mirror of one TikTok shop's products, SKUs and warehouses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from products.models import Listing
from products.services import load_listings
from products.services.load_state import Load, Poll, save_poll
from products.services.pull_catalogue import HINTS_A_STEP, PUT_OFF_SECONDS, PullCatalogue
from products.services.read_listings import Details, details_a_step, read_details
from products.services.store_listings import store_listings
from tiktoksync.errors import SyncError
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.http import platform_time
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.accounts import note_good_poll, note_refused_poll
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import accounts
from tiktoksync.webhooks.inbox import mark_ignored, mark_used, waiting_hints
from tiktoksync.webhooks.models import Delivery

#: More changes than that are read as a whole: TikTok pages no further than 10,000.
MOST_CHANGES = 9_000


class PullListings(PullCatalogue):
    """Mirrors one shop."""

    stem = "pull_listings"
    account: TikTokShop
    accounts_model = TikTokShop
    wanted = "listings_wanted_at"
    done = "listings_read_at"
    mark = "listings_watermark"
    owner = "shop"

    @classmethod
    def wanted_rows(cls, now: datetime) -> QuerySet[Any]:
        return Listing.objects.filter(detail_wanted_at__lte=now)

    # --- one by one ------------------------------------------------------------------------------

    def follow_hints(self) -> bool:
        hints = waiting_hints(self.stem).filter(shop=self.account).defer("body").order_by("pk")
        named: dict[str, list[Delivery]] = defaultdict(list)
        for hint in hints[:HINTS_A_STEP]:
            named[hint.resource_id].append(hint)
        ids = list(named)[: details_a_step()]
        if not ids:
            return False
        details = self._read(ids)
        about = {one: named[one] for one in ids}
        with transaction.atomic():
            self.lease.renew()
            self.drained.worked += details.store_all()
            mark_used(hint for one in details.settled for hint in about[one])
            for one, error in details.refused.items():
                mark_ignored(about[one], error.message)
            reach("committing")
        self._tell(details)
        return True

    def read_wanted(self) -> bool:
        rows = self.wanted_rows(database_now()).filter(shop=self.account)
        rows = rows.order_by("detail_wanted_at", "pk").values_list("tiktok_product_id", flat=True)
        ids = list(rows[: details_a_step()])
        if not ids:
            return False
        details = self._read(ids)
        with transaction.atomic():
            self.lease.renew()
            self.drained.worked += details.store_all()
            self._put_off(details.refused)
            reach("committing")
        self._tell(details)
        return True

    def _read(self, ids: Sequence[str]) -> Details:
        details = read_details(self.account, tiktok_client(self.account), ids)
        if details.settled:
            accounts.note_success(self.account)
        return details

    def _put_off(self, refused: dict[str, SyncError]) -> None:
        later = database_now() + scaled(PUT_OFF_SECONDS)
        rows = Listing.objects.filter(shop=self.account, tiktok_product_id__in=refused)
        rows.update(detail_wanted_at=later)

    def _tell(self, details: Details) -> None:
        """What was read is stored by now; what hinders all of it ends the drain."""
        for error in details.refused.values():
            note_refused_poll(self.account, self.stem, error)
        if details.trouble is not None:
            raise details.trouble
        if not details.refused:
            note_good_poll(self.account, self.stem)

    # --- all of them -----------------------------------------------------------------------------

    def load_step(self, load: Load) -> None:
        load_listings.go_on(self, load)

    def poll_step(self) -> None:
        poll = Poll.of(self.account) or self._begin_poll()
        client = tiktok_client(self.account)
        page = client.search_products(page_token=poll.cursor, update_time_ge=int(poll.since)).data
        accounts.note_success(self.account)
        is_too_much = (page.total_count or 0) > MOST_CHANGES
        more = page.next_page_token if page.next_page_token != poll.cursor else ""
        with transaction.atomic():
            self.lease.renew()
            self.drained.worked += store_listings(self.account, page.products).skus
            if is_too_much:
                self._mine().filter(listings_wanted_at=None).update(
                    listings_wanted_at=database_now()
                )
            if more and not is_too_much:
                poll.cursor = more
                save_poll(self.account, poll)
            else:
                mark = max(self.account.listings_watermark or 0, int(poll.upto))
                self.end_poll(listings_watermark=mark)
            reach("committing")

    def _begin_poll(self) -> Poll:
        """The window reaches back behind the mark: searches lag behind what was written."""
        now = self.tiktok_now()
        mark = self.account.listings_watermark or now
        return Poll(since=str(max(0, mark - int(settings.POLL_OVERLAP_SECONDS))), upto=str(now))

    def tiktok_now(self) -> int:
        """TikTok's clock, in its seconds."""
        return int(platform_time(settings.TIKTOK_API_URL))
