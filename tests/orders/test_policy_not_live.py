"""Nothing is created for a shop that is connected but not live yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orders.facts import OrderFacts
from orders.policy import Decision, Verb, WaitReason, before_send, first_sight, on_change, sentence
from tests.orders.data import build
from tests.orders.data.decisions import HOLD_SENTENCE, LINKED, NOW, RULES, SEND, SKIP_CANCELLED, of

NOT_LIVE = replace(RULES, is_live=False)
SAID = (
    "Not live yet: the order waits until you switch the connection on. Then it goes on by itself."
)
HELD = Decision(Verb.HOLD, WaitReason.NOT_LIVE, SAID)


def test_the_sentence_says_who_ends_it() -> None:
    assert sentence(WaitReason.NOT_LIVE) == SAID


@pytest.mark.parametrize("approved", [False, True])
def test_it_waits_even_if_it_was_asked_for(approved: bool) -> None:
    assert first_sight(build.facts(), NOT_LIVE, NOW, approved=approved) == HELD
    decision = before_send(build.facts(), NOT_LIVE, LINKED, NOW, approved=approved)
    assert decision == Decision(Verb.WAIT, WaitReason.NOT_LIVE, SAID)


def test_it_goes_once_the_shop_is_live() -> None:
    assert first_sight(build.facts(), RULES, NOW) == SEND
    assert on_change("AWAITING_SHIPMENT", build.facts(), RULES, "held", NOW) == SEND


def test_when_tiktok_releases_it_it_stays_and_says_why() -> None:
    assert on_change("ON_HOLD", build.facts(), NOT_LIVE, "held", NOW) == HELD


def test_without_news_nothing_is_decided_again() -> None:
    assert on_change("AWAITING_SHIPMENT", build.facts(), NOT_LIVE, "held", NOW) is None


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (of("CANCELLED"), SKIP_CANCELLED),
        (of("ON_HOLD"), Decision(Verb.WAIT, WaitReason.ON_HOLD, HOLD_SENTENCE)),
    ],
)
def test_what_tiktok_says_comes_first(facts: OrderFacts, decision: Decision) -> None:
    assert before_send(facts, NOT_LIVE, LINKED, NOW) == decision
