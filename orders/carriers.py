"""Which TikTok shipping provider a carrier name typed in Shopify stands for. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Other spellings of one carrier, in the form of `plain_name`.
ALIASES: Mapping[str, str] = {
    "unitedstatespostalservice": "usps",
    "uspostalservice": "usps",
    "unitedparcelservice": "ups",
    "fedexexpress": "fedex",
    "fedexground": "fedex",
    "federalexpress": "fedex",
    "dhlexpress": "dhl",
    "dhlecommerceasia": "dhlecommerce",
    "giaohangnhanh": "ghn",
    "giaohangtietkiem": "ghtk",
    "jtexpress": "jt",
    "jntexpress": "jt",
    "jnt": "jt",
    "ninjavan": "ninja",
    "ninjavanvietnam": "ninja",
    "viettelpost": "viettel",
    "vietnampost": "vnpost",
    "hermes": "evri",
    "lasership": "ontrac",
    "dpduk": "dpd",
    "lapostecolissimo": "colissimo",
    "yamatotransport": "yamato",
    "kuronekoyamato": "yamato",
    "ヤマト運輸": "yamato",
    "sagawaexpress": "sagawa",
    "佐川急便": "sagawa",
    "日本郵便": "japanpost",
    "jppost": "japanpost",
}
OTHER = ("other", "others")
# "(EN)" and the like name the language of a tracking page, not a carrier.
LANGUAGE_MARK = 2
_PARENTHESES = re.compile(r"\(([^()]*)\)")
# Taken away before letters are normalized: the trade mark sign would become "TM".
_SIGNS = re.compile("[™®©&]")


_GAPS = re.compile(r"[\s\-_/,.]+")
# Two letters for one country.
_SAME_COUNTRY = {"GB": "UK", "UK": "GB"}


@dataclass(frozen=True, slots=True)
class Provider:
    """One carrier that TikTok accepts for a delivery option."""

    provider_id: str
    name: str

    @property
    def is_other(self) -> bool:
        """Whether it stands for every carrier that TikTok does not name."""
        return plain_name(self.name) in OTHER


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A carrier's name without case, accents, spaces and signs, in whatever script."""
    bare = _SIGNS.sub("", name.casefold()).replace("đ", "d")
    return "".join(letter for letter in unicodedata.normalize("NFKD", bare) if letter.isalnum())


def carrier_key(name: str) -> str:
    """The plain name under its usual spelling."""
    key = plain_name(name)
    return ALIASES.get(key, key)


def match_provider(
    carrier: str,
    providers: Iterable[Provider],
    overrides: Mapping[str, str],
    *,
    accept_other: bool = False,
) -> Provider | None:
    """The provider a carrier name means: the merchant's own mapping first, then equal names.

    `overrides` maps carrier keys to provider names. None when nothing fits, or more than one does;
    "Other" is taken only where `accept_other` says so.
    """
    offered = list(providers)
    wanted = overrides.get(carrier_key(carrier), carrier)
    found = _same_name(wanted, offered) or _same_carrier(wanted, offered)
    if len(found) == 1:
        return found[0]
    if accept_other:
        return next((one for one in offered if one.is_other), None)
    return None


def suggest_provider(carrier: str, providers: Iterable[Provider], region: str) -> Provider | None:
    """The provider whose name differs by the letters of the shop's own country alone: "GLS ES".

    A guess for a person to confirm; None when nothing fits, or more than one does.
    """
    wanted = carrier_key(_without_country(carrier, region))
    found = [one for one in providers if carrier_key(_without_country(one.name, region)) == wanted]
    return found[0] if wanted and len(found) == 1 else None


@lru_cache(maxsize=4096)
def _without_country(name: str, region: str) -> str:
    """The name without the letters of that country at its end or its beginning."""
    code = region.strip().upper()
    letters = {code, _SAME_COUNTRY.get(code, code)} - {""}
    words = [word for word in _GAPS.split(name) if word]
    if len(words) > 1 and words[-1].upper() in letters:
        words = words[:-1]
    elif len(words) > 1 and words[0].upper() in letters:
        words = words[1:]
    return " ".join(words)


def _same_name(wanted: str, offered: Sequence[Provider]) -> list[Provider]:
    key = plain_name(wanted)
    return [provider for provider in offered if key and plain_name(provider.name) == key][:1]


def _same_carrier(wanted: str, offered: Sequence[Provider]) -> list[Provider]:
    keys = _keys(wanted)
    return [provider for provider in offered if keys & _keys(provider.name)]


@lru_cache(maxsize=4096)
def _keys(name: str) -> frozenset[str]:
    """Every key that a name may go by: "EVRI (Hermes)" is either, "Yamato (EN)" is Yamato."""
    outside = _PARENTHESES.sub(" ", name)
    inside = [part for part in _PARENTHESES.findall(name) if len(plain_name(part)) > LANGUAGE_MARK]
    return frozenset(carrier_key(part) for part in (name, outside, *inside)) - {""}


# --- names as Shopify writes them ----------------------------------------------------------------

# Shopify documentation, FulfillmentTrackingInput: the spellings that get a link to follow a parcel.
SHOPIFY_NAMES = (
    "4PX", "AGS", "Amazon", "Amazon Logistics UK", "An Post", "Anjun Logistics", "APC",
    "Asendia USA", "Australia Post", "Bonshaw", "BPost", "BPost International", "Canada Post",
    "Canpar", "CDL Last Mile", "China Post", "Chronopost", "Chukou1", "Colissimo", "Comingle",
    "Coordinadora", "Correios", "Correos", "CTT", "CTT Express", "Cyprus Post", "Delnext",
    "Deutsche Post", "DHL eCommerce", "DHL eCommerce Asia", "DHL Express", "DPD", "DPD Local",
    "DPD UK", "DTD Express", "DX", "Eagle", "Estes", "Evri", "FedEx", "First Global Logistics",
    "First Line", "FSC", "Fulfilla", "GLS", "Iceland Post", "IDEX", "Israel Post",
    "Japan Post (EN)", "La Poste Colissimo", "Lasership", "Latvia Post", "Lone Star Overnight",
    "Mondial Relay", "New Zealand Post", "NinjaVan", "OnTrac", "Packeta", "Pitney Bowes",
    "Portal PostNord", "Poste Italiane", "PostNL", "Purolator", "Qxpress", "Royal Mail",
    "Sagawa (EN)", "Sendle", "SF Express", "SFC Fulfillment", "ShipBob", "Singapore Post",
    "StarTrack", "Swiss Post", "TForce Final Mile", "TNT", "Toll IPEC", "UPS", "USPS", "Venipak",
    "Whistl", "XPO Logistics", "Yamato (EN)", "YunExpress", "Pilot Freight", "LSO",
    "Old Dominion", "Pandion", "DHL Parcel", "Parcelforce", "Yodel", "Tuffnells",
)  # fmt: skip


def shopify_company(provider_name: str) -> str:
    """TikTok's carrier as Shopify writes it, so that it links to the carrier's page.

    The very name first, then another spelling of the same carrier; unknown names stay as they are.
    """
    for keys_of in (lambda name: {plain_name(name)}, _keys):
        wanted = keys_of(provider_name) - {""}
        found = [name for name in SHOPIFY_NAMES if wanted & keys_of(name)]
        if len(found) == 1:
            return found[0]
    return provider_name
