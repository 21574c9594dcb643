"""The last word before an order leaves, and what the merchant's click may override."""

from datetime import timedelta

import pytest

from orders.facts import OrderFacts
from orders.policy import (
    BlockReason,
    Decision,
    LinkState,
    Rules,
    Verb,
    WaitReason,
    before_send,
    first_sight,
    on_change,
)
from tests.orders.data import build
from tests.orders.data.decisions import (
    HOLD_SENTENCE,
    LINKED,
    NOW,
    PAID,
    RULES,
    SEND,
    SKIP_CANCELLED,
    UNKNOWN_SENTENCE,
    of,
    past,
)


def test_a_linked_order_is_sent() -> None:
    assert before_send(build.facts(), RULES, LINKED, NOW) == SEND


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (of("CANCELLED"), SKIP_CANCELLED),
        (of("IN_TRANSIT"), past("IN_TRANSIT")),
        (of("ON_HOLD"), Decision(Verb.WAIT, WaitReason.ON_HOLD, HOLD_SENTENCE)),
        (of("TELEPORTED"), Decision(Verb.WAIT, WaitReason.UNKNOWN_STATUS, UNKNOWN_SENTENCE)),
    ],
)
def test_the_status_is_asked_once_more_before_sending(
    facts: OrderFacts, decision: Decision
) -> None:
    assert before_send(facts, RULES, LINKED, NOW) == decision


def test_a_safety_hold_is_asked_once_more_before_sending() -> None:
    decision = before_send(build.facts(), Rules(safety_hold_minutes=300), LINKED, NOW)

    assert (decision.verb, decision.reason) == (Verb.WAIT, WaitReason.SAFETY_HOLD)
    assert decision.until == PAID + timedelta(minutes=300)


def test_an_unlinked_sku_blocks_the_order_and_is_named_once() -> None:
    facts = build.facts([build.unit("1"), build.unit("2", "PINK"), build.unit("3", "PINK")])

    assert before_send(facts, RULES, LINKED, NOW) == Decision(
        Verb.BLOCK,
        BlockReason.SKU_UNLINKED,
        "Not linked to a Shopify product: PINK. Link it, and the order goes on by itself.",
    )


@pytest.mark.parametrize(
    ("state", "reason", "message"),
    [
        (
            LinkState.UNLINKED,
            BlockReason.SKU_UNLINKED,
            "Not linked to a Shopify product: RED. Link it, and the order goes on by itself.",
        ),
        (
            LinkState.AMBIGUOUS,
            BlockReason.SKU_AMBIGUOUS,
            "Several Shopify variants share the SKU: RED. Choose one, "
            "and the order goes on by itself.",
        ),
        (
            LinkState.GONE,
            BlockReason.VARIANT_GONE,
            "The linked Shopify variant no longer exists: RED. Link it anew, "
            "and the order goes on by itself.",
        ),
        (
            "a state nobody knows",
            BlockReason.SKU_UNLINKED,
            "Not linked to a Shopify product: RED. Link it, and the order goes on by itself.",
        ),
    ],
)
def test_every_state_short_of_linked_blocks(state: str, reason: BlockReason, message: str) -> None:
    decision = before_send(build.facts(), RULES, {"29RED": state}, NOW)

    assert decision == Decision(Verb.BLOCK, reason, message)


def test_an_item_without_a_seller_sku_blocks_under_its_own_name() -> None:
    facts = build.facts([build.unit("1", "", sku_id="777", product_name="Red shirt")])

    assert before_send(facts, RULES, {}, NOW) == Decision(
        Verb.BLOCK,
        BlockReason.SKU_BLANK,
        "No seller SKU on TikTok for: Red shirt. Link the item by hand, "
        "and the order goes on by itself.",
    )
    assert before_send(facts, RULES, {"777": LinkState.LINKED}, NOW) == SEND


def test_a_sku_being_looked_up_is_waited_for() -> None:
    assert before_send(build.facts(), RULES, {"29RED": LinkState.LOOKING_UP}, NOW) == Decision(
        Verb.WAIT,
        WaitReason.SKU_LOOKUP,
        "Looking up RED in Shopify. The order goes on by itself.",
    )


def test_a_block_is_told_before_a_lookup() -> None:
    facts = build.facts([build.unit("1"), build.unit("2", "PINK")])

    decision = before_send(facts, RULES, {"29RED": LinkState.LOOKING_UP}, NOW)

    assert decision.reason is BlockReason.SKU_UNLINKED


def test_with_text_lines_an_unlinked_item_blocks_nothing() -> None:
    rules = Rules(unlinked_policy="text_line")

    for state in (LinkState.UNLINKED, LinkState.AMBIGUOUS, LinkState.GONE):
        assert before_send(build.facts(), rules, {"29RED": state}, NOW) == SEND
    looking_up = before_send(build.facts(), rules, {"29RED": LinkState.LOOKING_UP}, NOW)
    assert looking_up.verb is Verb.WAIT


def test_an_unlinked_unit_that_is_left_out_blocks_nothing() -> None:
    lines = [build.unit("1"), build.unit("2", "PINK", "7.00", display_status="CANCELLED")]
    sums = build.payment(lines, original_total_product_price="10.00")

    assert before_send(build.facts(lines, payment=sums), RULES, LINKED, NOW) == SEND
    assert before_send(build.facts(lines), RULES, LINKED, NOW).reason is BlockReason.SKU_UNLINKED


@pytest.mark.parametrize(
    ("store", "others", "accepted"),
    [("CAD", (), "CAD"), ("CAD", ("EUR", "cad"), "CAD, EUR"), ("", ("GBP",), "GBP")],
)
def test_a_currency_the_store_does_not_accept_blocks(
    store: str, others: tuple[str, ...], accepted: str
) -> None:
    rules = Rules(store_currency=store, accepted_currencies=others)

    assert before_send(build.facts(), rules, LINKED, NOW) == Decision(
        Verb.BLOCK,
        BlockReason.CURRENCY_NOT_ACCEPTED,
        f"The order is in USD, which the Shopify store does not accept. It accepts {accepted}.",
    )


@pytest.mark.parametrize(
    ("store", "others"), [("USD", ()), ("CAD", ("usd",)), ("", ()), ("", ("USD",))]
)
def test_an_accepted_currency_passes(store: str, others: tuple[str, ...]) -> None:
    rules = Rules(store_currency=store, accepted_currencies=others)

    assert before_send(build.facts(), rules, LINKED, NOW) == SEND


def test_sums_that_do_not_prove_block_with_both_of_them() -> None:
    lines = [build.unit("1")]
    facts = build.facts(lines, payment=build.payment(lines, total_amount="11.00"))

    assert before_send(facts, RULES, LINKED, NOW) == Decision(
        Verb.BLOCK,
        BlockReason.MONEY_MISMATCH,
        "The sums do not agree: TikTok says 11.00 USD, adding up gives 10.00 USD "
        "(products, shipping, taxes and fees do not add up to TikTok's total). "
        "The order was not sent.",
    )


def test_a_parcel_of_the_sellers_own_needs_an_address() -> None:
    blocked = before_send(build.facts(recipient_address={}), RULES, LINKED, NOW)

    assert blocked == Decision(
        Verb.BLOCK,
        BlockReason.ADDRESS_MISSING,
        "TikTok gives no shipping address for this order. It goes on once TikTok does.",
    )


def test_a_parcel_under_tiktoks_label_needs_no_address() -> None:
    facts = build.facts(recipient_address={}, shipping_type="TIKTOK")

    assert before_send(facts, RULES, LINKED, NOW) == SEND


def test_a_masked_address_is_address_enough() -> None:
    facts = build.facts(recipient_address={"name": "f***", "region_code": "US"})

    assert before_send(facts, RULES, LINKED, NOW) == SEND


def test_the_merchants_click_overrides_the_merchants_own_holds() -> None:
    rules = Rules(
        auto_sync=False,
        safety_hold_minutes=10_000,
        sync_from=NOW,
        order_types={"normal": "skip"},
    )

    assert first_sight(of("AWAITING_SHIPMENT"), rules, NOW, approved=True) == SEND
    assert before_send(of("IN_TRANSIT"), rules, LINKED, NOW, approved=True) == SEND
    held = on_change(
        "AWAITING_SHIPMENT", of("AWAITING_SHIPMENT"), rules, "held", NOW, approved=True
    )
    assert held == SEND


@pytest.mark.parametrize("status", ["UNPAID", "ON_HOLD", "TELEPORTED", "CANCELLED"])
def test_the_merchants_click_never_sends_what_tiktok_holds_or_cancelled(status: str) -> None:
    assert first_sight(of(status), RULES, NOW, approved=True).verb is not Verb.SEND
    assert before_send(of(status), RULES, LINKED, NOW, approved=True).verb is not Verb.SEND


def test_the_merchants_click_does_not_override_a_missing_link() -> None:
    assert before_send(build.facts(), RULES, {}, NOW, approved=True).verb is Verb.BLOCK
