"""The two steps of a run of this kind: the preview, and the work."""

from __future__ import annotations

from tiktoksync.runs.models import Run
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.leases import Lease


def prepare_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Sort what the wish means, a piece at a time; the last piece makes the run ready."""
    raise NotImplementedError


def work_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Hand over what is ready, watch what is under way, end the run when all is settled."""
    raise NotImplementedError
