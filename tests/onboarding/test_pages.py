"""The pages of the setup: what each shows, who may act, and what happens out of order."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from products.models import Location
from tests.factories import (
    Pair,
    link_sku,
    make_backfill,
    make_listing,
    set_columns,
    stored_order,
)
from tests.onboarding.conftest import browser, check
from tests.web.reading import elements_of, rows_of, text_of
from tests.web.routes import OF_SETUP
from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.onboarding.models import DryRun, Rehearsal, SetupProgress
from tiktoksync.onboarding.steps import STEPS
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import (
    CarrierMapping,
    Membership,
    Merchant,
    OrderRules,
    ShippingProvider,
)

ROUTES = ["welcome", *(step.route for step in STEPS)]


def page(client: Client, route: str, **query: str) -> Any:
    return client.get(reverse(route), query)


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_breaks_before_anything_is_connected(route: str, db: None) -> None:
    owner = browser("olga", Merchant.objects.create(name="Olga"))
    answer = page(owner, route)
    assert answer.status_code == 200
    if route not in ("welcome", "welcome-shopify"):
        assert "First: Connect Shopify" in text_of(answer)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_each_step_says_why_how_long_and_who(
    step: Any, pair: Pair, anna: Client, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://sync.example.com"
    words = text_of(page(anna, step.route))
    assert f"Step {STEPS.index(step) + 1} of 9" in words
    for said in (step.why, f"About {step.minutes} min", step.who, *step.help, "Finish later"):
        assert said in words
    assert f"https://sync.example.com{reverse(step.route)}" in words


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_a_viewer_reads_along_without_a_button(step: Any, pair: Pair, viewer: Client) -> None:
    answer = page(viewer, step.route)
    assert "You can read along. An owner of Anna does these steps." in text_of(answer)
    posts = [form for form in elements_of(answer, "form") if form.get("method") == "post"]
    assert {form["action"] for form in posts} <= {reverse("logout"), reverse("choose-merchant")}


def test_an_operator_does_not_set_up(pair: Pair) -> None:
    check(pair, "green")
    operator = browser("oscar", pair.merchant, Membership.Role.OPERATOR)
    for route in ("go-live", "dry-run-begin", "rehearsal-run", "welcome-done"):
        assert operator.post(reverse(route), {"step": "places"}).status_code == 403
    pair.refresh()
    assert pair.shop.live_at is None
    assert not DryRun.objects.exists()
    assert not Rehearsal.objects.exists()
    assert not SetupProgress.objects.exists()


@pytest.mark.parametrize(
    "route",
    sorted(OF_SETUP - {"welcome-fold"}),
)
def test_acting_out_of_order_is_told(route: str, db: None) -> None:
    owner = browser("olga", Merchant.objects.create(name="Olga"))
    answer = owner.post(reverse(route), {"step": "places", "preset": "safe"}, follow=True)
    assert answer.status_code == 200
    assert elements_of(answer)
    assert not Run.objects.exists()
    assert not SetupProgress.objects.exists()


# --- single steps --------------------------------------------------------------------------------


def test_the_pre_flight_shows_its_rows(pair: Pair, anna: Client) -> None:
    PreflightCheck.objects.create(
        shop=pair.shop, key="currency", light="red", words="USD meets EUR.", fix="Change it."
    )
    PreflightCheck.objects.create(shop=pair.shop, key="scopes", light="green", words="All there.")
    words = text_of(page(anna, "welcome-preflight"))
    assert "In the way USD meets EUR. Change it. Fine All there." in words
    assert "1 check is in the way." in words


def test_locations_and_carriers_are_filled_in_and_kept(pair: Pair, anna: Client) -> None:
    for number, name in ((1, "Berlin"), (2, "Hamburg")):
        Location.objects.create(store=pair.store, shopify_location_id=f"L{number}", name=name)
    for name in ("USPS", "UPS", "Fast Post"):
        ShippingProvider.objects.create(
            shop=pair.shop, delivery_option_id="1", provider_id=name, name=name
        )
    set_columns(pair.shop, warehouses=[{"id": "7000", "name": "Main", "is_default": True}])
    answer = page(anna, "welcome-places")
    ticked = [one for one in elements_of(answer, "input") if one.get("name") == "location"]
    assert [(one["value"], "checked" in one) for one in ticked] == [("L1", True), ("L2", True)]
    sent = {
        "location": ["L2", "L9"],
        "depot": "7000",
        "carrier:USPS": "USPS",
        "carrier:UPS": "Fast Post",
        "carrier:FedEx": "Nobody's Post",
    }
    answer = anna.post(reverse("welcome-places-save"), sent)
    assert answer["Location"] == reverse("welcome-products")
    pair.refresh()
    rules = pair.shop.product_rules
    assert (rules.stock_locations, rules.warehouse_id) == (["L2"], "7000")
    assert list(CarrierMapping.objects.values_list("carrier", "provider_name")) == [
        ("UPS", "Fast Post")
    ]
    assert "✓" not in text_of(page(anna, "welcome"))
    assert setup_notes(pair) == {"places"}
    anna.post(reverse("welcome-places-save"), {"location": ["L1", "L2"], "carrier:UPS": "UPS"})
    assert pair.refresh().shop.product_rules.stock_locations == []
    assert not CarrierMapping.objects.exists()


def test_guessed_carriers_say_so_and_count_once_they_are_saved(pair: Pair, anna: Client) -> None:
    set_columns(pair.shop, region="ES")
    assert "TikTok names the carriers it takes in your country" in text_of(
        page(anna, "welcome-places")
    )
    for name in ("Correos", "GLS ES", "EVRI (Hermes)"):
        ShippingProvider.objects.create(
            shop=pair.shop, delivery_option_id="1", provider_id=name, name=name
        )
    answer = page(anna, "welcome-places")
    assert "2 of these are guesses" in text_of(answer)
    assert {row[0]: row[2] for row in rows_of(answer)} == {
        "Correos": "Same name",
        "Evri": "Guessed: another spelling of this carrier",
        "GLS": "Guessed: this carrier in your country. It counts once it is saved",
    }
    options = elements_of(answer, "option")
    assert sum("selected" in one for one in options) == 3
    assert not CarrierMapping.objects.exists()
    sent = {"carrier:Correos": "Correos", "carrier:Evri": "EVRI (Hermes)", "carrier:GLS": "GLS ES"}
    anna.post(reverse("welcome-places-save"), sent)
    assert list(CarrierMapping.objects.values_list("carrier", "provider_name")) == [
        ("GLS", "GLS ES")
    ]
    answer = page(anna, "welcome-places")
    assert "1 of these is a guess" in text_of(answer)
    assert {row[0]: row[2] for row in rows_of(answer)}["GLS"] == "Chosen by you"


def test_carriers_without_a_name_of_shopifys_are_told(pair: Pair, anna: Client) -> None:
    ShippingProvider.objects.create(
        shop=pair.shop, delivery_option_id="1", provider_id="1", name="Fast Post"
    )
    assert "None of the carriers that Shopify knows" in text_of(page(anna, "welcome-places"))


def setup_notes(pair: Pair) -> set[str]:
    """The steps that are noted for Anna's shop."""
    notes = SetupProgress.objects.get(merchant=pair.merchant).steps
    prefix = f"{pair.shop.pk}/"
    assert all(key.startswith(prefix) for key in notes)
    return {key.removeprefix(prefix) for key in notes}


def linking(pair: Pair) -> Run:
    """A run of linking whose preview is ready: one pair, one SKU that stays open."""
    run = runs.begin_run(Run.Kind.LINK, pair.shop, {"start": False})
    runs.add_items(
        run,
        [
            RunItem(
                run=run,
                remote_id="29RED",
                title="Shirt red",
                cause="same_sku",
                facts={"shopify_title": "Shirt / RED", "seller_sku": "RED"},
            ),
            RunItem(
                run=run,
                remote_id="29BLUE",
                title="Shirt blue",
                state="skipped",
                cause="nothing_equal",
                words="No Shopify variant has this SKU",
                facts={"seller_sku": "BLUE"},
            ),
        ],
    )
    runs.make_ready(run, "")
    return run


def test_pairs_are_shown_before_they_are_linked(
    pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    make_listing(pair.shop, "RED", "BLUE")
    set_columns(pair.shop, listings_read_at=timezone.now())
    set_columns(pair.store, variants_read_at=timezone.now())
    anna.post(reverse("welcome-links-preview"))
    begun = Run.objects.get()
    assert (begun.kind, begun.status, begun.wish) == ("link", "preparing", {"start": False})
    assert 'hx-trigger="every 3s"' in page(anna, "welcome-products").content.decode()
    runs.cancel_run(begun)
    run = linking(pair)
    words = text_of(page(anna, "welcome-products"))
    assert "0 of 2 TikTok SKUs are linked" in words
    assert "1 pair with the same SKU Shirt red Shirt / RED RED" in words
    assert "Shirt blue No Shopify variant has this SKU · BLUE Link by hand" in words
    anna.post(reverse("welcome-links-start"))
    run.refresh_from_db()
    assert run.status == "running"
    assert setup_notes(pair) == {"products"}


def test_the_fragment_of_the_links_is_a_fragment(pair: Pair, anna: Client) -> None:
    answer = anna.get(reverse("welcome-products"), headers={"HX-Request": "true"})
    content = answer.content.decode()
    assert "<html" not in content
    assert content.strip().startswith('<section class="card stack" id="linking"')


def test_a_step_that_may_be_skipped_is(pair: Pair, anna: Client) -> None:
    answer = anna.post(reverse("welcome-done"), {"step": "backfill", "skip": "1"})
    assert answer["Location"] == reverse("rehearsal")
    assert "Left out" in text_of(page(anna, "welcome-backfill"))
    assert setup_notes(pair) == {"backfill"}


@pytest.mark.parametrize(
    "sent",
    [{"step": "preflight"}, {"step": "live"}, {"step": "rules", "skip": "1"}, {"step": "x"}, {}],
)
def test_a_step_is_not_done_by_saying_so(sent: dict[str, str], pair: Pair, anna: Client) -> None:
    assert anna.post(reverse("welcome-done"), sent).status_code == 302
    assert not SetupProgress.objects.exists()
    assert pair.refresh().shop.live_at is None


def test_the_preview_changes_with_the_preset(pair: Pair, anna: Client) -> None:
    set_columns(pair.store, variants_read_at=timezone.now())
    stored_order(pair.shop)
    words = text_of(page(anna, "welcome-rules", preset="safe"))
    assert "With Safe Would be blocked" in words
    assert "Not linked to a Shopify product: RED." in words
    fragment = anna.get(
        reverse("welcome-rules"), {"preset": "fast"}, headers={"HX-Request": "true"}
    )
    assert "With Fast Would be created" in text_of(fragment)
    assert "Line of text" in text_of(fragment)
    assert "<html" not in fragment.content.decode()
    assert OrderRules.objects.get(shop=pair.shop).unlinked_policy == "block"
    answer = anna.post(reverse("welcome-rules-choose"), {"preset": "fast"}, follow=True)
    assert "Fast is set." in text_of(answer)
    assert OrderRules.objects.get(shop=pair.shop).unlinked_policy == "text_line"
    assert setup_notes(pair) == {"rules"}


def test_another_order_of_the_shop_can_be_looked_at_and_no_other(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    stored_order(pair.shop, "576461413038780001")
    stored_order(pair.shop, "576461413038780002", create_time=1_700_000_000)
    stored_order(strangers.shop, "576461413038789999")
    words = text_of(page(anna, "welcome-rules", order="576461413038780002"))
    assert "On TikTok 576461413038780002" in words
    words = text_of(page(anna, "welcome-rules", order="576461413038789999"))
    assert "On TikTok 576461413038780001" in words
    assert "576461413038789999" not in words


def test_old_orders_are_previewed_and_shown_here(
    pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    bad = anna.post(
        reverse("welcome-backfill-begin"),
        {"first": "2026-06-02", "last": "2026-06-01"},
        follow=True,
    )
    assert "This day lies before the first one." in text_of(bad)
    assert not Run.objects.exists()
    anna.post(reverse("welcome-backfill-begin"), {"first": "2026-05-01", "last": "2026-05-31"})
    run = Run.objects.get()
    assert (run.kind, run.shop, run.status) == ("backfill", pair.shop, "preparing")
    runs.cancel_run(run)
    make_backfill(pair, missing=2, already_in_shopify=1)
    words = text_of(page(anna, "welcome-backfill"))
    assert "3 orders found" in words
    assert "Create the missing 2" in words
    assert "wait with the others, and are created in Shopify when you go live" in words


def test_a_rehearsal_is_run_and_told(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "RED")
    link_sku(pair, "RED", 41)
    assert "Send the rehearsal order" in text_of(page(anna, "rehearsal"))
    words = text_of(anna.post(reverse("rehearsal-run"), follow=True))
    assert "It came through" in words
    assert "Money added up : fine Shopify's total is 15.00 USD" in words
    assert "sandbox" not in words


@pytest.mark.parametrize("route", ROUTES)
def test_pages_ask_a_bounded_number_of_queries(
    route: str, pair: Pair, anna: Client, django_assert_max_num_queries: Any
) -> None:
    anna.post(reverse("dry-run-begin"), {"hours": "4"})
    stored_order(pair.shop, "1000")
    for number in range(25):
        stored_order(pair.shop, f"2{number:03}")
        PreflightCheck.objects.create(shop=pair.shop, key=str(number), light="green", words=".")
        make_listing(pair.shop, f"SKU{number}", number=number)
    linking(pair)
    with django_assert_max_num_queries(32):
        assert page(anna, route).status_code == 200
