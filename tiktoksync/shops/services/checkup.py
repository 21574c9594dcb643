"""What `doctor` looks at: each part of the installation, in plain words."""

from __future__ import annotations

import time
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from tiktoksync.health import LEAST_LAG_SECONDS, MISSED_POLLS, poll_lag_seconds
from tiktoksync.lib import queue
from tiktoksync.lib.http import platform_time
from tiktoksync.lib.timing import scaled_seconds
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.checkup_accounts import check_accounts
from tiktoksync.shops.services.checkup_apps import check_apps
from tiktoksync.shops.services.findings import Finding
from tiktoksync.shops.services.tokens import count_unreadable_secrets
from tiktoksync.support.services.keep_catalogue import keep_catalogue

#: TikTok Shop refuses requests dated more than this ahead of its clock.
TOLERATED_SKEW_SECONDS = 30.0


def check_everything() -> Iterator[Finding]:
    """Look at the installation, then at each connection; every finding comes as it is made."""
    yield from check_configuration()
    yield check_debug()
    yield check_public_address()
    database = list(check_database())
    yield from database
    yield from check_queue()
    if not all(finding.is_good for finding in database):
        return
    yield check_catalogue()
    yield from check_polls()
    yield from check_apps()
    yield from check_accounts()
    if TikTokShop.objects.exists():
        yield from check_clock()


def check_configuration() -> Iterator[Finding]:
    """Django's system checks, ours among them."""
    found = [message for message in checks.run_checks() if message.level >= checks.WARNING]
    for message in found:
        yield Finding("Configuration", False, str(message.msg))
    if not found:
        yield Finding("Configuration", True, "complete")


def check_debug() -> Finding:
    """Error pages with the application's insides are for its developers alone."""
    if settings.DEBUG and not settings.ON_LOOPBACK:
        return Finding("DEBUG", False, "is on where everybody can see it", "set DEBUG=off")
    return Finding("DEBUG", True, "on, for this machine alone" if settings.DEBUG else "off")


def check_public_address() -> Finding:
    """Whether the platforms can post webhooks to PUBLIC_URL."""
    url = settings.PUBLIC_URL
    if settings.ON_LOOPBACK:
        return Finding("PUBLIC_URL", True, f"{url} is this machine: for a sandbox only")
    if not settings.HTTPS:
        to_do = "put TLS in front and name that address"
        return Finding("PUBLIC_URL", False, f"{url} must begin with https://", to_do)
    if urlsplit(url).port is not None or _is_address(settings.PUBLIC_HOST):
        to_do = "give the machine a name, on the usual port"
        return Finding("PUBLIC_URL", False, f"{url}: TikTok needs a name, without a port", to_do)
    if not any(host in ("*", settings.PUBLIC_HOST) for host in settings.ALLOWED_HOSTS):
        words = f"{url} is not answered by this installation"
        return Finding("PUBLIC_URL", False, words, f"add {settings.PUBLIC_HOST} to ALLOWED_HOSTS")
    return Finding("PUBLIC_URL", True, url)


def check_database() -> Iterator[Finding]:
    """It answers, its tables are up to date, its secrets can be read."""
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if missing:
            yield Finding("Database", False, f"{missing} migrations are missing", "run migrate")
            return
        unreadable = count_unreadable_secrets()
    except (DatabaseError, ImproperlyConfigured) as error:
        words = f"does not answer ({type(error).__name__})"
        yield Finding("Database", False, words, "check DATABASE_URL and start its server")
        return
    yield Finding("Database", True, f"{connection.vendor} answers, its tables are up to date")
    if unreadable:
        words = f"{unreadable} secrets open with none of TOKEN_KEYS"
        yield Finding("Secrets", False, words, "add the key they had")
    else:
        yield Finding("Secrets", True, "every stored one can be read")


def check_queue() -> Iterator[Finding]:
    """Whether jobs can be handed over, and whether anybody takes them."""
    if not queue.ping():
        to_do = "check REDIS_URL, or start runstack"
        yield Finding("Queue", False, "does not answer", to_do)
        return
    yield Finding("Queue", True, "answers")
    idle = [name for name in settings.RQ_QUEUES if not queue.count_workers(name)]
    if idle:
        to_do = "start runstack, or manage.py rqworker with that name"
        yield Finding("Workers", False, f"none takes the jobs of {' and '.join(idle)}", to_do)
    else:
        yield Finding("Workers", True, "running")


def check_catalogue() -> Finding:
    """Staff can give every failure its words; lines that a new version brought are made now."""
    made = keep_catalogue()
    words = f"{made} line{'' if made == 1 else 's'} added" if made else "every failure has its line"
    return Finding("Failure catalogue", True, words)


def check_polls() -> Iterator[Finding]:
    """The timetable's work is seen by what it leaves: no shop waits long for its poll."""
    lag = poll_lag_seconds(timezone.now())
    if lag is None:
        return
    if lag <= max(MISSED_POLLS * scaled_seconds(settings.POLL_SECONDS), LEAST_LAG_SECONDS):
        yield Finding("Polls", True, "on time")
    else:
        words = f"the last poll of a shop is {lag / 60:.0f} minutes old"
        yield Finding("Polls", False, words, "start runstack, or manage.py cron and the workers")


def check_clock() -> Iterator[Finding]:
    """This machine's clock against those of the platforms that answered just now."""
    skew = platform_time(settings.TIKTOK_API_URL) - time.time()
    if abs(skew) <= TOLERATED_SKEW_SECONDS:
        yield Finding("Clock", True, "agrees with TikTok's")
    else:
        side = "behind" if skew > 0 else "ahead of"
        words = f"{abs(skew):.0f} s {side} TikTok's"
        yield Finding("Clock", False, words, "set this machine's clock by NTP")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
