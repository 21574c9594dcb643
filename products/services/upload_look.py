"""Is a product on TikTok already? Asked before it is listed, and after an unclear answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from products.models import sku_key
from products.upload_facts import ProductFacts
from products.upload_text import clean_text
from tiktoksync.errors import Gone
from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.product_calls import MAX_FILTERED

DELETED = "DELETED"
#: The most candidates that are read whole for the id noted on them.
MOST_READ = 3
#: How far before an unclear create a product without SKUs is looked for, in seconds.
CLOCK_SECONDS = 300


@dataclass(frozen=True, slots=True)
class FoundSku:
    """A SKU of a listing that was found."""

    tiktok_sku_id: str
    seller_sku: str
    external_sku_id: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A listing of the product; `is_ours` if it carries the product's Shopify id."""

    product_id: str
    title: str
    status: str
    skus: tuple[FoundSku, ...]
    is_ours: bool


def look_up(
    client: Any, product: ProductFacts, *, known_id: str = "", since: int | None = None
) -> Answer[Found | None]:
    """The listing of a product, by an id an answer gave, by its SKUs, or by the id noted on it.

    `since` (Unix seconds) is when a create was not clearly answered: a product without SKUs is
    looked for among what changed from then on. A listing that carries the product's Shopify id
    goes before others. TikTok Shop documentation: Search Products, Get Product.
    """
    if known_id and (answer := _read(client, known_id)) and answer.data:
        return Answer(_found(answer.data, product), answer.request_id, answer.elapsed)
    skus = list(dict.fromkeys(one.sku.strip() for one in product.variants if one.sku.strip()))
    if skus:
        answer = client.search_products(seller_skus=skus[:MAX_FILTERED])
        rows = [one for one in answer.data.products if _shares_sku(one, skus)]
    elif since is not None:
        answer = client.search_products(update_time_ge=since - CLOCK_SECONDS)
        title = clean_text(product.title)
        rows = [one for one in answer.data.products if one.get("title") == title]
    else:
        return Answer(None, "", 0.0)
    found = _best(client, rows, product, needs_id=not skus)
    return Answer(found, answer.request_id, answer.elapsed)


def _best(
    client: Any, rows: Iterable[Mapping[str, Any]], product: ProductFacts, *, needs_id: bool
) -> Found | None:
    """The candidate that carries the product's id, else the first one if its SKU is enough."""
    living = [one for one in rows if one.get("status") != DELETED]
    whole = []
    for row in living[:MOST_READ]:
        answer = _read(client, str(row.get("id")))
        found = _found(answer.data if answer and answer.data else row, product)
        if found.is_ours:
            return found
        whole.append(found)
    return None if needs_id or not whole else whole[0]


def _read(client: Any, product_id: str) -> Answer[dict[str, Any]] | None:
    try:
        answer: Answer[dict[str, Any]] = client.get_product(product_id)
    except Gone:
        return None
    return None if answer.data.get("status") == DELETED else answer


def _found(body: Mapping[str, Any], product: ProductFacts) -> Found:
    return Found(
        product_id=str(body.get("id") or ""),
        title=str(body.get("title") or ""),
        status=str(body.get("status") or ""),
        skus=tuple(
            FoundSku(
                str(one.get("id") or ""),
                str(one.get("seller_sku") or ""),
                str(one.get("external_sku_id") or ""),
            )
            for one in body.get("skus") or ()
        ),
        is_ours=body.get("external_product_id") == product.gid,
    )


def _shares_sku(row: Mapping[str, Any], skus: Iterable[str]) -> bool:
    wanted = {sku_key(sku) for sku in skus}
    return any(sku_key(str(one.get("seller_sku") or "")) in wanted for one in row.get("skus") or ())
