"""Fetching what pages asked for: without a token, from public addresses, a small copy kept."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.db.models import F, QuerySet

from tiktoksync.errors import PermanentError, SyncError
from tiktoksync.lib.aside import run_aside
from tiktoksync.lib.download import download_file
from tiktoksync.lib.timing import database_now
from tiktoksync.pictures.addresses import may_be_fetched
from tiktoksync.pictures.models import Picture
from tiktoksync.pictures.shrink import SIDE, NotAPicture, shrink

log = structlog.get_logger(__name__)

MAX_BYTES = 10 * 2**20
READ_SECONDS = 15.0
AT_ONCE = 4
#: Enough for a page of products; the next turn takes the rest.
MOST_A_TURN = 200
LEASE = timedelta(minutes=2)
#: After a try that may go better the next time; and after one that will not for a while.
DELAYS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
REST = timedelta(days=1)
#: What no page showed for so long is not tried any more, until one does.
SHOWN_WITHIN = timedelta(days=2)
KEPT = timedelta(days=60)
PRUNE_BATCH = 500


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of reading a picture: a copy, or why there is none and whether that may pass."""

    copy: bytes = b""
    problem: str = ""
    may_pass: bool = False


def fetch_aside() -> None:
    """Fetch what is due, unless there is nothing or that goes on already."""
    if _due(database_now()).exists():
        run_aside("pictures", fetch_pictures)


def fetch_pictures(limit: int = MOST_A_TURN) -> int:
    """Fetch what is due, latest asked first; returns how many copies were made."""
    done = tried = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="picture") as pool:
        while tried < limit and (rows := _claim(min(AT_ONCE * 2, limit - tried))):
            for row, fetched in zip(rows, pool.map(_read, rows), strict=True):
                _keep(row, fetched)
                done += bool(fetched.copy)
            tried += len(rows)
    if tried:
        log.info("pictures fetched", done=done, failed=tried - done)
    return done


def forget_unseen() -> int:
    """Delete copies that no page showed for a long time; returns how many."""
    old = Picture.objects.filter(asked_at__lt=database_now() - KEPT)
    gone = 0
    while keys := list(old.values_list("pk", flat=True)[:PRUNE_BATCH]):
        gone += Picture.objects.filter(pk__in=keys).delete()[0]
    return gone


def _due(now: datetime) -> QuerySet[Picture]:
    return Picture.objects.filter(due_at__lte=now, asked_at__gte=now - SHOWN_WITHIN)


def _claim(count: int) -> Sequence[Picture]:
    now = database_now()
    due = _due(now)
    mine = []
    for row in due.order_by("-asked_at", "pk").defer("content")[:count]:
        if due.filter(pk=row.pk, tries=row.tries).update(due_at=now + LEASE, tries=F("tries") + 1):
            row.tries += 1
            mine.append(row)
    return mine


def _read(row: Picture) -> Fetched:
    """Runs in a pool thread: no database here."""
    if not may_be_fetched(row.url):
        return Fetched(problem="Its address may not be asked.")
    try:
        file = download_file(_small(row.url), max_bytes=MAX_BYTES, deadline=READ_SECONDS)
        return Fetched(shrink(file.content))
    except (PermanentError, NotAPicture) as error:
        return Fetched(problem=_words(error))
    except SyncError as error:
        return Fetched(problem=_words(error), may_pass=True)


def _words(error: SyncError | NotAPicture) -> str:
    return error.message if isinstance(error, SyncError) else str(error)


def _small(url: str) -> str:
    """Shopify's CDN sends a picture in the size it is asked for."""
    if urlsplit(url).hostname != "cdn.shopify.com":
        return url
    return f"{url}{'&' if '?' in url else '?'}width={SIDE * 2}"


def _keep(row: Picture, fetched: Fetched) -> None:
    now = database_now()
    mine = Picture.objects.filter(pk=row.pk, tries=row.tries)
    if fetched.copy:
        mine.update(content=fetched.copy, fetched_at=now, due_at=None, problem="", tries=0)
    else:
        mine.update(problem=fetched.problem[:200], due_at=_next(row, fetched, now))


def _next(row: Picture, fetched: Fetched, now: datetime) -> datetime:
    may_be_soon = fetched.may_pass and row.tries <= len(DELAYS)
    return now + (DELAYS[row.tries - 1] if may_be_soon else REST)
