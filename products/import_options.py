"""TikTok's sales attributes as Shopify's options: every variant with a name of its own. Pure.

Shopify wants the same options on every variant, a value for each, and no two variants alike, where
capital letters do not count. TikTok's data is not always so tidy: what is missing is named here,
what is doubled is told apart, and nothing that is in order is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from products.import_facts import SkuFacts

MOST_OPTIONS = 3
MOST_VARIANTS = 2048
TEXT_LENGTH = 255
NO_OPTION, NO_VALUE = "Title", "Default Title"
#: The option of SKUs that TikTok does not tell apart by any attribute.
PLAIN_OPTION = "Variant"
UNNAMED_VALUE = "Unnamed"


@dataclass(frozen=True, slots=True)
class Options:
    """Shopify's options, and for each SKU in order its value of each."""

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]

    def values_of(self, place: int) -> list[str]:
        """The different values of one option, in the order in which they appear."""
        return list(dict.fromkeys(row[place] for row in self.values))


def option_names(skus: Iterable[SkuFacts]) -> list[str]:
    """The names of all sales attributes, as they appear; attributes without a name are counted."""
    spelt: dict[str, str] = {}
    for sku in skus:
        for name in _names(sku):
            spelt.setdefault(name.casefold(), name)
    return list(spelt.values())


def shopify_options(skus: Sequence[SkuFacts]) -> Options:
    """The options of a product with these SKUs. Raises ValueError if there are too many."""
    names = option_names(skus)
    if len(names) > MOST_OPTIONS:
        raise ValueError(f"{len(names)} options are more than Shopify has")
    if not names and len(skus) == 1:
        return Options((NO_OPTION,), ((NO_VALUE,),))
    rows = [_values(sku, names) for sku in skus]
    return Options(tuple(names or [PLAIN_OPTION]), tuple(_told_apart(_alike_spelt(rows), skus)))


def _names(sku: SkuFacts) -> list[str]:
    """The names of one SKU's attributes, each once: a second of the same name gets a number."""
    names: list[str] = []
    for place, (name, _) in enumerate(sku.attributes, 1):
        names.append(_free(name or f"Option {place}", {one.casefold() for one in names}))
    return names


def _values(sku: SkuFacts, names: Sequence[str]) -> list[str]:
    if not names:
        return [_cut(sku.seller_sku or sku.name or UNNAMED_VALUE)]
    own = {
        name.casefold(): value for name, (_, value) in zip(_names(sku), sku.attributes, strict=True)
    }
    return [_cut(own.get(name.casefold()) or UNNAMED_VALUE) for name in names]


def _alike_spelt(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Values that differ in capital letters alone get the first one's spelling."""
    spelt: list[dict[str, str]] = [{} for _ in (rows[0] if rows else ())]
    return [
        [spelt[place].setdefault(value.casefold(), value) for place, value in enumerate(row)]
        for row in rows
    ]


def _told_apart(rows: Sequence[list[str]], skus: Sequence[SkuFacts]) -> list[tuple[str, ...]]:
    """No two variants alike: the later one's last value gets its SKU, or a number, added.

    Combinations that are in order keep theirs, even where an earlier one is renamed.
    """
    taken = {_key(row) for row in rows}
    seen: set[tuple[str, ...]] = set()
    named = []
    for row, sku in zip(rows, skus, strict=True):
        if _key(row) in seen:
            others = {one[-1] for one in taken if one[:-1] == _key(row)[:-1]}
            row = [*row[:-1], _free(row[-1], others, sku.seller_sku)]
            taken.add(_key(row))
        seen.add(_key(row))
        named.append(tuple(row))
    return named


def _free(name: str, taken: set[str], hint: str = "") -> str:
    """The name with something added so that it is not among those taken (case-folded)."""
    if name.casefold() not in taken:
        return _cut(name)
    endings = [f" ({hint[:100]})"] if hint and hint.casefold() != name.casefold() else []
    endings += [f" {number}" for number in range(2, len(taken) + 3)]
    for ending in endings:
        longer = name[: TEXT_LENGTH - len(ending)] + ending
        if longer.casefold() not in taken:
            return longer
    raise AssertionError("there are more numbers than names")


def _key(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(value.casefold() for value in row)


def _cut(text: str) -> str:
    return text[:TEXT_LENGTH].strip()
