"""Which TikTok shipping provider a carrier name typed in Shopify stands for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Other spellings of one carrier, in the normal form of `carrier_key`.
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
}
OTHER = ("other", "others")


@dataclass(frozen=True, slots=True)
class Provider:
    """One carrier that TikTok accepts for a delivery option."""

    provider_id: str
    name: str


def carrier_key(name: str) -> str:
    """A carrier's name without case, spaces and signs, and under its usual spelling."""
    key = re.sub(r"[^0-9a-z]+", "", name.casefold().replace("&", ""))
    return ALIASES.get(key, key)


def match_provider(
    carrier: str,
    providers: Iterable[Provider],
    overrides: Mapping[str, str],
    *,
    accept_other: bool = False,
) -> Provider | None:
    """The provider a carrier name means: the merchant's own mapping first, then equal names.

    `overrides` maps carrier keys to provider names. None when nothing fits; "Other" is taken only
    where `accept_other` says so.
    """
    by_key = {carrier_key(provider.name): provider for provider in providers}
    wanted = carrier_key(overrides.get(carrier_key(carrier), carrier))
    if wanted and wanted in by_key:
        return by_key[wanted]
    if accept_other:
        return next((by_key[key] for key in OTHER if key in by_key), None)
    return None
