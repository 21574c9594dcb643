"""Tracking that changes while TikTok is being told of it: nothing is lost, nothing told twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.models import Fulfillment, Order
from orders.services.push_fulfillments import PushFulfillments
from orders.services.store_fulfillments import store_shopify_order
from tests.factories import (
    DELIVERY_OPTION,
    ORDER_ID,
    Pair,
    hint_of_shopify,
    history,
    link_sku,
    order_body,
    pass_time,
    set_columns,
    stored_order,
)
from tests.fakes import FakeShopify, FakeTikTok, ShopifyOrder
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import OutcomeUnknown, RateLimited, Rejected, Unreachable
from tiktoksync.sync import leases
from tiktoksync.sync.attempts import claim, perform, record
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.recovery import recover

A, B, C = (f"94001118992231000012{place}" for place in ("01", "02", "03"))
UNCLEAR = OutcomeUnknown("TikTok Shop did not give a clear answer.", code="36009003")
REFUSED = Rejected("TikTok Shop refused the number.", code="21011033")
Change = Callable[..., None]


@pytest.fixture
def order(pair: Pair, shopify: FakeShopify, tiktok: FakeTikTok, work: Work) -> Order:
    """An order of two units on both sides, with the carriers known."""
    link_sku(pair, "RED", 41)
    lines = [build.unit("11"), build.unit("12")]
    tiktok.place(order_body(ORDER_ID, lines=lines))
    tiktok.carriers(DELIVERY_OPTION, "USPS", "UPS")
    order = stored_order(pair.shop, lines=[build.unit("11"), build.unit("12")])
    work("push_orders")
    order.refresh_from_db()
    assert order.sync_status == "synced"
    return order


@pytest.fixture
def made(pair: Pair, order: Order, shopify: FakeShopify, work: Work) -> ShopifyOrder:
    """The same order over there, shipped under A."""
    set_columns(pair.store, next_fulfillment_poll_at=timezone.now() + timedelta(seconds=60))
    made = shopify.orders[order.shopify_order_id]
    shopify.ship(made, A)
    return made


@pytest.fixture
def read(pair: Pair, made: ShopifyOrder, work: Work) -> Callable[[], None]:
    """A webhook has the order read again."""

    def run() -> None:
        hint_of_shopify(pair.store, "1")
        work("pull_fulfillments")

    return run


@pytest.fixture
def change(made: ShopifyOrder, read: Callable[[], None]) -> Change:
    """Staff change the tracking in Shopify, and it is read."""

    def run(number: str, company: str = "USPS") -> None:
        entry = {"company": company, "number": number, "url": None}
        made.fulfillments[0]["trackingInfo"] = [entry] if number else []
        made.touch()
        read()

    return run


def rows() -> list[tuple[str, str, str]]:
    found = Fulfillment.objects.order_by("pk")
    return list(found.values_list("tracking_number", "sync_status", "skip_reason"))


def told(tiktok: FakeTikTok) -> set[str]:
    return set(tiktok.tracking_of(ORDER_ID).values())


def push(work: Work, times: int = 1) -> None:
    for _ in range(times):
        work("push_fulfillments")
        pass_time(61)


def test_a_number_changed_while_it_is_sent_is_corrected_afterwards(
    order: Order, read: Change, change: Change, tiktok: FakeTikTok, work: Work
) -> None:
    read()
    tiktok.during("mark_shipped", lambda: change(B))
    push(work, 2)
    assert told(tiktok) == {B}
    assert rows() == [(A, "synced", ""), (B, "synced", "")]
    assert (tiktok.count("mark_shipped"), tiktok.count("update_shipping_info")) == (1, 1)


def test_a_number_changed_while_it_is_refused_is_sent_instead(
    read: Change, change: Change, tiktok: FakeTikTok, work: Work
) -> None:
    read()
    tiktok.fail("mark_shipped", REFUSED, after_effect=False)
    tiktok.during("get_orders", lambda: change(B))
    push(work, 2)
    assert told(tiktok) == {B}
    assert rows() == [(A, "skipped", "superseded"), (B, "synced", "")]
    assert tiktok.count("update_shipping_info") == 0


@pytest.mark.parametrize("happened", [True, False])
def test_a_number_changed_in_doubt_waits_for_the_look(
    read: Change, change: Change, tiktok: FakeTikTok, work: Work, happened: bool
) -> None:
    read()
    tiktok.fail("mark_shipped", UNCLEAR, after_effect=happened)
    work("push_fulfillments")
    change(B)
    assert [status for _, status, _ in rows()] == ["pending", "pending"]
    push(work, 3)
    assert told(tiktok) == {B}
    if happened:
        assert rows() == [(A, "synced", ""), (B, "synced", "")]
        assert (tiktok.count("mark_shipped"), tiktok.count("update_shipping_info")) == (1, 1)
    else:
        assert rows() == [(A, "skipped", "superseded"), (B, "synced", "")]
        assert (tiktok.count("mark_shipped"), tiktok.count("update_shipping_info")) == (2, 0)


def test_a_number_changed_twice_while_it_is_sent_goes_as_it_is_last(
    read: Change, change: Change, tiktok: FakeTikTok, work: Work
) -> None:
    read()

    def twice() -> None:
        change(B)
        change(C)

    tiktok.during("mark_shipped", twice)
    push(work, 2)
    assert told(tiktok) == {C}
    assert rows() == [(A, "synced", ""), (C, "synced", "")]
    assert tiktok.count("update_shipping_info") == 1


def test_a_number_changed_back_while_it_is_sent_corrects_nothing(
    read: Change, change: Change, tiktok: FakeTikTok, work: Work
) -> None:
    read()

    def there_and_back() -> None:
        change(B)
        change(A)

    tiktok.during("mark_shipped", there_and_back)
    push(work, 2)
    assert told(tiktok) == {A}
    assert rows() == [(A, "synced", ""), (A, "skipped", "as_told")]
    change(C)
    push(work, 2)
    assert (told(tiktok), rows()[-1]) == ({C}, (C, "synced", ""))


def test_a_correction_changed_while_it_is_sent_is_corrected_by_its_own_call(
    read: Change, change: Change, tiktok: FakeTikTok, work: Work
) -> None:
    read()
    push(work)
    change(B)
    tiktok.during("update_shipping_info", lambda: change(C))
    push(work, 3)
    assert told(tiktok) == {B}
    last = Fulfillment.objects.order_by("-pk").first()
    assert last is not None
    assert (last.tracking_number, last.sync_status, last.revision) == (C, "failed", 2)
    assert "TikTok takes one correction" in last.failure_reason
    assert tiktok.count("update_shipping_info") == 2


def test_a_shipment_cancelled_while_it_is_sent_is_told_to_a_person(
    made: ShopifyOrder, read: Change, tiktok: FakeTikTok, work: Work
) -> None:
    read()

    def cancel() -> None:
        made.fulfillments[0]["status"] = "CANCELLED"
        made.touch()
        read()

    tiktok.during("mark_shipped", cancel)
    push(work, 2)
    assert told(tiktok) == {A}
    assert rows() == [(A, "synced", ""), (A, "failed", "")]
    waiting = Fulfillment.objects.get(sync_status="failed")
    assert waiting.failure_code == "cancelled_after_sent"


def test_a_shipment_cancelled_while_it_is_refused_needs_nobody(
    made: ShopifyOrder, read: Change, tiktok: FakeTikTok, work: Work
) -> None:
    read()

    def cancel() -> None:
        made.fulfillments[0]["status"] = "CANCELLED"
        made.touch()
        read()

    tiktok.fail("mark_shipped", REFUSED)
    tiktok.during("get_orders", cancel)
    push(work, 2)
    assert told(tiktok) == set()
    assert rows() == [(A, "skipped", "fulfillment_cancelled")]


# --- the correction itself -----------------------------------------------------------------------


@pytest.fixture
def corrected(
    read: Change, change: Change, tiktok: FakeTikTok, work: Work
) -> Callable[[], Fulfillment]:
    """A correction is queued; gives its row as it stands."""
    read()
    push(work)
    change(B)
    tiktok.calls.clear()
    return lambda: Fulfillment.objects.get(tracking_number=B)


@pytest.mark.parametrize("happened", [True, False])
def test_after_an_unclear_answer_the_order_says_what_happened(
    corrected: Callable[[], Fulfillment], tiktok: FakeTikTok, work: Work, happened: bool
) -> None:
    tiktok.fail("update_shipping_info", UNCLEAR, after_effect=happened)
    push(work, 2)
    assert corrected().sync_status == "synced"
    assert tiktok.count("update_shipping_info") == (1 if happened else 2)
    assert told(tiktok) == {B}


@pytest.mark.parametrize("happened", [True, False])
def test_a_carrier_corrected_without_a_clear_answer_is_looked_for(
    change: Change, read: Change, tiktok: FakeTikTok, work: Work, happened: bool
) -> None:
    """The number is the same before and after: the carrier tells."""
    read()
    push(work)
    change(A, "UPS")
    tiktok.fail("update_shipping_info", UNCLEAR, after_effect=happened)
    push(work, 2)
    assert Fulfillment.objects.order_by("pk").last().sync_status == "synced"  # type: ignore[union-attr]
    assert tiktok.count("update_shipping_info") == (1 if happened else 2)
    carriers = {line["shipping_provider_id"] for line in tiktok.orders[ORDER_ID]["line_items"]}
    assert carriers == {"id-UPS"}


def test_a_killed_worker_corrects_once(
    pair: Pair, corrected: Callable[[], Fulfillment], tiktok: FakeTikTok, work: Work
) -> None:
    flow = PushFulfillments.load(pair.shop.pk)
    lease = leases.acquire("killed")
    assert flow is not None
    assert lease is not None
    (claimed,), _ = claim(flow, lease, 1)
    perform(claimed)
    pass_time(46)
    recover(Fulfillment)
    push(work)
    assert tiktok.called() == ["update_shipping_info", "get_orders"]
    assert corrected().sync_status == "synced"


def test_two_workers_at_once_correct_once(
    pair: Pair, corrected: Callable[[], Fulfillment], tiktok: FakeTikTok
) -> None:
    lease = leases.acquire("two")
    assert lease is not None
    flows = [PushFulfillments.load(pair.shop.pk) for _ in range(2)]
    assert [len(claim(flow, lease, 5)[0]) for flow in flows if flow is not None] == [1, 0]


@pytest.mark.parametrize("error", [Unreachable("Away."), RateLimited("Slow.", retry_after=3)])
def test_passing_trouble_is_tried_again(
    corrected: Callable[[], Fulfillment], tiktok: FakeTikTok, work: Work, error: Exception
) -> None:
    tiktok.fail("update_shipping_info", error)
    push(work, 2)
    assert corrected().sync_status == "synced"
    assert tiktok.count("update_shipping_info") == 2


def test_a_bug_of_ours_is_recorded_raised_and_looked_after(
    corrected: Callable[[], Fulfillment], tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("update_shipping_info", RuntimeError("boom"), after_effect=True)
    with pytest.raises(RuntimeError, match="boom"):
        work("push_fulfillments")
    row = corrected()
    assert (row.sync_status, row.failure_kind) == ("failed", "internal")
    set_columns(row, sync_status="pending")
    push(work)
    assert corrected().sync_status == "synced"
    assert tiktok.count("update_shipping_info") == 1
    steps = Attempt.objects.filter(subject_id=row.pk, subject="orders.fulfillment")
    assert list(steps.order_by("number").values_list("step", flat=True)) == [
        "correct_order",
        "verify",
    ]


# --- locks, bundles ------------------------------------------------------------------------------


def test_recording_locks_the_order_before_the_shipment(
    pair: Pair, read: Change, tiktok: FakeTikTok, work: Work
) -> None:
    """As reading Shopify does: two transactions never wait for each other crosswise."""
    read()
    tiktok.fail("mark_shipped", UNCLEAR)
    work("push_fulfillments")
    pass_time(31)
    flow = PushFulfillments.load(pair.shop.pk)
    lease = leases.acquire("locks")
    assert flow is not None
    assert lease is not None
    (claimed,), _ = claim(flow, lease, 1)
    assert claimed.task.step == "verify"
    outcome = perform(claimed)
    with CaptureQueriesContext(connection) as asked:
        record(flow, claimed, outcome)
    tables = [
        name
        for query in asked
        for name in ("orders_order", "orders_fulfillment")
        if f'FROM "{name}"' in query["sql"] and query["sql"].startswith("SELECT")
    ]
    assert tables[:2] == ["orders_order", "orders_fulfillment"]
    with CaptureQueriesContext(connection) as asked:
        read()
    tables = [
        name
        for query in asked
        for name in ("orders_order", "orders_fulfillment")
        if f'FROM "{name}"' in query["sql"] and query["sql"].startswith("SELECT")
    ]
    first = tables.index("orders_fulfillment")
    assert "orders_order" in tables[:first]


def shipped(made: ShopifyOrder, gid: str, number: str, *lines: tuple[int, int, str]) -> None:
    """A shipment of lines: pieces shipped, pieces in all, the units they stand for."""
    from orders.mapping_input import LINE_IDS_PROPERTY

    made.fulfillments.append(
        {
            "id": gid,
            "status": "SUCCESS",
            "createdAt": gid,
            "trackingInfo": [{"company": "USPS", "number": number, "url": None}],
            "fulfillmentLineItems": {
                "nodes": [
                    {
                        "quantity": pieces,
                        "lineItem": {
                            "id": f"line-{place}",
                            "quantity": whole,
                            "customAttributes": [{"key": LINE_IDS_PROPERTY, "value": units}],
                        },
                    }
                    for place, (pieces, whole, units) in enumerate(lines)
                ]
            },
        }
    )


def test_the_parts_of_a_bundle_ship_its_units_once(
    order: Order, made: ShopifyOrder, shopify: FakeShopify
) -> None:
    """Two lines stand for the same units, with two and with one piece of each."""
    made.fulfillments.clear()
    shipped(made, "F1", A, (4, 4, "11,12"))
    shipped(made, "F2", B, (2, 2, "11,12"))
    store_shopify_order(order, made.body())
    assert rows() == [(A, "pending", ""), (B, "skipped", "already_shipped")]
    assert Fulfillment.objects.get(tracking_number=A).shipped_units == ["11", "12"]
    assert history(order, "fulfillment") == [("", "pending"), ("", "skipped")]


def test_half_the_pieces_of_a_bundle_are_half_its_units(
    order: Order, made: ShopifyOrder, shopify: FakeShopify
) -> None:
    made.fulfillments.clear()
    shipped(made, "F1", A, (2, 4, "11,12"))
    shipped(made, "F2", B, (2, 4, "11,12"))
    store_shopify_order(order, made.body())
    told = Fulfillment.objects.order_by("pk").values_list("tracking_number", "shipped_units")
    assert list(told) == [(A, ["11"]), (B, ["12"])]
