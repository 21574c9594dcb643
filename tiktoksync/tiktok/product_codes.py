"""TikTok Shop's product error codes (12xxxxxx and neighbours), grouped by what they say.

Each group: codes, the sentence for the merchant, the field it is about, and what to do about it.
TikTok Shop documentation: error tables of the product endpoints.
"""

from tiktoksync.tiktok.listing_codes import PARCEL, PICTURES, TEXTS, VARIANTS, Group, span

#: The platform's own trouble: worth trying again.
INTERNAL = (12001000, 12052881, 33001002)

_RELINK = "Upload the product again, or link another listing."

#: The product, or what it needs, is not there (any more).
GONE: tuple[Group, ...] = (
    Group(
        (12019150, 12052032, 12052260),
        "The product is no longer on TikTok Shop.",
        "product_id",
        _RELINK,
    ),
    Group(
        (12052034, 12052048),
        "The product belongs to another TikTok shop.",
        "product_id",
        "Link the product to a listing of this shop.",
    ),
)

STOCK_AND_PRICE: tuple[Group, ...] = (
    Group(
        (12019022, 12052097, *span(12052530, 12052535)),
        "The warehouse is missing or TikTok Shop does not know it.",
        "warehouse_id",
        "Choose the shop's warehouse again in the settings, then retry.",
    ),
    Group(
        (12052115,),
        "The TikTok shop has no return warehouse.",
        "warehouse_id",
        "Add a return warehouse in TikTok's Seller Center, then retry.",
    ),
    Group(
        (12019028,),
        "The shop has several warehouses; the stock of all must be given.",
        "warehouse_id",
        "Choose locations for each warehouse in the settings, then retry.",
    ),
    Group(
        (12019024, 12052055),
        "The stock is not a number that TikTok Shop takes.",
        "quantity",
        "Keep it from 1 to 99,999 pieces: set a ceiling in the settings, then retry.",
    ),
    Group(
        (12019045, 12052038),
        "A running promotion at TikTok Shop locks the price.",
        "price",
        "End the promotion in TikTok's Seller Center or wait for its end, then retry.",
    ),
    Group(
        (12052012, 12052073, 12052570, 12052571),
        "TikTok Shop does not take the price.",
        "price",
        "Check the price in Shopify and the price rule in the settings, then retry.",
    ),
    Group(
        (12052084,),
        "The price is not in the currency of the TikTok shop.",
        "price",
        "Set a rate in the price rule, so that prices are in the shop's currency; then retry.",
    ),
)

CATEGORY: tuple[Group, ...] = (
    Group(
        (12019064, 12052912),
        "TikTok Shop knows no fitting category.",
        "category_id",
        "Choose the category yourself, then retry.",
    ),
    Group(
        (
            *span(12052023, 12052025),
            12052002,
            12052217,
            12052220,
            12052223,
            *span(12052225, 12052227),
            12052230,
        ),
        "TikTok Shop does not take the category for this shop.",
        "category_id",
        "Choose a category of the lowest level that is open to the shop, then retry.",
    ),
    Group(
        (12052104,),
        "A mandatory attribute of the category is missing.",
        "product_attributes",
        "Fill in the category's mandatory attributes, then retry.",
    ),
    Group(
        (12052105,),
        "A certificate that the category requires is missing.",
        "certifications",
        "Add it in TikTok's Seller Center, or choose another category; then retry.",
    ),
    Group(
        (12019013, 12052026, 12052201, 12052208),
        "TikTok Shop does not take the brand for this shop.",
        "brand_id",
        "Choose a brand the shop is authorized for, or none; then retry.",
    ),
)

SHOP: tuple[Group, ...] = (
    Group(
        (12019113, 12052901),
        "The listing's status at TikTok Shop does not allow this.",
        "status",
        "Look at the listing in TikTok's Seller Center, then retry.",
    ),
    Group(
        (12052093,),
        "The shop's uploads of today are used up.",
        "quota",
        "Retry tomorrow: TikTok Shop counts new listings by the day.",
    ),
    Group(
        (12052109,),
        "The shop has made all the requests that TikTok Shop allows it for now.",
        "quota",
        "Retry tomorrow, when TikTok Shop counts anew.",
    ),
    Group(
        (12052369,),
        "An id of the product is too long for TikTok Shop.",
        "external_product_id",
        "Tell whoever runs this installation, then retry.",
    ),
    Group(
        (12052996,),
        "Another listing of the shop already stands for this product.",
        "external_product_id",
        "Link the product to that listing instead of uploading it.",
    ),
    Group(
        (12052990,),
        "TikTok Shop's check of the listing found faults.",
        "product",
        "Correct what the product's page shows, then retry.",
    ),
    Group(
        (12019008,),
        "TikTok Shop does not take the product's id.",
        "product_id",
        _RELINK,
    ),
    Group(
        (12019114,),
        "TikTok Shop does not let this seller do that.",
        "permission",
        "Ask TikTok Shop's support which permission the seller lacks, then retry.",
    ),
    Group((11050001, 12052910), "TikTok Shop refused a value of the request.", "value"),
)

SEARCH: tuple[Group, ...] = (
    Group(
        (12019027, 12019087, 12019109, 12019118, 12019119, 12019120),
        "TikTok Shop does not take the size or the filter of the search.",
        "search",
        "Tell whoever runs this installation, then retry.",
    ),
    Group(
        (12052180,),
        "TikTok Shop lists no more than 10,000 results of one search.",
        "search",
        "Tell whoever runs this installation, then retry.",
    ),
)

REJECTED: tuple[Group, ...] = (
    *TEXTS,
    *PICTURES,
    *PARCEL,
    *VARIANTS,
    *STOCK_AND_PRICE,
    *CATEGORY,
    *SHOP,
    *SEARCH,
)

#: The seller's account is closed or asleep.
SELLER_INACTIVE = (12052700,)
