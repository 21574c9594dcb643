"""Carriers filled in from names alone, in every country, and read ahead of the first shipment."""

from __future__ import annotations

import pytest

from orders.services.keep_carriers import ask_for_carriers, keep_carriers
from orders.services.suggest_carriers import suggest_carriers
from tests.factories import (
    DELIVERY_OPTION,
    Pair,
    make_fulfillment,
    make_pair,
    set_columns,
    stored_order,
    synced_order,
)
from tests.fakes import FakeTikTok
from tiktoksync.errors import NotAuthorized, Unreachable
from tiktoksync.shops.models import CarrierMapping, ShippingProvider, TikTokShop

OTHER_OPTION = "7129104746"
COUNTRIES = ("US", "GB", "VN", "DE", "FR", "ES", "IT", "IE", "PL", "JP", "TH", "MY", "BR", "MX")


def offer(shop: TikTokShop, *names: str, option: str = "1") -> None:
    keep_carriers(shop, option, [{"id": f"{option}{name}", "name": name} for name in names])


def told(shop: TikTokShop) -> list[tuple[str, str, str]]:
    """Each line: the name in Shopify, what is filled in, how it came to that."""
    return [(line.name, line.chosen, line.how) for line in suggest_carriers(shop)]


@pytest.mark.parametrize("region", [*COUNTRIES, "ZZ", ""])
def test_equal_names_are_filled_in_whatever_the_country(pair: Pair, region: str) -> None:
    set_columns(pair.shop, region=region)
    offer(pair.shop, "Poste italiane", "DHL Express®", "CORREOS", "Nobody's Vans", "postnl")
    assert told(pair.shop) == [
        ("Correos", "CORREOS", "same"),
        ("DHL Express", "DHL Express®", "same"),
        ("Poste Italiane", "Poste italiane", "same"),
        ("PostNL", "postnl", "same"),
    ]


@pytest.mark.parametrize("region", COUNTRIES)
def test_a_country_whose_carriers_are_not_named_yet_has_no_line(pair: Pair, region: str) -> None:
    set_columns(pair.shop, region=region)
    assert told(pair.shop) == []


@pytest.mark.parametrize(
    ("offered", "name", "chosen", "how"),
    [
        ("Ninja Van", "NinjaVan", "Ninja Van", "same"),
        ("EVRI (Hermes)", "Evri", "EVRI (Hermes)", "spelling"),
        ("Colissimo", "Colissimo", "Colissimo", "same"),
        ("ヤマト運輸", "Yamato (EN)", "ヤマト運輸", "spelling"),
        ("GLS ES", "GLS", "GLS ES", "country"),
        ("ES-DPD", "DPD", "ES-DPD", "country"),
    ],
)
def test_other_spellings_are_filled_in_as_guesses(
    pair: Pair, offered: str, name: str, chosen: str, how: str
) -> None:
    set_columns(pair.shop, region="ES")
    offer(pair.shop, offered)
    (line,) = suggest_carriers(pair.shop)
    assert (line.name, line.chosen, line.how) == (name, chosen, how)
    assert line.is_guess is (how != "same")
    assert line.words.startswith("Guessed" if line.is_guess else "Same name")
    assert line.kept == ("" if how == "country" else chosen), "a guess by country counts once saved"


@pytest.mark.parametrize(
    "offered",
    [
        ("GLS FR",),  # another country's
        ("GLS ES", "GLS-ES"),  # two that could be meant
        ("ES",),
        ("Correos Express Paq",),
    ],
)
def test_nothing_else_is_guessed(pair: Pair, offered: tuple[str, ...]) -> None:
    set_columns(pair.shop, region="ES")
    offer(pair.shop, *offered)
    assert told(pair.shop) == []


def test_an_equal_name_beats_the_one_with_the_countrys_letters(pair: Pair) -> None:
    set_columns(pair.shop, region="GB")
    offer(pair.shop, "GLS", "GLS UK")
    assert told(pair.shop) == [("GLS", "GLS", "same")]


def test_names_that_the_shop_has_used_stand_there_first(pair: Pair) -> None:
    set_columns(pair.shop, region="PL")
    offer(pair.shop, "InPost", "DPD")
    order = synced_order(pair.shop)
    for number, carrier in enumerate(("inpost", "inpost", "Uncle Bob")):
        make_fulfillment(order, carrier=carrier, shopify_fulfillment_id=str(number))
    CarrierMapping.objects.create(shop=pair.shop, carrier="Depede", provider_name="DPD")
    assert told(pair.shop) == [
        ("Depede", "DPD", "own"),
        ("inpost", "InPost", "same"),
        ("Uncle Bob", "", "none"),
        ("DPD", "DPD", "same"),
    ]


def test_the_last_resort_is_no_guess(pair: Pair) -> None:
    set_columns(pair.shop.rules, other_carrier=True)
    offer(pair.shop, "Others")
    make_fulfillment(synced_order(pair.shop), carrier="Uncle Bob")
    pair.refresh()
    assert told(pair.shop) == [("Uncle Bob", "Others", "last_resort")]


def test_one_shops_carriers_are_not_anothers(pair: Pair) -> None:
    second_pair = make_pair("Ben")
    offer(second_pair.shop, "USPS")
    CarrierMapping.objects.create(shop=second_pair.shop, carrier="Bob", provider_name="USPS")
    assert told(pair.shop) == []


# --- asked for ahead -----------------------------------------------------------------------------


def named(shop: TikTokShop) -> set[tuple[str, str]]:
    rows = ShippingProvider.objects.filter(shop=shop)
    return set(rows.values_list("delivery_option_id", "name"))


@pytest.fixture
def orders(pair: Pair, tiktok: FakeTikTok) -> None:
    """Two orders of one delivery option, one of another, one of none; nothing shipped."""
    for number, option in enumerate((DELIVERY_OPTION, DELIVERY_OPTION, OTHER_OPTION, "")):
        stored_order(pair.shop, f"57646141303878000{number}", delivery_option_id=option)
    tiktok.providers = {
        DELIVERY_OPTION: [{"id": "1", "name": "GLS"}],
        OTHER_OPTION: [{"id": "2", "name": "DPD"}, {"id": "2", "name": "DPD"}],
    }


@pytest.mark.usefixtures("orders")
def test_each_option_is_asked_for_once(pair: Pair, tiktok: FakeTikTok) -> None:
    assert ask_for_carriers(pair.shop) == 2
    assert sorted(tiktok.arguments("shipping_providers")) == [(DELIVERY_OPTION,), (OTHER_OPTION,)]
    assert named(pair.shop) == {(DELIVERY_OPTION, "GLS"), (OTHER_OPTION, "DPD")}
    assert told(pair.shop) == [("DPD", "DPD", "same"), ("GLS", "GLS", "same")]
    assert ask_for_carriers(pair.shop) == 0
    assert tiktok.called() == ["shipping_providers", "shipping_providers"]


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize(
    "error", [Unreachable("Away."), NotAuthorized("No.", code="105002")], ids=["away", "refused"]
)
def test_no_answer_is_left_to_the_first_shipment(
    pair: Pair, tiktok: FakeTikTok, error: Exception
) -> None:
    tiktok.fail("shipping_providers", error)
    assert ask_for_carriers(pair.shop) == 0
    assert (tiktok.count("shipping_providers"), named(pair.shop)) == (1, set())


def test_before_the_first_order_nothing_is_asked(pair: Pair, tiktok: FakeTikTok) -> None:
    assert (ask_for_carriers(pair.shop), tiktok.calls) == (0, [])
