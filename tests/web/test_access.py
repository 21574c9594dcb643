"""Who gets what: strangers nothing, viewers no buttons, and a GET never does anything."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.test import Client

from orders.models import Order, OrderTag, SavedView, StatusChange
from products.models import (
    Link,
    ListingSku,
    ListingTask,
    ProductRules,
    UploadTemplate,
    Variant,
)
from tests.connecting.stage import known_connections
from tests.factories import Pair, link_sku, make_backfill, order_body, set_columns, stored_order
from tests.people.stage import known_people
from tests.privacy.stage import known_privacy
from tests.web.catalogue import known_products
from tests.web.conftest import browser
from tests.web.reading import elements_of, text_of
from tests.web.routes import (
    ACTIONS,
    MISFITS,
    NAMES,
    OF_EVERYBODY,
    OF_MEMBERS,
    OF_ONE_THING,
    PAGES,
    PERSONAL,
    PUBLIC,
    addresses,
)
from tiktoksync.people.models import Invitation
from tiktoksync.runs.models import Run
from tiktoksync.shops.models import (
    ApiToken,
    Membership,
    Merchant,
    OrderRules,
    ShopifyStore,
    TikTokShop,
)
from tiktoksync.shops.services.tokens import mint_token


@pytest.fixture
def known(pair: Pair) -> dict[str, Any]:
    """Anna's things, by the names that addresses have for them."""
    order = stored_order(pair.shop)
    set_columns(order, sync_status="failed", failure_kind="config", failure_code="sku_unlinked")
    link = link_sku(pair, "BLUE", 42)
    mint_token(pair.merchant, "Warehouse")
    return {
        "tiktok_order_id": order.tiktok_order_id,
        "shop_id": pair.shop.shop_id,
        "tiktok_sku_id": "29RED",
        "link_id": link.pk,
        "run_id": make_backfill(pair).pk,
        **known_products(pair),
        "token_id": ApiToken.objects.get().pk,
        **known_people(pair),
        **known_connections(pair),
        **known_privacy(pair),
        "view_id": SavedView.objects.create(merchant=pair.merchant, name="Urgent").pk,
    }


def dump(pair: Pair) -> str:
    """Everything of Anna's that an action could change."""
    mine = (
        Merchant.objects.filter(pk=pair.merchant.pk),
        TikTokShop.objects.filter(merchant=pair.merchant),
        ShopifyStore.objects.filter(merchant=pair.merchant),
        OrderRules.objects.filter(shop=pair.shop),
        ApiToken.objects.filter(merchant=pair.merchant),
        Membership.objects.filter(merchant=pair.merchant),
        Invitation.objects.filter(merchant=pair.merchant),
        Order.objects.filter(shop=pair.shop),
        StatusChange.objects.filter(order__shop=pair.shop),
        Link.objects.filter(shop=pair.shop),
        Variant.objects.filter(store=pair.store),
        OrderTag.objects.filter(order__shop=pair.shop),
        SavedView.objects.filter(merchant=pair.merchant),
        Run.objects.filter(merchant=pair.merchant),
        ListingSku.objects.filter(shop=pair.shop),
        ListingTask.objects.filter(listing__shop=pair.shop),
        ProductRules.objects.filter(shop=pair.shop),
        UploadTemplate.objects.filter(shop=pair.shop),
    )
    return "\n".join(serializers.serialize("json", rows.order_by("pk")) for rows in mine)


@pytest.mark.parametrize("name", sorted(set(NAMES) - PUBLIC - PERSONAL))
def test_a_visitor_is_sent_to_the_sign_in(name: str, known: dict[str, Any]) -> None:
    address = addresses(known)[name]
    for answer in (Client().get(address), Client().post(address)):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("name", PAGES)
def test_a_member_sees_every_page(name: str, known: dict[str, Any], anna: Client) -> None:
    answer = anna.get(addresses(known)[name])
    assert answer.status_code == (302 if name == "order-link" else 200)


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_sees_nothing_of_it(name: str, known: dict[str, Any], ben: Client) -> None:
    answer = ben.get(addresses(known)[name])
    assert answer.status_code == (404 if name in OF_ONE_THING else 200)
    page = answer.content.decode()
    for word in ("Anna", "anna.myshopify.com", "Warehouse", "Shirt", "576461413038785752</a>"):
        assert word not in page


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_a_stranger_changes_nothing(
    name: str, known: dict[str, Any], ben: Client, woken: list[tuple[str, int]], pair: Pair
) -> None:
    woken.clear()
    before = dump(pair)
    days = {"shop": "749Ben", "first": "2026-05-01", "last": "2026-05-31"}
    answer = ben.post(addresses(known)[name], {"name": "Ben's", "timezone": "UTC", **days})
    expected = 302 if name in OF_EVERYBODY else MISFITS.get(name, 404)
    assert answer.status_code == expected
    assert dump(pair) == before
    # Both merchants' shops and stores are numbered alike, so a lane of Anna's would show.
    assert not {key for _, key in woken} & {pair.shop.pk, pair.store.pk}


@pytest.mark.parametrize("name", sorted(ACTIONS - OF_MEMBERS))
def test_a_viewer_may_not_act(
    name: str, known: dict[str, Any], viewer: Client, woken: list[tuple[str, int]], pair: Pair
) -> None:
    woken.clear()
    before = dump(pair)
    assert viewer.post(addresses(known)[name]).status_code == 403
    assert dump(pair) == before
    assert woken == []


@pytest.mark.parametrize("name", sorted(ACTIONS | PERSONAL))
def test_looking_at_an_action_does_nothing(
    name: str, known: dict[str, Any], anna: Client, woken: list[tuple[str, int]], pair: Pair
) -> None:
    woken.clear()
    before = dump(pair)
    assert anna.get(addresses(known)[name]).status_code == 405
    assert dump(pair) == before
    assert woken == []


@pytest.mark.parametrize("name", PAGES)
def test_a_viewer_is_offered_no_buttons(name: str, known: dict[str, Any], viewer: Client) -> None:
    answer = viewer.get(addresses(known)[name], follow=True)
    posts = {form["action"] for form in elements_of(answer, "form") if form.get("method") == "post"}
    assert posts <= {"/sign-out/", "/orders/layout/", "/orders/views/save/"}


@pytest.mark.parametrize("name", sorted(set(NAMES) - PUBLIC - PERSONAL - ACTIONS))
def test_a_person_without_a_merchant_is_told_so(name: str, known: dict[str, Any]) -> None:
    address = addresses(known)[name]
    answer = browser("nora", None).get(address)
    assert answer.status_code == 403
    assert "You are signed in, but belong to no merchant yet" in text_of(answer)
    assert "Anna" not in answer.content.decode().replace(address, "")


def test_only_owners_mint_and_revoke_tokens(known: dict[str, Any], pair: Pair) -> None:
    operator = browser("olaf", pair.merchant, "operator")
    before = dump(pair)
    for name in ("settings-token-create", "settings-token-revoke"):
        assert operator.post(addresses(known)[name], {"name": "More"}).status_code == 403
    assert dump(pair) == before


def test_a_form_without_its_token_is_refused(known: dict[str, Any], pair: Pair) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.create_user("carl"))
    Membership.objects.create(
        merchant=pair.merchant, user=User.objects.get(username="carl"), role="owner"
    )
    before = dump(pair)
    assert careful.post(addresses(known)["order-retry"]).status_code == 403
    assert dump(pair) == before


def test_a_person_of_two_merchants_switches_between_them(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    Membership.objects.create(
        merchant=strangers.merchant, user=User.objects.get(username="anna"), role="viewer"
    )
    stored_order(strangers.shop, "576461413038780001")
    assert anna.get("/orders/576461413038780001/").status_code == 404
    assert anna.post("/merchant/", {"merchant": strangers.merchant.pk}).status_code == 302
    assert anna.get("/orders/576461413038780001/").status_code == 200
    assert anna.post("/orders/576461413038780001/retry/").status_code == 403


def test_nobody_switches_to_a_merchant_of_others(pair: Pair, strangers: Pair, anna: Client) -> None:
    for choice in (strangers.merchant.pk, "x", "", "999999999999999999999"):
        anna.post("/merchant/", {"merchant": choice})
        assert "Ben" not in anna.get("/").content.decode()


def test_the_sign_in_takes_the_right_password_only(pair: Pair) -> None:
    User.objects.create_user("anna", password="correct horse")
    visitor = Client()
    wrong = visitor.post("/sign-in/", {"username": "anna", "password": "guess"})
    assert wrong.status_code == 200
    assert "Please enter a correct username and password" in text_of(wrong)
    right = visitor.post(
        "/sign-in/", {"username": "anna", "password": "correct horse", "next": "/orders/"}
    )
    assert (right.status_code, right["Location"]) == (302, "/orders/")
    assert visitor.post("/sign-out/")["Location"] == "/sign-in/"
    assert visitor.get("/orders/").status_code == 302


def test_the_sign_in_leads_nowhere_else(pair: Pair) -> None:
    User.objects.create_user("anna", password="correct horse")
    answer = Client().post(
        "/sign-in/",
        {"username": "anna", "password": "correct horse", "next": "https://evil.example/"},
    )
    assert answer["Location"] == "/"


def test_a_fragment_without_a_session_reloads_the_whole_page(known: dict[str, Any]) -> None:
    answer = Client().get("/orders/refresh/", headers={"HX-Request": "true"}, follow=True)
    assert answer["HX-Refresh"] == "true"
    assert answer.content == b""


def test_an_order_id_that_two_merchants_share_stays_with_each(
    pair: Pair, strangers: Pair, anna: Client, ben: Client
) -> None:
    stored_order(pair.shop)
    body = order_body()
    body["buyer_message"] = "For Ben alone"
    from orders.services.store_orders import store_page

    store_page(strangers.shop, [body])
    assert "For Ben alone" not in text_of(anna.get("/orders/576461413038785752/"))
    assert "For Ben alone" in text_of(ben.get("/orders/576461413038785752/"))
