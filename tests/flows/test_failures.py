"""Each way a platform can fail, on each kind of call: what becomes of the row and the account.

What passes by itself heals by itself once the fault ends; what needs a person waits with a sentence
that says so. In both cases it is counted what went out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from orders.models import Fulfillment, Order
from orders.services.actions import retry_order
from tests.flows.world import US_SHOP, US_STORE, World
from tiktoksync.failures import SHOPIFY, TIKTOK, find_failure
from tiktoksync.lib import shared_bucket
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.sync.models import Attempt

pytestmark = pytest.mark.usefixtures("catalogues")

CREATE = "shopify:orderCreate"
SEARCH = "tiktok:order.search"
SHIP = "tiktok:fulfillment.mark_shipped"
NUMBER = "9400111899223100001299"


@dataclass(frozen=True)
class Case:
    """A fault, and what it comes to.

    `row` is the row's status after the first pass and `kind` its failure kind; `health` is the
    account's; `sent` counts the calls that went out; `code` finds the sentence.
    """

    name: str
    fault: dict[str, Any] = field(compare=False)
    row: str = "pending"
    kind: str = ""
    health: str = "ok"
    sent: int = 1
    code: str = ""

    def __str__(self) -> str:
        return self.name


def status(code: int, **more: Any) -> dict[str, Any]:
    return {"action": "status", "status": code, "body": {"errors": "told as text"}, **more}


def graphql(code: str) -> dict[str, Any]:
    return {"action": "graphql_errors", "after": False, "code": code, "message": "No."}


ON_THE_WAY = [
    Case("dropped before", {"action": "drop_before"}),
    Case("dropped after", {"action": "drop_after"}),
    Case("cut off", {"action": "truncated"}),
    Case("page instead of data", {"action": "html", "status": 200}),
    Case("page of a proxy", {"action": "html", "status": 502}),
    Case("page after the effect", {"action": "html", "status": 502, "after": True}),
    Case("empty", {"action": "empty"}),
    Case("empty after the effect", {"action": "empty", "after": True}),
    Case("internal error", {"action": "internal_error_200"}),
    Case("internal error after the effect", {"action": "internal_error_200", "after": True}),
    Case("500", {"action": "status", "status": 500}),
    Case("503", {"action": "status", "status": 503}),
    Case("504 after the effect", {"action": "status", "status": 504, "after": True}),
]

CREATE_CASES = [
    *ON_THE_WAY,
    Case("401", status(401), health="paused", code="http_401"),
    Case("402", status(402), health="paused", code="http_402"),
    Case("403", status(403), health="paused", code="http_403"),
    Case("404", status(404), health="paused", code="http_404"),
    Case("423", status(423), health="paused", code="http_423"),
    Case("401 as an object", {**status(401), "body": {"errors": {"base": "x"}}}, health="paused"),
    Case("400", status(400), row="failed", kind="config", code="http_400"),
    Case("413", status(413), row="failed", kind="rejected", code="http_413"),
    # Somebody between may have passed it on: Shopify is asked before anything is sent again.
    Case("moved", status(301)),
    Case("429", {"action": "throttle", "status": 429}, health="paused", code="http_429"),
    Case("429 with a delay", {"action": "throttle", "retry_after": "7"}, health="paused"),
    Case("429 with a broken delay", {"action": "throttle", "retry_after": "2.0"}, health="paused"),
    Case(
        "429 with a date",
        {"action": "throttle", "retry_after": "Fri, 20 Nov 2099 08:00:00 GMT"},
        health="paused",
    ),
    Case("429 with nonsense", {"action": "throttle", "retry_after": "soon"}, health="paused"),
    Case("429 with the past", {"action": "throttle", "retry_after": "-3"}, health="paused"),
    Case("access denied", graphql("ACCESS_DENIED"), health="paused", code="ACCESS_DENIED"),
    Case("shop inactive", graphql("SHOP_INACTIVE"), health="paused", code="SHOP_INACTIVE"),
    Case("too dear", graphql("MAX_COST_EXCEEDED"), "failed", "config", code="MAX_COST_EXCEEDED"),
    Case("unknown field", graphql("undefinedField"), "failed", "config", code="undefinedField"),
    Case(
        "bad variable", graphql("INVALID_VARIABLE"), "failed", "rejected", code="INVALID_VARIABLE"
    ),
    Case("unlisted", graphql("MOON_PHASE"), "failed", "rejected", code="unlisted"),
    Case("internal", graphql("INTERNAL_SERVER_ERROR")),
    Case("timeout", graphql("TIMEOUT")),
    Case("errors beside the data", {"action": "graphql_errors", "code": "ACCESS_DENIED"}, "synced"),
]

SEARCH_CASES = [
    # A read that was dropped or met a busy proxy is made once more at once.
    Case("dropped", {"action": "drop_before"}, health="paused", sent=2),
    Case("cut off", {"action": "truncated"}, health="paused"),
    Case("page", {"action": "html", "status": 502}, health="paused", sent=2),
    Case("page with 200", {"action": "html", "status": 200}, health="paused"),
    Case("empty", {"action": "empty"}, health="paused"),
    Case("500", {"action": "status", "status": 500}, health="paused"),
    Case("503", {"action": "status", "status": 503}, health="paused", sent=2),
    Case(
        "503 with a delay", {"action": "status", "status": 503, "retry_after": "9"}, health="paused"
    ),
    Case("internal error", {"action": "internal_error_200"}, health="paused"),
    Case("throttled", {"action": "throttle"}, health="paused", code="36009002"),
    Case("throttled with a delay", {"action": "throttle", "retry_after": "7"}, health="paused"),
    Case("time-out", {"action": "error", "code": 36009007}, health="paused", code="36009007"),
    Case("scope", {"action": "error", "code": 105005}, health="paused", code="105005"),
    Case("signature", {"action": "error", "code": 106001}, health="paused", code="106001"),
    Case("address", {"action": "error", "code": 36009033}, health="paused", code="36009033"),
    Case("inactive shop", {"action": "error", "code": 36009043}, health="paused", code="36009043"),
]

SHIP_CASES = [
    *ON_THE_WAY,
    Case("throttled", {"action": "throttle"}, health="paused", code="36009002"),
    Case("scope", {"action": "error", "code": 105005}, health="paused", code="105005"),
    Case("inactive seller", {"action": "error", "code": 36009044}, health="paused"),
    Case("region", {"action": "error", "code": 21008106}, "failed", "rejected", code="21008106"),
    Case("held", {"action": "error", "code": 21011044}, "failed", "rejected", code="21011044"),
    Case("unlisted", {"action": "error", "code": 47110815}, "failed", "rejected", code="unlisted"),
]


def begin(world: World, operation: str, case: Case) -> None:
    """From here on the operation fails in this way, until the world heals."""
    platform, _, name = operation.partition(":")
    world.forget_calls()
    world.fault(match={"platform": platform, "operation": name}, **case.fault)


def settle(world: World, passes: int = 8, *, until: Callable[[], bool] | None = None) -> None:
    """Let time pass, and everything that waits be tried, until there is nothing left to wait for.

    A told delay is over as well: neither the rows nor the buckets of points remember it.
    """
    for _ in range(passes):
        if until is not None and until():
            return
        world.due_now()
        shared_bucket.forget_all()
        ShopifyStore.objects.update(budget_available=None, budget_seen_at=None)
        world.sync()


def assert_told(row: Any, platform: str, case: Case) -> None:
    """A row that waits for a person says the sentence of the list, and keeps the code."""
    line = find_failure(platform, case.code)
    assert line is not None
    sentence, _, words = row.failure_reason.partition(" It said: “")
    assert (sentence, line.failure_kind) == (line.sentence, case.kind)
    assert bool(words) is line.quotes
    assert row.failure_code


# --- orderCreate ----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CREATE_CASES, ids=str)
def test_creating_an_order(world: World, case: Case) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    begin(world, CREATE, case)
    world.sync()
    order, store = world.order(order_id), ShopifyStore.objects.get(shop_domain=US_STORE)
    assert (order.sync_status, order.failure_kind) == (case.row, case.kind)
    assert store.health == case.health
    assert world.calls()[CREATE] == case.sent
    if case.health != "ok" and case.code:
        line = find_failure(SHOPIFY, case.code)
        assert line is not None
        assert store.paused_reason == line.sentence
    if case.row == "failed":
        assert_told(order, SHOPIFY, case)
        settle(world, 2)
        assert world.calls()[CREATE] == case.sent, "nothing is tried again without a person"
    world.heal()
    if case.row == "failed":
        settle(world, 1)
        assert world.order(order_id).sync_status == "failed"
        assert retry_order(world.order(order_id), actor="merchant")
    settle(world, until=lambda: world.order(order_id).sync_status == "synced")
    assert world.order(order_id).sync_status == "synced"
    assert len(world.shopify(order_id)) == 1
    assert ShopifyStore.objects.get(pk=store.pk).health == "ok"


def test_a_throttled_order_is_sent_as_soon_as_there_are_points_for_it(world: World) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    begin(world, CREATE, Case("throttled", {"action": "throttle", "times": 1}))
    world.sync()
    settle(world, until=lambda: world.order(order_id).sync_status == "synced")
    order = world.order(order_id)
    assert (order.sync_status, order.tries, world.calls()[CREATE]) == ("synced", 0, 2)
    tried = Attempt.objects.filter(subject="orders.order", subject_id=order.pk).order_by("number")
    assert [(one.step, one.outcome) for one in tried] == [("create", "retry"), ("create", "ok")]
    assert len(world.shopify(order_id)) == 1


def test_a_refused_value_is_told_in_shopifys_words(world: World) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    fault = {"action": "user_errors", "message": "Currency is not enabled", "code": "INVALID"}
    begin(world, CREATE, Case("user error", {**fault, "field": ["order", "currency"]}))
    world.sync()
    order = world.order(order_id)
    assert (order.sync_status, order.failure_kind) == ("failed", "rejected")
    assert order.failure_reason == "Shopify refused it: Currency is not enabled"
    assert world.calls()[CREATE] == 1
    assert world.shopify(order_id) == []


def test_while_an_account_waits_nothing_goes_out_in_its_name(world: World) -> None:
    """Twenty orders do not each discover that the store is closed."""
    world.place_many(20, status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    begin(world, CREATE, Case("402", status(402)))
    world.sync()
    together = world.calls()[CREATE]
    assert together <= 8, "only those that were under way together"
    for _ in range(3):
        world.sync()
    assert world.calls()[CREATE] == together
    assert set(Order.objects.values_list("sync_status", flat=True)) == {"pending"}
    assert set(Order.objects.values_list("tries", flat=True)) == {0}, "no try is counted"
    world.heal()
    settle(world, 3)
    assert set(Order.objects.values_list("sync_status", flat=True)) == {"synced"}


def test_another_merchants_store_goes_on(world: World) -> None:
    from tests.flows.world import VN_SHOP

    mine = world.place(US_SHOP, status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    other = world.place(VN_SHOP, status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.control("POST", "shopify/availability", {"shop": US_STORE, "status": 402})
    world.sync()
    assert world.order(mine).sync_status == "pending"
    assert world.order(other).sync_status == "synced"
    world.control("POST", "shopify/availability", {"shop": US_STORE, "status": 0})
    settle(world, 2)
    assert world.order(mine).sync_status == "synced"


# --- order search ---------------------------------------------------------------------------------


@pytest.mark.parametrize("case", SEARCH_CASES, ids=str)
def test_reading_orders(world: World, case: Case) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    TikTokShop.objects.exclude(shop_id=US_SHOP).update(auth_lost_at="2026-01-01T00:00:00Z")
    begin(world, SEARCH, case)
    mark = TikTokShop.objects.get(shop_id=US_SHOP).watermark
    world.sync()
    shop = TikTokShop.objects.get(shop_id=US_SHOP)
    assert (shop.health, world.calls()[SEARCH]) == (case.health, case.sent)
    assert Order.objects.count() == 0
    assert shop.watermark == mark, "what was not read is read again"
    if case.code:
        line = find_failure(TIKTOK, case.code)
        assert line is not None
        named = (
            "TikTok Shop has not granted the permission seller.order.info. Turn it on for the app "
            "in TikTok Shop Partner Center, then authorize the app again."
        )
        assert shop.paused_reason == (named if case.name == "scope" else line.sentence)
    world.heal()
    settle(world, 2)
    assert world.order(order_id).sync_status == "synced"
    assert TikTokShop.objects.get(pk=shop.pk).health == "ok"


def test_a_lost_consent_is_told_once_and_asked_for_no_more(world: World) -> None:
    case = Case("lost", {"action": "error", "code": 36004005})
    TikTokShop.objects.exclude(shop_id=US_SHOP).update(auth_lost_at="2026-01-01T00:00:00Z")
    begin(world, SEARCH, case)
    settle(world, 3)
    shop = TikTokShop.objects.get(shop_id=US_SHOP)
    assert shop.health == "reconnect"
    line = find_failure(TIKTOK, "36004005")
    assert line is not None
    assert shop.paused_reason == line.sentence
    assert world.calls()[SEARCH] == 1


# --- mark shipped ---------------------------------------------------------------------------------


@pytest.mark.parametrize("case", SHIP_CASES, ids=str)
def test_marking_as_shipped(world: World, case: Case) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.sync()
    world.fulfill(order_id, NUMBER, "USPS")
    begin(world, SHIP, case)
    world.sync()
    first = Attempt.objects.filter(subject="orders.fulfillment").order_by("number")
    assert first.count() >= 1
    shop = TikTokShop.objects.get(shop_id=US_SHOP)
    assert shop.health == case.health
    assert world.calls()[SHIP] == case.sent
    if case.row == "failed":
        settle(world, 3)
        row = Fulfillment.objects.get()
        assert (row.sync_status, row.failure_kind) == ("failed", case.kind)
        assert_told(row, TIKTOK, case)
        assert world.calls()[SHIP] == case.sent, "after the look nothing is sent again"
    world.heal()
    if case.row == "failed":
        settle(world, 1)
        assert Fulfillment.objects.get().sync_status == "failed"
        assert retry_order(world.order(order_id), actor="merchant")
    settle(world, until=lambda: Fulfillment.objects.get().sync_status == "synced")
    assert Fulfillment.objects.get().sync_status == "synced"
    lines = world.tiktok(order_id)["line_items"]
    assert {line["tracking_number"] for line in lines} == {NUMBER}
    assert TikTokShop.objects.get(pk=shop.pk).health == "ok"
