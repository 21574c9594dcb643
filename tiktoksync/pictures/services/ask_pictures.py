"""Pages ask for pictures; what is missing is noted, and fetched by a job."""

from __future__ import annotations

from datetime import timedelta

from tiktoksync.lib.timing import database_now
from tiktoksync.pictures.addresses import key_of
from tiktoksync.pictures.models import Picture

#: How exactly it is known when a picture was shown last: a look costs no write on most days.
NOTED_ONCE_IN = timedelta(days=1)


def ask_picture(url: str) -> Picture:
    """The picture at a platform's address, with its copy or on its way to one."""
    key = key_of(url)
    row = Picture.objects.filter(key=key).first()
    now = database_now()
    if row is None:
        fresh = {"url": url, "asked_at": now, "due_at": now}
        row, _ = Picture.objects.get_or_create(key=key, defaults=fresh)
    elif row.asked_at < now - NOTED_ONCE_IN:
        # An address on TikTok serves for a while only: the newest one is the one to fetch from.
        Picture.objects.filter(pk=row.pk).update(asked_at=now, url=url)
    return row
