"""One merchant as support sees it on one page. A bounded number of queries, whatever there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Model
from django.utils import timezone

from orders.models import Fulfillment, Order
from products.models import ProductRules
from tiktoksync.alerts.models import Alert
from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.runs.models import Run
from tiktoksync.shops.models import Credential, Membership, Merchant, OrderRules
from tiktoksync.support.models import MerchantNote, StaffAction
from tiktoksync.support.services.acts import ACTS, accounts_of
from tiktoksync.support.telling import Told, tell_failure, tell_row
from tiktoksync.sync.models import SyncStatus

LAST_ERRORS, LAST_LINES = 20, 10
HEALTH_ORDER = ("reconnect", "disconnected", "stopped", "paused", "ok")
TONES = {"ok": "good", "paused": "wait", "stopped": "wait"}


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """A connection with how it stands."""

    key: str
    platform: str
    account: Any
    health: str
    tone: str
    last_news: datetime | None
    consent_ends: datetime | None
    ends_soon: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """Orders blocked for one reason."""

    code: str
    count: int
    told: Told


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that is not as a new shop has it."""

    shop: str
    label: str
    value: object
    default: object


def gather_desk(merchant: Merchant) -> dict[str, Any]:
    """Everything the page shows."""
    accounts = [_account(key, row) for key, row in accounts_of(merchant).items()]
    words = [account.health for account in accounts]
    health = next((word for word in HEALTH_ORDER if word in words), "none")
    return {
        "merchant": merchant,
        "health": health,
        "tone": TONES.get(health, "bad"),
        "accounts": accounts,
        "acts": _offered(accounts),
        "orders": _orders(merchant),
        "causes": _causes(merchant),
        "errors": _errors(merchant),
        "differences": _differences(merchant),
        "limits": _limits(merchant, accounts),
        "people": Membership.objects.filter(merchant=merchant).select_related("user"),
        "alerts": Alert.objects.filter(merchant=merchant, resolved_at=None, reader=None)[
            :LAST_LINES
        ],
        "checks": PreflightCheck.objects.filter(shop__merchant=merchant)
        .exclude(light=PreflightCheck.Light.GREEN)
        .select_related("shop")[:LAST_LINES],
        "runs": Run.objects.filter(merchant=merchant).order_by("-id")[:LAST_LINES],
        "notes": MerchantNote.objects.filter(merchant=merchant).select_related("user")[:LAST_LINES],
        "staff_actions": StaffAction.objects.filter(merchant=merchant)[:LAST_LINES],
    }


def _account(key: str, row: Any) -> ShownAccount:
    is_shop = key.startswith("shop")
    credential: Credential | None = getattr(row, "credential", None)
    ends = credential.refresh_expires_at if credential else None
    return ShownAccount(
        key=key,
        platform="TikTok Shop" if is_shop else "Shopify",
        account=row,
        health=row.health,
        tone=TONES.get(row.health, "bad"),
        last_news=row.last_poll_at if is_shop else row.last_fulfillment_poll_at,
        consent_ends=ends,
        ends_soon=ends is not None and ends < timezone.now() + timedelta(days=30),
    )


def _offered(accounts: Iterable[ShownAccount]) -> list[dict[str, Any]]:
    """The acts by account, as the form offers them."""
    return [
        {
            "title": f"{shown.platform}: {shown.account}",
            "acts": [
                {"value": f"{name} {shown.key}", "label": act.label}
                for name, act in ACTS.items()
                if shown.key.split(":")[0] in act.of
            ],
        }
        for shown in accounts
    ]


def _orders(merchant: Merchant) -> dict[str, Any]:
    """Orders by status, and for how long the oldest that is due has waited."""
    mine = Order.objects.of_merchant(merchant)
    counted = mine.order_by().values_list("sync_status").annotate(n=Count("pk"))
    by_status = [(SyncStatus(word), n) for word, n in counted.order_by("sync_status")]
    due = mine.filter(sync_status=SyncStatus.PENDING)
    oldest = due.aggregate(oldest=Min("first_seen_at"))["oldest"]
    return {"by_status": by_status, "oldest_due": oldest}


def _causes(merchant: Merchant) -> list[Cause]:
    failed = Order.objects.of_merchant(merchant).needing_attention().order_by()
    counted = failed.values_list("failure_code", "failure_kind").annotate(n=Count("pk"))
    return [
        Cause(code, n, tell_failure(code, areas=["orders"], kind=kind))
        for code, kind, n in counted.order_by("-n", "failure_code")[:LAST_ERRORS]
    ]


def _errors(merchant: Merchant) -> list[dict[str, Any]]:
    """The newest orders and parcels that need a person."""
    orders = Order.objects.of_merchant(merchant).needing_attention().defer("raw")
    parcels = Fulfillment.objects.filter(
        order__shop__merchant=merchant, sync_status=SyncStatus.FAILED
    ).select_related("order")
    rows = [
        *((order, order, "orders_order") for order in orders.order_by("-pk")[:LAST_ERRORS]),
        *(
            (row, row.order, "orders_fulfillment")
            for row in parcels.defer("order__raw").order_by("-pk")[:LAST_LINES]
        ),
    ]
    return [
        {"row": row, "order": order, "page": f"admin:{name}_change", "told": tell_row(row)}
        for row, order, name in rows[:LAST_ERRORS]
    ]


def _differences(merchant: Merchant) -> list[Difference]:
    found: list[Difference] = []
    for model in (OrderRules, ProductRules):
        for rules in model._default_manager.filter(shop__merchant=merchant).select_related("shop"):
            found += _changed_fields(rules, str(rules.shop))
    return found


def _changed_fields(rules: Model, shop: str) -> list[Difference]:
    fresh = type(rules)()
    return [
        Difference(
            shop, str(field.verbose_name), getattr(rules, field.name), getattr(fresh, field.name)
        )
        for field in rules._meta.concrete_fields
        if not (field.primary_key or field.is_relation)
        and field.attname not in ("id", "changed_at")
        and getattr(rules, field.name) != getattr(fresh, field.name)
    ]


def _limits(merchant: Merchant, accounts: list[ShownAccount]) -> list[tuple[str, object]]:
    """What bounds this merchant's pace and keeping."""
    month = timezone.now() - timedelta(days=30)
    lately = Order.objects.of_merchant(merchant).filter(first_seen_at__gte=month).count()
    shown: list[tuple[str, object]] = [
        ("Orders within 30 days", lately),
        ("Buyers' data is kept for", f"{merchant.personal_data_days} days"),
        ("Time zone", merchant.timezone),
    ]
    for one in accounts:
        if getattr(one.account, "order_limit", None):
            shown.append((f"New orders a minute, {one.account}", one.account.order_limit))
        if getattr(one.account, "uploads_refused_until", None):
            shown.append((f"No uploads until, {one.account}", one.account.uploads_refused_until))
    return shown
