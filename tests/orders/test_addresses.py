"""Ship-to addresses: rearranged by country, masked parts named, nothing invented."""

from typing import Any

import pytest

from orders.addresses import ShipTo, phone_number, ship_to
from orders.facts import order_facts
from tests.orders.data import build


def district(level: str, level_name: str, name: str, iso_code: str = "") -> dict[str, str]:
    return {
        "address_level": level,
        "address_level_name": level_name,
        "address_name": name,
        "iso_code": iso_code,
    }


def shipped_to(*districts: dict[str, str], **parts: Any) -> ShipTo:
    raw = {"name": "Robin Example", "region_code": "US", "address_line1": "1 Example Street"}
    raw |= {"district_info": list(districts), **parts}
    return ship_to(order_facts(build.order(recipient_address=raw)).recipient)


def address(*districts: dict[str, str], **parts: Any) -> dict[str, str]:
    found = shipped_to(*districts, **parts).address
    assert found is not None
    return found


def place(*districts: dict[str, str], **parts: Any) -> tuple[str, str, str, str]:
    """City, province code, country code and second address line."""
    found = address(*districts, **parts)
    names = ("city", "provinceCode", "countryCode", "address2")
    return tuple(found.get(name, "") for name in names)  # type: ignore[return-value]


def test_an_american_address_is_complete() -> None:
    assert ship_to(build.facts().recipient) == ShipTo(
        address={
            "firstName": "Robin",
            "lastName": "Example",
            "address1": "1 Example Street",
            "address2": "Unit 4",
            "city": "Los Angeles",
            "provinceCode": "CA",
            "countryCode": "US",
            "zip": "90001",
            "phone": "+15550100100",
        },
        hidden=(),
    )


def test_a_state_without_an_iso_code_is_found_by_its_name() -> None:
    assert place(district("L1", "State", "new york"), district("L3", "City", "Albany")) == (
        "Albany",
        "NY",
        "US",
        "",
    )


def test_a_state_nobody_knows_has_no_code() -> None:
    assert place(district("L1", "State", "Atlantis"), district("L3", "City", "Sunken")) == (
        "Sunken",
        "",
        "US",
        "",
    )


def test_levels_without_names_go_by_their_numbers() -> None:
    assert place(
        district("L0", "", "United States"),
        district("L1", "", "Texas"),
        district("L2", "", "Travis"),
        district("L3", "", "Austin"),
    ) == ("Austin", "TX", "US", "")


def test_a_list_that_ends_early_gives_its_lowest_level_as_the_city() -> None:
    assert place(district("L1", "State", "Texas"), district("L2", "County", "Travis"))[0] == (
        "Travis"
    )


def test_a_british_post_town_is_the_city() -> None:
    assert place(
        district("L0", "Country", "United Kingdom"),
        district("L1", "Nation", "England"),
        district("L2", "County", "Greater London"),
        region_code="UK",
        post_town="LONDON",
    ) == ("LONDON", "ENG", "GB", "")


def test_a_british_borough_is_no_province_to_shopify() -> None:
    assert place(district("L1", "Nation", "Brent"), region_code="GB", post_town="LONDON") == (
        "LONDON",
        "",
        "GB",
        "",
    )


@pytest.mark.parametrize(
    ("country", "state", "city", "code"),
    [
        ("DE", "Bayern", "München", "BY"),
        ("FR", "Île-de-France", "Paris", "IDF"),
        ("IE", "Cork", "Cork City", "CO"),
        ("ES", "Barcelona", "Badalona", "B"),
        ("IT", "Milano", "Rho", "MI"),
    ],
)
def test_a_european_address_has_its_city_and_province(
    country: str, state: str, city: str, code: str
) -> None:
    districts = [district("L1", "Province", state), district("L3", "City", city)]

    assert place(*districts, region_code=country) == (city, code, country, "")


def test_an_italian_region_gives_way_to_the_province_below_it() -> None:
    assert place(
        district("L1", "Region", "Lombardia", "IT-25"),
        district("L2", "Province", "Milano"),
        district("L3", "City", "Rho"),
        region_code="IT",
    ) == ("Rho", "MI", "IT", "")


def test_a_spanish_community_gives_way_to_the_province_below_it() -> None:
    assert place(
        district("L1", "Region", "Catalunya", "ES-CT"),
        district("L2", "Province", "Barcelona"),
        district("L3", "City", "Badalona"),
        region_code="ES",
    ) == ("Badalona", "B", "ES", "")


def test_a_japanese_prefecture_keeps_its_country_in_the_code() -> None:
    found = address(
        district("L1", "Prefecture", "Tokyo", "JP-13"),
        district("L2", "City", "Shibuya"),
        region_code="JP",
        first_name="Taro",
        last_name="Reiwa",
        first_name_local_script="太郎",
        last_name_local_script="令和",
    )

    assert (found["city"], found["provinceCode"]) == ("Shibuya", "JP-13")
    assert (found["firstName"], found["lastName"]) == ("太郎", "令和")


def test_a_vietnamese_address_carries_ward_and_district_to_its_city() -> None:
    assert place(
        district("L0", "Country", "Vietnam"),
        district("L1", "", "Hồ Chí Minh"),
        district("L2", "", "Quận 1"),
        district("L3", "", "Phường Bến Nghé"),
        region_code="VN",
    ) == ("Hồ Chí Minh", "SG", "VN", "Phường Bến Nghé, Quận 1")


def test_in_viet_nam_a_province_alone_is_the_city() -> None:
    assert place(district("L1", "Province", "Đà Nẵng"), region_code="VN") == (
        "Đà Nẵng",
        "DN",
        "VN",
        "",
    )


def test_a_district_the_street_already_names_is_not_repeated() -> None:
    found = address(
        district("L1", "", "Hà Nội"),
        district("L2", "", "Ba Đình"),
        district("L3", "", "Kim Mã"),
        region_code="VN",
        address_line1="12 Example Street, Kim Mã",
    )

    assert found["address1"] == "12 Example Street, Kim Mã"
    assert found["address2"] == "Ba Đình"


def test_an_indonesian_address_carries_its_lower_levels() -> None:
    assert place(
        district("L1", "province", "Jakarta"),
        district("L2", "city", "South Jakarta"),
        district("L3", "Sub-district", "Tebet"),
        district("L4", "Urban Community", "Menteng Dalam"),
        region_code="ID",
    ) == ("South Jakarta", "JK", "ID", "Menteng Dalam, Tebet")


@pytest.mark.parametrize(
    ("country", "state", "code"),
    [
        ("TH", "Bangkok", "TH-10"),
        ("TH", "Chiang Mai", "TH-50"),
        ("PH", "Cebu", "PH-CEB"),
        ("PH", "Metro Manila", "PH-00"),
        ("MY", "Selangor", "SGR"),
        ("MY", "Penang", "PNG"),
        ("MX", "Jalisco", "JAL"),
        ("MX", "Ciudad de México", "DF"),
        ("MX", "Nuevo León", "NL"),
        ("MX", "Quintana Roo", "Q ROO"),
        ("JP", "東京都", "JP-13"),
        ("JP", "北海道", "JP-01"),
        ("JP", "沖縄県", "JP-47"),
        ("JP", "Osaka Prefecture", "JP-27"),
        ("BR", "São Paulo", "SP"),
        ("BR", "sao paulo", "SP"),
    ],
)
def test_provinces_are_spelled_as_shopify_spells_them(country: str, state: str, code: str) -> None:
    districts = [district("L1", "State", state), district("L2", "City", "Somewhere")]

    assert place(*districts, region_code=country) == ("Somewhere", code, country, "")


@pytest.mark.parametrize("code", ["US-ZZ", "US", "CA", "US-", "garbage"])
def test_an_iso_code_that_is_none_gives_way_to_the_name(code: str) -> None:
    assert place(district("L1", "State", "California", code))[1] == "CA"


def test_an_iso_code_of_another_country_is_not_believed() -> None:
    assert place(district("L1", "State", "California", "MX-BCN"))[1] == "CA"


@pytest.mark.parametrize(
    ("region", "country", "province"),
    [
        ("us", "US", ""),
        ("UK", "GB", ""),
        ("PR", "US", "PR"),
        ("XX", "", ""),
        ("USA", "", ""),
    ],
)
def test_a_country_is_one_shopify_knows_or_left_out(
    region: str, country: str, province: str
) -> None:
    found = address(region_code=region)

    assert (found.get("countryCode", ""), found.get("provinceCode", "")) == (country, province)


def test_a_missing_region_is_read_from_the_top_district() -> None:
    assert address(district("L0", "Country", "Malaysia"), region_code="")["countryCode"] == "MY"
    by_code = address(district("L0", "Country", "?", "TH"), region_code="")
    assert by_code["countryCode"] == "TH"


@pytest.mark.parametrize(
    ("given", "first", "last"),
    [
        ({"first_name": "Robin", "last_name": "Example"}, "Robin", "Example"),
        ({"first_name": "Robin Example", "name": "Robin Example"}, "Robin", "Example"),
        ({"name": "Nguyễn Văn A", "first_name": ""}, "Nguyễn Văn", "A"),
        ({"name": "Cher", "first_name": "Cher"}, None, "Cher"),
        ({"name": "f***"}, None, "f***"),
        ({"last_name": "Example", "name": ""}, None, "Example"),
        ({"name": ""}, None, None),
    ],
)
def test_a_name_in_one_piece_reads_as_the_buyer_wrote_it(
    given: dict[str, str], first: str | None, last: str | None
) -> None:
    found = address(**given)

    assert (found.get("firstName"), found.get("lastName")) == (first, last)


def test_the_street_is_line_one_and_the_rest_follows_without_repeats() -> None:
    found = address(
        address_line1="1 Example Street",
        address_line2="Unit 4",
        address_line3='""',
        address_line4="Unit 4",
    )

    assert (found["address1"], found["address2"]) == ("1 Example Street", "Unit 4")


def test_a_short_line_that_another_contains_is_kept() -> None:
    found = address(address_line1="4 Example Street", address_line2="4")

    assert (found["address1"], found["address2"]) == ("4 Example Street", "4")


def test_without_lines_the_detail_serves_and_else_the_full_address() -> None:
    detail = address(address_line1="", address_detail="5 Side Road", full_address="all of it")
    full = address(address_line1="", address_detail='""', full_address="5 Side Road, Town")

    assert detail["address1"] == "5 Side Road"
    assert full["address1"] == "5 Side Road, Town"
    assert "address2" not in detail


def test_masked_parts_are_passed_on_and_named() -> None:
    found = shipped_to(
        district("L1", "province", "Jakarta"),
        district("L2", "city", "South Jakarta"),
        district("L3", "Sub-district", "Ex*******"),
        region_code="ID",
        name="f***",
        phone_number="(+62)812******43",
        address_line1="Ex****************",
        postal_code="1****",
    )

    assert found.address == {
        "lastName": "f***",
        "address1": "Ex****************",
        "address2": "Ex*******",
        "city": "South Jakarta",
        "provinceCode": "JK",
        "countryCode": "ID",
        "zip": "1****",
    }
    assert found.hidden == ("name", "phone", "street", "postal code")


def test_a_masked_city_and_state_are_named_too() -> None:
    found = shipped_to(district("L1", "State", "C***"), district("L3", "City", "L***"))

    assert found.hidden == ("city", "state")
    assert found.address is not None
    assert found.address["city"] == "L***"
    assert "provinceCode" not in found.address


def test_nothing_known_gives_no_address() -> None:
    blank = {"name": "", "address_line1": "", "region_code": ""}

    assert shipped_to(**blank) == ShipTo(None, ())
    assert shipped_to(**{**blank, "region_code": "US"}) == ShipTo(None, ())
    assert shipped_to(**{**blank, "address_line1": '""'}) == ShipTo(None, ())


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("(+1)555-010-0100", "+15550100100"),
        ("+1 (555) 010 0100", "+15550100100"),
        ("(+44)07700900123", "+447700900123"),
        ("(+44)7700900123", "+447700900123"),
        ("(+39)0612345678", "+390612345678"),
        ("(+84)912345678", "+84912345678"),
        ("+81 90-1234-5678", "+819012345678"),
        ("(+1)555-***-0100", ""),
        ("(+00)00000000", ""),
        ("(+1)555-0100", ""),
        ("0912345678", ""),
        ("(+84)91", ""),
        ("(+84)9123456789012345", ""),
        ("call me", ""),
        ("", ""),
    ],
)
def test_a_telephone_number_is_complete_or_left_out(given: str, sent: str) -> None:
    assert phone_number(given) == sent
