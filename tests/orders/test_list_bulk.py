"""For which orders an action can be done, and the sentence about the others."""

from __future__ import annotations

import pytest

from orders.list_bulk import ACTS, WORDS, State, cause_words, check

WAITING = State("AWAITING_SHIPMENT", "pending")
ON_HOLD = State("ON_HOLD", "held", wait_reason="on_hold")
BLOCKED = State("AWAITING_SHIPMENT", "failed", failure_kind="config")
SYNCED = State("IN_TRANSIT", "synced")
SENDING = State("AWAITING_SHIPMENT", "sending")
CANCELLED = State("CANCELLED", "skipped", skip_reason="cancelled")
CANCELLED_FAILED = State("CANCELLED", "failed", failure_kind="rejected")
MALFORMED = State("AWAITING_SHIPMENT", "failed", failure_kind="malformed")
DISMISSED = State("AWAITING_SHIPMENT", "skipped", skip_reason="dismissed")
EXCLUDED = State("AWAITING_SHIPMENT", "skipped", skip_reason="excluded_sample")
OLD = State("DELIVERED", "skipped", skip_reason="already_past_shipment")
KEPT = State("AWAITING_SHIPMENT", "held", wait_reason="kept_back", is_kept=True)
AUTO_OFF = State("AWAITING_SHIPMENT", "held", wait_reason="auto_sync_off")
LOOKING = State("AWAITING_SHIPMENT", "pending", in_doubt=True)
LATER = State("AWAITING_SHIPMENT", "pending", waits_for_time=True)
REFUSED = State("AWAITING_SHIPMENT", "synced", is_refused=True, has_trouble=True)
TAGGED = State("AWAITING_SHIPMENT", "pending", has_tag=True)


@pytest.mark.parametrize(
    ("act", "state", "cause"),
    [
        ("sync", BLOCKED, ""),
        ("sync", AUTO_OFF, ""),
        ("sync", KEPT, ""),
        ("sync", LATER, ""),
        ("sync", DISMISSED, ""),
        ("sync", EXCLUDED, ""),
        ("sync", OLD, "skipped_for_good"),
        ("sync", WAITING, "queued"),
        ("sync", ON_HOLD, "on_hold"),
        ("sync", SYNCED, "in_shopify"),
        ("sync", SENDING, "sending"),
        ("sync", CANCELLED, "cancelled"),
        ("sync", MALFORMED, "unreadable"),
        ("sync", State("NEW_WORD", "held"), "unknown_status"),
        ("retry", BLOCKED, ""),
        ("retry", REFUSED, ""),
        ("retry", SYNCED, "nothing_failed"),
        ("retry", MALFORMED, "unreadable"),
        ("retry", CANCELLED_FAILED, "cancelled"),
        ("resend", REFUSED, ""),
        ("resend", SYNCED, "nothing_refused"),
        ("keep", WAITING, ""),
        ("keep", ON_HOLD, ""),
        ("keep", KEPT, "kept_already"),
        ("keep", LOOKING, "in_doubt"),
        ("keep", SYNCED, "in_shopify"),
        ("keep", SENDING, "sending"),
        ("keep", BLOCKED, "failed"),
        ("keep", CANCELLED, "skipped"),
        ("release", KEPT, ""),
        ("release", AUTO_OFF, ""),
        ("release", ON_HOLD, "on_hold"),
        ("release", WAITING, "not_held"),
        ("release", SYNCED, "in_shopify"),
        ("tag", SYNCED, ""),
        ("tag", TAGGED, "tagged"),
        ("skip", WAITING, ""),
        ("skip", ON_HOLD, ""),
        ("skip", BLOCKED, ""),
        ("skip", LOOKING, "in_doubt"),
        ("skip", SYNCED, "in_shopify"),
        ("skip", CANCELLED, "skipped"),
    ],
)
def test_each_state_has_its_answer(act: str, state: State, cause: str) -> None:
    assert ACTS[act].judge(state) == cause


def test_the_sentence_counts_the_causes_the_commonest_first() -> None:
    found = check(ACTS["sync"], {BLOCKED: 47, CANCELLED: 1, ON_HOLD: 2})
    assert (found.ready, found.total, found.left_out_count) == (47, 50, 3)
    assert found.sentence == "3 of 50 cannot be synced: 2 on hold at TikTok, 1 cancelled."


def test_nothing_is_said_when_all_can_be_done() -> None:
    assert check(ACTS["skip"], {WAITING: 2, BLOCKED: 1}).sentence == ""


def test_large_numbers_are_told_apart() -> None:
    found = check(ACTS["tag"], {TAGGED: 1200})
    assert found.sentence == "1,200 of 1,200 cannot be tagged: 1,200 tagged so already."


def test_every_cause_has_its_words() -> None:
    every = {
        act.judge(state)
        for act in ACTS.values()
        for state in globals().values()
        if isinstance(state, State)
    }
    assert every - {""} <= set(WORDS)


def test_a_cause_stands_alone_with_a_capital() -> None:
    assert cause_words("on_hold") == "On hold at TikTok"
    assert cause_words("some_new_cause") == "Some new cause"
