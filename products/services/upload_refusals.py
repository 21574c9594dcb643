"""What becomes of an upload that TikTok refuses: it waits, looks first, mends itself, or stops."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from products.models import ProductUpload, UploadedImage
from products.services.upload_images import note_problem
from tiktoksync.errors import OutcomeUnknown, PermanentError, RetryableError, SyncError
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Attempt, SyncStatus
from tiktoksync.sync.settling import (
    concerns_account,
    look_after_refusal,
    next_try,
    settle_error,
)

#: The seller's daily limit of new products, and of requests about them.
QUOTA = frozenset({"12052093", "12052109"})
#: The external id is in use: by the very product, as a rule.
TAKEN = frozenset({"12052996"})
#: TikTok has forgotten a picture that it was sent.
IMAGES_LOST = frozenset({"12052722"})
#: TikTok's day is not known here: it is tried again from time to time.
QUOTA_SECONDS = 3600.0
TAKEN_ONCE, IMAGES_SENT_AGAIN = "taken", "images_again"


def settle_create(
    row: ProductUpload,
    body: Mapping[str, Any],
    error: SyncError,
    attempt: Attempt,
    paused_until: datetime | None,
) -> None:
    """TikTok did not take the product."""
    if error.code in QUOTA:
        _rest(row, error, attempt)
    elif error.code in TAKEN and not _was_looked_after(row, attempt):
        look_after_refusal(row, error, attempt)
    elif error.code in IMAGES_LOST and row.tries < 2:
        _send_images_again(row, body, error, attempt)
    else:
        settle_error(row, error, attempt, paused_until)
        if isinstance(error, PermanentError) and getattr(error, "field", "") == "category_id":
            # What was recommended once is not taken: it is asked for anew.
            ProductUpload.objects.filter(pk=row.pk).update(category_id="", category_name="")


def settle_image(
    row: ProductUpload,
    url: str,
    error: SyncError,
    attempt: Attempt,
    paused_until: datetime | None,
) -> None:
    """TikTok did not take a picture. An unused one has no effect: it is simply sent again."""
    if isinstance(error, PermanentError) and not concerns_account(error):
        note_problem(row.shop, url, error.message)
        _again(row, error, attempt, tries=0)
    elif isinstance(error, OutcomeUnknown):
        tries = row.tries + 1
        _again(row, error, attempt, tries=tries, next_attempt_at=next_try(tries, paused_until))
    else:
        settle_error(row, error, attempt, paused_until)


def _rest(row: ProductUpload, error: SyncError, attempt: Attempt) -> None:
    """The shop's daily limit is used up: every product of it waits, and nothing is lost."""
    wait = scaled(QUOTA_SECONDS)
    if isinstance(error, RetryableError) and error.retry_after:
        wait = timedelta(seconds=error.retry_after)
    until = database_now() + wait
    TikTokShop.objects.filter(pk=row.shop_id).update(uploads_refused_until=until)
    row.shop.uploads_refused_until = until
    _again(row, error, attempt, tries=0, next_attempt_at=until, wait_reason="upload_quota")


def _was_looked_after(row: ProductUpload, attempt: Attempt) -> bool:
    """Whether this very refusal led to a look before."""
    before = Attempt.objects.filter(
        subject=ProductUpload._meta.label_lower,
        subject_id=row.pk,
        step=attempt.step,
        code__in=TAKEN,
        number__lt=attempt.number,
    )
    return before.exists()


def _send_images_again(
    row: ProductUpload, body: Mapping[str, Any], error: SyncError, attempt: Attempt
) -> None:
    uris = [str(one["uri"]) for one in body["main_images"]]
    for sku in body["skus"]:
        for one in sku.get("sales_attributes", ()):
            uris.append(str(one.get("sku_img", {}).get("uri", "")))
    UploadedImage.objects.filter(shop=row.shop_id, uri__in=uris).delete()
    _again(row, error, attempt, tries=row.tries + 1)


def _again(
    row: ProductUpload, error: SyncError, attempt: Attempt, *, tries: int, **columns: Any
) -> None:
    statuses.move(
        row,
        SyncStatus.PENDING,
        attempt=attempt,
        reason=error.message,
        request_id=error.request_id,
        tries=tries,
        in_doubt_since=None,
        **columns,
    )
