"""The page of alerts: tabs, a filter by kind, and pages by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from tiktoksync.alerts.models import AlertKind
from tiktoksync.alerts.shown import alerts_for, show_alert
from tiktoksync.shops.models import Membership
from tiktoksync.ui.components import Tab
from tiktoksync.web_access import read_key

PAGE_SIZE = 50
_OPEN = Q(resolved_at=None)
TABS = {
    "": ("Open", _OPEN, "alert"),
    "unseen": ("Not seen yet", _OPEN & Q(is_seen=False), ""),
    "resolved": ("Resolved", Q(resolved_at__isnull=False), ""),
}


def gather_list(membership: Membership, chosen: Mapping[str, str]) -> dict[str, Any]:
    """What the page shows for its address."""
    tab = chosen.get("tab", "") if chosen.get("tab", "") in TABS else ""
    kind = chosen.get("kind", "") if chosen.get("kind", "") in AlertKind.values else ""
    mine = alerts_for(membership)
    rows = mine.filter(TABS[tab][1])
    if kind:
        rows = rows.filter(kind=kind)
    if after := read_key(chosen.get("after", "")):
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-id")[: PAGE_SIZE + 1])
    counts = mine.filter(_OPEN).aggregate(
        open=Count("pk"), unseen=Count("pk", filter=Q(is_seen=False))
    )
    return {
        "rows": [show_alert(alert) for alert in found[:PAGE_SIZE]],
        "tabs": [
            _tab("", tab, kind, counts["open"]),
            _tab("unseen", tab, kind, counts["unseen"]),
            _tab("resolved", tab, kind, None),
        ],
        "tab": tab,
        "kind": kind,
        "kinds": AlertKind.choices,
        "unseen": counts["unseen"],
        "is_resolved": tab == "resolved",
        "older": _older(tab, kind, found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None),
    }


def _tab(key: str, here: str, kind: str, count: int | None) -> Tab:
    return Tab(TABS[key][0], _address(tab=key, kind=kind), key == here, count)


def _older(tab: str, kind: str, after: int | None) -> str:
    return _address(tab=tab, kind=kind, after=str(after)) if after else ""


def _address(**query: str) -> str:
    kept = {name: value for name, value in query.items() if value}
    address = reverse("notifications")
    return f"{address}?{urlencode(kept)}" if kept else address
