"""The lease of a lane: one drainer at a time, and a fence that rises with each new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from tiktoksync.lib.timing import database_now
from tiktoksync.sync.models import LaneLease


class LeaseLost(Exception):
    """Somebody else drains this lane now."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A held lane; `fence` is the number this holder was given."""

    key: str
    fence: int

    def renew(self) -> None:
        """Prolong the lease, inside the caller's transaction; raises LeaseLost."""
        until = database_now() + timedelta(seconds=settings.LEASE_SECONDS)
        if not self._mine().update(held_until=until):
            raise LeaseLost(self.key)

    def release(self) -> None:
        """Let the next one in."""
        self._mine().update(held_until=None)

    def _mine(self) -> QuerySet[LaneLease]:
        return LaneLease.objects.filter(key=self.key, fence=self.fence)


def acquire(key: str) -> Lease | None:
    """Take the lane if nobody holds it; None if somebody does."""
    with transaction.atomic(durable=True):
        now = database_now()
        LaneLease.objects.get_or_create(key=key)
        free = Q(held_until=None) | Q(held_until__lt=now)
        taken = LaneLease.objects.filter(free, key=key).update(
            fence=F("fence") + 1, held_until=now + timedelta(seconds=settings.LEASE_SECONDS)
        )
        if not taken:
            return None
        return Lease(key, LaneLease.objects.values_list("fence", flat=True).get(key=key))
