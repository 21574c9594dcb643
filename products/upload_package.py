"""What a package weighs and measures, in TikTok's units. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from products.models import UploadTemplate
from products.upload_facts import ProductFacts, VariantFacts
from tiktoksync.tiktok.markets import size_units, weight_units

#: Grams in one of each unit, by Shopify's word for it and by TikTok's.
_GRAMS = {
    "GRAMS": Decimal(1),
    "KILOGRAMS": Decimal(1000),
    "OUNCES": Decimal("28.349523125"),
    "POUNDS": Decimal("453.59237"),
    "GRAM": Decimal(1),
    "KILOGRAM": Decimal(1000),
    "POUND": Decimal("453.59237"),
}
_IMPERIAL = frozenset({"OUNCES", "POUNDS", "POUND", "INCH"})
_PLACES = {"GRAM": Decimal(1), "KILOGRAM": Decimal("0.001"), "POUND": Decimal("0.001")}


class PackageProblem(Exception):
    """The package cannot be told; `code` names the issue."""

    def __init__(self, code: str, what: str = "", wanted: str = "") -> None:
        super().__init__(code)
        self.code, self.what, self.wanted = code, what, wanted


def package_of(
    product: ProductFacts, template: UploadTemplate | None, region: str
) -> dict[str, Any]:
    """`package_weight`, and `package_dimensions` where the template says them.

    The weight is the heaviest variant's, or the template's where Shopify has none. Weight and size
    are of the same measuring system. Raises PackageProblem without a weight, or for units that the
    region does not take. TikTok Shop documentation: Create Product.
    """
    weight, unit = _weight(product, template)
    size = _dimensions(template)
    if size and size["unit"] not in size_units(region):
        raise PackageProblem("units_mixed", size["unit"].lower(), _listed(size_units(region)))
    is_imperial = (size["unit"] if size else unit) in _IMPERIAL
    wanted = next(
        (one for one in weight_units(region) if (one in _IMPERIAL) is is_imperial),
        weight_units(region)[0],
    )
    told: dict[str, Any] = {"package_weight": {"value": _in(weight, unit, wanted), "unit": wanted}}
    if size:
        told["package_dimensions"] = size
    return told


def _weight(product: ProductFacts, template: UploadTemplate | None) -> tuple[Decimal, str]:
    weighed = [one for one in product.variants if one.weight and one.weight_unit in _GRAMS]
    if weighed:
        heaviest = max(weighed, key=_grams)
        assert heaviest.weight is not None
        return heaviest.weight, heaviest.weight_unit
    if template is None or not template.package_weight or template.weight_unit not in _GRAMS:
        raise PackageProblem("weight_missing")
    return template.package_weight, template.weight_unit


def _grams(variant: VariantFacts) -> Decimal:
    return (variant.weight or Decimal(0)) * _GRAMS[variant.weight_unit]


def _in(weight: Decimal, unit: str, wanted: str) -> str:
    """The weight in another unit, rounded to what it can be told in, and never to nothing."""
    places = _PLACES[wanted]
    told = (weight * _GRAMS[unit] / _GRAMS[wanted]).quantize(places, rounding=ROUND_HALF_UP)
    return _text(max(told, places))


def _dimensions(template: UploadTemplate | None) -> dict[str, str]:
    if template is None:
        return {}
    sides = {
        "length": template.package_length,
        "width": template.package_width,
        "height": template.package_height,
    }
    if not all(sides.values()):
        return {}
    told = {name: _text(side) for name, side in sides.items() if side}
    return {**told, "unit": template.size_unit or "CENTIMETER"}


def _text(number: Decimal) -> str:
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _listed(units: tuple[str, ...]) -> str:
    return " or ".join(unit.lower() + "s" for unit in units)
