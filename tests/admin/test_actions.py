"""What staff may do, always through the services, and what they may not."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.test import Client

from orders.models import CancelRequest, Order, Refund, StatusChange
from products.models import Link, Listing, ListingTask, Product, ProductImport, ProductUpload
from tests.admin.places import MODELS, label, page
from tests.api.cast import RAW, Cast, make_change, make_link, make_order, make_variant
from tiktoksync.shops.models import ApiToken, Merchant, ShopifyStore, TikTokShop
from tiktoksync.support.models import StaffAction
from tiktoksync.sync.accounts import lose_consent, pause
from tiktoksync.sync.models import LaneLease

Woken = list[tuple[str, int]]
WHY = "Ticket 4711: the merchant asked for it."
HISTORY = ("orders.", "runs.", "sync.", "webhooks.", "shops.tiktokshop", "shops.shopifystore")


def run(client: Client, model: type[Model], action: str, *rows: Model) -> list[str]:
    """Run an action on rows of a list, saying why; the messages it leaves."""
    form = {"action": action, "_selected_action": [row.pk for row in rows], "reason": WHY}
    response: Any = client.post(page(model, "changelist"), form, follow=True)
    assert response.status_code == 200
    return [str(message) for message in response.context["messages"]]


def test_staff_retry_failed_orders_in_their_own_name(
    root: Client, cast: Cast, woken: Woken, admin_user: User
) -> None:
    failed = make_order(cast.anna.shop, "1", sync_status="failed", raw={**RAW, "id": "1"})
    synced = make_order(cast.anna.shop, "2", sync_status="synced")

    told = run(root, Order, "retry", failed, synced)

    assert told == ["1 queued again.", "1 left alone: there is nothing to try again."]
    failed.refresh_from_db()
    assert failed.sync_status == "pending"
    line = StatusChange.objects.get()
    assert (line.order, line.actor, line.user) == (failed, "staff", admin_user)
    assert woken == [("push_orders", cast.anna.store.pk)] * 2
    assert LogEntry.objects.get().object_id == str(failed.pk)


@pytest.mark.parametrize("reason", ["", "   ", "no"])
def test_nothing_happens_before_a_reason_is_given(
    root: Client, cast: Cast, woken: Woken, reason: str
) -> None:
    order = make_order(cast.anna.shop, "1", sync_status="failed", raw={**RAW, "id": "1"})
    form = {"action": "retry", "_selected_action": [order.pk], "select_across": "0"}

    first = root.post(page(Order, "changelist"), form)
    again = root.post(page(Order, "changelist"), {**form, "reason": reason})

    for answer in (first, again):
        content = answer.content.decode()
        assert 'name="reason"' in content
        assert f'<input type="hidden" name="_selected_action" value="{order.pk}">' in content
        assert '<input type="hidden" name="action" value="retry">' in content
    assert "Say why in a few words" not in first.content.decode()
    assert "Say why in a few words" in again.content.decode()
    order.refresh_from_db()
    assert (order.sync_status, StaffAction.objects.count(), woken) == ("failed", 0, [])


def test_the_merchant_reads_what_was_done_and_why(
    root: Client, cast: Cast, woken: Woken, admin_user: User
) -> None:
    order = make_order(cast.anna.shop, "5764", sync_status="failed", raw={**RAW, "id": "5764"})

    run(root, Order, "retry", order)

    line = StaffAction.objects.get()
    assert (line.merchant, line.user, line.who) == (cast.anna.merchant, admin_user, "admin")
    assert (line.action, line.words) == ("retry", "Order 5764: queued again.")
    assert (line.reason, line.subject, line.subject_id) == (WHY, "orders.order", str(order.pk))


def test_what_staff_did_stays_told(root: Client, cast: Cast, woken: Woken) -> None:
    run(root, Order, "retry", make_order(cast.anna.shop, sync_status="failed", raw=RAW))
    line = StaffAction.objects.get()
    line.words = "Nothing."

    for change in (line.save, line.delete, StaffAction.objects.all().delete):
        with pytest.raises(PermissionDenied):
            change()
    with pytest.raises(PermissionDenied):
        StaffAction.objects.update(words="Nothing.")
    assert root.post(page(StaffAction, "delete", line.pk), {"post": "yes"}).status_code == 403
    assert root.post(page(StaffAction, "change", line.pk), {"words": "x"}).status_code == 403
    line.refresh_from_db()
    assert "queued again" in line.words


def test_staff_leave_an_order_out(root: Client, cast: Cast, woken: Woken) -> None:
    order = make_order(cast.anna.shop, sync_status="failed")

    assert run(root, Order, "dismiss", order) == ["1 left out of Shopify."]

    order.refresh_from_db()
    assert (order.sync_status, order.skip_reason) == ("skipped", "dismissed")


def test_staff_release_our_own_hold(root: Client, cast: Cast, woken: Woken) -> None:
    ours = make_order(cast.anna.shop, "1", sync_status="held")
    theirs = make_order(cast.anna.shop, "2", sync_status="held", tiktok_status="ON_HOLD")

    assert run(root, Order, "release", ours, theirs) == [
        "1 released.",
        "1 left alone: not held by us.",
    ]
    theirs.refresh_from_db()
    assert theirs.sync_status == "held"


def ask(cast: Cast, number: str = "1", **columns: Any) -> CancelRequest:
    """A buyer asks to cancel one of Anna's orders."""
    order = make_order(cast.anna.shop, number, sync_status="synced")
    columns = {
        "status": "CANCELLATION_REQUEST_PENDING",
        "sync_status": "held",
        "wait_reason": "answer",
        "reject_reasons": [{"name": "packed", "text": "Packed"}],
        **columns,
    }
    return CancelRequest.objects.create(order=order, cancel_id=number, **columns)


@pytest.mark.parametrize(
    ("action", "verdict", "done", "left"),
    [
        ("accept", "approve", "1 accepted.", "1 left alone: not open any more."),
        (
            "decline",
            "reject",
            "1 declined.",
            "1 left alone: not open any more, or TikTok's reasons are not read yet.",
        ),
    ],
)
def test_staff_answer_open_requests_in_their_own_name(
    root: Client,
    cast: Cast,
    woken: Woken,
    admin_user: User,
    action: str,
    verdict: str,
    done: str,
    left: str,
) -> None:
    asked, over = ask(cast), ask(cast, "2", sync_status="skipped")

    assert run(root, CancelRequest, action, asked, over) == [done, left]

    asked.refresh_from_db()
    over.refresh_from_db()
    assert (asked.verdict, asked.answered_by) == (verdict, admin_user)
    assert (over.verdict, woken) == ("", [("answer_cancel_requests", cast.anna.shop.pk)])


def test_staff_retry_a_refund_that_failed(root: Client, cast: Cast, woken: Woken) -> None:
    order = make_order(cast.anna.shop, sync_status="synced")
    row = Refund.objects.create(order=order, source="return", source_id="1", sync_status="failed")

    assert run(root, Refund, "retry", row) == ["1 queued again."]

    row.refresh_from_db()
    assert row.sync_status == "pending"
    assert ("push_refunds", cast.anna.store.pk) in woken


def test_a_clerk_may_operate_what_is_a_mirror(clerk: Client, cast: Cast, woken: Woken) -> None:
    order = make_order(cast.anna.shop, sync_status="failed", raw={**RAW, "id": "1"})

    assert run(clerk, Order, "retry", order) == ["1 queued again."]


def test_a_clerk_without_the_right_may_not(clerk: Client, cast: Cast) -> None:
    run(clerk, TikTokShop, "pause", cast.anna.shop)

    cast.anna.shop.refresh_from_db()
    assert cast.anna.shop.stopped_at is None


@pytest.mark.parametrize("model", [TikTokShop, ShopifyStore], ids=label)
def test_an_account_is_paused_and_resumed(root: Client, cast: Cast, model: Any) -> None:
    account = model.objects.get(merchant=cast.anna.merchant)

    assert run(root, model, "pause", account) == ["1 paused."]
    account.refresh_from_db()
    assert (account.health, account.stopped_by) == ("stopped", "admin")
    assert run(root, model, "pause", account) == [
        "1 left alone: paused already, or to be connected again."
    ]

    assert run(root, model, "resume", account) == ["1 resumed."]
    account.refresh_from_db()
    assert (account.health, account.stopped_at, account.stopped_by) == ("ok", None, "")


def test_lost_consent_is_neither_paused_nor_resumed(root: Client, cast: Cast) -> None:
    lose_consent(cast.anna.shop, "Revoked by the seller.")

    for action in ("pause", "resume", "pull"):
        (told,) = run(root, TikTokShop, action, cast.anna.shop)
        assert told.startswith("1 left alone: ")
    cast.anna.shop.refresh_from_db()
    assert cast.anna.shop.health == "reconnect"


def test_shops_are_asked_for_news_unless_they_are_paused(
    root: Client, cast: Cast, woken: Woken
) -> None:
    pause(cast.ben.shop, 60, "Slow down.")

    told = run(root, TikTokShop, "pull", cast.anna.shop, cast.ben.shop)

    assert told[0] == "1 asked for news."
    assert [lane for lane in woken if lane[0] == "pull_orders"] == [
        ("pull_orders", cast.anna.shop.pk)
    ]


def test_a_token_is_revoked_once(root: Client, cast: Cast) -> None:
    token = ApiToken.objects.get(merchant=cast.anna.merchant)

    assert run(root, ApiToken, "revoke", token) == ["1 revoked."]
    token.refresh_from_db()
    first = token.revoked_at
    assert first is not None
    assert run(root, ApiToken, "revoke", token) == ["1 left alone: revoked before."]
    token.refresh_from_db()
    assert token.revoked_at == first


def test_a_link_is_removed_by_the_service(
    root: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed: list[int] = []
    monkeypatch.setattr(
        "products.services.links.remove_link", lambda link, *, user: removed.append(link.pk)
    )
    variant = make_variant(cast.anna.store)
    links = [make_link(cast.anna.shop, variant, str(number)) for number in range(3)]

    root.post(page(Link, "delete", links[0].pk), {"post": "yes"})
    form = {"action": "delete_selected", "post": "yes"}
    form["_selected_action"] = [link.pk for link in links[1:]]  # type: ignore[assignment]
    root.post(page(Link, "changelist"), form)

    assert sorted(removed) == [link.pk for link in links]


@pytest.mark.parametrize(
    "model", [model for model in MODELS if label(model).startswith(HISTORY)], ids=label
)
def test_history_is_neither_deleted_nor_written(
    root: Client, cast: Cast, model: type[Model]
) -> None:
    order = make_order(cast.anna.shop)
    make_change(order, "sync", "", "pending")
    LaneLease.objects.create(key="push_orders:1")
    row = model._default_manager.order_by("pk").first()
    key = row.pk if row else 1
    before = list(model._default_manager.values())

    assert root.post(page(model, "delete", key), {"post": "yes"}).status_code in (302, 403)
    assert root.post(page(model, "change", key), {"name": "x"}).status_code in (302, 403)
    assert root.post(page(model, "add"), {}).status_code == 403
    assert list(model._default_manager.values()) == before
    listed = root.get(page(model, "changelist"))
    assert b"delete_selected" not in listed.content


def test_a_merchant_is_not_deleted(root: Client, cast: Cast) -> None:
    root.post(page(Merchant, "delete", cast.anna.merchant.pk), {"post": "yes"})

    assert Merchant.objects.filter(pk=cast.anna.merchant.pk).exists()


def test_staff_try_product_work_again(root: Client, cast: Cast, woken: Woken) -> None:
    side = cast.anna
    product = Product.objects.create(store=side.store, shopify_product_id="gid://shopify/Product/1")
    listing = Listing.objects.create(shop=side.shop, tiktok_product_id="9")
    failed: dict[str, Any] = {"sync_status": "failed", "failure_kind": "rejected", "tries": 3}
    upload = ProductUpload.objects.create(shop=side.shop, product=product, **failed)
    brought = ProductImport.objects.create(listing=listing, **failed)
    task = ListingTask.objects.create(listing=listing, kind="prices", **failed)
    told = ListingTask.objects.create(listing=listing, kind="stock", sync_status="synced")

    assert run(root, ProductUpload, "retry", upload) == ["1 queued again."]
    assert run(root, ProductImport, "retry", brought) == ["1 queued again."]
    assert run(root, ListingTask, "retry", task, told) == [
        "1 queued again.",
        "1 left alone: there is nothing to try again.",
    ]
    for row in (upload, brought, task):
        row.refresh_from_db()
        assert (row.sync_status, row.failure_kind, row.tries) == ("pending", "", 0)
    assert woken == [
        ("upload_products", side.shop.pk),
        ("import_products", side.store.pk),
        ("push_prices", side.shop.pk),
    ]


def test_staff_have_products_and_listings_read_again(
    root: Client, cast: Cast, woken: Woken
) -> None:
    side = cast.anna
    product = Product.objects.create(store=side.store, shopify_product_id="gid://shopify/Product/1")
    listing = Listing.objects.create(shop=side.shop, tiktok_product_id="9")

    assert run(root, Product, "read_again", product) == ["1 read again soon."]
    assert run(root, Listing, "read_again", listing) == ["1 read again soon."]

    product.refresh_from_db()
    listing.refresh_from_db()
    assert product.wanted_at is not None
    assert listing.detail_wanted_at is not None
    assert woken == [("pull_variants", side.store.pk), ("pull_listings", side.shop.pk)]
