"""Shopify's answer is believed once, soon, from the right store, in the browser that asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tests.connecting.people import (
    Person,
    agree,
    browser_of,
    make_person,
    refused,
    signed,
    stored,
)
from tests.flows.world import US_STORE, VN_STORE, World
from tests.web.reading import text_of
from tiktoksync.connecting.models import ConsentJourney
from tiktoksync.shops.models import Credential, Membership, Merchant, SettingsChange, ShopifyStore

NOTHING: dict[str, list[Any]] = {
    "stores": [],
    "shops": [],
    "tokens": [],
    "grants": [],
    "audit": [],
}
SECRET = "shpss_sandbox"


def test_an_agreed_store_is_connected_and_noted(world: World, olga: Person) -> None:
    left = olga.ask_shopify()
    assert left["Referrer-Policy"] == "same-origin"
    assert stored() == NOTHING

    said = olga.come_back("shopify", agree(left), follow=True)

    assert f"{US_STORE} is connected." in text_of(said).replace("Harbor & Pine", US_STORE)
    store = ShopifyStore.objects.get()
    assert (store.merchant, store.shop_domain, store.currency) == (olga.merchant, US_STORE, "USD")
    assert store.order_id_definition_at is not None
    assert Credential.objects.get().store == store
    line = SettingsChange.objects.get()
    assert (line.merchant, line.user) == (olga.merchant, olga.user)
    assert line.words == f"Connected {US_STORE}."
    olga.merchant.refresh_from_db()
    assert olga.merchant.timezone == "America/New_York"


def test_an_answer_works_once(world: World, olga: Person) -> None:
    answer = agree(olga.ask_shopify())
    olga.come_back("shopify", answer)
    before = stored()
    world.forget_calls()

    refused(olga.come_back("shopify", answer), "used")

    assert stored() == before
    assert world.calls() == {}


def test_an_answer_works_for_an_hour(world: World, olga: Person) -> None:
    answer = agree(olga.ask_shopify())
    ConsentJourney.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused(olga.come_back("shopify", answer), "expired")
    assert stored() == NOTHING


def test_a_journey_ends_an_hour_after_it_begins(world: World, olga: Person) -> None:
    olga.ask_shopify()
    ends_in = ConsentJourney.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=59) < ends_in <= timedelta(hours=1)


def test_an_answer_works_in_the_browser_that_asked(world: World, olga: Person) -> None:
    answer = agree(olga.ask_shopify())
    elsewhere = Person(olga.user, olga.merchant, browser_of(olga.user, olga.merchant))

    refused(elsewhere.come_back("shopify", answer), "session")
    assert stored() == NOTHING

    # A stranger's try uses nothing up.
    assert olga.come_back("shopify", answer).status_code == 302


def test_an_answer_works_for_the_person_who_asked(world: World, olga: Person, ben: Person) -> None:
    refused(ben.come_back("shopify", agree(olga.ask_shopify())), "session")
    assert stored() == NOTHING


def test_an_answer_works_for_the_merchant_that_asked(world: World, olga: Person) -> None:
    other = Merchant.objects.create(name="Olga's second")
    Membership.objects.create(user=olga.user, merchant=other, role="owner")
    answer = agree(olga.ask_shopify())
    olga.client.post(reverse("choose-merchant"), {"merchant": str(other.pk)})

    refused(olga.come_back("shopify", answer), "merchant")
    assert stored() == NOTHING

    olga.client.post(reverse("choose-merchant"), {"merchant": str(olga.merchant.pk)})
    assert olga.come_back("shopify", answer).status_code == 302
    assert ShopifyStore.objects.get().merchant == olga.merchant


@pytest.mark.parametrize("state", ["", "made-up", "x" * 4000])
def test_a_state_that_was_never_given_finishes_nothing(
    world: World, olga: Person, state: str
) -> None:
    answer = signed({**agree(olga.ask_shopify()), "state": state}, SECRET)
    refused(olga.come_back("shopify", answer), "no_state")
    assert stored() == NOTHING


def test_the_state_of_one_platform_is_none_at_the_other(world: World, olga: Person) -> None:
    answer = agree(olga.ask_shopify())
    refused(olga.come_back("tiktok", {"state": answer["state"], "code": "TTP_x"}), "no_state")
    assert stored() == NOTHING


def test_who_does_not_agree_connects_nothing(world: World, olga: Person) -> None:
    answer = agree(olga.ask_shopify())
    del answer["code"]
    refused(olga.come_back("shopify", signed(answer, SECRET)), "denied")
    assert stored() == NOTHING


@pytest.mark.parametrize(
    "change",
    [{"hmac": "0" * 64}, {"hmac": ""}, {"hmac": "ü"}, {"code": "another"}, {"timestamp": "1"}],
)
def test_an_answer_that_was_touched_is_not_believed(
    world: World, olga: Person, change: dict[str, str]
) -> None:
    answer = agree(olga.ask_shopify()) | change
    world.forget_calls()
    refused(olga.come_back("shopify", answer), "signature")
    assert (stored(), world.calls()) == (NOTHING, {})


def test_an_answer_signed_with_another_secret_is_not_believed(world: World, olga: Person) -> None:
    answer = signed(agree(olga.ask_shopify()), "another-secret")
    refused(olga.come_back("shopify", answer), "signature")
    assert stored() == NOTHING


@pytest.mark.parametrize("domain", ["evil.example.com", "a.myshopify.com.evil.com", "", "x/../y"])
def test_an_answer_names_a_store_of_shopify(world: World, olga: Person, domain: str) -> None:
    answer = signed({**agree(olga.ask_shopify()), "shop": domain}, SECRET)
    refused(olga.come_back("shopify", answer), "signature")
    assert stored() == NOTHING


def test_another_store_than_asked_for_is_not_connected(world: World, olga: Person) -> None:
    answer = signed({**agree(olga.ask_shopify()), "shop": VN_STORE}, SECRET)
    refused(olga.come_back("shopify", answer), "wrong_store", wanted=US_STORE, found=VN_STORE)
    assert stored() == NOTHING


def test_missing_permissions_are_named(world: World, olga: Person, settings: Settings) -> None:
    settings.SHOPIFY_SCOPES = "write_products,read_inventory,read_locations"
    said = olga.come_back("shopify", agree(olga.ask_shopify()))
    assert said.context["reason"] == "scopes"
    assert "Shopify did not grant:" in text_of(said)
    assert "orders" in said.context["words"].text.partition(" Without")[0]
    assert stored() == NOTHING


def test_a_store_of_another_merchant_is_not_taken_over(
    world: World, olga: Person, ben: Person
) -> None:
    olga.connect_store()
    before = stored()

    said = ben.come_back("shopify", agree(ben.ask_shopify()))

    refused(said, "taken", account=US_STORE)
    assert "Olga" not in text_of(said)
    assert stored() == before


def test_a_code_that_shopify_refuses_connects_nothing(world: World, olga: Person) -> None:
    answer = signed({**agree(olga.ask_shopify()), "code": "made-up"}, SECRET)
    said = olga.come_back("shopify", answer)
    assert (said.status_code, said.context["reason"]) == (502, "platform")
    assert "Shopify did not let us finish" in text_of(said)
    assert stored() == NOTHING


@pytest.mark.parametrize("role", ["operator", "viewer"])
def test_only_an_owner_comes_back(world: World, olga: Person, role: str) -> None:
    other = make_person(role, olga.merchant, role)
    assert other.ask_shopify().status_code == 403
    refused(other.come_back("shopify", agree(olga.ask_shopify())), "owner")
    assert stored() == NOTHING


def test_a_stranger_is_sent_to_sign_in(world: World, olga: Person, nobody: Any) -> None:
    answer = agree(olga.ask_shopify())
    said = nobody.get("/connect/shopify/callback/", answer)
    assert said.status_code == 302
    assert "sign-in" in said["Location"] or "login" in said["Location"]
    assert stored() == NOTHING


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("demo-us", US_STORE),
        ("https://DEMO-US.myshopify.com/", US_STORE),
        ("https://admin.shopify.com/store/demo-us/products", US_STORE),
    ],
)
def test_a_store_is_known_by_name_domain_and_address(
    world: World, olga: Person, given: str, asked: str
) -> None:
    assert olga.ask_shopify(given).status_code == 200
    assert ConsentJourney.objects.get().shop_domain == asked


@pytest.mark.parametrize("given", ["", "shop.example.com", "a b", "https://evil.com/x"])
def test_what_is_no_store_is_not_asked_for(world: World, olga: Person, given: str) -> None:
    refused(olga.ask_shopify(given), "domain")
    assert not ConsentJourney.objects.exists()


@pytest.mark.parametrize("back_to", ["https://evil.com/", "//evil.com", "javascript:alert(1)"])
def test_nobody_is_sent_off_the_site_afterwards(world: World, olga: Person, back_to: str) -> None:
    said = olga.come_back("shopify", agree(olga.ask_shopify(back_to=back_to)))
    assert said["Location"] == "/connect/"
