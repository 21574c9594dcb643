"""In which of TikTok's packages the units of a shipment lie, and who else has a say in them.

A package takes one number. One that holds units of several shipments, or of several orders, goes
when every unit in it has a number, under that of the shipment that came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from orders.models import Fulfillment, LineItem, Order, Package
from orders.services.parcel_rows import ENDED
from tiktoksync.sync.models import SyncStatus

CANCELLED = "CANCELLED"
COMBINED = "COMBINED"
WAITS_FOR_PACKAGE = ("combined", "package_incomplete")


@dataclass(slots=True)
class PackagesOf:
    """The living units of a shipment's order, by the package they lie in."""

    row: Fulfillment
    lines: list[LineItem] = field(default_factory=list)

    def __post_init__(self) -> None:
        lines = self.row.order.line_items.exclude(display_status=CANCELLED)
        self.lines = list(lines)

    @property
    def mine(self) -> list[LineItem]:
        """The units of the shipment."""
        units = set(self.row.shipped_units)
        return [line for line in self.lines if line.tiktok_line_item_id in units]

    def left(self) -> list[str]:
        """The packages of the shipment that do not carry its number yet; "" is one unmade."""
        number = self.row.tracking_number.casefold()
        waiting = (one for one in self.mine if one.tracking_number.casefold() != number)
        return list(dict.fromkeys(line.package_id for line in waiting))

    def inside(self, package_id: str) -> list[LineItem]:
        """The units of the shipment in one package."""
        return [line for line in self.mine if line.package_id == package_id]

    def rest(self, package_id: str) -> list[LineItem]:
        """The order's other units in one package."""
        units = set(self.row.shipped_units)
        return [
            line
            for line in self.lines
            if line.package_id == package_id and line.tiktok_line_item_id not in units
        ]

    def waiting_apart_from(self, package_id: str) -> list[list[LineItem]]:
        """The units of every other package that has no number yet."""
        others: dict[str, list[LineItem]] = {}
        for line in self.lines:
            if line.package_id != package_id and not line.tracking_number:
                others.setdefault(line.package_id, []).append(line)
        return list(others.values())

    def is_whole_order(self) -> bool:
        """Whether the shipment is all there is of the order, in one package."""
        return not self._others() and len({line.package_id for line in self.lines}) == 1

    def _others(self) -> bool:
        return len(self.mine) < len(self.lines)

    def splits_a_sku(self, package_id: str) -> bool:
        """Whether units of one SKU would come to lie in two packages."""
        inside = {line.tiktok_sku_id or line.seller_sku for line in self.inside(package_id)}
        rest = {line.tiktok_sku_id or line.seller_sku for line in self.rest(package_id)}
        return bool(inside & rest)


@dataclass(slots=True)
class SharedPackage:
    """One package with everything of ours that lies in it."""

    row: Fulfillment
    package_id: str
    lines: list[LineItem] = field(default_factory=list)
    rows: list[Fulfillment] = field(default_factory=list)
    order_ids: list[str] = field(default_factory=list)
    read_at: datetime | None = None

    def __post_init__(self) -> None:
        order = self.row.order
        of_shop = Q(order__shop=order.shop_id)
        lines = LineItem.objects.filter(of_shop, package_id=self.package_id)
        self.lines = list(lines.exclude(display_status=CANCELLED).select_related("order"))
        units = {line.tiktok_line_item_id for line in self.lines}
        orders = {line.order_id for line in self.lines}
        rows = Fulfillment.objects.filter(order__in=orders).exclude(status__in=ENDED)
        rows = rows.exclude(tracking_number="").exclude(sync_status=SyncStatus.SKIPPED)
        self.rows = [one for one in rows.order_by("pk") if units & set(one.shipped_units)]
        package = Package.objects.filter(order=order, tiktok_package_id=self.package_id).first()
        if package is not None:
            self.order_ids, self.read_at = list(package.order_ids), package.read_at

    @property
    def is_unread(self) -> bool:
        """Whether TikTok combined it and has not been asked with which orders."""
        tagged = self.row.order.raw.get("split_or_combine_tag") == COMBINED
        return tagged and self.read_at is None

    @property
    def is_combined(self) -> bool:
        """Whether it holds units of several orders."""
        known = {line.order.tiktok_order_id for line in self.lines}
        return len(known | self._unseen(self._order_ids() - known)) > 1

    def _order_ids(self) -> set[str]:
        return {line.order.tiktok_order_id for line in self.lines} | set(self.order_ids)

    def lacking(self) -> list[str]:
        """The orders with units in it that no shipment with a number holds."""
        held = {unit for row in self.rows for unit in row.shipped_units}
        held |= set(self.row.shipped_units)
        known = {line.order.tiktok_order_id for line in self.lines}
        open_orders = {
            line.order.tiktok_order_id
            for line in self.lines
            if line.tiktok_line_item_id not in held
        }
        return sorted(open_orders | self._unseen(self._order_ids() - known))

    def _unseen(self, order_ids: set[str]) -> set[str]:
        """Orders that TikTok named in it and whose own news since then do not say otherwise."""
        if not order_ids or self.read_at is None:
            return order_ids
        left = Order.objects.filter(
            shop=self.row.order.shop_id, tiktok_order_id__in=order_ids, seen_at__gt=self.read_at
        )
        return order_ids - set(left.values_list("tiktok_order_id", flat=True))

    def told(self) -> Fulfillment | None:
        """The other shipment under whose number it went."""
        return _first(one for one in self._others() if one.sync_status == SyncStatus.SYNCED)

    def ahead(self) -> Fulfillment | None:
        """The other shipment that came first and is about to be told."""
        waiting = (SyncStatus.PENDING, SyncStatus.SENDING)
        return _first(
            one for one in self._others() if one.sync_status in waiting and one.pk < self.row.pk
        )

    def _others(self) -> Sequence[Fulfillment]:
        replaced = {self.row.pk, self.row.replaces_id}
        return [one for one in self.rows if one.pk not in replaced]


def _first(rows: Iterable[Fulfillment]) -> Fulfillment | None:
    return next(iter(rows), None)


def let_go(row: Fulfillment) -> None:
    """A shipment that waited for the others in its package is looked at now: they are there."""
    waiting = Q(sync_status=SyncStatus.PENDING, wait_reason__in=WAITS_FOR_PACKAGE)
    Fulfillment.objects.filter(waiting, pk=row.pk).update(next_attempt_at=None)


def release_sharers(row: Fulfillment, package_ids: Sequence[str]) -> None:
    """Shipments that wait for a package to go are looked at now."""
    lines = LineItem.objects.filter(order__shop=row.order.shop_id, package_id__in=package_ids)
    sharers = Fulfillment.objects.filter(
        order__in=lines.values("order_id"),
        sync_status=SyncStatus.PENDING,
        wait_reason__in=("earlier", *WAITS_FOR_PACKAGE),
    )
    sharers.update(next_attempt_at=None)
