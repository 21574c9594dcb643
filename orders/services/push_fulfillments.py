"""push_fulfillments: the tracking of Shopify's shipments goes to TikTok.

Which call tells TikTok depends on the shop's region: seller shipping in the US, UK, EU and Japan
marks the order's units as shipped; in South-East Asia the package itself is shipped. After any
unclear answer or refusal the order is read again: it is done if each unit carries the number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F, QuerySet

from orders.carriers import Provider, carrier_key, match_provider
from orders.facts import Malformed, order_facts
from orders.models import Fulfillment
from orders.policy import PAST_SHIPMENT
from orders.services.rules import order_rules
from orders.services.store_orders import CANCELLED, store_page
from tiktoksync.errors import Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import ShippingProvider, TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus
from tiktoksync.sync.settling import (
    confirm_refusal,
    look_after_refusal,
    settle_error,
    was_refused,
)
from tiktoksync.tiktok.enums import OrderStatus, shipping_call

PROVIDERS_LAST = timedelta(hours=24)
LOOK_AGAIN_SECONDS = 60.0
SHIPPABLE = (OrderStatus.AWAITING_SHIPMENT.value, OrderStatus.PARTIALLY_SHIPPING.value)
SHIPPED_OTHERWISE = tuple(sorted(PAST_SHIPMENT.difference(SHIPPABLE)))
ON_HOLD = OrderStatus.ON_HOLD.value
BY_TIKTOK = "TIKTOK"


class PushFulfillments(ShopFlow, OutboundFlow):
    """Ships the orders of one TikTok shop on TikTok."""

    stem = "push_fulfillments"
    model = Fulfillment
    account: TikTokShop
    account_of_row = "order__shop"
    order_by = (F("order__ship_by").asc(nulls_last=True), "pk")  # type: ignore[assignment]

    def prefetched(self, rows: QuerySet[Fulfillment]) -> QuerySet[Fulfillment]:
        return rows.select_related("order", "order__shop")

    # --- deciding --------------------------------------------------------------------------------

    def plan(self, rows: Sequence[Fulfillment], now: datetime) -> list[Task]:
        client = tiktok_client(self.account)
        self.overrides = {
            carrier_key(mapping.carrier): mapping.provider_name
            for mapping in self.account.carrier_mappings.all()
        }
        asked: set[str] = set()
        tasks = [self._decide(client, row, now, asked) for row in rows]
        return [task for task in tasks if task is not None]

    def _decide(self, client: Any, row: Fulfillment, now: datetime, asked: set[str]) -> Task | None:
        if self._has_no_use(row, now):
            return None
        if row.in_doubt_since is not None or row.order.tiktok_status not in SHIPPABLE:
            # It may have been shipped already, by an earlier try or by hand.
            return Task("verify", partial(client.get_orders, [row.order.tiktok_order_id]), (row,))
        if not row.shipped_units:
            _block(row, "units_unknown", NO_UNITS)
            return None
        option = row.order.delivery_option_id
        if not option:
            _block(row, "delivery_option_unknown", NO_OPTION)
            return None
        providers = self._providers(option, now)
        if providers is None:
            if option in asked:
                statuses.defer(row, now + scaled(2), "carriers")
                return None
            asked.add(option)
            return Task("read_carriers", partial(client.shipping_providers, option), (row,))
        return self._ship(client, row, providers)

    def _has_no_use(self, row: Fulfillment, now: datetime) -> bool:
        """Orders that cannot be shipped (now): told on the row."""
        order = row.order
        if order.tiktok_status == CANCELLED:
            statuses.move(
                row,
                SyncStatus.SKIPPED,
                reason=CANCELLED_THERE,
                skip_reason="order_cancelled",
            )
        elif order.shipping_type == BY_TIKTOK:
            statuses.move(
                row,
                SyncStatus.SKIPPED,
                reason="TikTok ships this order itself and has its own tracking number.",
                skip_reason="shipped_by_tiktok",
            )
        elif order.tiktok_status == ON_HOLD:
            # A number sent during the hold would be lost.
            statuses.defer(row, now + scaled(LOOK_AGAIN_SECONDS), "on_hold")
        else:
            return False
        return True

    def _providers(self, option: str, now: datetime) -> list[Provider] | None:
        """The carriers TikTok takes for this delivery option; None if they must be asked for."""
        rows = ShippingProvider.objects.filter(
            shop=self.account, delivery_option_id=option, fetched_at__gt=now - PROVIDERS_LAST
        )
        found = [Provider(row.provider_id, row.name) for row in rows]
        return found or None

    def _ship(self, client: Any, row: Fulfillment, providers: list[Provider]) -> Task | None:
        rules = order_rules(self.account)
        provider = match_provider(
            row.carrier, providers, self.overrides, accept_other=rules.other_carrier
        )
        if provider is None:
            names = ", ".join(sorted(one.name for one in providers))
            _block(row, "carrier_unknown", CARRIER_UNKNOWN.format(row.carrier or "–", names))
            return None
        row.provider_id, row.provider_name = provider.provider_id, provider.name
        row.save(update_fields=["provider_id", "provider_name"])
        how = {
            "shipping_provider_id": provider.provider_id,
            "tracking_number": row.tracking_number,
        }
        order_id, units = row.order.tiktok_order_id, list(row.shipped_units)
        if shipping_call(self.account.region) == "mark_shipped":
            call = partial(client.mark_shipped, order_id, units, **how)
            return Task("mark_shipped", call, (row,))
        packages = _packages_of(row)
        if not packages or "" in packages:
            # TikTok makes the package; the next news of the order name it.
            statuses.defer(row, database_now() + scaled(LOOK_AGAIN_SECONDS), "package_unknown")
        elif len(packages) > 1:
            _block(row, "several_packages", SEVERAL_PACKAGES)
        else:
            call = partial(client.ship_package, packages.pop(), **how)
            return Task("ship_package", call, (row,))
        return None

    # --- recording -------------------------------------------------------------------------------

    def record(
        self,
        rows: Sequence[Fulfillment],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        row = rows[0]
        attempt = attempts[row.pk]
        if task.step == "read_carriers":
            self._keep_providers(row, answer.data, attempt)
        elif task.step == "verify":
            self._verified(row, answer, attempt)
        else:
            _sent(row, answer, attempt)

    def _keep_providers(
        self, row: Fulfillment, providers: Sequence[Mapping[str, Any]], attempt: Attempt
    ) -> None:
        option = row.order.delivery_option_id
        ShippingProvider.objects.filter(shop=self.account, delivery_option_id=option).delete()
        ShippingProvider.objects.bulk_create(
            ShippingProvider(
                shop=self.account,
                delivery_option_id=option,
                provider_id=str(provider["id"])[:40],
                name=str(provider["name"])[:200],
            )
            for provider in {str(one["id"]): one for one in providers}.values()
        )
        if providers:
            statuses.move(row, SyncStatus.PENDING, attempt=attempt, reason="Carriers read.")
        else:
            _block(row, "carrier_unknown", NO_CARRIERS, attempt=attempt)

    def _verified(self, row: Fulfillment, answer: Answer[Any], attempt: Attempt) -> None:
        """The order was read again: it tells whether the number arrived."""
        store_page(self.account, answer.data)
        if _carries_number(answer.data, row):
            _sent(row, answer, attempt)
        elif _status_of(answer.data, row) == CANCELLED:
            statuses.move(
                row,
                SyncStatus.SKIPPED,
                attempt=attempt,
                reason=CANCELLED_THERE,
                skip_reason="order_cancelled",
            )
        elif was_refused(row):
            confirm_refusal(row, attempt)
        elif _status_of(answer.data, row) in SHIPPED_OTHERWISE:
            statuses.fail(
                row,
                FailureKind.GONE,
                "shipped_otherwise",
                "TikTok shows this order as shipped with another number.",
                attempt=attempt,
                in_doubt_since=None,
            )
        else:
            is_open = _status_of(answer.data, row) in SHIPPABLE
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempt,
                reason="TikTok does not have the number yet.",
                in_doubt_since=None,
                next_attempt_at=None if is_open else database_now() + scaled(LOOK_AGAIN_SECONDS),
            )

    def refused(
        self,
        row: Fulfillment,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if isinstance(error, Rejected) and task.step in ("mark_shipped", "ship_package"):
            # Already shipped with this number is a refusal too: the order itself says.
            look_after_refusal(row, error, attempt)
        else:
            settle_error(row, error, attempt, paused_until)


CANCELLED_THERE = "TikTok cancelled the order; the number was not sent."
NO_UNITS = "It is not known which units this shipment holds: the lines were changed in Shopify."
NO_OPTION = "TikTok named no delivery option for this order, so its carriers are not known."
SEVERAL_PACKAGES = (
    "TikTok put these units into several packages. Ship each package of its own in Shopify."
)
NO_CARRIERS = "TikTok accepts no carrier for this order's delivery option."
CARRIER_UNKNOWN = (
    "TikTok does not know the carrier “{}” for this order. It accepts: {}. Correct the carrier in "
    "Shopify or map it in the settings."
)


def _block(row: Fulfillment, code: str, reason: str, attempt: Attempt | None = None) -> None:
    statuses.fail(row, FailureKind.CONFIG, code, reason, attempt=attempt)


def _packages_of(row: Fulfillment) -> set[str]:
    """The packages that hold the units of a shipment; a blank one stands for none yet."""
    units = row.order.line_items.filter(tiktok_line_item_id__in=row.shipped_units)
    return set(units.values_list("package_id", flat=True))


def _sent(row: Fulfillment, answer: Answer[Any], attempt: Attempt) -> None:
    statuses.move(
        row,
        SyncStatus.SYNCED,
        attempt=attempt,
        reason=f"Tracking {row.tracking_number} sent to TikTok as {row.provider_name}.",
        request_id=answer.request_id,
        sent_at=database_now(),
    )


def _carries_number(bodies: Sequence[Mapping[str, Any]], row: Fulfillment) -> bool:
    """Whether each unit of the shipment carries its number on TikTok."""
    for body in bodies:
        try:
            facts = order_facts(body)
        except Malformed:
            continue
        if facts.order_id == row.order.tiktok_order_id:
            units = [line for line in facts.lines if line.line_id in row.shipped_units]
            number = row.tracking_number.casefold()
            return bool(units) and all(line.tracking_number.casefold() == number for line in units)
    return False


def _status_of(bodies: Sequence[Mapping[str, Any]], row: Fulfillment) -> str:
    for body in bodies:
        if str(body.get("id")) == row.order.tiktok_order_id:
            return str(body.get("status"))
    return ""
