"""Products as Shopify answers them."""

from typing import Any


def connection(nodes: list[Any], cursor: str = "") -> dict[str, Any]:
    """A page of a list; a cursor says that there is more."""
    return {"nodes": nodes, "pageInfo": {"hasNextPage": bool(cursor), "endCursor": cursor or None}}


def variant(number: int, **fields: Any) -> dict[str, Any]:
    """A variant with what the tests look at."""
    media = {"nodes": [{"id": f"gid://shopify/MediaImage/{number}"}]}
    gid = f"gid://shopify/ProductVariant/{number}"
    return {"id": gid, "sku": f"S{number}", "media": media, **fields}


def product(
    number: int, *, variants: list[Any] | None = None, more: str = "", **fields: Any
) -> dict[str, Any]:
    """A product with one variant, or those given."""
    listed = [variant(number * 10)] if variants is None else variants
    return {
        "id": f"gid://shopify/Product/{number}",
        "title": f"Product {number}",
        "variants": connection(listed, more),
        "media": {"nodes": [{"id": f"gid://shopify/MediaImage/{number}", "status": "READY"}]},
        **fields,
    }
