"""What the order itself says of a shipment, when its call had no clear answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orders.facts import LineFacts, Malformed, order_facts
from orders.models import Fulfillment
from orders.policy import PAST_SHIPMENT
from orders.services import fulfillment_words as words
from orders.services.fulfillment_ends import end_told, give_way, skip, told_before
from orders.services.fulfillment_steps import LOOK_AGAIN_SECONDS, SHIPPABLE
from orders.services.parcel_rows import CANCELLED, ENDED
from orders.services.store_orders import store_page
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus
from tiktoksync.sync.settling import confirm_refusal, was_refused

SHIPPED_OTHERWISE = tuple(sorted(PAST_SHIPMENT.difference(SHIPPABLE)))


def record_verified(
    shop: TikTokShop, row: Fulfillment, answer: Answer[Any], attempt: Attempt
) -> None:
    """The order was read again: it tells whether the number arrived."""
    before = _packages(row)
    store_page(shop, answer.data)
    units = _units_on_tiktok(answer.data, row)
    status = _status_of(answer.data, row)
    if _carries_number(units, row):
        end_told(row, answer, attempt)
    elif status == CANCELLED:
        skip(row, "order_cancelled", words.CANCELLED_THERE, attempt)
    elif was_refused(row) and not _has_moved(row, before):
        confirm_refusal(row, attempt)
        give_way(row)
    elif other := _taken_along(units, row):
        skip(row, "one_number", words.ONE_NUMBER.format(other), attempt)
    elif status in SHIPPED_OTHERWISE and told_before(row) is None and row.status not in ENDED:
        _fail_otherwise(row, units, attempt)
    else:
        _try_again(row, status in SHIPPABLE or told_before(row) is not None, attempt)


def _fail_otherwise(row: Fulfillment, units: Sequence[LineFacts], attempt: Attempt) -> None:
    named = {
        f"{line.shipping_provider_name} {line.tracking_number}".strip()
        for line in units
        if line.tracking_number
    }
    reason = words.SHIPPED_OTHERWISE.format(" and ".join(sorted(named)))
    statuses.fail(
        row,
        FailureKind.GONE,
        "shipped_otherwise",
        reason if named else words.SHIPPED_UNSEEN,
        attempt=attempt,
        in_doubt_since=None,
    )
    give_way(row)


def _try_again(row: Fulfillment, at_once: bool, attempt: Attempt) -> None:
    statuses.move(
        row,
        SyncStatus.PENDING,
        attempt=attempt,
        reason=words.NOT_YET,
        in_doubt_since=None,
        next_attempt_at=None if at_once else database_now() + scaled(LOOK_AGAIN_SECONDS),
    )


def _units_on_tiktok(bodies: Sequence[Mapping[str, Any]], row: Fulfillment) -> list[LineFacts]:
    """The units of a shipment as TikTok has them now; none if it does not show them."""
    for body in bodies:
        try:
            facts = order_facts(body)
        except Malformed:
            continue
        if facts.order_id == row.order.tiktok_order_id:
            return [line for line in facts.lines if line.line_id in row.shipped_units]
    return []


def _carries_number(units: Sequence[LineFacts], row: Fulfillment) -> bool:
    """Whether each unit carries the shipment's number; of a correction, its carrier as well."""
    number = row.tracking_number.casefold()
    if not units or any(line.tracking_number.casefold() != number for line in units):
        return False
    told = told_before(row)
    if told is None or told.tracking_number.casefold() != number or not row.provider_id:
        return True
    return all(line.shipping_provider_id in ("", row.provider_id) for line in units)


def _taken_along(units: Sequence[LineFacts], row: Fulfillment) -> str:
    """The number under which another shipment of ours took these units' package along."""
    numbers = {line.tracking_number for line in units}
    if len(numbers) != 1 or told_before(row) is not None:
        return ""
    (number,) = numbers
    same_shop = Fulfillment.objects.filter(order__shop=row.order.shop_id).exclude(pk=row.pk)
    took = same_shop.filter(sync_status=SyncStatus.SYNCED, tracking_number=number)
    packages = {line.package_id for line in units} - {""}
    return number if number and took.filter(tiktok_package_id__in=packages).exists() else ""


def _packages(row: Fulfillment) -> set[str]:
    """The packages in which the units of a shipment lie, as far as is known."""
    lines = row.order.line_items.filter(tiktok_line_item_id__in=row.shipped_units)
    return set(lines.values_list("package_id", flat=True)) - {""}


def _has_moved(row: Fulfillment, before: set[str]) -> bool:
    """Whether what was refused was about packages that are no more: the units lie in others."""
    now = _packages(row)
    asked = {row.tiktok_package_id} if row.tiktok_package_id else before
    return bool(now and asked) and not asked <= now


def _status_of(bodies: Sequence[Mapping[str, Any]], row: Fulfillment) -> str:
    for body in bodies:
        if str(body.get("id")) == row.order.tiktok_order_id:
            return str(body.get("status"))
    return ""
