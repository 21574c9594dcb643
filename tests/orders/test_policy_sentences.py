"""Every reason has a sentence that a merchant can read."""

from orders.policy import (
    BlockReason,
    SkipReason,
    WaitReason,
    first_sight,
    sentence,
)
from orders.policy_reasons import DEFAULTS, SENTENCES
from tests.orders.data.decisions import (
    NOW,
    RULES,
    of,
)


def test_every_reason_has_its_sentence_and_every_blank_its_default() -> None:
    reasons = [*SkipReason, *WaitReason, *BlockReason]

    assert set(SENTENCES) == set(reasons)
    for reason in reasons:
        said = sentence(reason)
        assert said.endswith(".")
        assert "{" not in said
        assert len(said) > 20


def test_a_sentence_takes_its_facts_and_leaves_blanks_general() -> None:
    assert DEFAULTS["skus"] == "an item"
    assert sentence(WaitReason.SKU_LOOKUP) == (
        "Looking up an item in Shopify. The order goes on by itself."
    )
    assert sentence(WaitReason.SKU_LOOKUP, skus="A, B", until=None) == (
        "Looking up A, B in Shopify. The order goes on by itself."
    )


def test_a_sentence_takes_braces_in_a_fact_as_they_are() -> None:
    assert sentence(BlockReason.SKU_UNLINKED, skus="{currency}") == (
        "Not linked to a Shopify product: {currency}. Link it, and the order goes on by itself."
    )


def test_a_decision_reads_as_plain_text_for_storing() -> None:
    decision = first_sight(of("ON_HOLD"), RULES, NOW)

    assert f"{decision.verb}/{decision.reason}" == "hold/on_hold"
