"""push_external_ids: Shopify's ids on one shop's listings, so that links can be found again.

An edit replaces the whole list of SKUs, and a SKU that is missing from it is deleted. So the
listing is read first, and every SKU goes back as it was read, with the ids added. Prices and stock
are not sent: TikTok keeps those. Sending the same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from products.models import Listing, ListingSku, ListingTask, Variant
from products.services.link_ids import linked_skus
from products.services.listing_task_flow import ListingTaskFlow, note_told
from products.services.rules import product_rules
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.models import Attempt, SyncStatus

#: An edit is taken in these states; in the others nothing is sold, or TikTok is looking at it.
EDITABLE = ("ACTIVATE", "SELLER_DEACTIVATED")
UNDER_REVIEW = ("PENDING",)
REVIEW_SECONDS = 3600.0
#: What a SKU is made of besides its price and its stock: all of it goes back as it was read.
KEPT = (
    *("id", "seller_sku", "external_sku_id", "sales_attributes", "identifier_code"),
    *("list_price", "external_list_prices", "pre_sale", "sku_weight", "sku_dimensions"),
    "combined_skus",
)
ATTRIBUTE = ("id", "name", "value_id", "value_name")
NOTED, SHOWN = "Shopify's ids are noted on TikTok.", "TikTok shows Shopify's ids already."
BUSY = "under_review"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The ids that a listing is to show: Shopify's product, and its variant for each SKU."""

    product_id: str
    skus: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it: one of `noted`, `shown`, `review`, `closed`."""

    what: str
    status: str = ""


class PushExternalIds(ListingTaskFlow):
    """Note Shopify's ids on TikTok's listings."""

    stem = "push_external_ids"
    kind = ListingTask.Kind.EXTERNAL_IDS

    def plan(self, rows: Sequence[Any], now: datetime) -> list[Task]:
        client = tiktok_client(self.account)
        wanted = self._wanted([row.listing for row in rows])
        tasks = []
        for row in rows:
            ids = wanted.get(row.listing_id)
            if ids is None:
                _leave_out(row, "not_linked", "Nothing of this listing is linked any more.")
            elif product_rules(self.account).external_ids == "never":
                _leave_out(row, "switched_off", "Noting ids is switched off in the settings.")
            elif row.listing.gone_at is not None:
                _leave_out(row, "listing_closed", "The listing is no longer on TikTok.")
            else:
                call = partial(note_ids, client, row.listing.tiktok_product_id, ids)
                tasks.append(Task("note_ids", call, (row,)))
        return tasks

    def record(
        self, rows: Sequence[Any], task: Task, answer: Answer[Any], attempts: dict[int, Attempt]
    ) -> None:
        row, told = rows[0], answer.data
        attempt = attempts[row.pk]
        if told.what == "review":
            _wait(row, attempt)
        elif told.what == "closed":
            words = f"TikTok takes no changes of this listing: its status is {told.status}."
            _leave_out(row, "listing_closed", words, attempt)
        else:
            note_told(row, attempt, NOTED if told.what == "noted" else SHOWN)

    def _wanted(self, listings: Sequence[Listing]) -> dict[int, Wanted]:
        """What each listing is to show, by row; a listing without links is left out."""
        own = ListingSku.objects.filter(listing__in=listings, gone_at=None)
        linked = linked_skus(self.account, list(own.values_list("tiktok_sku_id", flat=True)))
        gids = {one.variant_id for one in linked}
        products = dict(
            Variant.objects.filter(
                store=self.account.store_id, shopify_variant_id__in=gids
            ).values_list("shopify_variant_id", "product__shopify_product_id")
        )
        found: dict[int, Wanted] = {}
        for listing_id in {one.listing_id for one in linked}:
            skus = {
                one.tiktok_sku_id: one.variant_id for one in linked if one.listing_id == listing_id
            }
            parents = {products.get(gid, "") for gid in skus.values()}
            found[listing_id] = Wanted(parents.pop() if len(parents) == 1 else "", skus)
        return found


def note_ids(client: Any, product_id: str, wanted: Wanted) -> Answer[Told]:
    """Read a listing and add the ids that it does not show, with one edit at most.

    TikTok Shop documentation: Get Product, Partial Edit Product.
    """
    answer = client.get_product(product_id)
    body = answer.data
    if _is_under_review(body):
        return Answer(Told("review"), answer.request_id, answer.elapsed)
    if body.get("status") not in EDITABLE:
        told = Told("closed", str(body.get("status") or "unknown"))
        return Answer(told, answer.request_id, answer.elapsed)
    edit = edit_of(body, wanted)
    if not edit:
        return Answer(Told("shown"), answer.request_id, answer.elapsed)
    saved = client.partial_edit_product(product_id, edit)
    return Answer(Told("noted"), saved.request_id, saved.elapsed)


def edit_of(body: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """The edit that adds the missing ids to a product as it was read; empty if none is missing."""
    edit: dict[str, Any] = {}
    if wanted.product_id and body.get("external_product_id") != wanted.product_id:
        edit["external_product_id"] = wanted.product_id
    skus = [dict(sku) for sku in body.get("skus") or []]
    if any(_misses(sku, wanted) for sku in skus):
        edit["skus"] = [_kept(sku, wanted) for sku in skus]
    return edit


def _misses(sku: Mapping[str, Any], wanted: Wanted) -> bool:
    gid = wanted.skus.get(str(sku.get("id")))
    return gid is not None and sku.get("external_sku_id") != gid


def _kept(sku: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """A SKU as it is written: nothing of it is lost, and its id is Shopify's."""
    kept = {name: sku[name] for name in KEPT if sku.get(name)}
    if "sales_attributes" in kept:
        kept["sales_attributes"] = [_attribute(one) for one in kept["sales_attributes"]]
    if gid := wanted.skus.get(str(sku.get("id"))):
        kept["external_sku_id"] = gid
    return kept


def _attribute(read: Mapping[str, Any]) -> dict[str, Any]:
    """A sales attribute as it is written: pictures by their key alone."""
    kept = {name: read[name] for name in ATTRIBUTE if read.get(name)}
    if uri := (read.get("sku_img") or {}).get("uri"):
        kept["sku_img"] = {"uri": uri}
    more = [{"uri": one["uri"]} for one in read.get("supplementary_sku_images") or () if one]
    return {**kept, "supplementary_sku_images": more} if more else kept


def _is_under_review(body: Mapping[str, Any]) -> bool:
    """There is a second version: an edit would be made of that one, and could undo it."""
    audit = (body.get("audit") or {}).get("status")
    return body.get("status") in UNDER_REVIEW or audit == "AUDITING" or bool(body.get("has_draft"))


def _wait(row: ListingTask, attempt: Attempt) -> None:
    statuses.move(
        row,
        SyncStatus.PENDING,
        attempt=attempt,
        reason="TikTok is reviewing this listing; its ids are noted afterwards.",
        next_attempt_at=database_now() + scaled(REVIEW_SECONDS),
        wait_reason=BUSY,
    )


def _leave_out(row: ListingTask, code: str, words: str, attempt: Attempt | None = None) -> None:
    statuses.move(row, SyncStatus.SKIPPED, skip_reason=code, reason=words, attempt=attempt)
