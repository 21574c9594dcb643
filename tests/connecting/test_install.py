"""Somebody opens the app in Shopify: it is remembered until they are signed in."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.connecting.people import Person, agree, refused, signed, stored
from tests.connecting.test_shopify_consent import NOTHING, SECRET
from tests.flows.world import US_STORE, World
from tests.web.reading import text_of
from tiktoksync.connecting.models import ConsentJourney
from tiktoksync.shops.models import Membership, ShopifyStore

INSTALL = "connect-shopify-install"
BEGAN = f"You began to install the app in {US_STORE}."


def link(age: int = 0, secret: str = SECRET, **change: str) -> dict[str, str]:
    """What Shopify puts behind the install address."""
    query = {"host": "YWRtaW4", "shop": US_STORE, "timestamp": str(int(time.time()) - age)}
    return signed(query | change, secret)


def test_signed_in_it_leads_to_the_form_with_the_store(world: World, olga: Person) -> None:
    there = olga.client.get(reverse(INSTALL), link(), follow=True)
    assert there.redirect_chain == [(f"/connect/shopify/?shop={US_STORE}", 302)]
    assert f'value="{US_STORE}"' in there.content.decode()
    # Opening the address asks for nothing by itself: the owner has to press the button.
    assert stored() == NOTHING
    assert BEGAN in text_of(olga.client.get(reverse("connect")))

    said = olga.come_back("shopify", agree(olga.ask_shopify()))

    assert said.status_code == 302
    assert ShopifyStore.objects.get().merchant == olga.merchant
    assert BEGAN not in text_of(olga.client.get(reverse("connect")))


def test_signed_out_it_is_remembered_over_signing_in(
    world: World, olga: Person, nobody: Client
) -> None:
    said = nobody.get(reverse(INSTALL), link())
    assert said.status_code == 302
    assert nobody.get(said["Location"]).status_code == 302
    nobody.force_login(olga.user)
    assert BEGAN in text_of(nobody.get(reverse("connect")))
    assert BEGAN not in text_of(olga.client.get(reverse("connect")))
    assert stored() == NOTHING


@pytest.mark.parametrize(
    "query",
    [
        {},
        link() | {"hmac": "0" * 64},
        link() | {"shop": "demo-vn.myshopify.com"},
        link(secret="another-secret"),
        link(age=3600),
        link(age=-3600),
        link(timestamp="soon"),
        link(shop="evil.example.com"),
    ],
)
def test_what_shopify_did_not_just_sign_is_refused(
    world: World, olga: Person, nobody: Client, query: dict[str, str]
) -> None:
    for client in (olga.client, nobody):
        refused(client.get(reverse(INSTALL), query), "signature")
    assert not ConsentJourney.objects.exists()
    assert stored() == NOTHING


def test_an_install_is_remembered_for_a_day(world: World, olga: Person) -> None:
    olga.client.get(reverse(INSTALL), link())
    ConsentJourney.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert BEGAN not in text_of(olga.client.get(reverse("connect")))


def test_a_person_without_a_merchant_is_not_shown_anothers(world: World, olga: Person) -> None:
    Membership.objects.all().delete()
    there = olga.client.get(reverse(INSTALL), link(), follow=True)
    assert there.status_code == 403
    assert stored() == NOTHING
