"""How far the reading of the catalogues is, and whether uploads rest, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from products.services.load_state import GONE, STOCK, Load
from tiktoksync.shops.models import TikTokShop

_STAGES = {STOCK: "reading stock", GONE: "clearing away what is gone"}


@dataclass(frozen=True, slots=True)
class Loading:
    """One catalogue that is being read: `seen` of `total`, which is 0 until it is known."""

    name: str
    seen: int
    total: int
    words: str


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """What stands above the lists of products."""

    loadings: Sequence[Loading]
    last_words: Sequence[str]
    resting: Sequence[tuple[TikTokShop, datetime]]
    never_read: bool

    @property
    def is_loading(self) -> bool:
        """Something is being read as a whole."""
        return bool(self.loadings)


def catalogue_state(shops: Sequence[TikTokShop]) -> CatalogueState:
    """From the rows of the accounts alone: it asks nothing."""
    now = timezone.now()
    stores = {shop.store_id: shop.store for shop in shops}
    sides: list[tuple[str, Any]] = [(f"Shopify ({one})", one) for one in stores.values()]
    sides += [(f"TikTok ({shop})", shop) for shop in shops]
    told = [(name, Load.of(account)) for name, account in sides]
    return CatalogueState(
        [_loading(name, load) for name, load in told if load],
        [words for name, account in sides if (words := _last_words(name, account))],
        [(one, rest) for one in shops if (rest := one.uploads_refused_until) and rest > now],
        not any(shop.listings_read_at or shop.store.variants_read_at for shop in shops),
    )


def _loading(name: str, load: Load) -> Loading:
    words = load.words or _STAGES.get(load.stage, "")
    return Loading(name, load.seen, load.total, words)


def _last_words(name: str, account: Any) -> str:
    """What the last whole reading has to say, if it did not go well."""
    last = (account.catalogue_load or {}).get("last") or {}
    words = str(last.get("words") or "")
    return f"{name}: {words}" if words else ""
