"""Files that are written piece by piece, so that no process holds all of one."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from datetime import timedelta
from typing import IO

from django.db import transaction
from django.utils import timezone

from tiktoksync.privacy.models import Export, ExportPart, PrivacyRequest

PIECE = 512 * 1024
LASTS = timedelta(days=14)


def keep_export(request: PrivacyRequest, name: str, write: Callable[[IO[bytes]], None]) -> Export:
    """Have a file written, and keep it for a while; a second one replaces the first."""
    with tempfile.TemporaryFile() as file:
        write(file)
        size = file.tell()
        file.seek(io.SEEK_SET)
        with transaction.atomic():
            Export.objects.filter(request=request).delete()
            export = Export.objects.create(
                request=request, name=name, size=size, expires_at=timezone.now() + LASTS
            )
            number = 0
            while piece := file.read(PIECE):
                ExportPart.objects.create(export=export, number=number, content=piece)
                number += 1
    return export


def forget_old_exports() -> int:
    """Delete files whose time is over; returns how many."""
    old = Export.objects.filter(expires_at__lte=timezone.now())
    return old.delete()[1].get("privacy.Export", 0)
