"""What a person does with one order: keep back, resend, retry alike, words, tags, the bundle."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from orders.models import Fulfillment, Order, OrderComment, OrderTag, StatusChange
from orders.services import resend_parcels
from tests.factories import (
    ORDER_ID,
    Pair,
    make_fulfillment,
    set_columns,
    stored_order,
    synced_order,
)
from tests.orders.data import build
from tests.web.conftest import browser
from tests.web.reading import text_of
from tests.web.test_order_detail import fail, next_button
from tiktoksync.sync.models import Attempt

PAGE = f"/orders/{ORDER_ID}/"


def told(order: Order) -> list[tuple[str, str, str]]:
    """The order's last history lines: what, by whom, in which words."""
    lines = order.history.values_list("after", "actor", "reason")
    return list(lines)[-1:]


# --- keeping back, skipping ----------------------------------------------------------------------


def test_an_order_is_kept_back_and_let_go_on(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop)
    answer = anna.post(f"{PAGE}keep-back/", follow=True)
    assert "Kept back. It stays here until you release it." in text_of(answer)
    order.refresh_from_db()
    assert (order.sync_status, order.wait_reason) == ("held", "kept_back")
    assert next_button(answer) == "Release now"
    assert "cannot be kept back" in text_of(anna.post(f"{PAGE}keep-back/", follow=True))
    anna.post(f"{PAGE}release/")
    order.refresh_from_db()
    assert (order.sync_status, order.kept_back_at) == ("pending", None)


def test_an_order_is_skipped_with_the_persons_reason(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop)
    anna.post(f"{PAGE}dismiss/", {"why": "  Sold at the fair  "})
    order.refresh_from_db()
    assert (order.sync_status, order.skip_reason) == ("skipped", "dismissed")
    assert told(order)[0][2].endswith("Sold at the fair")


# --- sending again -------------------------------------------------------------------------------


@pytest.fixture
def refused(pair: Pair) -> Fulfillment:
    row = make_fulfillment(synced_order(pair.shop))
    columns = {"failure_kind": "rejected", "failure_reason": "Not one of USPS."}
    return set_columns(row, sync_status="failed", **columns) or row


def test_one_parcel_is_sent_again(
    pair: Pair, anna: Client, refused: Fulfillment, woken: list[tuple[str, int]]
) -> None:
    other = make_fulfillment(refused.order, shopify_fulfillment_id="2", sync_status="failed")
    assert next_button(anna.get(PAGE)) == "Resend tracking"
    answer = anna.post(f"{PAGE}resend/", {"parcel": f"f{refused.pk}"}, follow=True)
    assert "Queued again. The other side is told in a moment." in text_of(answer)
    refused.refresh_from_db()
    other.refresh_from_db()
    assert (refused.sync_status, other.sync_status) == ("pending", "failed")
    assert ("push_fulfillments", pair.shop.pk) in woken


@pytest.mark.parametrize("key", ["", "f", "x1", "fx", "f0", "p1", "f²", "f" + "9" * 30])
def test_what_is_no_refused_parcel_stays(key: str, anna: Client, refused: Fulfillment) -> None:
    answer = anna.post(f"{PAGE}resend/", {"parcel": key}, follow=True)
    assert "This parcel does not wait to be sent again." in text_of(answer)
    refused.refresh_from_db()
    assert refused.sync_status == "failed"


def test_a_parcel_of_another_order_is_out_of_reach(
    pair: Pair, anna: Client, refused: Fulfillment
) -> None:
    synced_order(pair.shop, "576461413038780007", 2)
    anna.post("/orders/576461413038780007/resend/", {"parcel": f"f{refused.pk}"})
    refused.refresh_from_db()
    assert refused.sync_status == "failed"


def test_orders_that_stand_for_one_reason_are_retried_together(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    alike = [stored_order(pair.shop, f"57646141303878000{index}") for index in range(3)]
    other = stored_order(pair.shop, "576461413038780008")
    theirs = stored_order(strangers.shop, "576461413038780009")
    for order in (*alike, theirs):
        fail(order)
    fail(other, failure_reason="Another.")
    address = f"/orders/{alike[0].tiktok_order_id}/retry-alike/"
    assert "Queued 3 orders again." in text_of(anna.post(address, follow=True))
    statuses = [Order.objects.get(pk=one.pk).sync_status for one in (*alike, other, theirs)]
    assert statuses == ["pending"] * 3 + ["failed"] * 2
    assert "There is nothing to retry" in text_of(anna.post(address, follow=True))


def test_retrying_together_is_bounded(
    pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resend_parcels, "MOST_AT_ONCE", 2)
    for index in range(3):
        fail(stored_order(pair.shop, f"57646141303878000{index}"))
    anna.post("/orders/576461413038780000/retry-alike/")
    assert Order.objects.filter(sync_status="pending").count() == 2


# --- words and tags ------------------------------------------------------------------------------


def test_a_comment_stands_in_the_timeline_and_names_colleagues(pair: Pair, anna: Client) -> None:
    browser("olaf", pair.merchant, "operator")
    User.objects.create_user("nobody")
    stored_order(pair.shop)
    words = "<b>Hold</b> this, @Olaf and @nobody, write to me@olaf.example"
    answer = anna.post(f"{PAGE}comments/", {"text": words}, follow=True)
    comment = OrderComment.objects.get()
    assert (comment.text, comment.who, comment.is_for_staff) == (words, "anna", False)
    assert [person.username for person in comment.mentions.all()] == ["olaf"]
    page = answer.content.decode()
    assert '<span class="mention">@Olaf</span>' in page
    assert "<b>Hold" not in page
    people = text_of(anna.get(f"{PAGE}?show=people"))
    assert "and @nobody, write to me@olaf.example" in people
    assert "Comment" not in text_of(anna.get(f"{PAGE}?show=errors")).split("Errors")[1]


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_comment_without_words_or_with_too_many_is_refused(
    text: str, pair: Pair, anna: Client
) -> None:
    stored_order(pair.shop)
    answer = anna.post(f"{PAGE}comments/", {"text": text}, follow=True)
    assert "A comment has 1 to 2,000 characters. Nothing was saved." in text_of(answer)
    assert not OrderComment.objects.exists()


def test_notes_for_support_are_for_support_alone(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    sent = {"text": "Call them @anna", "for_staff": "on"}
    anna.post(f"{PAGE}comments/", sent)
    assert OrderComment.objects.get().is_for_staff is False
    OrderComment.objects.all().delete()
    staff = browser("sam", pair.merchant)
    User.objects.filter(username="sam").update(is_staff=True)
    staff.post(f"{PAGE}comments/", sent)
    note = OrderComment.objects.get()
    assert (note.is_for_staff, note.mentions.count()) == (True, 0)
    assert "Call them" in text_of(staff.get(PAGE))
    assert "Call them" not in anna.get(PAGE).content.decode()


def test_tags_are_put_on_and_taken_off(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop)
    anna.post(f"{PAGE}tags/", {"tag": " gift,  wrap "})
    assert list(OrderTag.objects.values_list("name", flat=True)) == ["gift wrap"]
    assert told(order) == [("tagged", "merchant", "“gift wrap”")]
    assert "Tags for Shopify TikTok Shop gift wrap" in text_of(anna.get(PAGE))
    again = anna.post(f"{PAGE}tags/", {"tag": "GIFT WRAP"}, follow=True)
    assert "The order has this tag already" in text_of(again)
    anna.post(f"{PAGE}tags/remove/", {"tag": "gift wrap"})
    assert not OrderTag.objects.exists()
    assert told(order) == [("untagged", "merchant", "“gift wrap”")]


def test_a_comment_or_tag_reaches_open_pages(pair: Pair, anna: Client) -> None:
    from tests.web.test_order_detail_history import live_address

    stored_order(pair.shop)
    refresh = live_address(anna.get(PAGE))
    assert anna.get(refresh).status_code == 204
    anna.post(f"{PAGE}comments/", {"text": "Look"})
    assert anna.get(refresh).status_code == 200


# --- the bundle ----------------------------------------------------------------------------------


def test_the_bundle_tells_everything_but_the_buyer(pair: Pair, viewer: Client) -> None:
    order = synced_order(
        pair.shop, buyer_message="Ring twice", buyer_email="robin@mail.example", user_id="77001"
    )
    attempt = Attempt.objects.create(
        flow="push_orders",
        subject="orders.order",
        subject_id=order.pk,
        number=1,
        started_at=timezone.now(),
        message="No province for Robin Example, 1 Example Street.",
    )
    StatusChange.objects.create(
        order=order, axis="sync", after="failed", actor="system", reason="No", attempt=attempt
    )
    answer = viewer.get(f"{PAGE}bundle/")
    assert answer["Content-Disposition"] == f'attachment; filename="order-{ORDER_ID}.json"'
    text = answer.content.decode()
    for word in ("Robin", "Example Street", "90001", "Ring twice", "mail.example", "77001"):
        assert word not in text
    told = json.loads(text)
    assert told["order"]["tiktok_order_id"] == ORDER_ID
    assert told["attempts"][0]["message"] == "No province for [hidden], [hidden]."
    assert told["tiktok"]["payment"]["total_amount"] == build.order()["payment"]["total_amount"]
    assert [line["seller_sku"] for line in told["line_items"]] == ["RED"]
    assert told["rules"]["unlinked_policy"] == "block"


def test_a_stranger_gets_no_bundle(pair: Pair, ben: Client) -> None:
    stored_order(pair.shop)
    assert ben.get(f"{PAGE}bundle/").status_code == 404


# --- the list that one came from -----------------------------------------------------------------


def neighbours(answer: Any) -> tuple[str, str, str]:
    """Previous, next and list, as their links say it."""
    page = answer.context["beside"]
    names = [one.tiktok_order_id[-1] if one else "" for one in (page.newer, page.older)]
    return names[0], names[1], page.list_address


def test_the_way_leads_along_the_list_one_came_from(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    for index in range(1, 5):
        order = stored_order(pair.shop, f"57646141303878000{index}")
        moment = timezone.now() - timezone.timedelta(hours=10 - index)
        set_columns(order, placed_at=moment, sync_status="synced" if index == 3 else "pending")
    stored_order(strangers.shop, "576461413038780009")
    page = "/orders/576461413038780002/"
    assert neighbours(anna.get(page)) == ("3", "1", "/orders/")
    from_list = {"Referer": "http://testserver/orders/?sync_status=pending&after=x.1&q="}
    wanted = ("4", "1", "/orders/?sync_status=pending")
    assert neighbours(anna.get(page, headers=from_list)) == wanted
    answer = anna.get(f"{page}?list=sync_status%3Dpending")
    assert neighbours(answer) == wanted
    following = "/orders/576461413038780004/?shop=749Anna&amp;list=sync_status%3Dpending"
    assert following in answer.content.decode()
    elsewhere = {"Referer": "https://evil.example/orders/?sync_status=pending"}
    assert neighbours(anna.get(page, headers=elsewhere)) == ("3", "1", "/orders/")


def test_nonsense_in_the_way_back_is_harmless(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    for query in ("tab=nothing", "placed=%26", "x" * 2000, "sort=zzz", "%00", "total_min=abc"):
        assert anna.get(PAGE, {"list": query}).status_code == 200
