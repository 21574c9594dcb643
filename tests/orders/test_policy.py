"""The policy at first sight and on news, one line a rule: what is decided, why, in which words."""

from datetime import datetime, timedelta

import pytest

from orders.facts import OrderFacts
from orders.policy import (
    Decision,
    Rules,
    SkipReason,
    Verb,
    WaitReason,
    expected_release,
    first_sight,
    on_change,
)
from tests.orders.data import build
from tests.orders.data.decisions import (
    CREATED,
    HOLD_ON_HOLD,
    HOLD_UNKNOWN,
    IGNORE,
    NOW,
    PAID,
    RULES,
    SEND,
    SKIP_CANCELLED,
    SKIP_IN_HOLD,
    of,
    past,
)

FIRST_SIGHTS: list[tuple[OrderFacts, Decision]] = [
    (of("UNPAID"), IGNORE),
    (of("UNPAID", is_cod=True), IGNORE),
    (of("CANCELLED", paid_time=None), IGNORE),
    (of("CANCELLED", paid_time=None, is_cod=True), SKIP_CANCELLED),
    (of("CANCELLED"), SKIP_CANCELLED),
    (of("ON_HOLD"), HOLD_ON_HOLD),
    (of("ON_HOLD", is_on_hold_order=True, recipient_address={}), HOLD_ON_HOLD),
    (of("AWAITING_SHIPMENT"), SEND),
    (of("AWAITING_SHIPMENT", is_cod=True, paid_time=None), SEND),
    (of("PARTIALLY_SHIPPING"), past("PARTIALLY_SHIPPING")),
    (of("AWAITING_COLLECTION"), past("AWAITING_COLLECTION")),
    (of("IN_TRANSIT"), past("IN_TRANSIT")),
    (of("DELIVERED"), past("DELIVERED")),
    (of("COMPLETED"), past("COMPLETED")),
    (of("TELEPORTED"), HOLD_UNKNOWN),
]


@pytest.mark.parametrize(("facts", "decision"), FIRST_SIGHTS)
def test_first_sight_follows_the_status(facts: OrderFacts, decision: Decision) -> None:
    assert first_sight(facts, RULES, NOW) == decision


def test_an_order_placed_before_syncing_starts_is_skipped() -> None:
    rules = Rules(sync_from=CREATED + timedelta(seconds=1))

    decision = first_sight(of("AWAITING_SHIPMENT"), rules, NOW)

    assert decision == Decision(
        Verb.SKIP,
        SkipReason.BEFORE_SYNC_FROM,
        "Skipped: the order was placed before 2026-05-28 20:26 UTC, when syncing starts.",
    )


def test_an_order_placed_the_second_syncing_starts_is_sent() -> None:
    assert first_sight(of("AWAITING_SHIPMENT"), Rules(sync_from=CREATED), NOW) == SEND


def test_an_unpaid_order_is_ignored_before_its_age_is_asked() -> None:
    rules = Rules(sync_from=NOW)

    assert first_sight(of("UNPAID"), rules, NOW) == IGNORE
    assert first_sight(of("CANCELLED", paid_time=None), rules, NOW) == IGNORE


def test_a_safety_hold_keeps_an_order_until_its_minutes_from_payment_are_over() -> None:
    rules = Rules(safety_hold_minutes=30)
    until = PAID + timedelta(minutes=30)
    held = Decision(
        Verb.HOLD,
        WaitReason.SAFETY_HOLD,
        "Your safety hold keeps the order back until 2026-05-28 20:57 UTC.",
        until,
    )

    before = first_sight(of("AWAITING_SHIPMENT"), rules, until - timedelta(seconds=1))
    after = first_sight(of("AWAITING_SHIPMENT"), rules, until)

    assert before == held
    assert after == SEND


def test_a_safety_hold_counts_from_the_order_where_nothing_was_paid_yet() -> None:
    facts = of("AWAITING_SHIPMENT", is_cod=True, paid_time=None)

    decision = first_sight(facts, Rules(safety_hold_minutes=30), CREATED)

    assert decision.until == CREATED + timedelta(minutes=30)


def test_without_automatic_sync_an_order_waits_for_a_click() -> None:
    rules = Rules(auto_sync=False)

    assert first_sight(of("AWAITING_SHIPMENT"), rules, NOW) == Decision(
        Verb.HOLD,
        WaitReason.AUTO_SYNC_OFF,
        "Automatic sync is off. The order waits for your click.",
    )


# (previous status, status, sync status) -> decision; None: nothing to do.
CHANGES: list[tuple[str, str, str, Decision | None]] = [
    ("ON_HOLD", "AWAITING_SHIPMENT", "held", SEND),
    ("TELEPORTED", "AWAITING_SHIPMENT", "held", SEND),
    ("ON_HOLD", "ON_HOLD", "held", None),
    ("TELEPORTED", "ON_HOLD", "held", HOLD_ON_HOLD),
    ("ON_HOLD", "TELEPORTED", "held", HOLD_UNKNOWN),
    ("ON_HOLD", "CANCELLED", "held", SKIP_IN_HOLD),
    ("AWAITING_SHIPMENT", "CANCELLED", "held", SKIP_CANCELLED),
    ("ON_HOLD", "IN_TRANSIT", "held", past("IN_TRANSIT")),
    ("AWAITING_SHIPMENT", "AWAITING_SHIPMENT", "pending", None),
    ("AWAITING_SHIPMENT", "ON_HOLD", "pending", HOLD_ON_HOLD),
    ("AWAITING_SHIPMENT", "TELEPORTED", "pending", HOLD_UNKNOWN),
    ("AWAITING_SHIPMENT", "CANCELLED", "pending", SKIP_CANCELLED),
    ("AWAITING_SHIPMENT", "AWAITING_COLLECTION", "pending", past("AWAITING_COLLECTION")),
    ("AWAITING_SHIPMENT", "CANCELLED", "failed", SKIP_CANCELLED),
    ("AWAITING_SHIPMENT", "DELIVERED", "failed", past("DELIVERED")),
    ("AWAITING_SHIPMENT", "ON_HOLD", "failed", None),
    ("AWAITING_SHIPMENT", "TELEPORTED", "failed", None),
    ("AWAITING_SHIPMENT", "AWAITING_SHIPMENT", "failed", None),
    ("AWAITING_SHIPMENT", "CANCELLED", "sending", None),
    ("AWAITING_SHIPMENT", "CANCELLED", "synced", None),
    ("AWAITING_SHIPMENT", "CANCELLED", "skipped", None),
    ("ON_HOLD", "AWAITING_SHIPMENT", "skipped", None),
]


@pytest.mark.parametrize(("previous", "status", "sync_status", "decision"), CHANGES)
def test_news_moves_an_order_that_is_not_in_shopify(
    previous: str, status: str, sync_status: str, decision: Decision | None
) -> None:
    assert on_change(previous, of(status), RULES, sync_status, NOW) == decision


def test_an_order_tiktok_calls_unpaid_again_is_held_back() -> None:
    assert on_change("AWAITING_SHIPMENT", of("UNPAID"), RULES, "pending", NOW) == Decision(
        Verb.HOLD,
        WaitReason.UNPAID,
        "TikTok reports the order as unpaid. It goes on once it is paid.",
    )


def test_a_released_order_may_still_be_in_its_safety_hold() -> None:
    rules = Rules(safety_hold_minutes=300)

    decision = on_change("ON_HOLD", of("AWAITING_SHIPMENT"), rules, "held", NOW)

    assert decision is not None
    assert (decision.verb, decision.reason) == (Verb.HOLD, WaitReason.SAFETY_HOLD)
    assert decision.until == PAID + timedelta(minutes=300)


def test_a_held_order_without_news_goes_on_when_its_time_has_come() -> None:
    rules, facts = Rules(safety_hold_minutes=300), of("AWAITING_SHIPMENT")
    until = PAID + timedelta(minutes=300)
    status = "AWAITING_SHIPMENT"

    assert on_change(status, facts, rules, "held", until - timedelta(seconds=1)) is None
    assert on_change(status, facts, rules, "held", until) == SEND


def test_a_queued_order_is_not_taken_back_by_a_rule_of_the_merchants_time() -> None:
    rules, facts = Rules(safety_hold_minutes=300, auto_sync=False), of("AWAITING_SHIPMENT")

    assert on_change("AWAITING_SHIPMENT", facts, rules, "pending", NOW) is None


def test_an_order_that_turns_out_excluded_is_skipped() -> None:
    facts = of("AWAITING_SHIPMENT", fulfillment_type="FULFILLMENT_BY_TIKTOK")

    for sync_status in ("held", "pending", "failed"):
        decision = on_change("AWAITING_SHIPMENT", facts, RULES, sync_status, NOW)
        assert decision is not None
        assert decision.reason is SkipReason.EXCLUDED_FULFILLED_BY_TIKTOK


@pytest.mark.parametrize(
    ("facts", "release"),
    [
        (of("ON_HOLD"), PAID + timedelta(hours=1)),
        (of("ON_HOLD", paid_time=None), CREATED + timedelta(hours=1)),
        (of("ON_HOLD", release_date=build.CREATED + 864_000), CREATED + timedelta(days=10)),
        (of("AWAITING_SHIPMENT"), None),
    ],
)
def test_the_release_of_a_held_order_is_estimated(
    facts: OrderFacts, release: datetime | None
) -> None:
    assert expected_release(facts) == release
