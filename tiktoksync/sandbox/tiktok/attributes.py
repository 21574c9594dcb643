"""Attributes of categories: what the API shows, and what a product has to say of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tiktoksync.sandbox.tiktok.ids import number_of

SALES, PRODUCT = "SALES_PROPERTY", "PRODUCT_PROPERTY"


@dataclass(frozen=True, slots=True)
class Attribute:
    """``when`` names the attribute and the value that make it mandatory."""

    id: str
    name: str
    values: tuple[str, ...] = ()
    mandatory: bool = False
    custom: bool = True
    several: bool = False
    numeric: bool = False
    kind: str = PRODUCT
    when: tuple[tuple[str, str], ...] = field(default=())


_ALL = (
    Attribute("100000", "Color", ("Black", "White", "Red", "Blue", "Green", "Sand"), kind=SALES),
    Attribute("100007", "Size", ("XS", "S", "M", "L", "XL", "One Size"), kind=SALES),
    Attribute("100089", "Specification", kind=SALES),
    Attribute("100149", "Country of Origin", ("United States", "Vietnam", "Japan", "China",
                                              "Thailand"), custom=False),
    Attribute("100157", "Material", ("Cotton", "Linen", "Silk", "Polyester", "Wool", "Leather",
                                     "Wood", "Bamboo", "Ceramic", "Stainless Steel", "Glass"),
              mandatory=True, several=True),
    Attribute("100196", "Season", ("Spring", "Summer", "Autumn", "Winter"), custom=False,
              several=True),
    Attribute("100347", "Quantity Per Pack", mandatory=True, numeric=True),
    Attribute("100365", "Ingredients", mandatory=True, several=True),
    Attribute("100392", "Occasion", ("Birthday", "Wedding", "Christmas", "Graduation"),
              several=True),
    Attribute("100399", "Net Volume", ("10 ml", "30 ml", "50 ml", "100 ml")),
    Attribute("101395", "Recommended Age", ("0-12 months", "1-3 years", "4-7 years", "8-13 years",
                                            "14 years and up"), mandatory=True, custom=False),
    Attribute("101400", "Contains Batteries or Cells?", ("None", "Battery", "Cell"),
              mandatory=True, custom=False),
    Attribute("101408", "Battery Type", ("Lithium Ion", "Alkaline", "NiMH"), custom=False,
              when=(("101400", "Battery"), ("101400", "Cell"))),
    Attribute("101610", "Warranty Type", ("No Warranty", "Manufacturer", "Seller"), custom=False),
    Attribute("101619", "CA Prop 65: Repro. Chems", ("Yes", "No"), custom=False),
    Attribute("101700", "Dietary Needs", ("Vegan", "Halal", "Kosher", "Gluten Free"),
              custom=False, several=True),
    Attribute("101701", "Shelf Life", ("6 months", "12 months", "24 months")),
)  # fmt: skip
_BY_ID = {one.id: one for one in _ALL}
_BY_NAME = {one.name: one for one in _ALL}

# By the name of the root category, or of any category further down; the deeper one adds to it.
_COMMON = ("100000", "100007", "100089", "100149", "101619")
_OF_CATEGORY: dict[str, tuple[str, ...]] = {
    "Womenswear": ("100157", "100196"),
    "Menswear": ("100157", "100196"),
    "Beauty & Personal Care": ("100347", "100399"),
    "Skincare": ("100365",),
    "Food & Beverages": ("101700", "101701"),
    "Phones & Electronics": ("101400", "101408", "101610"),
    "Toys & Hobbies": ("101395",),
    "Baby & Maternity": ("101395",),
    "Home Supplies": ("100392",),
    "Kitchenware": ("100392",),
    "Fashion Accessories": ("100392",),
}


def of_category(names: list[str]) -> list[Attribute]:
    """The attributes of a category, given the names from its root down to itself."""
    ids = [*_COMMON, *(one for name in names for one in _OF_CATEGORY.get(name, ()))]
    return [_BY_ID[one] for one in dict.fromkeys(ids)]


def name_of(attribute_id: str) -> str:
    """The name of a built-in attribute, or nothing."""
    known = _BY_ID.get(attribute_id)
    return known.name if known else ""


def id_of(name: str) -> str:
    """The id of the built-in attribute of this name, or nothing."""
    known = _BY_NAME.get(name)
    return known.id if known else ""


def value_id(attribute: Attribute, value: str) -> str:
    """The id of a built-in value."""
    return number_of(f"{attribute.name}={value}")


def value_name(attribute_id: str, wanted: str) -> str:
    """The name of a built-in value, or nothing."""
    known = _BY_ID.get(attribute_id)
    values = known.values if known else ()
    return next((one for one in values if known and value_id(known, one) == wanted), "")


def is_needed(attribute: Attribute, chosen: dict[str, set[str]]) -> bool:
    """Whether the attribute must be given, knowing the names of the values chosen so far."""
    if attribute.mandatory:
        return True
    return any(value in chosen.get(other, ()) for other, value in attribute.when)


def show(attribute: Attribute) -> dict[str, Any]:
    """The attribute as Get Attributes shows it, misspelling included."""
    shown: dict[str, Any] = {
        "id": attribute.id,
        "name": attribute.name,
        "type": attribute.kind,
        "is_requried": attribute.mandatory,
        "is_customizable": attribute.custom,
        "is_multiple_selection": attribute.several,
        "values": [{"id": value_id(attribute, one), "name": one} for one in attribute.values],
    }
    if attribute.numeric:
        shown["value_data_format"] = "POSITIVE_INT_OR_DECIMAL"
    if attribute.when:
        shown["requirement_conditions"] = [
            {
                "condition_type": "VALUE_ID_MATCH",
                "attribute_id": other,
                "attribute_value_id": value_id(_BY_ID[other], value),
            }
            for other, value in attribute.when
        ]
    return shown
