"""What a person or a program may ask for, as runs: upload, import, link, push.

With `start` the run goes on by itself once its preview is made; without, it waits for a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from products.models import ListingTask
from products.selection import LISTING_FILTERS, PRODUCT_FILTERS, select_listings, select_products
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.runs.services.runs import RunConflict
from tiktoksync.shops.models import TikTokShop

Wish = Mapping[str, Any]
PUSHES = (Run.Kind.STOCK, Run.Kind.PRICES, Run.Kind.STATE)
NO_PRODUCT = "No Shopify product known here is meant by this. Refresh the catalogues first."
NO_LISTING = "No TikTok listing known here is meant by this. Refresh the catalogues first."


def begin_upload(
    shop: TikTokShop,
    which: Wish,
    *,
    template_id: int | None = None,
    start: bool = False,
    user: Any = None,
) -> Run:
    """Preview the listing of Shopify products on TikTok. Raises RunConflict if that cannot be."""
    wish = _checked(which, "product_ids", PRODUCT_FILTERS)
    if not select_products(shop, wish).exists():
        raise RunConflict(NO_PRODUCT)
    wish |= {"start": start, "template": template_id}
    return runs.begin_run(Run.Kind.UPLOAD, shop, wish, user=user)


def begin_import(
    shop: TikTokShop, which: Wish, *, force: bool = False, start: bool = False, user: Any = None
) -> Run:
    """Preview the import of TikTok listings. Raises RunConflict if that cannot be.

    With `force`, that Shopify has a product with the same title does not matter.
    """
    wish = _checked(which, "listing_ids", LISTING_FILTERS)
    if not select_listings(shop, wish).exists():
        raise RunConflict(NO_LISTING)
    wish |= {"force": force, "start": start}
    return runs.begin_run(Run.Kind.IMPORT, shop, wish, user=user)


def begin_link(shop: TikTokShop, *, start: bool = False, user: Any = None) -> Run:
    """Preview the linking of equal SKUs. Raises RunConflict if that cannot be."""
    return runs.begin_run(Run.Kind.LINK, shop, {"start": start}, user=user)


def begin_push(
    kind: Run.Kind,
    shop: TikTokShop,
    which: Wish,
    *,
    state: str = "",
    start: bool = True,
    user: Any = None,
) -> Run:
    """Have listings told their stock, prices or state. Raises RunConflict if that cannot be."""
    if kind not in PUSHES:
        raise ValueError(kind)
    if kind == Run.Kind.STATE and state not in ListingTask.State.values:
        raise RunConflict("Say whether the listings go on or off sale.")
    wish = _checked(which, "listing_ids", LISTING_FILTERS)
    if not select_listings(shop, wish).exists():
        raise RunConflict(NO_LISTING)
    return runs.begin_run(kind, shop, wish | {"state": state, "start": start}, user=user)


def _checked(which: Wish, ids: str, filters: tuple[str, ...]) -> dict[str, Any]:
    if ids in which:
        return {ids: list(dict.fromkeys(str(one) for one in which[ids]))}
    chosen = {name: str(value) for name, value in (which.get("filter") or {}).items() if value}
    if unknown := sorted(set(chosen) - set(filters)):
        raise RunConflict(f"Products cannot be filtered by {', '.join(unknown)}.")
    return {"filter": chosen}
