"""What a run has to do with its uploads: hands products over to be sent, and watches them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from products.models import ImageSource, Product, ProductUpload
from products.services.upload_reading import gone_listings
from products.upload_words import issue
from tiktoksync.failures import TIKTOK, advice_on, join_advice
from tiktoksync.lib import queue
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus

State = RunItem.State
FOLLOWED_AT_ONCE = 500
CANCELLED, LISTED = "run_cancelled", "already_listed"
ITEM_COLUMNS = ("state", "cause", "words", "facts", "updated_at")
UNDER_WAY = (SyncStatus.PENDING, SyncStatus.SENDING)
RESTS = (
    "TikTok takes no more new products of this shop for now. The rest is sent by itself; it is "
    "tried again at {:%H:%M} UTC."
)


def hand_over(run: Run, shop: TikTokShop, batch: Sequence[RunItem]) -> None:
    """Have the products of these items sent, unless the run was ended meanwhile."""
    with transaction.atomic():
        going = Run.objects.select_for_update(no_key=True).filter(
            pk=run.pk, status=Run.Status.RUNNING
        )
        if not going:
            return
        products = _products(shop, batch)
        uploads = _uploads(shop, products.values())
        gone = gone_listings(shop, [one.tiktok_product_id for one in uploads.values()])
        _forget_problems(shop, products.values())
        for item in batch:
            product = products.get(item.remote_id)
            if product is None:
                _settle(item, State.SKIPPED, "gone", "The product is no longer in Shopify.")
            else:
                _send(run, shop, item, product, uploads.get(product.pk), gone)
        _save(batch)
        queue.wake("upload_products", shop.pk)
        reach("committing")


def _products(shop: TikTokShop, batch: Sequence[RunItem]) -> dict[str, Product]:
    ids = [item.remote_id for item in batch]
    rows = Product.objects.filter(store=shop.store_id, shopify_product_id__in=ids, gone_at=None)
    return {row.shopify_product_id: row for row in rows}


def _uploads(shop: TikTokShop, products: Iterable[Product]) -> dict[int, ProductUpload]:
    keys = [product.pk for product in products]
    rows = ProductUpload.objects.filter(shop=shop, product__in=keys).order_by("pk")
    return {row.product_id: row for row in rows.select_for_update(of=("self",), no_key=True)}


def _forget_problems(shop: TikTokShop, products: Iterable[Product]) -> None:
    """Pictures that could not be used are tried again: somebody may have mended them."""
    urls = {str(image.get("url") or "") for product in products for image in product.images}
    ImageSource.objects.filter(shop=shop, url__in=urls).exclude(problem="").delete()


def _send(
    run: Run,
    shop: TikTokShop,
    item: RunItem,
    product: Product,
    upload: ProductUpload | None,
    gone: set[str],
) -> None:
    if upload is not None and upload.sync_status == SyncStatus.SYNCED:
        if upload.tiktok_product_id not in gone:
            words = issue("already_listed", what=f"listing {upload.tiktok_product_id}")["words"]
            _settle(item, State.SKIPPED, LISTED, words)
            return
        upload.delete()  # listed once, and taken off TikTok since: it begins anew, with a new key
        upload = None
    columns = {
        "run": run,
        "template_id": item.facts.get("template_id"),
        "category_id": item.facts.get("category_id") or "",
        "category_name": item.facts.get("category") or "",
        "issues": [],
    }
    if upload is None:
        upload = ProductUpload(shop=shop, product=product)
        statuses.begin(upload, SyncStatus.PENDING, **columns)
        upload.save(force_insert=True)
    elif upload.sync_status in UNDER_WAY:
        ProductUpload.objects.filter(pk=upload.pk).update(run=run)
    else:
        statuses.move(upload, SyncStatus.PENDING, tries=0, looked_at=None, **columns)
    item.state = State.WORKING


# --- watching ------------------------------------------------------------------------------------


def follow(run: Run, shop: TikTokShop) -> None:
    """Note what became of products that are no longer under way."""
    working = run.items.filter(state=State.WORKING)
    settled = (
        ProductUpload.objects.filter(
            shop=shop, product__shopify_product_id__in=working.values("remote_id")
        )
        .exclude(sync_status__in=UNDER_WAY)
        .select_related("product")
    )
    uploads = {row.product.shopify_product_id: row for row in settled[:FOLLOWED_AT_ONCE]}
    items = list(working.filter(remote_id__in=uploads))
    for item in items:
        _note(item, uploads[item.remote_id])
    _save(items)


def give_back(upload: ProductUpload) -> None:
    """A product of a cancelled run is not sent; its item waits, should the run be retried."""
    statuses.move(
        upload, SyncStatus.SKIPPED, skip_reason=CANCELLED, reason="Its run was cancelled."
    )
    RunItem.objects.filter(
        run=upload.run_id, remote_id=upload.product.shopify_product_id, state=State.WORKING
    ).update(state=State.WAITING, updated_at=database_now())


def tell(run: Run, resting_until: datetime | None) -> None:
    """Have the run say that TikTok takes no more for now, or no longer say so."""
    words = RESTS.format(resting_until) if resting_until else ""
    if run.message != words:
        Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(message=words)
        run.message = words


def _note(item: RunItem, upload: ProductUpload) -> None:
    if upload.sync_status == SyncStatus.SYNCED:
        words = f"Listing {upload.tiktok_product_id}"
        if upload.was_found:
            _settle(item, State.DONE, "adopted", f"{words} was on TikTok already: it is linked.")
        else:
            _settle(item, State.DONE, "uploaded", f"{words}: taken by TikTok, under review.")
        item.facts = {
            **item.facts,
            "tiktok_product_id": upload.tiktok_product_id,
            "warnings": upload.warnings,
        }
    elif upload.sync_status == SyncStatus.FAILED:
        cause = upload.failure_code or upload.failure_kind
        advice = advice_on(TIKTOK, upload.failure_code, upload.failure_reason)
        _settle(item, State.FAILED, cause, join_advice(upload.failure_reason, advice))
        own = {"code": cause, "words": upload.failure_reason, "fix": advice}
        item.facts = {**item.facts, "issues": upload.issues or [own]}
    elif upload.skip_reason == CANCELLED:
        item.state = State.WAITING
    else:
        _settle(item, State.SKIPPED, upload.skip_reason or "not_sent", "")
        item.words = " ".join(one["words"] for one in upload.issues)


def _settle(item: RunItem, state: str, cause: str, words: str) -> None:
    item.state, item.cause, item.words = state, str(cause)[:64], words


def _save(items: Iterable[RunItem]) -> None:
    now, rows = database_now(), list(items)
    for item in rows:
        item.updated_at = now
    RunItem.objects.bulk_update(rows, ITEM_COLUMNS)
