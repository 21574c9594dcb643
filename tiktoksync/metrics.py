"""Figures for Prometheus, in its text format: for the machine itself or for who knows the token."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from secrets import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, DateTimeField, Min
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orders.models import Order
from tiktoksync.cron import FLOWS
from tiktoksync.health import poll_lag_seconds
from tiktoksync.lib import queue
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.sync.accounts import PAUSE_COLUMNS
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.lanes import flow_class
from tiktoksync.sync.models import Attempt

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
# Since when a row waits, where it has no time of a next try.
WAITS_SINCE = {
    "orders.order": ("released_at", "first_seen_at"),
    "orders.fulfillment": ("first_seen_at",),
    "orders.cancellation": ("requested_at",),
    "orders.externalreference": ("order__synced_at",),
}

Labels = dict[str, str]
Sample = tuple[Labels, float]


@dataclass(frozen=True, slots=True)
class Gauge:
    """One named figure with its samples."""

    name: str
    help: str
    samples: list[Sample]


@login_not_required
@require_safe
@never_cache
def show_metrics(request: HttpRequest) -> HttpResponse:
    """The figures; 404 for whoever may not see them."""
    if not may_read(request):
        raise Http404
    return HttpResponse(write_text(collect(timezone.now())), content_type=CONTENT_TYPE)


def may_read(request: HttpRequest) -> bool:
    """The token of METRICS_TOKEN, or this very machine, but no proxy on it."""
    token = settings.METRICS_TOKEN
    sent = request.headers.get("Authorization", "")
    if token and compare_digest(sent.encode(), f"Bearer {token}".encode()):
        return True
    if any(name in request.META for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def collect(now: datetime) -> list[Gauge]:
    """Every figure, as of `now`."""
    due, oldest = _due_rows(now)
    lag = poll_lag_seconds(now)
    waiting: list[Sample] = [({"queue": name}, queue.pending(name)) for name in settings.RQ_QUEUES]
    return [
        Gauge("orders", "Orders by both statuses.", _orders()),
        Gauge("due_rows", "Rows of a flow that could be sent now.", due),
        Gauge("oldest_due_seconds", "How long the oldest of them waits.", oldest),
        Gauge("attempts_last_hour", "Attempts that began in the last hour.", _attempts(now)),
        Gauge("queue_length", "Wake-ups that wait in a queue.", waiting),
        Gauge("queue_up", "Whether the queue's server answers.", [({}, float(queue.ping()))]),
        Gauge("accounts", "Connected accounts by health.", _accounts()),
        Gauge("poll_lag_seconds", "Since the poll that is longest ago.", [({}, lag or 0.0)]),
    ]


def write_text(gauges: Iterable[Gauge]) -> str:
    """The figures in Prometheus' text format."""
    return "".join(f"{line}\n" for gauge in gauges for line in _lines(gauge))


def _lines(gauge: Gauge) -> Iterator[str]:
    name = f"tiktoksync_{gauge.name}"
    yield f"# HELP {name} {gauge.help}"
    yield f"# TYPE {name} gauge"
    for labels, value in gauge.samples:
        inside = ",".join(f'{key}="{_escape(text)}"' for key, text in labels.items())
        yield f"{name}{{{inside}}} {value:.15g}" if inside else f"{name} {value:.15g}"


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _orders() -> list[Sample]:
    counted = Order.objects.values_list("sync_status", "tiktok_status").annotate(n=Count("pk"))
    return [
        ({"sync_status": ours, "tiktok_status": theirs}, n)
        for ours, theirs, n in counted.order_by("sync_status", "tiktok_status")
    ]


def _due_rows(now: datetime) -> tuple[list[Sample], list[Sample]]:
    due: list[Sample] = []
    oldest: list[Sample] = []
    for stem in FLOWS:
        flow = flow_class(stem)
        if not issubclass(flow, OutboundFlow):
            continue
        columns = ("next_attempt_at", *WAITS_SINCE.get(flow.model._meta.label_lower, ()))
        since = Coalesce(*columns, now, output_field=DateTimeField())
        found = flow.model._base_manager.filter(flow.ready(now)).aggregate(
            n=Count("pk"), since=Min(since)
        )
        due.append(({"flow": stem}, found["n"]))
        oldest.append(({"flow": stem}, max(0.0, (now - (found["since"] or now)).total_seconds())))
    return due, oldest


def _attempts(now: datetime) -> list[Sample]:
    recent = Attempt.objects.filter(started_at__gte=now - timedelta(hours=1)).order_by()
    counted = recent.values_list("flow", "outcome").annotate(n=Count("pk"))
    return [
        ({"flow": flow, "outcome": outcome}, n)
        for flow, outcome, n in counted.order_by("flow", "outcome")
    ]


def _accounts() -> list[Sample]:
    counted: dict[tuple[str, str], int] = {}
    for platform, model in (("tiktok", TikTokShop), ("shopify", ShopifyStore)):
        for account in model._default_manager.only(*PAUSE_COLUMNS, "disconnected_at"):
            key = (platform, account.health)
            counted[key] = counted.get(key, 0) + 1
    return [
        ({"platform": platform, "health": health}, n)
        for (platform, health), n in sorted(counted.items())
    ]
