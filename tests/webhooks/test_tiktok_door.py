"""POST /webhooks/tiktok/: who is let in, what is kept, what it sets off."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.test import Client

from tests.webhooks.cast import (
    ANNA_SHOP,
    BEN_SHOP,
    Cast,
    make_shop,
    post_tiktok,
    tiktok_body,
    tiktok_signature,
)
from tiktoksync.shops.models import (
    ConsentWarning,
    Credential,
    Platform,
    PlatformApp,
    TikTokShop,
)
from tiktoksync.webhooks import inbox
from tiktoksync.webhooks.models import Delivery

Woken = list[tuple[str, int]]


def send(cast: Cast, raw: bytes) -> int:
    return post_tiktok(raw, tiktok_signature(cast.tiktok_app, raw)).status_code


def test_a_genuine_hint_is_stored_and_wakes_the_shops_lane(cast: Cast, woken: Woken) -> None:
    raw = tiktok_body(1, tts_notification_id="7380066284010030890")
    assert send(cast, raw) == 200
    delivery = Delivery.objects.get()
    assert (delivery.source, delivery.delivery_id) == ("tiktok", "7380066284010030890")
    assert (delivery.topic, delivery.outcome) == ("ORDER_STATUS_CHANGE", "new")
    assert (delivery.shop, delivery.store) == (cast.anna_shop, None)
    assert delivery.resource_id == "576653688135258178"
    assert delivery.body.encode() == raw
    assert delivery.processed_at is None
    assert woken == [("pull_orders", cast.anna_shop.pk)]


def test_the_documented_vector_is_accepted(cast: Cast, woken: Woken) -> None:
    raw = (
        b'{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507",'
        b'"timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178",'
        b'"order_status":"UNPAID","update_time":1718305585}}'
    )
    signature = "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05"
    assert post_tiktok(raw, signature).status_code == 200
    assert Delivery.objects.get().shop == cast.anna_shop


def refused_signatures(good: str) -> dict[str, str | None]:
    return {
        "missing": None,
        "empty": "",
        "blank": "   ",
        "forged": "0" * 64,
        "upper case": good.upper(),
        "cut": good[:-1],
        "longer": good + "0",
        "with a scheme": f"Bearer {good}",
        "non-ASCII": "é" * 32,
        "a fullwidth digit": good[:-1] + "１",
        "not hexadecimal": "z" * 64,
    }


@pytest.mark.parametrize("kind", refused_signatures("a" * 64))
def test_a_bad_signature_is_401_and_nothing_is_stored(cast: Cast, woken: Woken, kind: str) -> None:
    raw = tiktok_body(1)
    signature = refused_signatures(tiktok_signature(cast.tiktok_app, raw))[kind]
    assert post_tiktok(raw, signature).status_code == 401
    assert Delivery.objects.count() == 0
    assert woken == []


def test_one_changed_byte_is_refused(cast: Cast, woken: Woken) -> None:
    raw = tiktok_body(1)
    signature = tiktok_signature(cast.tiktok_app, raw)
    assert post_tiktok(raw + b" ", signature).status_code == 401
    assert Delivery.objects.count() == 0


def test_another_apps_signature_is_refused_for_this_shop(cast: Cast, woken: Woken) -> None:
    other = PlatformApp.objects.create(platform=Platform.TIKTOK, key="other", secret="other-secret")
    raw = tiktok_body(1)
    assert post_tiktok(raw, tiktok_signature(other, raw)).status_code == 401
    assert Delivery.objects.count() == 0
    assert woken == []


def test_the_secret_of_one_app_under_the_key_of_another_is_refused(cast: Cast) -> None:
    other = PlatformApp.objects.create(platform=Platform.TIKTOK, key="other", secret="other-secret")
    raw = tiktok_body(1)
    assert post_tiktok(raw, tiktok_signature(other, raw, "123")).status_code == 401
    assert Delivery.objects.count() == 0


def test_a_shopify_app_cannot_sign_for_tiktok(cast: Cast) -> None:
    raw = tiktok_body(1)
    assert post_tiktok(raw, tiktok_signature(cast.shopify_app, raw)).status_code == 401
    assert Delivery.objects.count() == 0


def test_a_second_tiktok_app_serves_its_own_shops(cast: Cast, woken: Woken) -> None:
    app = PlatformApp.objects.create(platform=Platform.TIKTOK, key="global", secret="global-secret")
    shop = make_shop(cast.ben, app, cast.ben_store, "7000000000000000001")
    raw = tiktok_body(1, shop.shop_id)
    assert post_tiktok(raw, tiktok_signature(app, raw)).status_code == 200
    assert woken == [("pull_orders", shop.pk)]


def test_the_old_secret_works_while_it_is_rotated(cast: Cast, woken: Woken) -> None:
    app = cast.tiktok_app
    app.secret, app.old_secret = "fresh-secret", "123"
    app.save(update_fields=["secret", "old_secret"])
    for type_, secret in ((1, "123"), (3, "fresh-secret")):
        raw = tiktok_body(type_)
        assert post_tiktok(raw, tiktok_signature(app, raw, secret)).status_code == 200
    app.old_secret = ""
    app.save(update_fields=["old_secret"])
    raw = tiktok_body(11)
    assert post_tiktok(raw, tiktok_signature(app, raw, "123")).status_code == 401
    assert Delivery.objects.count() == 2


def test_an_app_without_a_secret_opens_nothing(cast: Cast) -> None:
    PlatformApp.objects.filter(pk=cast.tiktok_app.pk).update(secret="")
    cast.tiktok_app.secret = ""
    raw = tiktok_body(1)
    assert post_tiktok(raw, tiktok_signature(cast.tiktok_app, raw)).status_code == 401
    assert Delivery.objects.count() == 0


def test_a_genuine_unknown_shop_is_kept_and_nothing_is_done(cast: Cast, woken: Woken) -> None:
    assert send(cast, tiktok_body(1, "7999999999999999999")) == 200
    delivery = Delivery.objects.get()
    assert (delivery.outcome, delivery.shop) == ("ignored", None)
    assert delivery.note == "It belongs to no connected account."
    assert woken == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"17",
        b"{",
        b"\xff\xfe\x00",
        b"{}\x00",
        b'{"type":{}}',
        b'{"type":1,"shop_id":{},"timestamp":1,"data":{}}',
        b'{"type":1,"shop_id":"1","timestamp":"soon","data":{}}',
        b'{"type":1,"shop_id":"1","timestamp":1,"data":[]}',
        b'{"type":' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"data":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_signed_junk_is_kept_and_ignored(cast: Cast, woken: Woken, raw: bytes) -> None:
    assert send(cast, raw) == 200
    delivery = Delivery.objects.get()
    assert (delivery.outcome, delivery.note) == ("ignored", "The body cannot be read.")
    assert (delivery.shop, delivery.resource_id) == (None, "")
    assert woken == []


@pytest.mark.parametrize("text", ["\x00", "\ud800", "7" * 200, "a\nb", "héllo", "😀"])
def test_odd_ids_and_names_are_stored_without_a_crash(cast: Cast, woken: Woken, text: str) -> None:
    raw = tiktok_body(1, tts_notification_id=text, data={"order_id": text})
    assert send(cast, raw) == 200
    delivery = Delivery.objects.get()
    assert delivery.delivery_id == delivery.body_hash
    assert (delivery.resource_id, delivery.outcome) == ("", "ignored")
    assert delivery.note == "It names nothing to read again."


@pytest.mark.parametrize("type_", [5, 15, 16, 18, 37, 50, 71])
@pytest.mark.parametrize("product_id", [1729592969712207008, "1729592969712207008"])
def test_product_news_wake_the_mirror_and_no_flow_of_orders(
    cast: Cast, woken: Woken, type_: int, product_id: int | str
) -> None:
    assert send(cast, tiktok_body(type_, data={"product_id": product_id})) == 200
    delivery = Delivery.objects.get()
    assert (delivery.outcome, delivery.resource_id) == ("new", "1729592969712207008")
    assert woken == [("pull_listings", cast.anna_shop.pk)]
    assert inbox.take_hints(shop=cast.anna_shop, limit=9) == []
    assert list(inbox.waiting_hints("pull_listings")) == [delivery]


@pytest.mark.parametrize("type_", [2, 13, 64, 72, 99, 10**30])
def test_an_unknown_type_is_kept_and_ignored(cast: Cast, woken: Woken, type_: int) -> None:
    assert send(cast, tiktok_body(type_)) == 200
    delivery = Delivery.objects.get()
    assert (delivery.topic, delivery.outcome) == (f"type {type_}", "ignored")
    assert delivery.shop == cast.anna_shop
    assert woken == []


def test_unknown_fields_and_enum_values_do_not_hinder_a_hint(cast: Cast, woken: Woken) -> None:
    data = {"order_id": "1", "order_status": "TELEPORTED", "is_new": {"deep": [1]}}
    assert send(cast, tiktok_body(1, data=data, region_code="XX")) == 200
    assert Delivery.objects.get().outcome == "new"
    assert woken == [("pull_orders", cast.anna_shop.pk)]


def test_big_numbers_keep_every_digit(cast: Cast, woken: Woken) -> None:
    raw = tiktok_body(1, data={"order_id": 576486316948490001}).replace(
        f'"{ANNA_SHOP}"'.encode(), ANNA_SHOP.encode()
    )
    assert json.loads(raw)["shop_id"] == int(ANNA_SHOP)
    assert send(cast, raw) == 200
    delivery = Delivery.objects.get()
    assert (delivery.resource_id, delivery.shop) == ("576486316948490001", cast.anna_shop)


def test_a_repeated_delivery_has_no_second_effect(cast: Cast, woken: Woken) -> None:
    raw = tiktok_body(1, tts_notification_id="7")
    assert [send(cast, raw) for _ in range(5)] == [200] * 5
    assert Delivery.objects.count() == 1
    assert len(woken) == 1


def test_without_an_id_the_body_itself_is_the_id(cast: Cast, woken: Woken) -> None:
    first, second = tiktok_body(1), tiktok_body(1, timestamp=1718305586)
    for raw in (first, second, first, second):
        assert send(cast, raw) == 200
    assert Delivery.objects.count() == 2
    assert len(woken) == 2


def test_a_repetition_after_the_hint_was_used_has_no_effect(cast: Cast, woken: Woken) -> None:
    raw = tiktok_body(1, tts_notification_id="7")
    send(cast, raw)
    Delivery.objects.update(outcome="used", received_at=datetime.now(UTC) - timedelta(hours=25))
    send(cast, raw)
    assert Delivery.objects.get().outcome == "used"
    assert len(woken) == 1


def test_a_second_body_under_one_id_is_evidence_without_effect(cast: Cast, woken: Woken) -> None:
    first = tiktok_body(1, tts_notification_id="7")
    second = tiktok_body(1, tts_notification_id="7", data={"order_id": "2"})
    assert [send(cast, raw) for raw in (first, second, second, first)] == [200] * 4
    found = Delivery.objects.order_by("pk").values_list("outcome", "resource_id")
    assert list(found) == [("new", "576653688135258178"), ("evidence", "2")]
    assert woken == [("pull_orders", cast.anna_shop.pk)]


def test_one_shops_id_does_not_silence_another_shops_delivery(cast: Cast, woken: Woken) -> None:
    for shop_id in (BEN_SHOP, ANNA_SHOP):
        assert send(cast, tiktok_body(1, shop_id, tts_notification_id="7")) == 200
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {"new"}
    assert woken == [("pull_orders", cast.ben_shop.pk), ("pull_orders", cast.anna_shop.pk)]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_any_order_of_hints_and_repeats_stores_the_same(
    cast: Cast, woken: Woken, order: tuple[int, ...]
) -> None:
    bodies = [
        tiktok_body(1, tts_notification_id="1"),
        tiktok_body(3, tts_notification_id="2"),
        tiktok_body(11, tts_notification_id="3"),
        tiktok_body(1, tts_notification_id="1"),
    ]
    for place in order:
        assert send(cast, bodies[place]) == 200
    topics = sorted(Delivery.objects.values_list("topic", "outcome"))
    assert topics == [
        ("CANCELLATION_STATUS_CHANGE", "new"),
        ("ORDER_STATUS_CHANGE", "new"),
        ("RECIPIENT_ADDRESS_UPDATE", "new"),
    ]
    assert woken == [("pull_orders", cast.anna_shop.pk)] * 3


def test_a_withdrawn_authorization_closes_the_shop_only(cast: Cast, woken: Woken) -> None:
    now = int(datetime.now(UTC).timestamp())
    raw = tiktok_body(6, timestamp=now, data={"message": "deauthorized"})
    assert send(cast, raw) == 200
    shop = TikTokShop.objects.get(pk=cast.anna_shop.pk)
    assert shop.auth_lost_at is not None
    assert shop.health == "reconnect"
    assert "connect it again" in shop.paused_reason
    assert TikTokShop.objects.get(pk=cast.ben_shop.pk).health == "ok"
    assert Delivery.objects.get().outcome == "used"
    assert woken == []


def test_a_replayed_withdrawal_does_not_close_a_renewed_connection(cast: Cast) -> None:
    raw = tiktok_body(6, timestamp=1718305585, data={"message": "deauthorized"})
    assert send(cast, raw) == 200
    assert TikTokShop.objects.get(pk=cast.anna_shop.pk).health == "ok"
    delivery = Delivery.objects.get()
    assert (delivery.outcome, delivery.note) == ("ignored", "Older than the present connection.")


def now() -> int:
    return int(datetime.now(UTC).timestamp())


def ends_at(shop: TikTokShop) -> datetime | None:
    return Credential.objects.get(shop=shop).refresh_expires_at


@pytest.fixture
def tokens(cast: Cast) -> Credential:
    """Anna's tokens, of which nobody said when they end."""
    return Credential.objects.create(shop=cast.anna_shop, access_token="a", refresh_token="r")


def test_the_end_of_an_authorization_is_kept_and_told_once(
    cast: Cast, tokens: Credential, woken: Woken
) -> None:
    ends = now() + 20 * 86400
    data = {"message": "soon", "expiration_time": str(ends)}
    for day in range(3):
        assert send(cast, tiktok_body(7, data=data, timestamp=now() + day)) == 200
    delivery = Delivery.objects.first()
    assert delivery.outcome == "used"
    moment = datetime.fromtimestamp(ends, UTC)
    assert delivery.note == f"The seller's authorization ends on {moment:%Y-%m-%d %H:%M} UTC."
    assert ends_at(cast.anna_shop) == moment
    (warning,) = ConsentWarning.objects.all()
    assert (warning.credential, warning.threshold_days) == (tokens, 30)
    assert warning.ends_on == moment.date()
    assert woken == []


def test_the_end_of_an_earlier_authorization_is_no_news(cast: Cast, tokens: Credential) -> None:
    raw = tiktok_body(7, data={"expiration_time": "1900000000"})
    assert send(cast, raw) == 200
    delivery = Delivery.objects.get()
    assert (delivery.outcome, delivery.note) == ("ignored", "Older than the present connection.")
    assert ends_at(cast.anna_shop) is None
    assert ConsentWarning.objects.count() == 0


@pytest.mark.parametrize("value", ["soon", "", None, "9" * 30, -5, [], "999999999999"])
def test_an_unreadable_end_of_an_authorization_is_noted_and_changes_nothing(
    cast: Cast, tokens: Credential, value: object
) -> None:
    assert send(cast, tiktok_body(7, data={"expiration_time": value}, timestamp=now())) == 200
    assert Delivery.objects.get().note == "The seller's authorization ends soon."
    assert ends_at(cast.anna_shop) is None


def test_only_post_is_answered(cast: Cast) -> None:
    client = Client()
    for method in (client.get, client.put, client.delete, client.patch):
        assert method("/webhooks/tiktok/").status_code == 405
    assert Delivery.objects.count() == 0


def test_the_door_needs_neither_a_session_nor_a_csrf_token(cast: Cast, woken: Woken) -> None:
    raw = tiktok_body(1)
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        "/webhooks/tiktok/",
        data=raw,
        content_type="application/json",
        headers={"Authorization": tiktok_signature(cast.tiktok_app, raw)},
    )
    assert answer.status_code == 200


def test_the_installations_own_app_may_sign_before_a_shop_is_connected(
    db: None, settings: Any
) -> None:
    settings.TIKTOK_APP_KEY, settings.TIKTOK_APP_SECRET = "own-key", "own-secret"
    own = PlatformApp(platform="tiktok", key="own-key", secret="own-secret")
    raw = tiktok_body(1, "7999")
    assert post_tiktok(raw, tiktok_signature(own, raw)).status_code == 200
    assert (Delivery.objects.get().shop, Delivery.objects.get().outcome) == (None, "ignored")
