"""The fields of Mutation for products, stock, uploads and channels."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify import (
    inventory,
    product_jobs,
    product_set,
    product_writes,
    publications,
    staged,
    variants_bulk,
)
from tiktoksync.sandbox.shopify.errors import coded
from tiktoksync.sandbox.shopify.idempotency import once
from tiktoksync.sandbox.shopify.resolvers.mutations import idempotency_key, sized
from tiktoksync.sandbox.shopify.state import Record

Info = Any
Input = dict[str, Any]

KEY_SINCE = "2026-04"


def _once(info: Info, given: Any, work: Any) -> Record:
    """Under an idempotency key, which versions from 2026-04 on insist on."""
    key, name = idempotency_key(info), info.field_name
    if key is None and info.context.version < KEY_SINCE:
        payload: Record = work()
        return payload
    return once(info.context, key, [name, given], work)


def _set_quantities(_root: Any, info: Info, input: Input) -> Record:
    sized(input["quantities"], "quantities")
    return _once(info, input, lambda: inventory.set_quantities(info.context, input))


def _adjust_quantities(_root: Any, info: Info, input: Input) -> Record:
    sized(input["changes"], "changes")
    return _once(info, input, lambda: inventory.adjust_quantities(info.context, input))


def _activate(_root: Any, info: Info, **given: Any) -> Record:
    return _once(info, given, lambda: inventory.activate(info.context, **given))


def _product_set(
    _root: Any,
    info: Info,
    input: Input,
    identifier: Input | None = None,
    synchronous: bool = True,
) -> Record:
    return product_set.product_set(info.context, input, identifier, synchronous)


def _product_create(
    _root: Any, info: Info, product: Input | None = None, media: list[Input] | None = None
) -> Record:
    sized(media, "media")
    return product_writes.create(info.context, product, media)


def _product_update(
    _root: Any,
    info: Info,
    product: Input | None = None,
    media: list[Input] | None = None,
    identifier: Input | None = None,
) -> Record:
    sized(media, "media")
    return product_writes.update(info.context, product, media, identifier)


def _product_delete(_root: Any, info: Info, input: Input, synchronous: bool = True) -> Record:
    return product_writes.delete(info.context, input["id"], synchronous)


def _variants_create(_root: Any, info: Info, **given: Any) -> Record:
    sized(given["variants"], "variants", 2048)
    return variants_bulk.create(info.context, **given)


def _variants_update(_root: Any, info: Info, **given: Any) -> Record:
    sized(given["variants"], "variants", 2048)
    return variants_bulk.update(info.context, **given)


def _operation(_root: Any, info: Info, id: str) -> Any:
    product_jobs.settle(info.context.state)
    found = info.context.store.objects.get(id)
    if found is None or not found["__typename"].endswith("Operation"):
        raise coded(f"Invalid id: {id}", "RESOURCE_NOT_FOUND")
    return found


FIELDS: dict[str, Any] = {
    "QueryRoot.productOperation": _operation,
    "Mutation.inventoryActivate": _activate,
    "Mutation.inventoryAdjustQuantities": _adjust_quantities,
    "Mutation.inventoryItemUpdate": lambda _r, i, id, input: inventory.update_item(
        i.context, id, input
    ),
    "Mutation.inventorySetQuantities": _set_quantities,
    "Mutation.productCreate": _product_create,
    "Mutation.productDelete": _product_delete,
    "Mutation.productSet": _product_set,
    "Mutation.productUpdate": _product_update,
    "Mutation.productVariantsBulkCreate": _variants_create,
    "Mutation.productVariantsBulkDelete": lambda _r, i, productId, variantsIds: (
        variants_bulk.delete(i.context, productId, variantsIds)
    ),
    "Mutation.productVariantsBulkUpdate": _variants_update,
    "Mutation.publishablePublish": lambda _r, i, id, input: publications.publish(
        i.context, id, input, add=True
    ),
    "Mutation.publishableUnpublish": lambda _r, i, id, input: publications.publish(
        i.context, id, input, add=False
    ),
    "Mutation.stagedUploadsCreate": lambda _r, i, input: staged.create(i.context, input),
}
