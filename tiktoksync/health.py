"""Is it alive, is it ready: for load balancers and watchdogs, without signing in."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseFailure
from django.db import connection
from django.db.models import F, Min, Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tiktoksync.lib import queue
from tiktoksync.lib.timing import scaled_seconds
from tiktoksync.shops.models import TikTokShop

MISSED_POLLS = 5
LEAST_LAG_SECONDS = 120.0


@login_not_required
@require_safe
@never_cache
def is_alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Nobody else is asked: a restart mends no database that is away."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def is_ready(request: HttpRequest) -> JsonResponse:
    """200 if everything needed for work answers; 503 with the names of what does not."""
    wrong = find_problems()
    state = "not ready" if wrong else "ready"
    return JsonResponse({"status": state, "problems": wrong}, status=503 if wrong else 200)


def find_problems() -> dict[str, str]:
    """What is wrong, by part; no names of merchants, since anybody may ask."""
    wrong = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if late := _late_polls(timezone.now()):
            wrong["polls"] = late
    except DatabaseFailure:
        wrong["database"] = "The database does not answer."
    if not queue.ping():
        wrong["queue"] = "The queue's server does not answer."
    return wrong


def _late_polls(now: datetime) -> str:
    lag = poll_lag_seconds(now)
    allowed = max(MISSED_POLLS * scaled_seconds(settings.POLL_SECONDS), LEAST_LAG_SECONDS)
    if lag is None or lag <= allowed:
        return ""
    return f"A TikTok shop was last polled {lag:.0f} s ago; are cron and the workers running?"


def poll_lag_seconds(now: datetime) -> float | None:
    """Seconds since the last poll of the shop that waits longest; None if no shop should be polled.

    A shop that is paused or stopped, or whose consent is gone, is not expected to be polled.
    """
    rested = Q(paused_until=None) | Q(paused_until__lte=now)
    seen = TikTokShop.objects.filter(rested, auth_lost_at=None, stopped_at=None).annotate(
        seen=Coalesce(F("last_poll_at"), F("connected_at"))
    )
    oldest = seen.aggregate(oldest=Min("seen"))["oldest"]
    return None if oldest is None else max(0.0, (now - oldest).total_seconds())
