"""Carriers as typed in Shopify and the providers they stand for at TikTok."""

from __future__ import annotations

import pytest

from orders.carriers import Provider, carrier_key, match_provider, suggest_provider


def offered(*names: str) -> list[Provider]:
    return [Provider(str(number), name) for number, name in enumerate(names, 1)]


def chosen(carrier: str, *names: str, **options: bool) -> str | None:
    found = match_provider(carrier, offered(*names), {}, **options)
    return found.name if found else None


@pytest.mark.parametrize(
    ("carrier", "provider"),
    [
        ("usps", "USPS"),
        ("FedEx", "FedEx®"),
        ("FedEx", "FedEx™"),
        ("United Parcel Service", "UPS"),
        ("DHL eCommerce", "DHL eCommerce"),
        ("J&T", "J&T Express"),
        ("Giao Hàng Nhanh", "GHN"),
        ("Evri", "EVRI (Hermes)"),
        ("Hermes", "Evri"),
        ("Yamato (EN)", "Yamato Transport"),
        ("Yamato (EN)", "ヤマト運輸"),
        ("Sagawa (EN)", "Sagawa Express"),
        ("Japan Post (EN)", "Japan Post"),
        ("ヤマト運輸", "ヤマト運輸"),
        ("DPD UK", "DPD"),
    ],
)
def test_one_carrier_has_several_spellings(carrier: str, provider: str) -> None:
    assert chosen(carrier, "Royal Mail", provider, "OnTrac") == provider


@pytest.mark.parametrize("carrier", ["", " ", "(EN)", "&", "Bob's Vans", "UP", "Correos Express"])
def test_a_carrier_that_is_not_offered_is_none(carrier: str) -> None:
    assert chosen(carrier, "USPS", "UPS", "Correos", "Royal Mail (EN)") is None


def test_an_equal_name_beats_an_equal_carrier() -> None:
    assert chosen("DHL Express", "DHL", "DHL Express") == "DHL Express"
    assert chosen("DHL", "DHL Express", "DHL") == "DHL"


def test_two_that_could_be_meant_are_none() -> None:
    assert chosen("Hermes", "EVRI (Hermes)", "Evri") is None


def test_other_is_the_last_resort_where_it_is_allowed() -> None:
    assert chosen("Bob's Vans", "USPS", "Other") is None
    assert chosen("Bob's Vans", "USPS", "Other", accept_other=True) == "Other"
    assert chosen("USPS", "USPS", "Other", accept_other=True) == "USPS"


def test_the_merchants_own_word_comes_first() -> None:
    overrides = {carrier_key("Bob's Vans"): "Royal Mail", carrier_key("UPS"): "USPS"}
    providers = offered("UPS", "USPS", "Royal Mail")
    by_name = {
        name: match_provider(name, providers, overrides) for name in ("bobs vans", "UPS", "USPS")
    }
    assert {name: found and found.name for name, found in by_name.items()} == {
        "bobs vans": "Royal Mail",
        "UPS": "USPS",
        "USPS": "USPS",
    }


@pytest.mark.parametrize(
    ("carrier", "provider", "region", "found"),
    [
        ("GLS", "GLS DE", "DE", True),
        ("gls", "DE_Gls", "de", True),
        ("GLS-DE", "GLS", "DE", True),
        ("Parcelforce", "Parcelforce UK", "GB", True),
        ("Parcelforce", "Parcelforce GB", "UK", True),
        ("GLS", "GLS DE", "FR", False),
        ("GLS", "GLS DE", "", False),
        ("GLS", "GLS Germany", "DE", False),
        ("DE", "DE", "FR", True),
        ("Correos", "Correos Express", "ES", False),
        ("", "ES", "ES", False),
    ],
)
def test_the_letters_of_the_shops_country_may_differ(
    carrier: str, provider: str, region: str, found: bool
) -> None:
    suggested = suggest_provider(carrier, offered(provider, "USPS"), region)
    assert (suggested and suggested.name) == (provider if found else None)
    if carrier != provider and found:
        assert chosen(carrier, provider, "USPS") is None, "tracking is not sent on such a guess"
