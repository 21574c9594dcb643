"""What is wrong now, as the stored rows tell it; for all merchants at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from tiktoksync.alerts.models import AlertKind
from tiktoksync.shops.models import Merchant
from tiktoksync.web_access import zone_of

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause of trouble of one merchant; its words hold no buyer's data."""

    merchant_id: int
    kind: AlertKind
    cause: str
    title: str
    words: str
    address: str
    count: int = 1
    is_urgent: bool = False

    @property
    def key(self) -> Key:
        """What tells it from the merchant's other causes."""
        return self.kind.value, self.cause


def say_count(count: int, one: str, many: str) -> str:
    """A number with its thing: "1 order is", "1,200 orders are"."""
    return f"1 {one}" if count == 1 else f"{count:,} {many}"


def say_moment(moment: datetime, merchant: Merchant) -> str:
    """A moment as the merchant's own clocks show it."""
    local = timezone.localtime(moment, zone_of(merchant))
    return f"{date_format(local, 'D j M, H:i')} {local.tzname()}"
