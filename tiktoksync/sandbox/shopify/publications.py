"""Sales channels of a store, and which products they carry."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.state import Context, Record, ShopifyState, Store

CHANNELS = ("Online Store", "Point of Sale")
MISSING = "Publication does not exist or is not publishable"


def add_publications(state: ShopifyState, store: Store) -> None:
    """The channels every store has."""
    for name in CHANNELS:
        record: Record = {
            "__typename": "Publication",
            "id": state.numbers.gid("Publication"),
            "name": name,
            "autoPublish": False,
            "supportsFuturePublishing": name == CHANNELS[0],
        }
        record["catalog"] = store.add(
            {
                "__typename": "AppCatalog",
                "id": state.numbers.gid("AppCatalog"),
                "title": name,
                "status": "ACTIVE",
                "publication": record,
            }
        )
        store.publications.append(store.add(record))


def publish(ctx: Context, gid: str, rows: list[dict[str, Any]], add: bool) -> Record:
    """publishablePublish and publishableUnpublish of a product: all rows or none."""
    product = ctx.store.objects.get(gid)
    if product is None or product["__typename"] != "Product":
        return _payload(ctx, None, [user_error(["id"], "Resource does not exist")])
    problems = _problems(ctx, rows)
    if problems:
        return _payload(ctx, product, problems)
    now = ctx.state.now()
    for row in rows:
        if add:
            product["_publications"][row["publicationId"]] = row.get("publishDate") or now
        else:
            product["_publications"].pop(row["publicationId"], None)
    product["publishedAt"] = min(product["_publications"].values(), default=None)
    product["updatedAt"] = now
    return _payload(ctx, product, [])


def _problems(ctx: Context, rows: list[dict[str, Any]]) -> list[Record]:
    known = {one["id"] for one in ctx.store.publications}
    return [
        user_error(["input", str(place), "publicationId"], MISSING)
        for place, row in enumerate(rows)
        if row.get("publicationId") not in known
    ]


def _payload(ctx: Context, product: Record | None, problems: list[Record]) -> Record:
    return {"publishable": product, "shop": ctx.store.record, "userErrors": problems}


def is_published(product: Record, gid: str, now: str) -> bool:
    """Whether the product is on the channel by now."""
    at = product["_publications"].get(gid)
    return at is not None and at <= now
