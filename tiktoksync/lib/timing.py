"""Waiting times. TIME_SCALE shortens all of them alike, for tests and rehearsals."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone


def scaled_seconds(seconds: float) -> float:
    """A waiting time in seconds, after TIME_SCALE."""
    return seconds * float(settings.TIME_SCALE)


def scaled(seconds: float) -> timedelta:
    """A waiting time as a timedelta, after TIME_SCALE."""
    return timedelta(seconds=scaled_seconds(seconds))


def database_now() -> datetime:
    """The database's clock: the one clock that all workers share."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]  # type: ignore[no-any-return]
    return timezone.now()  # SQLite runs in this very process: its clock is ours
