"""push_references: Shopify's ids stand on TikTok's orders, a hundred in one call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.models import ExternalReference
from tests.factories import Pair, make_pair, make_reference, pass_time, set_columns, synced_order
from tests.fakes import FakeTikTok
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import NotAuthorized, OutcomeUnknown, RateLimited, Rejected, Unreachable
from tiktoksync.sync.models import Attempt
from tiktoksync.tiktok.payloads import ItemError

STEM = "push_references"


def references(pair: Pair, count: int, **columns: Any) -> list[ExternalReference]:
    return [
        make_reference(synced_order(pair.shop, f"5{number:03}", number), **columns)
        for number in range(1, count + 1)
    ]


def states() -> set[str]:
    return set(ExternalReference.objects.values_list("sync_status", flat=True))


def sizes(tiktok: FakeTikTok) -> list[int]:
    return [len(orders) for (orders,) in tiktok.arguments("put_external_orders")]


def test_the_shopify_order_and_each_unit_are_named(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    lines = [build.unit("11"), build.unit("12")]
    make_reference(synced_order(pair.shop, "501", 7, lines=lines))
    assert work(STEM).worked == 1
    assert tiktok.references == {
        "501": {
            "id": "7",
            "platform": "SHOPIFY",
            "line_items": [
                {"id": "7-11", "origin_id": "11"},
                {"id": "7-12", "origin_id": "12"},
            ],
        }
    }
    assert states() == {"synced"}


def test_a_hundred_go_in_one_call(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    references(pair, 103)
    work(STEM)
    assert sizes(tiktok) == [100, 3]
    assert states() == {"synced"}
    assert Attempt.objects.filter(outcome="ok").count() == 103


def test_references_wait_for_company_and_then_go_together(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    now = timezone.now()
    references(pair, 1, next_attempt_at=now + timedelta(seconds=10))
    late = synced_order(pair.shop, "900", 900)
    make_reference(late, next_attempt_at=now + timedelta(seconds=59))
    work(STEM)
    assert tiktok.calls == []
    pass_time(11)
    work(STEM)
    assert sizes(tiktok) == [2]


def test_other_shops_references_stay(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    references(make_pair("Ben"), 1)
    work(STEM)
    assert (tiktok.calls, states()) == ([], {"pending"})


def test_what_is_refused_item_by_item_is_told_on_its_own_row(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    rows = references(pair, 3)
    tiktok.refused_references["5002"] = ItemError("21001", "No such order.", {"order_id": "5002"})
    work(STEM)
    for row in rows:
        row.refresh_from_db()
    assert [row.sync_status for row in rows] == ["synced", "failed", "synced"]
    assert (rows[1].failure_kind, rows[1].failure_code) == ("rejected", "21001")
    said = "TikTok Shop refused the request. It said: “No such order.”"
    assert rows[1].failure_reason == said
    assert sorted(tiktok.references) == ["5001", "5003"]


@pytest.mark.parametrize(
    ("code", "status", "paused"),
    [
        ("36009003", "pending", False),
        ("36009002", "pending", True),
        ("105005", "pending", True),
        ("21008111", "failed", False),
    ],
)
def test_an_item_that_failed_for_a_while_is_tried_again(
    pair: Pair, tiktok: FakeTikTok, work: Work, code: str, status: str, paused: bool
) -> None:
    """A code inside a batch means what it means for a call of its own."""
    rows = references(pair, 2)
    tiktok.refused_references["5002"] = ItemError(code, "Words.", {"order_id": "5002"})
    work(STEM)
    for row in rows:
        row.refresh_from_db()
    by_order = {row.order.tiktok_order_id: row for row in rows}
    assert by_order["5002"].sync_status == status
    assert [row.sync_status for key, row in by_order.items() if key != "5002"] == ["synced"]
    assert (pair.refresh().shop.paused_until is not None) is paused
    assert tiktok.count("put_external_orders") == 1


def test_one_that_spoils_the_whole_call_does_not_spoil_the_others(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    rows = references(pair, 3)
    plain = tiktok.perform

    def spoiled(token: str, method: str, effect: Any, orders: Any) -> Any:
        if any(order["id"] == "5002" for order in orders):
            tiktok.fail(method, Rejected("TikTok Shop refused a value.", code="36009004"))
        return plain(token, method, effect, orders)

    tiktok.perform = spoiled  # type: ignore[method-assign]
    work(STEM)
    for row in rows:
        row.refresh_from_db()
    assert sizes(tiktok) == [3, 1, 1, 1]
    assert [row.sync_status for row in rows] == ["synced", "failed", "synced"]


def test_after_an_unclear_answer_the_same_is_said_again(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    references(pair, 2)
    tiktok.fail("put_external_orders", OutcomeUnknown("Unclear."), after_effect=True)
    work(STEM)
    assert states() == {"pending"}
    pass_time(6)
    work(STEM)
    assert (states(), sizes(tiktok)) == ({"synced"}, [2, 2])
    assert len(tiktok.references) == 2


@pytest.mark.parametrize(
    "error",
    [
        RateLimited("Slow down.", retry_after=3),
        Unreachable("Away."),
        NotAuthorized("Not now.", account_reason="unavailable"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_shop_that_cannot_be_called_lets_them_wait(
    pair: Pair, tiktok: FakeTikTok, work: Work, error: Exception
) -> None:
    references(pair, 2)
    tiktok.fail("put_external_orders", error)
    work(STEM)
    assert states() == {"pending"}
    pass_time(40)
    work(STEM)
    assert states() == {"synced"}


def test_an_order_without_units_is_told_by_its_id_alone(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    order = synced_order(pair.shop, "501", 7)
    order.line_items.all().delete()
    make_reference(order)
    work(STEM)
    assert tiktok.references["501"]["line_items"] == []


def test_a_shop_that_is_paused_keeps_its_references(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    references(pair, 1)
    set_columns(pair.shop, paused_until=timezone.now() + timedelta(seconds=30))
    work(STEM)
    assert (tiktok.calls, states()) == ([], {"pending"})
