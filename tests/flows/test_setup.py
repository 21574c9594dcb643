"""The whole way: a person signs up, connects both sides, goes live, and an order travels."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from orders.models import Order
from products.models import Link
from tests.flows.world import US_SHOP, US_STORE, World
from tests.web.reading import rows_of, text_of
from tiktoksync.onboarding.models import DryRun, Rehearsal, SetupProgress
from tiktoksync.onboarding.services.progress import setup_of
from tiktoksync.runs.models import Run
from tiktoksync.sandbox.config import complete_config
from tiktoksync.sandbox.server import start
from tiktoksync.shops.models import Membership, Merchant, ShopifyStore, TikTokShop

PUBLIC = "http://testserver"
SKU = {"items": [{"sku": "HP-MUG-CREAM"}]}


@pytest.fixture
def world(settings: Settings, db: None) -> Iterator[World]:
    """A sandbox of its own, whose TikTok sends sellers back here, with nothing connected."""
    config = complete_config({"catalogue": "small"})
    for app in config["tiktok"]["apps"]:
        app["redirect_url"] = PUBLIC + "/connect/tiktok/callback/"
    sandbox = start(port=0, config=config)
    world = World(sandbox.url)
    world.control("POST", "webhooks", {"enabled": {"tiktok": False, "shopify": False}})
    tiktok, shopify = config["tiktok"]["apps"][0], config["shopify"]["apps"][0]
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = PUBLIC, ["testserver"]
    settings.HTTPS, settings.ON_LOOPBACK = False, True
    settings.SIGN_UP = "open"
    settings.TIKTOK_API_URL = f"{sandbox.url}/tiktok"
    settings.TIKTOK_AUTH_URL = f"{sandbox.url}/tiktok-auth"
    settings.TIKTOK_AUTHORIZE_URL = sandbox.url
    settings.TIKTOK_SERVICE_ID, settings.TIKTOK_MARKET = tiktok["service_id"], "us"
    settings.SHOPIFY_URL = f"{sandbox.url}/shopify/{{shop}}"
    settings.TIKTOK_APP_KEY, settings.TIKTOK_APP_SECRET = tiktok["app_key"], tiktok["app_secret"]
    settings.SHOPIFY_API_KEY = shopify["api_key"]
    settings.SHOPIFY_API_SECRET = shopify["api_secret"]
    settings.TIKTOK_READS_PER_SECOND = settings.TIKTOK_WRITES_PER_SECOND = 1000
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    yield world
    sandbox.stop()


def consent(person: Client, left: Any, **more: str) -> Any:
    """Agree on the platform's page as its owner does, and come back."""
    address = urlsplit(left.context["consent_url"])
    query = "&".join([address.query, *(f"{key}={value}" for key, value in more.items())])
    connection = HTTPConnection(address.netloc, timeout=20)
    connection.request("GET", f"{address.path}?{query}")
    back = connection.getresponse().getheader("Location") or ""
    connection.close()
    assert back.startswith(PUBLIC), back
    return person.get(back.removeprefix(PUBLIC), follow=True)


def sign_up() -> Client:
    """A person, and the merchant that they name."""
    person = Client()
    person.post("/sign-up/", {"email": "olga@example.com", "password1": "correct horse staple"})
    assert User.objects.get().email == "olga@example.com"
    named = person.post(reverse("merchant-new"), {"name": "Olga's", "timezone": "Europe/Paris"})
    assert named["Location"] == reverse("welcome")
    assert Membership.objects.get().role == "owner"
    return person


def connect(person: Client) -> TikTokShop:
    """Steps 1 and 2, over both consent pages."""
    back_to = reverse("welcome-shopify")
    wish = {"shop": US_STORE, "back_to": back_to}
    there = consent(person, person.post(reverse("connect-shopify-begin"), wish))
    assert there.redirect_chain[-1][0] == back_to
    store = ShopifyStore.objects.get()
    assert "Next: Connect TikTok Shop" in text_of(there)
    back_to = reverse("welcome-tiktok")
    wish = {"region": "us", "store": str(store.pk), "back_to": back_to}
    left = person.post(reverse("connect-tiktok-begin"), wish)
    there = consent(person, left, shop_id=US_SHOP)
    assert there.redirect_chain[-1][0] == back_to
    shop = TikTokShop.objects.get()
    assert (shop.shop_id, shop.store, shop.live_at) == (US_SHOP, store, None)
    return shop


def created(world: World) -> int:
    """How many times Shopify was asked for an order."""
    return world.calls().get("shopify:orderCreate", 0)


def step_through(person: Client, world: World) -> None:
    """Steps 3 to 8, as the pages offer them; nobody goes live before the first of them."""
    refused = person.post(reverse("go-live"), follow=True)
    assert "Run the pre-flight first" in text_of(refused)
    assert TikTokShop.objects.get().live_at is None
    checked = person.post(reverse("welcome-check"), follow=True)
    assert "Looked both sides over." in text_of(checked)
    sent = {"location": [], "depot": ""}
    assert person.post(reverse("welcome-places-save"), sent)["Location"] == reverse(
        "welcome-products"
    )
    person.post(reverse("welcome-links-preview"))
    world.sync()
    run = Run.objects.get(kind=Run.Kind.LINK)
    if run.left:
        person.post(reverse("welcome-links-start"))
        world.sync()
    else:
        person.post(reverse("welcome-done"), {"step": "products"})
    assert Link.objects.count() > 0
    person.post(reverse("welcome-rules-choose"), {"preset": "finance"})
    person.post(reverse("welcome-done"), {"step": "backfill", "skip": "1"})
    walked = person.post(reverse("rehearsal-run"), follow=True)
    assert "It came through" in text_of(walked)
    assert Rehearsal.objects.get().is_good


@pytest.mark.usefixtures("catalogues")
def test_from_sign_up_to_the_first_order_in_shopify(world: World) -> None:
    person = sign_up()
    assert "0 of 9 done" in text_of(person.get(reverse("welcome")))
    shop = connect(person)
    for _ in range(3):
        world.sync()
        world.due_now()
    step_through(person, world)
    left = {
        state.step.key for state in setup_of(Merchant.objects.get()).states if not state.is_settled
    }
    assert left == {"live"}

    person.post(reverse("dry-run-begin"), {"hours": "4"})
    order_id = world.place(shop.shop_id)
    world.sync()
    world.act(order_id, "release")
    for _ in range(3):
        world.due_now()
        TikTokShop.objects.update(next_poll_at=None)
        world.sync()
    page = person.get(reverse("welcome-live"))
    (row,) = rows_of(page)
    assert row[0].startswith(order_id)
    assert f"Would be created as TT-{order_id}" in row[1]
    assert "Orders sent to Shopify since it began: 0" in text_of(page)
    assert (created(world), world.shopify(order_id)) == (0, [])
    assert Order.objects.get().wait_reason == "not_live"

    live = person.post(reverse("go-live"), follow=True)
    assert "is live" in text_of(live)
    world.sync()
    (made,) = world.shopify(order_id)
    assert made["name"] == f"TT-{order_id}"
    assert created(world) == 1
    assert DryRun.objects.get().ended_at is not None
    assert SetupProgress.objects.get().finished_at is not None
    assert "You are live" in text_of(person.get(reverse("welcome")))
    assert Merchant.objects.count() == 1

    world.fulfill(order_id, "9400111899223100001234", "USPS")
    for _ in range(3):
        world.due_now()
        ShopifyStore.objects.update(next_fulfillment_poll_at=None)
        TikTokShop.objects.update(next_poll_at=None)
        world.sync()
    assert world.tiktok(order_id)["status"] == "AWAITING_COLLECTION"
    assert Order.objects.get().tiktok_status == "AWAITING_COLLECTION"


def test_a_sandbox_can_be_ordered_from_in_the_rehearsal(world: World) -> None:
    person = sign_up()
    shop = connect(person)
    assert "Place an order on the sandbox" in text_of(person.get(reverse("rehearsal")))
    told = text_of(person.post(reverse("rehearsal-order"), follow=True))
    assert "was placed on the sandbox" in told
    TikTokShop.objects.update(next_poll_at=None)
    world.sync()
    order = Order.objects.get(shop=shop)
    assert f"Order {order.tiktok_order_id} was placed" in told
    assert created(world) == 0
