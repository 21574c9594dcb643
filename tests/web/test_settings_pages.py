"""The sections of the settings: their own fields, the effect, the defaults, who changed what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.models import Order, StatusChange
from products.models import ProductRules
from products.services.rules import product_rules
from tests.factories import Pair, link_sku, make_shop, set_columns, stored_order
from tests.orders.data import build
from tests.web.reading import elements_of, text_of
from tiktoksync.shops import audit
from tiktoksync.shops.models import OrderRules, SettingsChange
from tiktoksync.support.models import StaffAction

RULES = "/settings/rules/749Anna/"
EFFECT = f"{RULES}effect/"
SECTIONS = (
    *("orders", "fulfillment", "products", "inventory", "aftersales"),
    *("api", "audit", "capacity"),
)


def fields_of(answer: Any) -> dict[str, str]:
    """What a browser would send of the page's rules as they stand."""
    sent = {}
    for each in elements_of(answer, "input"):
        kind, name = each.get("type", "text"), each.get("name", "")
        ticked = kind not in ("checkbox", "radio") or "checked" in each
        if name.startswith("749Anna-") and ticked:
            sent[name] = each.get("value", "on")
    return sent


def rules_of(pair: Pair) -> OrderRules:
    return OrderRules.objects.get(shop=pair.shop)


def test_a_section_saves_its_own_fields_alone(pair: Pair, anna: Client) -> None:
    set_columns(pair.shop.rules, tag="Mine", other_carrier=True, restock_on_cancel=False)
    wish = {"section": "aftersales", "749Anna-restock_on_cancel": "on"}
    wish |= {"749Anna-restock_returns": "RETURN", "749Anna-on_shopify_cancel": "auto"}
    answer = anna.post(RULES, wish, follow=True)
    assert answer.redirect_chain == [("/settings/aftersales/?shop=749Anna", 302)]
    rules = rules_of(pair)
    assert (rules.restock_on_cancel, rules.follow_cancelled_units) == (True, False)
    assert (rules.restock_returns, rules.on_shopify_cancel) == ("RETURN", "auto")
    assert (rules.tag, rules.other_carrier, rules.auto_sync) == ("Mine", True, True)


def test_every_saving_tells_who_changed_what(pair: Pair, anna: Client) -> None:
    wish = {"section": "fulfillment", "749Anna-other_carrier": "on"}
    answer = anna.post(RULES, wish, follow=True)
    line = SettingsChange.objects.get()
    assert (line.section, line.who, line.shop) == ("fulfillment", "anna", pair.shop)
    assert [(one["field"], one["from"], one["to"]) for one in line.changes] == [
        ("other_carrier", "off", "on"),
        ("fulfill_tiktok_parcels", "on", "off"),
    ]
    assert "Changed by anna just now" in text_of(answer)
    anna.post(RULES, wish)
    assert SettingsChange.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "wish", "section"),
    [
        ("/settings/merchant/", {"timezone": "Europe/Berlin"}, "general"),
        ("/settings/tokens/", {"name": "Warehouse"}, "api"),
    ],
)
def test_other_rooms_write_the_log_too(
    address: str, wish: dict[str, str], section: str, pair: Pair, anna: Client
) -> None:
    anna.post(address, wish)
    assert SettingsChange.objects.get().section == section


def test_a_mistake_keeps_what_was_typed_and_logs_nothing(pair: Pair, anna: Client) -> None:
    sent = fields_of(anna.get("/settings/orders/"))
    sent |= {"section": "orders", "749Anna-tag": "Typed", "749Anna-stand_in_email": "nobody"}
    answer = anna.post(RULES, sent)
    assert answer.status_code == 422
    fields = {each.get("name"): each.get("value") for each in elements_of(answer, "input")}
    assert (fields["749Anna-tag"], fields["749Anna-stand_in_email"]) == ("Typed", "nobody")
    assert rules_of(pair).tag == "TikTok Shop"
    assert not SettingsChange.objects.exists()


def test_a_section_goes_back_to_its_defaults(pair: Pair, anna: Client) -> None:
    set_columns(pair.shop.rules, tag="Mine", auto_sync=False, other_carrier=True)
    set_columns(pair.shop.rules, order_types={"sample": "skip"})
    answer = anna.post(f"{RULES}reset/", {"section": "orders"}, follow=True)
    assert "Back to the defaults." in text_of(answer)
    rules = rules_of(pair)
    assert (rules.tag, rules.auto_sync, rules.order_types) == ("TikTok Shop", True, {})
    assert rules.other_carrier is True
    line = SettingsChange.objects.get()
    assert line.words == "Reset to the defaults."
    assert {one["field"] for one in line.changes} == {"tag", "auto_sync", "order_types"}


def test_product_rules_are_saved_and_reset_by_section(pair: Pair, anna: Client) -> None:
    set_columns(product_rules(pair.shop), price_percent=5, stock_percent=50, stock_threshold=3)
    address = "/products/rules/749Anna/"
    wish = {"section": "inventory", "p749Anna-stock_percent": "80", "p749Anna-stock_threshold": "1"}
    answer = anna.post(address, wish)
    assert answer["Location"] == "/settings/inventory/?shop=749Anna"
    rules = ProductRules.objects.get(shop=pair.shop)
    assert (rules.stock_percent, rules.stock_threshold, rules.price_percent) == (80, 1, 5)
    anna.post(f"{address}reset/", {"section": "inventory"})
    rules = ProductRules.objects.get(shop=pair.shop)
    assert (rules.stock_percent, rules.price_percent) == (100, 5)
    assert SettingsChange.objects.filter(section="inventory").count() == 2


# --- the effect ----------------------------------------------------------------------------------


@pytest.fixture
def orders(pair: Pair) -> None:
    """Two normal orders and a sample, all linked; a fourth with a SKU that is not."""
    link_sku(pair, "RED")
    for index, more in enumerate(({}, {}, {"is_sample_order": True})):
        stored_order(pair.shop, f"57646141303878000{index}", **more)
    stored_order(pair.shop, "576461413038780009", lines=[build.unit("1", "BLUE")])


@pytest.mark.usefixtures("orders")
def test_the_effect_counts_what_would_change(pair: Pair, anna: Client) -> None:
    sent = fields_of(anna.get("/settings/orders/"))
    words = text_of(anna.get(EFFECT, sent))
    assert "With these rules, of your last 4 orders: no change." in words
    assert "3 would go to Shopify, 1 would be blocked." in words
    words = text_of(anna.get(EFFECT, sent | {"749Anna-kind_sample": "skip"}))
    assert "1 fewer would go to Shopify. 1 more would be skipped." in words
    words = text_of(anna.get(EFFECT, sent | {"749Anna-unlinked_policy": "text_line"}))
    assert "1 more would go to Shopify. 1 fewer would be blocked." in words


@pytest.mark.usefixtures("orders")
def test_the_effect_shows_how_the_newest_order_would_be_written(pair: Pair, anna: Client) -> None:
    sent = fields_of(anna.get("/settings/orders/"))
    words = text_of(
        anna.get(EFFECT, sent | {"749Anna-tag": "Viral", "749Anna-order_name_prefix": "TT-"})
    )
    assert "Order name TT-57646141303878000" in words
    assert "Tags Viral" in words


@pytest.mark.usefixtures("orders")
def test_the_effect_changes_and_asks_for_nothing(
    pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    def state() -> tuple[Any, ...]:
        return (
            list(Order.objects.order_by("pk").values()),
            StatusChange.objects.count(),
            OrderRules.objects.filter(shop=pair.shop).values().get(),
        )

    woken.clear()
    before = state()
    anna.get(EFFECT, {"749Anna-tag": "Viral", "749Anna-safety_hold_minutes": "x"})
    assert (state(), woken) == (before, [])


def test_without_an_order_the_effect_says_so(pair: Pair, anna: Client) -> None:
    assert "There is no order yet to try these rules on." in text_of(anna.get(EFFECT))


# --- several shops, viewers ----------------------------------------------------------------------


def test_of_several_shops_one_is_chosen(pair: Pair, strangers: Pair, anna: Client) -> None:
    second = make_shop(pair.merchant, pair.store, "749second")
    set_columns(second.rules, tag="Second")
    page = anna.get("/settings/orders/?shop=749second").content.decode()
    assert 'value="Second"' in page
    assert 'href="?shop=749Anna"' in page
    assert anna.get("/settings/orders/?shop=749Ben").status_code == 404
    assert anna.get("/settings/inventory/?shop=749Ben").status_code == 404


@pytest.mark.parametrize("section", SECTIONS)
def test_a_viewer_reads_and_changes_nothing(section: str, pair: Pair, viewer: Client) -> None:
    answer = viewer.get(f"/settings/{section}/")
    assert answer.status_code == 200
    live = [each for each in elements_of(answer) if each.get("name", "").startswith("749Anna-")]
    assert all("disabled" in each for each in live)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_merchant_without_a_shop_sees_why(section: str, pair: Pair, anna: Client) -> None:
    pair.shop.delete()
    assert anna.get(f"/settings/{section}/").status_code == 200


# --- the audit log -------------------------------------------------------------------------------


def test_the_log_shows_the_team_and_support_newest_first(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    for merchant, who in ((pair.merchant, "anna"), (strangers.merchant, "ben")):
        SettingsChange.objects.create(merchant=merchant, section="team", who=who, words=f"By {who}")
    StaffAction.objects.create(
        merchant=pair.merchant,
        user=User.objects.create_user("sam"),
        who="sam",
        action="retry",
        words="Retried 3 orders",
        reason="Ticket 12",
    )
    words = text_of(anna.get("/settings/audit/"))
    assert "sam Support just now Retried 3 orders Reason: Ticket 12 anna Team" in words
    assert "By ben" not in words
    assert "Retried" not in text_of(anna.get("/settings/audit/?by=team"))
    assert "By anna" not in text_of(anna.get("/settings/audit/?by=staff"))
    assert "Nothing of this kind" in text_of(anna.get("/settings/audit/?section=orders"))


def test_the_log_is_walked_without_gaps_or_doubles(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "PAGE_SIZE", 2)
    now = timezone.now()
    for index in range(3):
        moment = now - timedelta(minutes=index // 2)
        SettingsChange.objects.create(merchant=pair.merchant, section="orders", at=moment, who="a")
        StaffAction.objects.create(
            merchant=pair.merchant, who="s", action="x", words="x", reason="x", at=moment
        )
    seen, after = [], ""
    for _ in range(3):
        page = audit.read_audit(pair.merchant, after=after)
        seen += [(line.by, line.pk) for line in page.lines]
        after = page.older
    assert after == ""
    assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize(
    "after", ["x", "1.2", "9" * 30 + ".0.1", "999999999999999999.0.1", "1.5.²"]
)
def test_nonsense_in_the_logs_address_is_harmless(after: str, pair: Pair, anna: Client) -> None:
    assert anna.get("/settings/audit/", {"after": after}).status_code == 200


# --- what pages cost -----------------------------------------------------------------------------


@pytest.mark.parametrize("section", SECTIONS)
def test_a_page_costs_the_same_for_few_and_for_many(section: str, pair: Pair, anna: Client) -> None:
    link_sku(pair, "RED")
    stored_order(pair.shop)
    product_rules(pair.shop)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            anna.get(f"/settings/{section}/")
        return len(asked)

    cost()
    few = cost()
    for index in range(12):
        stored_order(pair.shop, f"5764614130387810{index:02}")
        SettingsChange.objects.create(merchant=pair.merchant, section=section, who="a", words="x")
        StaffAction.objects.create(
            merchant=pair.merchant, who="s", action="x", words="x", reason="x"
        )
        pair.shop.carrier_mappings.create(carrier=f"C{index}", provider_name="USPS")
    assert cost() <= few + 1 <= 26
