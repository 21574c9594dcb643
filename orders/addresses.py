"""TikTok's recipient as a Shopify mailing address: rearranged, never invented.

State and city stand only in TikTok's list of districts, whose levels mean different things in
different countries; the names of the levels decide where TikTok gives one we know, a table by
country otherwise. Masked parts (with asterisks) are passed on as they are and named in `hidden`;
a masked telephone number is left out, since Shopify refuses what is not a number.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from orders.address_regions import country_code, province_code
from orders.facts import District, Recipient

MASK = "*"

# What districts call their levels, case-folded, by what the level is to a Shopify address.
_STATE_NAMES = frozenset(
    {"state", "province", "prefecture", "region", "estado", "nation", "county/state"}
)
_CITY_NAMES = frozenset(
    {"city", "town", "municipality", "post town", "municipio", "cidade", "city/municipality"}
)
# Where the names do not tell: (level of the state, level of the city). Level L0 is the country.
_LEVELS = {
    "US": ("L1", "L3"),
    "GB": ("L1", "L3"),
    "DE": ("L1", "L3"),
    "FR": ("L1", "L3"),
    "IT": ("L1", "L3"),
    "ES": ("L1", "L3"),
    "IE": ("L1", "L2"),
}
_USUAL_LEVELS = ("L1", "L2")
# Here the first level is what an envelope calls the city, and Shopify keeps no provinces.
_CITY_STATES = frozenset({"VN", "SG"})
# Countries whose parcels need the levels below the city: ward, sub-district, neighbourhood.
_LOWER_LEVELS = frozenset({"VN", "ID", "TH", "PH", "MY", "SG", "BR", "MX", "JP"})


@dataclass(frozen=True, slots=True)
class ShipTo:
    """`address` is a MailingAddressInput, None if nothing of it is known; `hidden` its masks."""

    address: dict[str, str] | None
    hidden: tuple[str, ...]


def ship_to(recipient: Recipient) -> ShipTo:
    """The ship-to address of an order, and which of its parts TikTok hides."""
    country, implied_province = country_code(recipient.region_code, recipient.districts)
    state = _find_state(recipient, country)
    city = _find_city(recipient, country, state)
    first, last = _split_name(recipient)
    street, more = _street_lines(recipient, country, city, state)
    parts = {
        "firstName": first,
        "lastName": last,
        "address1": street,
        "address2": more,
        "city": city.name if city else recipient.post_town.strip(),
        "provinceCode": implied_province
        or province_code(country, _province_candidates(recipient, state)),
        "countryCode": country,
        "zip": recipient.postal_code.strip(),
        "phone": phone_number(recipient.phone_number),
    }
    known = {name: value for name, value in parts.items() if value}
    is_empty = not known.keys() - {"countryCode", "provinceCode"}
    return ShipTo(None if is_empty else known, _hidden_parts(recipient, known, state))


def _hidden_parts(
    recipient: Recipient, known: dict[str, str], state: District | None
) -> tuple[str, ...]:
    """The masked parts in a reader's words."""
    looked_at = {
        "name": known.get("firstName", "") + known.get("lastName", ""),
        "phone": recipient.phone_number,
        "street": known.get("address1", "") + known.get("address2", ""),
        "city": known.get("city", ""),
        "state": state.name if state else "",
        "postal code": known.get("zip", ""),
    }
    return tuple(part for part, value in looked_at.items() if MASK in value)


def _split_name(recipient: Recipient) -> tuple[str, str]:
    """First and last name.

    TikTok puts a name given in one piece into `name` and `first_name` alike. One word goes to the
    last name, the only one Shopify's labels insist on; of several the last word does, so that
    "first last" reads as the buyer wrote it. Japanese names keep the script of the address.
    """
    local = (recipient.first_name_local_script.strip(), recipient.last_name_local_script.strip())
    if all(local):
        return local
    first, last = recipient.first_name.strip(), recipient.last_name.strip()
    if first and last:
        return first, last
    head, _, tail = " ".join((first or last or recipient.name).split()).rpartition(" ")
    return head, tail


def _find_state(recipient: Recipient, country: str) -> District | None:
    return _find_district(recipient.districts, _STATE_NAMES, _LEVELS.get(country, _USUAL_LEVELS)[0])


def _province_candidates(recipient: Recipient, state: District | None) -> tuple[District, ...]:
    """The state, then the level below it."""
    second = [d for d in _named(recipient.districts) if d.level == "L2" and d != state]
    return (state, *second) if state else ()


def _find_city(recipient: Recipient, country: str, state: District | None) -> District | None:
    """The city; a British post town stands beside the districts and comes before them.

    Where a district list ends above the city's level, its lowest level is the nearest thing.
    """
    if recipient.post_town.strip():
        return None
    if country in _CITY_STATES and state:
        return state
    level = _LEVELS.get(country, _USUAL_LEVELS)[1]
    city = _find_district(recipient.districts, _CITY_NAMES, level)
    below = [d for d in _named(recipient.districts) if "L1" < d.level <= level and d != state]
    return city or max(below, key=lambda d: d.level, default=None)


def _find_district(
    districts: tuple[District, ...], names: frozenset[str], level: str
) -> District | None:
    """By the level's name, the highest such level first; else by its number."""
    known = _named(districts)
    below_country = [d for d in known if d.level != "L0"]
    by_name = [d for d in below_country if d.level_name.strip().casefold() in names]
    by_level = [d for d in below_country if d.level == level and not _is_named_otherwise(d)]
    return next(iter(sorted(by_name, key=lambda d: d.level) + by_level), None)


def _is_named_otherwise(district: District) -> bool:
    """A level called a state is no city by number, nor the other way round."""
    return district.level_name.strip().casefold() in _STATE_NAMES | _CITY_NAMES


def _named(districts: Iterable[District]) -> list[District]:
    return [d for d in districts if d.name.strip()]


def _street_lines(
    recipient: Recipient, country: str, city: District | None, state: District | None
) -> tuple[str, str]:
    """Line one, and everything else the parcel needs, in TikTok's order and without repeats."""
    given = [
        recipient.address_line1,
        recipient.address_line2,
        recipient.address_line3,
        recipient.address_line4,
    ]
    lines = [line.strip() for line in given if line.strip()]
    if not lines:
        whole = recipient.address_detail.strip() or recipient.full_address.strip()
        lines = [whole] if whole else []
    lines = list(dict.fromkeys(lines))
    if country in _LOWER_LEVELS and city:
        lower = (d.name.strip() for d in _below(recipient.districts, city) if d != state)
        lines += [name for name in lower if not _is_said(name, lines)]
    return (lines[0], ", ".join(lines[1:])) if lines else ("", "")


def _is_said(name: str, lines: list[str]) -> bool:
    """True if a line already names the district, as a part of its own."""
    parts = {part.strip().casefold() for line in lines for part in line.split(",")}
    return name.casefold() in parts


def _below(districts: tuple[District, ...], city: District) -> list[District]:
    """The districts below the city, the lowest first: ward before district, as addresses go."""
    below = [d for d in _named(districts) if d.level > city.level]
    return sorted(below, key=lambda d: d.level, reverse=True)


def phone_number(raw: str) -> str:
    """ "(+1)555-010-0100" as "+15550100100"; "" if masked, incomplete or without country code."""
    compact = re.sub(r"[\s().-]", "", raw)
    # A national leading zero is not dialled after the country code, except in Italy.
    match = re.fullmatch(r"\(?\+([0-9]{1,3})\)0?([0-9]+)", re.sub(r"[\s.-]", "", raw))
    if match and match[1] != "39":
        compact = f"+{match[1]}{match[2]}"
    if not re.fullmatch(r"\+[1-9][0-9]{7,14}", compact):
        return ""
    # The North American plan has exactly ten digits after its 1.
    return "" if compact.startswith("+1") and len(compact) != 12 else compact
