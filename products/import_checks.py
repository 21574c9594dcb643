"""Whether a TikTok listing may become a Shopify product, and what stands in its way. Pure.

Nothing is imported that Shopify has already: a SKU or a barcode that a variant over there has means
the same thing, and by the shop's rule it is linked or left out. An equal title alone is a doubt,
which a person may overrule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from products.import_facts import FROZEN, ListingFacts, SkuFacts
from products.import_options import MOST_OPTIONS, MOST_VARIANTS, option_names

Issue = dict[str, str]


class Cause(StrEnum):
    """Under which heading a listing counts."""

    READY = "ready"
    LINK_SKU = "link_sku"
    LINK_BARCODE = "link_barcode"
    DUPLICATE_SKU = "duplicate_sku"
    DUPLICATE_BARCODE = "duplicate_barcode"
    POSSIBLE_DUPLICATE_TITLE = "possible_duplicate_title"
    SHARED_SKU = "shared_sku"
    ALREADY_LINKED = "already_linked"
    PARTLY_LINKED = "partly_linked"
    ALREADY_IMPORTED = "already_imported"
    LISTING_GONE = "listing_gone"
    LISTING_FROZEN = "listing_frozen"
    UNREADABLE = "unreadable"
    NO_TITLE = "no_title"
    NO_SKUS = "no_skus"
    NO_PRICE = "no_price"
    CURRENCY_MISMATCH = "currency_mismatch"
    TOO_MANY_OPTIONS = "too_many_options"
    TOO_MANY_VARIANTS = "too_many_variants"


#: What a started import sees to.
TO_DO = (Cause.READY, Cause.LINK_SKU, Cause.LINK_BARCODE)
#: Of these, what is linked to a product that is there.
TO_LINK = (Cause.LINK_SKU, Cause.LINK_BARCODE)


@dataclass(frozen=True, slots=True)
class FoundVariant:
    """A variant that the store has, from the mirror or from Shopify itself."""

    gid: str
    product_gid: str
    sku_key: str = ""
    barcode: str = ""
    product_title: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around the listings of one batch.

    `linked` are the TikTok SKU ids with a link, `imported` the TikTok product ids whose product is
    in Shopify, `apart` the pairs (TikTok SKU id, variant GID) that somebody took apart, `titles`
    the case-folded titles that products of the store have, `shared` for each TikTok product id the
    SKUs that an earlier listing of the same import has.
    """

    currency: str
    links_duplicates: bool = True
    forced: bool = False
    variants: Sequence[FoundVariant] = ()
    linked: Collection[str] = ()
    imported: Collection[str] = ()
    apart: Collection[tuple[str, str]] = ()
    titles: Collection[str] = ()
    shared: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A listing under its heading. `pairs` are the links to be made, variant GID by SKU id.

    `names` are what a person has to look at: SKUs, titles, currencies.
    """

    cause: Cause
    names: tuple[str, ...] = ()
    pairs: dict[str, str] = field(default_factory=dict)

    @property
    def is_to_do(self) -> bool:
        """Whether a started import sees to it."""
        return self.cause in TO_DO


def own_trouble(facts: ListingFacts, currency: str) -> Verdict | None:
    """What the listing itself lacks, whatever Shopify has; None if nothing."""
    if facts.is_gone:
        return Verdict(Cause.LISTING_GONE)
    if facts.status == FROZEN:
        return Verdict(Cause.LISTING_FROZEN)
    if not facts.is_read:
        return Verdict(Cause.UNREADABLE)
    if not facts.title:
        return Verdict(Cause.NO_TITLE)
    if not facts.skus:
        return Verdict(Cause.NO_SKUS)
    return _trouble_of_skus(facts, currency)


def _trouble_of_skus(facts: ListingFacts, currency: str) -> Verdict | None:
    if unpriced := [_name(sku) for sku in facts.skus if not sku.price]:
        return Verdict(Cause.NO_PRICE, _few(unpriced))
    if facts.currencies != {currency}:
        others = sorted(facts.currencies - {currency})
        return Verdict(Cause.CURRENCY_MISMATCH, (*others, currency or "unknown"))
    names = option_names(facts.skus)
    if len(names) > MOST_OPTIONS:
        return Verdict(Cause.TOO_MANY_OPTIONS, tuple(names))
    if len(facts.skus) > MOST_VARIANTS:
        return Verdict(Cause.TOO_MANY_VARIANTS, (str(len(facts.skus)),))
    return None


def judge(facts: ListingFacts, around: Surroundings) -> Verdict:
    """Where a listing belongs."""
    if facts.is_gone:
        return Verdict(Cause.LISTING_GONE)
    linked = [sku for sku in facts.skus if sku.sku_id in around.linked]
    if linked and len(linked) == len(facts.skus):
        return Verdict(Cause.ALREADY_LINKED)
    if facts.product_id in around.imported:
        return Verdict(Cause.ALREADY_IMPORTED)
    if trouble := own_trouble(facts, around.currency):
        return trouble
    if linked:
        left = [_name(sku) for sku in facts.skus if sku.sku_id not in around.linked]
        return Verdict(Cause.PARTLY_LINKED, _few(left))
    return _duplicate(facts, around) or _doubt(facts, around) or Verdict(Cause.READY)


def _duplicate(facts: ListingFacts, around: Surroundings) -> Verdict | None:
    """What Shopify has of it already, by SKU first, and by barcode where no SKU is known there."""
    by_sku = _grouped(around.variants, "sku_key")
    by_barcode = _grouped(around.variants, "barcode")
    same_sku = {sku.sku_id: by_sku[sku.key] for sku in facts.skus if sku.key in by_sku}
    same_code = {
        sku.sku_id: by_barcode[sku.barcode]
        for sku in facts.skus
        if sku.sku_id not in same_sku and sku.barcode in by_barcode
    }
    if not same_sku and not same_code:
        return None
    pairs = _pairs(facts, same_sku | same_code, around.apart)
    if pairs and around.links_duplicates:
        return Verdict(Cause.LINK_SKU if same_sku else Cause.LINK_BARCODE, pairs=pairs)
    same = [_name(sku) for sku in facts.skus if sku.sku_id in same_sku | same_code]
    return Verdict(Cause.DUPLICATE_SKU if same_sku else Cause.DUPLICATE_BARCODE, _few(same))


def _pairs(
    facts: ListingFacts,
    found: Mapping[str, Sequence[FoundVariant]],
    apart: Collection[tuple[str, str]],
) -> dict[str, str]:
    """The variant of each SKU, if every one has exactly one of its own; else none at all."""
    pairs = {sku_id: some[0].gid for sku_id, some in found.items() if len(some) == 1}
    is_whole = len(pairs) == len(facts.skus) == len(set(pairs.values()))
    return pairs if is_whole and not any(pair in apart for pair in pairs.items()) else {}


def _doubt(facts: ListingFacts, around: Surroundings) -> Verdict | None:
    if shared := around.shared.get(facts.product_id):
        return Verdict(Cause.SHARED_SKU, _few(sorted(shared)))
    if facts.title.casefold() in around.titles and not around.forced:
        return Verdict(Cause.POSSIBLE_DUPLICATE_TITLE, (facts.title,))
    return None


def _grouped(variants: Iterable[FoundVariant], name: str) -> dict[str, list[FoundVariant]]:
    groups: dict[str, dict[str, FoundVariant]] = {}
    for one in variants:
        if key := getattr(one, name):
            groups.setdefault(key, {})[one.gid] = one
    return {key: list(found.values()) for key, found in groups.items()}


def _name(sku: SkuFacts) -> str:
    """How a person finds the SKU on TikTok."""
    values = " / ".join(value for _, value in sku.attributes if value)
    return sku.seller_sku or values or sku.sku_id


def _few(names: Sequence[Any]) -> tuple[str, ...]:
    """The first names, and how many more there are."""
    most = 5
    more = len(names) - most
    return (*map(str, names[:most]), *((f"{more} more",) if more > 0 else ()))
