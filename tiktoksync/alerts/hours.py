"""When a letter may go out, on the clocks of the merchant's time zone. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def is_quiet(moment: time, start: time | None, end: time | None) -> bool:
    """Whether a time of day lies in the quiet hours, which may pass midnight."""
    if start is None or end is None or start == end:
        return False
    if start < end:
        return start <= moment < end
    return moment >= start or moment < end


def first_loud(moment: datetime, zone: ZoneInfo, start: time | None, end: time | None) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into."""
    local = moment.astimezone(zone)
    if end is None or not is_quiet(local.time(), start, end):
        return moment
    day = local.date() if local.time() < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, zone).astimezone(UTC)


def digest_day(now: datetime, zone: ZoneInfo, hour: int, last: date | None) -> date | None:
    """The day whose digest is due; None before its hour, or once it was written.

    Days are told apart by their date alone, so an hour that a change of the clocks leaves out or
    repeats is neither missed nor told twice.
    """
    local = now.astimezone(zone)
    if local.hour < hour or (last is not None and last >= local.date()):
        return None
    return local.date()
