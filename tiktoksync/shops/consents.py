"""When an account's consent ends, and from when on its merchant is told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: Days before the end at which a merchant is told, once each.
THRESHOLDS = (30, 14, 7, 1)
#: From here on there is no time to lose.
URGENT_DAYS = 7
#: Where each renewal moves the end, nobody has to do anything while renewals succeed.
RENEWS_BY_ITSELF = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Consent:
    """What is known of one account's consent; `moves` says that renewals prolong it."""

    ends_at: datetime | None
    moves: bool = False
    renewed_at: datetime | None = None


def threshold_of(consent: Consent, now: datetime) -> int | None:
    """The nearest of the thresholds that has been reached; None while there is nothing to tell."""
    if consent.ends_at is None:
        return None
    renewed = consent.renewed_at
    if consent.moves and renewed is not None and now - renewed < RENEWS_BY_ITSELF:
        return None
    left = consent.ends_at - now
    reached = [days for days in THRESHOLDS if left <= timedelta(days=days)]
    return min(reached, default=None)


def is_urgent(ends_at: datetime, now: datetime) -> bool:
    """Whether a week or less is left."""
    return ends_at - now <= timedelta(days=URGENT_DAYS)


def end_in_words(platform: str, name: str, ends_at: datetime, now: datetime) -> str:
    """The sentence of the banner; `ends_at` is in the reader's time zone."""
    day = f"{ends_at.day} {ends_at:%B %Y}"
    left = (ends_at - now).days
    if left < 0:
        return f"{platform}'s consent for {name} ended on {day}. Orders wait until it is renewed."
    if left == 0:
        return (
            f"{platform}'s consent for {name} ends within a day, on {day}. "
            "After that its orders stop."
        )
    days = "1 day" if left == 1 else f"{left} days"
    rest = "Renew it now" if is_urgent(ends_at, now) else "Renew it before then"
    return f"{platform}'s consent for {name} ends in {days}, on {day}. {rest}, or its orders stop."
