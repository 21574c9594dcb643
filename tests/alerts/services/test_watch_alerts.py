"""What is found, raised once, counted on, resolved, and told again when it grows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.models import CancelRequest
from products.models import Listing
from tests.alerts.conftest import fresh_pair
from tests.factories import Pair, make_fulfillment, set_columns, stored_order, synced_order
from tiktoksync.alerts.models import Alert, AlertSeen, Letter
from tiktoksync.alerts.services.watch_alerts import watch_alerts
from tiktoksync.alerts.shown import worst_alert
from tiktoksync.shops.models import Credential, Membership

#: One look when nothing changed; one of them is the time, which only PostgreSQL is asked for.
QUERIES = 17


def block(pair: Pair, *numbers: int, code: str = "sku_unlinked") -> list[Any]:
    orders = [stored_order(pair.shop, f"57646141303878{number:04}") for number in numbers]
    for order in orders:
        set_columns(
            order,
            sync_status="failed",
            failure_kind="config",
            failure_code=code,
            failure_reason="The SKU RED is not linked.",
        )
    return orders


def told() -> list[tuple[str, int]]:
    return [
        (alert.title, alert.count)
        for alert in Alert.objects.filter(resolved_at=None).order_by("kind", "cause")
    ]


def test_nothing_is_wrong_with_a_fresh_shop(pair: Pair) -> None:
    stored_order(pair.shop)
    assert watch_alerts() == 0
    assert not Alert.objects.exists()


def test_many_blocked_orders_are_one_alert_a_cause(pair: Pair) -> None:
    block(pair, 1, 2, 3)
    block(pair, 4, code="currency_not_accepted")
    assert watch_alerts() == 2
    assert told() == [("1 order is not in Shopify", 1), ("3 orders are not in Shopify", 3)]
    alert = Alert.objects.get(count=3)
    assert alert.address == "/orders/?tab=attention&cause=sku_unlinked"
    assert "Choose the Shopify variant that is sold under this SKU." in alert.words


def test_looking_again_raises_nothing_again(pair: Pair, anna: Membership) -> None:
    block(pair, 1)
    for _ in range(3):
        watch_alerts()
    assert Alert.objects.count() == Letter.objects.count() == 1


def test_a_second_cron_with_older_news_raises_nothing_twice(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tiktoksync.alerts.services import watch_alerts as module

    block(pair, 1)
    found = list(module.find_all(timezone.now()))
    watch_alerts()
    monkeypatch.setattr(module, "_differs", lambda wanted, known: True)
    monkeypatch.setattr(module, "find_all", lambda now: iter(found))
    assert watch_alerts() == 0
    assert Alert.objects.count() == 1


def test_the_count_follows_and_the_alert_closes_by_itself(pair: Pair) -> None:
    first, second = block(pair, 1, 2)
    watch_alerts()
    set_columns(second, sync_status="synced", failure_kind="")
    watch_alerts()
    assert told() == [("1 order is not in Shopify", 1)]
    set_columns(first, sync_status="synced", failure_kind="")
    watch_alerts()
    assert told() == []
    assert Alert.objects.get().resolved_at is not None


def test_a_cause_that_flaps_is_the_same_alert_and_the_same_letter(
    pair: Pair, anna: Membership
) -> None:
    (order,) = block(pair, 1)
    watch_alerts()
    set_columns(order, sync_status="pending")
    watch_alerts()
    set_columns(order, sync_status="failed")
    watch_alerts()
    assert Alert.objects.get().resolved_at is None
    assert Letter.objects.count() == 1


def test_a_cause_that_comes_back_much_later_is_a_new_alert(pair: Pair) -> None:
    block(pair, 1)
    watch_alerts()
    Alert.objects.update(resolved_at=timezone.now() - timedelta(minutes=11))
    assert watch_alerts() == 1
    assert Alert.objects.count() == 2


def test_people_are_told_again_once_it_has_grown_much(pair: Pair, anna: Membership) -> None:
    block(pair, 1, 2)
    watch_alerts()
    alert = Alert.objects.get()
    Letter.objects.update(due_at=None, sent_at=timezone.now())
    AlertSeen.objects.create(alert=alert, user=anna.user)
    block(pair, 3, 4, 5, 6)
    watch_alerts()
    assert (Letter.objects.count(), AlertSeen.objects.count()) == (1, 1)
    block(pair, 7)
    watch_alerts()
    assert (Letter.objects.count(), AlertSeen.objects.count()) == (2, 0)
    assert Alert.objects.get().told_count == 7


def test_refused_tracking_is_told(pair: Pair) -> None:
    shipment = make_fulfillment(synced_order(pair.shop))
    set_columns(
        shipment, sync_status="failed", failure_kind="rejected", failure_code="carrier_unknown"
    )
    watch_alerts()
    alert = Alert.objects.get()
    assert alert.title == "1 tracking number did not reach TikTok"
    assert alert.kind == "tracking_refused"
    assert alert.address == "/orders/576461413038785752/"


def test_each_buyer_who_waits_is_an_alert_and_urgent_at_the_end(pair: Pair) -> None:
    order = synced_order(pair.shop)
    request = CancelRequest.objects.create(order=order, cancel_id="7")
    set_columns(request, sync_status="held", wait_reason="answer")
    set_columns(request, respond_by=timezone.now() + timedelta(hours=20, minutes=30))
    watch_alerts()
    alert = Alert.objects.get()
    assert alert.title == "A buyer asks to cancel order 576461413038785752"
    assert alert.words.startswith("20 hours are left to accept or decline it: on ")
    assert not alert.is_urgent
    set_columns(request, respond_by=timezone.now() + timedelta(hours=1, minutes=1))
    watch_alerts()
    assert Alert.objects.get().is_urgent
    assert Alert.objects.get().words.startswith("1 hour is left")
    set_columns(request, sync_status="pending", wait_reason="", verdict="approve")
    watch_alerts()
    assert told() == []


def test_listings_refused_in_review_are_counted_by_shop(pair: Pair) -> None:
    for number in range(3):
        Listing.objects.create(
            shop=pair.shop, tiktok_product_id=str(number), title="Mug", status="FAILED"
        )
    Listing.objects.create(shop=pair.shop, tiktok_product_id="9", status="ACTIVATE")
    Listing.objects.create(
        shop=pair.shop, tiktok_product_id="10", status="FAILED", gone_at=timezone.now()
    )
    watch_alerts()
    assert told() == [("TikTok refuses 3 listings of Anna's shop", 3)]
    assert Alert.objects.get().address == "/products/?tab=fixing"


@pytest.mark.parametrize(
    ("days", "reached", "urgent"), [(29, 30, False), (13, 14, False), (6, 7, True), (0.5, 1, True)]
)
def test_an_ending_consent_is_told_at_each_threshold(
    pair: Pair, days: float, reached: int, urgent: bool
) -> None:
    ends = timezone.now() + timedelta(days=days)
    Credential.objects.filter(shop=pair.shop).update(refresh_expires_at=ends)
    watch_alerts()
    alert = Alert.objects.get()
    assert alert.cause == f"tiktokshop/{pair.shop.pk}/{reached}"
    assert (alert.kind, alert.is_urgent) == ("consent_ending", urgent)
    assert alert.words.startswith("TikTok's consent for Anna's shop ends")


def test_a_consent_far_from_its_end_is_no_alert(pair: Pair) -> None:
    ends = timezone.now() + timedelta(days=31)
    Credential.objects.filter(shop=pair.shop).update(refresh_expires_at=ends)
    assert watch_alerts() == 0


def test_a_lost_connection_is_told_instead_of_what_follows_from_it(pair: Pair) -> None:
    long_ago = timezone.now() - timedelta(hours=2)
    set_columns(pair.shop, auth_lost_at=timezone.now(), last_poll_at=long_ago)
    set_columns(stored_order(pair.shop), next_attempt_at=long_ago)
    watch_alerts()
    assert told() == [("The connection to Anna's shop is lost", 1)]
    assert Alert.objects.get().is_urgent


def test_an_account_that_a_person_stopped_is_no_alert(pair: Pair) -> None:
    long_ago = timezone.now() - timedelta(hours=2)
    set_columns(pair.shop, stopped_at=timezone.now(), last_poll_at=long_ago)
    assert watch_alerts() == 0


def test_no_good_poll_for_a_quarter_of_an_hour_is_late(pair: Pair) -> None:
    set_columns(pair.shop, last_poll_at=timezone.now() - timedelta(minutes=14))
    assert watch_alerts() == 0
    set_columns(pair.shop, last_poll_at=timezone.now() - timedelta(minutes=16))
    watch_alerts()
    assert told() == [("Anna's shop has not been asked for orders for a while", 1)]
    assert worst_alert(pair.merchant) == Alert.objects.get()


def test_due_rows_that_nobody_works_are_late(pair: Pair) -> None:
    old = timezone.now() - timedelta(minutes=16)
    set_columns(stored_order(pair.shop), next_attempt_at=old)
    shipment = make_fulfillment(synced_order(pair.shop, "576461413038780002", 2))
    set_columns(shipment, next_attempt_at=old)
    watch_alerts()
    assert told() == [
        ("1 order waits longer than it should", 1),
        ("1 tracking number waits longer than it should", 1),
    ]


def test_a_shop_that_was_taken_apart_is_silent(pair: Pair) -> None:
    block(pair, 1)
    set_columns(pair.shop, disconnected_at=timezone.now())
    assert watch_alerts() == 0


def test_alerts_hold_no_buyers_data(pair: Pair) -> None:
    (order,) = block(pair, 1)
    set_columns(order, ship_to="Springfield", failure_reason="The SKU RED is not linked.")
    watch_alerts()
    assert "Springfield" not in "".join(Alert.objects.values_list("words", flat=True))


def test_the_queries_do_not_grow_with_merchants_or_orders(
    pair: Pair, django_assert_max_num_queries: Any
) -> None:
    block(pair, *range(30))
    watch_alerts()
    with django_assert_max_num_queries(QUERIES):
        watch_alerts()
    for name in ("Ben", "Cleo", "Dora"):
        block(fresh_pair(name), *range(10))
    watch_alerts()
    with django_assert_max_num_queries(QUERIES):
        watch_alerts()


def test_one_merchants_trouble_is_not_anothers(pair: Pair) -> None:
    other = fresh_pair("Ben")
    block(pair, 1)
    watch_alerts()
    assert worst_alert(other.merchant) is None
    assert worst_alert(pair.merchant) is not None
