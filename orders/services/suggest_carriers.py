"""Which of TikTok's carriers each name in Shopify stands for, filled in as far as names tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max

from orders.carriers import (
    SHOPIFY_NAMES,
    Provider,
    carrier_key,
    match_provider,
    plain_name,
    suggest_provider,
)
from orders.models import Fulfillment
from orders.services.map_carriers import unknown_carriers
from orders.services.rules import order_rules
from tiktoksync.shops.models import TikTokShop

USED = 20
OWN, SAME, SPELLING, COUNTRY, LAST_RESORT, NONE = (
    *("own", "same", "spelling", "country", "last_resort", "none"),
)
#: How a line came to its carrier, in the words of the page.
HOW = {
    OWN: "Chosen by you",
    SAME: "Same name",
    SPELLING: "Guessed: another spelling of this carrier",
    COUNTRY: "Guessed: this carrier in your country. It counts once it is saved",
    LAST_RESORT: "No such carrier: goes as “Other”",
    NONE: "",
}


@dataclass(frozen=True, slots=True)
class CarrierLine:
    """A name as it stands in Shopify.

    `matched` is what it means without anybody's word, `kept` what it means now; `chosen` is filled
    in, and differs where we guess what a person has to confirm.
    """

    name: str
    chosen: str
    matched: str
    kept: str
    offered: tuple[str, ...]
    how: str = NONE

    @property
    def words(self) -> str:
        """How it came to its carrier."""
        return HOW[self.how]

    @property
    def is_guess(self) -> bool:
        """Whether the names differ and nobody has said that they mean the same."""
        return self.how in (SPELLING, COUNTRY)


def suggest_carriers(shop: TikTokShop) -> list[CarrierLine]:
    """A line for each name that is mapped, waits or was used, and for Shopify's of TikTok's own.

    What TikTok takes in a country is what it has named for this shop: no country has a list here.
    """
    offered = _offered(shop)
    mapped = dict(shop.carrier_mappings.values_list("carrier", "provider_name"))
    overrides = {carrier_key(name): provider for name, provider in mapped.items()}
    accept = order_rules(shop).other_carrier
    of_shop = _once([*mapped, *unknown_carriers(shop), *_used(shop)])
    lines = []
    for name in _once([*of_shop, *_of_shopify(offered)]):
        matched = match_provider(name, offered, {}, accept_other=accept)
        kept = match_provider(name, offered, overrides, accept_other=accept)
        is_own = carrier_key(name) in overrides
        is_open = not is_own and (matched is None or matched.is_other)
        guess = suggest_provider(name, offered, shop.region) if is_open else None
        line = CarrierLine(
            name,
            chosen=_name(guess or kept),
            matched=_name(matched),
            kept=_name(kept),
            offered=tuple(one.name for one in offered),
            how=OWN if is_own and kept else COUNTRY if guess else _how(name, kept),
        )
        if name in of_shop or line.how in (SAME, SPELLING, COUNTRY):
            lines.append(line)
    return lines


def _of_shopify(offered: Sequence[Provider]) -> list[str]:
    """Shopify's names for carriers; those that TikTok writes alike first. None before TikTok's."""
    same = {plain_name(one.name) for one in offered}
    return sorted(SHOPIFY_NAMES, key=lambda name: plain_name(name) not in same) if offered else []


def _how(name: str, kept: Provider | None) -> str:
    if kept is None:
        return NONE
    if plain_name(name) == plain_name(kept.name):
        return SAME
    return LAST_RESORT if kept.is_other else SPELLING


def _name(provider: Provider | None) -> str:
    return provider.name if provider else ""


def _used(shop: TikTokShop) -> list[str]:
    """The names that this shop's shipments carry in Shopify, the usual ones first."""
    rows = Fulfillment.objects.filter(order__shop=shop).exclude(carrier="").order_by()
    counted = rows.values("carrier").annotate(count=Count("pk"), last=Max("pk"))
    return [row["carrier"] for row in counted.order_by("-count", "-last")[:USED]]


def _offered(shop: TikTokShop) -> list[Provider]:
    """Each carrier that TikTok has named for this shop, once."""
    rows = shop.shipping_providers.order_by("name", "pk").values_list("provider_id", "name")
    return [Provider(key, name) for name, key in {name: key for key, name in rows}.items()]


def _once(names: Iterable[str]) -> list[str]:
    """Each carrier under its first spelling."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(carrier_key(name), name)
    return list(seen.values())
