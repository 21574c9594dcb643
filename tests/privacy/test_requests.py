"""What buyers, Shopify and merchants ask about personal data, and what becomes of it."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.test import Client
from django.utils import timezone

from orders.models import Order, OrderComment, StatusChange
from orders.services.store_orders import store_page
from tests.factories import Pair, hint_of_order, order_body, set_columns, stored_order
from tests.privacy.conftest import BUYER, TELLING
from tests.web.reading import text_of
from tiktoksync.privacy.models import Export, PrivacyRequest
from tiktoksync.privacy.services.requests import COOLING_OFF, take_request
from tiktoksync.privacy.services.retention import erase_expired
from tiktoksync.privacy.services.work_requests import work_requests
from tiktoksync.shops.models import ApiToken, Credential, Membership, SettingsChange, ShopifyStore
from tiktoksync.webhooks.models import Delivery

DAY = timedelta(days=1)


def told() -> list[str]:
    """Which of the buyer's words stand in any row of any table."""
    text = "".join(
        serializers.serialize("json", model._default_manager.all())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    )
    return [word for word in TELLING if word in text]


def ask(topic: str, pair: Pair, number: str = "d-1", **body: object) -> None:
    """A privacy webhook of the pair's store, as the inbox hands it on."""
    domain = pair.store.shop_domain
    raw = json.dumps({"shop_id": 1, "shop_domain": domain, **body}).encode()
    take_request(topic, domain, raw, number, pair.store)


def fetch(client: Client, export: Export) -> bytes:
    answer = client.post(f"/settings/privacy/export/{export.pk}/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_a_buyers_wish_erases_every_trace(pair: Pair, order: Order) -> None:
    delivery = hint_of_order(pair.shop, order.tiktok_order_id)
    body = json.dumps(BUYER)
    Delivery.objects.filter(pk=delivery.pk).update(body=body, outcome="used")
    OrderComment.objects.create(order=order, text="Rang Josephine, she is away.")
    StatusChange.objects.create(order=order, axis="note", reason="Sent to Quimby, Tunbridge")
    set_columns(order, failure_reason="77 Larkspur Lane is no address.")
    assert told() == list(TELLING)
    ask("customers/redact", pair, orders_to_redact=[1])
    assert work_requests() == 1
    assert told() == []
    order.refresh_from_db()
    assert (order.ship_to, order.shopify_legacy_id) == ("", "1")
    assert order.raw["recipient_address"] == {"region_code": "US"}
    assert order.raw["payment"]
    request = PrivacyRequest.objects.get()
    assert request.outcome == "The buyer's data was erased from 1 order."
    assert request.done_at is not None
    assert request.answer_by is not None
    assert timedelta(days=29) < request.answer_by - request.received_at <= timedelta(days=30)


def test_what_tiktok_sends_afterwards_does_not_bring_the_buyer_back(
    pair: Pair, order: Order
) -> None:
    ask("customers/redact", pair, orders_to_redact=[1])
    work_requests()
    store_page(pair.shop, [order_body(status="IN_TRANSIT", age=60, **BUYER)])
    order.refresh_from_db()
    assert order.tiktok_status == "IN_TRANSIT"
    assert told() == []


def test_other_orders_keep_their_buyers(pair: Pair, order: Order) -> None:
    ask("customers/redact", pair, orders_to_redact=[2, "x", None, True])
    work_requests()
    assert told() == list(TELLING)
    assert PrivacyRequest.objects.get().outcome == "The buyer's data was erased from 0 orders."


def test_another_store_cannot_erase_it(pair: Pair, strangers: Pair, order: Order) -> None:
    ask("customers/redact", strangers, orders_to_redact=[1])
    work_requests()
    assert told() == list(TELLING)


def test_the_same_wish_twice_is_one_request(pair: Pair, order: Order) -> None:
    for _ in range(2):
        ask("customers/redact", pair, orders_to_redact=[1])
    assert PrivacyRequest.objects.count() == 1
    ask("customers/redact", pair, "d-2", orders_to_redact=[1])
    assert PrivacyRequest.objects.count() == 2


@pytest.mark.parametrize("topic", ["customers/redact", "customers/data_request", "shop/redact"])
def test_another_body_under_a_privacy_topic_asks_for_nothing(
    pair: Pair, order: Order, topic: str
) -> None:
    ask(topic, pair, id=1, line_items=[])
    assert not PrivacyRequest.objects.exists()


def test_a_buyer_is_told_what_is_kept(pair: Pair, order: Order, anna: Client) -> None:
    stored_order(pair.shop, "576461413038780002")
    ask("customers/data_request", pair, orders_requested=[1])
    work_requests()
    export = Export.objects.get()
    told_of = json.loads(fetch(anna, export))
    text = json.dumps(told_of)
    assert [word for word in TELLING if word not in text] == []
    assert order.tiktok_order_id in text
    assert "576461413038780002" not in text
    assert "Download" in text_of(anna.get("/settings/privacy/"))


def test_a_store_that_went_loses_its_buyers(pair: Pair, order: Order) -> None:
    ask("shop/redact", pair)
    work_requests()
    assert told() == list(TELLING)
    assert "connected again" in PrivacyRequest.objects.get().outcome
    ShopifyStore.objects.filter(pk=pair.store.pk).update(auth_lost_at=timezone.now())
    ask("shop/redact", pair, "d-2")
    work_requests()
    assert told() == []


def test_a_merchant_takes_everything_along_and_nobody_elses(
    pair: Pair, order: Order, anna: Client, strangers: Pair, ben: Client
) -> None:
    stored_order(strangers.shop, "576461413038780009")
    assert anna.post("/settings/privacy/export/").status_code == 302
    anna.post("/settings/privacy/export/")
    assert PrivacyRequest.objects.count() == 1
    work_requests()
    export = Export.objects.get()
    with zipfile.ZipFile(io.BytesIO(fetch(anna, export))) as archive:
        names = set(archive.namelist())
        whole = b"".join(archive.read(name) for name in names).decode()
    assert {"orders.jsonl", "orders.csv", "links.jsonl", "history.jsonl", "team.jsonl"} <= names
    assert order.tiktok_order_id in whole
    assert "576461413038780009" not in whole
    for credential in Credential.objects.all():
        assert credential.access_token not in whole
    assert ben.post(f"/settings/privacy/export/{export.pk}/").status_code == 404
    set_columns(export, expires_at=timezone.now() - DAY)
    assert anna.post(f"/settings/privacy/export/{export.pk}/").status_code == 404


def test_a_merchant_is_erased_a_week_after_its_name_was_typed(
    pair: Pair, order: Order, anna: Client
) -> None:
    anna.post("/settings/privacy/erase/", {"name": "anna"})
    assert not PrivacyRequest.objects.exists()
    anna.post("/settings/privacy/erase/", {"name": "Anna"})
    assert work_requests() == 0
    assert told() == list(TELLING)
    request = PrivacyRequest.objects.get()
    assert request.due_at is not None
    assert abs(request.due_at - timezone.now() - COOLING_OFF) < timedelta(minutes=1)
    PrivacyRequest.objects.update(due_at=timezone.now())
    assert work_requests() == 1
    assert told() == []
    pair.refresh()
    pair.merchant.refresh_from_db()
    assert pair.merchant.name == f"Erased merchant {pair.merchant.pk}"
    assert pair.shop.disconnected_at is not None
    assert pair.store.disconnected_at is not None
    assert not Membership.objects.filter(merchant=pair.merchant).exists()
    assert not ApiToken.objects.filter(merchant=pair.merchant, revoked_at=None).exists()
    assert Order.objects.get().total == order.total


def test_an_erasure_can_be_called_off(pair: Pair, order: Order, anna: Client) -> None:
    anna.post("/settings/privacy/erase/", {"name": "Anna"})
    anna.post("/settings/privacy/erase/call-off/")
    PrivacyRequest.objects.update(due_at=timezone.now())
    assert work_requests() == 0
    assert told() == list(TELLING)
    words = set(SettingsChange.objects.values_list("words", flat=True))
    assert "Called off the erasure." in words


def test_a_failing_request_is_tried_again_and_then_done(
    pair: Pair, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tiktoksync.privacy.services import work_requests as module

    ask("customers/redact", pair, orders_to_redact=[1])
    with monkeypatch.context() as broken:
        broken.setitem(module._HANDLERS, PrivacyRequest.Kind.CUSTOMER_REDACT, _break)
        assert work_requests() == 0
    request = PrivacyRequest.objects.get()
    assert (request.tries, request.done_at) == (1, None)
    assert request.due_at is not None
    assert request.due_at > timezone.now()
    assert work_requests() == 0
    PrivacyRequest.objects.update(due_at=timezone.now())
    assert work_requests() == 1
    assert told() == []


def test_a_dead_workers_lease_runs_out(pair: Pair, order: Order) -> None:
    ask("customers/redact", pair, orders_to_redact=[1])
    PrivacyRequest.objects.update(claimed_until=timezone.now() + DAY, tries=1)
    assert work_requests() == 0
    PrivacyRequest.objects.update(claimed_until=timezone.now() - DAY)
    assert work_requests() == 1
    assert told() == []


def _break(*_: object) -> tuple[str, dict[str, int]]:
    raise RuntimeError("no luck")


# --- retention ------------------------------------------------------------------------------------


def close(order: Order, days: float) -> None:
    """It was completed so many days ago."""
    long_ago = timezone.now() - timedelta(days=days)
    StatusChange.objects.create(order=order, axis="tiktok", before="X", after="COMPLETED")
    StatusChange.objects.filter(order=order).update(at=long_ago)
    set_columns(order, tiktok_status="COMPLETED", first_seen_at=long_ago, seen_at=long_ago)


def test_buyers_go_by_themselves_after_the_merchants_time(pair: Pair, order: Order) -> None:
    days = pair.merchant.personal_data_days
    close(order, days - 0.1)
    assert erase_expired() == 0
    assert told() == list(TELLING)
    close(order, days + 0.1)
    assert erase_expired() == 1
    assert told() == []
    assert erase_expired() == 0


def test_an_order_under_way_keeps_its_buyer(pair: Pair, order: Order) -> None:
    set_columns(order, first_seen_at=timezone.now() - timedelta(days=4000))
    assert erase_expired() == 0
    assert told() == list(TELLING)


# --- the page -------------------------------------------------------------------------------------


def test_owners_set_the_time_and_it_is_on_record(pair: Pair, anna: Client) -> None:
    assert anna.post("/settings/privacy/retention/", {"personal_data_days": 30}).status_code == 302
    pair.refresh()
    pair.merchant.refresh_from_db()
    assert pair.merchant.personal_data_days == 30
    assert SettingsChange.objects.get().section == "privacy"
    for wrong in ("0", "4000", "x", ""):
        answer = anna.post("/settings/privacy/retention/", {"personal_data_days": wrong})
        assert answer.status_code == 422
    pair.refresh()
    pair.merchant.refresh_from_db()
    assert pair.merchant.personal_data_days == 30


def test_a_viewer_reads_and_gets_no_file(pair: Pair, order: Order, viewer: Client) -> None:
    ask("customers/data_request", pair, orders_requested=[1])
    work_requests()
    assert "Download" not in text_of(viewer.get("/settings/privacy/"))
    export = Export.objects.get()
    assert viewer.post(f"/settings/privacy/export/{export.pk}/").status_code == 403


def test_many_requests_cost_no_more_queries(
    pair: Pair, anna: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(40):
        ask("customers/redact", pair, f"d-{number}", orders_to_redact=[1])
    work_requests(limit=40)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        assert anna.get("/settings/privacy/").status_code == 200
