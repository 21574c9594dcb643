"""What a merchant reads of a refused product: the field, the words, the way out."""

import pytest

from tiktoksync.errors import Gone, OutcomeUnknown, Rejected
from tiktoksync.lib.error_rows import advice_of
from tiktoksync.tiktok import product_codes
from tiktoksync.tiktok.error_codes import CODES, error_for


def span(first: int, last: int) -> list[int]:
    return list(range(first, last + 1))


#: The documented tables, row by row.
DOCUMENTED = {
    "description": [12019006, 12052013, 12052015, *span(12052340, 12052350), 12052056],
    "main_images": [
        12019009,
        12052028,
        *span(12052300, 12052306),
        12052722,
        12038002,
        12038004,
        12038005,
        12038014,
        12038015,
        12019116,
    ],
    "package_weight": [12019011, 12052006, 12052181, 12019061, 12052915, 12052916],
    "package_dimensions": [12019012, *span(12052003, 12052005), 12052116],
    "brand_id": [12019013, 12052026, 12052201, 12052208],
    "skus": [12019015, 12052050, 12019056, 12019057],
    "sales_attributes": [12019019, 12052251, *span(12052520, 12052529), 12052560],
    "warehouse_id": [12019022, 12052097, 12052115, *span(12052530, 12052535), 12019028],
    "quantity": [12019024, 12052055],
    "search": [12019027, 12019087, 12019109, 12019118, 12019119, 12019120, 12052180],
    "price": [12019045, 12052038, 12052012, 12052073, 12052084, 12052570, 12052571],
    "seller_sku": [12019059, 12052054],
    "category_id": [
        12019064,
        12052912,
        *span(12052023, 12052025),
        12052220,
        12052223,
        *span(12052225, 12052227),
        12052230,
        12052217,
    ],
    "status": [12019113, 12052901],
    "title": [12052051, 12052261, 12052262, *span(12052931, 12052935)],
    "quota": [12052093, 12052109],
    "product_attributes": [12052104],
    "certifications": [12052105],
    "external_product_id": [12052369, 12052996],
    "delivery": [12052402, 12052420],
    "identifier_code": [*span(12052591, 12052593), 12052600],
    "size_chart": [12052673],
    "product": [12052990],
}


@pytest.mark.parametrize(
    ("code", "field"),
    [(code, field) for field, codes in DOCUMENTED.items() for code in codes],
    ids=str,
)
def test_a_documented_code_names_its_field_and_a_way_out(code: int, field: str):
    error = error_for(str(code), "", safe=False)
    assert isinstance(error, Rejected)
    assert error.field == field
    assert advice_of(CODES[str(code)]) != "Correct what was refused, then retry."


@pytest.mark.parametrize("code", [12019150, 12052032, 12052260, 12052034, 12052048])
def test_a_product_that_is_not_there_is_gone(code: int):
    assert type(error_for(str(code), "", safe=False)) is Gone


@pytest.mark.parametrize("code", [12001000, 12052881, 33001002])
def test_trouble_of_its_own_leaves_a_write_in_doubt(code: int):
    assert type(error_for(str(code), "", safe=False)) is OutcomeUnknown


def test_the_groups_say_different_things():
    groups = (*product_codes.GONE, *product_codes.REJECTED)
    sentences = [group.sentence for group in groups]
    assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("12052093", "Retry tomorrow: TikTok Shop counts new listings by the day."),
        ("12052722", "Retry: the pictures are uploaded again."),
        ("12019064", "Choose the category yourself, then retry."),
        ("12052115", "Add a return warehouse in TikTok's Seller Center, then retry."),
    ],
)
def test_the_way_out_fits_the_cause(code: str, advice: str):
    assert advice_of(CODES[code]) == advice
