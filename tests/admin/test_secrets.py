"""What support staff never see, and what they see once they have said why."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from tests.admin.places import page
from tests.api.cast import Cast, make_order
from tiktoksync.shops.models import ApiToken, Credential, PlatformApp, ShopifyStore, TikTokShop
from tiktoksync.support.models import Reveal, StaffAction
from tiktoksync.support.services.reveal import reveal
from tiktoksync.webhooks.models import Delivery


@pytest.mark.parametrize("model", [ApiToken, Credential, PlatformApp, ShopifyStore, TikTokShop])
def test_no_secret_is_on_any_page(root: Client, cast: Cast, model: type[Model]) -> None:
    row: Any = model._default_manager.order_by("pk").first()
    names = ("token", "digest", "access_token", "refresh_token", "secret", "cipher")
    secrets = [getattr(row, name) for name in (*names, "webhook_secret") if hasattr(row, name)]
    assert secrets

    for address in (page(model, "changelist"), page(model, "change", row.pk)):
        content = root.get(address).content.decode()
        assert not [secret for secret in secrets if secret in content]


def test_lists_open_even_if_no_key_reads_the_secrets(
    root: Client, cast: Cast, settings: Any
) -> None:
    settings.TOKEN_KEYS = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]

    for model in (ApiToken, Credential, PlatformApp, ShopifyStore, TikTokShop):
        assert root.get(page(model, "changelist")).status_code == 200


WHY = "Ticket 4711: the parcel came back, where was it sent?"


def test_buyers_data_is_hidden_until_somebody_says_why(
    root: Client, clerk: Client, cast: Cast, admin_user: User
) -> None:
    order = make_order(cast.anna.shop, ship_to="Springfield, US")
    address = page(type(order), "change", order.pk)
    asked = page(type(order), "reveal", order.pk)

    hidden = root.get(address).content
    assert b"Jane Doe" not in hidden
    assert b"Springfield" not in hidden
    assert asked.encode() in hidden

    assert root.get(asked).status_code == 200
    for reason in ("", "  ", "why"):
        assert b"Say why in a few words" in root.post(asked, {"reason": reason}).content
    assert (Reveal.objects.count(), StaffAction.objects.count()) == (0, 0)

    assert root.post(asked, {"reason": WHY})["Location"] == address
    shown = root.get(address).content
    assert b"Jane Doe" in shown
    assert b"Springfield" in shown
    line = StaffAction.objects.get()
    assert (line.merchant, line.user, line.reason) == (cast.anna.merchant, admin_user, WHY)
    assert (line.subject, line.subject_id) == ("orders.order", str(order.pk))
    assert b"Jane Doe" not in clerk.get(address).content

    Reveal.objects.update(expires_at=timezone.now())
    assert b"Jane Doe" not in root.get(address).content


def test_one_orders_reveal_shows_no_other(root: Client, cast: Cast, admin_user: User) -> None:
    seen, other = make_order(cast.anna.shop, "1"), make_order(cast.anna.shop, "2")
    reveal(admin_user, cast.anna.merchant, seen, WHY)

    assert b"Jane Doe" not in root.get(page(type(other), "change", other.pk)).content


def test_without_the_permission_nobody_may_ask(clerk: Client, cast: Cast) -> None:
    order = make_order(cast.anna.shop)
    asked = page(type(order), "reveal", order.pk)

    assert clerk.get(asked).status_code == 403
    assert clerk.post(asked, {"reason": WHY}).status_code == 403
    assert (Reveal.objects.count(), StaffAction.objects.count()) == (0, 0)
    assert b"Jane Doe" not in clerk.get(page(type(order), "change", order.pk)).content


def test_the_body_of_a_webhook_is_hidden_too(root: Client, clerk: Client, cast: Cast) -> None:
    delivery = Delivery.objects.create(
        source="shopify",
        delivery_id="1",
        body_hash="1",
        topic="orders/updated",
        body="Jane Doe",
        store=cast.anna.store,
    )
    address = page(Delivery, "change", delivery.pk)

    assert b"Jane Doe" not in root.get(address).content
    assert root.post(page(Delivery, "reveal", delivery.pk), {"reason": WHY}).status_code == 302
    assert b"Jane Doe" in root.get(address).content
    assert b"Jane Doe" not in clerk.get(address).content


def test_nobodys_webhook_is_shown_to_nobody(root: Client, cast: Cast) -> None:
    delivery = Delivery.objects.create(source="tiktok", delivery_id="1", body_hash="1", body="Jane")

    assert root.post(page(Delivery, "reveal", delivery.pk), {"reason": WHY}).status_code == 403


def test_a_new_secret_is_written_and_the_old_one_stays_valid(root: Client, cast: Cast) -> None:
    app = PlatformApp.objects.get(platform="tiktok")
    form = {"platform": "tiktok", "market": "us", "key": "tk", "service_id": "7"}

    root.post(page(PlatformApp, "change", app.pk), {**form, "new_secret": ""})
    app.refresh_from_db()
    assert (app.secrets, app.service_id) == (["tiktok-app-secret"], "7")

    root.post(page(PlatformApp, "change", app.pk), {**form, "new_secret": "newer"})
    app.refresh_from_db()
    assert app.secrets == ["newer", "tiktok-app-secret"]


def test_a_new_app_needs_its_secret(root: Client, db: None) -> None:
    form = {"platform": "shopify", "market": "", "key": "k", "service_id": ""}

    refused = root.post(page(PlatformApp, "add"), {**form, "new_secret": ""})
    assert b"A new app needs its secret." in refused.content
    assert PlatformApp.objects.count() == 0

    root.post(page(PlatformApp, "add"), {**form, "new_secret": "s"})
    assert PlatformApp.objects.get().secrets == ["s"]
