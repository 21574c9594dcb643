"""Keys of authenticator apps and recovery codes, encrypted with the newest key of TOKEN_KEYS."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from tiktoksync.lib.secrets import UnreadableSecret, seal, unseal
from tiktoksync.shops.services.tokens import Rotation, is_current

SEALED = ("secret", "seed")


def rotate_factors(done: Rotation) -> None:
    """Encrypt them anew, one by one; the counts go to `done`."""
    rows = Authenticator.objects.filter(type__in=["totp", "recovery_codes"])
    for row_id in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            row = rows.select_for_update().filter(pk=row_id).first()
            if row is not None and _rotate(row, done):
                row.save(update_fields=["data"])


def _rotate(row: Authenticator, done: Rotation) -> bool:
    has_changed = False
    for name in SEALED:
        sealed = row.data.get(name)
        if not sealed:
            continue
        if is_current(sealed):
            done.current += 1
            continue
        try:
            row.data[name] = seal(unseal(sealed))
        except UnreadableSecret:
            done.unreadable += 1
            continue
        done.rotated += 1
        has_changed = True
    return has_changed
