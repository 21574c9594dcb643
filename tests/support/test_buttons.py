"""Every button of the catalogue leads to a page that exists."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import resolve

from orders.models import Order
from tests.api.cast import make_cast, make_order
from tests.web.reading import elements_of
from tiktoksync.shops.models import Membership
from tiktoksync.support.buttons import About, Action, button_of
from tiktoksync.support.catalogue import every_line

PLACES = {
    Action.EDIT_CARRIERS: "/settings/fulfillment/",
    Action.OPEN_ORDER_SETTINGS: "/settings/orders/",
    Action.OPEN_PRODUCT_SETTINGS: "/settings/products/",
    Action.EDIT_TEMPLATE: "/products/templates/",
    Action.OPEN_PRODUCTS: "/products/",
    Action.LINK_SKU: "/products/",
    Action.RECONNECT: "/connect/",
    Action.RETRY: "/orders/",
    Action.RESEND_TRACKING: "/orders/",
    Action.RELEASE: "/orders/",
}
ABOUTS = (About(), About(order_id="576", run_id=7), About(run_id=7))


@pytest.mark.parametrize("about", ABOUTS, ids=["nothing", "an order", "a run"])
@pytest.mark.parametrize("action", Action)
def test_every_address_resolves(action: Action, about: About) -> None:
    button = button_of(action, about)
    assert button.label
    if action == Action.WAIT:
        assert button.address == ""
    elif button.is_outside:
        assert action in (Action.OPEN_TIKTOK, Action.OPEN_SHOPIFY, Action.CONTACT_SUPPORT)
    else:
        assert resolve(urlsplit(button.address).path).url_name


@pytest.mark.parametrize(("action", "address"), PLACES.items())
def test_settings_buttons_lead_to_the_page_itself(action: Action, address: str) -> None:
    assert button_of(action).address == address


@pytest.mark.django_db
@pytest.mark.parametrize("action", sorted(set(Action) - {Action.WAIT}))
def test_the_page_opens_and_has_the_part_that_is_named(action: Action) -> None:
    cast = make_cast()
    order: Order = make_order(cast.anna.shop)
    anna = User.objects.create_user("anna")
    Membership.objects.create(merchant=cast.anna.merchant, user=anna, role="owner")
    client = Client()
    client.force_login(anna)
    for about in (About(), About(order_id=order.tiktok_order_id)):
        button = button_of(action, about)
        if button.is_outside or button.is_post:
            continue
        answer = client.get(button.address, follow=True)
        assert answer.status_code == 200
        if part := urlsplit(button.address).fragment:
            ids = {str(one.get("id")) for one in elements_of(answer, "section")}
            assert part in ids | {str(one.get("id")) for one in elements_of(answer, "h2")}


def test_every_line_has_a_button_of_the_list() -> None:
    assert {line.action for line in every_line().values()} <= set(Action.values)
