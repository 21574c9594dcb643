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
_COUNTRIES = {
    "GB": "United Kingdom", "DE": "Germany", "FR": "France", "ES": "Spain", "IT": "Italy",
    "IE": "Ireland", "JP": "Japan", "TH": "Thailand", "MY": "Malaysia", "SG": "Singapore",
    "PH": "Philippines", "ID": "Indonesia", "MX": "Mexico", "BR": "Brazil",
}  # fmt: skip
_TEXT_FIELDS = (
    "address_detail", "address_line1", "address_line2", "address_line3", "address_line4",
    "first_name", "first_name_local_script", "full_address", "last_name",
    "last_name_local_script", "name", "phone_number", "postal_code", "region_code",
)  # fmt: skip


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
    first, last = rng.choice(_US_NAMES)
    country = _COUNTRIES.get(region, region)
    street = rng.choice(_US_STREETS)
    districts = [("L0", "Country", country, region), ("L1", "City", "Sampleton", "")]
    return _address(
        region, first, last, f"(+44)7700900{rng.randint(100, 199)}", "AB1 2CD", [street],
        districts, f"{street}, Sampleton, {country}",
    )  # fmt: skip


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


def empty_address() -> Address:
    """What an order under the hold shows: the fields without their content."""
    return {
        **dict.fromkeys(_TEXT_FIELDS, ""),
        "delivery_preferences": {"drop_off_location": ""},
        "district_info": [],
    }


def masked_address(address: Address) -> Address:
    """Only the region and the upper districts stay readable."""
    masked = dict(address)
    for name in ("name", "first_name", "last_name"):
        masked[name] = _mask(address.get(name, ""), 1, 3)
    for name in ("address_detail", "address_line1", "address_line2"):
        masked[name] = _mask(address.get(name, ""), 2, 16)
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


def _mask(text: object, keep: int, stars: int) -> str:
    shown = str(text or "")
    return shown[:keep] + "*" * stars if shown else ""
