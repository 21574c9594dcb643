"""The desk: a merchant on one page, acts with a reason, and notes that merchants never see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.api.cast import RAW, Cast, make_fulfillment, make_order
from tiktoksync.shops.models import Credential, Merchant, OrderRules, TikTokShop
from tiktoksync.support.models import MerchantNote, StaffAction
from tiktoksync.sync.accounts import lose_consent, pause

Woken = list[tuple[str, int]]
WHY = "Ticket 4711: orders do not come in."


def desk(merchant: Merchant) -> str:
    return reverse("admin:shops_merchant_desk", args=[merchant.pk])


def act(client: Client, cast: Cast, name: str, **form: str) -> list[str]:
    """Do something for Anna; what the page says afterwards."""
    address = reverse("admin:shops_merchant_act", args=[cast.anna.merchant.pk])
    key = f"{name} shop:{cast.anna.shop.pk}"
    answer = client.post(address, {"act": key, "reason": WHY, **form}, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_the_desk_tells_everything_at_once(root: Client, cast: Cast, admin_user: User) -> None:
    side = cast.anna
    make_order(
        side.shop,
        "5764",
        sync_status="failed",
        failure_kind="config",
        failure_code="sku_unlinked",
        failure_reason="Not linked to a Shopify product: TEE-M. Link it.",
    )
    synced = make_order(side.shop, "5765", sync_status="synced")
    make_fulfillment(
        synced, sync_status="failed", failure_kind="config", failure_code="carrier_unknown"
    )
    OrderRules.objects.filter(shop=side.shop).update(safety_hold_minutes=90)
    Credential.objects.filter(shop=side.shop).update(
        refresh_expires_at=timezone.now() + timedelta(days=3)
    )
    lose_consent(side.store, "The app was uninstalled.")
    MerchantNote.objects.create(merchant=side.merchant, user=admin_user, text="Calls on Mondays.")
    make_order(cast.ben.shop, "99990000", sync_status="failed", failure_code="sku_blank")

    content = root.get(desk(side.merchant)).content.decode()

    for words in (
        '<span class="desk-chip desk-bad">reconnect</span>',
        "The app was uninstalled.",
        '<strong class="desk-chip desk-wait">soon</strong>',
        "<code>sku_unlinked</code>",
        "Choose the Shopify variant that is sold under this SKU.",
        "<code>carrier_unknown</code>",
        "safety hold minutes",
        "Calls on Mondays.",
        "View as merchant",
    ):
        assert words in content, words
    assert "99990000" not in content
    assert "Jane Doe" not in content


def test_the_desk_costs_as_much_for_many_as_for_few(
    root: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        order = make_order(
            cast.anna.shop, str(number), sync_status="failed", failure_code=f"code{number % 30}"
        )
        make_fulfillment(order, sync_status="failed", failure_code="carrier_unknown")

    with django_assert_max_num_queries(24):
        root.get(desk(cast.anna.merchant))


def test_the_list_leads_to_the_desk(root: Client, cast: Cast) -> None:
    content = root.get(reverse("admin:shops_merchant_changelist")).content.decode()
    assert f'href="{desk(cast.anna.merchant)}"' in content


@pytest.mark.parametrize(
    ("name", "said", "lane"),
    [
        ("pull", "Asked TikTok for news.", "pull_orders"),
        ("pull_range", "Had orders read again.", "pull_orders"),
        ("resubscribe", "Had the webhook subscriptions repaired.", "keep_shop_webhooks"),
    ],
)
def test_an_act_wakes_its_lane_and_is_written_down(
    root: Client, cast: Cast, woken: Woken, admin_user: User, name: str, said: str, lane: str
) -> None:
    assert act(root, cast, name) == [said]

    assert (lane, cast.anna.shop.pk) in woken
    line = StaffAction.objects.get()
    assert (line.merchant, line.user, line.action) == (cast.anna.merchant, admin_user, name)
    assert (line.words, line.reason) == (f"{said[:-1]} (Anna's shop).", WHY)
    assert (line.subject, line.subject_id) == ("shops.tiktokshop", str(cast.anna.shop.pk))


def test_a_range_moves_the_mark_back_and_never_forward(
    root: Client, cast: Cast, woken: Woken
) -> None:
    now = int(timezone.now().timestamp())
    TikTokShop.objects.filter(pk=cast.anna.shop.pk).update(watermark=now)
    act(root, cast, "pull_range", hours="48")
    cast.anna.shop.refresh_from_db()
    assert abs((cast.anna.shop.watermark or 0) - (now - 48 * 3600)) < 60

    act(root, cast, "pull_range", hours="1")
    cast.anna.shop.refresh_from_db()
    assert abs((cast.anna.shop.watermark or 0) - (now - 48 * 3600)) < 60


def test_blocked_orders_are_retried_in_staffs_name(root: Client, cast: Cast, woken: Woken) -> None:
    order = make_order(cast.anna.shop, "1", sync_status="failed", raw={**RAW, "id": "1"})

    assert act(root, cast, "retry_blocked") == ["Retried blocked orders."]

    order.refresh_from_db()
    assert order.sync_status == "pending"
    assert order.history.get().actor == "staff"
    assert act(root, cast, "retry_blocked") == ["No order of it can be tried again."]


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_without_a_reason_nothing_happens(
    root: Client, cast: Cast, woken: Woken, reason: str
) -> None:
    for name in ("pull", "pause", "retry_blocked", "relink", "renew"):
        assert act(root, cast, name, reason=reason)[0].startswith("Say why")
    cast.anna.shop.refresh_from_db()
    assert (cast.anna.shop.stopped_at, woken, StaffAction.objects.count()) == (None, [], 0)


def test_what_has_no_effect_says_so_and_leaves_no_line(
    root: Client, cast: Cast, woken: Woken
) -> None:
    pause(cast.anna.shop, 60, "Slow down.")
    assert act(root, cast, "pull") == ["It is paused, or to be connected again."]
    assert act(root, cast, "reread") == ["No webhook of it waits."]
    assert (
        act(root, cast, "renew")
        == ["It cannot be renewed, or was a moment ago: it is to be connected again."]
        or woken
    )
    assert not StaffAction.objects.exclude(action="renew").exists()


@pytest.mark.parametrize("key", ["", "pull", "pull shop:0", "drop shop:1", "relink store:1"])
def test_what_is_not_offered_is_not_done(root: Client, cast: Cast, woken: Woken, key: str) -> None:
    address = reverse("admin:shops_merchant_act", args=[cast.anna.merchant.pk])
    root.post(address, {"act": key, "reason": WHY})
    assert (woken, StaffAction.objects.count()) == ([], 0)


def test_another_merchants_account_is_out_of_reach(root: Client, cast: Cast, woken: Woken) -> None:
    address = reverse("admin:shops_merchant_act", args=[cast.ben.merchant.pk])
    root.post(address, {"act": f"pull shop:{cast.anna.shop.pk}", "reason": WHY})
    assert (woken, StaffAction.objects.count()) == ([], 0)


def test_a_clerk_may_look_at_the_desk_and_do_nothing(
    clerk: Client, cast: Cast, woken: Woken
) -> None:
    content = clerk.get(desk(cast.anna.merchant)).content.decode()
    assert "Do something for them" not in content
    assert "View as merchant" not in content

    for name in ("act", "note", "look"):
        address = reverse(f"admin:shops_merchant_{name}", args=[cast.anna.merchant.pk])
        form = {"act": f"pull shop:{cast.anna.shop.pk}", "reason": WHY, "text": "x"}
        assert clerk.post(address, form).status_code == 403
        assert clerk.get(address).status_code in (403, 405)
    assert (woken, StaffAction.objects.count(), MerchantNote.objects.count()) == ([], 0, 0)


def test_somebody_with_the_right_keeps_notes(clerk: Client, cast: Cast) -> None:
    user = User.objects.get(username="clerk")
    user.user_permissions.add(Permission.objects.get(codename="add_merchantnote"))
    address = reverse("admin:shops_merchant_note", args=[cast.anna.merchant.pk])

    clerk.post(address, {"text": "  Calls on Mondays. "})
    clerk.post(address, {"text": "   "})

    note = MerchantNote.objects.get()
    assert (note.merchant, note.user, note.text) == (cast.anna.merchant, user, "Calls on Mondays.")


def test_an_account_is_paused_until_somebody_lets_it_go_on(root: Client, cast: Cast) -> None:
    assert act(root, cast, "pause") == ["Paused the connection until it is resumed."]
    cast.anna.shop.refresh_from_db()
    assert cast.anna.shop.health == "stopped"
    assert cast.anna.shop.stopped_by == "admin"
    assert cast.anna.shop.paused_until is None
    assert act(root, cast, "pause") == ["It is paused already."]
    assert act(root, cast, "resume") == ["Let the connection go on."]
    cast.anna.shop.refresh_from_db()
    assert (cast.anna.shop.health, cast.anna.shop.stopped_at) == ("ok", None)
    assert act(root, cast, "resume") == ["It is not paused, or to be connected again."]


def test_a_rest_that_a_platform_asked_for_is_ended_too(root: Client, cast: Cast) -> None:
    pause(cast.anna.shop, 60, "Slow down.")
    assert act(root, cast, "resume") == ["Let the connection go on."]
    cast.anna.shop.refresh_from_db()
    assert cast.anna.shop.paused_until is None
