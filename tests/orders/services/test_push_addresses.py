"""push_addresses: a buyer's new address reaches the Shopify order, once, and nothing else does."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from orders.models import AddressChange, Order, StatusChange
from orders.services.store_orders import store_page
from tests.factories import Pair, history, link_sku, order_body, pass_time, set_columns
from tests.fakes import FakeShopify, ShopifyOrder, Wakes
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import OutcomeUnknown, RateLimited, Rejected, Unreachable
from tiktoksync.sync.models import Attempt

STEM = "push_addresses"
UNCLEAR = OutcomeUnknown("Shopify did not give a clear answer.", code="http_502")
NEW_STREET = "9 New Road"


def at(street: str, **parts: Any) -> dict[str, Any]:
    return {**deepcopy(build.ADDRESS), "address_line1": street, **parts}


def tell(pair: Pair, recipient: dict[str, Any], age: int = 10, **fields: Any) -> None:
    """TikTok shows the order with this recipient."""
    store_page(pair.shop, [order_body(age=age, recipient_address=recipient, **fields)])


@pytest.fixture
def order(pair: Pair, shopify: FakeShopify, work: Work) -> Order:
    """An order in Shopify, at its first address."""
    link_sku(pair)
    store_page(pair.shop, [order_body()])
    work("push_orders")
    shopify.calls.clear()
    return Order.objects.get()


@pytest.fixture
def made(order: Order, shopify: FakeShopify) -> ShopifyOrder:
    return shopify.orders[order.shopify_order_id]


@pytest.fixture
def row(pair: Pair, order: Order) -> AddressChange:
    """The buyer moves."""
    tell(pair, at(NEW_STREET))
    return AddressChange.objects.get(order=order)


def state(row: AddressChange) -> str:
    row.refresh_from_db()
    return row.sync_status


def street(made: ShopifyOrder) -> str:
    return str(made.input["shippingAddress"]["address1"])


def until_done(row: AddressChange, work: Work) -> None:
    for _ in range(40):
        work(STEM)
        if state(row) != "pending":
            return
        pass_time(31)
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (True, "The buyer changed the address on TikTok."),
        (False, "TikTok shows another form of the address: it is compared with Shopify's."),
    ],
)
def test_the_history_tells_a_change_from_another_form(
    pair: Pair, shopify: FakeShopify, work: Work, told: bool, reason: str
) -> None:
    link_sku(pair)
    store_page(pair.shop, [order_body(recipient_address=at("1 ****", first_name="R***"))])
    order = Order.objects.get()
    set_columns(order, sync_status="synced", shopify_order_id="gid://shopify/Order/1")
    tell(pair, at(NEW_STREET), has_updated_recipient_address=told)
    change = StatusChange.objects.filter(axis="address").latest("id")
    assert change.reason == reason


# --- done ----------------------------------------------------------------------------------------


def test_a_new_address_is_written_as_it_would_have_been_at_creation(
    order: Order, row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    work(STEM)
    assert (state(row), row.done_at is not None) == ("synced", True)
    assert shopify.called() == ["read_order_address", "update_order_address"]
    ((gid, address),) = shopify.arguments("update_order_address")
    assert gid == made.gid
    assert address == {
        "firstName": "Robin",
        "lastName": "Example",
        "address1": NEW_STREET,
        "address2": "Unit 4",
        "city": "Los Angeles",
        "provinceCode": "CA",
        "countryCode": "US",
        "zip": "90001",
        "phone": "+15550100100",
    }
    assert street(made) == NEW_STREET
    order.refresh_from_db()
    assert order.sync_status == "synced", "the order's own axis is another matter"


def test_the_history_tells_of_it_without_the_address(
    order: Order, row: AddressChange, work: Work
) -> None:
    work(STEM)
    assert [step for _, step in history(order, "address")] == [
        *("pending", "sending", "pending", "sending", "synced")
    ]
    lines = StatusChange.objects.filter(order=order)
    words = " ".join(lines.values_list("reason", flat=True))
    words += " ".join(Attempt.objects.values_list("message", flat=True))
    assert not any(part in words for part in ("New Road", "Robin", "90001", "555"))
    assert "The buyer changed the address on TikTok." in words


def test_a_flat_that_is_dropped_is_dropped_in_shopify(
    pair: Pair, order: Order, made: ShopifyOrder, work: Work
) -> None:
    tell(pair, at("1 Example Street", address_line2=""))
    work(STEM)
    assert "address2" not in made.input["shippingAddress"]


def test_it_is_written_once_however_often_it_is_told(
    pair: Pair, row: AddressChange, shopify: FakeShopify, work: Work
) -> None:
    until_done(row, work)
    for age in (20, 30):
        tell(pair, at(NEW_STREET), age=age, has_updated_recipient_address=True)
        work(STEM)
    assert AddressChange.objects.count() == 1
    assert shopify.count("update_order_address") == 1


def test_the_store_is_woken(row: AddressChange, wakes: Wakes, pair: Pair) -> None:
    assert (STEM, pair.store.pk) in wakes.lanes


def test_there_and_back_again_is_written_both_times(
    pair: Pair, order: Order, row: AddressChange, made: ShopifyOrder, work: Work
) -> None:
    until_done(row, work)
    tell(pair, at("1 Example Street"), age=20)
    until_done(AddressChange.objects.get(revision=2), work)
    assert street(made) == "1 Example Street"
    tell(pair, at(NEW_STREET), age=30)
    until_done(AddressChange.objects.get(revision=3), work)
    assert street(made) == NEW_STREET


def test_taken_back_before_it_was_written_nothing_is_written(
    pair: Pair, row: AddressChange, shopify: FakeShopify, work: Work
) -> None:
    tell(pair, at("1 Example Street"), age=20)
    work(STEM)
    assert (state(row), row.skip_reason) == ("skipped", "superseded")
    assert AddressChange.objects.get(revision=2).sync_status == "synced"
    assert shopify.called() == ["read_order_address"]


# --- the newest wins -----------------------------------------------------------------------------


def test_of_two_changes_the_newest_alone_is_written(
    pair: Pair, row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    tell(pair, at("10 Newer Road"), age=20)
    work(STEM)
    assert state(row) == "skipped"
    assert street(made) == "10 Newer Road"
    assert shopify.count("update_order_address") == 1


def test_a_change_during_the_write_is_written_after_it(
    pair: Pair, row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.during("update_order_address", lambda: tell(pair, at("10 Newer Road"), age=20))
    work(STEM)
    newer = AddressChange.objects.get(revision=2)
    until_done(newer, work)
    assert (state(row), state(newer)) == ("synced", "synced")
    assert street(made) == "10 Newer Road"
    assert shopify.count("update_order_address") == 2


def test_a_newer_address_waits_while_an_older_one_is_in_flight(
    pair: Pair, row: AddressChange, shopify: FakeShopify, work: Work
) -> None:
    set_columns(row, sync_status="sending", claimed_until=datetime(2999, 1, 1, tzinfo=UTC))
    tell(pair, at("10 Newer Road"), age=20)
    work(STEM)
    newer = AddressChange.objects.get(revision=2)
    assert (state(newer), newer.wait_reason) == ("pending", "older_in_flight")
    assert shopify.calls == []


def test_an_older_write_without_an_answer_gives_way_to_the_newer_address(
    pair: Pair, row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("update_order_address", UNCLEAR, after_effect=True)
    work(STEM)
    tell(pair, at("10 Newer Road"), age=20)
    until_done(AddressChange.objects.get(revision=2), work)
    assert (state(row), street(made)) == ("skipped", "10 Newer Road")


# --- what is no change ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recipient", "fields"),
    [
        (at("1 ****", first_name="R***", last_name="E***", postal_code=""), {}),
        (at(NEW_STREET), {"status": "DELIVERED"}),
        (at("9 ****"), {"status": "CANCELLED"}),
        ({**dict.fromkeys(build.ADDRESS, ""), "district_info": []}, {"status": "COMPLETED"}),
    ],
    ids=["masked", "delivered", "cancelled and masked", "emptied"],
)
def test_masking_and_later_statuses_are_no_change(
    pair: Pair, order: Order, shopify: FakeShopify, work: Work, recipient: Any, fields: Any
) -> None:
    tell(pair, recipient, **fields)
    work(STEM)
    assert (AddressChange.objects.count(), shopify.calls) == (0, [])


def test_a_change_before_the_order_is_made_is_simply_sent(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair)
    tell(pair, at("1 Example Street"), age=0)
    tell(pair, at(NEW_STREET))
    work("push_orders")
    (made,) = shopify.orders.values()
    assert (street(made), AddressChange.objects.count()) == (NEW_STREET, 0)


def test_a_change_while_the_order_is_being_made_is_caught_up(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair)
    tell(pair, at("1 Example Street"), age=0)
    shopify.during("create_order", lambda: tell(pair, at(NEW_STREET)))
    work("push_orders")
    (made,) = shopify.orders.values()
    assert street(made) == "1 Example Street"
    until_done(AddressChange.objects.get(), work)
    assert street(made) == NEW_STREET


def test_other_news_while_the_order_is_being_made_ask_for_nothing(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair)
    tell(pair, at("1 Example Street"), age=0)
    shopify.during("create_order", lambda: tell(pair, at("1 Example Street"), seller_note="hi"))
    work("push_orders")
    assert AddressChange.objects.count() == 0


def test_a_change_while_the_create_was_in_doubt_is_caught_up(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair)
    tell(pair, at("1 Example Street"), age=0)
    shopify.fail("create_order", UNCLEAR, after_effect=True)
    work("push_orders")
    tell(pair, at(NEW_STREET))
    pass_time(31)
    work("push_orders")
    (made,) = shopify.orders.values()
    assert street(made) == "1 Example Street"
    until_done(AddressChange.objects.get(), work)
    assert street(made) == NEW_STREET


def test_an_order_found_after_doubt_without_news_asks_for_nothing(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair)
    tell(pair, at("1 Example Street"), age=0)
    shopify.fail("create_order", UNCLEAR, after_effect=True)
    work("push_orders")
    pass_time(31)
    work("push_orders")
    assert Order.objects.get().sync_status == "synced"
    assert AddressChange.objects.count() == 0


# --- too late ------------------------------------------------------------------------------------


def test_after_shipping_a_person_is_told_loudly_and_nothing_is_written(
    row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    made.touch(fulfillment_status="FULFILLED")
    work(STEM)
    assert (state(row), row.failure_kind) == ("failed", "config")
    assert row.failure_code == "address_after_shipping"
    assert row.failure_reason.startswith(
        "The buyer changed the address after the parcel was shipped in Shopify"
    )
    assert shopify.count("update_order_address") == 0


def test_a_partly_shipped_order_still_gets_the_new_address(
    row: AddressChange, made: ShopifyOrder, work: Work
) -> None:
    made.touch(fulfillment_status="PARTIALLY_FULFILLED")
    work(STEM)
    assert (state(row), street(made)) == ("synced", NEW_STREET)


def test_corrected_by_hand_after_shipping_a_retry_ends_it(
    order: Order, row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    from orders.services.actions import retry_order

    made.touch(fulfillment_status="FULFILLED")
    work(STEM)
    made.input["shippingAddress"]["address1"] = NEW_STREET.upper()
    assert retry_order(order, actor="merchant")
    work(STEM)
    assert state(row) == "synced"
    assert shopify.count("update_order_address") == 0


def test_an_address_that_tiktok_hides_meanwhile_is_a_task_for_a_person(
    pair: Pair, order: Order, row: AddressChange, shopify: FakeShopify, work: Work
) -> None:
    tell(pair, at("9 ****", postal_code=""), age=20, status="IN_TRANSIT")
    work(STEM)
    assert (state(row), row.failure_code) == ("failed", "address_hidden")
    assert shopify.calls == []


def test_a_cancelled_order_keeps_its_address(
    pair: Pair, row: AddressChange, shopify: FakeShopify, work: Work
) -> None:
    tell(pair, at("9 ****"), age=20, status="CANCELLED")
    work(STEM)
    assert (state(row), row.skip_reason) == ("skipped", "order_cancelled")
    assert shopify.calls == []


def test_an_order_cancelled_in_shopify_keeps_its_address(
    row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    made.touch(cancelled_at=datetime.now(UTC))
    work(STEM)
    assert (state(row), row.skip_reason) == ("skipped", "order_cancelled")
    assert shopify.count("update_order_address") == 0


def test_an_order_that_is_gone_is_told(
    row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    del shopify.orders[made.gid]
    work(STEM)
    assert (state(row), row.failure_kind) == ("failed", "gone")


# --- crash safety --------------------------------------------------------------------------------


def test_an_address_that_is_there_already_is_not_written(
    row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    made.input["shippingAddress"]["address1"] = NEW_STREET
    work(STEM)
    assert state(row) == "synced"
    assert shopify.called() == ["read_order_address"]


@pytest.mark.parametrize("happened", [True, False])
def test_after_an_unclear_answer_the_order_itself_says_what_happened(
    row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work, happened: bool
) -> None:
    shopify.fail("update_order_address", UNCLEAR, after_effect=happened)
    until_done(row, work)
    assert (state(row), street(made)) == ("synced", NEW_STREET)
    assert shopify.count("update_order_address") == (1 if happened else 2)


@pytest.mark.parametrize("happened", [True, False])
def test_a_worker_that_died_while_writing_is_followed_by_a_look(
    row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work, happened: bool
) -> None:
    from orders.services.push_addresses import PushAddresses

    shopify.fail("update_order_address", KeyboardInterrupt(), after_effect=happened)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        work(STEM)
    assert state(row) == "sending"
    pass_time(60)
    PushAddresses.recover()
    assert (state(row), row.in_doubt_since is not None) == ("pending", True)
    shopify.calls.clear()
    until_done(row, work)
    assert (state(row), street(made)) == ("synced", NEW_STREET)
    assert shopify.called()[0] == "read_order_address"
    assert shopify.count("update_order_address") == (0 if happened else 1)


@pytest.mark.parametrize(
    "error", [Unreachable("Away."), RateLimited("Slower.", retry_after=1.0)], ids=["away", "429"]
)
@pytest.mark.parametrize("step", ["read_order_address", "update_order_address"])
def test_what_is_worth_trying_again_is_tried_again(
    row: AddressChange,
    made: ShopifyOrder,
    shopify: FakeShopify,
    work: Work,
    error: Exception,
    step: str,
) -> None:
    shopify.fail(step, error)
    until_done(row, work)
    assert (state(row), street(made)) == ("synced", NEW_STREET)


def test_a_real_refusal_is_told_in_shopifys_words(
    row: AddressChange, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    refusal = Rejected("Shopify refused it: Shipping address zip is not valid.", code="INVALID")
    shopify.fail("update_order_address", refusal)
    until_done(row, work)
    assert (state(row), row.failure_kind, row.failure_code) == ("failed", "rejected", "INVALID")
    assert "zip is not valid" in row.failure_reason
    assert street(made) == "1 Example Street"
    assert shopify.count("update_order_address") == 1


def test_a_bug_of_ours_sets_the_row_aside_and_is_raised(
    row: AddressChange, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("update_order_address", ZeroDivisionError("ours"))
    with pytest.raises(ZeroDivisionError):
        work(STEM)
    assert (state(row), row.failure_kind) == ("failed", "internal")


def test_an_answer_after_the_lease_changes_nothing(
    row: AddressChange, shopify: FakeShopify, work: Work
) -> None:
    def another_worker_has_it() -> None:
        AddressChange.objects.filter(pk=row.pk).update(attempt_number=9)

    shopify.during("update_order_address", another_worker_has_it)
    work(STEM)
    assert state(row) == "sending"
    last = Attempt.objects.filter(subject="orders.addresschange").order_by("number").last()
    assert last is not None
    assert last.outcome == Attempt.Outcome.SUPERSEDED


def test_each_call_carries_the_stores_own_token(
    pair: Pair, row: AddressChange, shopify: FakeShopify, work: Work
) -> None:
    shopify.tokens.clear()
    until_done(row, work)
    assert set(shopify.tokens) == {pair.store.credential.access_token}
