"""Made-up buyers and their addresses, and how the platform hides them."""

from __future__ import annotations

import random
from typing import Any

Address = dict[str, Any]

_US_NAMES = [
    ("Robin", "Sample"), ("Alex", "Testwell"), ("Jamie", "Placeholder"), ("Morgan", "Mockford"),
    ("Zoë", "Fixture-O'Neil"), ("Sam", "Stubbs"), ("Priya", "Example"), ("Lee", "Dummy"),
]  # fmt: skip
_US_PLACES = [
    ("California", "US-CA", "Los Angeles", "Los Angeles", "90012"),
    ("New York", "US-NY", "Kings", "Brooklyn", "11201"),
    ("Texas", "US-TX", "Travis", "Austin", "78701"),
    ("Illinois", "US-IL", "Cook", "Chicago", "60601"),
    ("Washington", "US-WA", "King", "Seattle", "98101"),
]
_US_STREETS = ["12 Example Road", "480 Sample Avenue", "7 Testing Lane", "1501 Placeholder Blvd"]
_VN_NAMES = ["Nguyễn Thị Mẫu", "Trần Văn Thử", "Lê Minh Ví Dụ", "Phạm Thu Kiểm"]
_VN_PLACES = [
    ("Hà Nội", "Quận Ba Đình", "Phường Điện Biên"),
    ("Hồ Chí Minh", "Quận 1", "Phường Bến Nghé"),
    ("Đà Nẵng", "Quận Hải Châu", "Phường Thạch Thang"),
]
# Country, phone prefix, postal code, first district level with its ISO code, city.
_PLACES: dict[str, tuple[str, str, str, tuple[str, str], str]] = {
    "GB": ("United Kingdom", "(+44)", "SW1A 1AA", ("England", ""), "London"),
    "DE": ("Germany", "(+49)", "10115", ("Berlin", "DE-BE"), "Berlin"),
    "FR": ("France", "(+33)", "75001", ("Île-de-France", "FR-IDF"), "Paris"),
    "ES": ("Spain", "(+34)", "28013", ("Madrid", "ES-MD"), "Madrid"),
    "IT": ("Italy", "(+39)", "00184", ("Lazio", "IT-62"), "Roma"),
    "IE": ("Ireland", "(+353)", "D02 AF30", ("County Dublin", "IE-D"), "Dublin"),
    "JP": ("Japan", "(+81)", "100-0001", ("Tokyo", "JP-13"), "Chiyoda-ku"),
    "TH": ("Thailand", "(+66)", "10200", ("Bangkok", "TH-10"), "Phra Nakhon"),
    "MY": ("Malaysia", "(+60)", "50050", ("Kuala Lumpur", "MY-14"), "Kuala Lumpur"),
    "SG": ("Singapore", "(+65)", "018956", ("Singapore", ""), "Singapore"),
    "PH": ("Philippines", "(+63)", "1000", ("Metro Manila", "PH-00"), "Manila"),
    "ID": ("Indonesia", "(+62)", "10110", ("Jakarta", "ID-JK"), "South Jakarta"),
    "MX": ("Mexico", "(+52)", "06000", ("Ciudad de México", "MX-CMX"), "Cuauhtémoc"),
    "BR": ("Brazil", "(+55)", "01001-000", ("São Paulo", "BR-SP"), "São Paulo"),
}
_JP_NAMES = [("Hanako", "Sato", "花子", "佐藤"), ("Taro", "Suzuki", "太郎", "鈴木")]
_TEXT_FIELDS = (
    "address_detail", "address_line1", "address_line2", "address_line3", "address_line4",
    "first_name", "first_name_local_script", "full_address", "last_name",
    "last_name_local_script", "name", "phone_number", "postal_code", "region_code",
)  # fmt: skip
_STREET_FIELDS = ("address_line1", "address_line2", "address_line3", "address_line4")


def make_address(region: str, rng: random.Random) -> Address:
    """A full, readable address in the shop's region."""
    if region == "VN":
        return _vietnamese(rng)
    if region == "US":
        return _american(rng)
    return _other(region, rng)


def _american(rng: random.Random) -> Address:
    first, last = rng.choice(_US_NAMES)
    state, iso, county, city, postcode = rng.choice(_US_PLACES)
    street, unit = rng.choice(_US_STREETS), f"Apt {rng.randint(1, 40)}"
    districts = [
        ("L0", "Country", "United States", "US"),
        ("L1", "State", state, iso),
        ("L2", "County", county, ""),
        ("L3", "City", city, ""),
    ]
    return _address(
        "US", first, last, f"(+1)202555{rng.randint(100, 199):04d}", postcode, [street, unit],
        districts, f"{street}, {unit}, {city}, {state} {postcode}, United States",
    )  # fmt: skip


def _vietnamese(rng: random.Random) -> Address:
    name = rng.choice(_VN_NAMES)
    province, district, ward = rng.choice(_VN_PLACES)
    street = f"Số {rng.randint(1, 200)} đường Thử Nghiệm"
    districts = [
        ("L0", "Country", "Vietnam", "VN"),
        ("L1", "Province", province, ""),
        ("L2", "District", district, ""),
        ("L3", "Ward", ward, ""),
    ]
    return _address(
        "VN", name, "", f"(+84)90{rng.randint(1000000, 9999999)}", "", [street],
        districts, f"{street}, {ward}, {district}, {province}, Vietnam",
    )  # fmt: skip


def _other(region: str, rng: random.Random) -> Address:
    known = _PLACES.get(region, (region, "(+44)", "AB1 2CD", ("", ""), "Sampleton"))
    country, prefix, postcode, (state, iso), city = known
    first, last = rng.choice(_US_NAMES)
    local = ("", "")
    if region == "JP":
        first, last, *scripts = rng.choice(_JP_NAMES)
        local = (scripts[0], scripts[1])
    street = rng.choice(_US_STREETS)
    districts = [("L0", "Country", country, region)]
    districts += [("L1", "State", state, iso)] if state else []
    districts.append(("L2" if state else "L1", "City", city, ""))
    address = _address(
        region, first, last, f"{prefix}7700900{rng.randint(100, 199)}", postcode, [street],
        districts, f"{street}, {city}, {postcode}, {country}",
    )  # fmt: skip
    address["first_name_local_script"], address["last_name_local_script"] = local
    if region in ("GB", "UK"):
        address["post_town"] = city
    return address


def _address(
    region: str,
    first: str,
    last: str,
    phone: str,
    postcode: str,
    lines: list[str],
    districts: list[tuple[str, str, str, str]],
    full: str,
) -> Address:
    padded = [*lines, "", "", "", ""][:4]
    return {
        "address_detail": " ".join(lines),
        **{f"address_line{n}": text for n, text in enumerate(padded, start=1)},
        "delivery_preferences": {"drop_off_location": ""},
        "district_info": [
            {
                "address_level": level,
                "address_level_name": kind,
                "address_name": name,
                **({"iso_code": iso} if iso else {}),
            }
            for level, kind, name, iso in districts
        ],
        "first_name": first,
        "first_name_local_script": "",
        "full_address": full,
        "last_name": last,
        "last_name_local_script": "",
        "name": f"{first} {last}".strip(),
        "phone_number": phone,
        "postal_code": postcode,
        "region_code": region,
    }


def change_address(address: Address, wish: Address) -> None:
    """Change an address in place, as a buyer would who fills in the form again.

    Beside the fields of the API, ``state`` and ``city`` reach into the districts, ``postcode`` is
    the postal code, and None leaves a thing out. Names and the full address follow.
    """
    given = dict(wish)
    for level in ("state", "city"):
        if level in given:
            _set_district(address, level.capitalize(), given.pop(level))
    if "postcode" in given:
        given["postal_code"] = given.pop("postcode")
    given = {name: "" if value is None else value for name, value in given.items()}
    address.update(given)
    _follow_names(address, given)
    streets = [address[name] for name in _STREET_FIELDS if address.get(name)]
    if "address_detail" not in given and set(given) & set(_STREET_FIELDS):
        address["address_detail"] = " ".join(streets)
    if wish and "full_address" not in given:
        districts = [row["address_name"] for row in reversed(address.get("district_info", []))]
        parts = [*streets, *districts[:-1], address.get("postal_code", ""), *districts[-1:]]
        address["full_address"] = ", ".join(part for part in parts if part)


def _follow_names(address: Address, given: Address) -> None:
    """The whole name and its parts say the same; a single name is the first name."""
    parts = {"first_name", "last_name"} & set(given)
    if parts and "name" not in given:
        address["name"] = f"{address['first_name']} {address['last_name']}".strip()
    elif "name" in given and not parts:
        first, _, last = str(given["name"]).rpartition(" ")
        address["first_name"], address["last_name"] = (first, last) if first else (last, "")


def _set_district(address: Address, kind: str, name: str | None) -> None:
    rows = [dict(row) for row in address.get("district_info", [])]
    fitting = [row for row in rows if row["address_level_name"] in _SAME_LEVEL[kind]]
    if not name:
        rows = [row for row in rows if row not in fitting]
    elif fitting:
        fitting[0]["address_name"] = name
        fitting[0].pop("iso_code", None)
    else:
        level = "L1" if kind == "State" else f"L{len(rows)}"
        rows.append({"address_level": level, "address_level_name": kind, "address_name": name})
        rows.sort(key=lambda row: row["address_level"])
    address["district_info"] = rows


_SAME_LEVEL = {"State": ("State", "Province"), "City": ("City", "District")}


def empty_address(address: Address) -> Address:
    """What an order under the hold shows: the fields without their content."""
    texts = {name: "" for name, value in address.items() if isinstance(value, str)}
    return {
        **dict.fromkeys(_TEXT_FIELDS, ""),
        **texts,
        "delivery_preferences": {"drop_off_location": ""},
        "district_info": [],
    }


def forgotten_address(address: Address) -> Address:
    """What is left long after a cancellation: no districts at all."""
    shown = empty_address(address)
    del shown["district_info"]
    return shown


def masked_address(address: Address) -> Address:
    """Only the region and the upper districts stay readable."""
    masked = dict(address)
    for name in _NAMES:
        masked[name] = _mask(address.get(name, ""), 1, 3)
    for name in ("address_detail", *_STREET_FIELDS):
        masked[name] = _mask(address.get(name, ""), 2, 16)
    if "post_town" in address:
        masked["post_town"] = _mask(address["post_town"], 2, 8)
    phone = str(address.get("phone_number", ""))
    masked["phone_number"] = phone[:8] + "******" + phone[-2:] if phone else ""
    masked["postal_code"] = ""
    masked["district_info"] = [
        row if row["address_level"] in ("L0", "L1", "L2")
        else {**row, "address_name": _mask(row["address_name"], 2, 8)}
        for row in address.get("district_info", [])
    ]  # fmt: skip
    names = [row["address_name"] for row in masked["district_info"]]
    masked["full_address"] = ", ".join([*names, masked["address_line1"]])
    return masked


_NAMES = (
    "name", "first_name", "last_name", "first_name_local_script", "last_name_local_script",
)  # fmt: skip


def _mask(text: object, keep: int, stars: int) -> str:
    shown = str(text or "")
    return shown[:keep] + "*" * stars if shown else ""
