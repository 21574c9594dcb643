"""TikTok Shop's product error codes (12xxxxxx and neighbours), grouped by what they say.

Each group: codes, the sentence for the merchant, the field it is about.
TikTok Shop documentation: error tables of the product endpoints.
"""


def _span(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


_CATEGORY_RULES = (*_span(12052225, 12052227), 12052230)

#: The platform's own trouble: worth trying again.
INTERNAL = (12001000, 12052881, 33001002)

#: The product, or what it needs, is not there (any more).
GONE: tuple[tuple[tuple[int, ...], str, str], ...] = (
    ((12019150, 12052032, 12052260), "The product is no longer on TikTok Shop.", "product_id"),
    ((12052034, 12052048), "The product belongs to another TikTok shop.", "product_id"),
)

REJECTED: tuple[tuple[tuple[int, ...], str, str], ...] = (
    (
        (12019006, 12052013, 12052015, *_span(12052340, 12052350), 12052056),
        "TikTok Shop does not accept the description.",
        "description",
    ),
    (
        (12019009, 12052028, *_span(12052300, 12052306), 12052722),
        "TikTok Shop does not accept the product's images.",
        "main_images",
    ),
    (
        (12038002, 12038004, 12038005, 12038014, 12038015, 12019116),
        "TikTok Shop does not accept the uploaded file.",
        "file",
    ),
    (
        (12019011, 12052006, 12052181),
        "The package weight is missing or wrong.",
        "package_weight",
    ),
    (
        (12019012, *_span(12052003, 12052005), 12052116),
        "The package dimensions are missing or wrong.",
        "package_dimensions",
    ),
    (
        (12019061, 12052915, 12052916),
        "The units of weight and size do not fit together in this region.",
        "package_weight",
    ),
    (
        (12019013, 12052026, 12052201, 12052208),
        "TikTok Shop does not accept the brand for this shop.",
        "brand_id",
    ),
    ((12019015, 12052050), "The product has more variants than TikTok Shop allows.", "skus"),
    (
        (12019019, 12052251, *_span(12052520, 12052529), 12052560),
        "TikTok Shop does not accept the variant options.",
        "sales_attributes",
    ),
    (
        (12019022, 12052097, 12052115, *_span(12052530, 12052535)),
        "The warehouse is missing or unknown at TikTok Shop.",
        "warehouse_id",
    ),
    ((12019028,), "The shop has several warehouses; all must be given.", "warehouse_id"),
    ((12019024, 12052055), "The stock number is out of TikTok Shop's range.", "quantity"),
    (
        (12019027, 12019087, 12019109, 12019118, 12019119, 12019120),
        "TikTok Shop does not accept the size or the filter of the search.",
        "search",
    ),
    ((12052180,), "TikTok Shop lists no more than 10,000 results of one search.", "search"),
    ((12019045, 12052038), "A running promotion locks the price.", "price"),
    (
        (12052012, 12052073, 12052084, 12052570, 12052571),
        "TikTok Shop does not accept the price.",
        "price",
    ),
    ((12019056, 12019057), "A variant may not be added or deleted now.", "skus"),
    ((12019059, 12052054), "TikTok Shop does not accept the seller SKU.", "seller_sku"),
    ((12019064, 12052912), "TikTok Shop knows no fitting category.", "category_id"),
    (
        (
            *_span(12052023, 12052025),
            12052002,
            12052217,
            12052220,
            12052223,
            *_span(12052225, 12052227),
            12052230,
        ),
        "TikTok Shop does not accept the category for this shop.",
        "category_id",
    ),
    ((12019113, 12052901), "The product's status at TikTok Shop does not allow this.", "status"),
    (
        (12052051, 12052261, 12052262),
        "TikTok Shop does not accept the title.",
        "title",
    ),
    (
        (12052243, 12052250, *_span(12052931, 12052935)),
        "A text holds characters or words TikTok Shop does not accept.",
        "text",
    ),
    (
        (12052093, 12052109),
        "The seller's daily quota at TikTok Shop is used up.",
        "quota",
    ),
    (
        (12052104, 12052105),
        "A mandatory attribute or certificate of the category is missing.",
        "product_attributes",
    ),
    (
        (12052369, 12052996),
        "The external id is too long or already used.",
        "external_product_id",
    ),
    ((12052402, 12052420), "Shipping is not set up in TikTok's Seller Center.", "delivery"),
    (
        (*_span(12052591, 12052593), 12052600),
        "TikTok Shop does not accept the barcode.",
        "identifier_code",
    ),
    ((12052673,), "The category requires a size chart.", "size_chart"),
    ((12052990,), "TikTok Shop's listing check failed.", "product"),
    ((12019008,), "TikTok Shop does not accept the product's id.", "product_id"),
    ((12019114,), "TikTok Shop does not let this seller do that.", "permission"),
    ((12052036, 12052902), "The product's variants are missing from the request.", "skus"),
    ((11050001, 12052910), "TikTok Shop refused a value of the request.", "value"),
)

#: The seller's account is closed or asleep.
SELLER_INACTIVE = (12052700,)
