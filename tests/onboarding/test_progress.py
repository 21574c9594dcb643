"""How far a merchant is: read off the rows, noted where it must be, kept per shop."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.factories import Pair, make_shop, make_store, set_columns
from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.onboarding.models import Rehearsal, SetupProgress
from tiktoksync.onboarding.services.progress import (
    Setup,
    fold_card,
    note_finished,
    note_step,
    setup_of,
)
from tiktoksync.shops.models import Merchant


def settled(setup: Setup) -> list[str]:
    return [state.step.key for state in setup.states if state.is_settled]


def following(setup: Setup) -> str:
    return setup.next.step.key if setup.next else ""


def test_a_new_merchant_begins_with_shopify(db: None) -> None:
    setup = setup_of(Merchant.objects.create(name="New"))
    assert (setup.shop, setup.store, setup.is_done) == (None, None, False)
    assert (following(setup), setup.settled, setup.total) == ("shopify", 0, 9)
    needs = [state.needs.key if state.needs else "" for state in setup.states]
    assert needs == ["", *["shopify"] * 8]


def test_with_a_store_alone_the_shop_is_next(db: None) -> None:
    merchant = Merchant.objects.create(name="New")
    store = make_store(merchant, "new.myshopify.com")
    setup = setup_of(merchant)
    assert (setup.store, setup.shop, following(setup)) == (store, None, "tiktok")
    needs = [state.needs.key if state.needs else "" for state in setup.states]
    assert needs == ["", "", *["tiktok"] * 7]


def test_each_step_is_settled_by_what_it_is_about(pair: Pair) -> None:
    user = User.objects.create_user("anna")
    assert settled(setup_of(pair.merchant)) == ["shopify", "tiktok"]
    check = PreflightCheck.objects.create(
        shop=pair.shop, key="currency", light="red", words="The currencies differ."
    )
    setup = setup_of(pair.merchant)
    assert settled(setup) == ["shopify", "tiktok"]
    assert setup.states[2].trouble == "1 check is in the way."
    set_columns(check, light="amber")
    note_step(pair.merchant, pair.shop, "places", user)
    note_step(pair.merchant, pair.shop, "products", user, skipped=True)
    Rehearsal.objects.create(shop=pair.shop, is_good=False)
    setup = setup_of(pair.merchant)
    assert settled(setup) == ["shopify", "tiktok", "preflight", "places", "products"]
    assert (setup.states[4].is_skipped, setup.states[4].by) == (True, "anna")
    assert setup.states[7].trouble == "The last rehearsal stopped on its way."
    assert following(setup) == "rules"
    Rehearsal.objects.create(shop=pair.shop, is_good=True)
    assert setup_of(pair.merchant).states[7].is_done
    set_columns(pair.shop, live_at=timezone.now())
    assert setup_of(pair.merchant).is_done


def test_a_shop_connected_for_it_by_a_command_counts_as_live(pair: Pair) -> None:
    set_columns(pair.shop, live_at=timezone.now())
    setup = setup_of(pair.merchant)
    assert setup.is_done
    assert setup.shop == pair.shop


def test_a_second_shop_begins_with_notes_of_its_own(pair: Pair) -> None:
    note_step(pair.merchant, pair.shop, "places", None)
    set_columns(pair.shop, live_at=timezone.now())
    second = make_shop(pair.merchant, pair.store, "749second")
    set_columns(second, live_at=None)
    setup = setup_of(pair.merchant)
    assert (setup.shop, setup.is_done) == (second, False)
    assert settled(setup) == ["shopify", "tiktok"]
    set_columns(second, live_at=timezone.now())
    assert setup_of(pair.merchant).is_done


def test_the_newest_shop_that_is_not_live_is_set_up(pair: Pair) -> None:
    newest = make_shop(pair.merchant, pair.store, "749newest")
    assert setup_of(pair.merchant).shop == pair.shop
    set_columns(newest, live_at=None)
    assert setup_of(pair.merchant).shop == newest
    set_columns(newest, disconnected_at=timezone.now())
    assert setup_of(pair.merchant).shop == pair.shop


def test_strangers_shops_do_not_count(pair: Pair, strangers: Pair) -> None:
    set_columns(strangers.shop, live_at=None)
    assert setup_of(pair.merchant).shop == pair.shop


def test_notes_add_up_and_an_unknown_step_is_refused(pair: Pair) -> None:
    for key in ("places", "rules", "backfill"):
        note_step(pair.merchant, pair.shop, key, None)
    assert len(SetupProgress.objects.get().steps) == 3
    with pytest.raises(ValueError, match="nonsense"):
        note_step(pair.merchant, pair.shop, "nonsense", None)
    assert len(SetupProgress.objects.get().steps) == 3


def test_the_fold_and_the_end_are_kept(pair: Pair) -> None:
    fold_card(pair.merchant, True)
    assert setup_of(pair.merchant).is_folded
    fold_card(pair.merchant, False)
    assert not setup_of(pair.merchant).is_folded
    note_finished(pair.merchant)
    first = SetupProgress.objects.get().finished_at
    assert first is not None
    SetupProgress.objects.update(finished_at=first - timedelta(days=1))
    note_finished(pair.merchant)
    assert SetupProgress.objects.get().finished_at == first - timedelta(days=1)


def test_it_takes_a_handful_of_queries(pair: Pair, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        PreflightCheck.objects.create(shop=pair.shop, key=str(number), light="green", words=".")
    with django_assert_max_num_queries(5):
        setup_of(pair.merchant)
