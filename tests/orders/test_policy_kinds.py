"""Kinds of order and the merchant's matrix of rules for them."""

from typing import Any

import pytest

from orders.facts import OrderFacts
from orders.policy import (
    Decision,
    OrderKind,
    Rules,
    SkipReason,
    Verb,
    WaitReason,
    before_send,
    first_sight,
    kind_tags,
    on_change,
    order_kind,
)
from tests.orders.data import build
from tests.orders.data.decisions import (
    LINKED,
    NOW,
    RULES,
    SEND,
    of,
)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, OrderKind.NORMAL),
        ({"order_type": ""}, OrderKind.NORMAL),
        ({"order_type": "ZERO_LOTTERY"}, OrderKind.NORMAL),
        ({"order_type": "AUCTION"}, OrderKind.NORMAL),
        ({"order_type": "PRE_ORDER"}, OrderKind.PRE_ORDER),
        ({"order_type": "BACK_ORDER"}, OrderKind.PRE_ORDER),
        ({"order_type": "MADE_TO_ORDER"}, OrderKind.MADE_TO_ORDER),
        ({"order_type": "VIRTUAL_ORDER"}, OrderKind.UNKNOWN),
        ({"order_type": "SOMETHING_NEW"}, OrderKind.UNKNOWN),
        ({"is_sample_order": True}, OrderKind.SAMPLE),
        ({"is_refundable_sample": True}, OrderKind.SAMPLE),
        ({"is_replacement_order": True}, OrderKind.REPLACEMENT),
        ({"is_exchange_order": True}, OrderKind.REPLACEMENT),
        ({"fulfillment_type": ""}, OrderKind.NORMAL),
        ({"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, OrderKind.FULFILLED_BY_TIKTOK),
        ({"fulfillment_type": "FULFILLMENT_BY_DILAYANI_TOKOPEDIA"}, OrderKind.FULFILLED_BY_TIKTOK),
        ({"fulfillment_type": "FULFILLMENT_BY_DRONES"}, OrderKind.UNKNOWN),
        (
            {"fulfillment_type": "FULFILLMENT_BY_TIKTOK", "is_sample_order": True},
            OrderKind.FULFILLED_BY_TIKTOK,
        ),
        ({"is_sample_order": True, "order_type": "PRE_ORDER"}, OrderKind.SAMPLE),
    ],
)
def test_an_order_has_one_kind(fields: dict[str, Any], kind: OrderKind) -> None:
    assert order_kind(build.facts(**fields)) is kind


def of_kind(kind: OrderKind) -> OrderFacts:
    return {
        OrderKind.NORMAL: build.facts(),
        OrderKind.SAMPLE: build.facts(is_sample_order=True),
        OrderKind.PRE_ORDER: build.facts(order_type="PRE_ORDER"),
        OrderKind.FULFILLED_BY_TIKTOK: build.facts(fulfillment_type="FULFILLMENT_BY_TIKTOK"),
        OrderKind.REPLACEMENT: build.facts(is_replacement_order=True),
        OrderKind.MADE_TO_ORDER: build.facts(order_type="MADE_TO_ORDER"),
        OrderKind.UNKNOWN: build.facts(order_type="SOMETHING_NEW"),
    }[kind]


@pytest.mark.parametrize(
    ("kind", "verb", "tags"),
    [
        (OrderKind.NORMAL, Verb.SEND, ()),
        (OrderKind.SAMPLE, Verb.SEND, ()),
        (OrderKind.PRE_ORDER, Verb.SEND, ()),
        (OrderKind.FULFILLED_BY_TIKTOK, Verb.SKIP, ()),
        (OrderKind.REPLACEMENT, Verb.SEND, ("TikTok replacement",)),
        (OrderKind.MADE_TO_ORDER, Verb.SEND, ()),
        (OrderKind.UNKNOWN, Verb.HOLD, ()),
    ],
)
def test_the_default_matrix(kind: OrderKind, verb: Verb, tags: tuple[str, ...]) -> None:
    assert first_sight(of_kind(kind), Rules(), NOW).verb is verb
    assert kind_tags(of_kind(kind), Rules()) == tags


@pytest.mark.parametrize(
    ("kind", "reason", "message"),
    [
        (OrderKind.NORMAL, SkipReason.EXCLUDED_NORMAL, "Skipped by your rule for normal orders."),
        (OrderKind.SAMPLE, SkipReason.EXCLUDED_SAMPLE, "Skipped by your rule for sample orders."),
        (
            OrderKind.PRE_ORDER,
            SkipReason.EXCLUDED_PRE_ORDER,
            "Skipped by your rule for pre-orders.",
        ),
        (
            OrderKind.FULFILLED_BY_TIKTOK,
            SkipReason.EXCLUDED_FULFILLED_BY_TIKTOK,
            "Skipped: TikTok ships this order from its own warehouse.",
        ),
        (
            OrderKind.REPLACEMENT,
            SkipReason.EXCLUDED_REPLACEMENT,
            "Skipped by your rule for replacement orders.",
        ),
        (
            OrderKind.MADE_TO_ORDER,
            SkipReason.EXCLUDED_MADE_TO_ORDER,
            "Skipped by your rule for made-to-order items.",
        ),
        (
            OrderKind.UNKNOWN,
            SkipReason.EXCLUDED_UNKNOWN_TYPE,
            "Skipped by your rule for orders of an unknown type.",
        ),
    ],
)
def test_an_excluded_kind_is_skipped_by_name(
    kind: OrderKind, reason: SkipReason, message: str
) -> None:
    rules = Rules(order_types={kind: "skip"})
    skipped = Decision(Verb.SKIP, reason, message)

    assert first_sight(of_kind(kind), rules, NOW) == skipped
    assert before_send(of_kind(kind), rules, LINKED, NOW) == skipped


def test_a_merchant_may_sync_what_is_excluded_by_default() -> None:
    rules = Rules(order_types={"fulfilled_by_tiktok": "tag", "unknown": "sync"})

    assert first_sight(of_kind(OrderKind.FULFILLED_BY_TIKTOK), rules, NOW) == SEND
    assert kind_tags(of_kind(OrderKind.FULFILLED_BY_TIKTOK), rules) == ("Fulfilled by TikTok",)
    assert first_sight(of_kind(OrderKind.UNKNOWN), rules, NOW) == SEND


def test_an_excluded_order_is_skipped_even_while_on_hold() -> None:
    facts = of("ON_HOLD", fulfillment_type="FULFILLMENT_BY_TIKTOK")

    assert first_sight(facts, RULES, NOW).reason is SkipReason.EXCLUDED_FULFILLED_BY_TIKTOK


def test_an_unknown_type_waits_and_shows_tiktoks_words() -> None:
    assert first_sight(of_kind(OrderKind.UNKNOWN), RULES, NOW) == Decision(
        Verb.HOLD,
        WaitReason.UNKNOWN_ORDER_TYPE,
        'TikTok gives the order the type "SOMETHING_NEW", which is not known here. '
        "Sync it by hand, or choose what becomes of unknown types in the settings.",
    )


def test_an_unknown_way_of_shipping_is_shown_in_tiktoks_word() -> None:
    decision = first_sight(build.facts(fulfillment_type="FULFILLMENT_BY_DRONES"), RULES, NOW)

    assert decision.message.startswith(
        'TikTok gives the order the type "FULFILLMENT_BY_DRONES", which is not known here.'
    )


def test_a_rule_that_is_no_rule_sends_nothing() -> None:
    rules = Rules(order_types={"normal": "perhaps"})

    assert first_sight(build.facts(), rules, NOW).reason is WaitReason.UNKNOWN_ORDER_TYPE


def test_a_pre_order_says_until_when_tiktok_holds_it() -> None:
    release = build.CREATED + 10 * 86400
    held = of("ON_HOLD", order_type="PRE_ORDER", release_date=release)
    expected = Decision(
        Verb.HOLD,
        WaitReason.PRE_ORDER,
        "Pre-order: TikTok holds it until 2026-06-07 20:26 UTC. "
        "It goes on when TikTok releases it.",
    )
    assert first_sight(held, RULES, NOW) == expected
    assert on_change("AWAITING_SHIPMENT", held, RULES, "pending", NOW) == expected
    assert expected.until is None, "TikTok ends its hold, not we"
    released = of("AWAITING_SHIPMENT", order_type="PRE_ORDER", release_date=release)
    assert on_change("ON_HOLD", released, RULES, "held", NOW) == SEND
