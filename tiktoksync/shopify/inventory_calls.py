"""Where a store keeps its stock, and how much of it is available."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from tiktoksync.lib.answers import Answer
from tiktoksync.shopify import payloads
from tiktoksync.shopify.payloads import incomplete, text
from tiktoksync.shopify.tally import Tally
from tiktoksync.shopify.transport import ShopifyTransport

MAX_ITEMS = 50
#: Most stores have few locations: more of an item are read by itself.
LEVELS_A_LOOK = 5
LEVELS_A_PAGE = 100
LOCATIONS_A_PAGE = 100
AVAILABLE = "available"


class InventoryLevel(TypedDict):
    """What one location holds of an item for sale. It may be negative: sold beyond the stock."""

    location_id: str
    available: int
    updated_at: datetime | None


class InventoryCalls(ShopifyTransport):
    """Reads locations and stock."""

    def locations(self) -> Answer[list[dict[str, Any]]]:
        """All active locations. Shopify documentation: locations."""
        tally, found, cursor = Tally(), list[dict[str, Any]](), ""
        while True:
            variables = {"first": LOCATIONS_A_PAGE, "after": cursor or None}
            answer = self.execute("locations", variables, safe=True)
            tally.add(answer)
            if not isinstance(answer.data.get("locations"), dict):
                raise incomplete("locations", answer.request_id, safe=True)
            page = payloads.page(answer.data["locations"], cursor)
            found += page.nodes
            cursor = page.cursor
            if not cursor:
                return tally.answer(found)

    def inventory_levels(self, item_gids: Sequence[str]) -> Answer[dict[str, list[InventoryLevel]]]:
        """Stock of up to 50 inventory items at each of their locations, by item.

        Items that are gone are left out; one without a location has an empty list. Shopify
        documentation: InventoryItem.inventoryLevels.
        """
        if len(item_gids) > MAX_ITEMS:
            raise ValueError(f"At most {MAX_ITEMS} items a call.")
        wanted = list(dict.fromkeys(item_gids))
        tally, found = Tally(), dict[str, list[InventoryLevel]]()
        if not wanted:
            return tally.answer(found)
        variables = {"ids": wanted, "first": LEVELS_A_LOOK}
        answer = self.execute("inventory_levels", variables, safe=True)
        tally.add(answer)
        nodes = answer.data.get("nodes")
        if not isinstance(nodes, list):
            raise incomplete("nodes", answer.request_id, safe=True)
        for node in nodes:
            if isinstance(node, dict) and node.get("id"):
                found[text(node["id"])] = self._all_levels(node, tally)
        return tally.answer(found)

    def _all_levels(self, node: dict[str, Any], tally: Tally) -> list[InventoryLevel]:
        page = _levels(node, "", tally)
        rows = page.nodes
        while page.cursor:
            variables = {"id": node["id"], "first": LEVELS_A_PAGE, "after": page.cursor}
            answer = self.execute("more_inventory_levels", variables, safe=True)
            tally.add(answer)
            page = _levels(answer.data.get("inventoryItem") or {}, page.cursor, tally)
            rows += page.nodes
        return [_level(row) for row in rows]


def _levels(node: dict[str, Any], after: str, tally: Tally) -> payloads.Page:
    """The levels of an item. Missing ones were denied: that is not the same as none."""
    if not isinstance(node.get("inventoryLevels"), dict):
        raise incomplete("inventoryLevels", tally.request_id, safe=True)
    return payloads.page(node["inventoryLevels"], after)


def _level(row: dict[str, Any]) -> InventoryLevel:
    counted = {text(one.get("name")): one.get("quantity") for one in row.get("quantities") or ()}
    changed = text(row.get("updatedAt"))
    return InventoryLevel(
        location_id=text((row.get("location") or {}).get("id")),
        available=int(counted.get(AVAILABLE) or 0),
        updated_at=datetime.fromisoformat(changed) if changed else None,
    )
