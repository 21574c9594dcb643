"""What support staff never see, and what only superusers see."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from tests.admin.places import page
from tests.api.cast import Cast, make_order
from tiktoksync.shops.models import ApiToken, Credential, PlatformApp, ShopifyStore, TikTokShop
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


def test_the_body_of_an_order_is_for_superusers(root: Client, clerk: Client, cast: Cast) -> None:
    order = make_order(cast.anna.shop)
    address = page(type(order), "change", order.pk)

    assert b"Jane Doe" in root.get(address).content
    response = clerk.get(address)
    assert response.status_code == 200
    assert b"Jane Doe" not in response.content


def test_the_body_of_a_webhook_is_for_superusers(root: Client, clerk: Client, cast: Cast) -> None:
    delivery = Delivery.objects.create(
        source="shopify", delivery_id="1", body_hash="1", topic="orders/updated", body="Jane Doe"
    )
    address = page(Delivery, "change", delivery.pk)

    assert b"Jane Doe" in root.get(address).content
    assert b"Jane Doe" not in clerk.get(address).content


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
