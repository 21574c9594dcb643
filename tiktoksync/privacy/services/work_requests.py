"""Working the requests about personal data: claimed with a lease, in short steps, until done.

The row is the queue: a worker that dies leaves a lease that runs out, and the next one goes on
with what is left, since what is erased says so itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import DatabaseError
from django.db.models import F, Q, QuerySet

from orders.models import Order
from tiktoksync.lib.timing import database_now
from tiktoksync.privacy.models import PrivacyRequest
from tiktoksync.privacy.services.erase_merchant import erase_merchant
from tiktoksync.privacy.services.erase_orders import erase_orders
from tiktoksync.privacy.services.export_files import keep_export
from tiktoksync.privacy.services.gather_data import write_buyer, write_merchant
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.webhooks.models import Delivery

log = structlog.get_logger(__name__)
Kind = PrivacyRequest.Kind
LEASE = timedelta(minutes=5)
#: After a failed try; the last of them goes on for ever, since the wish has to be met.
DELAYS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
Beat = Callable[[], None]


class LeaseLost(Exception):
    """Another worker has the row by now."""


def work_requests(limit: int = 20) -> int:
    """Work what is due, oldest first; returns how many requests were finished."""
    done = 0
    for _ in range(limit):
        row = _claim()
        if row is None:
            break
        done += _work(row)
    return done


def _claim() -> PrivacyRequest | None:
    now = database_now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    due = PrivacyRequest.objects.filter(free, done_at=None, due_at__lte=now)
    row = due.select_related("merchant").order_by("due_at", "pk").first()
    if row is None:
        return None
    mine = due.filter(pk=row.pk, tries=row.tries)
    if not mine.update(claimed_until=now + LEASE, tries=F("tries") + 1):
        return None
    row.tries += 1
    return row


def _work(row: PrivacyRequest) -> bool:
    mine = PrivacyRequest.objects.filter(pk=row.pk, tries=row.tries, done_at=None)

    def beat() -> None:
        if not mine.update(claimed_until=database_now() + LEASE):
            raise LeaseLost

    try:
        words, facts = _HANDLERS[Kind(row.kind)](row, beat)
    except LeaseLost:
        return False
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("privacy request failed", request=row.pk, error=type(error).__name__)
        delay = DELAYS[min(row.tries, len(DELAYS)) - 1]
        mine.update(
            claimed_until=None,
            due_at=database_now() + delay,
            outcome=f"Try {row.tries} did not work; it is tried again.",
        )
        return False
    done = mine.update(
        claimed_until=None, due_at=None, done_at=database_now(), outcome=words, facts=facts
    )
    log.info("privacy request done", request=row.pk, kind=row.kind, **facts)
    return bool(done)


def _named_orders(row: PrivacyRequest) -> QuerySet[Order]:
    return Order.objects.filter(
        shop__store__shop_domain=row.shop_domain, shopify_legacy_id__in=row.orders
    )


def _answer_data_request(row: PrivacyRequest, beat: Beat) -> tuple[str, dict[str, int]]:
    orders = _named_orders(row)
    count = orders.count()
    if not count:
        return "None of the orders it names is kept here.", {"orders": 0}
    keep_export(row, f"buyer-request-{row.pk}.json", lambda file: write_buyer(orders, file))
    return "The file is ready for you to hand on to the buyer.", {"orders": count}


def _redact_customer(row: PrivacyRequest, beat: Beat) -> tuple[str, dict[str, int]]:
    named = _named_orders(row)
    count = named.count()
    erase_orders(named, beat)
    return f"The buyer's data was erased from {_orders(count)}.", {"orders": count}


def _redact_shop(row: PrivacyRequest, beat: Beat) -> tuple[str, dict[str, int]]:
    store = ShopifyStore.objects.filter(shop_domain=row.shop_domain).first()
    if store is None:
        return "Nothing of this store is kept here.", {}
    if store.auth_lost_at is None and store.disconnected_at is None:
        return "The store is connected again: nothing was erased.", {"orders": 0}
    count = erase_orders(Order.objects.filter(shop__store=store), beat)
    deliveries = Delivery.objects.filter(Q(store=store) | Q(shop__store=store))
    deliveries.exclude(body="").update(body="")
    return f"Buyers' data was erased from {_orders(count)}.", {"orders": count}


def _export(row: PrivacyRequest, beat: Beat) -> tuple[str, dict[str, int]]:
    merchant = row.merchant
    if merchant is None:
        return "The merchant is gone.", {}
    name = f"tiktoksync-{row.received_at:%Y-%m-%d}.zip"
    export = keep_export(row, name, lambda file: write_merchant(merchant, file, beat))
    return "The file is ready.", {"bytes": export.size}


def _erase(row: PrivacyRequest, beat: Beat) -> tuple[str, dict[str, int]]:
    if row.merchant is None:
        return "The merchant is gone.", {}
    count = erase_merchant(row.merchant, row, beat)
    return f"The merchant was erased, with {_orders(count)}.", {"orders": count}


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count} orders"


_HANDLERS: dict[Kind, Callable[[PrivacyRequest, Beat], tuple[str, dict[str, int]]]] = {
    Kind.DATA_REQUEST: _answer_data_request,
    Kind.CUSTOMER_REDACT: _redact_customer,
    Kind.SHOP_REDACT: _redact_shop,
    Kind.EXPORT: _export,
    Kind.ERASE: _erase,
}
