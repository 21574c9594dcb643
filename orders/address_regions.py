"""Country and province codes as Shopify spells them."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

import pycountry

from orders.facts import District

# Codes TikTok or people use for what ISO 3166 calls otherwise.
_COUNTRY_ALIASES = {"UK": "GB", "EL": "GR"}
# Shopify lists these as states of the United States, not as countries.
_US_TERRITORIES = frozenset({"PR", "GU", "VI", "AS", "MP", "FM", "MH", "PW"})
# Countries of ISO 3166 that Shopify's list of countries lacks: an address goes without.
_NOT_IN_SHOPIFY = frozenset({"AQ"})
# Here Shopify keeps the country in front of the code: JP-13, TH-10, PH-ABR.
_PREFIXED = frozenset({"JP", "TH", "PH"})
# Where Shopify's codes are not those of ISO 3166-2.
_OWN_CODES = {
    "MX": {
        "AGU": "AGS",
        "BCN": "BC",
        "CAM": "CAMP",
        "CHP": "CHIS",
        "CHH": "CHIH",
        "CMX": "DF",
        "COA": "COAH",
        "DUR": "DGO",
        "GUA": "GTO",
        "HID": "HGO",
        "MIC": "MICH",
        "NLE": "NL",
        "QUE": "QRO",
        "ROO": "Q ROO",
        "TAM": "TAMPS",
        "TLA": "TLAX",
    },
    "MY": {
        "01": "JHR",
        "02": "KDH",
        "03": "KTN",
        "04": "MLK",
        "05": "NSN",
        "06": "PHG",
        "07": "PNG",
        "08": "PRK",
        "09": "PLS",
        "10": "SGR",
        "11": "TRG",
        "12": "SBH",
        "13": "SWK",
        "14": "KUL",
        "15": "LBN",
        "16": "PJY",
    },
}
# Everyday names where ISO has a longer or a local one; folded name → ISO code.
_NAME_ALIASES = {
    "ID": {
        "jakarta": "JK",
        "dki jakarta": "JK",
        "west java": "JB",
        "central java": "JT",
        "east java": "JI",
        "north sumatra": "SU",
        "west sumatra": "SB",
        "south sumatra": "SS",
        "di yogyakarta": "YO",
        "south sulawesi": "SN",
        "riau islands": "KR",
    },
    "MX": {
        "estado de mexico": "MEX",
        "cdmx": "CMX",
        "coahuila": "COA",
        "michoacan": "MIC",
        "veracruz": "VER",
    },
    "MY": {
        "penang": "07",
        "malacca": "04",
        "kuala lumpur": "14",
        "labuan": "15",
        "putrajaya": "16",
    },
    "PH": {"metro manila": "00"},
    "TH": {"bangkok": "10"},
    "US": {"washington dc": "DC", "washington d.c.": "DC"},
}
# The prefectures in the order of their codes, 01 to 47, as Japanese addresses write them.
_PREFECTURES = (
    "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 "
    "埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 "
    "岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 "
    "鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 "
    "佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"
)
_NAME_ALIASES["JP"] = {
    name: f"{number:02}" for number, name in enumerate(_PREFECTURES.split(), start=1)
}
# Words that local names carry and ISO's do not.
_NAME_FILLERS = ("province of ", "state of ", " province", " prefecture", " state")


def country_code(region_code: str, districts: tuple[District, ...]) -> tuple[str, str]:
    """(country code, province code it implies); blank where nothing is certain.

    A region code that is no country falls back to the district of level L0.
    """
    country = _known_country(region_code)
    if not country:
        top = next((d for d in districts if d.level == "L0"), None)
        country = _known_country(top.iso_code) or _country_by_name(top.name) if top else ""
    if country in _US_TERRITORIES:
        return "US", country
    return ("" if country in _NOT_IN_SHOPIFY else country), ""


def _known_country(code: str) -> str:
    code = code.strip().upper()
    code = _COUNTRY_ALIASES.get(code, code)
    return code if len(code) == 2 and pycountry.countries.get(alpha_2=code) else ""


def _country_by_name(name: str) -> str:
    wanted = _fold(name)
    for country in pycountry.countries:
        names = (country.name, getattr(country, "common_name", ""))
        if wanted and wanted in map(_fold, names):
            return str(country.alpha_2)
    return ""


def province_code(country: str, districts: tuple[District, ...]) -> str:
    """Shopify's code of the first district that has one: by its own ISO code, else by name.

    The state goes first in `districts`; where it is only a region to Shopify (Lombardia), the
    province below it (Milano) has the code.
    """
    for district in districts:
        prefix, _, code = district.iso_code.strip().upper().partition("-")
        by_name = _codes_by_name(country).get(_fold(district.name), "")
        for candidate in (code if prefix == country else "", by_name):
            if candidate and _is_province(country, candidate):
                own = _OWN_CODES.get(country, {}).get(candidate, candidate)
                return f"{country}-{own}" if country in _PREFIXED else own
    return ""


def _is_province(country: str, code: str) -> bool:
    """False for what is no subdivision, or one of a kind that Shopify's addresses do not know."""
    if country == "GB":
        return code in ("ENG", "SCT", "WLS", "NIR")
    if country in ("IT", "ES") and code not in ("CE", "ML"):
        return code in _codes_with_parent(country)
    return code in _codes(country) or code in _OWN_CODES.get(country, {}).values()


@lru_cache(maxsize=64)
def _codes_by_name(country: str) -> dict[str, str]:
    """Folded name → code without the country; provinces before the regions that contain them."""
    codes = dict(_NAME_ALIASES.get(country, {}))
    for subdivision in sorted(_subdivisions(country), key=lambda s: not s.parent_code):
        # "Catalunya [Cataluña]" has a name on either side of the bracket.
        for name in re.split(r"[\[\]]", subdivision.name):
            codes.setdefault(_fold(name), subdivision.code.partition("-")[2])
    codes.pop("", None)
    return codes


@lru_cache(maxsize=64)
def _codes(country: str) -> frozenset[str]:
    return frozenset(s.code.partition("-")[2] for s in _subdivisions(country))


@lru_cache(maxsize=8)
def _codes_with_parent(country: str) -> frozenset[str]:
    """Codes of the subdivisions that belong to a larger one: provinces, not regions."""
    return frozenset(s.code.partition("-")[2] for s in _subdivisions(country) if s.parent_code)


def _subdivisions(country: str) -> list[Any]:
    return [s for s in pycountry.subdivisions if s.country_code == country]


def _fold(name: str) -> str:
    """A name without accents, case and filler words, for comparing."""
    plain = unicodedata.normalize("NFKD", name.replace("Đ", "D").replace("đ", "d"))
    folded = "".join(c for c in plain if not unicodedata.combining(c)).casefold().strip()
    for filler in _NAME_FILLERS:
        folded = folded.removeprefix(filler).removesuffix(filler)
    return folded.strip()
