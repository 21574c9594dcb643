"""Locations and carriers: what both platforms list, suggestions filled in, and keeping it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from orders.services.map_carriers import forget_carrier, map_carrier
from orders.services.suggest_carriers import CarrierLine, suggest_carriers
from products.models import Location, ProductRules
from products.services import keep_in_step
from products.services.rules import product_rules
from tiktoksync.onboarding.services.progress import note_step
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.note_changes import changed, note_settings_change


@dataclass(frozen=True, slots=True)
class Place:
    """A location of the store; `is_counted` says that its stock is offered on TikTok."""

    location_id: str
    name: str
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Places:
    """Everything the step shows."""

    locations: list[Place]
    depots: list[dict[str, Any]]
    depot: str
    carriers: list[CarrierLine]
    is_named: bool

    @property
    def guesses(self) -> int:
        """How many carriers are filled in though the names differ."""
        return sum(line.is_guess for line in self.carriers)


def read_places(shop: TikTokShop) -> Places:
    """Locations, TikTok's warehouses and carriers, with what is chosen or suggested."""
    rules = product_rules(shop)
    rows = Location.objects.filter(store=shop.store_id, is_active=True).order_by("name", "pk")
    counted = set(rules.stock_locations)
    places = [
        Place(row.shopify_location_id, str(row), not counted or row.shopify_location_id in counted)
        for row in rows
    ]
    return Places(
        places,
        list(shop.warehouses),
        depot_of(shop, rules),
        suggest_carriers(shop),
        is_named=shop.shipping_providers.exists(),
    )


def depot_of(shop: TikTokShop, rules: ProductRules) -> str:
    """The id of the one that is chosen, else TikTok's default one."""
    default = next((one["id"] for one in shop.warehouses if one.get("is_default")), "")
    return rules.warehouse_id or str(default)


def save_places(
    shop: TikTokShop,
    location_ids: Iterable[str],
    depot: str,
    carriers: Mapping[str, str],
    user: Any,
) -> None:
    """Keep what was chosen; what neither platform has named is left out."""
    known = read_places(shop)
    wanted = set(location_ids)
    ticked = [one.location_id for one in known.locations if one.location_id in wanted]
    everywhere = len(ticked) == len(known.locations)
    with transaction.atomic():
        rules = ProductRules.objects.select_for_update().get(pk=product_rules(shop).pk)
        changes = _change_rules(rules, known, [] if everywhere else ticked, depot)
        changes += _map_all(shop, known.carriers, carriers)
        note_settings_change(shop.merchant, "products", user=user, changes=changes, shop=shop)
        note_step(shop.merchant, shop, "places", user)
    shop.product_rules = rules
    keep_in_step.rules_changed(shop)


def _change_rules(
    rules: ProductRules, known: Places, ticked: list[str], depot: str
) -> list[dict[str, str]]:
    names = {one.location_id: one.name for one in known.locations}
    depots = {str(one["id"]): str(one.get("name") or one["id"]) for one in known.depots}
    chosen = depot if depot in depots else rules.warehouse_id
    changes = [
        changed(
            "stock_locations",
            "Locations whose stock is offered",
            _named(rules.stock_locations, names),
            _named(ticked, names),
        ),
        changed(
            "warehouse_id",
            "TikTok's warehouse",
            depots.get(rules.warehouse_id, rules.warehouse_id),
            depots.get(chosen, chosen),
        ),
    ]
    rules.stock_locations, rules.warehouse_id = ticked, chosen
    rules.save(update_fields=["stock_locations", "warehouse_id"])
    return changes


def _named(ids: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(one, one) for one in ids) or "all active ones"


def _map_all(
    shop: TikTokShop, lines: Iterable[CarrierLine], wanted: Mapping[str, str]
) -> list[dict[str, str]]:
    """A name that means its carrier anyway needs no line; a blank choice takes a line away."""
    changes = []
    for line in lines:
        provider = wanted.get(line.name, line.kept)
        if provider == line.kept or (provider and provider not in line.offered):
            continue
        if provider and provider != line.matched:
            map_carrier(shop, line.name, provider)
        else:
            forget_carrier(shop, line.name)
        changes.append(changed("carrier", f"Carrier “{line.name}”", line.kept, provider))
    return changes
