"""The banner tells the worst open alert, unless a connection is worse off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import Pair, set_columns
from tests.web.reading import elements_of, text_of
from tiktoksync.alerts.models import Alert, AlertChoice
from tiktoksync.shops.models import Membership, ShopifyStore, TikTokShop
from tiktoksync.sync.accounts import lose_consent


def raise_alert(pair: Pair, cause: str, **columns: Any) -> Alert:
    columns = {"kind": "blocked", "title": f"Trouble {cause}", "address": "/orders/?x=1", **columns}
    return Alert.objects.create(merchant=pair.merchant, cause=cause, **columns)


def banner_of(client: Client, page: str = "/products/") -> tuple[str, str, str]:
    """Tone, address and words of the one banner; empty without one."""
    answer = client.get(page)
    found = [one for one in elements_of(answer, "div") if "banner" in one.get("class", "").split()]
    assert len(found) <= 1
    if not found:
        return "", "", ""
    links = [one for one in elements_of(answer, "a") if one.get("class") == "button small"]
    tone = found[0]["class"].removeprefix("banner tone-")
    return tone, links[0]["href"], text_of(answer)


def test_the_worst_alert_stands_with_its_button(pair: Pair, anna: Client) -> None:
    raise_alert(pair, "a", kind="listing_refused")
    raise_alert(pair, "b")
    raise_alert(pair, "mended", is_urgent=True, resolved_at=timezone.now())
    tone, address, words = banner_of(anna)
    assert (tone, address) == ("wait", "/orders/?x=1")
    assert "Trouble b. Show them" in words
    assert "Trouble mended." not in words
    raise_alert(pair, "c", kind="cancel_request", is_urgent=True, address="/orders/5/")
    tone, address, words = banner_of(anna)
    assert (tone, address) == ("bad", "/orders/5/")
    assert "Trouble c. Answer" in words


def test_pages_of_orders_tell_urgent_alerts_only(pair: Pair, anna: Client) -> None:
    raise_alert(pair, "b")
    assert banner_of(anna, "/orders/")[0] == ""
    assert banner_of(anna, "/")[0] == ""
    raise_alert(pair, "c", is_urgent=True)
    assert banner_of(anna, "/orders/")[0] == "bad"
    assert banner_of(anna, "/")[0] == "bad"


def test_a_connection_that_is_worse_stays(pair: Pair, anna: Client) -> None:
    raise_alert(pair, "urgent", is_urgent=True)
    lose_consent(pair.shop, "The authorization has ended.")
    assert "Sync has stopped: the connection to" in banner_of(anna)[2]
    assert "Trouble urgent." not in banner_of(anna)[2]


def test_an_urgent_alert_stands_before_a_pause_and_others_do_not(pair: Pair, anna: Client) -> None:
    TikTokShop.objects.update(next_poll_at=timezone.now() - timedelta(minutes=6))
    raise_alert(pair, "calm")
    assert "has not been asked for a while" in banner_of(anna)[2]
    assert "Trouble calm." not in banner_of(anna)[2]
    raise_alert(pair, "urgent", is_urgent=True)
    assert "Trouble urgent." in banner_of(anna)[2]


def test_what_a_person_hid_and_what_is_others_is_not_told(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    raise_alert(strangers, "theirs", is_urgent=True)
    membership = Membership.objects.get(user__username="anna")
    AlertChoice.objects.create(membership=membership, kind="blocked", in_app=False)
    raise_alert(pair, "hidden")
    assert banner_of(anna)[0] == ""


@pytest.mark.parametrize("alerts", [0, 40])
def test_the_banner_costs_one_query(pair: Pair, anna: Client, alerts: int) -> None:
    for number in range(alerts):
        raise_alert(pair, str(number))
    anna.get("/products/")
    with CaptureQueriesContext(connection) as asked:
        anna.get("/products/")
    ours = [one for one in asked.captured_queries if 'FROM "alerts_alert" ' in one["sql"]]
    assert len(ours) == 2  # the bell's and the banner's


def test_a_lost_connection_and_nobodys_page_ask_for_no_alert(pair: Pair, anna: Client) -> None:
    set_columns(ShopifyStore.objects.get(pk=pair.store.pk), auth_lost_at=timezone.now())
    with CaptureQueriesContext(connection) as asked:
        anna.get("/products/")
    assert len([one for one in asked.captured_queries if 'FROM "alerts_alert" ' in one["sql"]]) == 1
    nobody = Client()
    nobody.force_login(User.objects.create_user("nobody"))
    with CaptureQueriesContext(connection) as asked:
        nobody.get("/")
    assert not [one for one in asked.captured_queries if "alerts_alert" in one["sql"]]
