"""What stands in a product's way to TikTok, found before anything is sent. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from products.models import Product, sku_key
from products.pricing import price_for
from products.upload_facts import Issue, Picture, ProductFacts, Setting, VariantFacts
from products.upload_package import PackageProblem, package_of
from products.upload_text import clean_description, clean_text, is_refused_script
from products.upload_words import issue, named, note
from tiktoksync.tiktok.markets import (
    SKU_CHARS,
    currency_of,
    max_skus,
    seller_sku_problem,
    title_limits,
)

MOST_DESCRIPTION = 10_000
MOST_IMAGES = 9
SMALLEST_SIDE = 300
MOST_OPTIONS = 3
OPTION_CHARS, VALUE_CHARS = 20, 50
Check = Callable[[ProductFacts, Setting], Iterator[Issue]]


def find_issues(product: ProductFacts, setting: Setting) -> list[Issue]:
    """Everything that keeps the product off TikTok, the most telling first; empty if nothing.

    TikTok Shop documentation: Create Product, for the limits.
    """
    if product.listed_as:
        return [issue("already_listed", what=product.listed_as)]
    if not product.variants:
        return [issue("no_variants")]
    return [one for check in _CHECKS for one in check(product, setting)]


def find_notes(product: ProductFacts, setting: Setting) -> list[Issue]:
    """What is sent otherwise than Shopify has it, though nothing stands in the way."""
    return list(_notes(product, setting))


def usable_images(product: ProductFacts) -> list[Picture]:
    """The pictures that TikTok would take, as far as their size is known; the cover first."""
    return [one for one in product.images if not _is_small(one)][:MOST_IMAGES]


def _check_product(product: ProductFacts, setting: Setting) -> Iterator[Issue]:
    if product.status != Product.Status.ACTIVE:
        yield issue("product_not_active", what=product.status.lower() or "of unknown status")
    unshipped = [one.name for one in product.variants if not one.requires_shipping]
    if unshipped:
        yield issue("no_shipping", what=named(unshipped))
    wanted = currency_of(setting.region)
    if wanted and setting.currency and setting.currency != wanted:
        yield issue("currency_mismatch", what=setting.currency, wanted=wanted)


def _check_texts(product: ProductFacts, setting: Setting) -> Iterator[Issue]:
    title, (least, most) = clean_text(product.title), title_limits(setting.region)
    if not title:
        yield issue("title_missing")
    elif len(title) < least:
        yield issue("title_too_short", what=len(title), wanted=f"at least {least}")
    elif len(title) > most:
        yield issue("title_too_long", what=len(title), wanted=f"at most {most}")
    description, _ = clean_description(product.description_html, _description_end(setting))
    if not description:
        yield issue("description_missing")
    elif len(description) > MOST_DESCRIPTION:
        yield issue(
            "description_too_long", what=f"{len(description):,}", wanted=f"{MOST_DESCRIPTION:,}"
        )
    texts = {"title": title, "description": description, "options": _option_text(product)}
    refused = [name for name, text in texts.items() if is_refused_script(text, setting.region)]
    if refused:
        yield issue("language_refused", what=", ".join(refused))


def _check_images(product: ProductFacts, setting: Setting) -> Iterator[Issue]:
    if not product.images:
        yield issue("no_image")
    elif not usable_images(product):
        largest = max(min(one.width, one.height) for one in product.images)
        yield issue("image_too_small", what=largest, wanted=SMALLEST_SIDE)


def _check_category(product: ProductFacts, setting: Setting) -> Iterator[Issue]:
    category = setting.category
    if category is None:
        yield issue("category_missing")
        return
    name = category.name or category.id
    if not category.is_available:
        yield issue("category_unavailable", what=name)
        return
    given = _given_attributes(setting)
    missing = [
        one.name or one.id
        for one in category.attributes
        if one.id not in given and one.is_asked_for(given)
    ]
    if missing:
        yield issue("attribute_required", what=", ".join(missing), wanted=name)
    if category.certificates:
        yield issue("certificate_required", what=", ".join(category.certificates), wanted=name)
    if category.needs_size_chart:
        yield issue("size_chart_required", what=name)
    if category.responsible:
        yield issue("responsible_required", what=" and ".join(category.responsible), wanted=name)


def _check_package(product: ProductFacts, setting: Setting) -> Iterator[Issue]:
    try:
        package = package_of(product, setting.template, setting.region)
    except PackageProblem as problem:
        yield issue(problem.code, what=problem.what, wanted=problem.wanted)
        return
    category = setting.category
    if category is not None and category.needs_size and "package_dimensions" not in package:
        yield issue("size_missing", what=category.name or category.id)


def _check_skus(product: ProductFacts, setting: Setting) -> Iterator[Issue]:
    blank = [one.title or one.gid for one in product.variants if not one.sku.strip()]
    category = setting.category
    if blank and category is not None and category.needs_sku:
        yield issue("sku_missing", what=named(blank), wanted=category.name or category.id)
    skus = [one.sku.strip() for one in product.variants if one.sku.strip()]
    if long := [sku for sku in skus if len(sku) > SKU_CHARS]:
        yield issue("sku_too_long", what=named(long))
    formed = {sku: seller_sku_problem(setting.region, sku) for sku in skus if sku not in long}
    if wrong := [f"{sku}: {why.rstrip('.')}" for sku, why in formed.items() if why]:
        yield issue("sku_form", what=named(wrong))
    counted = Counter(sku_key(sku) for sku in skus)
    if double := [sku for sku in dict.fromkeys(skus) if counted[sku_key(sku)] > 1]:
        yield issue("sku_duplicate", what=named(double))
    if product.taken:
        taken = [f"{sku} ({title})" for sku, title in sorted(product.taken.items())]
        yield issue("sku_taken", what=named(taken))


def _check_options(product: ProductFacts, setting: Setting) -> Iterator[Issue]:
    names, most = product.option_names, max_skus(setting.region)
    if len(product.variants) > most:
        yield issue("too_many_variants", what=len(product.variants), wanted=most)
    if len(names) > MOST_OPTIONS:
        yield issue("too_many_options", what=len(names), wanted=MOST_OPTIONS)
    if long := [one for one in names if len(clean_text(one)) > OPTION_CHARS]:
        yield issue("option_too_long", what=named(long), wanted=OPTION_CHARS)
    values = dict.fromkeys(
        value for variant in product.variants for name, value in variant.options if name in names
    )
    if long := [one for one in values if len(clean_text(one)) > VALUE_CHARS]:
        yield issue("value_too_long", what=named(long), wanted=VALUE_CHARS)
    yield from _check_combinations(product, names)


def _check_combinations(product: ProductFacts, names: tuple[str, ...]) -> Iterator[Issue]:
    if len(product.variants) < 2 and not names:
        return
    rows = {one.gid: (one, option_values(one, names)) for one in product.variants}
    lacking = [one.name for one, values in rows.values() if not values or not all(values)]
    if lacking:
        yield issue("option_missing", what=named(lacking))
        return
    counted = Counter(tuple(value.casefold() for value in values) for _, values in rows.values())
    equal = [
        " / ".join(values)
        for _, values in rows.values()
        if counted[tuple(value.casefold() for value in values)] > 1
    ]
    if equal:
        yield issue("options_equal", what=named(list(dict.fromkeys(equal))))


def _check_money(product: ProductFacts, setting: Setting) -> Iterator[Issue]:
    currency = currency_of(setting.region) or setting.currency
    missing = [one.name for one in product.variants if one.price is None]
    if missing:
        yield issue("price_missing", what=named(missing))
    free = [
        one.name
        for one in product.variants
        if one.price is not None and price_for(one.price, setting.rules, currency) <= 0
    ]
    if free:
        yield issue("price_zero", what=named(free))


def _check_stock(product: ProductFacts, setting: Setting) -> Iterator[Issue]:
    if not setting.warehouse_id:
        yield issue("warehouse_missing")
    unknown = [one.name for one in product.variants if one.quantity is None]
    if unknown:
        yield issue("stock_unknown", what=named(unknown))
    if not setting.rules.push_stock and (empty := _empty(product.variants)):
        yield issue("stock_missing", what=named(empty))


def _notes(product: ProductFacts, setting: Setting) -> Iterator[Issue]:
    if product.same_sku and not product.listed_as:
        yield note("found_by_sku", what=product.same_sku)
    title = clean_text(product.title)
    if title != product.title.strip():
        yield note("title_cleaned", what=title)
    large = [one for one in product.images if not _is_small(one)]
    if small := len(product.images) - len(large):
        yield note("images_left_out", what=_count(small, "picture"), wanted=SMALLEST_SIDE)
    if len(large) > MOST_IMAGES:
        yield note("too_many_images", what=len(large), wanted=MOST_IMAGES)
    _, pictures = clean_description(product.description_html)
    if pictures:
        yield note("description_images", what=_count(pictures, "picture"))
    if wrong := [one.barcode for one in product.variants if one.barcode and not barcode_of(one)]:
        yield note("barcode_left_out", what=named(wrong))
    if setting.rules.push_stock and (empty := _empty(product.variants)):
        yield note("no_stock_yet", what=named(empty))


#: In the order in which a merchant would mend them.
_CHECKS: tuple[Check, ...] = (
    *(_check_product, _check_texts, _check_images, _check_category, _check_package),
    *(_check_skus, _check_options, _check_money, _check_stock),
)


def option_values(variant: VariantFacts, names: Iterable[str]) -> tuple[str, ...]:
    """The variant's value for each of these options as TikTok takes it; "" where it has none."""
    own = dict(variant.options)
    return tuple(clean_text(own.get(name, "")) for name in names)


#: TikTok's word for a barcode of so many digits.
_KINDS = {8: "EAN", 12: "UPC", 13: "EAN", 14: "GTIN"}


def barcode_of(variant: VariantFacts) -> dict[str, str] | None:
    """The barcode as TikTok takes it; None without one, or with one whose check digit is wrong."""
    code = variant.barcode.strip()
    if not (code.isascii() and code.isdigit() and len(code) in _KINDS):
        return None
    digits = [int(digit) for digit in reversed(code)]
    if (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10:
        return None
    return {"code": code, "type": _KINDS[len(code)]}


def _is_small(picture: Picture) -> bool:
    sides = (picture.width, picture.height)
    return any(0 < side < SMALLEST_SIDE for side in sides)


def _given_attributes(setting: Setting) -> dict[str, set[str]]:
    told = setting.template.attributes if setting.template else []
    return {
        str(one.get("id")): {str(value.get("id", "")) for value in one.get("values") or ()}
        for one in told
        if one.get("values")
    }


def _description_end(setting: Setting) -> str:
    return setting.template.description_end if setting.template else ""


def _option_text(product: ProductFacts) -> str:
    names = product.option_names
    values = (value for one in product.variants for value in option_values(one, names))
    return " ".join((*names, *values))


def _empty(variants: Iterable[VariantFacts]) -> list[str]:
    return [one.name for one in variants if one.quantity == 0]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
