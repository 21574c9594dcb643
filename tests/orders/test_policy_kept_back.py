"""An order that a person keeps back waits, whatever else would send it."""

from __future__ import annotations

import pytest

from orders.facts import OrderFacts
from orders.policy import (
    Decision,
    Rules,
    SkipReason,
    Verb,
    WaitReason,
    before_send,
    on_change,
    sentence,
)
from tests.orders.data import build
from tests.orders.data.decisions import HOLD_SENTENCE, LINKED, NOW, RULES, SEND, SKIP_CANCELLED, of

SAID = "Kept back by you. The order waits until you release it."
KEPT = Decision(Verb.HOLD, WaitReason.KEPT_BACK, SAID)


def test_the_sentence_says_who_ends_it() -> None:
    assert sentence(WaitReason.KEPT_BACK) == SAID


@pytest.mark.parametrize("approved", [False, True])
def test_it_waits_before_sending_even_if_it_was_approved(approved: bool) -> None:
    decision = before_send(build.facts(), RULES, LINKED, NOW, approved=approved, kept_back=True)
    assert decision == Decision(Verb.WAIT, WaitReason.KEPT_BACK, SAID)


def test_it_goes_once_it_is_no_longer_kept() -> None:
    assert before_send(build.facts(), RULES, LINKED, NOW, kept_back=False) == SEND


def test_when_tiktok_releases_it_it_stays_and_says_why() -> None:
    decision = on_change("ON_HOLD", build.facts(), RULES, "held", NOW, kept_back=True)
    assert decision == KEPT


def test_without_news_nothing_is_decided_again() -> None:
    facts = build.facts()
    assert on_change("AWAITING_SHIPMENT", facts, RULES, "held", NOW, kept_back=True) is None


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (of("CANCELLED"), SKIP_CANCELLED),
        (of("ON_HOLD"), Decision(Verb.WAIT, WaitReason.ON_HOLD, HOLD_SENTENCE)),
    ],
)
def test_what_tiktok_says_comes_first(facts: OrderFacts, decision: Decision) -> None:
    assert before_send(facts, RULES, LINKED, NOW, kept_back=True) == decision


def test_an_excluded_kind_is_skipped_rather_than_kept() -> None:
    rules = Rules(order_types={"normal": "skip"})
    decision = before_send(build.facts(), rules, LINKED, NOW, kept_back=True)
    assert (decision.verb, decision.reason) == (Verb.SKIP, SkipReason.EXCLUDED_NORMAL)
