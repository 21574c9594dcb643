"""The two steps of an import run: the preview, and the work.

The preview writes nothing on either platform. A step is stored as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from products.import_words import cause_words, issues_of
from products.models import Listing
from products.selection import select_listings
from products.services.import_hand_over import follow_items, hand_over
from products.services.import_sorting import Sorted, sort_listings
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.leases import Lease

State = RunItem.State
PREVIEWED_AT_ONCE = 25
BATCH = 20
FOLLOW_SECONDS = 2.0


def prepare_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Sort the next listings; the last ones make the run ready.

    Raises product_runs.Waits while one of the two accounts has to rest.
    """
    cursor = {"after": 0, **run.cursor}
    wanted = select_listings(shop, run.wish)
    listings = list(wanted.filter(pk__gt=cursor["after"]).order_by("pk")[:PREVIEWED_AT_ONCE])
    if "expected" not in cursor:
        cursor["expected"] = wanted.count()
    items = _items(run, listings, sort_listings(run, shop, listings, lease))
    if listings:
        cursor["after"] = listings[-1].pk
    with transaction.atomic():
        if runs.end_step(run, database_now(), cursor):
            runs.add_items(run, items)
            runs.count_items(run)
            if len(listings) < PREVIEWED_AT_ONCE:
                runs.make_ready(run, "")
        reach("committing")


def work_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Hand over the next batch, see how the others do, and end the run when none is left."""
    waiting = run.items.filter(state=State.WAITING).order_by("position", "pk")
    batch = list(waiting[:BATCH])
    if batch:
        hand_over(run, shop, batch, lease)
    follow_items(run, shop)
    runs.count_items(run)
    if not run.left:
        runs.finish_run(run, "Every listing has its outcome.")
        return
    more = waiting.exists()
    runs.end_step(run, database_now() + scaled(0 if more else FOLLOW_SECONDS))


def _items(run: Run, listings: Sequence[Listing], rows: Sequence[Sorted]) -> list[RunItem]:
    found = {one.listing.pk: one for one in rows}
    return [_item(run, found[listing.pk]) for listing in listings if listing.pk in found]


def _item(run: Run, one: Sorted) -> RunItem:
    issues = issues_of(one.verdict)
    return RunItem(
        run=run,
        remote_id=one.listing.tiktok_product_id,
        position=one.listing.pk,
        state=State.WAITING if one.verdict.is_to_do else State.SKIPPED,
        cause=one.verdict.cause,
        words=issues[0]["words"] if issues else cause_words(one.verdict.cause),
        title=(one.facts.title or one.listing.tiktok_product_id)[:255],
        facts={"issues": issues, "skus": len(one.facts.skus)},
    )
