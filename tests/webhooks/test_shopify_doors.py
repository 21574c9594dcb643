"""POST /webhooks/shopify/… : a store's own address and the app's address."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.webhooks.cast import (
    ANNA_STORE,
    BEN_STORE,
    Cast,
    make_store,
    post_shopify,
    shopify_signature,
)
from tiktoksync.shops.models import Platform, PlatformApp, ShopifyStore
from tiktoksync.webhooks.models import Delivery

Woken = list[tuple[str, int]]
ORDER = b'{"id":5400000000001,"name":"#1001","source_identifier":"576"}'
SHOP = json.dumps({"id": 1, "myshopify_domain": ANNA_STORE, "name": "Anna"}).encode()


def test_an_order_topic_is_stored_and_wakes_the_stores_lane(cast: Cast, woken: Woken) -> None:
    assert post_shopify(ORDER, "orders/updated", path_of=cast.anna_store).status_code == 200
    delivery = Delivery.objects.get()
    assert (delivery.source, delivery.topic) == ("shopify", "orders/updated")
    assert delivery.delivery_id == "a14e49d1-733c-5a64-963b-48d44f875c98"
    assert (delivery.store, delivery.shop) == (cast.anna_store, None)
    assert (delivery.outcome, delivery.resource_id) == ("new", "5400000000001")
    assert delivery.body.encode() == ORDER
    assert woken == [("pull_fulfillments", cast.anna_store.pk)]


@pytest.mark.parametrize(
    ("topic", "body", "outcome", "resource", "lane"),
    [
        ("orders/create", {"id": 1}, "new", "1", "pull_fulfillments"),
        ("orders/cancelled", {"id": 1}, "new", "1", "pull_fulfillments"),
        ("orders/never_heard_of", {"id": 1}, "new", "1", "pull_fulfillments"),
        ("ORDERS/FULFILLED", {"id": 1}, "new", "1", "pull_fulfillments"),
        ("fulfillments/create", {"id": 9, "order_id": 1}, "new", "1", "pull_fulfillments"),
        ("fulfillments/update", {"id": 9, "order_id": 1}, "new", "1", "pull_fulfillments"),
        ("fulfillments/update", {"id": 9}, "ignored", "", ""),
        ("orders/updated", {"id": True}, "ignored", "True", ""),
        ("orders/updated", {"id": 1.5}, "ignored", "", ""),
        ("orders/updated", {"id": 2**63 + 1}, "new", "9223372036854775809", "pull_fulfillments"),
        ("products/update", {"id": 3}, "new", "3", "pull_variants"),
        ("products/delete", {"id": 3}, "new", "3", "pull_variants"),
        ("inventory_levels/update", {"inventory_item_id": 3}, "new", "3", "pull_variants"),
        ("inventory_items/update", {"id": 3}, "new", "3", "pull_variants"),
        ("locations/update", {"id": 3}, "new", "3", "pull_variants"),
        (
            "bulk_operations/finish",
            {"admin_graphql_api_id": "gid://shopify/BulkOperation/3"},
            "new",
            "3",
            "pull_variants",
        ),
        ("bulk_operations/finish", {"admin_graphql_api_id": "gid://3"}, "ignored", "", ""),
        ("products/create", {}, "ignored", "", ""),
        ("app/scopes_update", {"id": 3}, "ignored", "3", ""),
        ("fulfillment_events/create", {"id": 3, "order_id": 1}, "ignored", "3", ""),
        ("inventory_levels/update", {"available": 3}, "ignored", "", ""),
        ("never/heard_of", {"id": 3}, "ignored", "3", ""),
        ("", {"id": 3}, "ignored", "3", ""),
    ],
)
def test_each_topic_has_its_use(
    cast: Cast,
    woken: Woken,
    topic: str,
    body: dict[str, Any],
    outcome: str,
    resource: str,
    lane: str,
) -> None:
    raw = json.dumps(body).encode()
    assert post_shopify(raw, topic, path_of=cast.anna_store).status_code == 200
    delivery = Delivery.objects.get()
    assert delivery.topic == topic.lower()
    assert delivery.outcome == outcome
    assert delivery.resource_id == ("" if resource == "True" else resource)
    assert woken == ([(lane, cast.anna_store.pk)] if lane else [])


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "forged",
        "é" * 44,
        shopify_signature("shopify-secret", ORDER).lower(),
        shopify_signature("shopify-secret", ORDER)[:-1],
        shopify_signature("shopify-secret", ORDER) + "=",
        shopify_signature("another-secret", ORDER),
        shopify_signature("", ORDER),
    ],
)
def test_a_bad_signature_is_401_and_nothing_is_stored(
    cast: Cast, woken: Woken, signature: str | None
) -> None:
    for path_of in (cast.anna_store, None):
        answer = post_shopify(ORDER, "orders/updated", path_of=path_of, hmac_sha256=signature)
        assert answer.status_code == 401
    assert Delivery.objects.count() == 0
    assert woken == []


def test_an_unknown_path_secret_is_404_and_nothing_is_stored(cast: Cast, woken: Woken) -> None:
    for secret in ("A" * 32, "short", "%00" * 10, cast.anna_store.webhook_secret + "x"):
        answer = Client().post(
            f"/webhooks/shopify/{secret}/",
            data=ORDER,
            content_type="application/json",
            headers={
                "X-Shopify-Hmac-Sha256": shopify_signature("shopify-secret", ORDER),
                "X-Shopify-Shop-Domain": ANNA_STORE,
            },
        )
        assert answer.status_code == 404
    assert Delivery.objects.count() == 0


def test_a_stores_body_on_another_stores_path_is_refused_under_one_secret(
    cast: Cast, woken: Woken
) -> None:
    answer = post_shopify(ORDER, "orders/updated", path_of=cast.ben_store, shop_domain=ANNA_STORE)
    assert answer.status_code == 401
    assert Delivery.objects.count() == 0
    assert woken == []


def test_a_stores_body_on_another_stores_path_is_refused_under_two_secrets(
    cast: Cast, woken: Woken
) -> None:
    own = PlatformApp.objects.create(platform=Platform.SHOPIFY, key="ben", secret="ben-secret")
    ShopifyStore.objects.filter(pk=cast.ben_store.pk).update(app=own)
    for domain in (ANNA_STORE, BEN_STORE):
        answer = post_shopify(ORDER, "orders/updated", path_of=cast.ben_store, shop_domain=domain)
        assert answer.status_code == 401
    assert Delivery.objects.count() == 0
    assert woken == []


@pytest.mark.parametrize("domain", [None, "", "anna.myshopify.com.evil.example", "anna"])
def test_the_domain_header_must_name_the_paths_store(cast: Cast, domain: str | None) -> None:
    answer = post_shopify(ORDER, "orders/updated", path_of=cast.anna_store, shop_domain=domain)
    assert answer.status_code == 401
    assert Delivery.objects.count() == 0


def test_the_domain_header_may_be_spelled_in_capitals(cast: Cast, woken: Woken) -> None:
    answer = post_shopify(
        ORDER, "orders/updated", path_of=cast.anna_store, shop_domain="Anna.MyShopify.com"
    )
    assert answer.status_code == 200


def test_a_body_naming_another_store_is_refused_on_a_stores_path(cast: Cast) -> None:
    answer = post_shopify(SHOP, "app/uninstalled", path_of=cast.ben_store)
    assert answer.status_code == 401
    assert Delivery.objects.count() == 0
    assert ShopifyStore.objects.get(pk=cast.anna_store.pk).auth_lost_at is None
    assert ShopifyStore.objects.get(pk=cast.ben_store.pk).auth_lost_at is None


def test_the_old_path_and_the_old_secret_work_while_they_are_rotated(
    cast: Cast, woken: Woken
) -> None:
    store, app = cast.anna_store, cast.shopify_app
    old_path, store.old_webhook_secret = store.webhook_secret, store.webhook_secret
    store.webhook_secret = "fresh-path-secret"
    store.save(update_fields=["webhook_secret", "old_webhook_secret"])
    app.secret, app.old_secret = "fresh-secret", "shopify-secret"
    app.save(update_fields=["secret", "old_secret"])
    count = 0
    for path in (old_path, "fresh-path-secret"):
        for secret in ("shopify-secret", "fresh-secret"):
            count += 1
            store.webhook_secret = path
            answer = post_shopify(
                ORDER, "orders/updated", path_of=store, secret=secret, webhook_id=str(count)
            )
            assert answer.status_code == 200
    assert Delivery.objects.count() == 4
    assert len(woken) == 4


def test_an_empty_old_path_secret_opens_nothing(cast: Cast) -> None:
    assert cast.anna_store.old_webhook_secret == ""
    answer = post_shopify(ORDER, "orders/updated")
    assert answer.status_code == 200
    assert Delivery.objects.get().store is None


def test_a_retry_of_one_delivery_is_stored_once(cast: Cast, woken: Woken) -> None:
    for _ in range(4):
        assert post_shopify(ORDER, "orders/updated", path_of=cast.anna_store).status_code == 200
    assert Delivery.objects.count() == 1
    assert woken == [("pull_fulfillments", cast.anna_store.pk)]


def test_two_topics_of_one_event_are_two_hints(cast: Cast, woken: Woken) -> None:
    event = "6180c808-f2e8-52d1-b328-0a9b1e983e3e"
    for webhook_id, topic in (("1", "orders/fulfilled"), ("2", "orders/updated")):
        post_shopify(ORDER, topic, path_of=cast.anna_store, webhook_id=webhook_id, event_id=event)
    assert list(Delivery.objects.values_list("outcome", flat=True)) == ["new", "new"]


def test_a_second_body_under_one_id_is_evidence_without_effect(cast: Cast, woken: Woken) -> None:
    post_shopify(ORDER, "orders/updated", path_of=cast.anna_store)
    post_shopify(b'{"id":2}', "orders/updated", path_of=cast.anna_store)
    found = Delivery.objects.order_by("pk").values_list("outcome", "resource_id")
    assert list(found) == [("new", "5400000000001"), ("evidence", "2")]
    assert len(woken) == 1


@pytest.mark.parametrize("webhook_id", [None, "", "x" * 101])
def test_without_a_usable_id_the_body_is_the_id(
    cast: Cast, woken: Woken, webhook_id: str | None
) -> None:
    for _ in range(2):
        post_shopify(ORDER, "orders/updated", path_of=cast.anna_store, webhook_id=webhook_id)
    delivery = Delivery.objects.get()
    assert delivery.delivery_id == delivery.body_hash
    assert len(woken) == 1


def test_signed_junk_is_kept_and_ignored(cast: Cast, woken: Woken) -> None:
    for number, raw in enumerate([b"", b"[]", b"{", b"\xff\x00", b"[" * 100_000, b"9" * 5000]):
        for path_of in (cast.anna_store, None):
            answer = post_shopify(
                raw, "orders/updated", path_of=path_of, webhook_id=f"{number} {bool(path_of)}"
            )
            assert answer.status_code == 200
    assert Delivery.objects.count() == 12
    notes = Delivery.objects.values_list("outcome", "note")
    assert set(notes) == {("ignored", "The body cannot be read.")}
    assert woken == []


def test_an_uninstalled_app_closes_the_store(cast: Cast, woken: Woken) -> None:
    now = datetime.now(UTC) + timedelta(seconds=1)
    answer = post_shopify(
        SHOP, "app/uninstalled", path_of=cast.anna_store, triggered_at=now.isoformat()
    )
    assert answer.status_code == 200
    store = ShopifyStore.objects.get(pk=cast.anna_store.pk)
    assert store.auth_lost_at is not None
    assert store.paused_reason.startswith("The app was uninstalled")
    assert ShopifyStore.objects.get(pk=cast.ben_store.pk).health == "ok"
    assert Delivery.objects.get().outcome == "used"
    assert woken == []


def test_the_apps_address_reads_the_store_from_the_signed_body(cast: Cast) -> None:
    assert post_shopify(SHOP, "app/uninstalled").status_code == 200
    assert ShopifyStore.objects.get(pk=cast.anna_store.pk).health == "reconnect"
    assert Delivery.objects.get().store == cast.anna_store


def test_the_apps_address_refuses_a_header_that_disagrees_with_the_body(cast: Cast) -> None:
    answer = post_shopify(SHOP, "app/uninstalled", shop_domain=BEN_STORE)
    assert answer.status_code == 401
    assert Delivery.objects.count() == 0
    assert ShopifyStore.objects.filter(auth_lost_at=None).count() == 2


def test_the_apps_address_refuses_another_apps_signature(cast: Cast) -> None:
    PlatformApp.objects.create(platform=Platform.SHOPIFY, key="ben", secret="ben-secret")
    assert post_shopify(SHOP, "app/uninstalled", secret="ben-secret").status_code == 401
    assert Delivery.objects.count() == 0
    assert ShopifyStore.objects.get(pk=cast.anna_store.pk).auth_lost_at is None


def test_an_order_body_at_the_apps_address_belongs_to_nobody(cast: Cast, woken: Woken) -> None:
    answer = post_shopify(ORDER, "orders/updated", shop_domain=ANNA_STORE)
    assert answer.status_code == 200
    delivery = Delivery.objects.get()
    assert (delivery.outcome, delivery.store) == ("ignored", None)
    assert woken == []


def test_an_order_body_under_the_topic_of_an_uninstall_closes_nothing(cast: Cast) -> None:
    post_shopify(ORDER, "app/uninstalled", path_of=cast.anna_store)
    assert ShopifyStore.objects.get(pk=cast.anna_store.pk).auth_lost_at is None
    assert Delivery.objects.get().outcome == "ignored"


def test_a_late_uninstall_does_not_close_a_renewed_connection(cast: Cast) -> None:
    post_shopify(
        SHOP, "app/uninstalled", path_of=cast.anna_store, triggered_at="2020-01-01T00:00:00Z"
    )
    assert ShopifyStore.objects.get(pk=cast.anna_store.pk).auth_lost_at is None
    assert Delivery.objects.get().note == "Older than the present connection."


def test_a_replayed_uninstall_under_fresh_headers_closes_nothing(cast: Cast) -> None:
    post_shopify(SHOP, "app/uninstalled", path_of=cast.anna_store, webhook_id="1")
    ShopifyStore.objects.update(auth_lost_at=None, paused_reason="")
    post_shopify(SHOP, "app/uninstalled", path_of=cast.anna_store, webhook_id="2")
    assert ShopifyStore.objects.get(pk=cast.anna_store.pk).auth_lost_at is None
    assert list(Delivery.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "used",
        "ignored",
    ]


def test_a_replayed_order_body_only_makes_its_lane_look_again(cast: Cast, woken: Woken) -> None:
    for number in range(3):
        post_shopify(
            ORDER,
            "orders/updated",
            path_of=cast.anna_store,
            webhook_id=str(number),
            triggered_at="2020-01-01T00:00:00Z",
        )
    assert woken == [("pull_fulfillments", cast.anna_store.pk)] * 3
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {"new"}


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact", "shop/redact"])
def test_privacy_topics_wake_no_lane_and_are_kept_without_the_buyer(
    cast: Cast, woken: Woken, topic: str
) -> None:
    buyer = {"id": 2, "email": "jo@example.com", "phone": "555-1234"}
    raw = json.dumps({"shop_id": 1, "shop_domain": ANNA_STORE, "customer": buyer}).encode()
    assert post_shopify(raw, topic, shop_domain=ANNA_STORE).status_code == 200
    delivery = Delivery.objects.get()
    assert (delivery.store, delivery.outcome) == (cast.anna_store, "used")
    assert json.loads(delivery.body)["customer"] == {"id": 2}
    assert "jo@example.com" not in delivery.body
    assert "30 days" in delivery.note
    assert woken == []


def test_a_privacy_topic_of_an_unknown_store_is_kept(cast: Cast) -> None:
    raw = b'{"shop_domain":"gone.myshopify.com"}'
    assert post_shopify(raw, "shop/redact").status_code == 200
    assert Delivery.objects.get().store is None


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-13-45T99:00:00Z", "2026-01-01T00:00:00"])
def test_an_unreadable_time_header_does_not_hinder(cast: Cast, woken: Woken, moment: str) -> None:
    answer = post_shopify(ORDER, "orders/updated", path_of=cast.anna_store, triggered_at=moment)
    assert answer.status_code == 200
    assert len(woken) == 1


def test_a_store_of_another_app_verifies_with_its_own_secret(cast: Cast, woken: Woken) -> None:
    own = PlatformApp.objects.create(platform=Platform.SHOPIFY, key="own", secret="own-secret")
    store = make_store(cast.ben, own, "own.myshopify.com")
    answer = post_shopify(ORDER, "orders/updated", path_of=store, secret="own-secret")
    assert answer.status_code == 200
    assert woken == [("pull_fulfillments", store.pk)]


def test_only_post_is_answered(cast: Cast) -> None:
    client = Client()
    for path in ("/webhooks/shopify/", f"/webhooks/shopify/{cast.anna_store.webhook_secret}/"):
        for method in (client.get, client.put, client.delete):
            assert method(path).status_code == 405


def test_the_installations_own_app_may_sign_before_a_store_is_connected_with_it(
    cast: Cast, settings: Any
) -> None:
    settings.SHOPIFY_API_KEY, settings.SHOPIFY_API_SECRET = "own-key", "own-secret"
    body = b'{"shop_id":1,"shop_domain":"new.myshopify.com","customer":{"id":2}}'
    assert post_shopify(body, "customers/redact", secret="own-secret").status_code == 200
    delivery = Delivery.objects.get()
    assert (delivery.topic, delivery.store, delivery.outcome) == (
        "customers/redact",
        None,
        "ignored",
    )


def test_the_installations_own_app_does_not_sign_for_a_store_of_another_app(
    cast: Cast, settings: Any
) -> None:
    settings.SHOPIFY_API_KEY, settings.SHOPIFY_API_SECRET = "own-key", "own-secret"
    assert post_shopify(SHOP, "app/uninstalled", secret="own-secret").status_code == 401
    assert not Delivery.objects.exists()
