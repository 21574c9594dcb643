"""refresh_tokens: one renewal at a time, nothing lost, consent asked for only when it is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import Pair, make_pair, pass_time, seconds_from_now, set_columns
from tests.fakes import Platforms, Wakes, call_inline, note_wakes, plug_in
from tiktoksync.errors import (
    ConfigError,
    NotAuthorized,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SyncError,
    Unreachable,
)
from tiktoksync.shops.models import Credential, ShopifyStore, TikTokShop
from tiktoksync.shops.services.accounts import note_refusal
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.shops.services.refresh_tokens import RefreshTokens
from tiktoksync.shops.services.tokens import store_tokens
from tiktoksync.sync import accounts, leases
from tiktoksync.sync.attempts import claim, perform, record
from tiktoksync.sync.lanes import Lane, drain
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.recovery import recover

STEM = "refresh_tokens"
EXPIRED = NotAuthorized("The token has expired.", account_reason="token_expired")
REVOKED = NotAuthorized("The authorization has ended.", account_reason="consent_lost")


@pytest.fixture(autouse=True)
def wakes(monkeypatch: pytest.MonkeyPatch) -> Wakes:
    call_inline(monkeypatch)
    return note_wakes(monkeypatch)


@pytest.fixture(autouse=True)
def both(monkeypatch: pytest.MonkeyPatch) -> Platforms:
    return plug_in(monkeypatch)


@pytest.fixture
def anna(db: None) -> Pair:
    return make_pair()


@pytest.fixture
def shop_tokens(anna: Pair) -> Credential:
    """A TikTok shop's tokens, due for renewal."""
    set_columns(anna.shop.credential, next_attempt_at=timezone.now())
    return anna.shop.credential


@pytest.fixture
def store_tokens_due(anna: Pair) -> Credential:
    """A Shopify store's expiring tokens, due for renewal."""
    row = Credential.objects.get(store=anna.store)
    row.refresh_token = "shprt_old"
    row.next_attempt_at = timezone.now()
    row.save()
    return row


def renew(credential: Credential) -> Credential:
    drain(Lane(STEM, credential.pk))
    return Credential.objects.get(pk=credential.pk)


# --- renewing ------------------------------------------------------------------------------------


def test_a_tiktok_pair_is_renewed_and_both_tokens_are_kept(
    shop_tokens: Credential, both: Platforms
) -> None:
    old = shop_tokens.refresh_token
    row = renew(shop_tokens)
    assert both.tiktok.arguments("refresh_token") == [(old,)]
    assert (row.access_token, row.refresh_token) == ("TTP_new_1", "TTPR_new_1")
    assert (row.version, row.sync_status, row.tries) == (2, "pending", 0)
    assert row.access_expires_at == datetime.fromtimestamp(
        both.tiktok.pairs[0].access_expires_at, UTC
    )
    assert -5 < seconds_from_now(row.renewed_at) <= 0
    week = 7 * 86400
    assert 0.89 * week < seconds_from_now(row.next_attempt_at) < 0.91 * week


def test_a_shopify_pair_is_renewed_and_both_tokens_are_kept(
    store_tokens_due: Credential, both: Platforms
) -> None:
    row = renew(store_tokens_due)
    assert both.shopify.arguments("refresh") == [("shprt_old",)]
    assert (row.access_token, row.refresh_token) == ("shpua_new_1", "shprt_new_1")
    assert 3590 < seconds_from_now(row.access_expires_at) <= 3600
    assert 3600 - 370 < seconds_from_now(row.next_attempt_at) < 3600 - 350
    assert row.version == 2


def test_a_renewal_is_not_made_before_its_time(shop_tokens: Credential, both: Platforms) -> None:
    set_columns(shop_tokens, next_attempt_at=timezone.now() + timedelta(seconds=60))
    row = renew(shop_tokens)
    assert (both.tiktok.calls, row.version) == ([], 1)


def test_a_custom_apps_token_is_never_touched(anna: Pair, both: Platforms) -> None:
    row = Credential.objects.get(store=anna.store)
    assert row.pk not in set(RefreshTokens.due_accounts(timezone.now()))
    assert renew(row).version == 1
    set_columns(row, next_attempt_at=timezone.now())
    row = renew(row)
    assert (row.version, row.access_token) == (1, "shpat_anna.myshopify.com")
    assert seconds_from_now(row.next_attempt_at) > 29 * 86400
    assert both.shopify.calls == []


@pytest.mark.parametrize(("life", "rest"), [(60, 30), (2, 10), (-3600, 10)])
def test_short_lives_are_not_renewed_one_after_another(
    shop_tokens: Credential, both: Platforms, life: int, rest: int
) -> None:
    both.tiktok.token_life = timedelta(seconds=life)
    row = renew(shop_tokens)
    assert rest - 2 < seconds_from_now(row.next_attempt_at) < rest + 2
    assert both.tiktok.count("refresh_token") == 1


def test_the_new_token_is_used_by_the_next_call(shop_tokens: Credential, both: Platforms) -> None:
    renew(shop_tokens)
    tiktok_client(TikTokShop.objects.get()).get_orders(["1"])
    assert both.tiktok.tokens[-1] == "TTP_new_1"


def test_each_account_renews_its_own(shop_tokens: Credential, both: Platforms) -> None:
    ben = make_pair("Ben").shop.credential
    set_columns(ben, next_attempt_at=timezone.now())
    renew(ben)
    assert both.tiktok.arguments("refresh_token") == [("TTPR_749Ben",)]
    shop_tokens.refresh_from_db()
    assert shop_tokens.version == 1


def test_a_renewal_leaves_its_attempt_without_any_token(shop_tokens: Credential) -> None:
    renew(shop_tokens)
    attempt = Attempt.objects.get()
    assert (attempt.flow, attempt.step, attempt.outcome) == (STEM, "refresh", "ok")
    assert "TTP" not in f"{attempt.message}{attempt.remote_id}{attempt.code}"


# --- lost answers --------------------------------------------------------------------------------


def test_a_renewal_whose_answer_was_lost_is_repeated_with_the_same_token(
    shop_tokens: Credential, both: Platforms
) -> None:
    unclear = OutcomeUnknown("Unclear.")
    both.tiktok.fail("refresh_token", unclear, after_effect=True)
    row = renew(shop_tokens)
    assert (row.sync_status, row.version, row.tries) == ("pending", 1, 1)
    pass_time(31)
    row = renew(row)
    old = shop_tokens.refresh_token
    assert both.tiktok.arguments("refresh_token") == [(old,), (old,)]
    assert (row.access_token, row.version, row.in_doubt_since) == ("TTP_new_2", 2, None)


def test_a_worker_killed_after_the_answer_leaves_the_account_connected(
    shop_tokens: Credential, both: Platforms
) -> None:
    _, claimed = in_flight(shop_tokens)
    perform(claimed)
    pass_time(46)
    assert recover(Credential) == 1
    row = renew(shop_tokens)
    assert (row.access_token, row.version) == ("TTP_new_2", 2)
    assert TikTokShop.objects.get().health == "ok"


def in_flight(credential: Credential) -> tuple[RefreshTokens, Any]:
    flow = RefreshTokens.load(credential.pk)
    lease = leases.acquire(f"{STEM}:{credential.pk}")
    assert flow is not None
    assert lease is not None
    (claimed,), _ = claim(flow, lease, 1)
    lease.release()
    return flow, claimed


def test_tokens_stored_meanwhile_are_not_overwritten_by_an_older_renewal(
    shop_tokens: Credential, both: Platforms
) -> None:
    """The merchant connects the shop again while a renewal is under way."""
    flow, claimed = in_flight(shop_tokens)
    connect_again(shop_tokens)
    record(flow, claimed, perform(claimed))
    row = Credential.objects.get(pk=shop_tokens.pk)
    assert (row.access_token, row.refresh_token, row.version) == ("TTP_hand", "TTPR_hand", 2)
    assert row.sync_status == "pending"
    assert seconds_from_now(row.next_attempt_at) > 3600


def test_a_refusal_of_the_old_token_says_nothing_of_the_new_one(
    shop_tokens: Credential, both: Platforms
) -> None:
    flow, claimed = in_flight(shop_tokens)
    connect_again(shop_tokens)
    both.tiktok.fail("refresh_token", REVOKED)
    record(flow, claimed, perform(claimed))
    row = Credential.objects.get(pk=shop_tokens.pk)
    assert (row.access_token, row.sync_status) == ("TTP_hand", "pending")
    assert TikTokShop.objects.get().health == "ok"


def connect_again(credential: Credential) -> None:
    assert store_tokens(
        Credential.objects.get(pk=credential.pk),
        access_token="TTP_hand",
        access_expires_at=timezone.now() + timedelta(days=7),
        refresh_token="TTPR_hand",
        refresh_expires_at=None,
    )


# --- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["consent_lost", "token_invalid", "token_expired"])
def test_a_revoked_consent_asks_to_be_connected_again_once(
    shop_tokens: Credential, both: Platforms, reason: str
) -> None:
    both.tiktok.fail("refresh_token", NotAuthorized("No.", account_reason=reason))
    row = renew(shop_tokens)
    assert (row.sync_status, row.failure_kind) == ("failed", "auth")
    shop = TikTokShop.objects.get()
    assert shop.health == "reconnect"
    assert shop.paused_reason == "The connection has ended: connect Anna's shop again."
    assert row.pk not in set(RefreshTokens.due_accounts(timezone.now() + timedelta(days=30)))
    renew(row)
    assert both.tiktok.count("refresh_token") == 1


@pytest.mark.parametrize("reason", ["unavailable", "plan", "closed", "scope_missing"])
def test_a_store_that_is_frozen_for_a_while_has_not_lost_its_consent(
    store_tokens_due: Credential, both: Platforms, reason: str
) -> None:
    both.shopify.fail("refresh", NotAuthorized("Locked.", account_reason=reason))
    row = renew(store_tokens_due)
    assert (row.sync_status, row.tries) == ("pending", 0)
    assert seconds_from_now(row.next_attempt_at) > 25
    store = ShopifyStore.objects.get()
    assert (store.health, store.paused_reason) == ("paused", "Locked.")
    pass_time(31)
    assert renew(row).version == 2
    assert ShopifyStore.objects.get().health == "ok"


def test_a_wrong_app_secret_pauses_and_waits(store_tokens_due: Credential, both: Platforms) -> None:
    error = ConfigError("Shopify does not accept the app's key and secret.", code="invalid_client")
    error.pauses_account = True
    both.shopify.fail("refresh", error)
    row = renew(store_tokens_due)
    assert row.sync_status == "pending"
    assert ShopifyStore.objects.get().paused_reason == error.message


@pytest.mark.parametrize("error", [Unreachable("Away."), RateLimited("Slow.", retry_after=5)])
def test_a_token_host_that_is_away_is_tried_again(
    shop_tokens: Credential, both: Platforms, error: SyncError
) -> None:
    both.tiktok.fail("refresh_token", error)
    row = renew(shop_tokens)
    assert (row.sync_status, row.version) == ("pending", 1)
    pass_time(6)
    assert renew(row).version == 2


# --- together with the flows ---------------------------------------------------------------------


def test_the_first_that_meets_an_expired_token_has_it_renewed(
    anna: Pair, wakes: Wakes, both: Platforms
) -> None:
    credential = anna.shop.credential
    until = note_refusal(anna.shop, EXPIRED)
    assert 3 < seconds_from_now(until) <= 5
    assert wakes.lanes == [(STEM, credential.pk)]
    shop = TikTokShop.objects.get()
    assert (shop.paused_reason, shop.failures) == ("The access token is being renewed.", 0)
    row = renew(credential)
    assert row.version == 2
    assert TikTokShop.objects.get().paused_until is None, "the work goes on at once"


def test_twenty_workers_that_notice_at_once_have_it_renewed_once(
    anna: Pair, both: Platforms
) -> None:
    for _ in range(20):
        note_refusal(TikTokShop.objects.get(), EXPIRED)
    credential = anna.shop.credential
    for _ in range(20):
        renew(credential)
    assert both.tiktok.count("refresh_token") == 1
    assert TikTokShop.objects.get().failures == 0


def test_a_call_that_still_used_the_old_token_is_no_trouble_of_the_account(
    anna: Pair, both: Platforms
) -> None:
    """Another lane was under way when the token was renewed."""
    other_lane = TikTokShop.objects.select_related("app", "credential").get()
    note_refusal(anna.shop, EXPIRED)
    renew(anna.shop.credential)
    note_refusal(other_lane, EXPIRED)
    shop = TikTokShop.objects.get()
    assert (shop.paused_until, shop.failures, shop.health) == (None, 0, "ok")
    assert both.tiktok.count("refresh_token") == 1
    tiktok_client(other_lane).get_orders(["1"])
    assert both.tiktok.tokens[-1] == "TTP_new_1", "it goes on with the new one"


def test_a_token_refused_right_after_its_renewal_is_not_renewed_again(
    anna: Pair, both: Platforms
) -> None:
    note_refusal(anna.shop, EXPIRED)
    renew(anna.shop.credential)
    fresh = TikTokShop.objects.select_related("credential").get()
    until = note_refusal(fresh, EXPIRED)
    assert 28 < seconds_from_now(until) <= 30
    assert TikTokShop.objects.get().paused_reason == "The token has expired."
    renew(anna.shop.credential)
    assert both.tiktok.count("refresh_token") == 1


def test_a_token_that_cannot_be_renewed_pauses_its_account(anna: Pair, wakes: Wakes) -> None:
    until = note_refusal(anna.store, EXPIRED)
    assert 28 < seconds_from_now(until) <= 30
    assert wakes.lanes == []


def test_a_pause_does_not_keep_the_token_from_being_renewed(
    anna: Pair, shop_tokens: Credential
) -> None:
    accounts.pause(anna.shop, 600, "Away.")
    assert renew(shop_tokens).version == 2


@pytest.mark.parametrize("kind", ["exhausted", "internal"])
def test_a_renewal_that_was_given_up_is_begun_again_when_it_is_needed(
    anna: Pair, both: Platforms, kind: str
) -> None:
    credential = anna.shop.credential
    set_columns(credential, sync_status="failed", failure_kind=kind, tries=13)
    note_refusal(anna.shop, EXPIRED)
    row = renew(credential)
    assert (row.version, row.sync_status, row.tries) == (2, "pending", 0)


def test_lost_consent_is_told_by_any_call(anna: Pair, wakes: Wakes) -> None:
    assert note_refusal(anna.shop, REVOKED) is None
    shop = TikTokShop.objects.get()
    assert (shop.health, shop.paused_reason) == ("reconnect", "The authorization has ended.")
    assert wakes.lanes == []


def test_what_is_a_rows_own_trouble_pauses_nobody(anna: Pair) -> None:
    assert note_refusal(anna.shop, Rejected("No.")) is None
    shop = TikTokShop.objects.get()
    assert (shop.paused_until, shop.health) == (None, "ok")
