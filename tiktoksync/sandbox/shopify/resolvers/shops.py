"""Shop, App, AppInstallation, Job, MetafieldDefinition."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify.metafields import OWNERS
from tiktoksync.sandbox.shopify.resolvers.fulfillments import app_record
from tiktoksync.sandbox.shopify.resolvers.orders import metafield, metafields
from tiktoksync.sandbox.shopify.state import Record

Info = Any


def installation_of(ctx: Any) -> Record:
    """The installation of the calling app on this store."""
    return {
        "__typename": "AppInstallation",
        "id": f"gid://shopify/AppInstallation/{ctx.app.id}1",
        "accessScopes": [{"handle": one, "description": one} for one in ctx.token.scopes],
        "app": app_record(ctx),
        "_metafields": {},
    }


def _values_stored(definition: Record, info: Info, validationStatus: str | None = None) -> int:
    place = (definition["namespace"], definition["key"])
    return sum(
        place in record.get("_metafields", {})
        for record in info.context.store.objects.values()
        if OWNERS.get(record["__typename"]) == definition["ownerType"]
    )


FIELDS: dict[str, Any] = {
    "Shop.metafield": metafield,
    "Shop.metafields": metafields,
    "App.installation": lambda _a, info: installation_of(info.context),
    "AppInstallation.metafield": metafield,
    "AppInstallation.metafields": metafields,
    "MetafieldDefinition.metafieldsCount": _values_stored,
    "Job.query": lambda _j, _i: {},
}
