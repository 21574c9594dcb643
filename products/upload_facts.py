"""What an upload knows of a product, of its category and of the shop it goes to. Pure data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from products.models import ProductRules, UploadTemplate
from tiktoksync.tiktok.markets import category_version

#: How Shopify names the option of a product that has no options, and its only value.
NO_OPTION = ("Title", "Default Title")
Issue = dict[str, str]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in Shopify; its size is in pixels, 0 where Shopify does not tell."""

    url: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """A variant; `quantity` is what TikTok would be told, None while its stock is unknown."""

    gid: str
    sku: str = ""
    title: str = ""
    options: tuple[tuple[str, str], ...] = ()
    price: Decimal | None = None
    quantity: int | None = None
    barcode: str = ""
    image: str = ""
    weight: Decimal | None = None
    weight_unit: str = ""
    requires_shipping: bool = True

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.sku.strip() or self.title or "the variant"


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A Shopify product as it would be listed.

    `listed_as` names the listing that it is on TikTok already, `same_sku` one that carries a SKU of
    it and is linked to nothing; `taken` holds SKUs that another product sells on TikTok, with that
    product's title.
    """

    gid: str
    title: str
    description_html: str = ""
    status: str = "ACTIVE"
    product_type: str = ""
    vendor: str = ""
    tags: tuple[str, ...] = ()
    images: tuple[Picture, ...] = ()
    variants: tuple[VariantFacts, ...] = ()
    listed_as: str = ""
    same_sku: str = ""
    taken: Mapping[str, str] = field(default_factory=dict)

    @property
    def option_names(self) -> tuple[str, ...]:
        """The options that tell its variants apart; none for a product without options."""
        names: dict[str, None] = {}
        for variant in self.variants:
            names |= {name: None for name, value in variant.options if not _is_none(name, value)}
        return tuple(names)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that a category asks for; with conditions only where one of them holds."""

    id: str
    name: str
    conditions: tuple[tuple[str, str], ...] = ()

    def is_asked_for(self, given: Mapping[str, set[str]]) -> bool:
        """Whether it must be there beside these values, by attribute."""
        if not self.conditions:
            return True
        return any(value in given.get(attribute, ()) for attribute, value in self.conditions)


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """A category of TikTok's, and what it asks of every product in it."""

    id: str
    name: str = ""
    is_available: bool = True
    attributes: tuple[Attribute, ...] = ()
    needs_size: bool = False
    needs_sku: bool = False
    needs_size_chart: bool = False
    certificates: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For a run's cursor; `from_json` reads it."""
        return {
            "id": self.id,
            "name": self.name,
            "available": self.is_available,
            "attributes": [[one.id, one.name, list(one.conditions)] for one in self.attributes],
            "needs": [self.needs_size, self.needs_sku, self.needs_size_chart],
            "certificates": list(self.certificates),
            "responsible": list(self.responsible),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> CategoryFacts:
        """The category that `as_json` noted."""
        return cls(
            told["id"],
            told["name"],
            told["available"],
            tuple(
                Attribute(key, name, tuple((a, v) for a, v in conditions))
                for key, name, conditions in told["attributes"]
            ),
            needs_size=bool(told["needs"][0]),
            needs_sku=bool(told["needs"][1]),
            needs_size_chart=bool(told["needs"][2]),
            certificates=tuple(told["certificates"]),
            responsible=tuple(told["responsible"]),
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """The shop a product goes to, and what is said where Shopify says nothing.

    `currency` is the Shopify store's. `category` is None while none is known.
    """

    region: str
    currency: str
    rules: ProductRules
    template: UploadTemplate | None = None
    category: CategoryFacts | None = None
    warehouse_id: str = ""


def listing_version(region: str) -> str:
    """The category tree that uploads of a region use throughout: the one TikTok recommends from."""
    return category_version(region, recommending=True)


def category_facts(
    category_id: str,
    name: str,
    *,
    is_available: bool,
    attributes: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Any],
) -> CategoryFacts:
    """What TikTok's two answers about a category ask for.

    TikTok Shop documentation: Get Attributes (whose flag is spelled is_requried), Get Category
    Rules.
    """
    return CategoryFacts(
        category_id,
        name,
        is_available,
        tuple(_attribute(one) for one in attributes if _is_mandatory(one)),
        needs_size=_is_required(rules, "package_dimension"),
        needs_sku=_is_required(rules, "seller_sku"),
        needs_size_chart=_is_required(rules, "size_chart"),
        certificates=tuple(
            str(one.get("name") or one.get("id") or "a certificate")
            for one in rules.get("product_certifications") or ()
            if one.get("is_required") and not one.get("requirement_conditions")
        ),
        responsible=tuple(
            words
            for key, words in (
                ("responsible_person", "a responsible person"),
                ("manufacturer", "a manufacturer"),
            )
            if _is_required(rules, key)
        ),
    )


def _attribute(told: Mapping[str, Any]) -> Attribute:
    conditions = tuple(
        (str(one.get("attribute_id", "")), str(one.get("attribute_value_id", "")))
        for one in told.get("requirement_conditions") or ()
    )
    return Attribute(str(told.get("id", "")), str(told.get("name", "")), conditions)


def _is_mandatory(told: Mapping[str, Any]) -> bool:
    is_asked = bool(told.get("is_requried") or told.get("is_required"))
    has_conditions = bool(told.get("requirement_conditions"))
    return told.get("type") != "SALES_PROPERTY" and (is_asked or has_conditions)


def _is_required(rules: Mapping[str, Any], key: str) -> bool:
    return bool((rules.get(key) or {}).get("is_required"))


def _is_none(name: str, value: str) -> bool:
    return (name, value) == NO_OPTION
