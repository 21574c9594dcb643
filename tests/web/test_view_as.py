"""Staff look at a merchant's pages as the merchant does: to read, for half an hour, told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.models import Order
from tests.factories import Pair
from tests.web.routes import NAMES, PERSONAL, PUBLIC, addresses
from tests.web.test_access import dump, known  # noqa: F401  known is a fixture
from tiktoksync.shops.models import Membership
from tiktoksync.support.models import Reveal, StaffAction, ViewAs

WHY = "Ticket 4711: the list looks empty to them."
OURS = sorted(set(NAMES) - PUBLIC - PERSONAL)


def staff(name: str = "sara", *codes: str) -> Client:
    user = User.objects.create_user(name, is_staff=True)
    wanted = ("view_merchant", "add_viewas", *codes)
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    client = Client()
    client.force_login(user)
    return client


def look_at(client: Client, pair: Pair, reason: str = WHY) -> Any:
    return client.post(
        reverse("admin:shops_merchant_look", args=[pair.merchant.pk]), {"reason": reason}
    )


@pytest.fixture
def sara(pair: Pair) -> Client:
    client = staff()
    assert look_at(client, pair)["Location"] == "/"
    return client


def test_the_pages_are_the_merchants_and_every_one_says_so(
    sara: Client,
    known: dict[str, Any],  # noqa: F811
) -> None:
    for name in ("home", "orders", "products", "activity", "settings", "order"):
        content = sara.get(addresses(known)[name]).content.decode()
        assert "data-view-as" in content, name
        assert "Nothing can be changed" in content
    assert not Membership.objects.filter(user__username="sara").exists()


def test_the_merchant_reads_who_looked_and_why(sara: Client, pair: Pair) -> None:
    line = StaffAction.objects.get()
    assert (line.merchant, line.who, line.action) == (pair.merchant, "sara", "view_as")
    assert line.reason == WHY
    view = ViewAs.objects.get()
    assert view.expires_at - view.started_at == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("headers", "methods"),
    [({}, ("post",)), ({"HX-Request": "true"}, ("post",)), ({}, ("put", "patch", "delete"))],
    ids=["plain", "htmx", "other methods"],
)
def test_whatever_is_sent_is_refused(
    headers: dict[str, str],
    methods: tuple[str, ...],
    sara: Client,
    known: dict[str, Any],  # noqa: F811
    pair: Pair,
    woken: list[tuple[str, int]],
) -> None:
    woken.clear()
    before = dump(pair)
    for name in [*OURS, "choose-merchant"]:
        for method in methods:
            answer = getattr(sara, method)(addresses(known)[name], headers=headers)
            assert answer.status_code == 403, name
    assert dump(pair) == before
    assert woken == []


def test_a_superuser_who_looks_changes_nothing_either(
    known: dict[str, Any],  # noqa: F811
    pair: Pair,
    admin_user: User,
) -> None:
    client = Client()
    client.force_login(admin_user)
    Membership.objects.create(merchant=pair.merchant, user=admin_user, role="owner")
    look_at(client, pair)

    assert client.post(addresses(known)["order-retry"]).status_code == 403
    client.post("/help/view-as/end/")
    assert client.post(addresses(known)["order-retry"]).status_code != 403


def test_half_an_hour_is_the_end_of_it(sara: Client, pair: Pair) -> None:
    assert sara.get("/orders/").status_code == 200
    ViewAs.objects.update(expires_at=timezone.now())

    assert sara.get("/orders/").status_code == 403
    assert "view_as" not in sara.session


def test_somebody_who_ends_it_sees_no_more(sara: Client, pair: Pair) -> None:
    answer = sara.post("/help/view-as/end/")

    assert answer["Location"] == reverse("admin:shops_merchant_change", args=[pair.merchant.pk])
    assert ViewAs.objects.get().ended_at is not None
    assert sara.get("/orders/").status_code == 403


def test_a_right_that_is_taken_away_ends_it_at_once(sara: Client) -> None:
    User.objects.get(username="sara").user_permissions.clear()
    assert sara.get("/orders/").status_code == 403


@pytest.mark.parametrize("column", ["is_staff", "is_active"])
def test_who_is_no_longer_staff_sees_nothing(sara: Client, column: str) -> None:
    User.objects.filter(username="sara").update(**{column: False})
    assert sara.get("/orders/").status_code in (302, 403)


def test_another_persons_look_is_no_key(sara: Client, pair: Pair) -> None:
    other = staff("otto")
    session = other.session
    session["view_as"] = ViewAs.objects.get().pk
    session.save()
    assert other.get("/orders/").status_code == 403


def test_a_look_shows_one_merchant_alone(
    pair: Pair,
    strangers: Pair,
    known: dict[str, Any],  # noqa: F811
) -> None:
    client = staff()
    look_at(client, strangers)
    assert client.get(addresses(known)["order"]).status_code == 404


@pytest.mark.parametrize("reason", ["", "  ", "hm"])
def test_without_a_reason_no_look_begins(pair: Pair, reason: str) -> None:
    client = staff()
    look_at(client, pair, reason)
    assert "view_as" not in client.session
    assert (ViewAs.objects.count(), StaffAction.objects.count()) == (0, 0)


def test_without_the_right_no_look_begins(pair: Pair, anna: Client) -> None:
    client = staff()
    User.objects.get(username="sara").user_permissions.set(
        Permission.objects.filter(codename="view_merchant")
    )
    assert look_at(client, pair).status_code == 403
    assert look_at(anna, pair)["Location"].startswith("/admin/login/")
    assert ViewAs.objects.count() == 0


def test_buyers_data_is_hidden_from_who_looks_until_revealed(
    sara: Client,
    anna: Client,
    known: dict[str, Any],  # noqa: F811
    pair: Pair,
) -> None:
    order = Order.objects.get(tiktok_order_id=known["tiktok_order_id"])
    name = order.raw["recipient_address"]["name"]
    page = addresses(known)["order"]
    assert name in anna.get(page).content.decode()

    hidden = sara.get(page).content.decode()
    assert name not in hidden
    assert "Hidden from support" in hidden
    Order.objects.filter(pk=order.pk).update(ship_to="Springfield, US")
    assert "Springfield" in anna.get("/orders/").content.decode()
    assert "Springfield" not in sara.get("/orders/").content.decode()
    assert sara.get(reverse("orders-export")).status_code == 403

    user = User.objects.get(username="sara")
    user.user_permissions.add(Permission.objects.get(codename="add_reveal"))
    sara.post(reverse("admin:orders_order_reveal", args=[order.pk]), {"reason": WHY})
    assert name in sara.get(page).content.decode()
    Reveal.objects.update(expires_at=timezone.now())
    assert name not in sara.get(page).content.decode()
