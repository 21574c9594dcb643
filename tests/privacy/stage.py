"""What the addresses of the privacy page name, for tests that walk every route."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.factories import Pair
from tiktoksync.privacy.models import Export, ExportPart, PrivacyRequest


def known_privacy(pair: Pair) -> dict[str, Any]:
    """A file that can be fetched."""
    request = PrivacyRequest.objects.create(
        kind="export", merchant=pair.merchant, due_at=None, done_at=timezone.now()
    )
    export = Export.objects.create(
        request=request, name="data.zip", size=4, expires_at=timezone.now() + timedelta(days=1)
    )
    ExportPart.objects.create(export=export, number=0, content=b"data")
    return {"export_id": export.pk}
