"""What the next call for a shipment is; or why there is none, told on its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from orders.carriers import Provider, match_provider
from orders.models import Fulfillment
from orders.parcels import is_takeable
from orders.services import fulfillment_words as words
from orders.services.fulfillment_ends import (
    block,
    end_cancelled,
    is_undecided,
    skip,
    told_before,
)
from orders.services.fulfillment_packages import PackagesOf, SharedPackage, let_go
from orders.services.parcel_rows import CANCELLED, ENDED, NO_TRACKING, leave_as_told, note_once
from orders.services.rules import order_rules
from orders.services.store_packages import ships_itself
from tiktoksync.lib.timing import scaled
from tiktoksync.shops.models import ShippingProvider, TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.models import SyncStatus
from tiktoksync.tiktok.enums import OrderStatus, shipping_call

PROVIDERS_LAST = timedelta(hours=24)
SOON_SECONDS, LOOK_AGAIN_SECONDS, REST_SECONDS = 2.0, 60.0, 900.0
SHIPPABLE = (OrderStatus.AWAITING_SHIPMENT.value, OrderStatus.PARTIALLY_SHIPPING.value)
ON_HOLD = OrderStatus.ON_HOLD.value


@dataclass(slots=True)
class Steps:
    """Decides about the due shipments of one shop."""

    shop: TikTokShop
    client: Any
    overrides: Mapping[str, str]
    #: What TikTok said of splitting, by order; and which packages were corrected, by row.
    may_split: Mapping[int, bool]
    corrected: Mapping[int, set[str]]
    now: datetime
    asked: set[str] = field(default_factory=set)

    def decide(self, row: Fulfillment) -> Task | None:
        """The call to make for a row; None if there is none now."""
        if self._has_no_use(row):
            return None
        told = told_before(row)
        if row.in_doubt_since is not None:
            return self._verify(row)
        if is_undecided(row):
            return self._wait(row, "earlier", SOON_SECONDS)
        if told is None and row.order.tiktok_status not in SHIPPABLE:
            # It may have been shipped already, by an earlier try or by hand.
            return self._verify(row)
        if not row.shipped_units:
            return _blocked(row, "units_unknown", words.NO_UNITS)
        if not is_takeable(row.tracking_number):
            reason = words.NUMBER_FORM.format(row.tracking_number)
            return _blocked(row, "number_refused", reason)
        return self._with_carrier(row, told)

    def _has_no_use(self, row: Fulfillment) -> bool:
        """Shipments that TikTok cannot be told of (now): told on the row."""
        order = row.order
        if order.tiktok_status == CANCELLED:
            skip(row, "order_cancelled", words.CANCELLED_THERE)
        elif ships_itself(order):
            skip(row, "shipped_by_tiktok", words.SHIPPED_BY_TIKTOK)
        elif row.in_doubt_since is not None:
            return False
        elif hasattr(row, "replaced_by"):
            skip(row, "superseded", words.SUPERSEDED)
        elif row.status in ENDED:
            end_cancelled(row)
        elif not row.tracking_number:
            statuses.move(row, SyncStatus.HELD, reason=words.NO_NUMBER, wait_reason=NO_TRACKING)
        elif order.tiktok_status == ON_HOLD:
            # A number sent during the hold would be lost.
            self._wait(row, "on_hold", LOOK_AGAIN_SECONDS)
        else:
            return False
        return True

    def _verify(self, row: Fulfillment) -> Task:
        call = partial(self.client.get_orders, [row.order.tiktok_order_id])
        return Task("verify", call, (row,))

    def _wait(self, row: Fulfillment, reason: str, seconds: float) -> Task | None:
        """No call for now: the row waits where it stands."""
        statuses.defer(row, self.now + scaled(seconds), reason)
        return None

    # --- the carrier ---------------------------------------------------------------------------

    def _with_carrier(self, row: Fulfillment, told: Fulfillment | None) -> Task | None:
        option = row.order.delivery_option_id
        if not option:
            return _blocked(row, "delivery_option_unknown", words.NO_OPTION)
        providers = self._providers(option)
        if providers is None:
            if option in self.asked:
                return self._wait(row, "carriers", SOON_SECONDS)
            self.asked.add(option)
            call = partial(self.client.shipping_providers, option)
            return Task("read_carriers", call, (row,))
        other = order_rules(self.shop).other_carrier
        provider = match_provider(row.carrier, providers, self.overrides, accept_other=other)
        if provider is None:
            names = ", ".join(sorted(one.name for one in providers))
            reason = words.CARRIER_UNKNOWN.format(row.carrier, names)
            if not row.carrier:
                reason = words.CARRIER_MISSING.format(names)
            return _blocked(row, "carrier_unknown", reason)
        row.provider_id, row.provider_name = provider.provider_id, provider.name
        row.save(update_fields=["provider_id", "provider_name"])
        return self._correct(row, told) if told is not None else self._ship(row)

    def _providers(self, option: str) -> list[Provider] | None:
        """The carriers TikTok takes for this delivery option; None if they must be asked for."""
        rows = ShippingProvider.objects.filter(
            shop=self.shop, delivery_option_id=option, fetched_at__gt=self.now - PROVIDERS_LAST
        )
        return [Provider(row.provider_id, row.name) for row in rows] or None

    # --- corrections ---------------------------------------------------------------------------

    def _correct(self, row: Fulfillment, told: Fulfillment) -> Task | None:
        same = row.tracking_number.casefold() == told.tracking_number.casefold()
        if same and row.provider_id == told.provider_id:
            leave_as_told(row)
            return None
        parcels = PackagesOf(row)
        if parcels.is_whole_order():
            order_id = row.order.tiktok_order_id
            call = partial(self.client.update_shipping_info, order_id, **_tracking(row))
            return Task("correct_order", call, (row,))
        packages = dict.fromkeys(line.package_id or told.tiktok_package_id for line in parcels.mine)
        left = [one for one in packages if one not in self.corrected.get(row.pk, ())]
        if not left or "" in left:
            return self._wait(row, "package_unknown", LOOK_AGAIN_SECONDS)
        call = partial(self.client.update_package_shipping_info, left[0], **_tracking(row))
        return Task("correct_package", call, (row,), (left[:1], left[1:]))

    # --- the first time ------------------------------------------------------------------------

    def _ship(self, row: Fulfillment) -> Task | None:
        if shipping_call(self.shop.region) == "ship_package":
            return self._ship_packages(row)
        for package_id in filter(None, PackagesOf(row).left()):
            if self._waits_for_others(row, SharedPackage(row, package_id)):
                return None
        how = _tracking(row)
        units = list(row.shipped_units)
        call = partial(self.client.mark_shipped, row.order.tiktok_order_id, units, **how)
        return Task("mark_shipped", call, (row,))

    def _ship_packages(self, row: Fulfillment) -> Task | None:
        """Ship what is wholly of this shipment; then see what is left of it."""
        parcels = PackagesOf(row)
        left = parcels.left()
        if "" in left:
            # TikTok makes the package; the next news of the order name it.
            return self._wait(row, "package_unknown", LOOK_AGAIN_SECONDS)
        shared = {one: SharedPackage(row, one) for one in left}
        if not left or any(one.told() for one in shared.values()):
            # Another shipment has taken a package along.
            return self._verify(row)
        whole = [one for one in left if not parcels.rest(one)]
        ready = [one for one in whole if not self._waits_for_others(row, shared[one])]
        if ready:
            return self._ship_now(row, ready, [one for one in left if one not in ready])
        parts = [one for one in left if one not in whole]
        return self._ship_part(row, parcels, shared[parts[0]], left) if parts else None

    def _ship_now(self, row: Fulfillment, ready: list[str], left: list[str]) -> Task:
        how = _tracking(row)
        row.tiktok_package_id = ready[0] if len(ready) == 1 else ""
        row.save(update_fields=["tiktok_package_id"])
        if len(ready) == 1:
            call = partial(self.client.ship_package, ready[0], **how)
            return Task("ship_package", call, (row,), (ready, left))
        call = partial(self.client.ship_packages, ready, **how)
        return Task("ship_packages", call, (row,), (ready, left))

    def _waits_for_others(self, row: Fulfillment, package: SharedPackage) -> bool:
        """Whether a package that holds several orders cannot go yet; why is told on the row."""
        if package.is_unread:
            self._wait(row, "package_unknown", LOOK_AGAIN_SECONDS)
        elif not package.is_combined:
            return False
        elif lacking := package.lacking():
            reason = words.COMBINED.format(row, ", ".join(lacking))
            note_once(row.order, "waits_for_package", reason)
            self._wait(row, "combined", REST_SECONDS)
        elif ahead := package.ahead():
            let_go(ahead)
            self._wait(row, "earlier", SOON_SECONDS)
        else:
            return False
        return True

    def _ship_part(
        self, row: Fulfillment, parcels: PackagesOf, package: SharedPackage, left: list[str]
    ) -> Task | None:
        """A package of which this shipment holds a part: split it, or wait for the rest."""
        if package.is_unread:
            return self._wait(row, "package_unknown", LOOK_AGAIN_SECONDS)
        if ahead := package.ahead():
            let_go(ahead)
            return self._wait(row, "earlier", SOON_SECONDS)
        order, package_id = row.order, package.package_id
        if not package.is_combined and not parcels.splits_a_sku(package_id):
            if order.pk not in self.may_split:
                call = partial(self.client.split_attributes, [order.tiktok_order_id])
                return Task("read_split", call, (row,))
            if self.may_split[order.pk]:
                return Task("split", self._split(row, parcels, package_id), (row,))
        if not package.lacking():
            others = [one for one in left if one != package_id]
            return self._ship_now(row, [package_id], others)
        note_once(order, "waits_for_package", words.NOT_SPLIT.format(row))
        return self._wait(row, "package_incomplete", REST_SECONDS)

    def _split(self, row: Fulfillment, parcels: PackagesOf, package_id: str) -> Any:
        """Every package that has not gone yet is named, so that the others stay as they are."""
        groups = [parcels.inside(package_id), parcels.rest(package_id)]
        groups += parcels.waiting_apart_from(package_id)
        named = {
            str(place): [line.tiktok_line_item_id for line in group]
            for place, group in enumerate(groups, 1)
        }
        return partial(self.client.split_order, row.order.tiktok_order_id, named)


def _blocked(row: Fulfillment, code: str, reason: str) -> Task | None:
    """No call at all until the merchant has set something right."""
    block(row, code, reason)
    return None


def _tracking(row: Fulfillment) -> dict[str, str]:
    return {
        "shipping_provider_id": row.provider_id,
        "tracking_number": row.tracking_number,
    }
