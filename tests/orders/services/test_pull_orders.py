"""pull_orders: the window, its pages, its watermark, and hints."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders import policy
from orders.models import Order
from orders.services import pull_orders
from tests.factories import (
    FIRST_UPDATE,
    Pair,
    hint_of_order,
    order_body,
    pass_time,
    seconds_from_now,
    set_columns,
)
from tests.fakes import FakeTikTok
from tests.orders.services.conftest import Work
from tiktoksync.errors import MalformedPayload, NotAuthorized, RateLimited, Rejected, Unreachable
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.flows import Budget
from tiktoksync.webhooks.models import Delivery

STEM = "pull_orders"


def shop_of(pair: Pair) -> TikTokShop:
    return TikTokShop.objects.get(pk=pair.shop.pk)


def windows(tiktok: FakeTikTok) -> list[Any]:
    """Where each search began."""
    return [since for since, _ in tiktok.arguments("search_orders")]


def ids() -> list[str]:
    return list(Order.objects.order_by("tiktok_order_id").values_list("tiktok_order_id", flat=True))


# --- the window ----------------------------------------------------------------------------------


def test_the_first_window_starts_when_syncing_starts(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    set_columns(pair.shop, sync_from=start)
    tiktok.place(order_body("1"), order_body("2", age=5))
    before = int(timezone.now().timestamp())
    work(STEM)
    assert windows(tiktok) == [int(start.timestamp())]
    assert ids() == ["1", "2"]
    shop = shop_of(pair)
    assert before - 2 <= (shop.watermark or 0) <= before + 5
    assert shop.last_poll_at is not None
    assert 54 < seconds_from_now(shop.next_poll_at) <= 57


def test_without_a_start_everything_is_read(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    work(STEM)
    assert windows(tiktok) == [None]


def test_the_next_window_overlaps_the_last(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    set_columns(pair.shop, watermark=1_780_000_000)
    work(STEM)
    assert windows(tiktok) == [1_780_000_000 - 300]


def test_a_poll_that_is_not_due_is_not_made(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    set_columns(pair.shop, next_poll_at=timezone.now() + timedelta(seconds=30))
    work(STEM)
    assert tiktok.calls == []


def test_the_watermark_never_goes_back(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    ahead = int(timezone.now().timestamp()) + 10_000
    set_columns(pair.shop, watermark=ahead)
    work(STEM)
    assert shop_of(pair).watermark == ahead


def test_the_window_ends_on_the_platforms_clock(
    pair: Pair, tiktok: FakeTikTok, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_orders, "platform_time", lambda url: 1_790_000_000.7)
    work(STEM)
    assert shop_of(pair).watermark == 1_790_000_000


# --- pages ---------------------------------------------------------------------------------------


def test_every_page_is_read_and_stored(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    tiktok.page_size = 2
    tiktok.place(*[order_body(str(number), age=number) for number in range(5)])
    assert work(STEM).worked == 5
    assert tiktok.count("search_orders") == 3
    assert ids() == ["0", "1", "2", "3", "4"]


def test_a_failure_on_a_later_page_keeps_the_watermark_and_what_was_stored(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(pair.shop, watermark=1_700_000_000)
    tiktok.page_size = 2
    tiktok.place(*[order_body(str(number), age=number) for number in range(4)])
    plain = tiktok.perform

    def second_fails(token: str, method: str, *rest: Any) -> Any:
        if method == "search_orders" and tiktok.count(method) == 1:
            tiktok.fail(method, Unreachable("TikTok Shop is away."))
        return plain(token, method, *rest)

    tiktok.perform = second_fails  # type: ignore[method-assign]
    work(STEM)
    shop = shop_of(pair)
    assert shop.watermark == 1_700_000_000
    assert shop.last_poll_at is None
    assert ids() == ["0", "1"]
    assert shop.paused_reason == "TikTok Shop is away."
    tiktok.perform = plain  # type: ignore[method-assign]
    pass_time(10)
    work(STEM)
    assert ids() == ["0", "1", "2", "3"]
    assert (shop_of(pair).watermark or 0) > 1_700_000_000


def test_the_same_order_on_two_pages_is_stored_once(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    """The list shifts when an order is updated between two pages."""
    tiktok.page_size = 2
    tiktok.place(*[order_body(str(number), age=number) for number in range(3)])

    def shift() -> None:
        tiktok.change("0", update_time=FIRST_UPDATE + 50, status="AWAITING_COLLECTION")
        tiktok.place(order_body("9", age=-1))

    tiktok.during("search_orders", shift)
    work(STEM)
    assert Order.objects.get(tiktok_order_id="0").tiktok_status == "AWAITING_COLLECTION"
    assert len(ids()) == len(set(ids()))


def test_a_page_token_that_never_ends_does_not_hold_the_worker(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.page_size = 2
    tiktok.endless = True
    tiktok.place(*[order_body(str(number), age=number) for number in range(4)])
    work(STEM)
    assert tiktok.count("search_orders") <= 4
    assert ids() == ["0", "1", "2", "3"]


def test_more_pages_than_one_poll_may_read_are_never_skipped(
    pair: Pair, tiktok: FakeTikTok, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watermark never passes an order that is not stored."""
    monkeypatch.setattr(pull_orders, "MOST_PAGES", 2)
    tiktok.page_size = 2
    tiktok.place(*[order_body(str(number), age=number * 400) for number in range(6)])
    work(STEM)
    assert ids() == ["0", "1", "2", "3"]
    assert shop_of(pair).watermark == FIRST_UPDATE + 3 * 400
    set_columns(pair.shop, next_poll_at=None)
    work(STEM)
    assert ids() == ["0", "1", "2", "3", "4", "5"]


def test_a_long_window_is_read_in_several_drains(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    """A backlog of hours must not keep one job for longer than a job may last."""
    tiktok.page_size = 2
    tiktok.place(*[order_body(str(number), age=number * 400) for number in range(6)])
    work(STEM, Budget(seconds=0))
    assert ids() == ["0", "1"]
    shop = shop_of(pair)
    assert shop.watermark == FIRST_UPDATE + 400
    assert seconds_from_now(shop.next_poll_at) <= 0, "the rest is due at once"
    for _ in range(5):
        work(STEM, Budget(seconds=0))
    assert ids() == ["0", "1", "2", "3", "4", "5"]
    assert seconds_from_now(shop_of(pair).next_poll_at) > 50


def test_a_spent_budget_does_not_stop_short_of_the_overlap(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    """Otherwise a drain could read the same overlap again and again and never get on."""
    set_columns(pair.shop, watermark=FIRST_UPDATE + 5)
    tiktok.page_size = 1
    tiktok.place(*[order_body(str(number), age=number) for number in range(10)])
    work(STEM, Budget(seconds=0))
    assert (shop_of(pair).watermark or 0) > FIRST_UPDATE + 5


def test_an_empty_page_is_no_error(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    assert work(STEM).worked == 0
    assert shop_of(pair).last_good_call_at is not None


# --- refusals ------------------------------------------------------------------------------------


def test_throttling_pauses_the_shop_as_long_as_told(
    pair: Pair, tiktok: FakeTikTok, work: Work, settings: Any
) -> None:
    settings.TIME_SCALE = 0.01
    tiktok.fail("search_orders", RateLimited("Slow down.", retry_after=40))
    work(STEM)
    assert 38 < seconds_from_now(shop_of(pair).paused_until) <= 40
    work(STEM)
    assert tiktok.count("search_orders") == 1, "nothing is asked before the time is over"


def test_lost_consent_stops_the_shop_until_it_is_connected_again(
    pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("search_orders", NotAuthorized("Gone.", account_reason="consent_lost"))
    work(STEM)
    assert shop_of(pair).health == "reconnect"
    pass_time(10_000)
    work(STEM)
    assert tiktok.count("search_orders") == 1


@pytest.mark.parametrize(
    "error", [Rejected("Unknown field."), MalformedPayload("A list that is no list.")]
)
def test_a_poll_that_is_refused_outright_is_told_and_not_hammered(
    pair: Pair, tiktok: FakeTikTok, work: Work, error: Exception
) -> None:
    set_columns(pair.shop, watermark=1_700_000_000)
    tiktok.fail("search_orders", error)
    work(STEM)
    shop = shop_of(pair)
    assert shop.watermark == 1_700_000_000
    assert 50 < seconds_from_now(shop.next_poll_at) <= 60
    assert shop.last_poll_at is None
    assert (shop.refusal, shop.paused_until) == (str(error), None)
    set_columns(shop, next_poll_at=None)
    work(STEM)
    assert (shop_of(pair).refusal, tiktok.count("search_orders")) == ("", 2)


def test_a_bug_that_one_order_meets_is_raised_after_all_the_others(
    pair: Pair, tiktok: FakeTikTok, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = policy.first_sight

    def stumble(facts: Any, *rest: Any, **named: Any) -> Any:
        if facts.order_id == "1":
            raise KeyError("ours")
        return plain(facts, *rest, **named)

    monkeypatch.setattr(policy, "first_sight", stumble)
    tiktok.page_size = 2
    tiktok.place(*[order_body(str(number), age=number) for number in range(4)])
    with pytest.raises(KeyError):
        work(STEM)
    assert ids() == ["0", "1", "2", "3"]
    assert Order.objects.get(tiktok_order_id="1").failure_kind == "malformed"
    assert (shop_of(pair).watermark or 0) > FIRST_UPDATE, "the poll is done all the same"


# --- hints ---------------------------------------------------------------------------------------


@pytest.fixture
def between_polls(pair: Pair) -> Pair:
    set_columns(pair.shop, next_poll_at=timezone.now() + timedelta(seconds=50))
    return pair


def outcomes() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("outcome", flat=True))


def test_a_hinted_order_is_read_and_stored(
    between_polls: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.place(order_body("1"), order_body("2"))
    hint_of_order(between_polls.shop, "1")
    assert work(STEM).worked == 1
    assert tiktok.arguments("get_orders") == [(("1",),)]
    assert ids() == ["1"]
    assert outcomes() == ["used"]


def test_a_package_hint_names_several_orders(
    between_polls: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.place(order_body("1"), order_body("2"))
    hint_of_order(between_polls.shop, "1", "2")
    work(STEM)
    assert ids() == ["1", "2"]


def test_many_hints_of_one_order_ask_once(
    between_polls: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.place(order_body("1"))
    for _ in range(20):
        hint_of_order(between_polls.shop, "1")
    work(STEM)
    assert tiktok.count("get_orders") == 1
    assert set(outcomes()) == {"used"}


def test_hints_are_read_fifty_at_a_time(
    between_polls: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    for number in range(60):
        tiktok.place(order_body(str(number)))
        hint_of_order(between_polls.shop, str(number))
    work(STEM)
    assert [len(asked) for (asked,) in tiktok.arguments("get_orders")] == [50, 10]
    assert len(ids()) == 60


@pytest.mark.parametrize("fails", [False, True])
def test_hints_of_unknown_ids_keep_no_other_order_from_being_read(
    between_polls: Pair, tiktok: FakeTikTok, work: Work, fails: bool
) -> None:
    """TikTok may leave an unknown id out, or refuse the whole call."""
    tiktok.unknown_ids_fail = fails
    for number in range(6):
        tiktok.place(order_body(str(number)))
        hint_of_order(between_polls.shop, str(number))
    hint_of_order(between_polls.shop, "777")
    work(STEM)
    assert ids() == ["0", "1", "2", "3", "4", "5"]
    assert set(outcomes()) == {"used"}, "a wrong hint is not tried for ever"


def test_hints_wait_while_the_shop_cannot_be_read(
    between_polls: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.place(order_body("1"))
    hint_of_order(between_polls.shop, "1")
    tiktok.fail("get_orders", Unreachable("Away."))
    work(STEM)
    assert (ids(), outcomes()) == ([], ["new"])
    pass_time(5)
    work(STEM)
    assert (ids(), outcomes()) == (["1"], ["used"])


def test_each_call_carries_the_shops_own_token(
    between_polls: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    hint_of_order(between_polls.shop, "1")
    work(STEM)
    assert tiktok.tokens == [between_polls.shop.credential.access_token]


def test_another_shops_hints_are_not_touched(
    between_polls: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    from tests.factories import make_pair

    hint_of_order(make_pair("Ben").shop, "1")
    work(STEM)
    assert (tiktok.calls, outcomes()) == ([], ["new"])
