"""Every sample order goes through the real code as it came, with its outcome listed here.

The files are bodies of TikTok's order search and order detail. Where a sample says something the
application must leave alone, the same body with another status shows what it would become.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orders.models import Order
from orders.services.store_orders import store_page
from tests.factories import make_pair
from tiktoksync.sync.models import SyncStatus

HERE = Path(__file__).parent / "tiktok"
DOCUMENTATION = "doc_order_detail_202309.response.json"
VIETNAM = "live_vn_order_search_202309.response.json"
INDONESIA = "odoo_mock_order_masked_id.response.json"

IGNORED = None
# file, changed fields → (sync status, reason or None), or IGNORED when nothing may be stored
OUTCOMES: list[tuple[str, dict[str, Any], tuple[str, str] | None]] = [
    (DOCUMENTATION, {}, IGNORED),  # UNPAID
    (DOCUMENTATION, {"status": "CANCELLED"}, ("skipped", "cancelled")),
    (DOCUMENTATION, {"status": "CANCELLED", "paid_time": 0}, IGNORED),
    (DOCUMENTATION, {"status": "ON_HOLD"}, ("held", "pre_order")),
    (DOCUMENTATION, {"status": "AWAITING_SHIPMENT"}, ("pending", "")),
    (DOCUMENTATION, {"status": "IN_TRANSIT"}, ("skipped", "already_past_shipment")),
    (DOCUMENTATION, {"status": "GIFT_WRAPPED"}, ("held", "unknown_status")),
    (
        DOCUMENTATION,
        {"status": "AWAITING_SHIPMENT", "fulfillment_type": "FULFILLMENT_BY_TIKTOK"},
        ("skipped", "excluded_fulfilled_by_tiktok"),
    ),
    (VIETNAM, {}, ("skipped", "cancelled")),  # cash on delivery: an order without a paid time
    (VIETNAM, {"status": "AWAITING_SHIPMENT"}, ("pending", "")),
    (INDONESIA, {}, ("skipped", "already_past_shipment")),
    (INDONESIA, {"status": "AWAITING_SHIPMENT"}, ("pending", "")),
    (INDONESIA, {"line_items": []}, ("failed", "malformed")),
]


def sample(name: str) -> dict[str, Any]:
    body = json.loads((HERE / name).read_text(encoding="utf-8"))
    (order,) = body["data"]["orders"]
    found: dict[str, Any] = order
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "changes", "outcome"), OUTCOMES)
def test_a_sample_order_has_its_outcome(
    name: str, changes: dict[str, Any], outcome: tuple[str, str] | None
) -> None:
    pair = make_pair()
    body = {**sample(name), **changes}
    store_page(pair.shop, [body])
    stored = Order.objects.filter(shop=pair.shop).first()
    if outcome is IGNORED:
        assert stored is None
        return
    assert stored is not None
    assert stored.tiktok_order_id == body["id"]
    assert stored.tiktok_status == body["status"]
    assert (stored.sync_status, reason_of(stored)) == outcome
    assert stored.history.filter(axis="sync").count() == 1


def reason_of(order: Order) -> str:
    return order.skip_reason or order.failure_kind or order.wait_reason


@pytest.mark.django_db
def test_all_samples_in_one_page_are_stored_around_an_unreadable_one() -> None:
    pair = make_pair()
    unreadable = {"id": "576461413038785799", "status": "AWAITING_SHIPMENT"}
    bodies = [sample(VIETNAM), unreadable, sample(INDONESIA)]
    stored = store_page(pair.shop, bodies)
    assert (stored.new, stored.malformed) == (2, 1)
    statuses = dict(Order.objects.values_list("tiktok_order_id", "sync_status"))
    assert statuses == {
        "577958834469439754": SyncStatus.SKIPPED,
        "576461413038785799": SyncStatus.FAILED,
        "580193230867958565": SyncStatus.SKIPPED,
    }
