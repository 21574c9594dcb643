"""pull_packages: what TikTok says of single parcels: status, number, carrier, orders, the label.

A package is read when something asks for it (`Package.wanted_at`): news of its order, or a person
who wants a fresh label. TikTok's address of a label is good for a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from orders.models import Order, Package
from orders.services.follow_packages import follow_package
from orders.services.parcel_rows import note_once
from orders.services.store_packages import (
    needs_label,
    release_waiting,
    store_detail,
    store_label,
)
from tiktoksync.errors import Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.accounts import awake
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import accounts
from tiktoksync.sync.flows import Budget, Drained
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.settling import concerns_account

log = structlog.get_logger(__name__)

PACKAGES_A_ROUND = 20


class PullPackages(ShopFlow):
    """Reads the parcels of one TikTok shop that somebody waits for."""

    stem = "pull_packages"
    account: TikTokShop

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        mine = _wanted(now).filter(order__shop=OuterRef("pk"))
        return TikTokShop.objects.filter(awake(now), Exists(mine)).values_list("pk", flat=True)

    def has_due(self, now: datetime) -> bool:
        return not self.account.is_paused(now) and self._mine(now).exists()

    def _mine(self, now: datetime) -> QuerySet[Package]:
        return _wanted(now).filter(order__shop=self.account)

    def run(self, lease: Lease, budget: Budget) -> Drained:
        drained = Drained()
        while not (budget.is_spent() or self.account.is_paused(database_now())):
            wanted = self._mine(database_now()).select_related("order").order_by("wanted_at", "pk")
            packages = list(wanted[:PACKAGES_A_ROUND])
            if not packages:
                break
            for package in packages:
                try:
                    self._read(package)
                except SyncError as error:
                    if concerns_account(error):
                        self.note_failure(error)
                        return drained
                    self._give_up(package, error)
                drained.worked += 1
            lease.renew()
        return drained

    def _read(self, package: Package) -> None:
        client = tiktok_client(self.account)
        if not package.is_gone:
            detail = client.get_package(package.tiktok_package_id)
            accounts.note_success(self.account)
            self._store(package, detail)
        self._finish(package, self._label(client, package))

    def _label(self, client: Any, package: Package) -> str:
        """Where the label is; a refusal is told in the history and keeps nothing else back."""
        if not needs_label(package):
            return ""
        try:
            address: str = client.shipping_document(package.tiktok_package_id).data
        except Rejected as error:
            reason = f"TikTok gave no label of package {package}: {error.message}"
            with transaction.atomic():
                note_once(_lock_order(package), "label_refused", reason)
            return ""
        return address

    def _store(self, package: Package, answer: Answer[dict[str, Any]]) -> None:
        with transaction.atomic():
            _lock_order(package)
            package.refresh_from_db(fields=["tracking_number", "carrier", "is_gone", "label_url"])
            store_detail(package, answer.data, database_now())

    def _finish(self, package: Package, label: str) -> None:
        """What was read sets going what follows from it; the wish is fulfilled."""
        with transaction.atomic():
            order = _lock_order(package)
            if label:
                store_label(package, label, database_now())
            follow_package(order, package)
            release_waiting(order)
            _forget_wish(package)

    def _give_up(self, package: Package, error: SyncError) -> None:
        """TikTok will not tell of this package: whatever else is known of it is followed."""
        log.warning("package not read", package=package.tiktok_package_id, code=error.code)
        with transaction.atomic():
            order = _lock_order(package)
            reason = f"TikTok did not tell of package {package}: {error.message}"
            note_once(order, "package_not_read", reason)
            follow_package(order, package)
            _forget_wish(package)


def _wanted(now: datetime) -> QuerySet[Package]:
    return Package.objects.filter(wanted_at__lte=now)


def _lock_order(package: Package) -> Order:
    orders = Order.objects.select_for_update(of=("self",), no_key=True)
    return orders.select_related("shop").get(pk=package.order_id)


def _forget_wish(package: Package) -> None:
    """A wish that came while the package was read stands."""
    Package.objects.filter(pk=package.pk, wanted_at=package.wanted_at).update(wanted_at=None)
