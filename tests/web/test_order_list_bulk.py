"""Acting on several orders: the check before, the doing, the way back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from orders.models import Order, OrderTag, StatusChange
from tests.factories import Pair, set_columns, stored_order
from tests.web.reading import elements_of, text_of
from tests.web.test_order_list import bare_orders, order_id
from tiktoksync.runs.models import Run

HTMX = {"HX-Request": "true"}


@pytest.fixture
def three(pair: Pair) -> list[Order]:
    """One that waits, one on hold, one in Shopify."""
    orders = [stored_order(pair.shop, order_id(index)) for index in range(3)]
    set_columns(orders[1], tiktok_status="ON_HOLD", sync_status="held", wait_reason="on_hold")
    set_columns(orders[2], sync_status="synced", shopify_order_name="#1003")
    return orders


def keys(orders: list[Order]) -> list[int]:
    return [order.pk for order in orders]


def ask(client: Client, act: str, **fields: Any) -> Any:
    return client.post("/orders/bulk/check/", {"act": act, **fields}, headers=HTMX)


def do(client: Client, act: str, **fields: Any) -> Any:
    return client.post("/orders/bulk/", {"act": act, **fields}, headers=HTMX)


def statuses() -> list[str]:
    return list(Order.objects.order_by("pk").values_list("sync_status", flat=True))


def hidden(answer: Any) -> list[tuple[str, str]]:
    return [
        (each["name"], each["value"])
        for each in elements_of(answer, "input")
        if each.get("type") == "hidden" and each["name"] != "csrfmiddlewaretoken"
    ]


def test_a_check_says_what_cannot_be_done_and_does_nothing(
    three: list[Order], anna: Client, woken: list[Any]
) -> None:
    woken.clear()
    said = text_of(ask(anna, "sync", pick=keys(three)))
    assert "3 of 3 cannot be synced: 1 already in Shopify, 1 on hold at TikTok, 1 queued" in said
    answer = ask(anna, "keep", pick=keys(three))
    said = text_of(answer)
    assert "1 of 3 cannot be kept back: 1 already in Shopify." in said
    assert "Keep back 2 orders" in said
    assert hidden(answer) == [*(("pick", str(key)) for key in keys(three)), ("act", "keep")]
    assert statuses() == ["pending", "held", "synced"]
    assert woken == []


def test_a_few_are_done_at_once_and_said(three: list[Order], anna: Client) -> None:
    answer = do(anna, "keep", pick=keys(three))
    assert answer["HX-Trigger"] == "orders-changed"
    assert answer["HX-Reswap"] == "none"
    said = text_of(answer)
    assert "2 orders kept back. 1 of 3 cannot be kept back: 1 already in Shopify." in said
    assert [order.kept_back_at is not None for order in Order.objects.order_by("pk")] == [
        *(True, True, False)
    ]
    assert statuses() == ["held", "held", "synced"]
    assert not Run.objects.exists()


def test_keeping_back_can_be_taken_back(three: list[Order], anna: Client) -> None:
    do(anna, "keep", pick=keys(three))
    ids = ",".join(str(key) for key in keys(three)[:2])
    answer = anna.post(f"/orders/bulk/undo/?act=let_go&ids={ids}", headers=HTMX)
    assert "Taken back for 2 orders." in text_of(answer)
    assert not Order.objects.exclude(kept_back_at=None).exists()


def test_skipping_keeps_the_reason_and_can_be_taken_back(three: list[Order], anna: Client) -> None:
    do(anna, "skip", pick=[three[0].pk], reason="  Ordered   twice ")
    assert statuses() == ["skipped", "held", "synced"]
    line = StatusChange.objects.filter(order=three[0]).last()
    assert line is not None
    assert line.reason == "Skipped: the order was dismissed here. Ordered twice"
    anna.post(f"/orders/bulk/undo/?act=unskip&ids={three[0].pk}", headers=HTMX)
    three[0].refresh_from_db()
    assert (three[0].sync_status, three[0].approved_at) == ("pending", None)


def test_a_tag_needs_a_name_and_can_be_taken_back(three: list[Order], anna: Client) -> None:
    do(anna, "tag", pick=keys(three), tag_name="  ")
    assert not OrderTag.objects.exists()
    do(anna, "tag", pick=keys(three), tag_name=" gift   wrap ")
    assert list(OrderTag.objects.values_list("name", flat=True)) == ["gift wrap"] * 3
    ids = ",".join(str(key) for key in keys(three))
    anna.post(f"/orders/bulk/undo/?act=untag&ids={ids}&tag=gift%20wrap", headers=HTMX)
    assert not OrderTag.objects.exists()


@pytest.mark.parametrize("act", ["sync", "skip", "retry", "nonsense", ""])
def test_only_what_takes_back_can_be_asked_of_undo(
    act: str, three: list[Order], anna: Client
) -> None:
    anna.post(f"/orders/bulk/undo/?act={act}&ids={three[0].pk}", headers=HTMX)
    assert statuses() == ["pending", "held", "synced"]


def test_many_become_a_run(pair: Pair, anna: Client, woken: list[Any]) -> None:
    bare_orders(pair, 51)
    woken.clear()
    answer = do(anna, "skip", all="1", tab="to-ship", reason="Old.")
    run = Run.objects.get()
    assert (run.kind, run.shop) == ("orders", pair.shop)
    assert run.wish == {
        "act": "skip",
        "selection": {"tab": "to-ship", "filters": {}},
        "given": {"tag": "", "reason": "Old."},
    }
    assert f"/activity/runs/{run.pk}/" in answer.content.decode()
    assert set(statuses()) == {"pending"}
    assert woken == [("bulk_orders", pair.shop.pk)]


def test_exactly_fifty_are_done_at_once(pair: Pair, anna: Client) -> None:
    bare_orders(pair, 50)
    do(anna, "skip", all="1")
    assert statuses() == ["skipped"] * 50
    assert not Run.objects.exists()


def test_all_means_all_that_the_filters_find(three: list[Order], anna: Client) -> None:
    answer = ask(anna, "tag", all="1", tiktok_status="ON_HOLD", tab="on-hold")
    assert "The selected order can be tagged." in text_of(answer)
    assert hidden(answer) == [
        *(("all", "1"), ("tab", "on-hold"), ("tiktok_status", "ON_HOLD"), ("act", "tag"))
    ]
    do(anna, "tag", all="1", tiktok_status="ON_HOLD", tag_name="x")
    assert list(OrderTag.objects.values_list("order", flat=True)) == [three[1].pk]


def test_a_filter_nobody_can_read_selects_nothing(three: list[Order], anna: Client) -> None:
    answer = do(anna, "skip", all="1", placed_from="nonsense")
    assert "Nothing is selected." in text_of(answer)
    assert statuses() == ["pending", "held", "synced"]


def test_strangers_orders_are_not_there(three: list[Order], ben: Client) -> None:
    assert "No order is selected." in text_of(ask(ben, "skip", pick=keys(three)))
    do(ben, "skip", pick=keys(three))
    do(ben, "skip", all="1")
    ben.post(f"/orders/bulk/undo/?act=unskip&ids={three[0].pk}")
    assert statuses() == ["pending", "held", "synced"]


def test_a_viewer_may_not(three: list[Order], viewer: Client, woken: list[Any]) -> None:
    woken.clear()
    for address in ("/orders/bulk/check/", "/orders/bulk/", "/orders/bulk/undo/?act=unskip&ids=1"):
        answer = viewer.post(address, {"act": "skip", "pick": keys(three)})
        assert answer.status_code == 403
    assert statuses() == ["pending", "held", "synced"]
    assert woken == []


def test_a_viewer_sees_no_boxes_and_no_bar(three: list[Order], viewer: Client) -> None:
    page = viewer.get("/orders/")
    assert "Tick rows" not in text_of(page)
    assert not [each for each in elements_of(page, "input") if each.get("name") == "pick"]


def test_without_a_script_a_page_asks_and_the_list_comes_back(
    three: list[Order], anna: Client
) -> None:
    page = anna.post("/orders/bulk/check/", {"act": "skip", "pick": keys(three)})
    assert "<html" in page.content.decode()
    answer = anna.post("/orders/bulk/", {"act": "skip", "pick": keys(three), "tab": "to-ship"})
    assert answer["Location"] == "/orders/?tab=to-ship"
    assert "2 orders skipped." in text_of(anna.get("/orders/"))


@pytest.mark.parametrize("act", ["", "nonsense", "unskip", "let_go"])
def test_an_action_nobody_knows_does_nothing(act: str, three: list[Order], anna: Client) -> None:
    assert "Nothing was chosen" in text_of(ask(anna, act, pick=keys(three)))
    assert "Nothing was chosen to be done." in text_of(do(anna, act, pick=keys(three)))
    assert statuses() == ["pending", "held", "synced"]


def test_all_that_one_cause_blocks_are_retried(pair: Pair, anna: Client) -> None:
    orders = [stored_order(pair.shop, order_id(index)) for index in range(3)]
    for order, code in zip(orders, ("sku_unlinked", "sku_unlinked", "sku_blank"), strict=True):
        set_columns(order, sync_status="failed", failure_kind="config", failure_code=code)
    page = anna.get("/orders/?tab=attention")
    assert "2 Not linked to a Shopify product" in text_of(page)
    assert "Retry all 2 blocked by this" not in text_of(page)
    asked = {"all": "1", "cause": "sku_unlinked", "sync_status": "failed"}
    assert "All 2 selected orders can be retried." in text_of(ask(anna, "retry", **asked))
    do(anna, "retry", **asked)
    assert statuses() == ["pending", "pending", "failed"]
