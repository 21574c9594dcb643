"""Settings and connections."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from orders.policy_rules import OrderKind, kind_rule
from tests.factories import Pair
from tests.web.reading import elements_of, text_of
from tiktoksync.lib.secrets import digest
from tiktoksync.shops.forms import OrderRulesForm
from tiktoksync.shops.models import ApiToken, Merchant, OrderRules, TikTokShop

RULES = "/settings/rules/749Anna/"


def form_of(pair: Pair, **changes: str) -> dict[str, str]:
    """What a browser sends for the rules as they stand, with changes."""
    form = OrderRulesForm(instance=pair.shop.rules, prefix=pair.shop.shop_id)
    shown = {field.html_name: field.value() for field in form}
    sent = {
        name: value for name, value in shown.items() if value is not None and value is not False
    }
    return {**sent, **{f"749Anna-{name}": value for name, value in changes.items()}}


def test_rules_are_kept_for_their_shop_alone(pair: Pair, strangers: Pair, anna: Client) -> None:
    sent = form_of(pair, safety_hold_minutes="30", unlinked_policy="text_line", kind_sample="skip")
    del sent["749Anna-auto_sync"]
    answer = anna.post(RULES, sent, follow=True)
    assert answer.redirect_chain == [("/settings/orders/?shop=749Anna", 302)]
    assert "Saved the order rules of Anna's shop." in text_of(answer)
    rules = OrderRules.objects.get(shop=pair.shop)
    assert (rules.safety_hold_minutes, rules.unlinked_policy) == (30, "text_line")
    assert (rules.auto_sync, rules.restock_on_cancel) == (False, True)
    assert rules.order_types["sample"] == "skip"
    assert rules.order_types["fulfilled_by_tiktok"] == "skip"
    theirs = OrderRules.objects.get(shop=strangers.shop)
    assert (theirs.safety_hold_minutes, theirs.auto_sync) == (0, True)


def test_saving_what_stands_changes_no_meaning(pair: Pair, anna: Client) -> None:
    from orders.services.rules import mapping_options, policy_rules

    def meaning(shop: TikTokShop) -> object:
        rules = policy_rules(shop)
        kinds = {kind: kind_rule(kind, rules) for kind in OrderKind}
        return kinds, replace(rules, order_types={}), mapping_options(shop)

    before = meaning(pair.shop)
    assert anna.post(RULES, form_of(pair)).status_code == 302
    shop = TikTokShop.objects.get(pk=pair.shop.pk)
    assert meaning(shop) == before


def test_orders_of_unknown_types_are_held_until_a_rule_is_chosen(pair: Pair, anna: Client) -> None:
    def chosen() -> str | None:
        return OrderRules.objects.get(shop=pair.shop).order_types.get("unknown")

    anna.post(RULES, form_of(pair))
    assert chosen() is None
    anna.post(RULES, form_of(pair, kind_unknown="tag"))
    assert chosen() == "tag"
    pair.shop.rules.refresh_from_db()
    assert form_of(pair)["749Anna-kind_unknown"] == "tag"
    anna.post(RULES, form_of(pair, kind_unknown="wait"))
    assert chosen() is None
    assert anna.post(RULES, form_of(pair, kind_normal="wait")).status_code == 422


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("safety_hold_minutes", "-1"),
        ("safety_hold_minutes", "soon"),
        ("unlinked_policy", "guess"),
        ("stand_in_email", "nobody"),
        ("kind_sample", "maybe"),
        ("tag", "x" * 41),
    ],
)
def test_a_mistake_saves_nothing_and_is_marked(
    name: str, value: str, pair: Pair, anna: Client
) -> None:
    answer = anna.post(RULES, form_of(pair, **{"tag": "New tag", name: value}))
    assert answer.status_code == 422
    assert "Nothing was saved: look at the marked fields." in text_of(answer)
    assert [each for each in elements_of(answer) if "has-error" in each.get("class", "")]
    assert OrderRules.objects.get(shop=pair.shop).tag == "TikTok Shop"


def test_the_time_zone_is_kept(pair: Pair, anna: Client) -> None:
    anna.post("/settings/merchant/", {"timezone": "Asia/Ho_Chi_Minh"})
    assert Merchant.objects.get(pk=pair.merchant.pk).timezone == "Asia/Ho_Chi_Minh"
    assert anna.post("/settings/merchant/", {"timezone": "Mars/Olympus"}).status_code == 422
    assert Merchant.objects.get(pk=pair.merchant.pk).timezone == "Asia/Ho_Chi_Minh"


def test_a_new_token_is_shown_once_and_works(pair: Pair, anna: Client) -> None:
    answer = anna.post("/settings/tokens/", {"name": "Warehouse"}, follow=True)
    token = ApiToken.objects.get()
    assert (token.merchant, token.name) == (pair.merchant, "Warehouse")
    assert token.token in text_of(answer)
    again = anna.get("/settings/api/")
    assert "Warehouse" in text_of(again)
    assert token.token not in again.content.decode()
    program = Client(headers={"Authorization": f"Token {token.token}"})
    assert program.get("/api/v1/orders/").status_code == 200


def test_the_session_never_holds_a_token(pair: Pair, anna: Client) -> None:
    anna.post("/settings/tokens/", {"name": "Warehouse"})
    kept = dict(anna.session)
    assert digest(ApiToken.objects.get().token) in kept.values()
    assert ApiToken.objects.get().token not in str(kept)


@pytest.mark.parametrize("name", ["", "x" * 101])
def test_a_token_needs_a_name(name: str, pair: Pair, anna: Client) -> None:
    answer = anna.post("/settings/tokens/", {"name": name}, follow=True)
    assert "Give the token a name of at most 100 characters." in text_of(answer)
    assert not ApiToken.objects.exists()


def test_a_revoked_token_opens_nothing_and_stays_listed(pair: Pair, anna: Client) -> None:
    anna.post("/settings/tokens/", {"name": "Warehouse"})
    token = ApiToken.objects.get()
    answer = anna.post(f"/settings/tokens/{token.pk}/revoke/", follow=True)
    assert "Revoked the token “Warehouse”." in text_of(answer)
    program = Client(headers={"Authorization": f"Token {token.token}"})
    assert program.get("/api/v1/orders/").status_code == 401
    assert "Revoked just now" in text_of(anna.get("/settings/api/"))
    assert anna.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404


def test_no_page_shows_the_platforms_tokens(pair: Pair, anna: Client) -> None:
    for page in (
        "/settings/",
        "/settings/api/",
        "/settings/capacity/",
        "/connect/",
        "/activity/",
        "/",
    ):
        content = anna.get(page).content.decode()
        for secret in ("shpat_", "TTP_", "TTPR_", "ROW_", pair.store.webhook_secret):
            assert secret not in content
